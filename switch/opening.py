"""The doors at work: when one opens or closes, or somebody closes it by hand, it is written down, and queues follow.

Whoever comes next meets the door as it is now; who is in a talk, in a tree or at an agent's ringing phone notices nothing.
"""

from datetime import datetime
from typing import Any

from switch.events import HoursClosed, HoursOpened, QueueClosed, QueueOpened
from switch.hours import picture
from switch.hours.doors import Doors, Hand, State
from switch.hours.moments import at_or_day, coming
from switch.house import House
from switch.orders import OrderRefused

OVER = "its time is over"
"""Why a queue that was closed by hand until a moment is open."""


def start(house: House) -> None:
    """Meet every door; what changed while the switch was away is told."""
    look(house)


def look(house: House) -> None:
    """Look at the doors whose moment has come."""
    known = house.doors.known
    for name in house.doors.look(house.now):
        if name in known:
            _tell(house, name)
    follow(house)


def follow(house: House) -> None:
    """Queues are open as their hours are."""
    for name, rules in house.settings.queues.items():
        closed = house.shut.rules(name, house.now) is not None or not house.doors.is_open(rules.hours, house.now)
        house.settle(house.desk.set_closed(name, closed, house.now))


def close_queue(house: House, queue: str, hand: Hand) -> None:
    """Close one queue, whatever its hours say. Told even if it stands as before."""
    house.shut[queue] = hand
    house.remember(f"queue/{queue}", {"by": hand.by, "why": hand.why, "until": hand.until})
    house.tell(QueueClosed(queue=queue, by=hand.by, why=hand.why, until=hand.until))
    follow(house)


def open_queue(house: House, queue: str, by: str, why: str) -> None:
    """Let its hours rule again. Told even if it stands as before."""
    house.shut.pop(queue, None)
    house.remember(f"queue/{queue}", None)
    house.tell(QueueOpened(queue=queue, by=by, why=why))
    follow(house)


def wake(house: House) -> None:
    """A door's moment may have come."""
    if house.doors.deadline is not None and house.doors.deadline <= house.now:
        look(house)
    if house.shut.deadline is not None and house.shut.deadline <= house.now:
        for queue in [name for name in house.shut if house.shut.rules(name, house.now) is None]:
            open_queue(house, queue, "", OVER)


def configure(house: House) -> None:
    """Calendars are new, or queues have others."""
    gone = set(house.doors.names) - house.settings.hours.keys()
    house.doors.configure(house.settings.hours)
    for name in gone:
        house.remember(f"hours/{name}", None)
    for name in house.shut.keys() - house.settings.queues.keys():
        del house.shut[name]
        house.remember(f"queue/{name}", None)
    look(house)


def by_hand(house: House, name: str, hand: Hand | None) -> None:
    """Close it or open it by hand, or (None) let the calendar rule. Told even if it stands as before: somebody did it."""
    house.doors.set(name, hand)
    told = house.doors.look(house.now)
    _tell(house, name)
    for other in told:
        if other != name:
            _tell(house, other)
    follow(house)


def until(house: House, name: str, said: str | float) -> float | None:
    """What is meant by ``18:00``, ``Monday 08:00``, or POSIX seconds, where these hours are (empty = the house); None =
    nothing is said. Raises :class:`~switch.orders.OrderRefused`."""
    if said == "":
        return None
    zone = house.doors.calendar(name).zone if name else house.zone
    try:
        moment = coming(said, zone, house.now) if isinstance(said, str) else float(said)
    except ValueError as wrong:
        raise OrderRefused("bad_moment", f"until is {said!r}: {wrong}") from None
    if moment <= house.now:
        raise OrderRefused("bad_moment", f"until is {said!r}, which is over")
    return moment


def _tell(house: House, name: str) -> None:
    state = house.doors.state(name, house.now)
    kind = HoursOpened if state.open else HoursClosed
    house.tell(kind(hours=name, why=state.why, by=state.by, until=state.until))
    house.remember(f"hours/{name}", house.doors.plain(name))


def state(house: House, name: str) -> dict[str, Any]:
    """How a door stands, in the shape of the CTI snapshot."""
    told = house.doors.state(name, house.now)
    return {"hours": name, "open": told.open, "why": told.why, "by": told.by, "until": told.until,
            "time_zone": str(house.doors.calendar(name).zone)}


def week(doors: Doors, name: str, said: str, now: float) -> str | None:
    """The week that holds a moment (as people say it, or a date; empty = ``now``) as a picture, and how the door stands
    then; None = there is no such door. Raises ValueError for what is no moment."""
    if name not in doors.names:
        return None
    calendar = doors.calendar(name)
    moment = at_or_day(said, calendar.zone, now)
    state = doors.state(name, now) if not said else State(*doors.verdict(name, moment), "", None)
    return picture.week(calendar, datetime.fromtimestamp(moment, calendar.zone).date(), state)
