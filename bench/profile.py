"""Where the time goes: ``python -m bench profile calls`` (or prompt), and ``profile core`` without sockets.

``calls`` and ``prompt`` look into the running processes with py-spy (``pip install py-spy``; it needs the right to trace
processes), a hundred times a second, while the load of that name runs. ``core`` calls one Exchange in a loop, with a
world that answers at once, and is exact but for what cProfile itself costs; it needs nothing.
"""

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench import core
from bench.progress import Progress
from bench.sipp import Sipp
from bench.switch import BenchError, Switch

SECONDS = 15
LOADS = {"calls": ("switch", "call", "5000", 100, 2000, 0.1), "prompt": ("media worker", "listen", "5001", 50, 200, 40.0)}
"""Name to: process, scenario, number, calls a second, at once, seconds each."""


def profile(names: Iterable[str]) -> int:
    """Print the profile of each. Raises :class:`~bench.switch.BenchError`."""
    for name in names:
        if name == "core":
            core.profile()
        elif name in LOADS:
            _sample(name)
        else:
            raise BenchError(f"no profile of {name}; there are core, {', '.join(LOADS)}")
    return 0


def _sample(name: str) -> None:
    spy = shutil.which("py-spy") or shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if spy is None:
        raise BenchError("py-spy is not installed (pip install py-spy); `profile core` needs nothing")
    process, scenario, number, rate, at_once, hold = LOADS[name]
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="shoal-bench-") as place, Switch(folder := Path(place)) as switch:
        if name == "prompt":
            from bench.prompt import write_voice
            write_voice(folder / "voice.ulaw")
        with Sipp(scenario, number, switch.sip, folder, rate=rate, at_once=at_once, hold=hold):
            progress.sleep(6, f"profile of {name}: warming up")
            stacks = folder / "stacks"
            for pid in (switch.processes[process],):
                progress.say(f"profile of {name}: {process}, {SECONDS} s")
                said = subprocess.run([spy, "record", "-p", str(pid), "-d", str(SECONDS), "-r", "200", "-f", "raw", "-o",
                                       str(stacks), "--gil" if process == "switch" else "--nonblocking"],
                                      capture_output=True, text=True, check=False)
        progress.clear()
        if not stacks.exists():
            raise BenchError(f"py-spy said: {said.stderr[-500:]}")
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
