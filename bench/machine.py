"""What the operating system tells: CPU time of processes, and how busy the machine is with other things.

CPU time is counted by the kernel for every process and all of its threads (its CPU clock, to a nanosecond; where that is
not to be had, ``/proc/PID/stat``, in hundredths of a second). Unlike time by the clock it hardly depends on what else runs;
caches and hyper-threads that are shared still make it grow by up to a third on a busy machine, so every figure is printed
with the load that it was taken at.
"""

import os
import platform
import shutil
import subprocess
import time
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from media.bulk import built
from switch.sip import message

_SCHEDULED = 2
"""The clock that the scheduler keeps for a process (CPUCLOCK_SCHED in linux/posix-timers.h)."""
TICK = 1.0 / os.sysconf("SC_CLK_TCK")
"""Seconds."""
_VERSIONS = ("shoal", "uvloop", "numpy", "msgspec", "SQLAlchemy", "aiohttp")


def cpu_of_stat(line: str) -> float:
    """Seconds of CPU, user and system, of one ``/proc/PID/stat``. The command's name may hold spaces and brackets."""
    fields = line.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def parent_of_stat(line: str) -> int:
    """The parent's process number."""
    return int(line.rpartition(")")[2].split()[1])


def family(pid: int) -> list[int]:
    """A process and all processes that come from it, the oldest first."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = parent_of_stat(path.read_text())
        except OSError:
            continue  # It has just ended.
    found = [pid]
    for each in found:
        found += sorted(child for child, parent in parents.items() if parent == each)
    return found


class Reading(NamedTuple):
    """One look: ``at`` by a clock that never runs back, CPU seconds by process (number and name), of the whole machine, and
    those that its host gave to others; ``yardstick`` as in :func:`yardstick`."""

    at: float
    cpu: dict[tuple[int, str], float]
    busy: float
    stolen: float
    yardstick: float


class Spent(NamedTuple):
    """What went between two looks, in seconds."""

    seconds: float
    cpu: dict[str, float]
    others: float
    """CPU of everything else on the machine, in cores."""
    stolen: float
    """What a virtual machine should have had and its host gave to others, in cores."""
    yardstick: float
    """Seconds, the mean of both looks."""

    @property
    def total(self) -> float:
        return sum(self.cpu.values())


def cpu_of(pid: int) -> float:
    """Seconds of CPU of a process with all its threads, those that have ended, too. Raises OSError when it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | _SCHEDULED)
    except OSError:
        return cpu_of_stat(Path(f"/proc/{pid}/stat").read_text())


def memory_of(pid: int) -> int:
    """Bytes of memory that a process has now. Raises OSError when it is gone."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def look(processes: dict[int, str]) -> Reading:
    """Read the CPU time of these processes (number to name)."""
    cpu = {}
    for pid, name in processes.items():
        with suppress(OSError):
            cpu[pid, name] = cpu_of(pid)
    return Reading(time.monotonic(), cpu, *busy_of_stat(Path("/proc/stat").read_text()), yardstick())


def yardstick() -> float:
    """Seconds of CPU that a fixed piece of Python takes now. Two figures can be compared as far as this is the same."""
    begun = time.thread_time()
    table: dict[str, int] = {}
    for number in range(30_000):
        name = f"name-{number % 500}"
        table[name] = table.get(name, 0) + len(name)
    return time.thread_time() - begun


def busy_of_stat(text: str) -> tuple[float, float]:
    """Seconds that all cores together were not idle, and those that were stolen, from ``/proc/stat``. Guests are counted
    within user time."""
    *fields, stolen = [int(field) for field in text.split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) * TICK, stolen * TICK


def between(first: Reading, last: Reading) -> Spent:
    """What went between two looks."""
    seconds = last.at - first.at
    cpu: dict[str, float] = {}
    for process, used in last.cpu.items():  # One that has begun since had used nothing.
        cpu[process[1]] = cpu.get(process[1], 0.0) + used - first.cpu.get(process, 0.0)
    others, stolen = last.busy - first.busy - sum(cpu.values()), last.stolen - first.stolen
    return Spent(seconds, cpu, others / seconds, stolen / seconds, (first.yardstick + last.yardstick) / 2)


def describe() -> list[tuple[str, str]]:
    """Date, machine and versions, for the head of the results."""
    packages = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    return [
        ("date", datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ("machine", f"{_processor()}, {os.cpu_count()} cores, {_memory():.0f} GB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("python", f"{platform.python_version()} by {platform.python_compiler()}; shim {'' if built else 'not '}built; "
                   f"the SIP room {'compiled' if message.__file__.endswith('.so') else 'as it is'}"),
        ("versions", f"{packages}, {_sipp_version()}"),
    ]


def load() -> str:
    """The machine's load average of the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _sipp_version() -> str:
    if shutil.which("sipp") is None:
        return "no SIPp"
    said = subprocess.run(["sipp", "-v"], capture_output=True, text=True, check=False).stdout
    return next((line.strip(" .") for line in said.splitlines() if "SIPp" in line), "SIPp")
