"""How long something takes: exactly, or about as long as somebody will wait."""

import math
import re

from ivr.speaking.numbers import digits, read
from ivr.speaking.whole import MOST, counted
from ivr.speaking.words import Words, is_mandarin

ISO = re.compile(r"P(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?", re.ASCII)
"""PT1H30M."""
UNITS = ((86_400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes"), (1, "second", "seconds"))


def duration(value: str, language: str) -> Words:
    """Seconds, or an ISO 8601 duration: one hour and thirty minutes. Mandarin says a zero for units that are missing
    between others."""
    seconds = _seconds(value)
    if seconds is None:
        return ()
    if seconds == 0:
        return (*counted(0, language), "seconds")
    parts: list[Words] = []
    gap = False
    for size, one, several in UNITS:
        count, seconds = divmod(seconds, size)
        if not count:
            gap = bool(parts)
            continue
        zero = ("number-0",) if gap and is_mandarin(language) else ()
        many = digits(str(count)) if count > MOST else counted(count, language)
        parts.append((*zero, *many, one if count == 1 else several))
        gap = False
    if len(parts) > 1 and not is_mandarin(language):
        parts[-1] = ("and", *parts[-1])
    return tuple(word for part in parts for word in part)


def _seconds(value: str) -> int | None:
    if found := ISO.fullmatch(value.strip()):
        if not any(found.groups()):
            return None
        days, hours, minutes, rest = (int(part or 0) for part in found.groups())
        return days * 86_400 + hours * 3600 + minutes * 60 + rest
    number = read(value)
    return None if number is None or number < 0 else round(number)


def wait(value: str, language: str) -> Words:
    """How long a caller will wait, from a number of seconds."""
    number = read(value)
    return () if number is None else about(float(number), language)


def about(seconds: float | None, language: str) -> Words:
    """A wait in whole minutes, rounded up: about two minutes. Nothing, where it is unknown."""
    if seconds is None or not math.isfinite(seconds):
        return ()
    if seconds < 60:
        return ("less-than-a-minute",)
    minutes = math.ceil(seconds / 60)
    if minutes > 60:
        return ("more-than", *counted(1, language), "hour")
    if minutes == 60:
        return ("about", *counted(1, language), "hour")
    return ("about", *counted(minutes, language), "minute" if minutes == 1 else "minutes")
