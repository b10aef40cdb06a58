"""What has changed between two sets of opening hours, in sentences: ``hours office: Saturday 09:00-13:00 -> closed``.

What callers meet is compared, not how it is written: whether Monday stands by itself or in ``mon-fri`` says nothing to them.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby

from switch.hours import rules
from switch.hours.calendar import Calendar
from switch.hours.feasts import Feast
from switch.hours.rules import FILE, NAMES, Closure, Hours


def hours_difference(old: Mapping[str, Calendar], new: Mapping[str, Calendar]) -> Iterator[str]:
    """One sentence for each thing that has changed, in the order of the file."""
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            yield f"hours {name} {'is new' if before is None else 'is gone'}"
        else:
            yield from (f"hours {name}: {said}" for said in _calendar(before, after))


def _calendar(old: Calendar, new: Calendar) -> Iterator[str]:
    if old.zone != new.zone:
        yield f"time-zone {old.zone} -> {new.zone}"
    yield from _days(old.rules, new.rules)
    yield from _items("holiday", _holidays(old.rules), _holidays(new.rules))
    yield from _items("event", _events(old.feasts), _events(new.feasts))
    yield from _items("closure", _closures(old.rules.closures), _closures(new.rules.closures))
    if old.rules.force_open != new.rules.force_open:
        yield f"force-open {str(old.rules.force_open).lower()} -> {str(new.rules.force_open).lower()}"


def _days(old: Hours, new: Hours) -> Iterator[str]:
    """The days of the week, those that change alike together; then dates."""
    week = zip(NAMES, _week(old), _week(new), strict=True)
    for (before, after), same in groupby(week, key=lambda day: day[1:]):
        names = [name for name, *_ in same]
        if before != after:
            yield f"{names[0]}{f'-{names[-1]}' if len(names) > 1 else ''} {before} -> {after}"
    dates = [{day: rules.written(rules.spans(times)) for day, times in each.open.items() if rules.is_date(day)}
             for each in (old, new)]
    for day in sorted(dates[0].keys() | dates[1].keys()):
        before, after = (each.get(day, "as every week") for each in dates)
        if before != after:
            yield f"{day} {before} -> {after}"


def _week(hours: Hours) -> list[str]:
    """What is open on each day."""
    found: list[list[tuple[int, int]]] = [[] for _ in NAMES]
    for named, times in hours.open.items():
        for day in rules.days(named) if not rules.is_date(named) else ():
            found[day] += rules.spans(times)
    return [rules.written(tuple(sorted(spans))) for spans in found] if hours.open else ["always"] * 7


def _items(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for each in dict.fromkeys((*old, *new)):
        if old.get(each) != new.get(each):
            yield f"{what} {each} {'is new' if each not in old else 'is gone' if each not in new else 'has changed'}"


def _holidays(hours: Hours) -> dict[str, str]:
    return {text: "" for text in hours.holidays if not text.endswith(FILE)}


def _events(feasts: tuple[Feast, ...]) -> dict[str, str]:
    """Those of holiday files; one that repeats is one."""
    return {f"{feast.name} ({feast.start.date()}{', and again' if feast.rule or feast.more else ''})": repr(feast)
            for feast in feasts}


def _closures(closures: tuple[Closure, ...]) -> dict[str, str]:
    return {f"from {each.from_} to {each.to}": each.why for each in closures}
