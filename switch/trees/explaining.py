"""Who would get a call, and why: the way of a number through trunk, hours, tree and queue.

It goes by the configuration, and by what somebody has closed or opened by hand. What only a running switch knows (who is
logged in, how long the line is) is not asked; so this says who *could* get it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from ivr.drawing.plan import ways
from ivr.tree import WAYS_OUT
from ivr.tree import Destination as Exit
from ivr.ways import nodes
from switch.acd.rules import QueueRules
from switch.contact.closing import SOUND
from switch.hours.calendar import Calendar, at
from switch.hours.doors import Doors, Hand, Shut
from switch.routing import Destination, route
from switch.settings import ServiceNumber, Settings
from switch.trunks import choosing


@dataclass(frozen=True)
class _House:
    """The house at a moment."""

    settings: Settings
    doors: Doors
    shut: Shut
    now: float
    """POSIX seconds."""


def explain(settings: Settings, number: str, now: float, caller: str = "", doors: Doors | None = None,
            shut: Shut | None = None) -> list[str]:
    """One reason a line; the first column of blanks says what follows from what. ``doors`` and ``shut``: with what was done
    by hand."""
    return list(_call(_House(settings, doors or Doors(settings.hours), shut or Shut(), now), number, caller))


def _call(house: _House, number: str, caller: str) -> Iterator[str]:
    settings, now = house.settings, house.now
    zone = ZoneInfo(settings.system.time_zone)
    wall = datetime.fromtimestamp(now, UTC).astimezone(zone)
    yield f"{number} at {wall:%A %Y-%m-%d %H:%M} ({zone})" + (f" from {caller}" if caller else "")
    for name, trunk in settings.outside.trunks.items():
        if number in trunk.numbers:
            yield f"trunk {name}: {number} is our {trunk.numbers[number]}"
            number = trunk.numbers[number]
    destination = route(settings, number, now, house.doors)
    service = settings.numbers.get(number)
    if service is not None:
        yield f"number {number} leads to {service.to}"
        yield from _hours(house, service)
    elif number in settings.users:
        yield f"{number} is an agent's number: the phone must be in the house"
    elif destination is None:
        yield f"{number} leads nowhere: 404"
    if destination is not None:
        yield from _destination(house, destination, "  ")


def _hours(house: _House, what: ServiceNumber | QueueRules, deep: str = "") -> Iterator[str]:
    """Whether the door of a number or a queue is open, by which rule or by whose hand, until when; and what it means."""
    if not what.hours:
        return
    calendar, now = house.doors.calendar(what.hours), house.now
    open_, why = calendar.verdict(at(now))
    state = "open" if open_ else "closed"
    yield (f"{deep}hours {what.hours}: {calendar.wall(at(now)):%A %H:%M} ({calendar.zone}) is {state}, by `{why}`, "
           + until(calendar, now))
    if (hand := house.doors.hand(what.hours, now)) is not None:
        ends = hand_ends(hand, calendar.zone)
        yield deep + (f"hours {what.hours} were opened by {hand.by} by hand, {ends}" if hand.open
                      else f"hours {what.hours} were closed by {hand.by} by hand, {ends}")
        yield from _said(hand, deep)
    if not house.doors.verdict(what.hours, now).open:
        yield _elsewhere(what, deep)


def _elsewhere(what: ServiceNumber | QueueRules, deep: str) -> str:
    first = ", ".join(each.sound or f'"{each.text}"' for each in what.closed_prompt)
    first = first or (SOUND if what.closed_to == "goodbye" else "")
    return f"{deep}so it leads to {what.closed_to}" + (f", after {first}" if first else "")


def hand_ends(hand: Hand, zone: tzinfo) -> str:
    """``until Monday 2030-01-07 18:00``, as a clock in ``zone`` has it."""
    if hand.until is None:
        return "until somebody changes it"
    return f"until {datetime.fromtimestamp(hand.until, zone):%A %Y-%m-%d %H:%M}"


def _said(hand: Hand, deep: str) -> Iterator[str]:
    if hand.why:
        yield f"{deep}  who said: {hand.why}"


def until(calendar: Calendar, now: float) -> str:
    """``until Monday 2030-01-07 08:00``, as its wall clock has it."""
    change = calendar.next_change(at(now))
    return "with no end in sight" if change is None else f"until {calendar.wall(change):%A %Y-%m-%d %H:%M}"


def _destination(house: _House, destination: Destination, deep: str,
                 exit_: Exit | None = None, passed: tuple[str, ...] = ()) -> Iterator[str]:
    """``passed``: closed queues that have led here."""
    kind, target = destination.kind, destination.target
    if kind == "tree":
        yield from _tree(house, target, deep)
    elif kind == "queue":
        yield from _queue(house, house.settings.queues[target], deep, exit_, passed)
    elif kind == "extension":
        user = house.settings.users.get(target)
        yield f"{deep}agent {target} {user.rules.name if user else ''}".rstrip() + " is rung"
    elif kind == "outside":
        yield from _outside(house, target, deep)
    else:
        yield deep + (f"a message in box {target}: nobody is rung" if kind == "voicemail" else "goodbye: nobody is rung")


def _tree(house: _House, name: str, deep: str) -> Iterator[str]:
    """Every way out of the tree, each queue with its people once for each set of demands."""
    tree = house.settings.trees[name]
    yield f"{deep}tree {name} greets in {tree.language}; `shoal tree draw {name}` shows it. Its ways out:"
    out: dict[str, tuple[Exit, list[str]]] = {}
    for here, node in nodes(tree).items():
        for _, label, destination in ways(tree, node):
            if destination.kind in WAYS_OUT:
                key = f"{destination} {destination.priority} {sorted(destination.skills.items())}"
                out.setdefault(key, (destination, []))[1].append(f"{here.name} {label}")
    for destination, labels in out.values():
        yield f"{deep}  {', '.join(labels)} -> {destination}" + (
            f" with priority {destination.priority}" if destination.priority else "")
        yield from _destination(house, Destination(destination.kind, destination.target), deep + "    ", destination)


def _queue(house: _House, queue: QueueRules, deep: str, exit_: Exit | None, passed: tuple[str, ...]) -> Iterator[str]:
    yield from _hours(house, queue, deep)
    shut = house.shut.rules(queue.name, house.now)
    if shut is not None:
        zone = house.doors.calendar(queue.hours).zone if queue.hours else ZoneInfo(house.settings.system.time_zone)
        yield f"{deep}queue {queue.name} was closed by {shut.by} by hand, {hand_ends(shut, zone)}"
        yield from _said(shut, deep)
        if house.doors.verdict(queue.hours, house.now).open:
            yield _elsewhere(queue, deep)
    if shut is not None or not house.doors.verdict(queue.hours, house.now).open:
        if queue.name not in passed:
            yield from _destination(house, Destination.parse(queue.closed_to), deep + "  ", None, (*passed, queue.name))
        return
    yield from _people(house.settings, queue, deep, exit_)


def _people(settings: Settings, queue: QueueRules, deep: str, exit_: Exit | None) -> Iterator[str]:
    """Who takes the calls of an open queue."""
    wanted = dict(queue.skills)
    for skill, level in (exit_.skills if exit_ else {}).items():
        wanted[skill] = max(level, wanted.get(skill, 0))
    needs = ", ".join(f"{skill} {level}+" for skill, level in wanted.items())
    tiers: dict[int, list[str]] = {}
    for number, user in settings.users.items():
        able = all(user.rules.skills.get(skill, 0) >= level for skill, level in wanted.items())
        if queue.name in user.rules.queues and able:
            tiers.setdefault(user.rules.queues[queue.name], []).append(f"{number} {user.rules.name}".strip())
    yield f"{deep}queue {queue.name}, {queue.strategy.replace('_', ' ')}" + (f", needs {needs}" if needs else "") + ":"
    for tier in sorted(tiers):
        yield f"{deep}  tier {tier}: {', '.join(tiers[tier])}"
    if not tiers:
        yield f"{deep}  no agent is able to take it"
    if queue.overflow is not None:
        to, after = queue.overflow.to, queue.overflow.after
        yield deep + "  " + (f"overflows to {to} when full or empty" if after is None
                             else f"overflows to {to} after {after:g} s, or when full or empty")


def _outside(house: _House, number: str, deep: str) -> Iterator[str]:
    trunks = choosing.shares(house.settings.outside, number, lambda each: house.doors.verdict(each.hours, house.now).open)
    places = sorted((share.priority, name) for name, share in trunks.items())
    ways_out = ", then ".join(name for _, name in places) or "no route leads there now"
    yield f"{deep}{number} is outside, by trunk: {ways_out}" if places else f"{deep}{number} is outside: {ways_out}"
