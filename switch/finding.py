"""Which contacts fit: a search as one statement over the columns and the index of the records.

A page is found by the index ``contact_records_search`` alone, which holds all that a search usually asks for; only the rows
of the page are read whole. What is asked by time of day is asked where the calendar is, whose clocks are changed twice a
year: so the hour is computed with the offset that held at that moment.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, false, literal, or_, select

from switch.store_tables import contact_records, listed, normalise

Range = tuple[float | None, float | None]
"""At least, and at most; None = without a limit."""
ANY: Range = (None, None)
DAY = 86_400
FIRST = 1_577_836_800.0
"""2020-01-01, before which there is nothing to be found; whose offset it had, nobody asks."""


class Sought(NamedTuple):
    """What a contact must be, to be found: all that is given. Moments are POSIX seconds, lengths seconds, shares 0 to 1."""

    agents: Collection[str] | None = None
    """Whom one of these had; the empty text among them stands for nobody."""
    queue: str = ""
    caller: str = ""
    """The whole number of the caller."""
    number: str = ""
    """A part of the caller's or of the dialled number."""
    outcome: str = ""
    code: str = ""
    """What an agent said came of it."""
    text: str = ""
    """A part of what an agent wrote of it."""
    since: float | None = None
    until: float | None = None
    time: tuple[int, int] | None = None
    """Minutes of the day, from and to; over midnight when the first is the later one."""
    length: Range = ANY
    silence: Range = ANY
    cross_talk: Range = ANY
    survey: Range = ANY
    score: Range = ANY
    recorded: bool | None = None
    scored: bool | None = None


def contacts(sought: Sought, zone: tzinfo, now: float, limit: int, offset: int) -> Select:
    """The bodies of the records, newest first."""
    table = contact_records.c
    page = select(table.contact).where(*_conditions(sought, zone, now))
    page = page.order_by(table.started.desc(), table.contact).limit(limit).offset(offset).subquery()
    found = select(table.body).join(page, page.c.contact == table.contact)
    return found.order_by(table.started.desc(), table.contact)


def had(agents: Collection[str]) -> ColumnElement[bool]:
    """Contacts that one of these agents had; the empty text stands for nobody."""
    column = contact_records.c.agents
    return or_(false(), *(column.contains(listed((agent,)), autoescape=True) if agent else column == ""
                          for agent in agents))


def _conditions(sought: Sought, zone: tzinfo, now: float) -> list[ColumnElement[bool]]:
    table = contact_records.c
    asked = [
        (sought.agents is not None, lambda: had(sought.agents)),
        (sought.queue, lambda: table.queues.contains(listed((sought.queue,)), autoescape=True)),
        (sought.caller, lambda: table.number == normalise(sought.caller)),
        (sought.number, lambda: _number(normalise(sought.number))),
        (sought.outcome, lambda: table.outcome == sought.outcome),
        (sought.code, lambda: table.codes.contains(listed((sought.code,)), autoescape=True)),
        (sought.text, lambda: (table.notes != "") & table.notes.contains(sought.text.casefold(), autoescape=True)),
        (sought.since is not None, lambda: table.started >= sought.since),
        (sought.until is not None, lambda: table.started < sought.until),
        (sought.time is not None, lambda: _at_time(sought, zone, now)),
        (sought.length != ANY, lambda: table.ended > 0),
        (sought.recorded is not None, lambda: table.recorded.is_(sought.recorded)),
        (sought.scored is not None, lambda: (table.score.is_not(None) if sought.scored else table.score.is_(None))),
    ]
    return [make() for given, make in asked if given] + [
        condition for column, limits in (
            (table.ended - table.started, sought.length), (table.silence, sought.silence),
            (table.cross_talk, sought.cross_talk), (table.survey, sought.survey), (table.score, sought.score))
        for condition in _within(column, limits)]


def _number(part: str) -> ColumnElement[bool]:
    table = contact_records.c
    return or_(table.number.contains(part, autoescape=True), table.called.contains(part, autoescape=True))


def _within(column: ColumnElement[float], limits: Range) -> list[ColumnElement[bool]]:
    least, most = limits
    return ([column >= least] if least is not None else []) + ([column <= most] if most is not None else [])


def _at_time(sought: Sought, zone: tzinfo, now: float) -> ColumnElement[bool]:
    first, last = (60 * minutes for minutes in sought.time)
    second = cast(contact_records.c.started + _offset(sought, zone, now), BigInteger) % DAY
    after, before = second >= first, second < last
    return after & before if first < last else after | before


def _offset(sought: Sought, zone: tzinfo, now: float) -> ColumnElement[float]:
    """How far the clocks were ahead of UTC when it began, in seconds."""
    since, until = sought.since or FIRST, min(sought.until or now, now) + DAY
    changes = offsets(zone, since, until)
    if len(changes) == 1:
        return literal(changes[0][1])
    cases = [(contact_records.c.started < changes[place + 1][0], seconds)
             for place, (_, seconds) in enumerate(changes[:-1])]
    return case(*cases, else_=changes[-1][1])


def offsets(zone: tzinfo, since: float, until: float) -> list[tuple[float, float]]:
    """The offsets of this zone from UTC, each with the moment from which it holds; to the second."""
    found = [(since, _ahead(zone, since))]
    moment = since
    while moment < until:
        after = min(moment + 7 * DAY, until)
        if _ahead(zone, after) != found[-1][1]:
            found.append(_change(zone, moment, after))
        moment = after
    return found


def _change(zone: tzinfo, before: float, after: float) -> tuple[float, float]:
    old = _ahead(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _ahead(zone, middle) == old else (before, middle)
    return after, _ahead(zone, after)


def _ahead(zone: tzinfo, moment: float) -> float:
    there = datetime.fromtimestamp(moment, UTC).astimezone(zone)
    return (there.utcoffset() or timedelta()).total_seconds()
