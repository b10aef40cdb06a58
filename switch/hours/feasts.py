"""What an event of an iCalendar file (RFC 5545) closes: a day or several, or a stretch of time, once or again and again.

Everything is kept as wall time where the event is, since that is what repeats: a meeting at ten is at ten in summer and in
winter. Only :meth:`Feast.between` makes days or instants of it, for as long a time as somebody asks about.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property

from dateutil.rrule import rruleset, rrulestr

from switch.hours.walls import DAY, instant

Span = tuple[datetime, datetime]
"""From, to; UTC."""


@dataclass(frozen=True)
class Feast:
    """One event."""

    name: str
    start: datetime
    """Wall time; of an event of whole days its first midnight."""
    length: timedelta
    whole_days: bool
    place: str = ""
    """Name of the time zone; empty = that of whoever looks (RFC 5545 section 3.3.5, form 1)."""
    zone: tzinfo | None = field(default=None, compare=False, repr=False)
    rule: str = ""
    """RRULE without UNTIL."""
    until: datetime | None = None
    """Wall time of the last repetition."""
    more: tuple[datetime, ...] = ()
    """RDATE."""
    without: tuple[datetime, ...] = ()
    """EXDATE, and what an event of its own has taken the place of."""

    @cached_property
    def _every(self) -> rruleset:
        """DTSTART is always the first of them (RFC 5545 section 3.8.5.3), whether the rule says so or not."""
        found = rruleset()
        found.rdate(self.start)
        for each in self.more:
            found.rdate(each)
        for each in self.without:
            found.exdate(each)
        if self.rule:
            found.rrule(rrulestr(self.rule, dtstart=self.start).replace(until=self.until))
        return found

    def starts(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """Wall time of every beginning whose event touches this time."""
        yield from self._every.between(first - self.length, last, inc=True)

    def days(self, first: datetime, last: datetime) -> Iterator[date]:
        """The days that it closes, where it is of whole days; some may lie outside."""
        for start in self.starts(first, last) if self.whole_days else ():
            yield from ((start + step * DAY).date() for step in range(self.length // DAY))

    def spans(self, first: datetime, last: datetime, zone: tzinfo) -> Iterator[Span]:
        """The stretches of time that it closes, where it is not. ``zone``: of whoever looks."""
        for start in self.starts(first - DAY, last + DAY) if not self.whole_days else ():
            begins = instant(start, self.zone or zone)
            yield begins, begins + self.length
