"""The wall: the only place that asks what time it is."""

import time


class Clock:
    """POSIX seconds that never run backwards.

    The wall clock is read once, at the start; from there on the monotonic clock carries on, so that a clock that is set
    back (NTP, an operator) cannot make a timer fire late or the journal's moments fall.
    """

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        """POSIX seconds."""
        return time.monotonic() + self._offset
