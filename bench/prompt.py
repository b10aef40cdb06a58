"""A prompt played and recorded: callers who speak all the time (SIPp, a port each) and hear a tree's prompts.

Measured over a stretch in which all legs are up and none comes or goes, at several numbers of legs. What was recorded
is looked at afterwards: a switch that drops packets, or records silence, would be cheap as well.
"""

import time
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench import machine
from bench.calls import others
from bench.progress import Progress
from bench.results import Figure, Part
from bench.sipp import Sipp
from bench.switch import BenchError, Switch
from ivr.prompts import SHIPPED
from media import g711
from media.sounds import read

GOAL = 0.6
ASTERISK = "3.6-4.2 quiet, 5.7 loaded; prompt alone 2.3"
RATE = 25
"""Calls that come in a second, until all are up."""
LEGS = (50, 100, 200, 300, 500)
"""A step costs about 0.8 ms however few its legs are; SIPp, which gives each a thread, manages about 500 on two cores."""


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Run it at each number of legs."""
    _write_voice(folder / "voice.ulaw")
    figures, seen = [], []
    for legs in (100, 300) if quick else LEGS:
        more, what = _run(switch, folder, progress, legs, 8 if quick else 15)
        figures += more
        seen.append(what)
    return Part("prompt, recorded", "Every caller sends PCMU all the time and hears a tree's prompts; both directions go to "
                                    "disk. A call-second is one second of one such call.", figures, seen)


def _run(switch: Switch, folder: Path, progress: Progress, legs: int, seconds: float) -> tuple[list[Figure], str]:
    lasts = legs / RATE + seconds + 6
    begun = time.time()
    with Sipp("listen", "5001", switch.sip, folder, rate=RATE, at_once=legs, calls=legs, hold=lasts) as caller:
        _until_up(switch, caller, progress, legs)
        progress.sleep(2, f"prompt, {legs} legs: settling")
        first, late = switch.look(), []
        for second in range(int(seconds)):
            progress.sleep(1, f"prompt, {legs} legs: measuring, {seconds - second:.0f} s left")
            late.append(switch.health())
        last = switch.look()
        total = caller.wait(lasts + 30)
    recorded = _look_at(switch.folder / "var" / "recordings", begun, lasts)
    if total.failed or recorded < legs:
        raise BenchError(f"{total.failed} calls failed, {recorded} of {legs} recordings are whole\n{caller.errors()}\n"
                         f"{switch.said()}")
    spent = machine.between(first, last)
    return _figures(spent, legs, late), _told(spent, legs, recorded)


def _until_up(switch: Switch, caller: Sipp, progress: Progress, legs: int) -> None:
    ends = time.monotonic() + legs / RATE + 5
    while switch.health().get("media_legs", 0) < legs:
        progress.say(f"prompt, {legs} legs: calling")
        if time.monotonic() > ends or not caller.running:
            raise BenchError(f"{switch.health().get('media_legs')} of {legs} legs came up: {caller.counts()}\n"
                             f"{caller.errors()}\n{switch.said()}")
        time.sleep(0.2)


def _figures(spent: machine.Spent, legs: int, late: Sequence[dict[str, object]]) -> list[Figure]:
    each = 1e3 * spent.total / (legs * spent.seconds)
    p99, most = (1e3 * max(float(each[f"media_late_{name}_seconds"]) for each in late) for name in ("p99", "max"))
    return [Figure(f"CPU per call-second, {legs} legs", each, "ms", GOAL, ASTERISK, 3.6),
            Figure(f"a step late by, worst p99 of a second, {legs} legs", p99, "ms late"),
            Figure(f"a step late by, most, {legs} legs", most, "ms late")]


def _told(spent: machine.Spent, legs: int, recorded: int) -> str:
    shares = ", ".join(f"{name} {cpu / spent.seconds:.1%}" for name, cpu in spent.cpu.items())
    return f"{legs} legs: {recorded} recordings with sound on both sides; of one core: {shares}; {others(spent)}"


def _write_voice(path: Path) -> None:
    """What the callers say: a shipped sound as raw PCMU."""
    samples = read(SHIPPED / "en" / "demo-main-menu.wav")
    path.write_bytes(g711.encode(samples, np.zeros(len(samples), np.uint8)).tobytes())


def _look_at(folder: Path, since: float, seconds: float) -> int:
    """How many recordings since then are as long as the call was, with sound left and right."""
    return sum(_whole(path, seconds) for path in folder.rglob("*.wav") if path.stat().st_mtime >= since)


def _whole(path: Path, seconds: float) -> bool:
    """Stereo, as long as the call but for half a second, and sound in at least a twentieth of each side."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    heard = (np.abs(samples.astype(np.int32)) > 500).mean(axis=0)
    return len(samples) >= 8000 * (seconds - 0.5) and bool((heard > 0.05).all())
