"""One websocket: carries the effects of its :class:`~cti.session.Session` out, and finds what a client has missed."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from aiohttp import WSMsgType, web

from cti.audience import View
from cti.hub import pack
from cti.line import Line, text_frame
from cti.protocol import FromSwitch, SessionResumed, SessionSnapshot, to_json
from cti.session import Begin, Close, Effect, Obey, Say, Session
from cti.visible import visible
from switch.journal import Entry

if TYPE_CHECKING:
    from cti.server import Server

CHUNK = 500
"""Entries that are looked through for one client before the loop may do something else."""
MOST_UNDER_WAY = 64
"""Commands of one client that may be under way at once; further ones wait in its socket."""

log = structlog.get_logger("cti")


def origin_allowed(request: web.Request, allowed: frozenset[str]) -> bool:
    """A browser says which page wants to connect; it must be ours or an allowed one. Programs say nothing."""
    origin = request.headers.get("Origin")
    if origin is None or origin in allowed:
        return True
    try:
        return bool(origin) and urlsplit(origin).netloc.lower() == request.host.lower()
    except ValueError:
        return False


class Connection:
    def __init__(self, server: "Server", socket: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        now = server.clock()
        self.line = Line(transport, now)
        self.session = Session(server.tokens, server.house.person, now)
        self.user = ""
        self._server = server
        self._socket = socket
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._beginning: asyncio.Task[None] | None = None
        self._gate = asyncio.Semaphore(MOST_UNDER_WAY)

    async def run(self) -> None:
        """Until the client goes."""
        self._arm()
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    await self._apply(self.session.receive(message.data, self._server.clock()))
                elif message.type is WSMsgType.BINARY:
                    await self._apply(self.session.receive_binary())
        finally:
            self._stop()

    async def close(self, code: int, reason: str) -> None:
        if self.line.lagging:
            self.line.abort()  # it does not read: it would not read a farewell either
        await self._socket.close(code=code, message=reason.encode())

    async def _apply(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Say(data):
                    self._say(data)
                case Begin():
                    self.user = effect.user
                    self._beginning = self._spawn(self._begin(effect))
                case Obey():
                    await self._gate.acquire()
                    self._spawn(self._obey(effect))
                case Close(code, reason):
                    await self.close(code, reason)
        self._arm()

    def _say(self, data: bytes) -> None:
        self._server.send(self, text_frame(data), self._server.clock())

    def _tell(self, message: FromSwitch) -> None:
        self._say(to_json(message))

    async def _obey(self, effect: Obey) -> None:
        try:
            if self._beginning is not None:  # what comes of an order must reach the client that gave it
                await asyncio.wait([self._beginning])
            answer = await self._server.clerk.answer(effect.person, effect.message)
        finally:
            self._gate.release()
        if answer is not None:
            self._say(answer)

    # -- where a client stands ----------------------------------------------------------------------------------------

    async def _begin(self, begin: Begin) -> None:
        hub = self._server.hub
        hub.leave(self)
        self._server.figures.leave(self)
        self.line.stale = False
        self._server.notify()
        after = hub.resume(begin.cursor)
        if after is not None:
            self._tell(SessionResumed(**self._standing(begin)))
        if after is None or not await self._catch_up(begin.view, after):
            self._server.notify()
            seen = visible(self._server.snapshot(), begin.view)
            self._tell(SessionSnapshot(**self._standing(begin), snapshot=seen))
        if not self.line.stale:
            self._server.write(hub.join(self, begin.user, begin.view))
            self.session.begun()
            if "figures" in begin.view.topics and begin.view.role == "supervisor":
                self._server.figures.join(self)

    def _standing(self, begin: Begin) -> dict[str, Any]:
        return {
            "cursor": self._server.cursor(), "user": begin.user, "name": self.session.person.name,
            "role": begin.view.role, "expires_at": begin.expires_at,
        }

    async def _catch_up(self, view: View, after: int) -> bool:
        """Send what this view would have been sent since, up to the hub's cursor; False = the store cannot say.

        Piece by piece, each when the one before it has left, so that a long absence costs neither memory nor others'
        time. The last piece is followed by the joining without letting go of the loop: nothing comes between."""
        hub, journal = self._server.hub, self._server.house.journal
        while not self.line.stale:
            self._server.notify()
            if after >= hub.cursor:
                return True
            entries = journal.since(after)[:CHUNK] if after >= journal.first - 1 else await self._stored(after)
            if not entries:
                return False
            for payload, events in pack(hub.select(view, entries)):
                self._server.send(self, text_frame(payload), self._server.clock(), events)
            after = entries[-1].number
            if after < hub.cursor:
                await self._room()
        return True

    async def _room(self) -> None:
        await asyncio.sleep(0)
        while self.line.lagging and not self.line.stale:
            await asyncio.sleep(0.01)

    async def _stored(self, after: int) -> list[Entry]:
        try:
            return await self._server.house.entries(after, CHUNK)
        except Exception:
            log.exception("the store could not say what a client missed", after=after)
            return []

    # -- tasks and time -----------------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (wrong := task.exception()) is not None:
            log.error("a client's request failed", user=self.user, exc_info=wrong)
            self.line.abort()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.session.deadline is not None:
            delay = max(0.0, self.session.deadline - self._server.clock())
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._spawn(self._apply(self.session.wake(self._server.clock())))

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
