"""The ladder at work: what passes on the wire is written for the timelines of contacts, a little at a time, while that is
wanted. It is turned on and off by a reload, in the middle of whatever calls are up."""

import asyncio
from collections.abc import Callable

from switch.ladder import Ladder
from switch.traces import Trace

PAUSE = 1.0
"""Seconds between two looks at what passed on the wire."""


class Tracing:
    """``write`` puts traces into the store; ``alive``: whether a contact is still in the house; ``now``: POSIX seconds."""

    def __init__(self, write: Callable[[list[Trace]], None], alive: Callable[[str], bool],
                 now: Callable[[], float]) -> None:
        self._write, self._alive, self._now = write, alive, now
        self.ladder: Ladder | None = None
        """Where messages are noted; None = nothing is kept."""
        self._timer: asyncio.TimerHandle | None = None

    def turn(self, on: bool) -> None:
        """Keep what passes from now on, or nothing more; what was noted is written."""
        if on and self.ladder is None:
            self.ladder = Ladder()
            self._look()
        elif not on:
            self.close()

    def close(self) -> None:
        """Write what is there, and no more."""
        if self._timer is not None:
            self._timer.cancel()
        while self.ladder is not None and len(self.ladder):
            self._take(self.ladder)
        self.ladder = self._timer = None

    def _look(self) -> None:
        ladder = self.ladder
        if ladder is not None:
            self._take(ladder)
            self._timer = asyncio.get_running_loop().call_later(0.0 if len(ladder) else PAUSE, self._look)

    def _take(self, ladder: Ladder) -> None:
        if traces := ladder.take(self._now(), self._alive):
            self._write(traces)
