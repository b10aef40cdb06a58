"""One heap of who wants to be woken when.

Setting a new moment for the same key does not search the heap: the old line stays in it and is recognised as stale
when it comes up, because the key's moment in the table is another by then.
"""

from collections.abc import Hashable
from heapq import heapify, heappop, heappush


class Deadlines:
    """Keys, each with at most one moment (POSIX seconds)."""

    def __init__(self) -> None:
        self._moments: dict[Hashable, float] = {}
        self._heap: list[tuple[float, int, Hashable]] = []
        self._count = 0

    def set(self, key: Hashable, moment: float | None) -> None:
        """Wake ``key`` at ``moment``; None = never."""
        if moment is None:
            self._moments.pop(key, None)
            return
        if self._moments.get(key) == moment:
            return
        self._moments[key] = moment
        self._count += 1
        heappush(self._heap, (moment, self._count, key))
        if len(self._heap) > 64 and len(self._heap) > 4 * len(self._moments):
            self._tidy()

    @property
    def next(self) -> float | None:
        """The earliest moment; None when nobody waits."""
        while self._heap:
            moment, _, key = self._heap[0]
            if self._moments.get(key) == moment:
                return moment
            heappop(self._heap)
        return None

    def due(self, now: float) -> list[Hashable]:
        """Take out every key whose moment has come, the earliest first."""
        keys = []
        while (moment := self.next) is not None and moment <= now:
            _, _, key = heappop(self._heap)
            del self._moments[key]
            keys.append(key)
        return keys

    def __len__(self) -> int:
        return len(self._moments)

    def _tidy(self) -> None:
        self._heap = [line for line in self._heap if self._moments.get(line[2]) == line[0]]
        heapify(self._heap)
