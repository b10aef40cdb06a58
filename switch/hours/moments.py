"""Moments as people say them: ``Sunday 18:05``, ``2026-12-24 18:05``, ``18:05``."""

import re
from datetime import date, datetime, time, timedelta, tzinfo

from switch.hours.rules import DAYS, NAMES
from switch.hours.walls import instant

_MOMENT = re.compile(r"(?:(\d{4}-\d{2}-\d{2})|([A-Za-z]+))?[ T]*(\d{1,2}:\d{2})", re.ASCII)
ADVICE = "write `Sunday 18:05`, `2026-12-24 18:05` or `18:05`"
YEARS = range(1970, 2200)


def moment(text: str, zone: tzinfo, today: date) -> float:
    """POSIX seconds of a moment where ``zone`` is. A day of the week is the next one, ``today`` included. Raises
    ValueError, whose text says what to write."""
    return _moment(text, zone, today)[0]


def coming(text: str, zone: tzinfo, now: float) -> float:
    """The same, but it lies ahead of ``now`` (POSIX seconds): a time of day that is over is that of tomorrow, a day of the
    week that of next week. Raises ValueError."""
    today = datetime.fromtimestamp(now, zone).date()
    found, step = _moment(text, zone, today)
    if found <= now and step:
        found = _moment(text, zone, today + timedelta(days=step))[0]
    if found <= now:
        raise ValueError(f"`{text}` is over")
    return found


def _moment(text: str, zone: tzinfo, today: date) -> tuple[float, int]:
    """With the days after which it comes again; 0 = never."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise ValueError(ADVICE)
    written, week_day, clock = found.groups()
    try:
        day = date.fromisoformat(written) if written else today
        if week_day:
            day += timedelta(days=(_day(week_day) - day.weekday()) % 7)
        hour, minute = map(int, clock.split(":"))
        if day.year not in YEARS:
            raise ValueError(ADVICE)
        return instant(datetime.combine(day, time(hour, minute)), zone).timestamp(), 0 if written else 7 if week_day else 1
    except (ValueError, OverflowError):
        raise ValueError(ADVICE) from None


def _day(name: str) -> int:
    """0 = Monday, by at least three letters."""
    small = name.lower()
    if small[:3] not in DAYS or not NAMES[DAYS.index(small[:3])].lower().startswith(small):
        raise ValueError(ADVICE)
    return DAYS.index(small[:3])


def at_or_day(text: str, zone: tzinfo, now: float) -> float:
    """POSIX seconds of a moment, or of a day's noon (``2026-12-24``, ``Sunday``); empty = ``now``. Raises ValueError."""
    if not text:
        return now
    said = text if ":" in text else f"{text} 12:00"
    return moment(said, zone, datetime.fromtimestamp(now, zone).date())
