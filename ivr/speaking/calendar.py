"""Dates and times of day, as they are written (ISO 8601), without any reckoning of time zones.

A time is spoken with the part of the day that it is in, as in the shipped announcements ("eight in the morning"): two
oh five in the afternoon; ``xiawu liang dian ling wu fen``. Nobody mistakes it, whatever clock is on their wall.
"""

import datetime
import re

from ivr.speaking.whole import counted, whole
from ivr.speaking.words import Words, is_mandarin

DATE = re.compile(r"(?:(\d{4})[-/.]?|--)(\d{1,2})[-/.]?(\d{1,2})(?:[T ].*)?", re.ASCII)
"""2026-11-22, 2026/11/22, 20261122; --11-22 is a day of any year. A time may follow."""
TIME = re.compile(r"(?:\d{4}-?\d{2}-?\d{2}[T ])?(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)
ANY_YEAR = 2000
"""One with a 29th of February."""

ENGLISH_PARTS = ((1, "at-night"), (12, "in-the-morning"), (17, "in-the-afternoon"), (22, "in-the-evening"),
                 (24, "at-night"))
MANDARIN_PARTS = ((5, "before-dawn"), (8, "early-morning"), (12, "before-noon"), (13, "noon"), (19, "afternoon"),
                  (24, "evening"))
"""The parts of a day, each with the hour at which it ends."""


def date(value: str, language: str) -> Words:
    """A day with its year: Sunday the twenty-second of November twenty twenty-six."""
    found = _date(value)
    if found is None:
        return ()
    year = () if found[0] is None else _year(found[0], language)
    if is_mandarin(language):
        return year + day(value, language)
    return day(value, language) + year


def day(value: str, language: str) -> Words:
    """A day without its year: Sunday the twenty-second of November; ``shiyi yue ershi'er ri, xingqi ri``."""
    found = _date(value)
    if found is None:
        return ()
    year, month, number = found
    name = () if year is None else (f"weekday-{datetime.date(year, month, number).isoweekday()}",)
    if is_mandarin(language):
        return (f"month-{month}", f"monthday-{number}", *name)
    return (*name, f"monthday-{number}", f"month-{month}")


def _date(value: str) -> tuple[int | None, int, int] | None:
    found = DATE.fullmatch(value.strip())
    if found is None:
        return None
    year, month, number = (None if part is None else int(part) for part in found.groups())
    try:
        datetime.date(ANY_YEAR if year is None else year, month, number)
    except ValueError:
        return None
    return year, month, number


def _year(year: int, language: str) -> Words:
    """Twenty twenty-six; two thousand and five; nineteen oh five. Mandarin says the digits."""
    if is_mandarin(language):
        return (*(f"number-{digit}" for digit in str(year)), "year")
    century, rest = divmod(year, 100)
    if century < 10 or (century % 10 == 0 and rest < 10):
        return whole(year, language)
    if rest == 0:
        return (*whole(century, language), "hundred")
    return (*whole(century, language), *(("oh",) if rest < 10 else ()), *whole(rest, language))


def time(value: str, language: str) -> Words:
    """A time of day, to the minute."""
    found = TIME.fullmatch(value.strip())
    if found is None:
        return ()
    hour, minute = int(found[1]), int(found[2])
    if hour > 24 or minute > 59 or (hour, minute) > (24, 0):
        return ()
    return _mandarin(hour % 24, minute) if is_mandarin(language) else _english(hour % 24, minute)


def _english(hour: int, minute: int) -> Words:
    if (hour, minute) in ((0, 0), (12, 0)):
        return ("noon",) if hour else ("midnight",)
    behind = (f"number-{minute}",) if minute >= 10 else ("oh", f"number-{minute}") if minute else ("o-clock",)
    return (f"number-{(hour - 1) % 12 + 1}", *behind, _part(hour, ENGLISH_PARTS))


def _mandarin(hour: int, minute: int) -> Words:
    """Midnight is ``ling dian``."""
    zero = ("number-0",) if 0 < minute < 10 else ()
    behind = (*zero, f"number-{minute}", "clock-minute") if minute else ()
    clock = hour if hour <= 12 else hour - 12
    return (_part(hour, MANDARIN_PARTS), *counted(clock, "zh"), "o-clock", *behind)


def _part(hour: int, parts: tuple[tuple[int, str], ...]) -> str:
    return next(name for end, name in parts if hour < end)
