"""More and more legs, each of which says and hears sound all the time, and what they cost at each step of the stairs.

The calls of a step stay for the next. At each step there are some seconds in which nobody comes or goes; only those are
measured. The stairs end where it breaks: a call is refused, sound is missing, or frames come so late that it is heard.
"""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple, Protocol

from bench import machine
from bench.callers import Callers
from bench.progress import Progress
from bench.voices import Heard, Voices

LEGS = (50, 100, 200, 400, 800, 1600)
BEYOND = (2000, 2500, 3200)
"""Where it is looked for the limit."""
AT_ONCE = 20
"""Calls that are being set up at the same time."""
AUDIBLE = 0.02
"""Seconds of lateness of one frame in a hundred at which it is broken: a jitter buffer of one frame is empty then."""
LOST = 0.01
_PATIENCE = 20.0


class Server(Protocol):
    """What is measured: a :class:`~bench.switch.Switch`, or any other (:mod:`bench.against`)."""

    sip: tuple[str, int]
    memory: int
    """Bytes, of all its processes."""

    def look(self) -> machine.Reading:
        """CPU time of each of its processes."""

    trouble: str
    """What it says is wrong with it; empty = all is well, or it tells nothing of itself."""

    def health(self) -> dict[str, object]:
        """How late its steps began, if it tells that."""


class Step(NamedTuple):
    """One step of the stairs. Lateness in seconds."""

    legs: int
    spent: machine.Spent
    heard: Heard
    step_p99: float
    """The worst p99 of a second, as the media worker says how late its steps began."""
    step_most: float
    memory: float
    """Bytes for a leg, above the switch at rest."""
    broken: str
    """Why this was too much; empty = it was not."""

    @property
    def each(self) -> float:
        """Seconds of CPU for a second of one call."""
        return self.spent.total / (self.legs * self.spent.seconds)


def climb(switch: Server, progress: Progress, number: str, what: str, levels: Sequence[int], seconds: float,
          shared: bool = False) -> Iterator[Step]:
    """Call ``number`` with more and more legs, until the levels end or it breaks. ``shared``: all from one port. What broke
    before has time to get over it."""
    ends = time.monotonic() + _PATIENCE
    while switch.trouble and time.monotonic() < ends:
        progress.sleep(0.5, f"{what}: waiting for the switch to be well")
    rest = switch.memory
    with ExitStack() as stack:
        voices = stack.enter_context(Voices(max(levels), shared))
        callers = stack.enter_context(Callers(switch.sip, voices, random.Random()))
        stack.callback(_leave, callers, progress, what)
        for legs in levels:
            step = _level(switch, progress, callers, voices, (number, f"{what}, {legs} legs", legs, seconds, rest))
            yield step
            if step.broken:
                return


def _level(switch: Server, progress: Progress, callers: Callers, voices: Voices, told: tuple[str, str, int, float, int]
           ) -> Step:
    number, what, legs, seconds, rest = told
    trouble = _fill(progress, callers, number, what, legs)
    if trouble and switch.trouble:
        trouble += f" ({switch.trouble})"
    progress.sleep(1.5, f"{what}: settling", callers.run)
    voices.reset()
    first, late = switch.look(), []
    for second in range(max(1, int(seconds))):
        progress.say(f"{what}: measuring", second / seconds)
        callers.run(1.0)
        late.append(switch.health())
    last, heard = switch.look(), voices.tell()
    memory = (switch.memory - rest) / legs
    p99, most = (max(float(each.get(f"media_late_{name}_seconds", 0.0)) for each in late) for name in ("p99", "max"))
    trouble = trouble or _broken(heard, legs, len(callers.up))
    return Step(legs, machine.between(first, last), heard, p99, most, memory, trouble)


def _fill(progress: Progress, callers: Callers, number: str, what: str, legs: int) -> str:
    """Call until so many legs are up; why it did not come to that."""
    ends = time.monotonic() + _PATIENCE
    while len(callers.up) < legs:
        while len(callers.calls) < legs and len(callers.calls) - len(callers.up) < AT_ONCE:
            callers.dial(number)
        callers.run(0.005)
        progress.say(f"{what}: calling", len(callers.up) / legs)
        if callers.refusals:
            return f"a call was refused with {callers.refusals[0][0]}"
        if time.monotonic() > ends:
            return f"{len(callers.up)} calls came up in {_PATIENCE:.0f} s"
    return ""


def _leave(callers: Callers, progress: Progress, what: str) -> None:
    """Hang up on everybody, a few at a time, however it ended: those who stayed would be paid for by whoever comes next."""
    ends = time.monotonic() + _PATIENCE
    while callers.calls and time.monotonic() < ends:
        progress.say(f"{what}: hanging up")
        for call in callers.up[:AT_ONCE]:
            callers.hang_up(call)
        callers.run(0.02)


def _broken(heard: Heard, legs: int, up: int) -> str:
    """Why this was too much."""
    due = legs * heard.seconds / 0.02
    if up < legs:
        return f"{legs - up} calls ended"
    if heard.said < (1 - LOST) * due:
        return f"the generator said only {heard.said / due:.1%} of the packets: this is its limit, not the switch's"
    if heard.heard < (1 - LOST) * due:
        return f"{1 - heard.heard / due:.1%} of the packets were not heard"
    if heard.late_p99 > AUDIBLE:
        return f"one frame in a hundred was more than {1e3 * heard.late_p99:.0f} ms late"
    return ""
