"""Who lives in the town: what a caller wants and how long they wait for it, how an agent works."""

import random
from dataclasses import dataclass, field
from math import log


@dataclass(frozen=True)
class CallerHabits:
    """How the callers of a day behave."""

    patience: float = 240.0
    """Seconds that they wait in a queue on average (exponential) before they hang up."""
    keys: dict[str, float] = field(default_factory=lambda: {"1": 1.0})
    """What they press in the tree, each with its share, such as `"1": 80` and `"51": 20`; `""` = nothing."""
    thinks: float = 4.0
    """Seconds before each key, on average."""
    talk: float = 180.0
    """Seconds that they talk with an agent, on average (log-normal)."""
    talk_spread: float = 0.6
    """How different the talks are: the sigma of the log-normal."""
    agent_ends: float = 30.0
    """Percentage of talks in which the agent hangs up first."""
    answers: dict[str, float] = field(default_factory=dict)
    """What they press when they are asked how it was, each with its share, such as `"54": 60` and `"9": 5`; `""` = they hang
    up instead, as all do when this is empty."""


@dataclass(frozen=True)
class AgentHabits:
    """How agents work."""

    picks_up: float = 4.0
    """Seconds from the first ring to the answer, on average."""
    never_answers: bool = False
    """Whether they let every call ring out."""
    comes_back: float = 60.0
    """Seconds until an agent who missed a call is ready again."""
    asks: float = 3.0
    """Percentage of talks in which they consult a colleague; a third each transfers, confers, and goes back."""
    hands_on: float = 2.0
    """Percentage of talks that they transfer to a colleague, or back to the queue."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one caller will do."""

    number: str
    dials: str
    keys: str
    thinks: float
    patience: float
    talk: float
    agent_ends: bool
    answers: str = ""


def plan(rng: random.Random, habits: CallerHabits, dials: str) -> Plan:
    """One caller of a town with these habits."""
    middle = log(habits.talk) - habits.talk_spread**2 / 2
    return Plan(
        number=f"+49{rng.randrange(10**9, 10**10)}", dials=dials, keys=pick(rng, habits.keys),
        thinks=0.5 + rng.expovariate(1 / habits.thinks), patience=1 + rng.expovariate(1 / habits.patience),
        talk=max(2.0, rng.lognormvariate(middle, habits.talk_spread)),
        agent_ends=rng.random() * 100 < habits.agent_ends, answers=pick(rng, habits.answers),
    )


def pick(rng: random.Random, shares: dict[str, float]) -> str:
    """One of these, as likely as its share says; the empty word where there is none."""
    return rng.choices(list(shares), list(shares.values()))[0] if shares else ""
