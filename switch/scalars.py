"""Words of a YAML file as values: whole numbers, numbers with a unit, truths.

The text is read by our own rules, not by YAML's, whose version 1.1 takes ``010`` for eight, ``12:30`` for 750 and the
language ``no`` for false. Each function raises :class:`Unfit`, whose text says what to write instead.
"""

import re
from collections.abc import Callable

from switch.mistakes import suggest
from switch.schema import Limit

TIME = {"ms": 0.001, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0, "hours": 3600.0, "d": 86400.0, "days": 86400.0}
"""Seconds in each unit that may stand behind a number."""
TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([a-z%]*)", re.ASCII)
KINDS = {
    "": "a number", "%": "a percentage",
    "s": "a number of seconds", "h": "a number of hours", "days": "a number of days",
}


class Unfit(ValueError):
    """The text is no such value."""


def word(text: str, limit: Limit) -> str:
    if limit.choices and text not in limit.choices:
        raise Unfit(suggest(text, limit.choices))
    return text


def truth(text: str, limit: Limit) -> bool:
    try:
        return TRUTHS[text.lower()]
    except KeyError:
        raise Unfit("write `true` or `false`") from None


def number(text: str, limit: Limit) -> float:
    """``30``, ``30 s``, ``1.5 min`` (where the field is a duration), ``80 %`` (a percentage), within its limit."""
    match = NUMBER.fullmatch(text.strip())
    factor = _factor(match[2], limit.unit) if match else None
    if match is None or factor is None:
        raise Unfit(f"write {_wanted(limit)}")
    value = float(match[1]) * factor
    if not limit.holds(value):
        raise Unfit(f"write {_wanted(limit)}")
    return value


def whole(text: str, limit: Limit) -> int:
    value = number(text, limit)
    if value != int(value):
        raise Unfit(f"write {_wanted(limit)}, without a fraction")
    return int(value)


def _factor(unit: str, field_unit: str) -> float | None:
    """By what a number with this unit is multiplied to be in the unit of the field; None = it does not belong there."""
    if unit in ("", field_unit):
        return 1.0
    if unit in TIME and field_unit in TIME:
        return TIME[unit] / TIME[field_unit]
    return None


def _wanted(limit: Limit) -> str:
    kind = KINDS[limit.unit]
    if limit.least is not None and limit.most is not None:
        return f"{kind} from {limit.least:g} to {limit.most:g}"
    return kind if limit.least is None else f"{kind}, {limit.least:g} or more"


READERS: dict[type, Callable[[str, Limit], object]] = {str: word, bool: truth, int: whole, float: number}
"""The reader for each type of a field."""
