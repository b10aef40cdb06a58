"""``python -m bench soak --minutes 60``: mixed traffic at 60 % of the limit for a long time, and nothing may be left of it.

The load is found in the first fifth of the time: more calls, or fewer, until the busiest process of the switch uses 60 % of
a core. It stays so until the end. Then everybody hangs up, and half a minute later (RFC 3261 timers H and J) the switch must
hold what it held before the first call (``GET /debug/counts``): no leg, transaction, dialog, timer or reservation more, and
no file handle. Memory must have been flat over the second half. The journal must obey its laws (``tests/laws.py``), and the
log must be without errors. Recordings are deleted a minute after they were made, for the disk's sake.
"""

import contextlib
import random
import sqlite3
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench import machine
from bench.agents import Crew
from bench.callers import Callers
from bench.mix import Mix
from bench.progress import Progress
from bench.switch import Switch
from bench.switch import crew as agents
from bench.voices import Voices
from switch.journal import Entry, decode
from tests.laws import check_laws

SHARE = 0.6
"""Of a core, for the busiest process."""
LEGS = 1500
"""Calls at once at most."""
LOOK_EVERY = 5.0
MEMORY = 0.05
"""Share by which it may differ between the middle and the end; and this much besides:"""
MEMORY_BESIDES = 8 << 20
ENTRY = 1500
"""Bytes of memory that an entry of the journal may take while its ring is not full (100,000 entries)."""
RING = 100_000
SETTLES_WITHIN = 90.0
HELD = ("contacts", "legs", "media_rows", "media_legs", "calls", "dialogs", "transactions", "timers", "subscriptions",
        "referrals", "bindings", "registrations", "questions",
        "waiting", "reservations", "deadlines", "questions_to_the_world", "connections")
"""What must not be more than before the first call."""
FIRST_NEED = 12
"""File handles that are opened when they are first needed, and kept: the speech measurement's pipes, the store's readers."""
_KEPT = 60.0
_COMPLAINTS = ("Traceback", "exception", '"error"', "Error", '"critical"', "[error", "[critical")


class Look(NamedTuple):
    """One look at the switch."""

    at: float
    memory: int
    entries: int
    calls: int
    by: Mapping[str, int] = {}
    """Memory by process."""


