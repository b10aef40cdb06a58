"""The CTI room's door: one HTTP server in the switch's own loop, for websockets, REST, documents and metrics.

The shell calls :meth:`Server.notify` after each step in which the journal grew, and :meth:`Server.pop` before it rings
an agent's phone. Neither can fail a call: whatever a client does, the worst for it is to be told ``session.resync``.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Sequence

import msgspec
import structlog
from aiohttp import WSCloseCode, web

from cti import phones, screens
from cti.answers import RestRefused, as_json
from cti.clerk import Clerk
from cti.connection import Connection, origin_allowed
from cti.figures import Feed
from cti.front import Front
from cti.house import House
from cti.hub import MOST_MISSED, Frame, Hub
from cti.line import text_frame
from cti.login import Login
from cti.protocol import MOST_BYTES, SUBPROTOCOL, SessionResync, to_json
from cti.rest import Rest
from cti.reviews import Reviews
from cti.routes import ROUTES
from cti.states import Snapshot
from cti.tokens import Tokens
from cti.tree_metrics import BEHIND, TreeMetrics
from cti.wait_metrics import WaitMetrics
from cti.watchers import Watchers

PING_EVERY = 20.0
GIVEN_UP_AFTER = 30.0
"""Seconds without any progress after which a client that does not read is closed."""
POP_LIMIT = 0.05
"""The longest that a pop may hold up a phone."""
PUMP_EVERY = 0.05
PAGE = 2_000
LONGEST_BODY = 16 * 1024 * 1024

log = structlog.get_logger("cti")


class Server:
    """``clock``: POSIX seconds. ``origins``: web pages of other hosts that may connect, as ``https://host[:port]``.
    ``window``: seconds that events wait for company. ``agents_may_listen``: to recordings of their own talks.
    ``more``: further routes, open to everybody."""

    def __init__(
        self, house: House, secret: bytes, *, clock: Callable[[], float], token_hours: float = 12.0,
        window: float = 0.05, origins: Iterable[str] = (), agents_may_listen: bool = True,
        more: Iterable[web.RouteDef] = (),
    ) -> None:
        self.house = house
        self.clock = clock
        self.tokens = Tokens(secret, token_hours, house.password_mark)
        self.hub = Hub(house.journal, house.epoch, house.person, window)
        self.clerk = Clerk(house, clock)
        self.trees = TreeMetrics(house.journal)
        self.waits = WaitMetrics(house.journal)
        self.figures = Feed(house, lambda client, wire: self.send(client, wire, self.clock()))
        self.watchers = Watchers()
        """Who may see how the switch does; may be exchanged."""
        self.connections: set[Connection] = set()
        self.delivered = 0
        self.resyncs = 0
        self._origins = frozenset(origins)
        self._agents_may_listen = agents_may_listen
        self._more = tuple(more)
        self._lagging: set[Connection] = set()
        self._names: object = None
        self._timer: asyncio.TimerHandle | None = None
        self._runner: web.AppRunner | None = None
        self._snapshot: tuple[int, Snapshot] | None = None

    # -- for the shell ------------------------------------------------------------------------------------------------

    async def start(self, host: str | Sequence[str], port: int, tls: tuple[int, ssl.SSLContext] | None = None) -> int:
        """Listen, over TLS, too, where its port and context are given; the port that it became (for ``port`` 0). Raises
        :class:`OSError`."""
        await self._remember()
        self._names = self._shown()
        self._runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        if tls is not None:
            await web.TCPSite(self._runner, host, tls[0], ssl_context=tls[1]).start()
        return self._runner.addresses[0][1]

    async def close(self) -> None:
        """Tell every client that the switch goes, finish orders under way, stop listening."""
        if self._timer is not None:
            self._timer.cancel()
        self.figures.close()
        await asyncio.gather(*(one.close(WSCloseCode.GOING_AWAY, "the switch stops") for one in self.connections))
        await self.clerk.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def notify(self) -> None:
        """The journal has grown."""
        self.write(self.hub.read(self.clock()))
        self.trees.read(behind=BEHIND)
        self.waits.read(behind=BEHIND)
        self.figures.stir()
        self._arm()

    async def pop(self, agent: str, number: int) -> None:
        """Return when all clients of this agent have had entry ``number`` written out; at once when there is none."""
        if self.hub.cursor < number:
            self.notify()
        self.write(self.hub.flush(agent))
        ends = self.clock() + POP_LIMIT
        pause = 0.0
        while any(not one.line.idle and not one.line.stale for one in self.hub.of_agent(agent)):
            if self.clock() >= ends:
                return
            await asyncio.sleep(pause)
            pause = 0.002  # one turn of the loop is enough for a socket that has room

    # -- for connections and REST -------------------------------------------------------------------------------------

    def application(self) -> web.Application:
        login, front = Login(self.house, self.tokens, self.clock), Front(self)
        rest, reviews = (kind(self, login, self._agents_may_listen) for kind in (Rest, Reviews))
        elsewhere = {"token": login.token, "renew": login.renew,
                     "health": front.health, "live": front.live, "ready": front.ready}
        application = web.Application(client_max_size=LONGEST_BODY, middlewares=[as_json])
        application.add_routes([
            web.get("/cti/v1", self._websocket), web.get("/metrics", front.metrics),
            web.get("/asyncapi.json", front.asyncapi), web.get("/openapi.json", front.openapi),
            web.get("/debug/counts", rest.held),
        ])
        application.add_routes([*screens.routes(), phones.route(self.house, self._origins)])
        application.add_routes(self._more)
        for route in ROUTES:
            handler = elsewhere.get(route.handler) or getattr(rest, route.handler, None) or getattr(reviews, route.handler)
            application.router.add_route(route.method, route.path, handler)
        return application

    def counts(self) -> dict[str, float]:
        return {
            "cti_clients": len(self.connections), "cti_events_delivered_total": self.delivered,
            "cti_resyncs_total": self.resyncs,
        }

    def snapshot(self) -> Snapshot:
        """What is now; made once for all clients that ask at the same number of the journal."""
        last = self.house.journal.last
        if self._snapshot is None or self._snapshot[0] != last:
            self._snapshot = (last, msgspec.convert(self.house.snapshot(), Snapshot))
        return self._snapshot[1]

    def cursor(self) -> str:
        return f"{self.house.epoch}:{self.hub.cursor}"

    def write(self, frames: Iterable[Frame]) -> None:
        now = self.clock()
        for frame in frames:
            wire = text_frame(frame.payload)
            self.delivered += frame.events * len(frame.clients)
            for connection in frame.clients:
                self.send(connection, wire, now, frame.events)

    def configured(self) -> None:
        """New settings hold. Supervisors are told so; an agent's screen, which may not see what has changed, is told to take
        a new snapshot when something that it shows is another."""
        shown = self._shown()
        if shown == self._names:
            return
        self._names, self._snapshot = shown, None
        self.notify()
        for connection in list(self.connections):
            person = connection.session.person
            if person is not None and person.role != "supervisor":
                self._start_anew(connection, "configured")
                self._lagging.add(connection)
        self._arm()

    def _shown(self) -> object:
        """What screens show of the configuration, but for what is asked for each time anew."""
        now = msgspec.convert(self.house.snapshot(), Snapshot)
        return ([(queue.queue, queue.outcomes) for queue in now.queues], now.reasons, self.house.quality_forms(None),
                [(one.agent, one.name, one.team, one.queues, one.skills, one.auto_answer) for one in now.agents])

    def _start_anew(self, connection: Connection, why: str) -> None:
        self.resyncs += 1
        self.hub.leave(connection)
        self.figures.leave(connection)
        connection.session.fell_behind()
        connection.line.resync(text_frame(to_json(SessionResync(cursor=self.cursor(), why=why))))

    def send(self, connection: Connection, wire: bytes, now: float, events: int = 0) -> None:
        if not connection.line.send(wire, now, events):
            self._start_anew(connection, "slow")
        if connection.line.lagging:
            self._lagging.add(connection)
            self._arm()

    def forget(self, connection: Connection) -> None:
        self.hub.leave(connection)
        self.figures.leave(connection)
        self.connections.discard(connection)
        self._lagging.discard(connection)

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _remember(self) -> None:
        """Learn from the store who had which contact and where epochs began, as far as a client can be behind."""
        first = self.house.journal.first
        after = max(0, first - 1 - 2 * MOST_MISSED)
        while after < first - 1:
            entries = await self.house.entries(after, min(PAGE, first - 1 - after))
            if not entries:
                break
            self.hub.learn(entries)
            after = entries[-1].number
        self.notify()

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if not origin_allowed(request, self._origins):
            raise RestRefused(403, "forbidden", "pages of this origin may not connect")
        socket = web.WebSocketResponse(
            protocols=(SUBPROTOCOL,), heartbeat=PING_EVERY, max_msg_size=MOST_BYTES, compress=False, timeout=5.0
        )
        await socket.prepare(request)
        if request.transport is None:
            return socket  # gone while we said yes
        connection = Connection(self, socket, request.transport)
        self.connections.add(connection)
        try:
            await connection.run()
        finally:
            self.forget(connection)
        return socket

    def _arm(self) -> None:
        """Wake at the end of the hub's window, or to serve those who lag."""
        if self._timer is not None:
            return
        moments = [] if self.hub.deadline is None else [self.hub.deadline - self.clock()]
        if self._lagging:
            moments.append(PUMP_EVERY)
        if moments:
            self._timer = asyncio.get_running_loop().call_later(max(0.0, min(moments)), self._wake)

    def _wake(self) -> None:
        self._timer = None
        now = self.clock()
        self.write(self.hub.wake(now))
        for connection in list(self._lagging):
            connection.line.pump(now)
            if now - connection.line.moved_at > GIVEN_UP_AFTER:
                log.info("a client that does not read is closed", user=connection.user)
                connection.line.abort()
            if not connection.line.lagging:
                self._lagging.discard(connection)
        self._arm()
