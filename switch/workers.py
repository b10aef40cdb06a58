"""How the media workers do, as each says about once a second. Pure, but for the question how many cores there are.

Signalling is a process of its own, so of the cores that the machine gives us the last ones are for workers: one core is
left to signalling where there are two or more.
"""

from dataclasses import dataclass

from media.orders import Load
from media.scheduling import cores
from switch.settings import Media

AUTO, NONE = ("auto", "true", "yes", "on"), ("false", "no", "off")
"""What may stand for ``pin`` instead of numbers."""
MUTE = 5.0
"""Seconds without a word of a worker after which it is taken for dead."""


def how_many(rules: Media, machine: int) -> int:
    """Workers on a machine with so many cores."""
    return rules.workers or max(1, machine - 1)


@dataclass(frozen=True)
class Places:
    """Where processes run: empty = wherever the kernel likes."""

    workers: tuple[int, ...] = ()
    """The core of each worker."""
    switch: frozenset[int] = frozenset()
    """Signalling, and all that it starts besides."""


def places(rules: Media, machine: list[int], workers: int) -> Places:
    """``machine``: the cores that we may run on. A core that is not ours is taken for a slip of the pen and left out."""
    if not rules.pin or rules.pin[0] in NONE:
        return Places()
    if rules.pin[0] in AUTO:
        chosen = machine[-workers:]
    else:
        chosen = [core for core in map(int, rules.pin) if core in machine]
    if not chosen:
        return Places()
    of_workers = tuple(chosen[number % len(chosen)] for number in range(workers))
    return Places(of_workers, frozenset(machine) - set(chosen) or frozenset(machine))


def here(rules: Media) -> tuple[int, Places]:
    """How many workers on this machine, and where everybody runs. To be asked once, before anybody is pinned."""
    machine = cores()
    workers = how_many(rules, len(machine))
    return workers, places(rules, machine, workers)


class Workers:
    """What each worker said last."""

    def __init__(self) -> None:
        self.wanted = 1
        self.loads: dict[int, Load] = {}
        self.heard: dict[int, float] = {}
        """When each that is up said something, POSIX seconds."""
        self.frames = self.late_frames = 0
        """Steps of 20 ms that media has done, and those that came later than the next was due."""

    def hear(self, worker: int, load: Load, now: float) -> None:
        """It says how it keeps up."""
        self.loads[worker], self.heard[worker] = load, now
        self.frames += load.steps
        self.late_frames += load.late_steps

    def up(self, worker: int, now: float) -> None:
        """It has been started."""
        self.heard[worker] = now

    def gone(self, worker: int) -> None:
        """It has died."""
        self.loads.pop(worker, None)
        self.heard.pop(worker, None)

    def mute(self, now: float) -> list[int]:
        """Those that are up and say nothing."""
        return [worker for worker, at in self.heard.items() if now - at > MUTE]

    @property
    def missing(self) -> int:
        """How many are being started."""
        return self.wanted - len(self.heard)

    @property
    def legs(self) -> int:
        """That all of them serve together."""
        return sum(load.legs for load in self.loads.values())

    def figures(self) -> dict[str, float]:
        """How media as a whole keeps up: the worst of them; empty = none has said anything yet."""
        loads = self.loads.values()
        if not loads:
            return {}
        return {"media_legs": self.legs, "media_late_p99_seconds": max(load.late_p99 for load in loads),
                "media_late_max_seconds": max(load.late_max for load in loads)}
