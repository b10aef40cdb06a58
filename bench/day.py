"""W8, the simulated Monday: 10,000 calls and 60 agents on the whole switch, over a network that loses, repeats and reorders.

It is the same code without sockets and without waiting, so its seconds are CPU time: what a change in the core costs is
seen here first. ``python -m bench.day`` lives it once, in a process of its own, and says how many seconds that took.
"""

import subprocess
import sys
import time
from pathlib import Path

from bench.progress import Progress
from bench.results import Figure, Part
from bench.switch import ROOT, BenchError, Switch

GOAL = 5.0
CALLS = (620, 1180, 1460, 1320, 980, 900, 1150, 1120, 790, 480)
_SHORT = 20


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Live it; ``quick``: a twentieth of the calls."""
    progress.say("day: living it")
    share = _SHORT if quick else 1
    ran = subprocess.run([sys.executable, "-m", "bench.day", str(share)], cwd=ROOT, capture_output=True, text=True,
                         timeout=300, check=False)
    if ran.returncode:
        raise BenchError(f"the day went wrong:\n{ran.stderr[-2000:]}")
    cpu, wall, calls, entries = map(float, ran.stdout.split())
    name = "CPU for the day" + (f", with a {_SHORT}th of its calls" if quick else "")
    figures = [Figure(name, cpu, "s", None if quick else GOAL), Figure("CPU per call", 1e3 * cpu / calls, "ms")]
    return Part("W8 day", "A simulated Monday: 10,000 calls in ten hours, 60 agents, a lossy network.", figures,
                [f"{calls:.0f} calls, {entries:.0f} entries in the journal, {wall:.1f} s by the clock"])


def live(share: int) -> tuple[float, float, int, int]:
    """Seconds of CPU, seconds by the clock, calls, entries in the journal."""
    from world.centre import Centre
    from world.day_file import Crew, Day
    from world.net import Weather
    from world.people import CallerHabits

    from switch.loading import load
    settings = load(ROOT / "config")
    crew = Crew(count=max(3, 60 // share), queues={"support": 1, "billing": 2})
    day = Day(calls=tuple(calls / share for calls in CALLS), agents={"day": crew}, seed=1,
              callers=CallerHabits(keys={"1": 7, "51": 2, "0": 1}, talk=150),
              weather=Weather(loss=1, delay=0.01, jitter=0.04, repeat=0.5))
    cpu, clock = time.process_time(), time.monotonic()
    centre = Centre(settings, day)
    entries = sum(len(entries) for entries in centre.live())
    return time.process_time() - cpu, time.monotonic() - clock, centre.called, entries


if __name__ == "__main__":
    print(*live(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
