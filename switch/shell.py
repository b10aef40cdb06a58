"""The driver: one Exchange, the sockets, the clock, media and the store around it.

After each touch of the Exchange comes the same reflex: what it wrote down goes to the store and to the readers, what it
asks for is done, and one timer is set to the moment at which it wants to be woken. Nothing here decides anything.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import structlog

import media.orders
from switch.clock import Clock
from switch.effects import AfterCommit, Belongs, Effect, Fetch, FindCustomer, Measure, Remember, ShowPop
from switch.events import Event
from switch.exchange import Exchange
from switch.ladder import Raw, call_id_of
from switch.lookups import Lookups
from switch.media_link import MediaLink
from switch.orders import Order, OrderRefused
from switch.questions import Questions
from switch.settings import Settings
from switch.sip.admission import Limits
from switch.sip.effects import Address, Resolve, Transmit, Watch
from switch.sip.masking import masked
from switch.sip.transport import Transport
from switch.store import Store
from switch.tracing import Tracing

log = structlog.get_logger("shell")

COMMIT_SECONDS = 0.25
"""How long anything waits for the store; a store that is down must not touch a call in progress."""


class Reader(Protocol):
    """Who is told that the journal has grown."""

    def notify(self) -> None: ...


class Shell:
    """Runs one :class:`~switch.exchange.Exchange` until it is stopped."""

    def __init__(self, exchange: Exchange, clock: Clock, store: Store, lookups: Lookups) -> None:
        self.exchange = exchange
        self.clock = clock
        self.store = store
        self.lookups = lookups
        sip = exchange.house.settings.system.sip
        limits = Limits(connections=sip.connections, of_one_source=sip.connections_of_one_source)
        self.transport = Transport(self.on_message, self.on_lost, on_peer=self.on_peer, limits=limits,
                                   dscp=exchange.house.settings.system.sip.dscp)
        self.questions = Questions(exchange, clock, lookups, self.reflex)
        self.media = MediaLink(exchange, clock, self.reflex, self.questions.spawn)
        self.readers: list[Reader] = []
        self.takers: list[Callable[[Settings], None]] = []
        """Who else is told of new settings."""
        self._stored = exchange.journal.last
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at: float | None = None
        self._trace = log.is_enabled_for(logging.DEBUG)
        """Whether SIP messages are logged; asked once, not for every message."""
        self.tracing = Tracing(store.write_traces, exchange.house.contacts.__contains__, clock.now)
        """What passes on the wire, for the timelines of contacts."""
        self._orders: list[media.orders.AnyOrder] = []
        self._memory: list[tuple[str, dict[str, Any] | None]] = []
        self._held: list[Transmit] = []
        """What goes when all is safe that was written down in this turn of the loop."""
        self._due = self._closed = False
        self._perform: dict[type, Callable[[Any], None]] = {
            Transmit: self._send, Remember: self._remember, AfterCommit: self._after_commit, Watch: self._watch,
            Belongs: self._belongs, ShowPop: self._show_pop, Resolve: self.questions.resolve,
            FindCustomer: self.questions.find_customer, Fetch: self.questions.fetch, Measure: self.questions.measure,
        }

    # -- inputs -------------------------------------------------------------------------------------------------------

    def on_message(self, data: bytes, source: Address) -> None:
        """A SIP message has come."""
        now = self.clock.now()
        if (ladder := self.tracing.ladder) is not None and not data.startswith(b"REGISTER "):  # belongs to no contact
            ladder.note(Raw(now, False, source, data))
        if self._trace:
            self._log_message("<", source, data)
        self.reflex(self.exchange.receive(data, source, now))

    def on_lost(self, address: Address) -> None:
        """A connection is gone."""
        self.reflex(self.exchange.lost(address, self.clock.now()))

    def on_peer(self, address: Address, names: tuple[str, ...]) -> None:
        """The peer of a TLS connection has proved who it is."""
        self.reflex(self.exchange.proved(address, names, self.clock.now()))

    def on_beat(self, lag: float, busy: float) -> None:
        """The loop's pulse: so many seconds late, and so much of a core was used since the last."""
        self.reflex(self.exchange.signalling_load(lag, self.transport.read_on(), busy, self.clock.now()))

    async def submit(self, order: Order, by: str) -> dict[str, Any]:
        """Obey an order; answers when its consequence is safe. Raises :class:`~switch.orders.OrderRefused`."""
        try:
            result, effects = self.exchange.obey(order, by, self.clock.now())
        except OrderRefused:
            self.reflex([])  # that it was asked is written down
            raise
        self.reflex(effects)
        await self._committed(self.exchange.journal.last)
        return result

    def lift_ban(self, source: str, by: str) -> bool:
        """Hear an address again; whether it was banned."""
        done, effects = self.exchange.lift_ban(source, by, self.clock.now())
        self.reflex(effects)
        return done

    def configure(self, settings: Settings, version: int, by: str, changes: tuple[str, ...]) -> None:
        """New settings hold from now on."""
        effects = self.exchange.configure(settings, version, by, changes, self.clock.now())
        self.trace()
        self.reflex(effects)
        self.lookups.configure(self.exchange.house.settings.system)
        for take in self.takers:
            take(self.exchange.house.settings)

    def write_down(self, event: Event) -> None:
        """Somebody outside the exchange did something that belongs in the journal (a recording was deleted)."""
        self.exchange.journal.append(event, self.clock.now())
        self.reflex([])

    @property
    def overdue(self) -> float:
        """Seconds for which the earliest deadline of the exchange has been over."""
        deadline = self.exchange.deadline
        return 0.0 if deadline is None else max(0.0, self.clock.now() - deadline)

    # -- the reflex ---------------------------------------------------------------------------------------------------

    def reflex(self, effects: list[Effect]) -> None:
        """What follows each touch: what is meant for the wire goes out, questions are asked, and the rest is settled
        once for all the touches of this turn of the loop (in a burst they are many)."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._settle)
        for effect in effects:
            perform = self._perform.get(type(effect))
            if perform is None:
                self._orders.append(effect)
            else:
                perform(effect)

    def _settle(self) -> None:
        """Write down, tell the readers, order from media, and set one timer."""
        self._due = False
        journal = self.exchange.journal
        if journal.last > self._stored or self._memory:
            entries, memory = journal.since(self._stored), self._memory
            self._stored, self._memory = journal.last, []
            self.store.write(entries, memory)
            for reader in self.readers if entries else ():
                reader.notify()
        if self._held:
            self._hold()
        if self._orders:
            orders, self._orders = self._orders, []
            self.media.order(orders)
        self._arm()

    def _remember(self, effect: Remember) -> None:
        self._memory.append((effect.key, effect.value))

    def _send(self, effect: Transmit) -> None:
        if (ladder := self.tracing.ladder) is not None:
            ladder.note(Raw(self.exchange.house.now, True, effect.destination, effect.data))
        if self._trace:
            self._log_message(">", effect.destination, effect.data)
        self.transport.send(effect)

    def _log_message(self, way: str, peer: Address, data: bytes) -> None:
        call_id, ladder = call_id_of(data), self.tracing.ladder
        known = {"contact": contact} if ladder is not None and (contact := ladder.contact_of(call_id)) else {}
        log.debug(way, peer=_peer(peer), call_id=call_id, message=masked(data), **known)

    def _belongs(self, effect: Belongs) -> None:
        """Whose session this is."""
        if (ladder := self.tracing.ladder) is not None and effect.call_id:
            ladder.belongs(effect.call_id, effect.contact, effect.party, self.exchange.house.now)
        if self._trace:
            log.debug("=", call_id=effect.call_id, contact=effect.contact, party=effect.party)

    def trace(self) -> None:
        """Keep what passes on the wire, or not, as the settings say."""
        self.tracing.turn(self.exchange.house.settings.system.store.trace == "ladder")

    def _arm(self) -> None:
        """One timer, not later than the earliest moment that anybody in the house waits for. Most of them are called off
        before they come (a 200 is to be repeated until its ACK is there), so one that is too early is let be; it only
        looks again."""
        deadline = self.exchange.deadline
        if deadline is None or self._closed or (self._timer_at is not None and self._timer_at <= deadline):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = deadline
        delay = max(0.0, deadline - self.clock.now())
        self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer = self._timer_at = None
        self.reflex(self.exchange.wake(self.clock.now()))

    # -- what the exchange asks of the world --------------------------------------------------------------------------

    def _after_commit(self, effect: AfterCommit) -> None:
        """Without a task for each: what is held back in one turn of the loop goes together. Where nothing was written down
        (a phone that is refreshed) nothing waits."""
        if self.exchange.journal.last > self._stored:
            self._held.append(effect.effect)
        else:
            self._send(effect.effect)

    def _hold(self) -> None:
        held, self._held = self._held, []
        late = asyncio.get_running_loop().call_later(COMMIT_SECONDS, self._late, held)
        self.store.after_commit(partial(self._release, held, late))

    def _release(self, held: list[Transmit], late: asyncio.TimerHandle) -> None:
        late.cancel()
        for effect in held:
            self._send(effect)
        held.clear()

    def _late(self, held: list[Transmit]) -> None:
        log.warning("store is behind", waiting=self.store.lag)
        for effect in held:
            self._send(effect)
        held.clear()

    async def _committed(self, number: int) -> None:
        try:
            await asyncio.wait_for(self.store.committed(number), COMMIT_SECONDS)
        except TimeoutError:
            log.warning("store is behind", waiting=self.store.lag)

    def _watch(self, effect: Watch) -> None:
        self.transport.watch(effect.address, effect.seconds)

    def _show_pop(self, effect: ShowPop) -> None:
        """A busy loop must not come to the end of the patience with a screen before it has written to it at all."""
        self._settle()
        self.questions.show_pop(effect)

    def stop(self) -> None:
        """Hang up on everybody."""
        self.reflex(self.exchange.stop("stopped", self.clock.now()))
        self._settle()

    async def close(self) -> None:
        """No more timers, no more questions."""
        self._closed = True
        self._settle()
        self.tracing.close()
        if self._timer is not None:
            self._timer.cancel()
        await self.questions.close()


def _peer(address: Address) -> str:
    return f"{address.transport} {address.host}:{address.port}"
