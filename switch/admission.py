"""Are new calls let in? Under overload the switch says no to new calls before a frame of an old one is late. Pure.

What is looked at: how late the frames of each media worker begin and how much of its core it uses (both told once a second),
how late the loop of signalling is with what is due, and whether more comes than it reads (both looked at twice a second).
One bad look is nobody's fault; two in a row are strain. It is over after :data:`CALM` seconds in which everything was well
clear of the limit, so that the door does not flap. Whoever is late with little to do is late for reasons that are not calls
(something else has the machine, and one call less would not help): only what is grave counts then, since whoever has too
little time for its work gets later and later. A worker under strain gets nobody new while
another has room (:mod:`switch.seating`); the door is shut when all of them are, or signalling is.
"""

from media.orders import Load
from switch.settings import Overload

CALM = 3.0
"""Seconds."""
_IN_A_ROW = 2
_CLEAR = 0.7
"""Of a limit: what is below is well clear of it."""
_LATE_STEPS = 0.1
"""Of all steps: so many frames that were late for everybody are no chance."""
_AT_WORK = 0.5
"""Of a core: who uses less is not late because of calls ..."""
_GRAVE = 10.0
"""... unless it is later than so many limits."""
_SILENT = 3.0
"""Seconds without a word of a worker that says something each second."""
_READ_ON = 0.5
"""Of all wake-ups: in so many there was more to read than may be read in one."""
_STEP = 0.02


class Gate:
    """One thing that may be under strain."""

    def __init__(self) -> None:
        self.strained = False
        self._bad = 0
        self._calm_since: float | None = None

    def look(self, share: float, now: float) -> None:
        """It is at so much of its limit; from 1 on that is bad."""
        self._bad = self._bad + 1 if share >= 1.0 else 0
        if share > _CLEAR:
            self._calm_since = None
        elif self._calm_since is None:
            self._calm_since = now
        if self._bad >= _IN_A_ROW:
            self.strained = True
        elif self._calm_since is not None and now - self._calm_since >= CALM:
            self.strained = False


class Admission:
    """The door for new calls."""

    def __init__(self, rules: Overload) -> None:
        self.rules = rules
        self.refused = 0
        """Calls that were turned away since the start of the switch."""
        self._loop = Gate()
        self._workers: dict[int, Gate] = {}
        self._cpu: dict[int, float] = {}
        self._heard: dict[int, float] = {}

    @property
    def strained(self) -> frozenset[int]:
        """The workers that are."""
        return frozenset(worker for worker, gate in self._workers.items() if gate.strained)

    @property
    def why(self) -> tuple[str, ...]:
        """Why new calls are refused: ``media``, ``signalling``; empty = they are not."""
        media = bool(self._workers) and len(self.strained) == len(self._workers)
        return (*(["media"] if media else []), *(["signalling"] if self._loop.strained else []))

    def media(self, worker: int, load: Load, now: float) -> None:
        """A worker says how it keeps up."""
        spent = load.cpu - self._cpu.get(worker, load.cpu)
        self._cpu[worker], self._heard[worker] = load.cpu, now
        steps = max(1, load.steps)
        busy = spent / (steps * _STEP)
        late = max(_share(load.late_p99, self.rules.frame_late),
                   _share(load.late_steps, _LATE_STEPS * steps if self.rules.frame_late else 0.0))
        self._gate(worker).look(max(_because_of_calls(late, busy), _share(busy, self.rules.media_busy)), now)

    def media_gone(self, worker: int) -> None:
        """It has died; what comes in its place begins anew."""
        for known in (self._workers, self._cpu, self._heard):
            known.pop(worker, None)

    def signalling(self, lag: float, read_on: float, busy: float, now: float) -> None:
        """The loop is so many seconds late, and in this share of its wake-ups it left something unread; its process used
        so much of a core."""
        limit = self.rules.loop_lag
        late = max(_share(lag, limit), _share(read_on, _READ_ON if limit else 0.0))
        self._loop.look(_because_of_calls(late, busy), now)
        for worker, at in self._heard.items():
            if now - at > _SILENT and self.rules.frame_late:
                self._workers[worker].look(1.0, now)

    def _gate(self, worker: int) -> Gate:
        return self._workers.setdefault(worker, Gate())


def _because_of_calls(late: float, busy: float) -> float:
    """How much of a limit a lateness is, that of somebody who uses so much of a core."""
    return late if busy >= _AT_WORK else late / _GRAVE


def _share(value: float, limit: float) -> float:
    """Of a limit; 0 = there is none."""
    return value / limit if limit > 0 else 0.0
