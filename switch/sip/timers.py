"""When to be woken: one heap for all machines of an endpoint, and the one way in which SIP repeats itself.

A timer that is called off stays in the heap without its action until its moment comes, which costs nothing on the way
of a call; only when such husks are most of the heap is it made anew. (Nearly every timer of SIP is called off.)
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Protocol

T2 = 4.0
"""Seconds: the longest pause between repetitions (RFC 3261 table 4)."""
T4 = 5.0
"""Seconds: how long a message may stay in the network."""


class Timer:
    """One appointment. ``action`` is None once it was called off or kept."""

    __slots__ = ("action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action


class Timers:
    """All appointments of one endpoint."""

    __slots__ = ("_count", "_heap", "_husks")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._count = 0
        self._husks = 0

    def set(self, moment: float, action: Callable[[], None]) -> Timer:
        """Call ``action`` at ``moment`` (POSIX seconds); equal moments keep their order."""
        timer = Timer(action)
        self._count += 1
        heappush(self._heap, (moment, self._count, timer))
        return timer

    def cancel(self, timer: Timer | None) -> None:
        """Call an appointment off; one that was kept, or none, is no mistake."""
        if timer is None or timer.action is None:
            return
        timer.action = None
        self._husks += 1
        if self._husks > 256 and 2 * self._husks > len(self._heap):
            self._heap = [line for line in self._heap if line[2].action is not None]
            heapify(self._heap)
            self._husks = 0

    @property
    def next(self) -> float | None:
        """The earliest moment, None when nobody waits."""
        heap = self._heap
        while heap:
            if heap[0][2].action is not None:
                return heap[0][0]
            heappop(heap)
            self._husks -= 1
        return None

    def run(self, now: float) -> None:
        """Keep every appointment whose moment has come."""
        while (moment := self.next) is not None and moment <= now:
            timer = heappop(self._heap)[2]
            action, timer.action = timer.action, None
            if action is not None:
                action()

    def __len__(self) -> int:
        return sum(line[2].action is not None for line in self._heap)


class Clockwork(Protocol):
    """What a repetition needs of its surroundings."""

    t1: float

    def after(self, seconds: float, action: Callable[[], None]) -> Timer: ...

    def cancel(self, timer: Timer | None) -> None: ...


class Repeat:
    """Does the same again after T1, 2 T1, 4 T1 ... at most ``longest`` seconds apart, until it is stopped."""

    __slots__ = ("_action", "_clockwork", "_longest", "_pause", "_timer")

    def __init__(self, clockwork: Clockwork, action: Callable[[], None], longest: float = T2) -> None:
        self._clockwork = clockwork
        self._action = action
        self._longest = longest
        self._pause = clockwork.t1
        self._timer: Timer | None = clockwork.after(self._pause, self._again)

    def _again(self) -> None:
        self._pause = min(2 * self._pause, self._longest)
        self._timer = self._clockwork.after(self._pause, self._again)
        self._action()

    def slow_down(self) -> None:
        """From now on every ``longest`` seconds: a provisional response has come (timer E in Proceeding)."""
        self._pause = self._longest

    def stop(self) -> None:
        """No more. Whoever is repeated keeps this and is kept by it, until now: what is over goes at once, and does not
        wait for the garbage collector with all that belongs to the call."""
        self._clockwork.cancel(self._timer)
        self._timer = None
        self._action = ignored


def ignored(*_: object) -> None:
    """Whatever comes, nobody minds any more."""
