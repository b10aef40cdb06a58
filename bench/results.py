"""What was measured, as a table in Markdown: of several runs the median, and from where to where they went."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from bench import machine


class Figure(NamedTuple):
    """One measured number. ``goal`` is the most that it may be (``at_least``: the least); None = told for information."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    compared: str = ""
    """What Asterisk took, as it is said in the results; empty = not known."""
    compared_value: float | None = None
    """The same as a number, for the chart."""
    at_least: bool = False
    at: float | None = None
    """How many legs, or calls a second: where on the chart's axis it stands; None = it is not in the chart."""
    spread: tuple[float, float] | None = None
    """The least and the most of several runs, of which ``value`` is the median."""

    @property
    def reached(self) -> bool:
        """Whether it is as good as it has to be."""
        if self.goal is None:
            return True
        return self.value >= self.goal if self.at_least else self.value <= self.goal


class Part(NamedTuple):
    """One workload: what was done, the figures, and what else was seen."""

    title: str
    what: str
    figures: Sequence[Figure]
    seen: Sequence[str]


def combined(runs: Sequence[Sequence[Part]]) -> list[Part]:
    """Several runs of the same parts as one: the median of each figure and its spread. What was seen is told run by run."""
    if len(runs) == 1:
        return list(runs[0])
    parts: dict[str, list[Part]] = defaultdict(list)
    for run in runs:
        for part in run:
            parts[part.title.partition(" ")[0]].append(part)
    return [_of_runs(same) for same in parts.values()]


def _of_runs(same: Sequence[Part]) -> Part:
    figures: dict[str, list[Figure]] = defaultdict(list)
    for part in same:
        for figure in part.figures:
            figures[figure.name].append(figure)
    joined = []
    for name, each in figures.items():
        values = [figure.value for figure in each]
        spread = (min(values), max(values)) if len(values) > 1 else None
        lacking = f" (in {len(values)} of {len(same)} runs)" if len(values) < len(same) else ""
        joined.append(each[0]._replace(name=name + lacking, value=median(values), spread=spread))
    fullest = max(same, key=lambda part: len(part.figures))  # one that failed has none
    seen = [f"run {number}: {line}" for number, part in enumerate(same, 1) for line in part.seen]
    return fullest._replace(figures=joined, seen=seen)


def others(spent: machine.Spent) -> str:
    """How busy the machine was."""
    return (f"meanwhile everything else on the machine, the load's maker included, took about "
            f"{max(0.0, spent.others):.1f} cores, its host {spent.stolen:.2f}; load {machine.load()}; "
            f"the yardstick of Python took {1e3 * spent.yardstick:.1f} ms of CPU")


def number(value: float) -> str:
    """Three digits that say something."""
    if value == 0 or (value == int(value) and abs(value) >= 10):
        return f"{value:.0f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"


def table(parts: Sequence[Part]) -> str:
    """All figures, in Markdown."""
    lines = ["| workload | figure | measured | spread | goal | Asterisk, for comparison |", "|---|---|---:|---:|---:|---|"]
    for part in parts:
        for figure in part.figures:
            sign, mark = ">=" if figure.at_least else "<=", "✓" if figure.reached else "✗"
            goal = "" if figure.goal is None else f"{sign} {number(figure.goal)} {mark}"
            measured = f"{number(figure.value)} {figure.unit}".strip()
            spread = "" if figure.spread is None else f"{number(figure.spread[0])}-{number(figure.spread[1])}"
            lines.append(f"| {part.title} | {figure.name} | {measured} | {spread} | {goal} | {figure.compared} |")
    return "\n".join(lines)


def page(parts: Sequence[Part], head: Sequence[tuple[str, str]], how: str, chart: str = "") -> str:
    """RESULTS.md. ``chart``: the file of the picture that goes with it."""
    lines = ["# Results", "", f"Written by `{how}`; [README.md](README.md) says what is measured and how.", ""]
    lines += [f"- {name}: {value}" for name, value in head]
    lines += ["", *([f"![Cost by load]({chart})", ""] if chart else []), table(parts), ""]
    for part in parts:
        lines += [f"## {part.title}", "", part.what, "", *(f"- {line}" for line in part.seen), ""]
    return "\n".join(lines)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that ``share`` of them do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))] if ordered else 0.0
