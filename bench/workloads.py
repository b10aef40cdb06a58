"""All parts of the bench by name: what they are called in the table, how they are measured, what they need configured."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bench import day, floods, prompt, queueing, reaction, registering, screens, signalling
from bench.progress import Progress
from bench.results import Part
from bench.switch import Switch

Changes = Mapping[str, Mapping[Any, Any]]


class Workload(NamedTuple):
    """One part. ``label``: as users of the table call it."""

    label: str
    measure: Callable[[Switch, Path, Progress, bool], Part]
    changes: Callable[[], Changes] = dict
    """What is merged into ``bench/config`` for it."""
    needs_switch: bool = True


WORKLOADS: dict[str, Workload] = {
    "signalling": Workload("W1", signalling.measure),
    "prompt": Workload("W2", prompt.prompt),
    "recorded": Workload("W3", prompt.recorded),
    "queue": Workload("W4", queueing.measure, queueing.changes),
    "register": Workload("W5", registering.measure, registering.changes),
    "screens": Workload("W6", screens.measure, screens.changes),
    "reaction": Workload("W7", reaction.measure, reaction.changes),
    "day": Workload("W8", day.measure, needs_switch=False),
    "growth": Workload("W9", prompt.growth, prompt.of_growth),
    "floods": Workload("Floods", floods.measure),
}


def named(text: str) -> str | None:
    """The name of a part, by its name or its label; None = there is none."""
    known = text.lower()
    return next((name for name, workload in WORKLOADS.items() if known in (name, workload.label.lower())), None)
