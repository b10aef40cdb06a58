"""What ``hours.yaml`` must keep to: days and times that exist, none of them twice, and what ends after it begins."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations

from switch.holidays import HOURS
from switch.hours import rules
from switch.hours.calendar import Calendar
from switch.hours.rules import FILE, LONGEST_NIGHT, WHOLE_DAY, Closure, Hours, Spans
from switch.mistakes import Mistake
from switch.settings import Settings

WEEK = 7 * WHOLE_DAY
YEARS = range(1970, 2200)

At = Callable[..., Callable[[str, str], Mistake]]
"""``at(file, *place)`` makes mistakes for this place."""


def hours_mistakes(settings: Settings, everywhere: At) -> Iterator[Mistake]:
    """Every mistake of the file that its types do not show; zones and names are looked at elsewhere."""
    for name, calendar in settings.hours.items():
        yield from _Checks(calendar, lambda *place, name=name: everywhere(HOURS, name, *place)).run()


class _Checks:
    def __init__(self, calendar: Calendar, at: At) -> None:
        self.rules: Hours = calendar.rules
        self.at = at

    def run(self) -> Iterator[Mistake]:
        found: list[tuple[str, tuple[int, ...], Spans]] = []
        for named, times in self.rules.open.items():
            days, spans = None, None
            try:
                days = (_date(named).toordinal(),) if rules.is_date(named) else rules.days(named)
            except ValueError:
                yield self.at("open", named)(
                    f"`{named}` names no days", "write `mon-fri`, `sat`, `mon, wed`, or a date: `2030-12-24`")
            try:
                spans = rules.spans(times)
            except ValueError as wrong:
                yield self.at("open", named)(
                    str(wrong), "write `08:00-20:00`, `[09:00-12:00, 13:00-16:00]`, or `closed`")
            if days is not None and spans is not None:
                found.append((named, days, spans))
                yield from self._reversed(named, spans)
        yield from self._overlaps(found)
        yield from self._holidays()
        for index, closure in enumerate(self.rules.closures):
            yield from self._closure(closure, "closures", str(index))

    def _reversed(self, named: str, spans: Spans) -> Iterator[Mistake]:
        for start, end in spans:
            if end > WHOLE_DAY and end - start > LONGEST_NIGHT:
                right = rules.written(((end - WHOLE_DAY, start),))
                yield self.at("open", named)(
                    f"`{rules.written(((start, end),))}` is open {(end - start) / 60:g} hours, over midnight",
                    f"did you mean `{right}`? Else write it as two days, up to 24:00 and from 00:00")

    def _overlaps(self, found: list[tuple[str, tuple[int, ...], Spans]]) -> Iterator[Mistake]:
        """Each pair of entries is told once, at the second one."""
        week = [(named, day * WHOLE_DAY + start, day * WHOLE_DAY + end, (start, end)) for named, days, spans in found
                for day in days for start, end in spans if not rules.is_date(named)]
        week += [(named, WEEK + day * WHOLE_DAY * 3 + start, WEEK + day * WHOLE_DAY * 3 + end, (start, end))
                 for named, days, spans in found for day in days for start, end in spans if rules.is_date(named)]
        told: set[tuple[str, str]] = set()
        for (one, start, end, first), (other, begin, stop, second) in combinations(week, 2):
            around = (0,) if begin >= WEEK else (-WEEK, 0, WEEK)
            if (one, other) not in told and any(start < stop + turn and begin + turn < end for turn in around):
                told.add((one, other))
                both = f"`{one} {rules.written((first,))}` and `{other} {rules.written((second,))}` overlap"
                yield self.at("open", other)(both, "let one of them end before the other begins")

    def _holidays(self) -> Iterator[Mistake]:
        for index, text in enumerate(self.rules.holidays):
            if text.endswith(FILE):
                continue
            at = self.at("holidays", str(index))
            try:
                day, _ = rules.holiday(text)
                if rules.is_date(day):
                    _date(day)
            except ValueError:
                yield at(f"`{text}` is no date", "write `2030-12-31`, or `12-31` for every year, a name behind it if you "
                         "like, or a file: `holidays.ics`")

    def _closure(self, closure: Closure, *place: str) -> Iterator[Mistake]:
        moments = []
        for key, text, end in (("from", closure.from_, False), ("to", closure.to, True)):
            try:
                moments.append(rules.wall(text, end=end))
                if moments[-1].year not in YEARS:
                    raise ValueError(text)
            except (ValueError, OverflowError):
                moments = []
                if text:
                    yield self.at(*place, key)(f"`{text}` is no moment", "write `2030-12-24 12:00`, or `2030-12-24`")
        if len(moments) == 2 and moments[0] >= moments[1]:
            yield self.at(*place)(f"it ends ({closure.to}) before it begins ({closure.from_})", "turn `from` and `to` round")


def _date(text: str) -> date:
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day
