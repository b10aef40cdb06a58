"""The store alone: the calls of W1 as their journal, memory, look-ups and messages, written by the real store to a file.

``python -m bench.storing`` prints CPU of the whole process for a call, by what it was spent on. The calls are made
beforehand by :mod:`bench.core`, so nothing of SIP is in the figures; 50 ms of calls go at once, as they do in a switch that
serves so many a second, and the clock is that of the calls: a second of load is written as quickly as it can be.
"""

import argparse
import asyncio
import gc
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bench.core import PEER, SDP, World, request
from media.orders import Close, Quality, Seats
from switch.effects import Belongs, FindCustomer, Remember
from switch.journal import Entry
from switch.ladder import Ladder, Raw
from switch.recognition import Recognition
from switch.sip.effects import Transmit
from switch.store import Store

WINDOW = 0.05
"""Seconds of calls that are written together."""
HOLD = 1.0


class Taken(NamedTuple):
    """What one touch of the exchange leaves to be kept."""

    at: float
    entries: list[Entry]
    memory: list[tuple[str, Any]]
    asked: list[str]
    passed: list[Raw]
    belongs: list[Belongs]


class Calls(World):
    """``touches``: of so many calls, so many a second, each of :data:`HOLD` seconds, in order."""

    def __init__(self) -> None:
        super().__init__()
        self._stored = 0
        self._tags: dict[int, tuple[str, list[str]]] = {}

    def touches(self, calls: int, rate: float) -> Iterator[Taken]:
        began = self.now
        self.exchange.media(Seats(list(range(12_000, 12_000 + 2 * calls, 2))), began)
        steps = [(began + number / rate, self._begin, number) for number in range(calls)]
        steps += [(began + number / rate + HOLD, self._end, number) for number in range(calls)]
        for at, step, number in sorted(steps, key=lambda each: each[0]):
            self.now = at
            yield from step(number)

    def _begin(self, number: int) -> Iterator[Taken]:
        effects, taken = self._taken(request("INVITE", number, body=SDP))
        yield taken
        tag = next(each.data for each in effects if type(each) is Transmit and b" 200 OK" in each.data)
        self._tags[number] = tag.partition(b"\r\nTo:")[2].partition(b";tag=")[2].partition(b"\r\n")[0].decode(), []
        for each in [each for each in effects if type(each) is FindCustomer]:
            self.exchange.customer(each.contact, None, self.now)
        yield self._taken(request("ACK", number, self._tags[number][0]))[1]

    def _end(self, number: int) -> Iterator[Taken]:
        effects, taken = self._taken(request("BYE", number, self._tags.pop(number)[0]))
        yield taken
        for leg in [each.leg for each in effects if type(each) is Close]:
            yield self._kept(self.exchange.media(Quality(leg, 50, 0, 0, 0.001), self.now), [])

    def _taken(self, data: bytes) -> tuple[list[Any], Taken]:
        effects = self.exchange.receive(data, PEER, self.now)
        return effects, self._kept(effects, [Raw(self.now, False, PEER, data)])

    def _kept(self, effects: list[Any], passed: list[Raw]) -> Taken:
        journal = self.exchange.journal
        entries, self._stored = journal.since(self._stored), journal.last
        passed += [Raw(self.now, True, each.destination, each.data) for each in effects if type(each) is Transmit]
        return Taken(self.now, entries, [(each.key, each.value) for each in effects if type(each) is Remember],
                     [each.number for each in effects if type(each) is FindCustomer], passed,
                     [each for each in effects if type(each) is Belongs])


class Kept:
    """Writes touches into a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.spent: Counter[str] = Counter()
        self.ladder = Ladder()
        self.alive: set[str] = set()
        self._callers = Recognition(store, ZoneInfo("UTC"), pause=0.0)
        self._looked = 0.0

    async def window(self, touches: list[Taken]) -> None:
        """Write what came in one window, and wait for it."""
        begun = time.process_time()
        for each in touches:
            for raw in each.passed:
                self.ladder.note(raw)
            for owner in each.belongs:
                self.ladder.belongs(owner.call_id, owner.contact, owner.party, each.at)
            for name, value in each.memory:
                (self.alive.discard if value is None else self.alive.add)(name.removeprefix("contact/"))
        if touches[-1].at - self._looked >= 1.0:
            self._looked = touches[-1].at
            while len(self.ladder):
                if traces := self.ladder.take(self._looked, self.alive.__contains__):
                    self.store.write_traces(traces)
        begun = self._spend("messages", begun)
        answers = [self._callers.ask(number, each.at) for each in touches for number in each.asked]
        await asyncio.gather(*answers)
        begun = self._spend("look-ups", begun)
        for each in touches:
            if each.entries or each.memory:
                self.store.write(each.entries, each.memory)
        await self.store.committed(self.store.lag + self.store._writer.committed)
        self._spend("writing", begun)

    def _spend(self, name: str, begun: float) -> float:
        now = time.process_time()
        self.spent[name] += now - begun
        return now


def windows(touches: list[Taken]) -> list[list[Taken]]:
    found: dict[int, list[Taken]] = {}
    for each in touches:
        found.setdefault(int(each.at / WINDOW), []).append(each)
    return list(found.values())


def wrote() -> int:
    """How often this process has called the kernel to write."""
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["syscw"])


async def write(touches: list[Taken], calls: int, url: str) -> dict[str, float]:
    store = await Store.open(url, touches[0].at)
    kept, system, begun = Kept(store), wrote(), time.process_time()
    for each in windows(touches):
        await kept.window(each)
    whole, system = time.process_time() - begun, wrote() - system
    await store.close()
    return {**{f"us for {name}": 1e6 * spent / calls for name, spent in kept.spent.items()},
            "us in all": 1e6 * whole / calls, "calls of the kernel to write": system / calls}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, nargs="*", default=[100.0, 1000.0])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--url", default="")
    options = parser.parse_args()
    for rate in options.rate:
        touches = list(Calls().touches(options.calls, rate))
        gc.collect()
        gc.freeze()
        gc.set_threshold(2_000, 5, 100)
        best: dict[str, float] = {}
        for _ in range(options.times):
            with tempfile.TemporaryDirectory(prefix="shoal-bench-") as folder:
                url = options.url or f"sqlite+aiosqlite:///{folder}/shoal.db"
                for name, figure in asyncio.run(write(touches, options.calls, url)).items():
                    best[name] = min(figure, best.get(name, figure))
        print(f"{rate:.0f} calls a second: " + ", ".join(f"{figure:.1f} {name}" for name, figure in best.items()))


if __name__ == "__main__":
    main()
