"""Wall time and instants: where a wall clock's time lies on the one line of time, and when the clock is put forward or back.

A wall time may come twice (clocks go back) or never (they go forward). What is written as a wall time and never comes is
taken for the moment at which the clock jumps over it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def instants(wall: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """When the wall clock shows this (UTC): once, twice, or, where it never does, the moment of the jump over it."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return (first,)
    if first < second:
        return first, second
    return (_turn(second, first, zone),)


def instant(wall: datetime, zone: tzinfo, *, last: bool = False) -> datetime:
    """The first, or the last, of them."""
    return instants(wall, zone)[-1 if last else 0]


def turns(day: date, zone: tzinfo) -> Iterator[datetime]:
    """When the clock is put forward or back on this day, or within some hours of it (UTC)."""
    noon = datetime.combine(day, time(12), UTC)
    before, after = noon - DAY, noon + DAY
    for start, end in ((before, noon), (noon, after)):
        if start.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset():
            yield _turn(start, end, zone)


def _turn(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first second, after ``before``, with the offset of ``after``."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + ((after - before) // 2 // SECOND or 1) * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
