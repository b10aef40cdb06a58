"""A tree as lines of text: cards hang on the rows that lead to them, counts stand in two columns at the right.

    menu main · 12 s · level 1 · 5 s for a key                           120 in, 4 gave up
    │ welcome-demo, demo-main-menu
    ├─ 1 ─ queue support                                            40
    ├─ 2 ─ collect account · 8 s · 4-12 digits as account           12   12 in, 1 gave up
    │      ├─ typed ─ ...
"""

from collections.abc import Callable, Iterator

from ivr.drawing.plan import Card, Flow, Plan, Row
from ivr.drawing.widths import fit, pad, width

COLUMNS = 100
TAKEN, CROWD = 6, 26
"""Columns for how many took a way, and for what they did where it leads."""
Drawn = tuple[str, int | None, Flow | None]


def lines(plan: Plan, columns: int = COLUMNS, say: Callable[[str], str] = str) -> str:
    """The whole picture, at most ``columns`` wide. ``say`` turns a text of ours into the reader's language."""
    drawn = [fit(say(f"tree {plan.title}" + (f", {plan.counted}" if plan.counted else "")), columns)]
    left = columns - (TAKEN + CROWD if plan.counted else 0)
    for card in (plan.start, *plan.loose):
        if card is not plan.start:
            drawn += ["", say("no way leads to")]
        drawn += [_line(*each, left, say) for each in _card(card, "", "", say)]
    return "\n".join(drawn) + "\n"


def _line(text: str, taken: int | None, flow: Flow | None, left: int, say: Callable[[str], str]) -> str:
    counts = "".rjust(TAKEN) if taken is None else str(taken).rjust(TAKEN)
    if flow is not None:
        told = f"{flow.entered} in, {flow.gave_up} gave up"
        told = say(f"{told}, {flow.here} here" if flow.here else told)
        counts += " " * (CROWD - width(told)) + told
    return (pad(fit(text, left), left) + counts).rstrip()


def _card(card: Card, before: str, below: str, say: Callable[[str], str], row: Row | None = None) -> Iterator[Drawn]:
    """Lines with their counts; ``before`` stands before the first one, ``below`` before the others. ``row`` is where the
    card hangs."""
    facts = [f"{card.place.kind} {card.place.name}", *card.facts, *([f"saying {row.said}"] if row and row.said else [])]
    yield before + " · ".join(map(say, facts)), row.taken if row else None, card.flow
    if card.said:
        yield f"{below}│ {card.said}", None, None
    for each in card.rows:
        last = each is card.rows[-1]
        begin = f"{below}{'└' if last else '├'}─ {say(each.label)} ─ "
        if each.card is None:
            yield begin + _leaf(each, say), each.taken, None
        else:
            yield from _card(each.card, begin, below + pad(" " if last else "│", width(begin) - width(below)), say, each)


def _leaf(row: Row, say: Callable[[str], str]) -> str:
    """Where a way leads; an arrow where its card is drawn elsewhere."""
    arrow = "↑ " if row.place else ""
    return arrow + say(row.target) + (say(f", saying {row.said}") if row.said else "")
