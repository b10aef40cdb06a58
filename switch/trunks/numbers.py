"""Numbers: what was dialled or written by a trunk -> E.164, and back into what a trunk wants to read. Pure.

Inside the house a number outside has one form only, ``+`` and up to 15 digits (ITU-T E.164), so that a caller, the contact
store and a call back mean the same. What cannot be brought into it is no number outside: star codes, names, numbers
that are too short.
"""

import re

from switch.trunks import plans
from switch.trunks.rules import Outside, Reading, Writing

E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SPACING = str.maketrans("", "", " \u00a0-./()")
_TRUNK_ZERO = re.compile(r"^(\+|00)(.*?)\(0\)")
"""``+49 (0) 30 ...`` as people print it: the zero is for those who dial at home."""


def read(text: str, reading: Reading, country: str) -> str:
    """The E.164 number that is meant; empty when none is."""
    digits = _TRUNK_ZERO.sub(r"\1\2", text.strip()).translate(_SPACING)
    digits = reading.add + _without(digits, reading.strip)
    kind, rest = _kind(digits, reading)
    number = {
        "international": f"+{rest}", "national": f"+{country}{rest}",
        "local": f"+{country}{reading.area}{rest}" if reading.area else "",
    }[kind]
    return number if E164.fullmatch(number) else ""


def _kind(digits: str, reading: Reading) -> tuple[str, str]:
    """What the longest prefix that fits says, and what is left behind it."""
    prefixes = [(prefix, "international") for prefix in ("+", *reading.international)]
    prefixes += [(prefix, "national") for prefix in reading.national]
    fitting = [(prefix, kind) for prefix, kind in prefixes if prefix and digits.startswith(prefix)]
    prefix, kind = max(fitting, key=lambda found: len(found[0]), default=("", reading.bare))
    return kind, digits[len(prefix):]


def write(number: str, writing: Writing, country: str) -> str:
    """An E.164 number as a trunk wants to read it."""
    home, abroad = f"+{country}", writing.international + number[1:]
    if writing.form == "national" and country and number.startswith(home):
        text = writing.national + number.removeprefix(home)
        if writing.international and text.startswith(writing.international):
            text = abroad  # or it would be read as another country's
    elif writing.form in ("national", "international"):
        text = abroad
    else:
        text = number if writing.form == "e164" else number[1:]
    return writing.add + _without(text, writing.strip)


def _without(text: str, prefixes: tuple[str, ...]) -> str:
    """The text without the longest of these that it begins with."""
    return text[max((len(prefix) for prefix in prefixes if text.startswith(prefix)), default=0):]


def emergency(outside: Outside, dialled: str) -> str:
    """The emergency number that was dialled, with or without what leads outside; empty when it is none."""
    known = outside.emergency or plans.emergency(outside.country)
    for text in (dialled, _without(dialled, outside.dialling.strip)):
        if text in known:
            return text
    return ""


def is_emergency(number: str) -> bool:
    """Whether a number outside, as :func:`dialled` gives it, is an emergency number."""
    return not number.startswith("+")


def dialled(outside: Outside, text: str) -> str:
    """The number outside that somebody in the house means: E.164, or an emergency number; empty = none, or no trunk."""
    if not outside.trunks:
        return ""
    return emergency(outside, text) or read(text, outside.dialling, outside.country)


def covers(prefix: str, number: str) -> bool:
    """Whether a number (E.164) begins like this; the prefix may be written with or without its plus sign."""
    return number.startswith(prefix if prefix.startswith("+") else f"+{prefix}")


def longest(prefixes: tuple[str, ...], number: str) -> int:
    """How many digits of the number the best of these prefixes knows; -1 = none fits."""
    return max((len(prefix.lstrip("+")) for prefix in prefixes if covers(prefix, number)), default=-1)
