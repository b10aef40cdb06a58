"""A running switch with calls in progress, and an attacker beside them for as long as is asked.

Afterwards the calls are up and were heard all the while, nobody else is left, and memory and file handles are what they
were when the noise had just begun to be noise: after a warm-up in which caches fill and journals stretch.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from media.seats import SPARE
from switch.sip.effects import Address
from tests.fuzz.attacker import Attacker
from tests.fuzz.party import Party
from tests.interop.running import Switch

CALLS = 3
SETTLES_WITHIN = 150.0
"""Seconds until calls that were half begun are given up."""
_MEGABYTE = 1 << 20


@dataclass
class Outcome:
    """What a siege came to. ``memory``: bytes of the switch with its workers; ``handles``: open files of the same, without
    the sockets of media seats. Those are counted in ``seats``: they are bound ahead, as many as calls were up at once."""

    seconds: float = 0.0
    sent: dict[str, int] = field(default_factory=dict)
    memory: tuple[int, int] = (0, 0)
    handles: tuple[int, int] = (0, 0)
    seats: tuple[int, int] = (0, 0)
    most: int = 0
    """Calls at once."""
    heard: float = 0.0
    """Packets that all parties together heard, of those that should have come in that time."""
    longest_gap: float = 0.0
    trouble: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        before, after = (each / _MEGABYTE for each in self.memory)
        sent = ", ".join(f"{count:,} {kind}" for kind, count in self.sent.items())
        return (f"{self.seconds / 60:.1f} min under {sum(self.sent.values()):,} messages ({sent}): {CALLS} calls heard "
                f"{self.heard:.2%} of their packets, longest gap {self.longest_gap:.2f} s; memory {before:.1f} -> "
                f"{after:.1f} MB; file handles {self.handles[0]} -> {self.handles[1]}, media sockets {self.seats[0]} -> "
                f"{self.seats[1]} for up to {self.most} calls at once; "
                + ("; ".join(self.trouble) or "nothing left over"))


async def siege(folder: Path, seconds: float, seed: int = 1, rate: float = 80.0) -> Outcome:
    """Start a switch in this folder and attack it for so long."""
    switch = Switch(folder)
    switch.configure("numbers.yaml", {5900 + number: {"to": f"extension:{1001 + number}"} for number in range(CALLS)})
    switch.configure("shoal.yaml", {"media": {"timeout": 15}})
    try:
        switch.start()
        outcome = await _siege(switch, seconds, seed, rate)
        switch.stop()
        outcome.trouble += [f"log: {line[:400]}" for line in switch.complaints()[:20]]
    finally:
        switch.kill()
    return outcome


async def _siege(switch: Switch, seconds: float, seed: int, rate: float) -> Outcome:
    async with _calls(switch) as parties:
        attacker = Attacker(seed, switch.sip_port, switch.sip_port + 1, rate)
        attacker.media_ports = [party.media_port for party in parties]
        warm = min(60.0, seconds / 4)
        most = await _attack(switch, attacker, warm)
        before = await _settled(switch)
        for party in parties:
            party.mark()
        most = max(most, await _attack(switch, attacker, seconds - warm))
        attacker.close()
        after = await _settled(switch)
        outcome = Outcome(seconds, attacker.sent, (before[0], after[0]), (before[1], after[1]),
                          (before[2], after[2]), most)
        _judge(outcome, switch, parties)
        for party in parties[:CALLS]:
            party.hang_up()
        await asyncio.sleep(2.0)
        if left := await _left_over(switch):
            outcome.trouble.append(f"left after all have hung up: {left}")
        return outcome


def _judge(outcome: Outcome, switch: Switch, parties: list[Party]) -> None:
    due, heard = sum(party.due for party in parties), sum(party.heard for party in parties)
    outcome.heard, outcome.longest_gap = heard / max(1, due), max(party.longest_gap for party in parties)
    outcome.trouble += [f"{party.user} is {party.state}" for party in parties if party.state != "up"]
    if outcome.heard < 0.95:
        outcome.trouble.append("sound was lost")
    if time.monotonic() - min(party.heard_at for party in parties) > 2.0:
        outcome.trouble.append("somebody hears nothing any more")
    if outcome.memory[1] > outcome.memory[0] * 1.15 + 10 * _MEGABYTE:
        outcome.trouble.append("memory has grown")
    if outcome.handles[1] > outcome.handles[0] + 2 or outcome.seats[1] > 2 * (SPARE + 2 * outcome.most) + 16:
        outcome.trouble.append("file handles were not given back")
    dialogs = switch.metrics().get("shoal_sip_dialogs", 0)
    if dialogs != 2 * CALLS:
        outcome.trouble.append(f"{dialogs:.0f} dialogs are up, not {2 * CALLS}")


async def _attack(switch: Switch, attacker: Attacker, seconds: float) -> int:
    """Gives how many calls there were at once."""
    ends, most = time.monotonic() + seconds, 0
    task = asyncio.ensure_future(attacker.run())
    while time.monotonic() < ends:
        await asyncio.wait([task], timeout=min(2.0, ends - time.monotonic()))
        assert not task.done(), task
        most = max(most, int((await asyncio.to_thread(switch.metrics)).get("shoal_media_legs", 0)))
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return most


@contextlib.asynccontextmanager
async def _calls(switch: Switch) -> AsyncIterator[list[Party]]:
    """Callers and agents who talk: the callers first."""
    place = Address("udp", "127.0.0.1", switch.sip_port)
    callers = [Party(f"49307000{number}", place) for number in range(CALLS)]
    agents = [Party(str(1001 + number), place) for number in range(CALLS)]
    parties = [*callers, *agents]
    tasks = [asyncio.ensure_future(party.run()) for party in parties]
    try:
        for agent in agents:
            agent.register()
        await _until(lambda: all(agent.state == "registered" for agent in agents), "the agents are registered")
        for number, caller in enumerate(callers):
            caller.dial(str(5900 + number))
        await _until(lambda: all(party.state == "up" and party.heard > 20 for party in parties), "all talk")
        yield parties
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for party in parties:
            party.close()


async def _until(true: object, what: str, within: float = 30.0) -> None:
    ends = time.monotonic() + within
    while not true():
        assert time.monotonic() < ends, f"not within {within} s: {what}"
        await asyncio.sleep(0.1)


async def _settled(switch: Switch) -> tuple[int, int, int]:
    """Memory and handles, once only our own calls are up."""
    ends = time.monotonic() + SETTLES_WITHIN
    while (metrics := await asyncio.to_thread(switch.metrics)).get("shoal_sip_dialogs", 0) > 2 * CALLS \
            or metrics.get("shoal_contacts", 0) > CALLS or metrics.get("shoal_sip_transactions", 0) > 2:
        if time.monotonic() > ends:
            break
        await asyncio.sleep(1.0)
    return usage(switch)


async def _left_over(switch: Switch) -> dict[str, float]:
    ends = time.monotonic() + 40.0
    while (left := await asyncio.to_thread(switch.left_over)) and time.monotonic() < ends:
        await asyncio.sleep(1.0)
    return left


def usage(switch: Switch) -> tuple[int, int, int]:
    """Resident bytes of the switch and its workers, their open files, and the sockets of the workers."""
    memory, files, sockets = 0, 0, 0
    for process in (switch.pid, *switch.children()):
        memory += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        for link in Path(f"/proc/{process}/fd").iterdir():
            with contextlib.suppress(OSError):
                seat = process != switch.pid and os.readlink(link).startswith("socket:")
                files, sockets = files + (not seat), sockets + seat
    return memory, files, sockets
