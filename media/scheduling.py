"""I/O: how the machine's scheduler treats a worker: on which core, and before whom.

Real-time priority (SCHED_FIFO) lets a step begin when it is due, whatever else the machine does; the smallest one is enough,
for there is nothing of the kind beside it. It is a promise to pause often, and who breaks it starves the rest, signalling
first. So whoever runs for :data:`PATIENCE` without a pause is made ordinary by the kernel's own signal (RLIMIT_RTTIME), and
gets its priority back when it has kept its pace again.
"""

import os
import resource
import signal
import time
from contextlib import suppress

PRIORITY = 10
_MOMENT = 0.0001
"""Seconds of the pause from which the kernel counts anew."""
PATIENCE = 0.2
"""Seconds without a pause: ten steps in which there was nothing left of their 20 ms."""


class Priority:
    """Of the calling thread, and of the threads that it starts. ``wanted``: False = ordinary from the beginning."""

    def __init__(self, wanted: bool = True) -> None:
        self.real_time = False
        """Whether it holds now."""
        self._wanted = wanted and hasattr(resource, "RLIMIT_RTTIME")
        if self._wanted:
            signal.signal(signal.SIGXCPU, self.leave)
        self.take()

    def take(self) -> None:
        """Ask for it (again); where it is not permitted, nothing happens."""
        if self._wanted and not self.real_time and _limit(resource.RLIM_INFINITY) and _schedule(os.SCHED_FIFO, PRIORITY):
            self.real_time = True
            time.sleep(_MOMENT)
            _limit(int(PATIENCE * 1e6))

    def leave(self, *_: object) -> None:
        """Be ordinary."""
        self.real_time = False
        _schedule(os.SCHED_OTHER, 0)


def _schedule(policy: int, priority: int) -> bool:
    try:
        os.sched_setscheduler(0, policy, os.sched_param(priority))
    except OSError:
        return False
    return True


def _limit(microseconds: int) -> bool:
    """Whether the kernel will tell us should we run for so long; without that there is no priority. To be asked each time,
    since the kernel grants whoever was told another second."""
    _, most = resource.getrlimit(resource.RLIMIT_RTTIME)
    if most != resource.RLIM_INFINITY:
        microseconds = min(microseconds, most) if microseconds >= 0 else most
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_RTTIME, (microseconds, most))
        return True
    return False


def ordinary() -> None:
    """For a child that has just been forked: the priority is not for it, and it would not outlive the kernel's signal."""
    _schedule(os.SCHED_OTHER, 0)


def pin(cores: set[int]) -> None:
    """Run on these cores alone, and whatever is started from here; where that is not possible, anywhere."""
    if cores and hasattr(os, "sched_setaffinity"):
        with suppress(OSError):
            os.sched_setaffinity(0, cores)


def cores() -> list[int]:
    """Those that we may run on, the first ones first."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))
