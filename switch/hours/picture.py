"""A week of opening hours, drawn for the terminal: a line for each day, a column for each half hour of its wall clock."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from switch.hours.calendar import Calendar
from switch.hours.doors import State
from switch.hours.rules import CLOSED, NAMES
from switch.hours.walls import DAY, instant

CELLS = 48
OPEN, SHUT = "█", "·"
SCALE = "".join(f"{hour:<6}" for hour in range(0, 24, 3)) + "24"
MARGIN = " " * 16


def week(calendar: Calendar, day: date, state: State | None = None) -> str:
    """The week from Monday on that holds ``day``. ``state``: how it stands now, where somebody has asked for now."""
    monday = day - timedelta(days=day.weekday())
    return "\n".join([*_head(calendar, state), MARGIN + SCALE,
                      *(_line(calendar, monday + step * DAY, day) for step in range(7))])


def said(calendar: Calendar, state: State) -> str:
    """``open until Monday 2030-01-07 18:00: mon-fri 08:00-18:00``."""
    until = ""
    if state.until is not None:
        until = f" until {datetime.fromtimestamp(state.until, calendar.zone):%A %Y-%m-%d %H:%M}"
    return f"{'open' if state.open else CLOSED}{until}: {state.why}"


def _head(calendar: Calendar, state: State | None) -> Iterator[str]:
    yield f"{calendar.rules.name} ({calendar.zone})" + (f" is {said(calendar, state)}" if state is not None else "")


def _line(calendar: Calendar, day: date, marked: date) -> str:
    midnight = datetime.combine(day, time())
    starts = [instant(midnight + timedelta(minutes=1440 // CELLS * cell), calendar.zone) for cell in range(CELLS)]
    drawn = "".join(OPEN if calendar.is_open(start) else SHUT for start in starts)
    spans = ", ".join(f"{_clock(calendar, begin)}-{_clock(calendar, end) if end < starts[0] + DAY else '24:00'}"
                      for begin, end in calendar.spans_on(day))
    noon = instant(midnight + timedelta(hours=12), calendar.zone)
    sign = ">" if day == marked else " "
    return f"{sign}{NAMES[day.weekday()][:3]} {day}  {drawn}  {spans or f'{CLOSED}: {calendar.why(noon)}'}"


def _clock(calendar: Calendar, moment: datetime) -> str:
    return f"{calendar.wall(moment):%H:%M}"
