"""When the desk has to look at something again.

The moment is never stored here as the truth: a waiting caller, an agent and a reservation each *compute* when they are
next due, and the heap holds only hints of the form "look at this one then". A hint that the thing no longer agrees with
is dropped when it comes up, so that nothing has to be searched for and cancelled when a call is answered.
"""

from heapq import heapify, heappop, heappush
from typing import Protocol


class Due(Protocol):
    """Something that wants to be looked at."""

    alarm: float | None
    """The newest hint about it in the heap; kept by :class:`Alarms`."""

    @property
    def due(self) -> float | None:
        """POSIX seconds; None = never (it is over, or nothing is pending)."""


class Alarms:
    """One heap of hints for all things of the desk."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Due]] = []
        self._count = 0
        self._tidy_at = 64

    def touch(self, thing: Due) -> None:
        """The thing changed: take note of when it is due now."""
        moment = thing.due
        if moment == thing.alarm:
            return
        thing.alarm = moment
        if moment is not None:
            self._count += 1
            heappush(self._heap, (moment, self._count, thing))
            if len(self._heap) > self._tidy_at:
                self._tidy()

    @property
    def next(self) -> float | None:
        """The earliest moment at which something is due; None when nothing is."""
        while self._heap and self._heap[0][0] != self._heap[0][2].alarm:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[Due]:
        """Take out everything whose moment has come, the earliest first, each thing once."""
        things = []
        while (moment := self.next) is not None and moment <= now:
            _, _, thing = heappop(self._heap)
            thing.alarm = None
            things.append(thing)
        return things

    def _tidy(self) -> None:
        """Drop the hints that nobody agrees with; the limit doubles, so that this costs little on average."""
        self._heap = [hint for hint in self._heap if hint[0] == hint[2].alarm]
        heapify(self._heap)
        self._tidy_at = max(64, 2 * len(self._heap))
