"""``python -m bench.against HOST:PORT --pid PID``: W1, W2 and W3 with Shoal and another server in turns, and how many times
as dear the other is.

A machine that is shared is twice as fast in one minute as in the next, so a figure of an hour ago compares with nothing;
turns do. The other server must run on this machine, idle but for us, and answer three numbers: 5004 and say nothing, 5003
and play G.711 (PCMU) all the time, 5001 the same with both directions written to disk. Its CPU time is that of the process
``PID`` and of all that come from it. It is loaded no further than to where it breaks, and each server rests while the other
works. ``bench/asterisk`` has such numbers for Asterisk.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import machine, signalling
from bench.progress import Progress
from bench.stairs import Server as Served
from bench.stairs import climb
from bench.switch import Switch

RATES = (50, 100, 200, 300)
LEVELS = (50, 100, 200, 400)
_SETTLED = 2.0
"""Seconds before signalling is measured."""
OURS, THEIRS = "Shoal", "the other"


class Server:
    """A server that we did not start; what a bench asks of a switch."""

    def __init__(self, sip: tuple[str, int], pid: int) -> None:
        self.sip = sip
        self._pid = pid

    @property
    def memory(self) -> int:
        """Bytes, of all its processes."""
        return sum(machine.memory_of(pid) for pid in machine.family(self._pid))

    def look(self) -> machine.Reading:
        """CPU time of each of its processes."""
        return machine.look({pid: "server" for pid in machine.family(self._pid)})

    trouble = ""

    def health(self) -> dict[str, object]:
        """It tells nothing of itself."""
        return {}


class Taken(NamedTuple):
    """What one level of one load took once: milliseconds of CPU, for a call or for a second of one; ``broken``: why it was
    too much. ``yardstick``: seconds."""

    level: str
    cost: float
    broken: str
    yardstick: float


Load = Callable[[Served, Progress], Iterator[Taken]]


def calls(server: Served, progress: Progress, rates: Sequence[int], seconds: float) -> Iterator[Taken]:
    """W1."""
    for rate in rates:
        with tempfile.TemporaryDirectory(prefix="shoal-bench-") as place:
            level = signalling.run(server, Path(place), progress, rate, _SETTLED, seconds)
        cost = 1e3 * level.spent.total / (rate * level.spent.seconds)
        yield Taken(f"W1, a call, {rate}/s", cost, level.broken, level.spent.yardstick)
        if level.broken:
            return


def legs(server: Served, progress: Progress, label: str, number: str, levels: Sequence[int], seconds: float
         ) -> Iterator[Taken]:
    """W2 or W3."""
    for step in climb(server, progress, number, label, levels, seconds):
        yield Taken(f"{label}, a call-second, {step.legs} legs", 1e3 * step.each, step.broken, step.spent.yardstick)


def table(taken: dict[str, dict[str, list[Taken]]]) -> str:
    """By level and server, in Markdown: the median and from where to where it went, what broke, and how many times as dear
    the other was in the median. Levels that a server did not get to are left open."""
    lines = ["| | Shoal, ms | the other, ms | times | yardstick, ms |", "|---|---:|---:|---:|---:|"]
    for level, by in taken.items():
        good = {who: [each.cost for each in by[who] if not each.broken] for who in (OURS, THEIRS)}
        times = f"{median(good[THEIRS]) / median(good[OURS]):.1f}" if good[OURS] and good[THEIRS] else ""
        sticks = [1e3 * each.yardstick for each in (*by[OURS], *by[THEIRS])]
        stick = f"{min(sticks):.0f}-{max(sticks):.0f}"
        lines.append(f"| {level} | {_cell(by[OURS])} | {_cell(by[THEIRS])} | {times} | {stick} |")
    return "\n".join(lines)


def _cell(taken: Sequence[Taken]) -> str:
    good = [each.cost for each in taken if not each.broken]
    broken = [f"broke {len(taken) - len(good)} of {len(taken)}"] if len(good) < len(taken) else []
    figure = [f"{median(good):.2f} ({min(good):.2f}-{max(good):.2f})"] if good else []
    return ", ".join(figure + broken)


def in_turns(other: Server, loads: Sequence[Load], turns: int, progress: Progress) -> str:
    """Measure both, and give the table."""
    taken: dict[str, dict[str, list[Taken]]] = defaultdict(lambda: defaultdict(list))
    reasons = []
    for turn, load, who in product(range(turns), loads, (THEIRS, OURS)):
        for each in _measured(who, other, load, progress):
            taken[each.level][who].append(each)
            if each.broken:
                reasons.append(f"- turn {turn + 1}, {each.level}, {who}: {each.broken}")
    return "\n".join([table(taken), "", *reasons])


def _measured(who: str, other: Server, load: Load, progress: Progress) -> Iterator[Taken]:
    if who == THEIRS:
        yield from load(other, progress)
        return
    with tempfile.TemporaryDirectory(prefix="shoal-bench-") as place, Switch(Path(place)) as switch:
        yield from load(switch, progress)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.against", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="HOST:PORT of its SIP over UDP; the host is an address of this machine")
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--rates", type=int, nargs="*", default=RATES, help="of W1, calls a second")
    parser.add_argument("--legs", type=int, nargs="*", default=LEVELS, help="of W2 and W3")
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each level is measured")
    options = parser.parse_args()
    host, _, port = options.server.partition(":")
    loads = [lambda *to: calls(*to, options.rates, options.seconds),
             lambda *to: legs(*to, "W2", "5003", options.legs, options.seconds),
             lambda *to: legs(*to, "W3", "5001", options.legs, options.seconds)]
    progress = Progress()
    told = in_turns(Server((host, int(port or 5060)), options.pid), loads, options.turns, progress)
    progress.clear()
    print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
