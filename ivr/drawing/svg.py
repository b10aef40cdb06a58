"""A tree as SVG: cards from left to right, curves from the row of a way to the card that it leads to.

The file is whole in itself (no font, script or link from elsewhere), and follows the reader's light or dark. Whatever
stands in a tree is text here, never markup: it is escaped, and characters that XML does not allow are left out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from ivr.drawing.plan import Card, Plan, Row
from ivr.drawing.widths import fit, width

CARD, GAP, BETWEEN, EDGE = 380, 90, 26, 24
"""Pixels: width of a card, between columns, between cards of a column, around the picture."""
HEAD, LINE, FOOT = 30, 22, 8
"""Pixels: the head of a card, each line, what is left below the last one."""
GLYPH = 6.9
"""Pixels of one column of text of 12.5 pixels; capitals are wider, small letters narrower."""
STYLE = """
text{font:12.5px system-ui,-apple-system,"Segoe UI","DejaVu Sans","Noto Sans CJK SC",sans-serif;fill:#12303c}
.sheet{fill:#f4fafb}.card{fill:#fff;stroke:#b9d3da}.head{fill:#dff0f3}.menu .head,.question .head{fill:#0b7285}
.menu .name,.question .name{fill:#fff}.name{font-weight:600}.quiet{fill:#54707b}.title{font-size:17px;font-weight:600}
.key{fill:#eef4f6;stroke:#b9d3da}.way{fill:none;stroke:#7fa9b5}.count{font-weight:600}.lost{fill:#b3261e;font-weight:600}
@media (prefers-color-scheme:dark){text{fill:#dcebf0}.sheet{fill:#0c1a21}.card{fill:#13262f;stroke:#2b4a57}
.head{fill:#1d3640}.menu .head,.question .head{fill:#0e5f70}.quiet{fill:#8fabb6}
.key{fill:#1d3640;stroke:#35586a}.way{stroke:#4f7f8e}.lost{fill:#ff8a80}}
"""


@dataclass(frozen=True)
class Box:
    """A card in its place; pixels from the left and from the top."""

    card: Card
    x: float
    y: float

    @property
    def height(self) -> float:
        return height(self.card)

    def row(self, index: int) -> float:
        """The middle of a row."""
        return self.y + HEAD + LINE * (_before(self.card) + index + 0.5) + 2


@dataclass(frozen=True)
class Line:
    """From the row of one box to the head of another."""

    start: Box
    index: int
    end: Box
    taken: int | None


def height(card: Card) -> float:
    """Pixels of a card."""
    return HEAD + LINE * (_before(card) + len(card.rows)) + FOOT


def _before(card: Card) -> int:
    """Lines before the rows: facts, what is said, and what was counted."""
    return 1 + bool(card.said) + (card.flow is not None)


def layout(plan: Plan) -> tuple[list[Box], list[Line]]:
    """Where everything is: each card stands beside the first of those that hang on it, and no two touch."""
    boxes: list[Box] = []
    lines: list[Line] = []
    y = 56.0
    for card in (plan.start, *plan.loose):
        y = _place(card, EDGE, y, boxes, lines)[1] + BETWEEN
    return boxes, lines


def _place(card: Card, x: float, y: float, boxes: list[Box], lines: list[Line]) -> tuple[Box, float]:
    """Place a card and all that hangs on it; the lower end of both."""
    box = Box(card, x, y)
    boxes.append(box)
    end = below = y
    for index, row in enumerate(card.rows):
        if row.card is not None:
            child, end = _place(row.card, x + CARD + GAP, below, boxes, lines)
            lines.append(Line(box, index, child, row.taken))
            below = end + BETWEEN
    return box, max(end, y + box.height)


def svg(plan: Plan, say: Callable[[str], str] = str) -> str:
    """The picture as one SVG document. ``say`` turns a text of ours into the reader's language."""
    boxes, lines = layout(plan)
    wide = max(box.x for box in boxes) + CARD + EDGE
    high = max(box.y + box.height for box in boxes) + EDGE
    most = max((line.taken or 0 for line in lines), default=0)
    title = say(f"tree {plan.title}" + (f", {plan.counted}" if plan.counted else ""))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" viewBox="0 0 {wide:g} {high:g}" '
        f'role="img"><title>{_safe(title)}</title><style>{STYLE}</style>',
        f'<rect class="sheet" width="{wide:g}" height="{high:g}"/>',
        _text(EDGE, 34, title, "title", (wide - 2 * EDGE) / 9.4),
        *(_curve(line, most) for line in lines), *(part for box in boxes for part in _box(box, say)), "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _curve(line: Line, most: int) -> str:
    """As thick as many callers took it."""
    x, y = line.start.x + CARD, line.start.row(line.index)
    to_x, to_y = line.end.x, line.end.y + HEAD / 2
    thick = 1.5 + (7 * line.taken / most if line.taken and most else 0)
    return (f'<path class="way" stroke-width="{thick:.1f}" '
            f'd="M{x:g} {y:g}C{x + GAP / 2:g} {y:g} {to_x - GAP / 2:g} {to_y:g} {to_x:g} {to_y:g}"/>')


def _box(box: Box, say: Callable[[str], str]) -> Iterator[str]:
    card, x, y = box.card, box.x, box.y
    yield f'<g class="{card.place.kind}">'
    yield f'<rect class="card" x="{x:g}" y="{y:g}" width="{CARD}" height="{box.height:g}" rx="6"/>'
    yield f'<path class="head" d="M{x:g} {y + HEAD:g}v-{HEAD - 6}q0-6 6-6h{CARD - 12}q6 0 6 6v{HEAD - 6}z"/>'
    yield _text(x + 10, y + 20, say(f"{card.place.kind} {card.place.name}"), "name", 48)
    above = [(" · ".join(map(say, card.facts)), "quiet"), (card.said, "quiet")]
    if card.flow is not None:
        flow = card.flow
        told = f"{flow.entered} callers · {flow.gave_up} gave up here"
        told = say(f"{told} · {flow.here} here now" if flow.here else told)
        above.append((told, "lost" if flow.gave_up else "count"))
    shown = [each for place, each in enumerate(above) if each[0] or not place]
    bottoms = accumulate([LINE] * len(shown), initial=y + HEAD + 17)
    for (words, kind), bottom in zip(shown, bottoms, strict=False):
        yield _text(x + 10, bottom, words, kind, (CARD - 20) / GLYPH)
    for index, row in enumerate(card.rows):
        yield from _row(x, box.row(index), row, say)
    yield "</g>"


def _row(x: float, middle: float, row: Row, say: Callable[[str], str]) -> Iterator[str]:
    label = say(row.label)
    key = max(24.0, width(label) * GLYPH + 12)
    yield f'<rect class="key" x="{x + 10:g}" y="{middle - 9:g}" width="{key:g}" height="18" rx="4"/>'
    yield _text(x + 10 + key / 2, middle + 4.5, label, "keyname", 40, "middle")
    arrow = "→" if row.card is not None else "↩" if row.place else "⇥"
    count = "" if row.taken is None else str(row.taken)
    room = (CARD - 30 - key - len(count) * 9) / GLYPH
    said = say(f", saying {row.said}") if row.said else ""
    yield _text(x + 18 + key, middle + 4.5, f"{arrow} {say(row.target)}{said}", "target", room)
    if count:
        yield _text(x + CARD - 10, middle + 4.5, count, "count", 12, "end")


def _text(x: float, y: float, words: str, kind: str, room: float, anchor: str = "") -> str:
    """One line; what does not fit is in its tooltip."""
    shown = fit(words, int(room))
    tip = f"<title>{_safe(words)}</title>" if shown != words else ""
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}"{anchored}>{_safe(shown)}{tip}</text>'


def _safe(text: str) -> str:
    return escape("".join(each if each.isprintable() else " " for each in text))
