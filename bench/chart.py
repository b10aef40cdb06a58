"""The chart of the results: what a call, or a second of one, costs at each load, as an SVG that is drawn here.

One panel for each workload with figures that stand on an axis (:attr:`bench.results.Figure.at`): the measured line with its
spread, the goal as a dashed line, and what Asterisk took as a dotted one. Loads double from mark to mark, so the axis is
logarithmic; the costs begin at zero, so that twice as high is twice as dear.
"""

from collections.abc import Sequence
from html import escape
from math import log2

from bench.results import Figure, Part, number

WIDTH, HEIGHT = 420, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 40, 40
_STYLE = """
text{font:11px system-ui,sans-serif;fill:#0d2b3a}.title{font-size:13px;font-weight:600}.axis{stroke:#90a4ae;stroke-width:1}
.grid{stroke:#e3edf0;stroke-width:1}.line{fill:none;stroke:#0b7285;stroke-width:2}.dot{fill:#0b7285}
.spread{stroke:#0b7285;stroke-width:1}.goal{stroke:#2b8a3e;stroke-width:1.5;stroke-dasharray:6 4}
.other{stroke:#c92a2a;stroke-width:1.5;stroke-dasharray:2 3}.goal-text{fill:#2b8a3e}.other-text{fill:#c92a2a}
"""


def chart(parts: Sequence[Part]) -> str:
    """The whole picture; empty when no figure stands on an axis."""
    panels = [(part.title, [figure for figure in part.figures if figure.at is not None]) for part in parts]
    panels = [(title, figures) for title, figures in panels if figures]
    if not panels:
        return ""
    drawn = [_panel(title, figures, WIDTH * (place % 2), HEIGHT * (place // 2))
             for place, (title, figures) in enumerate(panels)]
    rows = (len(panels) + 1) // 2
    width = WIDTH * min(2, len(panels))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT * rows}" width="{width}" '
            f'height="{HEIGHT * rows}"><style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
            f'{"".join(drawn)}</svg>\n')


def _panel(title: str, figures: Sequence[Figure], left: float, top: float) -> str:
    goal = next((figure.goal for figure in figures if figure.goal is not None), None)
    other = next((figure.compared_value for figure in figures if figure.compared_value is not None), None)
    highest = max([figure.spread[1] if figure.spread else figure.value for figure in figures] + [goal or 0.0, other or 0.0])
    scale = _Scale(figures, 1.15 * highest or 1.0)
    pieces = [f'<text class="title" x="{_LEFT}" y="20">{escape(title)}, {escape(figures[0].unit)}</text>']
    pieces += _axes(figures, scale)
    for value, kind, name in ((goal, "goal", "goal"), (other, "other", "Asterisk, quiet")):
        if value is not None:
            y = scale.y(value)
            pieces.append(f'<line class="{kind}" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                          f'<text class="{kind}-text" x="{WIDTH - _RIGHT}" y="{y - 4:.1f}" text-anchor="end">'
                          f"{name} {number(value)}</text>")
    pieces += _measured(figures, scale)
    return f'<g transform="translate({left} {top})">{"".join(pieces)}</g>'


class _Scale:
    """Where values stand in a panel."""

    def __init__(self, figures: Sequence[Figure], highest: float) -> None:
        places = [log2(figure.at) for figure in figures]
        self._first, self._last, self.highest = min(places), max(places), highest

    def x(self, at: float) -> float:
        share = (log2(at) - self._first) / (self._last - self._first) if self._last > self._first else 0.5
        return _LEFT + 12 + share * (WIDTH - _LEFT - _RIGHT - 24)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - value / self.highest * (HEIGHT - _TOP - _BOTTOM)


def _axes(figures: Sequence[Figure], scale: _Scale) -> list[str]:
    bottom = scale.y(0)
    pieces = []
    for quarter in range(5):
        value = scale.highest * quarter / 4
        kind = "grid" if quarter else "axis"
        pieces.append(f'<line class="{kind}" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{scale.y(value):.1f}" '
                      f'y2="{scale.y(value):.1f}"/>'
                      f'<text x="{_LEFT - 6}" y="{scale.y(value) + 4:.1f}" text-anchor="end">{number(value)}</text>')
    right = -100.0
    for at in sorted({figure.at for figure in figures}):
        if scale.x(at) - right > 24:
            right = scale.x(at)
            pieces.append(f'<text x="{right:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{number(at)}</text>')
    unit = "calls a second" if "/s" in figures[0].name else "legs"
    pieces.append(f'<text x="{(WIDTH + _LEFT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">{unit}</text>')
    return pieces


def _measured(figures: Sequence[Figure], scale: _Scale) -> list[str]:
    ordered = sorted(figures, key=lambda figure: figure.at)
    points = " ".join(f"{scale.x(figure.at):.1f},{scale.y(figure.value):.1f}" for figure in ordered)
    pieces = [f'<polyline class="line" points="{points}"/>']
    for figure in ordered:
        x = f"{scale.x(figure.at):.1f}"
        if figure.spread:
            low, high = (f"{scale.y(value):.1f}" for value in figure.spread)
            pieces.append(f'<line class="spread" x1="{x}" x2="{x}" y1="{low}" y2="{high}"/>')
        pieces.append(f'<circle class="dot" cx="{x}" cy="{scale.y(figure.value):.1f}" r="3"><title>{escape(figure.name)}: '
                      f"{number(figure.value)} {escape(figure.unit)}</title></circle>")
    return pieces
