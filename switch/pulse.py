"""The loop's pulse: how late it is with what it should have done by now, and the sign of life that follows from it.

systemd's watchdog wants to know whether calls are served, not whether some task still runs. So the sign is given by a timer
of the switch's own loop, and only when what the exchange waits for is done in time: a loop that turns while a timer of the
exchange was lost serves nobody, and is as dead as one that hangs.
"""

import asyncio
from collections.abc import Callable
from time import monotonic, process_time

import structlog

from switch.figures import Histogram
from switch.service import Service

EVERY = 0.5
"""Seconds between two beats."""
STUCK = 10.0
"""Seconds by which a deadline may be overdue before the switch is taken for dead."""
LAG = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

log = structlog.get_logger("shoal")


class Pulse:
    """``overdue``: seconds for which the earliest deadline of the exchange has been over; ``clock`` never runs backwards;
    ``told`` is told of each beat its lag, and how much of a core (``cpu``: seconds) the process used since the last."""

    def __init__(self, service: Service, overdue: Callable[[], float], clock: Callable[[], float] = monotonic,
                 told: Callable[[float, float], None] = lambda lag, busy: None,
                 cpu: Callable[[], float] = process_time) -> None:
        self.lag = Histogram(LAG)
        self.last = 0.0
        """Seconds that the last beat came too late."""
        self._service = service
        self._overdue = overdue
        self._clock = clock
        self._tell = told
        self._cpu = cpu
        self._used = cpu()
        self._sign_at = 0.0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._told = False

    @property
    def stuck(self) -> bool:
        """Whether what should have been done long ago was not."""
        return self._overdue() > STUCK

    def start(self) -> None:
        """Beat in the running loop."""
        self._due = self._clock() + EVERY
        self._timer = asyncio.get_running_loop().call_later(EVERY, self._beat)

    def stop(self) -> None:
        """Beat no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self) -> None:
        self.beat()
        self.start()

    def beat(self) -> None:
        """Count the lag, and give a sign of life when one is due and deserved."""
        now = self._clock()
        self.last = max(0.0, now - self._due)
        self.lag.add(self.last)
        used, self._used = self._used, self._cpu()
        self._tell(self.last, (self._used - used) / (EVERY + self.last))
        stuck = self.stuck
        if stuck and not self._told:
            log.error("deadlines are not served; no sign of life is given", overdue=round(self._overdue(), 1))
        self._told = stuck
        if self._service.pause is not None and now >= self._sign_at and not stuck:
            self._sign_at = now + self._service.pause - EVERY
            self._service.tell("WATCHDOG=1")
