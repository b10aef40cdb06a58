"""What the switch holds at this moment, of everything that must be given back: ``GET /debug/counts``.

In a house at rest all of ``alive`` is zero, but for what people keep: registrations, subscriptions, agents who are logged
in, open connections. What stays above zero when everybody has hung up, or grows from day to day, is a leak. Memory and
handles are asked of the kernel (``/proc``), process by process; where there is no such folder, they are left out.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from switch.shell import Shell

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def alive(shell: Shell) -> dict[str, float]:
    """How many there are of each; touches nothing outside memory."""
    house = shell.exchange.house
    counts = shell.exchange.counts()
    return {
        "contacts": len(house.contacts),
        "legs": sum(len(contact.legs) for contact in house.contacts.values()),
        "media_rows": len(house.rows),
        "media_legs": shell.media.workers.legs,
        **{name: counts[f"sip_{name}"] for name in ("calls", "dialogs", "transactions", "timers", "subscriptions",
                                                    "referrals", "questions", "bindings", "registrations")},
        "waiting": counts["acd_waiting"],
        "reservations": counts["acd_reservations"],
        "deadlines": shell.exchange.deadlines,
        "questions_to_the_world": len(shell.questions),
        "store_lag": shell.store.lag,
        "connections": len(shell.transport.connections),
        "seats": len(house.seats),
        "tasks": len(asyncio.all_tasks()),
        "blocks": sys.getallocatedblocks(),
    }


def processes(pid: int, root: Path = _PROC) -> dict[str, dict[str, float]]:
    """Of the switch and each process that it started, by process number: bytes of memory (``memory``, the most so far as
    ``most_memory``), open file ``handles``, how many of them are ``sockets``, and ``threads``. Reads files; slow."""
    found: dict[str, dict[str, float]] = {}
    waiting = [pid]
    while waiting:
        folder = root / str(waiting.pop())
        try:
            found[folder.name] = _process(folder)
            waiting += [int(child) for task in folder.glob("task/*/children") for child in task.read_text().split()]
        except OSError:
            continue  # It has just ended, or there is no such folder on this system.
    return found


def _process(folder: Path) -> dict[str, float]:
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
    links = [_target(link) for link in (folder / "fd").iterdir()]
    return {
        "memory": int((folder / "statm").read_text().split()[1]) * _PAGE,
        "most_memory": int(status.get("VmHWM", "0").split()[0]) * 1024,
        "handles": len(links),
        "sockets": sum(link.startswith("socket:") for link in links),
        "threads": int(status.get("Threads", "0")),
    }


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


async def held(shell: Shell) -> dict[str, Any]:
    """Both; the kernel is asked in a thread."""
    return {"alive": alive(shell), "processes": await asyncio.to_thread(processes, os.getpid())}
