"""The doors of the house: each calendar as it stands now, and whoever has closed or opened it by hand.

A door knows until when it stands as it does, so that asking it costs a call nothing; when that moment has come it is looked
at anew. What was done by hand goes before the calendar, until its time is over or somebody lets the calendar rule again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from switch.hours.calendar import LOOK_AHEAD, Calendar, Verdict, at

ALWAYS = Verdict(True, "always open")


class Hand(NamedTuple):
    """Somebody has closed it, or opened it."""

    open: bool
    by: str
    why: str = ""
    until: float | None = None
    """POSIX seconds; None = until somebody changes it."""

    @property
    def verdict(self) -> Verdict:
        said = f"{'opened' if self.open else 'closed now'} by {self.by}"
        return Verdict(self.open, f"{said}: {self.why}" if self.why else said)


class Shut(dict[str, Hand]):
    """Queues that somebody has closed by hand, by name."""

    @property
    def deadline(self) -> float | None:
        """When the first of them is opened again, POSIX seconds; None = not by itself."""
        return min((hand.until for hand in self.values() if hand.until is not None), default=None) if self else None

    def rules(self, queue: str, now: float) -> Hand | None:
        """Who keeps it closed at this moment (POSIX seconds); None = its hours rule."""
        hand = self.get(queue)
        return hand if hand is not None and (hand.until is None or now < hand.until) else None

    def restore(self, queue: str, value: Mapping[str, Any]) -> None:
        """Take up what was remembered."""
        self[queue] = Hand(False, value["by"], value.get("why", ""), value.get("until"))


class State(NamedTuple):
    """How a door stands."""

    open: bool
    why: str
    by: str
    """Who did it by hand; empty = the calendar says so."""
    until: float | None
    """When that changes, POSIX seconds; None = not within two years, or when somebody changes it."""


@dataclass
class _Door:
    calendar: Calendar
    hand: Hand | None = None
    state: State | None = None
    look_at: float = 0.0
    """When ``state`` has to be looked at anew, POSIX seconds."""


class Doors:
    """All calendars, by name. The empty name is a door that is always open."""

    def __init__(self, calendars: Mapping[str, Calendar]) -> None:
        self._doors = {name: _Door(calendar) for name, calendar in calendars.items()}

    @property
    def names(self) -> list[str]:
        """In the order of the file."""
        return list(self._doors)

    @property
    def known(self) -> frozenset[str]:
        """Those that were looked at, or are remembered."""
        return frozenset(name for name, door in self._doors.items() if door.state is not None)

    @property
    def deadline(self) -> float | None:
        """When to :meth:`look` again, POSIX seconds; None = never."""
        return min([door.look_at for door in self._doors.values() if door.state is not None], default=None)

    def is_open(self, name: str, now: float) -> bool:
        """Whether it is open; ``now`` is the present (POSIX seconds), so that what was looked at last is enough."""
        if not name:
            return True
        door = self._doors.get(name)
        if door is not None and door.state is not None and now < door.look_at:
            return door.state.open
        return self.verdict(name, now).open

    def verdict(self, name: str, now: float) -> Verdict:
        """Whether it is open at any moment (POSIX seconds), and by which rule."""
        if not name:
            return ALWAYS
        door = self._doors[name]
        if (hand := _ruling(door, now)) is not None:
            return hand.verdict
        return door.calendar.verdict(at(now))

    def state(self, name: str, now: float) -> State:
        """How it stands, and until when."""
        door = self._doors[name]
        return door.state if door.state is not None and now < door.look_at else self._state(door, now)

    def calendar(self, name: str) -> Calendar:
        """Its rules."""
        return self._doors[name].calendar

    def hand(self, name: str, now: float) -> Hand | None:
        """Who rules it by hand now."""
        return _ruling(self._doors[name], now)

    # -- changes ------------------------------------------------------------------------------------------------------

    def look(self, now: float) -> list[str]:
        """Look at every door whose moment has come; gives those that stand otherwise than before, or are seen first."""
        changed = []
        for name, door in self._doors.items():
            if door.state is not None and now < door.look_at:
                continue
            before, door.hand = door.state, _ruling(door, now)
            door.state = self._state(door, now)
            door.look_at = now + LOOK_AHEAD * 86400 if door.state.until is None else door.state.until
            if before is None or (before.open, before.by) != (door.state.open, door.state.by):
                changed.append(name)
        return changed

    def set(self, name: str, hand: Hand | None) -> None:
        """Rule it by hand; None = let the calendar rule. To be looked at then."""
        door = self._doors[name]
        door.hand, door.look_at = hand, 0.0

    def configure(self, calendars: Mapping[str, Calendar]) -> None:
        """New calendars; what was done by hand stays, as long as its calendar does. To be looked at then."""
        old, self._doors = self._doors, {name: _Door(calendar) for name, calendar in calendars.items()}
        for name, door in self._doors.items():
            if (before := old.get(name)) is not None:
                door.hand, door.state = before.hand, before.state

    def _state(self, door: _Door, now: float) -> State:
        """The change that counts is the first at which it opens or closes, whoever does it."""
        hand = _ruling(door, now)
        if hand is not None:
            return State(*hand.verdict, hand.by, hand.until)
        change = door.calendar.next_change(at(now))
        return State(*door.calendar.verdict(at(now)), "", change.timestamp() if change is not None else None)

    # -- across a restart ---------------------------------------------------------------------------------------------

    def plain(self, name: str) -> dict[str, Any]:
        """What is to be remembered of a door that was looked at."""
        door = self._doors[name]
        return {"open": door.state.open, "by": door.state.by, "hand": door.hand._asdict() if door.hand is not None else None}

    def restore(self, name: str, value: Mapping[str, Any]) -> None:
        """Take up what was remembered; a calendar that is gone is forgotten. To be looked at then."""
        if (door := self._doors.get(name)) is not None:
            door.hand = Hand(**value["hand"]) if value["hand"] is not None else None
            door.state = State(value["open"], "", value["by"], None)


def _ruling(door: _Door, now: float) -> Hand | None:
    hand = door.hand
    return hand if hand is not None and (hand.until is None or now < hand.until) else None
