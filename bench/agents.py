"""Agents who do nothing but work: pick up at once, talk for a moment, hang up. One loop for all their phones and screens.

The phones are the switch's own SIP endpoint without media: what is measured is when messages go and come. A reaction is
the time from an agent's BYE (taken before it is sent) to the next INVITE for this agent (the kernel's stamp).
"""

import random
import selectors
import socket
import time
from collections import Counter
from heapq import heappop, heappush

from bench.screen import Pop, Screen, receive, stamped
from bench.switch import BenchError, Switch
from media import sdp
from switch.sip.effects import Address, Effect, Ended, Offered, RegistrationState, Transmit
from switch.sip.endpoint import Endpoint


class Phone:
    """One agent's phone and screen."""

    def __init__(self, user: str, password: str, switch: Switch, crew: "Crew") -> None:
        self.registered = False
        self.reactions: list[float] = []
        self.orders: Counter[str] = Counter()
        """How often the pop came ``before`` the INVITE, ``after`` it, or so close that it is ``unsure``."""
        self.screen: Screen | None = None
        self.socket = stamped(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self._crew = crew
        self._credentials = user, password
        self._freed: float | None = None
        self._switch = Address("udp", *switch.sip)
        self.endpoint = Endpoint(realm="", passwords={}, rng=crew.rng, host="127.0.0.1",
                                 port=self.socket.getsockname()[1], user_agent="Shoal bench")

    def register(self) -> None:
        self._do(self.endpoint.register(*self._credentials, self._switch, 3600, time.time()), 0.0)

    def log_in(self, port: int) -> None:
        """Connect the screen; the agent is ready."""
        self.screen = Screen(*self._credentials, port)

    def read(self) -> None:
        """Take what has come."""
        try:
            while True:
                data, at = receive(self.socket)
                self._do(self.endpoint.receive(data, self._switch, time.time()), at)
        except BlockingIOError:
            return

    def hang_up(self, call: str) -> None:
        """The talk is over: from now on this agent is free."""
        self._freed = time.time()
        self._do(self.endpoint.hang_up(call, self._freed), 0.0)

    def wake(self, now: float) -> None:
        """Repeat what was not answered."""
        if self.endpoint.deadline is not None and self.endpoint.deadline <= now:
            self._do(self.endpoint.wake(now), 0.0)

    def _do(self, effects: list[Effect], at: float) -> None:
        for effect in effects:
            if isinstance(effect, Transmit):
                self.socket.sendto(effect.data, self._switch[1:])
            elif isinstance(effect, RegistrationState):
                self.registered = effect.state == "registered"
            elif isinstance(effect, Offered):
                self._ring(effect, at)
            elif isinstance(effect, Ended):
                self._freed = None  # The caller was first: when this agent became free is not ours to say.

    def _ring(self, told: Offered, at: float) -> None:
        self.screen.read()
        pops, self.screen.pops = self.screen.pops, []
        self.orders[order_of(pops, at)] += 1
        if self._freed is not None:
            self.reactions.append(at - self._freed)
            self._freed = None
        answer = sdp.answer(told.sdp, host="127.0.0.1", port=9, session=1, version=0)
        self._do(self.endpoint.answer(told.call, answer.sdp, time.time()), 0.0)
        self._crew.later(self, told.call)


class Crew:
    """All agents. ``talk`` is how long a talk lasts, from and to, in seconds."""

    def __init__(self, users: dict[str, str], switch: Switch, talk: tuple[float, float], rng: random.Random) -> None:
        self.rng = rng
        self._talk = talk
        self._switch = switch
        self._ends: list[tuple[float, str, Phone]] = []
        self._selector = selectors.DefaultSelector()
        self.phones = [Phone(user, password, switch, self) for user, password in users.items()]
        for phone in self.phones:
            self._selector.register(phone.socket, selectors.EVENT_READ, phone.read)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        for phone in self.phones:
            phone.socket.close()
            if phone.screen is not None:
                phone.screen.close()
        self._selector.close()

    def start(self) -> None:
        """Register everybody, then log everybody in."""
        for phone in self.phones:
            phone.register()
        ends = time.monotonic() + 10
        while not all(phone.registered for phone in self.phones):
            self.run(0.1)
            if time.monotonic() > ends:
                raise BenchError(f"not all agents could register:\n{self._switch.said()}")
        for phone in self.phones:
            phone.log_in(self._switch.http_port)
            self._selector.register(phone.screen.socket, selectors.EVENT_READ, phone.screen.read)

    def later(self, phone: Phone, call: str) -> None:
        """Hang this up when the talk is over."""
        heappush(self._ends, (time.time() + self.rng.uniform(*self._talk), call, phone))

    def run(self, seconds: float) -> None:
        """Work for so long."""
        ends = time.time() + seconds
        while (now := time.time()) < ends:
            due = min(ends, now + 0.1, self._ends[0][0] if self._ends else ends)
            for key, _ in self._selector.select(max(0.0, due - now)):
                key.data()
            now = time.time()
            while self._ends and self._ends[0][0] <= now:
                _, call, phone = heappop(self._ends)
                phone.hang_up(call)
            for phone in self.phones:
                phone.wake(now)


def order_of(pops: list[Pop], invite: float) -> str:
    """Where the pop came relative to the INVITE: ``pops`` are those that can be read now and could not at the last one."""
    if not pops:
        return "after"
    if any(pop.at <= invite for pop in pops):
        return "before"
    return "after" if any(pop.exact for pop in pops) else "unsure"
