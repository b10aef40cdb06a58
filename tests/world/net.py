"""A network for datagrams that delays, reorders, repeats and loses them, as its weather of the moment says."""

import random
from dataclasses import dataclass
from heapq import heappop, heappush

from switch.sip.effects import Address


@dataclass(frozen=True)
class Weather:
    """How a network treats datagrams. Shares are 0.0-1.0, times are seconds."""

    loss: float = 0.0
    delay: float = 0.01
    jitter: float = 0.005
    """A datagram is late by up to this much more; what is later than its successor arrives after it."""
    repeat: float = 0.0
    """Share of datagrams that arrive twice."""


@dataclass(frozen=True)
class Datagram:
    source: Address
    destination: Address
    data: bytes


class Net:
    """Takes datagrams and gives each back when it arrives, if it does. ``storms`` are (from, to, weather)."""

    def __init__(self, rng: random.Random, weather: Weather, storms: tuple[tuple[float, float, Weather], ...] = ()) -> None:
        self._rng = rng
        self._weather = weather
        self._storms = storms
        self._heap: list[tuple[float, int, Datagram]] = []
        self._count = 0
        self.lost = 0

    @property
    def deadline(self) -> float | None:
        """When the next datagram arrives; None = none is under way."""
        return self._heap[0][0] if self._heap else None

    def send(self, datagram: Datagram, now: float) -> None:
        """Give a datagram to the network."""
        weather = self._now(now)
        copies = 2 if self._rng.random() < weather.repeat else 1
        for _ in range(copies):
            if self._rng.random() < weather.loss:
                self.lost += 1
                continue
            self._count += 1
            moment = now + weather.delay + self._rng.random() * weather.jitter
            heappush(self._heap, (moment, self._count, datagram))

    def due(self, now: float) -> list[Datagram]:
        """Everything that has arrived by ``now``."""
        arrived = []
        while self._heap and self._heap[0][0] <= now:
            arrived.append(heappop(self._heap)[2])
        return arrived

    def _now(self, now: float) -> Weather:
        for begin, end, weather in self._storms:
            if begin <= now < end:
                return weather
        return self._weather
