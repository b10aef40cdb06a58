"""The town: one switch, its agents' phones, the phones of all who call, and the network between them.

The driver is the same few lines as the shell's: give the input, do what is asked, wake whoever's moment has come. Only
that here the next moment is jumped to. Callers share one SIP endpoint, as they do behind a carrier's gateway.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

import media.orders as m
import switch.sip.effects as sip
from ivr.prompts import Prompts, wav_seconds
from media import sdp
from media.paper import Paper
from switch.deadlines import Deadlines
from switch.effects import AfterCommit, Fetch, FindCustomer, Measure, Remember, ShowPop
from switch.events import Customer
from switch.exchange import Exchange
from switch.settings import Settings
from switch.sip.effects import Address
from switch.sip.endpoint import Endpoint
from world.net import Datagram, Net, Weather

SWITCH = Address("udp", "10.0.0.1", 5060)


@dataclass(eq=False)
class Phone:
    """One SIP endpoint of the town, at its address."""

    address: Address
    endpoint: Endpoint
    hear: Callable[[sip.Told], None]


class Town:
    """Builds everything from ``settings`` and a seed. ``start`` is POSIX seconds."""

    def __init__(self, settings: Settings, seed: int, start: float, *, weather: Weather | None = None,
                 storms: tuple[tuple[float, float, Weather], ...] = (), prompts: Prompts | None = None) -> None:
        self.rng = random.Random(seed)
        self.now = start
        self.settings = settings
        self.net = Net(random.Random(self.rng.getrandbits(64)), weather or Weather(), storms)
        self.paper = Paper(lambda path: wav_seconds(Path(path)))
        self.exchange = Exchange(settings, prompts or Prompts(), random.Random(self.rng.getrandbits(64)),
                                 recordings="/recordings")
        self.memory: dict[str, Any] = {}
        self.customers: dict[str, Customer] = {}
        self.webhook: Callable[[Fetch], tuple[str, dict[str, str]]] = lambda asked: ("failed", {})
        self.asked: Counter[str] = Counter()
        self._phones: dict[Address, Phone] = {}
        self._deadlines = Deadlines()
        self._plans: list[tuple[float, int, Callable[[], None]]] = []
        self._planned = 0
        self._ports: dict[int, str] = {}
        self._do(self.exchange.start("town", {}, [], start))

    # -- what people use ----------------------------------------------------------------------------------------------

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Somebody will do this then."""
        self._planned += 1
        heappush(self._plans, (self.now + seconds, self._planned, act))

    def phone(self, address: Address, hear: Callable[[sip.Told], None]) -> Phone:
        """A new phone at this address."""
        endpoint = Endpoint(realm="", passwords={}, rng=random.Random(self.rng.getrandbits(64)), host=address.host,
                            port=address.port, user_agent="Town")
        self._phones[address] = Phone(address, endpoint, hear)
        return self._phones[address]

    def unplug(self, phone: Phone) -> None:
        """The phone is gone from the network, without a word."""
        self._phones.pop(phone.address, None)

    def act(self, phone: Phone, effects: list[sip.Effect]) -> None:
        """Do what a phone asks for: send its datagrams, tell its user the news."""
        for effect in effects:
            if isinstance(effect, sip.Transmit):
                self.net.send(Datagram(phone.address, effect.destination, effect.data), self.now)
            else:
                phone.hear(effect)
        self._deadlines.set(phone.address, phone.endpoint.deadline)

    def talks(self, port: int) -> bool:
        """Whether whoever hears us from this RTP port is connected with somebody."""
        return bool(self.paper.hears(self._ports.get(port, "")).partner)

    def press(self, port: int, digit: str) -> None:
        """Somebody presses a key on a phone that hears us from this RTP port."""
        leg = self._ports.get(port)
        if leg is not None:
            self._hear(self.paper.press(leg, digit, self.now))

    def obey(self, order: Any, by: str) -> None:
        """A click at a screen. Raises :class:`~switch.orders.OrderRefused`."""
        self._do(self.exchange.obey(order, by, self.now)[1])

    # -- the driver ---------------------------------------------------------------------------------------------------

    def run(self, until: float) -> None:
        """Live until this moment."""
        while (moment := self._next()) is not None and moment <= until:
            self.now = max(self.now, moment)
            self._step()
        self.now = max(self.now, until)

    def _next(self) -> float | None:
        moments = (self.exchange.deadline, self.paper.deadline, self.net.deadline, self._deadlines.next,
                   self._plans[0][0] if self._plans else None)
        return min((moment for moment in moments if moment is not None), default=None)

    def _step(self) -> None:
        now = self.now
        for datagram in self.net.due(now):
            self._deliver(datagram)
        while self._plans and self._plans[0][0] <= now:
            heappop(self._plans)[2]()
        for address in self._deadlines.due(now):
            if address in self._phones:
                self.act(self._phones[address], self._phones[address].endpoint.wake(now))
        if _due(self.paper.deadline, now):
            self._hear(self.paper.wake(now))
        if _due(self.exchange.deadline, now):
            self._do(self.exchange.wake(now))

    def _deliver(self, datagram: Datagram) -> None:
        if datagram.destination == SWITCH:
            self._do(self.exchange.receive(datagram.data, datagram.source, self.now))
        elif (phone := self._phones.get(datagram.destination)) is not None:
            self.act(phone, phone.endpoint.receive(datagram.data, datagram.source, self.now))

    def _hear(self, reports: list[m.Report]) -> None:
        for report in reports:
            self._do(self.exchange.media(report, self.now))

    def _do(self, effects: list[Any]) -> None:
        for effect in effects:
            kind = type(effect)
            if kind is AfterCommit:
                effect, kind = effect.effect, type(effect.effect)
            if kind is sip.Transmit:
                self.net.send(Datagram(SWITCH, effect.destination, effect.data), self.now)
            elif kind is Remember:
                self._remember(effect)
            elif kind in _QUESTIONS:
                self.asked[kind.__name__] += 1
                _QUESTIONS[kind](self, effect)
            else:
                if kind is m.Open:
                    self._ports[effect.port] = effect.leg
                self._hear(self.paper.obey(effect, self.now))

    # -- what the switch asks of the world ----------------------------------------------------------------------------

    def _remember(self, effect: Remember) -> None:
        if effect.value is None:
            self.memory.pop(effect.key, None)
        else:
            self.memory[effect.key] = effect.value

    def _show_pop(self, asked: ShowPop) -> None:
        self._do(self.exchange.popped(asked.reservation, asked.contact, self.now))

    def _find_customer(self, asked: FindCustomer) -> None:
        if (customer := self.customers.get(asked.number)) is not None:
            self._do(self.exchange.customer(asked.contact, customer, self.now))

    def _fetch(self, asked: Fetch) -> None:
        outcome, values = self.webhook(asked)
        self.after(0.1, lambda: self._do(self.exchange.fetched(asked.contact, asked.node, outcome, values, self.now)))

    def _measure(self, asked: Measure) -> None:
        """Paper has nothing to listen to."""


_QUESTIONS: dict[type, Callable[[Town, Any], None]] = {
    ShowPop: Town._show_pop, FindCustomer: Town._find_customer, Fetch: Town._fetch, Measure: Town._measure,
}


def _due(deadline: float | None, now: float) -> bool:
    return deadline is not None and deadline <= now
