"""After a crash: phones, seats and bans are taken up again, and every contact that was cut off is closed in the journal.

What was open is read from the contact's own entries, so that the laws of the journal hold across a ``kill -9``: what was
joined is left, what was reserved has an outcome, what was recorded is saved, what was offered ends once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from switch import events as e
from switch.contact import following
from switch.effects import Measure
from switch.house import House
from switch.journal import Entry
from switch.sip.effects import WEB, Address, Binding

CAUSE = "system_shutdown"
ENDS = ("completed", "canceled", "failed")
"""How consultations and transfers end."""


def recover(house: House, memory: Mapping[str, dict[str, Any]], open_contacts: list[list[Entry]],
            away: float = 0.0) -> None:
    """Take up what was remembered; ``open_contacts`` are the journal's entries of each contact that had not ended. ``away``:
    seconds since the last thing that was written down, for which after-call work has stood still."""
    for entries in open_contacts:
        _close(house, entries)
    for key, value in memory.items():
        kind, _, name = key.partition("/")
        if kind == "phone" and name in house.settings.users:
            _phone(house, name, value)
        elif kind == "box":
            house.boxes.restore(name, value)
        elif kind == "contact":
            house.remember(key, None)
        elif kind == "hours":
            house.doors.restore(name, value)
        elif kind == "queue" and name in house.settings.queues:
            house.shut.restore(name, value)
        elif kind == "queue":
            house.remember(key, None)
        elif kind == "followed" and value["until"] > house.now:
            house.followed.restore(name, value["until"])
        elif kind == "followed":
            house.remember(key, None)
        elif kind == "ended" and name in house.settings.users and following.asks(house):
            following.restore(house, name, value)
        elif kind == "ended":
            house.remember(key, None)
        elif kind == "toll":
            house.ledger.restore(name, value, house.now)
        elif kind == "ban":
            house.endpoint.ban(name, value)
    for key, value in memory.items():
        kind, _, name = key.partition("/")
        if kind == "agent" and name in house.desk.rules:
            house.settle(house.desk.restore(name, value["state"], value["reason"], value["since"], house.now,
                                            value.get("work", ""), value.get("until", 0.0) + away))


def _phone(house: House, user: str, value: dict[str, Any]) -> None:
    bindings = [Binding(**(fields | {"source": Address(*fields["source"])})) for fields in value["bindings"]]
    alive = [binding for binding in bindings if binding.expires_at > house.now and binding.source.transport not in WEB]
    house.endpoint.registrar.restore(alive)
    for binding in alive:
        house.endpoint.guard.prove(binding.source, binding.expires_at)
    if user in house.desk.rules:
        house.settle(house.desk.phone(user, bool(alive), house.now))
    if not alive:
        house.remember(f"phone/{user}", None)
        house.tell(e.PhoneUnregistered(agent=user, why="expired"))


@dataclass
class Unfinished:
    """What a contact's entries have begun and not ended."""

    queue: str = ""
    joined_at: float = 0.0
    rings: dict[str, e.ReservationEvent] = field(default_factory=dict)
    caller: str = ""
    legs: dict[str, str] = field(default_factory=dict)
    """Whose each leg was that was up."""
    tape: e.RecordingStarted | None = None
    survey: e.SurveyStarted | None = None
    answers: dict[str, int] = field(default_factory=dict)
    consultation: e.ConsultationChanged | None = None
    transfer: e.TransferChanged | None = None

    def take(self, entry: Entry) -> None:
        """The next entry of the contact."""
        match entry.event:
            case e.ContactQueued(queue=queue):
                self.queue, self.joined_at = queue, entry.at
            case e.ContactDequeued():
                self.queue = ""
            case e.ReservationCreated() | e.ReservationAccepted() as ring:
                self.rings[ring.reservation] = ring
            case e.ReservationEvent(reservation=reservation):
                self.rings.pop(reservation, None)
            case e.ContactOffered(caller=caller):
                self.caller = caller
            case e.ContactAnswered(leg=leg) if leg:
                self.legs[leg] = self.caller
            case e.Established(leg=leg, party=party):
                self.legs[leg] = party
            case e.ConsultationChanged(state=state) as told:
                self.consultation = told if state not in ENDS else None
            case e.TransferChanged(state=state) as told:
                self.transfer = told if state not in ENDS else None
            case e.LegEnded(leg=leg):
                self.legs.pop(leg, None)
            case e.RecordingStarted() as tape:
                self.tape = tape
            case e.RecordingSaved():
                self.tape = None
            case e.SurveyStarted() as survey:
                self.survey = survey
            case e.SurveyAnswered(question=question, score=score):
                self.answers[question] = score
            case e.SurveyEnded():
                self.survey = None


def _close(house: House, entries: list[Entry]) -> None:
    """Write the ends that the crash left out."""
    contact, left = entries[0].event.contact, Unfinished()
    for entry in entries:
        left.take(entry)
    if left.queue:
        house.tell(e.ContactDequeued(contact=contact, queue=left.queue, why="error", waited=house.now - left.joined_at))
    for ring in left.rings.values():
        _close_ring(house, ring)
    for change in (left.consultation, left.transfer):
        if change is not None:
            house.tell(msgspec.structs.replace(change, state="failed", why=CAUSE))
    if left.survey is not None:
        _close_survey(house, left.survey, left.answers)
    for leg, party in left.legs.items():
        house.tell(e.LegEnded(contact=contact, leg=leg, party=party, ended_by="system", cause=CAUSE))
    house.tell(e.ContactEnded(contact=contact, ended_by="system", cause=CAUSE, csta_cause="resources_not_available"))
    if left.tape is not None:
        house.unsaved.add(left.tape.recording)
        house.ask(Measure(contact, left.tape.recording, left.tape.path, {}))


def _close_survey(house: House, survey: e.SurveyStarted, answers: dict[str, int]) -> None:
    score = sum(answers.values()) / len(answers) if answers else None
    house.tell(e.SurveyEnded(contact=survey.contact, survey=survey.survey, version=survey.version, agent=survey.agent,
                             queue=survey.queue, tell_agent=survey.tell_agent, outcome="cut_off", answers=answers,
                             score=score))


def _close_ring(house: House, ring: e.ReservationEvent) -> None:
    common = {"contact": ring.contact, "reservation": ring.reservation, "agent": ring.agent, "queue": ring.queue}
    if isinstance(ring, e.ReservationAccepted):
        house.tell(e.ReservationCompleted(**common))
    else:
        house.tell(e.ReservationRescinded(**common, why=CAUSE))
