"""What operations say of opening hours: ``hours.yaml`` as dataclasses, and how its words are read.

Hours are what a clock on the wall of the office shows. On the day on which clocks go forward an office that opens from
02:00 to 03:00 does not open at all; on the day on which they go back it opens twice. That is what its door would do.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CLOSED = "closed"
"""What is written in place of times for a day that has none."""
FILE = ".ics"
WHOLE_DAY = 24 * 60
LONGEST_NIGHT = 12 * 60
"""Minutes. What runs over midnight for longer was more likely written the wrong way round."""
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HOLIDAY = re.compile(r"((?:\d{4}-)?\d{2}-\d{2})(?:\s+(\S.*))?", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]+(\d{1,2}):(\d{2}))?", re.ASCII)

Spans = tuple[tuple[int, int], ...]
"""Minutes of the day: from, to. What ends on the next day ends above 24:00."""


@dataclass(frozen=True)
class Closure:
    """A time in which it is closed, once."""

    from_: str
    """When it begins: `2030-12-24 12:00`, or a day, from its beginning on."""
    to: str
    """When it is over, in the same way; a day is meant with its end."""
    why: str = ""
    """Why, for journal, screens and `shoal route`."""


@dataclass(frozen=True)
class Hours:
    """Opening hours. Numbers, queues, trees and routes of trunks name them."""

    name: str
    """Name of these hours; the key of the entry."""
    time_zone: str = ""
    """IANA time zone whose wall clock counts, such as `Europe/Berlin`; empty = that of `shoal.yaml`."""
    open: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Days to times: `mon-fri: 08:00-20:00`, `sat: [09:00-12:00, 13:00-16:00]`, `fri: 22:00-06:00` (until Saturday),
    `sun: closed`. A date, such as `2030-12-22: 10:00-16:00`, stands in place of its day of the week, also on a holiday.
    Empty = always open, but for holidays and closures."""
    holidays: tuple[str, ...] = ()
    """Days that are closed: `2030-12-25`, or `12-25` for every year, each with a name behind it if you like
    (`12-25 Christmas Day`); or iCalendar files of this folder (`holidays.ics`), whose events close: those of a whole day
    that day, others their time."""
    closures: tuple[Closure, ...] = ()
    """Times in which it is closed, once."""
    force_open: bool = False
    """What `shoal hours open` does: `false` = take back what was closed by hand; `true` = open against the calendar, too,
    until `--until` or `shoal hours follow`."""


# -- words ------------------------------------------------------------------------------------------------------------


def is_date(text: str) -> bool:
    """Whether it has the form of a date; it may still be none."""
    return _DATE.fullmatch(text) is not None


def days(text: str) -> tuple[int, ...]:
    """``mon-fri``, ``sat``, ``mon, wed``, ``fri-mon`` -> days of the week, 0 = Monday. Raises ValueError."""
    found: list[int] = []
    for part in text.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first not in DAYS or last not in DAYS:
            raise ValueError(f"`{text}` names no days")
        start, end = DAYS.index(first), DAYS.index(last)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return tuple(found)


def spans(times: tuple[str, ...]) -> Spans:
    """``08:00-12:00, 13:00-24:00`` -> minutes of the day. ``22:00-06:00`` ends at 30:00, the next day. ValueError."""
    words = [word for text in times for word in text.replace(" ", "").split(",")]
    return () if words == [CLOSED] else tuple(_span(word) for word in words)


def _span(word: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(word)
    if match is None:
        raise ValueError(f"`{word}` is no span of time")
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if max(int(match[2]), int(match[4])) > 59 or start >= WHOLE_DAY or end > WHOLE_DAY or start == end:
        raise ValueError(f"`{word}` is no span of time")
    return start, end if end > start else end + WHOLE_DAY


def written(found: Spans) -> str:
    """Spans as they are written: ``08:00-12:00, 22:00-06:00``; ``closed`` when there is none."""
    return ", ".join(f"{_clock(start)}-{_clock(end - WHOLE_DAY if end > WHOLE_DAY else end)}"
                     for start, end in found) or CLOSED


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def holiday(text: str) -> tuple[str, str]:
    """``2030-12-25``, ``12-25 Christmas Day`` -> date (or month and day) and name. Raises ValueError."""
    found = _HOLIDAY.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"`{text}` is no date")
    date.fromisoformat(found[1] if is_date(found[1]) else f"2024-{found[1]}")  # a year that has 29 February
    return found[1], found[2] or ""


def wall(text: str, *, end: bool = False) -> datetime:
    """``2030-12-24 12:00``, ``2030-12-24 24:00`` or a day as wall time; of a day its beginning or its ``end``. Raises
    ValueError."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"`{text}` is no moment")
    midnight = datetime.fromisoformat(found[1])
    if found[2] is None:
        return midnight + timedelta(days=int(end))
    hour, minute = int(found[2]), int(found[3])
    if minute > 59 or hour * 60 + minute > WHOLE_DAY:
        raise ValueError(f"`{text}` is no moment")
    return midnight + timedelta(hours=hour, minutes=minute)
