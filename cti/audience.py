"""Who may see an entry of the journal.

An event names a contact, but the right to see it belongs to people: the agents who had that contact at that number.
So ownership is kept as stretches of numbers, ``agent, first, last``. The same question can then be asked of an entry
from an hour ago as of the newest one, which is what lets a client that resumes see exactly what it would have seen.

An agent gains a contact by a reservation, by being one side of a call, or by a transfer back; loses it when the
reservation comes to nothing, when it gives the call away, and when it is consulted no more. What an event says of a
person by name (a leg, a state, a wrap-up) they see in any case.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from cti.house import Person
from switch.events import KINDS, ContactScored, Event, RecordingPlayed, SupervisionEvent
from switch.journal import Entry
from switch.orders import UNSEEN

ALL = "all"
FOR_EVERYBODY = frozenset(kind for kind in KINDS if kind.startswith("switch."))
FIGURES = frozenset({"queue.joined", "queue.left", "queue.closed", "queue.opened", "hours.opened", "hours.closed"})
"""What lets any client keep the length of every queue, and what is open; carries no caller."""
LOST_BY = frozenset({"reservation.rejected", "reservation.timeout", "reservation.canceled", "reservation.rescinded"})
KEPT = 50_000
"""Contacts whose ownership is remembered, far more than a replay reaches back."""


def topics_of(kind: str) -> frozenset[str]:
    """The topics under which a kind of event is told."""
    room = kind.partition(".")[0]
    if room == "queue":
        return frozenset({"queues", "contacts"})
    if room == "hours":
        return frozenset({"queues"})
    if room in ("agent", "phone", "trunk", "toll"):
        return frozenset({"agents"})
    if room == "configuration":
        return frozenset({"agents", "queues"})
    return frozenset({"agents", "contacts"}) if room == "command" else frozenset({"contacts"})


class Stretch:
    """An agent has a contact from entry ``first`` to entry ``last``; None = still."""

    __slots__ = ("agent", "first", "last")

    def __init__(self, agent: str, first: int) -> None:
        self.agent = agent
        self.first = first
        self.last: int | None = None

    def covers(self, number: int) -> bool:
        return self.first <= number and (self.last is None or number <= self.last)


class Audience:
    """Learns from the journal, in order, who had which contact when."""

    def __init__(self, person: Callable[[str], Person | None]) -> None:
        self._person = person
        self._owners: OrderedDict[str, list[Stretch]] = OrderedDict()
        self._listeners: OrderedDict[str, bool] = OrderedDict()
        """Legs of supervisors in others' talks: whether agents know of them."""

    def learn(self, entry: Entry) -> None:
        event = entry.event
        contact = getattr(event, "contact", "")
        if not contact:
            return
        kind = event.__struct_config__.tag
        if isinstance(event, SupervisionEvent):
            self._listeners[event.leg] = event.tell_agent
            if len(self._listeners) > KEPT:
                self._listeners.popitem(last=False)
        for agent in gained_by(kind, event):
            self._gain(contact, agent, entry.number)
        if kind in LOST_BY:
            self._lose(contact, event.agent, entry.number)
        elif kind == "call.transferred":
            self._lose(contact, event.by, entry.number)
        elif kind == "consultation.state" and event.state in ("canceled", "failed") and event.why != "caller_left":
            self._lose(contact, event.party, entry.number)

    def private(self, event: Event) -> bool:
        """Whether it is for supervisors alone (:func:`is_private`), or tells of the leg of one who listens unseen."""
        return is_private(event) or not self._listeners.get(getattr(event, "leg", ""), True)

    def of(self, entry: Entry) -> frozenset[str]:
        """The people whom an entry concerns, among those whom the house knows."""
        event = entry.event
        if isinstance(event, ContactScored):  # a judgement is for whom it is about, not for others who had the contact
            return frozenset({event.agent}) if self._person(event.agent) is not None else frozenset()
        people = {name for field in NAMES[type(event)] if (name := getattr(event, field))}
        stretches = self._owners.get(getattr(event, "contact", ""), ())
        people.update(stretch.agent for stretch in stretches if stretch.covers(entry.number))
        return frozenset(user for user in people if self._person(user) is not None)

    def teams(self, people: frozenset[str]) -> frozenset[str]:
        return frozenset(person.team for user in people if (person := self._person(user)) is not None)

    def _gain(self, contact: str, agent: str, number: int) -> None:
        stretches = self._owners.setdefault(contact, [])
        if any(stretch.agent == agent and stretch.last is None for stretch in stretches):
            return
        stretches.append(Stretch(agent, number))
        if len(self._owners) > KEPT:
            self._owners.popitem(last=False)

    def _lose(self, contact: str, agent: str, number: int) -> None:
        for stretch in self._owners.get(contact, ()):
            if stretch.agent == agent and stretch.last is None:
                stretch.last = number


def gained_by(kind: str, event: Event) -> tuple[str, ...]:
    """Who has the contact from this event on (names of outside numbers among them do no harm)."""
    if kind == "reservation.created":
        return (event.agent,)
    if kind == "call.established":
        return (event.party,)
    if kind == "contact.offered" and event.direction != "inbound":
        return (event.caller, event.called)
    return ()


def is_private(event: Event) -> bool:
    """Whether it is for supervisors alone: who listened to what, what callers say of agents, unless the survey lets agents
    know; and that a supervisor listens, unless it is announced."""
    hidden = isinstance(event, RecordingPlayed) or not getattr(event, "tell_agent", True)
    return hidden or getattr(event, "command", "") in UNSEEN


def _names(kind: type[Event]) -> tuple[str, ...]:
    texts = {field.name for field in msgspec.structs.fields(kind) if field.type is str}
    found = tuple(name for name in ("agent", "party", "owner", "by") if name in texts)
    return (*found, "caller", "called") if kind.__struct_config__.tag == "contact.offered" else found


NAMES: dict[type[Event], tuple[str, ...]] = {kind: _names(kind) for kind in KINDS.values()}
"""The fields of an event that may name one of our people."""


class View(NamedTuple):
    """What one kind of client may see and wants to see. Clients with equal views get the same bytes."""

    user: str
    role: str
    team: str
    topics: frozenset[str]

    def wants(self, kind: str, people: frozenset[str], teams: frozenset[str], private: bool = False) -> bool:
        """``people`` and ``teams``: whom the event concerns; nobody = a caller on whom no agent has a claim yet.
        ``private``: agents are not told."""
        if private and self.role != "supervisor":
            return False
        if kind in FOR_EVERYBODY:
            return True
        if self.user in people and self._asked(kind, "mine"):
            return True
        if self.role == "supervisor":
            return (not self.team or not people or self.team in teams) and self._asked(kind)
        if kind in FIGURES and ("queues" in self.topics or ALL in self.topics):
            return True
        return self.user in people and self._asked(kind)

    def _asked(self, kind: str, *more: str) -> bool:
        topics = self.topics
        return ALL in topics or any(topic in topics for topic in more) or bool(topics & TOPICS[kind])


TOPICS: dict[str, frozenset[str]] = {kind: topics_of(kind) for kind in KINDS}


def view_of(person: Person, topics: tuple[str, ...]) -> View:
    """The view of a person. One who asks for nothing of their own shares it with everybody of the same rights."""
    wanted = frozenset(topics)
    private = person.role != "supervisor" or ("mine" in wanted and ALL not in wanted)
    return View(person.user if private else "", person.role, person.team, wanted)
