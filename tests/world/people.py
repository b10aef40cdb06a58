"""Who lives in the town: what a caller wants and how long they wait for it, how an agent works."""

import random
from dataclasses import dataclass
from math import log


@dataclass(frozen=True)
class CallerHabits:
    """How callers of a day behave. Times are seconds."""

    patience: float = 240.0
    """How long they wait in a queue on average (exponential) before they hang up."""
    keys: tuple[str, ...] = ("1",)
    """What they press in the tree; one of these, each as likely; empty = they press nothing."""
    thinks: float = 4.0
    """From the answer to the first key, on average."""
    talk: float = 180.0
    """How long they talk with an agent, on average (log-normal)."""
    talk_spread: float = 0.6
    """The sigma of the log-normal."""


@dataclass(frozen=True)
class AgentHabits:
    """How agents work. Times are seconds."""

    picks_up: float = 4.0
    """From the first ring to the answer, on average."""
    never_answers: bool = False
    comes_back: float = 60.0
    """How long until an agent who missed a call is ready again."""


@dataclass(frozen=True)
class Plan:
    """What one caller will do."""

    number: str
    dials: str
    keys: str
    thinks: float
    patience: float
    talk: float


def plan(rng: random.Random, habits: CallerHabits, dials: str) -> Plan:
    """One caller of a town with these habits."""
    mean = habits.talk
    location = 0.0 if mean <= 0 else log(mean) - habits.talk_spread**2 / 2
    return Plan(
        number=f"+49{rng.randrange(10**9, 10**10)}", dials=dials,
        keys=rng.choice(habits.keys) if habits.keys else "",
        thinks=0.5 + rng.expovariate(1 / habits.thinks), patience=1 + rng.expovariate(1 / habits.patience),
        talk=max(2.0, rng.lognormvariate(location, habits.talk_spread)),
    )

