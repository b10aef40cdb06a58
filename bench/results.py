"""What was measured, as a table in Markdown and as a chart that a terminal can show."""

from collections.abc import Sequence
from typing import NamedTuple

_WIDTH = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"


class Figure(NamedTuple):
    """One measured number. ``goal`` is the most that it may be; None = told for information."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    compared: str = ""
    """What Asterisk took, as it is said in the results; empty = not known."""
    compared_value: float | None = None
    """The same as a number, for the chart."""

    @property
    def reached(self) -> bool:
        """Whether it is as good as it has to be."""
        return self.goal is None or self.value <= self.goal


class Part(NamedTuple):
    """One workload: what was done, the figures, and what else was seen."""

    title: str
    what: str
    figures: Sequence[Figure]
    seen: Sequence[str]


def number(value: float) -> str:
    """Three digits that say something."""
    if value == 0 or (value == int(value) and abs(value) >= 10):
        return f"{value:.0f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"


def bar(value: float, most: float, width: int = _WIDTH) -> str:
    """A bar whose full width is ``most``, exact to an eighth of a character."""
    eighths = round(8 * width * min(value, most) / most) if most > 0 else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def chart(figures: Sequence[Figure]) -> str:
    """Bars for those figures that are compared or have a goal, grouped by unit; the goal is a mark on the ruler."""
    blocks = []
    for unit in dict.fromkeys(figure.unit for figure in figures):
        shown = [each for each in figures if each.unit == unit and (each.goal or each.compared_value)]
        if shown:
            blocks.append("\n".join(_block(shown, unit)))
    return "\n\n".join(blocks)


def _block(figures: Sequence[Figure], unit: str) -> list[str]:
    most = max(value for each in figures for value in (each.value, each.goal, each.compared_value) if value)
    width = max(len(figure.name) for figure in figures)
    lines = [unit]
    for figure in figures:
        lines.append(f"{figure.name:<{width}}  {bar(figure.value, most)} {number(figure.value)}")
        if figure.goal:
            lines.append(f"{'goal':>{width}}  {_light(bar(figure.goal, most))} {number(figure.goal)}")
        if figure.compared_value:
            lines.append(f"{'Asterisk':>{width}}  {_light(bar(figure.compared_value, most))} {figure.compared}")
    return lines


def _light(drawn: str) -> str:
    return "░" * max(1, len(drawn))


def table(parts: Sequence[Part]) -> str:
    """All figures, in Markdown."""
    lines = ["| workload | figure | measured | goal | Asterisk, for comparison |", "|---|---|---:|---:|---|"]
    for part in parts:
        for figure in part.figures:
            goal = "" if figure.goal is None else f"<= {number(figure.goal)} {'✓' if figure.reached else '✗'}"
            measured = f"{number(figure.value)} {figure.unit}".strip()
            lines.append(f"| {part.title} | {figure.name} | {measured} | {goal} | {figure.compared} |")
    return "\n".join(lines)


def page(parts: Sequence[Part], head: Sequence[tuple[str, str]], how: str) -> str:
    """RESULTS.md."""
    figures = [figure for part in parts for figure in part.figures]
    lines = ["# Results", "", f"Written by `{how}`; [README.md](README.md) says what is measured and how.", ""]
    lines += [f"- {name}: {value}" for name, value in head]
    lines += ["", table(parts), "", "```", chart(figures), "```", ""]
    for part in parts:
        lines += [f"## {part.title}", "", part.what, "", *(f"- {line}" for line in part.seen), ""]
    return "\n".join(lines)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that ``share`` of them do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))] if ordered else 0.0
