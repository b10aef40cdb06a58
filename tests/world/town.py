"""The town: one switch, its agents' phones, the phones of all who call, and the network between them.

The driver is the same few lines as the shell's: give the input, do what is asked, wake whoever's moment has come. Only
that here the next moment is jumped to. What people hear of each other is asked of paper media: whoever listens at an RTP
port is told when somebody's voice is there, and when that somebody says goodbye.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from heapq import heappop, heappush
from pathlib import Path
from typing import Any, Protocol

import media.orders as m
import switch.sip.effects as sip
from ivr.prompts import Prompts, wav_seconds
from media.paper import Paper
from switch.deadlines import Deadlines
from switch.difference import difference
from switch.effects import AfterCommit, Belongs, Fetch, FindCustomer, Measure, Remember, ShowPop
from switch.events import Customer
from switch.exchange import Exchange
from switch.journal import Journal
from switch.settings import Settings
from switch.sip.effects import Address
from switch.sip.endpoint import Endpoint
from world.net import Datagram, Net, Storm, Weather

SWITCH = Address("udp", "10.0.0.1", 5060)
HOOK_SECONDS = 0.1
"""How long a webhook takes to answer."""


class Ear(Protocol):
    """Somebody who listens at a phone."""

    def connected(self) -> None:
        """A person's voice is there."""

    def goodbye(self) -> None:
        """That person says goodbye."""


@dataclass(eq=False)
class Phone:
    """One SIP endpoint of the town, at its address."""

    address: Address
    endpoint: Endpoint
    hear: Callable[[sip.Told], None]


