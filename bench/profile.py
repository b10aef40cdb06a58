"""Where the time goes: ``python -m bench profile W1 W3`` (also W7), and ``profile core`` without sockets.

The first ones look into a running process with py-spy (it needs the right to trace processes) while the short form of that
part runs, print the functions with most samples, and draw a flame graph. ``core`` calls one Exchange in a loop, with a
world that answers at once: the same work every time, and it needs nothing.
"""

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Timer
from typing import NamedTuple

from bench import core, reaction, signalling
from bench.flame import flame
from bench.progress import Progress
from bench.stairs import climb
from bench.switch import BenchError, Switch
from bench.workloads import WORKLOADS, named

SECONDS = 8
RATE = 300
LEGS = 200
FLAMES = Path("var") / "profile"


class Target(NamedTuple):
    """Which process is looked into, seconds until its load is steady, what makes the load."""

    process: str
    after: float
    load: Callable[[Switch, Path, Progress], object]


TARGETS = {
    "signalling": Target("switch", 4.0, lambda *load: signalling.run(*load, rate=RATE, before=4, seconds=SECONDS + 1)),
    "prompt": Target("media worker", 6.0, lambda *load: _legs("5003", *load)),
    "recorded": Target("media worker", 6.0, lambda *load: _legs("5001", *load)),
    "reaction": Target("switch", 14.0, lambda *load: reaction.measure(*load, True)),
}


def _legs(number: str, switch: Switch, folder: Path, progress: Progress) -> None:
    list(climb(switch, progress, number, "profile", (LEGS,), SECONDS + 3))


def profile(names: Iterable[str], folder: Path | None = None) -> None:
    """Print the profile of each, and draw the flame graph into a folder. Raises :class:`~bench.switch.BenchError`."""
    for text in names:
        name = named(text) or text
        if name == "core":
            core.profile()
        elif name in TARGETS:
            _sample(name, folder or FLAMES)
        else:
            raise BenchError(f"no profile of {name}; there are core, {', '.join(TARGETS)}")


def _sample(name: str, flames: Path) -> None:
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if spy is None:
        raise BenchError("py-spy is not installed (pip install py-spy); `profile core` needs nothing")
    process, after, load = TARGETS[name]
    with (tempfile.TemporaryDirectory(prefix="shoal-bench-") as place,
          Switch(folder := Path(place), WORKLOADS[name].changes()) as switch):
        stacks = folder / "stacks"
        pid = next(pid for pid, known in switch.processes.items() if known == process)
        # Only what holds the interpreter counts: threads that wait in C look busy to a sampler.
        command = [spy, "record", "-p", str(pid), "-d", str(SECONDS), "-r", "200", "-f", "raw",
                   "-o", str(stacks), "--gil"]
        looking = Timer(after, subprocess.run, (command,), {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL})
        looking.start()
        load(switch, folder, progress := Progress())
        looking.join()
        progress.clear()
        if not stacks.exists():
            raise BenchError(f"py-spy could not look into process {pid}; may it trace processes?")
        text = stacks.read_text()
    flames.mkdir(parents=True, exist_ok=True)
    picture = flames / f"{name}.svg"
    picture.write_text(flame(text.splitlines(), f"{name}, {process}"))
    print(f"{name}: {process}\n{table(text)}\n\nflame graph: {picture}\n")


def table(stacks: str, rows: int = 30) -> str:
    """Folded stacks (``a;b;c 12`` a line) as the functions in which most samples were, with their share."""
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for line in stacks.splitlines():
        path, _, count = line.rpartition(" ")
        names = [_plain(frame) for frame in path.split(";")]
        own[names[-1]] += int(count)
        for name in set(names):
            whole[name] += int(count)
    total = sum(own.values()) or 1
    lines = [f"{'in it':>7} {'and below':>9}  function ({total} samples)"]
    lines += [f"{own[name] / total:7.1%} {count / total:9.1%}  {name}" for name, count in whole.most_common(rows)]
    lines += ["", "most in it"]
    lines += [f"{count / total:7.1%} {whole[name] / total:9.1%}  {name}" for name, count in own.most_common(rows)]
    return "\n".join(lines)


def _plain(frame: str) -> str:
    """Without the line: a function is one row."""
    return frame.rpartition(":")[0] + ")" if ":" in frame else frame