@dataclass
class Outcome:
    """What it came to; ``trouble`` is empty when all is well."""

    minutes: float
    looks: list[Look] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    did: dict[str, int] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        did = ", ".join(f"{count} {what}" for what, count in sorted(self.did.items()))
        half = [f"{look.memory / 1e6:.0f}" for look in (self.looks[len(self.looks) // 2], self.looks[-1])]
        return (f"{self.minutes:.0f} min, {max(look.calls for look in self.looks)} calls at once: {did}; "
                f"{self.looks[-1].entries} entries in the journal; memory {half[0]} MB half way, {half[1]} MB at the end; "
                + ("; ".join(self.trouble) or "nothing left over"))


def soak(folder: Path, minutes: float, *, legs: int = LEGS, crew_size: int = 40, seed: int = 1,
         progress: Progress | None = None, overload: Mapping[str, float] | None = None) -> Outcome:
    """Start a switch in this folder and use it for so long; at most so many calls at once. ``overload``: other limits than
    the shipped ones."""
    outcome, progress = Outcome(minutes), progress or Progress()
    with Switch(folder, changes(crew_size, overload)) as switch:
        with contextlib.ExitStack() as stack:
            rng = random.Random(seed)
            voices = stack.enter_context(Voices(legs + 200 + crew_size))
            users = {str(user): entry["password"] for user, entry in agents(crew_size).items()}
            crew = stack.enter_context(Crew(users, switch, (4.0, 12.0), rng, voices))
            callers = stack.enter_context(Callers(switch.sip, voices, rng))
            crew.also(callers.socket, callers.read, callers.wake)
            crew.start()
            crew.run(3.0)
            outcome.before = switch.counts()
            mix = Mix(switch, crew, callers, rng)
            _live(outcome, switch, mix, progress, minutes, legs)
            mix.end()
            _settle(outcome, switch, mix, progress)
            outcome.did = dict(mix.did) | {"answered": len(callers.answers), "refused": len(callers.refusals)}
        journal = folder / "var" / "shoal.db"
    _judge(outcome, journal, switch.said())
    return outcome


def changes(crew_size: int, overload: Mapping[str, float] | None = None) -> dict[str, dict[object, object]]:
    """Phones that are gone are noticed soon, or the end would take minutes."""
    return {"agents.yaml": agents(crew_size), "shoal.yaml": {"media": {"timeout": 6}, "overload": dict(overload or {})},
            "queues.yaml": {"support": {"ring_time": "4 s", "wrap_up": "1 s", "announce_first": 2, "announce_every": 10,
                                        "max_size": LEGS}}}


def _live(outcome: Outcome, switch: Switch, mix: Mix, progress: Progress, minutes: float, legs: int) -> None:
    begun = time.monotonic()
    mix.wanted = min(legs, 20)
    last = switch.look()
    while (gone := time.monotonic() - begun) < 60 * minutes:
        progress.say(f"soak: {mix.wanted} calls ({(60 * minutes - gone) / 60:.0f} min)", gone / (60 * minutes))
        mix.run(min(LOOK_EVERY, 60 * minutes - gone + 0.1))
        now = switch.look()
        if gone < 12 * minutes:
            mix.wanted = _adjusted(mix.wanted, legs, machine.between(last, now))
        last = now
        by = switch.memories
        outcome.looks.append(Look(gone, sum(by.values()), switch.health().get("journal", 0), mix.wanted, by))
        _sweep(switch.folder)


def _adjusted(wanted: int, legs: int, spent: machine.Spent) -> int:
    """More or fewer calls, so that the busiest process uses its share of a core."""
    busiest = max(spent.cpu.values()) / spent.seconds
    return max(5, min(legs, int(wanted * min(1.5, max(0.7, SHARE / max(busiest, 0.01))))))


def _sweep(folder: Path) -> None:
    """Delete recordings that are done."""
    old = time.time() - _KEPT
    for path in (folder / "var" / "recordings").rglob("*.wav"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < old:
                path.unlink()


def _settle(outcome: Outcome, switch: Switch, mix: Mix, progress: Progress) -> None:
    """Wait until it holds no more than in the beginning."""
    ends = time.monotonic() + SETTLES_WITHIN
    while True:
        mix.run(1.0)
        mix.end()
        outcome.after = switch.counts()
        progress.say("soak: waiting until everything has been given back")
        if not left(outcome.before, outcome.after) or time.monotonic() > ends:
            return


def left(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """What is held now and was not before: name to both numbers. Sockets of media are bound ahead, and kept."""
    pairs = {name: (before["alive"][name], after["alive"][name]) for name in HELD}
    for process, then in before["processes"].items():
        now = after["processes"].get(process)
        if now is None:
            pairs[f"process {process}"] = (1, 0)
            continue
        files = [each["handles"] - each["sockets"] for each in (then, now)]
        pairs[f"file handles of {process}"] = files[0] + FIRST_NEED, files[1]
        pairs[f"threads of {process}"] = then["threads"] + 4, now["threads"]
    return {name: pair for name, pair in pairs.items() if pair[1] > pair[0] or pair == (1, 0)}


def flat(looks: Sequence[Look]) -> str:
    """Why memory was not flat over the second half; empty = it was. What fills the journal's ring is no leak."""
    half, tenth = looks[len(looks) // 2:], max(1, len(looks) // 10)
    middle, end = (median(look.memory for look in part) for part in (half[:tenth], half[-tenth:]))
    ring = min(RING, half[-1].entries) - min(RING, half[0].entries)
    if end > middle * (1 + MEMORY) + MEMORY_BESIDES + ring * ENTRY:
        grown = ", ".join(f"{name} {half[0].by.get(name, 0) / 1e6:.0f} to {size / 1e6:.0f}"
                          for name, size in half[-1].by.items())
        return f"memory grew from {middle / 1e6:.0f} to {end / 1e6:.0f} MB in the second half ({grown})"
    return ""


def _judge(outcome: Outcome, journal: Path, said: str) -> None:
    for name, (before, after) in left(outcome.before, outcome.after).items():
        outcome.trouble.append(f"{name}: {before:.0f} before, {after:.0f} after")
    if grown := flat(outcome.looks):
        outcome.trouble.append(grown)
    with contextlib.closing(sqlite3.connect(journal)) as db:
        rows = db.execute("SELECT number, at, kind, body FROM journal ORDER BY number").fetchall()
    try:
        check_laws([Entry(number, at, decode(kind, body)) for number, at, kind, body in rows], finished=True)
    except AssertionError as broken:
        outcome.trouble.append(f"a law of the journal is broken: {str(broken)[:2000]}")
    complaints = [line for line in said.splitlines() if any(word in line for word in _COMPLAINTS)]
    outcome.trouble += [f"log: {line[:300]}" for line in complaints[:5]]


def main(minutes: float, legs: int) -> int:
    """From the command line."""
    with tempfile.TemporaryDirectory(prefix="shoal-soak-") as place:
        progress = Progress()
        outcome = soak(Path(place), minutes, legs=legs, progress=progress)
        progress.clear()
    print(outcome)
    return 1 if outcome.trouble else 0
