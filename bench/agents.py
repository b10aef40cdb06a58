"""Agents who do nothing but work: pick up at once, talk for a moment, hang up. One loop for all their phones and screens,
and for whoever else is to be listened to meanwhile (the callers)."""

import random
import selectors
import socket
import time
from collections.abc import Callable
from heapq import heappop, heappush

from bench.phone import Phone
from bench.switch import BenchError, Switch
from bench.voices import Voices
from switch.sip.endpoint import Endpoint


class Crew:
    """All agents. ``talk`` is how long a talk lasts, from and to, in seconds. ``voices``: where they say something."""

    def __init__(self, users: dict[str, str], switch: Switch, talk: tuple[float, float], rng: random.Random,
                 voices: Voices | None = None) -> None:
        self.rng = rng
        self.voices = voices
        self._talk = talk
        self._switch = switch
        self._ends: list[tuple[float, str, Phone]] = []
        self._selector = selectors.DefaultSelector()
        self._wakers: list[Callable[[], None]] = []
        self.phones = [Phone(user, password, switch, self) for user, password in users.items()]
        for phone in self.phones:
            self.also(phone.socket, phone.read)

    def endpoint(self, way: socket.socket) -> Endpoint:
        """A new SIP endpoint on this socket."""
        return Endpoint(realm="", passwords={}, rng=self.rng, host="127.0.0.1", port=way.getsockname()[1],
                        user_agent="Shoal bench")

    def also(self, way: socket.socket, read: Callable[[], None], wake: Callable[[], None] | None = None) -> None:
        """Listen to this, too, and wake somebody now and then."""
        self._selector.register(way, selectors.EVENT_READ, read)
        if wake is not None:
            self._wakers.append(wake)

    def forget(self, way: socket.socket) -> None:
        """Listen to this no more."""
        self._selector.unregister(way)

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
        for number, phone in enumerate(self.phones):
            phone.register()
            if number % 20 == 19:
                self.run(0.05)
        ends = time.monotonic() + 10 + len(self.phones) / 20
        while not all(phone.registered for phone in self.phones):
            self.run(0.1)
            if time.monotonic() > ends:
                raise BenchError(f"not all agents could register:\n{self._switch.said()}")
        for phone in self.phones:
            phone.log_in(self._switch.http_port)
            self.run(0.002)

    def later(self, phone: Phone, call: str) -> None:
        """Hang this up when the talk is over."""
        heappush(self._ends, (time.time() + self.rng.uniform(*self._talk), call, phone))

    def run(self, seconds: float) -> None:
        """Work for so long."""
        ends, wake_at = time.time() + seconds, 0.0
        while (now := time.time()) < ends:
            due = min(ends, now + 0.05, self._ends[0][0] if self._ends else ends)
            for key, _ in self._selector.select(max(0.0, due - now)):
                key.data()
            now = time.time()
            while self._ends and self._ends[0][0] <= now:
                _, call, phone = heappop(self._ends)
                phone.hang_up(call)
            if now < wake_at:
                continue
            wake_at = now + 0.05
            for phone in self.phones:
                phone.wake(now)
            for wake in self._wakers:
                wake()
