"""Where the time goes: ``python -m bench profile calls`` (or prompt, reaction), and ``profile core`` without sockets.

The first three look into a running process with py-spy (``pip install py-spy``; it needs the right to trace processes),
while the quick form of that part runs. ``core`` calls one Exchange in a loop, with a world that answers at once: the same
work every time, and it needs nothing.
"""

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Timer

from bench import calls, core, prompt, reaction
from bench.progress import Progress
from bench.switch import BenchError, Switch

SECONDS = 8
PARTS: dict[str, tuple[str, float, Callable[[Switch, Path, Progress, bool], object]]] = {
    "calls": ("switch", 5.0, lambda *load: calls.run(*load[:3], rate=calls.RATES[-1], before=4, seconds=10)),
    "prompt": ("media worker", 12.0, prompt.measure),
    "reaction": ("switch", 9.0, reaction.measure),
}
"""Name to: which process, seconds until its load is steady, what makes the load."""


def profile(names: Iterable[str]) -> None:
    """Print the profile of each. Raises :class:`~bench.switch.BenchError`."""
    for name in names:
        if name == "core":
            core.profile()
        elif name in PARTS:
            _sample(name)
        else:
            raise BenchError(f"no profile of {name}; there are core, {', '.join(PARTS)}")


def _sample(name: str) -> None:
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if spy is None:
        raise BenchError("py-spy is not installed (pip install py-spy); `profile core` needs nothing")
    process, after, measure = PARTS[name]
    with tempfile.TemporaryDirectory(prefix="shoal-bench-") as place, Switch(folder := Path(place)) as switch:
        stacks = folder / "stacks"
        pid = next(pid for pid, known in switch.processes.items() if known == process)
        # Only what holds the interpreter counts: threads that wait in C look busy to a sampler.
        command = [spy, "record", "-p", str(pid), "-d", str(SECONDS), "-r", "200", "-f", "raw",
                   "-o", str(stacks), "--gil"]
        looking = Timer(after, subprocess.run, (command,), {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL})
        looking.start()
        measure(switch, folder, progress := Progress(), True)
        looking.join()
        progress.clear()
        if not stacks.exists():
            raise BenchError(f"py-spy could not look into process {pid}; may it trace processes?")
        print(f"{name}: {process}\n{table(stacks.read_text())}")


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
