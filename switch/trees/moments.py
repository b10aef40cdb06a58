"""Moments as people say them: ``Sunday 18:05``, ``2026-12-24 18:05``, ``18:05``."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from switch.hours import DAYS

_MOMENT = re.compile(r"(?:(\d{4}-\d{2}-\d{2})|([A-Za-z]+))?[ T]*(\d{1,2}:\d{2})", re.ASCII)
ADVICE = "write `Sunday 18:05`, `2026-12-24 18:05` or `18:05`"


def moment(text: str, zone: ZoneInfo, today: date) -> float:
    """POSIX seconds of a moment where ``zone`` is. A day of the week is the next one, ``today`` included. Raises
    ValueError, whose text says what to write."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError(ADVICE)
    written, week_day, clock = found.groups()
    try:
        day = date.fromisoformat(written) if written else today
        if week_day:
            day += timedelta(days=(_day(week_day) - day.weekday()) % 7)
        hour, minute = map(int, clock.split(":"))
        return datetime.combine(day, time(hour, minute), zone).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(ADVICE) from None


def _day(name: str) -> int:
    """0 = Monday, by at least three letters."""
    small = name.lower()
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if small[:3] not in DAYS or not full[DAYS.index(small[:3])].startswith(small):
        raise ValueError(ADVICE)
    return DAYS.index(small[:3])