class Town:
    """Builds everything from ``settings`` and a seed. ``start`` is POSIX seconds; ``keep``: entries of the journal."""

    def __init__(self, settings: Settings, seed: int, start: float, *, weather: Weather | None = None,
                 storms: tuple[Storm, ...] = (), prompts: Prompts | None = None, keep: int = 100_000) -> None:
        self.rng = random.Random(seed)
        self.now = start
        self.settings = settings
        self.net = Net(random.Random(self.rng.getrandbits(64)), weather or Weather(), storms)
        self.paper = Paper(cache(lambda path: wav_seconds(Path(path))))
        self.exchange = Exchange(settings, prompts or settings.prompts, random.Random(self.rng.getrandbits(64)),
                                 recordings="/recordings", journal=Journal(keep=keep))
        self.published = 1
        self.memory: dict[str, Any] = {}
        self.customers: dict[str, Customer] = {}
        self.webhook: Callable[[Fetch], tuple[str, dict[str, str]]] = lambda asked: ("failed", {})
        self.silent: set[type] = set()
        """Questions of the switch to which nobody answers."""
        self._phones: dict[Address, Phone] = {}
        self._deadlines = Deadlines()
        self._plans: list[tuple[float, int, Callable[[], None]]] = []
        self._planned = 0
        self._legs: dict[int, str] = {}
        self._ears: dict[int, Ear] = {}
        self._due: tuple[float | None, float | None] = (None, None)
        """The deadlines of exchange and media; asked anew only when one of them was touched."""
        self._stale = True
        self._do(self.exchange.start("town", {}, [], start))

    # -- what people use ----------------------------------------------------------------------------------------------

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Somebody will do this then."""
        self.at(self.now + seconds, act)

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Somebody will do this at this moment (POSIX seconds)."""
        self._planned += 1
        heappush(self._plans, (moment, self._planned, act))

    def phone(self, address: Address, hear: Callable[[sip.Told], None]) -> Phone:
        """A new phone at this address."""
        endpoint = Endpoint(realm="", passwords={}, rng=random.Random(self.rng.getrandbits(64)), host=address.host,
                            port=address.port, user_agent="Town")
        self._phones[address] = Phone(address, endpoint, hear)
        return self._phones[address]

    def unplug(self, phone: Phone) -> None:
        """The phone is gone from the network, without a word."""
        self._phones.pop(phone.address, None)
        self._deadlines.set(phone.address, None)

    def cut(self, phone: Phone) -> None:
        """The websocket of this phone is closed, and its page is gone."""
        self.unplug(phone)
        self._do(self.exchange.lost(phone.address, self.now))

    def act(self, phone: Phone, effects: list[sip.Effect]) -> None:
        """Do what a phone asks for: send its datagrams, tell its user the news. One without a cable does nothing."""
        if phone.address not in self._phones:
            return
        for effect in effects:
            if type(effect) is sip.Transmit:
                self.net.send(Datagram(phone.address, effect.destination, effect.data), self.now)
            else:
                phone.hear(effect)
        self._deadlines.set(phone.address, phone.endpoint.deadline)

    def listen(self, port: int, ear: Ear) -> None:
        """Somebody has a phone at their ear that hears us from this RTP port."""
        self._ears[port] = ear

    def hush(self, port: int) -> None:
        """Nobody listens there any more."""
        self._ears.pop(port, None)

    def goodbye(self, port: int) -> None:
        """Whoever listens at this port says goodbye to whom they talk with."""
        for voice in self.paper.voices(self._legs.get(port, "")):
            if (ear := self._ears.get(self.paper.rows[voice].port)) is not None:
                ear.goodbye()

    def hears(self, port: int) -> bool:
        """Whether somebody's voice is heard at this port."""
        return bool(self.paper.voices(self._legs.get(port, "")))

    def press(self, port: int, digit: str) -> None:
        """Somebody presses a key on a phone that hears us from this RTP port."""
        leg = self._legs.get(port)
        if leg is not None:
            self._hear(self.paper.press(leg, digit, self.now))

    def obey(self, order: Any, by: str) -> None:
        """A click at a screen. Raises :class:`~switch.orders.OrderRefused`."""
        self._do(self.exchange.obey(order, by, self.now)[1])

    def configure(self, settings: Settings) -> None:
        """Operations publish something."""
        changes = tuple(difference(self.exchange.house.settings, settings))
        self.published += 1
        self._do(self.exchange.configure(settings, self.published, "operations", changes, self.now))

    # -- the driver ---------------------------------------------------------------------------------------------------

    def run(self, until: float) -> None:
        """Live until this moment; what happens at it comes with the next one."""
        while (step := self._next(until)) is not None:
            step(self.now)
        self.now = max(self.now, until)

    def _next(self, until: float) -> Callable[[float], None] | None:
        """Jump to the earliest moment before ``until`` at which anything happens; gives what happens then."""
        soonest, step = until, None
        if (moment := self.net.deadline) is not None and moment < soonest:
            soonest, step = moment, self._receive
        if self._plans and self._plans[0][0] < soonest:
            soonest, step = self._plans[0][0], self._act_as_planned
        if (moment := self._deadlines.next) is not None and moment < soonest:
            soonest, step = moment, self._wake_phones
        if self._stale:
            self._stale, self._due = False, (self.exchange.deadline, self.paper.deadline)
        if (moment := self._due[0]) is not None and moment < soonest:
            soonest, step = moment, self._wake_switch
        if (moment := self._due[1]) is not None and moment < soonest:
            soonest, step = moment, self._wake_media
        if step is not None and soonest > self.now:
            self.now = soonest
        return step

    def _receive(self, now: float) -> None:
        for datagram in self.net.due(now):
            self._deliver(datagram)

    def _act_as_planned(self, now: float) -> None:
        heappop(self._plans)[2]()

    def _wake_phones(self, now: float) -> None:
        for address in self._deadlines.due(now):
            if (phone := self._phones.get(address)) is not None:
                self.act(phone, phone.endpoint.wake(now))

    def _wake_switch(self, now: float) -> None:
        self._do(self.exchange.wake(now))

    def _wake_media(self, now: float) -> None:
        self._hear(self.paper.wake(now))

    def _deliver(self, datagram: Datagram) -> None:
        if datagram.destination[1:] == SWITCH[1:]:
            self._do(self.exchange.receive(datagram.data, datagram.source, self.now))
        elif (phone := self._phones.get(datagram.destination)) is not None:
            self.act(phone, phone.endpoint.receive(datagram.data, datagram.source, self.now))

    def _hear(self, reports: list[m.Report]) -> None:
        self._stale = True
        for report in reports:
            self._do(self.exchange.media(report, self.now))

    def _do(self, effects: list[Any]) -> None:
        self._stale = True
        for effect in effects:
            kind = type(effect)
            if kind is AfterCommit:
                effect, kind = effect.effect, type(effect.effect)
            if kind is sip.Transmit:
                self.net.send(Datagram(SWITCH, effect.destination, effect.data), self.now)
            elif kind in _QUESTIONS:
                if kind not in self.silent:
                    _QUESTIONS[kind](self, effect)
            else:
                self._obey_media(effect)

    def _obey_media(self, order: m.AnyOrder) -> None:
        if type(order) is m.Open:
            self._legs[order.port] = order.leg
        self._hear(self.paper.obey(order, self.now))
        if type(order) in (m.Join, m.Bridge):
            for leg in (order.one, order.other) if type(order) is m.Join else order.legs:
                row = self.paper.rows.get(leg)
                if row is not None and (ear := self._ears.get(row.port)) is not None:
                    ear.connected()

    # -- what the switch asks of the world ----------------------------------------------------------------------------

    def _remember(self, effect: Remember) -> None:
        if effect.value is None:
            self.memory.pop(effect.key, None)
        else:
            self.memory[effect.key] = effect.value

    def _show_pop(self, asked: ShowPop) -> None:
        self._do(self.exchange.popped(asked.reservation, asked.contact, self.now))

    def _find_customer(self, asked: FindCustomer) -> None:
        self._do(self.exchange.customer(asked.contact, self.customers.get(asked.number), self.now))

    def _fetch(self, asked: Fetch) -> None:
        outcome, values = self.webhook(asked)
        self.after(HOOK_SECONDS, lambda: self._do(
            self.exchange.fetched(asked.contact, asked.node, outcome, values, self.now)))

    def _measure(self, asked: Measure) -> None:
        """Paper has nothing to listen to."""

    def _belongs(self, told: Belongs) -> None:
        """Nobody asks for the timeline of a simulated day."""


_QUESTIONS: dict[type, Callable[[Town, Any], None]] = {
    Remember: Town._remember, ShowPop: Town._show_pop, FindCustomer: Town._find_customer, Fetch: Town._fetch,
    Measure: Town._measure, Belongs: Town._belongs,
}

