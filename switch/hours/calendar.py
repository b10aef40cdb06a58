"""One calendar: is it open at an instant, why, and when does that change?

The weekly times are compared with the wall clock; what is closed once (closures, events of a holiday file that have a time)
is a stretch of time. In this order they decide: a closure, a date with times of its own, a holiday, the day of the week.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import chain, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from switch.hours import rules
from switch.hours.feasts import Feast
from switch.hours.rules import NAMES, WHOLE_DAY, Hours, Spans
from switch.hours.walls import DAY, instant, instants, turns

LOOK_AHEAD = 800
"""Days after which a change is not looked for: two years, so that every holiday of a year has come."""
ALWAYS: Spans = ((0, WHOLE_DAY),)


class Verdict(NamedTuple):
    """Open or closed."""

    open: bool
    why: str
    """The rule in words: ``mon-fri 08:00-18:00``, ``no hours on Sunday``, ``Christmas Day``."""


class _Times(NamedTuple):
    """What is open on a day, and what says so."""

    spans: Spans
    why: str


class _Once(NamedTuple):
    """Closed from, to (UTC), and why."""

    start: datetime
    end: datetime
    why: str


@dataclass(frozen=True)
class Calendar:
    """The rules must be right (:mod:`switch.checks_hours`). ``feasts`` are those of its holiday files."""

    rules: Hours
    zone: ZoneInfo
    feasts: tuple[Feast, ...] = ()
    _years: dict[int, tuple[dict[date, str], list[_Once]]] = field(
        default_factory=dict, init=False, compare=False, repr=False)

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at this instant (aware)."""
        return self.verdict(at).open

    def why(self, at: datetime) -> str:
        """The rule that makes it open or closed at this instant (aware), in words."""
        return self.verdict(at).why

    def verdict(self, at: datetime) -> Verdict:
        """Both."""
        wall = self.wall(at)
        today, minute = wall.date(), wall.hour * 60 + wall.minute
        for once in chain(self._closures, self._year(today.year)[1]):
            if once.start <= at < once.end:
                return Verdict(False, once.why)
        holiday = self._holiday(today)
        if holiday:
            return Verdict(False, holiday)
        times, before = self._times(today), self._times(today - DAY)
        for spans, shift, why in ((times.spans, 0, times.why), (before.spans, WHOLE_DAY, before.why)):
            if any(start <= minute + shift < end for start, end in spans):
                return Verdict(True, why)
        if times.spans:
            return Verdict(False, f"outside {times.why}")
        return Verdict(False, f"closed on {today}" if today in self._dates else f"no hours on {NAMES[today.weekday()]}")

    def next_change(self, at: datetime) -> datetime | None:
        """The first instant (UTC) after this one (aware) at which it opens or closes; None = not in ``LOOK_AHEAD`` days."""
        if self._stays(at):
            return None
        now = self.is_open(at)
        for moment in self._turning_points(self.wall(at).date() - DAY, LOOK_AHEAD):
            if moment > at and self.is_open(moment) != now:
                return moment
        return None

    def wall(self, at: datetime) -> datetime:
        """What the clock on its wall shows. Raises ValueError for an instant without a zone."""
        if at.tzinfo is None:
            raise ValueError("an instant has a time zone")
        return at.astimezone(self.zone)

    def spans_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """When it is open on a day: from, to (UTC)."""
        points = [*self._turning_points(day, 1), instant(datetime.combine(day + DAY, time()), self.zone)]
        found: list[tuple[datetime, datetime]] = []
        for begins, ends in pairwise(points):
            if self.is_open(begins):
                if found and found[-1][1] == begins:
                    begins = found.pop()[0]
                found.append((begins, ends))
        return found

    def _stays(self, at: datetime) -> bool:
        """Whether nothing that is written can change it from here on: always open and nothing ahead, or never open."""
        yesterday = self.wall(at).date() - DAY
        dates = [times.spans for day, times in self._dates.items() if day >= yesterday]
        weekly = {times.spans for times in self._week}
        if weekly == {()}:
            return not any(dates)
        ahead = [day for day in self._feast_days if day >= yesterday] or [each for each in self._closures if each.end > at]
        days = [rules.holiday(text)[0] for text in self.rules.holidays if not text.endswith(rules.FILE)]
        yearly = not all(map(rules.is_date, days))
        return weekly == {ALWAYS} and not (dates or ahead or yearly or self.feasts)

    # -- what a day is ------------------------------------------------------------------------------------------------

    def _times(self, day: date) -> _Times:
        """The times that begin on this day."""
        if day in self._dates:
            return self._dates[day]
        if self._holiday(day):
            return _Times((), "")
        return self._week[day.weekday()]

    def _holiday(self, day: date) -> str:
        """Its name; empty = it is none, or has times of its own."""
        return "" if day in self._dates else self._feast_days.get(day) or self._year(day.year)[0].get(day, "")

    @cached_property
    def _week(self) -> tuple[_Times, ...]:
        if not self.rules.open:
            return (_Times(ALWAYS, "always open"),) * 7
        found: list[list[tuple[str, Spans]]] = [[] for _ in NAMES]
        for named, times in self.rules.open.items():
            if not rules.is_date(named):
                for day in rules.days(named):
                    found[day].append((named, rules.spans(times)))
        return tuple(_together(each) for each in found)

    @cached_property
    def _dates(self) -> dict[date, _Times]:
        return {date.fromisoformat(named): _together([(named, rules.spans(times))])
                for named, times in self.rules.open.items() if rules.is_date(named)}

    @cached_property
    def _feast_days(self) -> dict[date, str]:
        """Holidays of one year."""
        found = [rules.holiday(text) for text in self.rules.holidays if not text.endswith(rules.FILE)]
        return {date.fromisoformat(day): name or f"holiday {day}" for day, name in found if rules.is_date(day)}

    @cached_property
    def _closures(self) -> list[_Once]:
        found = []
        for each in self.rules.closures:
            start = instant(rules.wall(each.from_), self.zone)
            end = instant(rules.wall(each.to, end=True), self.zone, last=True)
            found.append(_Once(start, end, each.why or f"closed from {each.from_} to {each.to}"))
        return found

    def _year(self, year: int) -> tuple[dict[date, str], list[_Once]]:
        """Holidays and closed stretches of a year: those of the files, and those of every year."""
        if year not in self._years:
            self._years[year] = self._make_year(year)
        return self._years[year]

    def _make_year(self, year: int) -> tuple[dict[date, str], list[_Once]]:
        first, last = datetime(year, 1, 1), datetime(year, 12, 31, 23, 59, 59)
        days = {day: feast.name for feast in reversed(self.feasts) for day in feast.days(first, last)}
        for text in self.rules.holidays:
            if not text.endswith(rules.FILE):
                day, name = rules.holiday(text)
                if not rules.is_date(day) and (found := _day_of(year, day)):
                    days[found] = name or f"holiday {day}"
        return days, [_Once(*span, feast.name) for feast in self.feasts for span in feast.spans(first, last, self.zone)]

    def _turning_points(self, day: date, count: int) -> Iterator[datetime]:
        """Every instant of so many days at which anything may change (UTC), in order; a day's own beginning first."""
        near = [set(self._moments(each)) for each in (day - DAY, day, day + DAY)]
        for _ in range(count):
            start, end = (instant(datetime.combine(each, time()), self.zone) for each in (day, day + DAY))
            yield from sorted({start, *(moment for each in near for moment in each if start < moment < end)})
            day += DAY
            near = [*near[1:], set(self._moments(day + DAY))]

    def _moments(self, day: date) -> Iterator[datetime]:
        """Every instant about this day at which anything may change (UTC)."""
        midnight = datetime.combine(day, time())
        minutes = {0, WHOLE_DAY, *chain.from_iterable(self._times(day).spans)}
        for minute in minutes:
            yield from instants(midnight + timedelta(minutes=minute), self.zone)
        yield from turns(day, self.zone)
        for once in chain(self._closures, self._year(day.year)[1]):
            yield from (moment for moment in (once.start, once.end) if abs(self.wall(moment).date() - day) <= DAY)


def _together(named: list[tuple[str, Spans]]) -> _Times:
    """Times of one day that stand under several names."""
    spans = tuple(sorted(chain.from_iterable(spans for _, spans in named)))
    return _Times(spans, ", ".join(f"{name} {rules.written(spans)}" for name, spans in named if spans))


def _day_of(year: int, month_and_day: str) -> date | None:
    """29 February only comes every four years."""
    try:
        return date.fromisoformat(f"{year}-{month_and_day}")
    except ValueError:
        return None


def at(now: float) -> datetime:
    """A moment of the house (POSIX seconds) as an aware instant."""
    return datetime.fromtimestamp(now, UTC)
