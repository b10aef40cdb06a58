"""Who would get a call, and why: the way of a number through trunk, hours, tree and queue, from the configuration alone.

What only a running switch knows (who is logged in, how long the line is) is not asked; so this says who *could* get it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivr.drawing.plan import ways
from ivr.tree import WAYS_OUT
from ivr.tree import Destination as Exit
from ivr.ways import nodes
from switch.acd.rules import QueueRules
from switch.hours import is_open
from switch.routing import Destination, route
from switch.settings import Hours, Settings
from switch.trunks import choosing


def explain(settings: Settings, number: str, now: float, caller: str = "") -> list[str]:
    """One reason a line; the first column of blanks says what follows from what."""
    return list(_call(settings, number, now, caller))


def _call(settings: Settings, number: str, now: float, caller: str) -> Iterator[str]:
    zone = ZoneInfo(settings.system.time_zone)
    wall = datetime.fromtimestamp(now, UTC).astimezone(zone)
    yield f"{number} at {wall:%A %Y-%m-%d %H:%M} ({zone})" + (f" from {caller}" if caller else "")
    for name, trunk in settings.outside.trunks.items():
        if number in trunk.numbers:
            yield f"trunk {name}: {number} is our {trunk.numbers[number]}"
            number = trunk.numbers[number]
    destination = route(settings, number, now)
    service = settings.numbers.get(number)
    if service is not None:
        yield f"number {number} leads to {service.to}"
        if service.hours is not None:
            yield from _hours(service.hours, zone, now, str(destination))
    elif number in settings.users:
        yield f"{number} is an agent's number: the phone must be in the house"
    elif destination is None:
        yield f"{number} leads nowhere: 404"
    if destination is not None:
        yield from _destination(settings, destination, now, "  ")


def _hours(hours: Hours, zone: ZoneInfo, now: float, leads_to: str) -> Iterator[str]:
    there = ZoneInfo(hours.time_zone) if hours.time_zone else zone
    wall = datetime.fromtimestamp(now, UTC).astimezone(there)
    written = ", ".join(f"{days} {times}" for days, times in hours.open.items()) or "always"
    holiday = ", a holiday" if wall.date().isoformat() in hours.holidays else ""
    state = "open" if is_open(hours, there, now) else "closed"
    yield f"hours {written} ({there}): {wall:%A %H:%M}{holiday} is {state}, so it leads to {leads_to}"


def _destination(settings: Settings, destination: Destination, now: float, deep: str,
                 exit_: Exit | None = None) -> Iterator[str]:
    kind, target = destination.kind, destination.target
    if kind == "tree":
        yield from _tree(settings, target, now, deep)
    elif kind == "queue":
        yield from _queue(settings, settings.queues[target], deep, exit_)
    elif kind == "extension":
        user = settings.users.get(target)
        yield f"{deep}agent {target} {user.rules.name if user else ''}".rstrip() + " is rung"
    elif kind == "outside":
        yield from _outside(settings, target, now, deep)
    else:
        yield f"{deep}{'a message in box ' + target if kind == 'voicemail' else 'goodbye'}: nobody is rung"


def _tree(settings: Settings, name: str, now: float, deep: str) -> Iterator[str]:
    """Every way out of the tree, each queue with its people once for each set of demands."""
    tree = settings.trees[name]
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
        yield from _destination(settings, Destination(destination.kind, destination.target), now, deep + "    ",
                                destination)


def _queue(settings: Settings, queue: QueueRules, deep: str, exit_: Exit | None) -> Iterator[str]:
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
        after = "" if queue.overflow.after is None else f" after {queue.overflow.after:g} s, or"
        yield f"{deep}  overflows to {queue.overflow.to}{after} when full or empty"


def _outside(settings: Settings, number: str, now: float, deep: str) -> Iterator[str]:
    zone = ZoneInfo(settings.system.time_zone)
    trunks = choosing.shares(settings.outside, number,
                             lambda each: not each.hours or is_open(Hours(open=each.hours), zone, now))
    places = sorted((share.priority, name) for name, share in trunks.items())
    ways_out = ", then ".join(name for _, name in places) or "no route leads there now"
    yield f"{deep}{number} is outside, by trunk: {ways_out}" if places else f"{deep}{number} is outside: {ways_out}"
