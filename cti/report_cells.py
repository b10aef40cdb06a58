"""One tally for each thing that is reported on and each interval of 15 minutes.

All offsets of zones in use are multiples of 15 minutes, so the quarters of POSIX time are the quarters of every clock.
What happens outside the period is counted too, into a tally that nobody reads: so no fold needs to ask.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

INTERVAL = 900.0
"""Seconds."""

Tally = TypeVar("Tally", bound=msgspec.Struct)


class Cells(Generic[Tally]):
    """Tallies by interval and name, within ``start <= at < end`` (POSIX seconds)."""

    def __init__(self, make: Callable[[], Tally], start: float, end: float) -> None:
        self._make = make
        self.start, self.end = start, end
        self._tallies: dict[float, dict[str, Tally]] = {}
        self._outside = make()

    def at(self, name: str, moment: float) -> Tally:
        """The tally of ``name`` for the interval that ``moment`` is in."""
        if not self.start <= moment < self.end:
            return self._outside
        tallies = self._tallies.setdefault(interval(moment), {})
        tally = tallies.get(name)
        if tally is None:
            tally = tallies[name] = self._make()
        return tally

    def spread(self, name: str, since: float, until: float) -> Iterator[tuple[Tally, float]]:
        """The seconds from ``since`` to ``until``, by the tallies of the intervals that they fall in."""
        since, until = max(since, self.start), min(until, self.end)
        while since < until:
            step = min(until, interval(since) + INTERVAL)
            yield self.at(name, since), step - since
            since = step

    def intervals(self) -> list[float]:
        """The beginnings of the intervals in which anything was counted."""
        return sorted(self._tallies)

    def within(self, start: float) -> dict[str, list[Tally]]:
        """The tallies of the interval that begins at ``start``, by name: one each."""
        return {name: [tally] for name, tally in sorted(self._tallies.get(start, {}).items())}

    def all(self) -> dict[str, list[Tally]]:
        """The tallies of all intervals in order of time, by name."""
        found: dict[str, list[Tally]] = {}
        for start in self.intervals():
            for name, tally in self._tallies[start].items():
                found.setdefault(name, []).append(tally)
        return dict(sorted(found.items()))

    def of(self, name: str) -> list[Tally]:
        """The tallies of one name, in order of time."""
        return [self._tallies[start][name] for start in self.intervals() if name in self._tallies[start]]

    @staticmethod
    def total(total: Tally, tallies: Iterable[Tally]) -> Tally:
        """``total`` with these added: numbers summed, what is called longest compared, dictionaries summed by key."""
        for tally in tallies:
            for name in tally.__struct_fields__:
                ours, theirs = getattr(total, name), getattr(tally, name)
                if isinstance(theirs, dict):
                    for key, value in theirs.items():
                        ours[key] = ours.get(key, 0) + value
                else:
                    setattr(total, name, max(ours, theirs) if name.endswith("longest") else ours + theirs)
        return total


def interval(moment: float) -> float:
    """The beginning of the interval that this moment is in."""
    return moment // INTERVAL * INTERVAL


def ratio(part: float, whole: float) -> float | None:
    """``part / whole``; None where there is no whole."""
    return part / whole if whole else None
