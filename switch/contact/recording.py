"""The recording of a contact: caller left, what they hear of people right, one file across transfers.

Its row is in the store before its first byte is in the file: the row is committed within 50 ms, and media makes the file
with the first half second of sound. So nobody has to wait, and no syllable is lost.
"""

from datetime import UTC, datetime

import media.orders
from media.speech import Measured
from switch.contact import mixing
from switch.contact.state import Contact, Leg, Tape
from switch.effects import Measure
from switch.events import (
    PartySpeech,
    RecordingPaused,
    RecordingResumed,
    RecordingSaved,
    RecordingStarted,
    SpeechMeasured,
)
from switch.house import House

DAY = 86_400.0


def start(house: House, contact: Contact) -> None:
    """Begin the recording, or put the new agent on it. Calls that no queue led to are not recorded."""
    rules = house.settings.queues.get(contact.served_queue)
    if contact.record is None:
        contact.record = rules is not None and house.rng.random() * 100 < rules.record
    if contact.record:
        _record(house, contact, rules.keep_days if rules is not None else 0)


def start_in_tree(house: House, contact: Contact) -> None:
    """Record from the tree on, where the tree says so."""
    if contact.tree.record and contact.tape is None:
        contact.record = True
        _record(house, contact, contact.tree.keep_days)


def _record(house: House, contact: Contact, keep_days: int) -> None:
    agent = contact.agent_leg
    if contact.gone is not None:
        return None
    if contact.tape is None:
        contact.tape = Tape(contact.id, _path(house, contact))
        house.tell(RecordingStarted(
            contact=contact.id, recording=contact.tape.id, path=contact.tape.path, queue=contact.served_queue,
            agent=agent.party if agent is not None else "", keep_until=house.now + keep_days * DAY if keep_days else 0.0))
    if agent is None:
        return _channels(house, contact, contact.caller_leg.id)
    return follow(house, contact, mixing.talking(contact))


def follow(house: House, contact: Contact, talking: list[Leg]) -> None:
    """Put those on the channels who are in the talk now (the reasons are in :mod:`switch.contact.mixing`)."""
    caller = contact.caller_leg
    if caller not in talking or len(talking) == 1:
        return _channels(house, contact, "")
    other = talking[1]
    return _channels(house, contact, other.id if len(talking) == 2 and not (caller.muted or other.muted) else caller.id)


def _channels(house: House, contact: Contact, right: str) -> None:
    """The caller left; ``right``: a leg, what the caller hears (the caller's own leg), or silence (empty)."""
    tape, channels = contact.tape, (contact.caller_leg.id, right)
    if tape is not None and not tape.finished and tape.channels != channels:
        tape.channels = channels
        house.order(media.orders.Record(tape.id, f"{house.recordings}/{tape.path}", *channels))


def _path(house: House, contact: Contact) -> str:
    return f"{datetime.fromtimestamp(house.now, UTC):%Y/%m/%d}/{contact.id}.wav"


def pause(house: House, contact: Contact, by: str) -> None:
    """Silence in the file while a card number is spoken."""
    if not contact.tape.paused:
        contact.tape.paused = True
        house.order(media.orders.Pause(contact.tape.id))
        house.tell(RecordingPaused(contact=contact.id, recording=contact.tape.id, by=by))


def resume(house: House, contact: Contact, by: str) -> None:
    """Go on recording."""
    if contact.tape.paused:
        contact.tape.paused = False
        house.order(media.orders.Resume(contact.tape.id))
        house.tell(RecordingResumed(contact=contact.id, recording=contact.tape.id, by=by))


def finish(house: House, contact: Contact) -> None:
    """The contact is over, or its caller has gone: close the file."""
    if contact.tape is not None and not contact.tape.saved and not contact.tape.finished:
        contact.tape.finished = True
        house.order(media.orders.Finish(contact.tape.id))


def saved(house: House, contact: Contact, told: media.orders.Recorded) -> None:
    """The file is closed."""
    contact.tape.saved = True
    house.tell(RecordingSaved(contact=contact.id, recording=contact.tape.id, seconds=told.seconds))
    house.ask(Measure(contact.id, contact.tape.id, contact.tape.path, dict(contact.holds)))


def cut_off(house: House, contact: Contact) -> None:
    """The media process died: what is in the file is all there will be; how long it is, the measuring tells."""
    if contact.tape is not None and not contact.tape.saved:
        house.unsaved.add(contact.tape.id)
        house.ask(Measure(contact.id, contact.tape.id, contact.tape.path, dict(contact.holds)))
    for tape in (contact.tape, contact.message):
        if tape is not None:
            tape.saved = True


def measured(house: House, asked: Measure, told: Measured) -> None:
    """What voice activity detection heard, by party. A recording that a crash cut off counts as saved now."""
    if asked.recording in house.unsaved:
        house.unsaved.remove(asked.recording)
        house.tell(RecordingSaved(contact=asked.contact, recording=asked.recording, seconds=told.seconds))
    caller, agent = (
        PartySpeech(talk=party.talk, silence=party.silence, longest_hold=asked.holds.get(who, 0.0))
        for who, party in zip(("caller", "agent"), told.parties, strict=True)
    )
    house.tell(SpeechMeasured(contact=asked.contact, recording=asked.recording, caller=caller, agent=agent,
                              overlap=told.overlap, silence=told.silence))
