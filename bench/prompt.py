"""W2, a prompt played, W3, the same recorded, and W9, what W3 costs with many legs: callers who say G.711 all the time and
hear a tree's prompts.

What was recorded is looked at afterwards: a switch that drops packets, or records silence, would be cheap as well.
"""

import wave
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from bench.progress import Progress
from bench.results import Figure, Part, others
from bench.stairs import BEYOND, LEGS, Step, climb
from bench.switch import BenchError, Switch
from media.bulk import built
from switch.settings import Media

PROMPT = 0.32
RECORDED = 0.36 if built else 0.50
"""Milliseconds of CPU for a second of a call: with the shim, and where no compiler was."""
LEGS_PER_CORE = 2000 if built else 1500
GROWTH = (100, 2000)
ONE_PORT = 400
_LOOKED_AT = 200


def prompt(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """W2."""
    steps = _stairs(switch, progress, "5003", "prompt", quick)
    figures = _figures(steps, PROMPT, "2.3 quiet, 3.2 loaded; about 300-400 calls", 2.3)
    one = next(climb(switch, progress, "5003", "prompt, from one port", (50 if quick else ONE_PORT,), 4, shared=True))
    if not one.broken:
        legs = f"{one.legs} legs from one address and port"
        figures.append(Figure(f"CPU per call-second, {legs}", 1e3 * one.each, "ms", PROMPT))
    what = ("Answer, play a tree's prompts in G.711 while the caller says something all the time, each from a port of its "
            "own, and once all from the same. A call-second is one second of one such call.")
    return Part("W2 prompt", what, figures, [_told(step) for step in (*steps, one)])


def recorded(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """W3."""
    steps = _stairs(switch, progress, "5001", "recorded", quick)
    figures = _figures(steps, RECORDED, "3.6-4.2 quiet, 5.7 loaded; 200-250 calls", 3.6)
    good = _good(steps)
    figures.append(Figure("legs per core at 70 %", 0.7 / good.each, "", LEGS_PER_CORE, "200-250 calls", at_least=True))
    seen = [*(_told(step) for step in steps), _looked_at(switch, steps[-1].spent.seconds)]
    return Part("W3 prompt + recording", "W2 with both directions on disk.", figures, seen)


def growth(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """W9."""
    levels = (50, 200) if quick else GROWTH
    steps = list(climb(switch, progress, "5001", "growth", levels, 4 if quick else 6))
    figures = [figure for step in steps for figure in _of_step(step, None, "", None)]
    if len(steps) == len(levels):
        few, many = steps
        dearer = many.each / few.each
        figures.append(Figure(f"a call-second at {many.legs} legs against one at {few.legs}", dearer, "times", 1.1))
        figures.append(Figure("the latest frame of a thousand with so many", 1e3 * many.heard.late_p999, "ms late", 5.0))
    what = f"W3 with {levels[0]} and with {levels[-1]} legs; {switch_workers()} media workers."
    return Part("W9 growth", what, figures, [_told(step) for step in steps])


def switch_workers() -> int:
    """How many media workers the switch can have for this."""
    return 2 if any(field.name == "workers" for field in fields(Media)) else 1


def of_growth() -> dict[str, dict[str, object]]:
    """The configuration of W9."""
    return {"shoal.yaml": {"media": {"workers": 2}}} if switch_workers() > 1 else {}


def _stairs(switch: Switch, progress: Progress, number: str, what: str, quick: bool) -> list[Step]:
    levels, seconds = ((50, 100, 200), 4) if quick else ((*LEGS, *BEYOND), 4)
    steps = list(climb(switch, progress, number, what, levels, seconds))
    if not steps[0].heard.heard:
        raise BenchError(f"{what} broke with {steps[0].legs} legs: {steps[0].broken}\n{switch.said()}")
    return steps


def _good(steps: Sequence[Step]) -> Step:
    """The highest step at which all was well; the first, if that was not."""
    return [steps[0], *[step for step in steps if not step.broken]][-1]


def _figures(steps: Sequence[Step], goal: float, compared: str, value: float) -> list[Figure]:
    figures = [figure for step in steps if not step.broken or step is steps[0]
               for figure in _of_step(step, goal, compared, value)]
    well = max((step.legs for step in steps if not step.broken), default=0)
    return [*figures, Figure("legs at which all was well", well, "")]


def _of_step(step: Step, goal: float | None, compared: str, value: float | None) -> list[Figure]:
    legs = f"{step.legs} legs"
    heard = step.heard
    lateness = [] if not heard.frames else [
        Figure(f"a frame is late by, p99, {legs}", 1e3 * heard.late_p99, "ms late"),
        Figure(f"a frame is late by, p99.9, {legs}", 1e3 * heard.late_p999, "ms late")]
    return [Figure(f"CPU per call-second, {legs}", 1e3 * step.each, "ms", goal, compared, value, at=step.legs), *lateness,
            Figure(f"memory for a leg, {legs}", step.memory / 1024, "KB")]


def _told(step: Step) -> str:
    shares = ", ".join(f"{name} {cpu / step.spent.seconds:.1%}" for name, cpu in step.spent.cpu.items())
    heard = step.heard
    broken = f"BROKEN: {step.broken}; " if step.broken else ""
    return (f"{step.legs} legs: {broken}of one core: {shares}; {heard.heard} packets heard for {heard.said} said, "
            f"{heard.missing} of {heard.frames} frames missing at the probes; a step began late by "
            f"{1e3 * step.step_p99:.2f} ms (worst p99 of a second), {1e3 * step.step_most:.2f} ms (most); "
            f"the generator took {heard.cpu / heard.seconds:.1%} of a core; {others(step.spent)}")


def _looked_at(switch: Switch, seconds: float) -> str:
    """Raises BenchError when what was recorded is not what was said."""
    paths = sorted((switch.folder / "var" / "recordings").rglob("*.wav"), key=lambda path: path.stat().st_mtime)
    whole = [_whole(path, seconds) for path in paths[:_LOOKED_AT]]
    if sum(whole) < 0.9 * len(whole) or not whole:
        raise BenchError(f"only {sum(whole)} of {len(whole)} recordings have sound on both sides")
    return f"{len(whole)} recordings looked at, {sum(whole)} whole, with sound on both sides"


def _whole(path: Path, seconds: float) -> bool:
    """Stereo, as long as it was measured, and sound in at least a twentieth of each side."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    heard = (np.abs(samples.astype(np.int32)) > 500).mean(axis=0)
    return len(samples) >= 0.9 * 8000 * seconds and bool((heard > 0.05).all())
