"""A network for datagrams that delays, reorders, repeats and loses them, as its weather of the moment says."""

import random
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

from switch.sip.effects import Address


@dataclass(frozen=True)
class Weather:
    """How the network treats datagrams."""

    loss: float = 0.0
    """Percentage of datagrams that never arrive."""
    delay: float = 0.01
    """Seconds on the way, at least."""
    jitter: float = 0.005
    """A datagram is late by up to this many seconds more; it may so arrive after its successor."""
    repeat: float = 0.0
    """Percentage of datagrams that arrive twice."""


class Storm(NamedTuple):
    """Another weather for a while: ``begin <= now < end`` (POSIX seconds)."""

    begin: float
    end: float
    weather: Weather


class Datagram(NamedTuple):
    source: Address
    destination: Address
    data: bytes


class Net:
    """Takes datagrams and gives each back when it arrives, if it does."""

    def __init__(self, rng: random.Random, weather: Weather, storms: tuple[Storm, ...] = ()) -> None:
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
        weather, chance = self._now(now), self._rng.random
        for _ in range(2 if weather.repeat and chance() * 100 < weather.repeat else 1):
            if weather.loss and chance() * 100 < weather.loss:
                self.lost += 1
                continue
            self._count += 1
            heappush(self._heap, (now + weather.delay + chance() * weather.jitter, self._count, datagram))

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
