"""Opening hours: is somebody there at this moment?

Hours are what a clock on the wall of the office shows, so the moment is turned into wall time first, and only wall
times are compared. On the day on which clocks go forward an office that opens from 02:00 to 03:00 does not open at
all; on the day on which they go back it opens twice. That is what its door would do.
"""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from switch.settings import Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", re.ASCII)
WHOLE_DAY = 24 * 60


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


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """``08:00-12:00, 13:00-24:00`` -> minutes of the day. ``22:00-06:00`` ends at 30:00, the next day. ValueError."""
    found = []
    for part in text.replace(" ", "").split(","):
        match = SPAN.fullmatch(part)
        if match is None:
            raise ValueError(f"`{part}` is no span of time")
        start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if max(int(match[2]), int(match[4])) > 59 or start >= WHOLE_DAY or end > WHOLE_DAY or start == end:
            raise ValueError(f"`{part}` is no span of time")
        found.append((start, end if end > start else end + WHOLE_DAY))
    return tuple(found)


def is_open(hours: Hours, zone: ZoneInfo, now: float) -> bool:
    """Whether the hours are open at this moment (POSIX seconds), seen from this time zone."""
    wall = datetime.fromtimestamp(now, UTC).astimezone(zone)
    today = wall.date()
    if _is_holiday(hours, today):
        return False
    if not hours.open:
        return True
    minute = wall.hour * 60 + wall.minute
    yesterday = today - timedelta(days=1)
    return _covers(hours, today, minute) or (
        not _is_holiday(hours, yesterday) and _covers(hours, yesterday, minute + WHOLE_DAY)
    )


def _is_holiday(hours: Hours, day: date) -> bool:
    return day.isoformat() in hours.holidays


def _covers(hours: Hours, day: date, minute: int) -> bool:
    """Whether the hours that begin on this day cover this minute, counted from its midnight."""
    return any(
        start <= minute < end
        for named, times in hours.open.items() if day.weekday() in days(named)
        for start, end in spans(times)
    )
