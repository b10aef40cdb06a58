"""iCalendar files (RFC 5545) as feasts. The library splits lines and reads values; what they mean for a door is here.

It is lenient, so that one broken event of a thousand does not lose the others; but somebody would stand before a door that
is not open, so every event that cannot be understood is told, with the line on which it begins.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from dateutil.rrule import rrulestr
from icalendar import Calendar, Component
from icalendar.prop import vRecur

from switch.hours.feasts import Feast
from switch.hours.walls import DAY

BEGIN = re.compile(r"^BEGIN:VEVENT\s*$", re.IGNORECASE | re.MULTILINE)
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
NUMBERED = re.compile(r"[+-]?\d+")
LONGEST = 366 * DAY
MOST_STEP = 1000
MOST_WEEKS = 5
RARE = {"BYMONTH", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
YEARS = range(1900, 2200)
"""In which an event may begin."""
EXPORT = "export the calendar again, as iCalendar (.ics)"


class Flaw(NamedTuple):
    """A mistake of the file."""

    line: int
    what: str
    instead: str


class _Unfit(ValueError):
    """The event cannot be understood."""


def read(text: str) -> tuple[tuple[Feast, ...], list[Flaw]]:
    """The events of a file, cancelled ones left out, and every mistake. Raises nothing."""
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):  # it is no calendar: each says so in its way
        return (), [Flaw(1, "this is not iCalendar", EXPORT)]
    events = [event for each in calendars if each.name == "VCALENDAR" for event in each.walk("VEVENT")]
    lines = [text.count("\n", 0, found.start()) + 1 for found in BEGIN.finditer(text)]
    if not any(each.name == "VCALENDAR" for each in calendars) or len(events) != len(lines):
        return (), [Flaw(1, "this is not iCalendar, or its end is missing", EXPORT)]
    found: list[tuple[str, Feast]] = []
    flaws, instead_of = [], {}
    for line, event in zip(lines, events, strict=True):
        try:
            feast, uid, place_of = _event(event)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
            why = str(error) if isinstance(error, _Unfit) else "it cannot be read"
            flaws.append(Flaw(line, f"the event `{_name(event)}`: {why}", "correct or remove it, or " + EXPORT))
            continue
        if place_of is not None:
            instead_of.setdefault(uid, []).append(place_of)
        if feast is not None:
            found.append(("" if place_of is not None else uid, feast))
    return tuple(_without(feast, instead_of.get(uid, ())) for uid, feast in found), flaws


def _without(feast: Feast, moments: tuple[datetime, ...] | list[datetime]) -> Feast:
    """Some repetitions are events of their own (RECURRENCE-ID)."""
    walls = tuple(_wall(moment, feast) for moment in moments)
    return replace(feast, without=feast.without + walls) if walls else feast


def _event(event: Component) -> tuple[Feast | None, str, Any]:
    """The feast (None = cancelled), its UID, and which repetition it stands in place of (None = none)."""
    uid, place_of = str(event.get("UID", "")), None
    if event.errors:
        raise _Unfit("a line of it cannot be read")
    if "RECURRENCE-ID" in event:
        if event["RECURRENCE-ID"].params.get("RANGE"):
            raise _Unfit("it changes all repetitions from one on (RANGE=THISANDFUTURE)")
        place_of = event["RECURRENCE-ID"].dt
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None, uid, place_of
    return _feast(event), uid, place_of


def _feast(event: Component) -> Feast:
    began = _one(event, "DTSTART")
    start = began.dt
    whole_days = not isinstance(start, datetime)
    if start.year not in YEARS:
        raise _Unfit(f"it begins in {start.year}")
    if not whole_days and start.tzinfo is None and began.params.get("TZID"):
        raise _Unfit(f"its time zone `{began.params['TZID']}` is not known, and the file does not say what it is")
    zone = None if whole_days else start.tzinfo
    bare = Feast(_name(event), _midnight(start), _length(event, start), whole_days,
                 "" if zone is None else str(getattr(zone, "key", zone)), zone)
    rule, until = _rule(event, bare)
    return replace(bare, rule=rule, until=until, more=tuple(_moments(event, "RDATE", bare)),
                   without=tuple(_moments(event, "EXDATE", bare)))


def _one(event: Component, key: str) -> Any:
    value = event.get(key)
    if value is None or isinstance(value, list):
        raise _Unfit(f"it has no {key}" if value is None else f"it has more than one {key}")
    return value


def _name(event: Component) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())[:80] or "holiday"


def _midnight(moment: date | datetime) -> datetime:
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else datetime.combine(moment, time())


def _length(event: Component, start: date | datetime) -> timedelta:
    """DTEND, or DURATION, or a day, or, of an event at a time, nothing (RFC 5545 section 3.6.1)."""
    whole_days = not isinstance(start, datetime)
    if "DTEND" in event:
        end = _one(event, "DTEND").dt
        if isinstance(end, datetime) == whole_days:
            raise _Unfit("DTSTART and DTEND are not of one kind")
        aware = not whole_days and start.tzinfo is not None and end.tzinfo is not None
        length = end.astimezone(UTC) - start.astimezone(UTC) if aware else _midnight(end) - _midnight(start)
    elif "DURATION" in event:
        length = _one(event, "DURATION").dt
    else:
        length = DAY if whole_days else timedelta()
    if length < timedelta():
        raise _Unfit("it ends before it begins")
    if length > LONGEST:
        raise _Unfit("it lasts longer than a year")
    return max(length, DAY) if whole_days else length


def _rule(event: Component, feast: Feast) -> tuple[str, datetime | None]:
    """RRULE without UNTIL, and that as wall time where the event is."""
    if "RRULE" not in event:
        return "", None
    rule = dict(_one(event, "RRULE"))
    until = next(iter(rule.pop("UNTIL", ())), None)
    _reasonable(rule)
    text = vRecur(rule).to_ical().decode()
    rrulestr(text, dtstart=feast.start)
    if until is None:
        return text, None
    last = not isinstance(until, datetime) and not feast.whole_days
    return text, _wall(until, feast) + (DAY - timedelta(seconds=1) if last else timedelta())


def _reasonable(rule: dict[str, Any]) -> None:
    """Refuse what no holiday needs, and what may never come: the library would look for it up to the year 9999."""
    often, step = rule["FREQ"][0].upper(), rule.get("INTERVAL", [1])[0]
    by = {key for key in rule if key.startswith("BY")}
    months, days, weekdays = (rule.get(key, []) for key in ("BYMONTH", "BYMONTHDAY", "BYDAY"))
    if often in TOO_OFTEN:
        raise _Unfit("it repeats more often than every day")
    if not 1 <= step <= MOST_STEP or (step > 1 and by & RARE) or (step > 1 and often == "DAILY" and by):
        raise _Unfit(f"it repeats by INTERVAL={step} and on certain days or months at once, or never")
    if months and days and all(abs(day) > LONGEST_MONTH[month - 1] for day in days for month in months):
        raise _Unfit("it repeats on a day that never comes")
    if any(abs(int(found[0])) > MOST_WEEKS for day in weekdays if (found := NUMBERED.match(str(day)))):
        raise _Unfit("it repeats on a week of the month that never comes")
    if "BYSETPOS" in by and often not in ("YEARLY", "MONTHLY"):
        raise _Unfit("it repeats by BYSETPOS, which is for months and years")


def _moments(event: Component, key: str, feast: Feast) -> Iterator[datetime]:
    """Every date of a list that may stand there several times."""
    value = event.get(key, [])
    for each in value if isinstance(value, list) else [value]:
        for one in each.dts:
            yield _wall(one.dt[0] if isinstance(one.dt, tuple) else one.dt, feast)


def _wall(moment: date | datetime, feast: Feast) -> datetime:
    """A moment as wall time where the event is."""
    if isinstance(moment, datetime) and moment.tzinfo is not None and feast.zone is not None:
        moment = moment.astimezone(feast.zone)
    wall = _midnight(moment)
    return wall.replace(hour=0, minute=0, second=0) if feast.whole_days else wall
