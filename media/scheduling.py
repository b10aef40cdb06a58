"""I/O: how the machine's scheduler treats our processes: on which core, and before whom.

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

PRIORITY, SIGNALLING = 10, 5
"""Real-time priorities: of media, and of signalling where that has cores of its own."""
FIRST = -10
"""The niceness of whoever goes first; what is ordinary has 0."""
_MOMENT = 0.0001
"""Seconds of the pause from which the kernel counts anew."""
PATIENCE = 0.2
"""Seconds without a pause: ten steps in which there was nothing left of their 20 ms."""


class Priority:
    """Of the calling thread, and of the threads that it starts (``alone``: not of these). ``wanted``: False = ordinary from
    the beginning."""

    def __init__(self, wanted: bool = True, level: int = PRIORITY, *, alone: bool = False) -> None:
        self.real_time = False
        """Whether it holds now."""
        self._wanted = wanted and hasattr(resource, "RLIMIT_RTTIME")
        self._level = level
        self._alone = os.SCHED_RESET_ON_FORK if self._wanted and alone else 0
        if self._wanted:
            signal.signal(signal.SIGXCPU, self.leave)
        self.take()

    def take(self) -> None:
        """Ask for it (again); where it is not permitted, nothing happens."""
        if not self._wanted or self.real_time:
            return
        if _limit(resource.RLIM_INFINITY) and self._schedule(os.SCHED_FIFO, self._level):
            self.real_time = True
            time.sleep(_MOMENT)
            _limit(int(PATIENCE * 1e6))

    def leave(self, *_: object) -> None:
        """Be ordinary."""
        self.real_time = False
        self._schedule(os.SCHED_OTHER, 0)

    def _schedule(self, policy: int, priority: int) -> bool:
        try:
            os.sched_setscheduler(0, policy | self._alone, os.sched_param(priority))
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


def go_first() -> bool:
    """Let all threads of this process, and what they start, go before what is ordinary. Whether that is permitted.

    For signalling, which promises nothing: a niceness starves nobody."""
    try:
        for thread in os.listdir("/proc/self/task"):
            os.setpriority(os.PRIO_PROCESS, int(thread), FIRST)
    except OSError:
        return False
    return True


def ordinary(process: int = 0) -> None:
    """For a child (0: we are it) that has just been started: what its parent has is not for it. Real-time priority it would
    not even outlive, for the kernel's signal."""
    with suppress(OSError):
        os.sched_setscheduler(process, os.SCHED_OTHER, os.sched_param(0))
        if os.getpriority(os.PRIO_PROCESS, process) < 0:
            os.setpriority(os.PRIO_PROCESS, process, 0)


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
