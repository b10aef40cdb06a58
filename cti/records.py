"""The record of a contact: what is left of it when everybody has hung up.

A record is a *fold*: it is computed from the journal's entries and from nothing else, so it can be thrown away and
computed again, and can never disagree with what the screens saw. A :class:`~cti.contact.ContactFold` is one contact,
:class:`RecordFold` all that are open now, fed entry by entry.

Two things take thought. A contact ends before its work does: the agent still wraps up, so a record is *complete* only
when every agent who had the contact has moved on to another state. And some facts come later still (the recording is
measured in peace): :func:`amend` takes the finished record up again and adds them.
"""

from collections.abc import Iterable

import msgspec

import switch.events as told
from cti.contact import WITH_CONTACT, ContactFold
from cti.record import ContactRecord
from switch.events import KINDS, Event
from switch.journal import Entry

_LATE = frozenset({
    told.RecordingSaved, told.RecordingDeleted, told.SpeechMeasured, told.MediaQuality, told.VoicemailLeft,
    told.ContactNoted, told.ContactScored, told.FollowupSent, told.FollowupFailed})
_OF_CONTACTS = frozenset({kind for kind in KINDS.values() if issubclass(kind, told.ContactEvent)})


class RecordFold:
    """All open contacts. Holds nothing of a contact whose record is complete."""

    def __init__(self) -> None:
        self._open: dict[str, ContactFold] = {}
        self._with: dict[str, str] = {}
        """Which contact each agent has."""

    def __contains__(self, contact: str) -> bool:
        return contact in self._open

    def forget(self, contact: str) -> None:
        self._open.pop(contact, None)

    def feed(self, entry: Entry) -> list[ContactRecord]:
        """Take one entry; return the records to be written anew: just begun, just ended, or (``complete``) done."""
        event, kind = entry.event, type(entry.event)
        if kind is told.ContactOffered:
            self._open[event.contact] = ContactFold(ContactRecord(contact=event.contact))
        if kind is told.AgentStateChanged:
            return self._agent_state(event, entry)
        fold = self._open.get(event.contact) if kind in _OF_CONTACTS else None
        if fold is None:
            return []
        fold.add(entry)
        if kind is told.SegmentBegan and event.kind == "wrap_up":
            self._with.setdefault(event.owner, event.contact)
        if kind is told.ContactEnded or kind is told.ContactOffered or fold.complete:
            return [self._written(event.contact, fold)]
        return []

    def _agent_state(self, event: told.AgentStateChanged, entry: Entry) -> list[ContactRecord]:
        before = self._with.pop(event.agent, "")
        staying = event.contact or (before if event.state == "after_call_work" else "")
        if staying and event.state in WITH_CONTACT:
            self._with[event.agent] = staying
        done = []
        for contact in dict.fromkeys((before, staying)):
            fold = self._open.get(contact)
            if fold is not None:
                fold.add(entry)
                if fold.complete:
                    done.append(self._written(contact, fold))
        return done

    def _written(self, contact: str, fold: ContactFold) -> ContactRecord:
        if fold.complete:
            del self._open[contact]
        return fold.record()


def is_late(event: Event) -> bool:
    """Whether this event may come when its contact's record is complete already: then :func:`amend` takes it."""
    return type(event) in _LATE


def amend(record: ContactRecord, entry: Entry) -> ContactRecord:
    """The complete record with one late entry added."""
    fold = ContactFold(msgspec.structs.replace(record))
    fold.add(entry)
    return fold.record()


def fold(entries: Iterable[Entry]) -> dict[str, ContactRecord]:
    """The record of every contact in these entries, by contact."""
    open_now, records = RecordFold(), {}
    for entry in entries:
        records.update((record.contact, record) for record in open_now.feed(entry))
        contact = getattr(entry.event, "contact", "")
        if is_late(entry.event) and contact in records and contact not in open_now:
            records[contact] = amend(records[contact], entry)
    records.update((contact, each.record()) for contact, each in open_now._open.items())
    return records
