"""The laws of the journal: what is true of every day of every centre, however lossy the network and whoever was killed.

Each law is one function over a list of entries that raises :class:`AssertionError`; the message names the contact (or
agent, or queue) and shows the entries that break the law. :func:`check_laws` asks all of them. ``finished`` says that
the day is over: everybody has hung up, so nothing may be open any more. A contact that ended with ``system_shutdown``
was cut off by a crash: its reservations, legs and queue need no end of their own.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence

import switch.events as told
from cti.records import fold
from switch.journal import Entry

DECIDED = (told.ReservationAccepted, told.ReservationRejected, told.ReservationTimedOut, told.ReservationCanceled,
           told.ReservationRescinded)
ENDS = ("completed", "canceled", "failed")
AT_THE_DOOR = ("full", "closed", "no_agents", "overflow", "error")
"""Why a queue may be left by somebody who never stood in it."""


def check_laws(entries: Sequence[Entry], finished: bool) -> None:
    """Every law, over a journal from its beginning. Raises :class:`AssertionError`."""
    numbers_have_no_gaps(entries)
    moments_never_fall(entries)
    contacts_end_once(entries, finished)
    queues_balance(entries, finished)
    reservations_have_one_outcome(entries, finished)
    agents_have_one_contact(entries)
    segments_tile(entries, finished)
    changes_have_one_outcome(entries, finished)


def numbers_have_no_gaps(entries: Sequence[Entry]) -> None:
    for before, after in itertools.pairwise(entries):
        assert after.number == before.number + 1, _broken("the journal's numbers have a gap", (before, after))


def moments_never_fall(entries: Sequence[Entry]) -> None:
    for before, after in itertools.pairwise(entries):
        assert after.at >= before.at, _broken("the journal's moments fall", (before, after))


def contacts_end_once(entries: Sequence[Entry], finished: bool) -> None:
    """Offered once, ended once, and nothing before the offer. Segments and talks stop with the end."""
    for contact, life in _by_contact(entries).items():
        offers = [entry for entry in life if type(entry.event) is told.ContactOffered]
        ends = [entry for entry in life if type(entry.event) is told.ContactEnded]
        assert len(offers) == 1, _broken(f"contact {contact} was offered {len(offers)} times", life)
        assert life[0] is offers[0], _broken(f"contact {contact} lived before it was offered", life)
        assert len(ends) <= 1, _broken(f"contact {contact} ended {len(ends)} times", life)
        assert ends or not finished, _broken(f"contact {contact} never ended", life)
        for entry in life[life.index(ends[0]) + 1:] if ends else ():
            alive = type(entry.event) in (told.Established, told.ContactQueued, told.ReservationCreated) or (
                type(entry.event) is told.SegmentBegan and entry.event.kind != "wrap_up")
            assert not alive, _broken(f"contact {contact} lived on after its end", life)


def queues_balance(entries: Sequence[Entry], finished: bool) -> None:
    """Every joining has one leaving: offered = answered + abandoned + turned away + still here, in each queue."""
    lives, cut_off = _by_contact(entries), _cut_off(entries)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    inside: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        event = entry.event
        if type(event) is told.ContactQueued:
            place = (event.contact, event.queue)
            assert place not in inside, _broken(f"contact {event.contact} joined {event.queue} twice", lives[place[0]])
            inside[place] = entry
            counts[event.queue]["offered"] += 1
        elif type(event) is told.ContactDequeued:
            joined = inside.pop((event.contact, event.queue), None)
            assert joined is not None or event.why in AT_THE_DOOR, _broken(
                f"contact {event.contact} left {event.queue} without being in it", lives[event.contact])
            counts[event.queue]["offered"] += joined is None
            counts[event.queue][event.why if event.why in ("answered", "abandoned") else "turned away"] += 1
    for contact, queue in inside:
        lost = contact in cut_off
        assert lost or not finished, _broken(f"contact {contact} never left {queue}", lives[contact])
        counts[queue]["turned away" if lost else "still here"] += 1
    for queue, count in counts.items():
        parts = sum(count[part] for part in ("answered", "abandoned", "turned away", "still here"))
        assert count["offered"] == parts, f"queue {queue} does not balance: {dict(count)}"


def reservations_have_one_outcome(entries: Sequence[Entry], finished: bool) -> None:
    """Created once, then decided once; completed once, if accepted and never else."""
    lives: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry.event, told.ReservationEvent):
            lives[entry.event.reservation].append(entry)
    cut_off = _cut_off(entries)
    for reservation, life in lives.items():
        kinds = [type(entry.event) for entry in life]
        name = f"reservation {reservation} of contact {life[0].event.contact}"
        decided = [kind for kind in kinds if kind in DECIDED]
        assert kinds.count(told.ReservationCreated) == 1 and kinds[0] is told.ReservationCreated, _broken(
            f"{name} was not created once, first", life)
        assert len(decided) <= 1, _broken(f"{name} has several outcomes", life)
        completed, accepted = kinds.count(told.ReservationCompleted), told.ReservationAccepted in decided
        assert completed <= accepted, _broken(f"{name} was completed more often than accepted", life)
        if finished and life[0].event.contact not in cut_off:
            assert decided, _broken(f"{name} has no outcome", life)
            assert completed == accepted, _broken(f"{name} was accepted and never completed", life)


def changes_have_one_outcome(entries: Sequence[Entry], finished: bool) -> None:
    """A consultation and a transfer are initiated once, first, and end once, last; one of each in a contact at a time."""
    lives: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if type(entry.event) in (told.ConsultationChanged, told.TransferChanged):
            lives[getattr(entry.event, "consultation", "") or entry.event.transfer].append(entry)
    under_way: dict[tuple[type, str], str] = {}
    for name, life in lives.items():
        states = [entry.event.state for entry in life]
        assert states[0] == "initiated" and states.count("initiated") == 1, _broken(f"{name} was not initiated once", life)
        over = [state in ENDS for state in states]
        assert not any(over[:-1]), _broken(f"{name} lived on after its end", life)
        assert over[-1] or not finished, _broken(f"{name} has no outcome", life)
    for entry in entries:
        if type(entry.event) in (told.ConsultationChanged, told.TransferChanged):
            place = (type(entry.event), entry.event.contact)
            name = getattr(entry.event, "consultation", "") or entry.event.transfer
            assert under_way.setdefault(place, name) == name, _broken(f"{place[1]} has two at once", [entry])
            if entry.event.state in ENDS:
                del under_way[place]


def agents_have_one_contact(entries: Sequence[Entry]) -> None:
    """No agent talks in two contacts, or is offered one while talking in another or while another is offered."""
    agents = {entry.event.agent for entry in entries if type(entry.event) is told.AgentStateChanged}
    talking: dict[str, dict[str, Entry]] = defaultdict(dict)
    offered: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in entries:
        event = entry.event
        if type(event) is told.Established and event.party in agents:
            talking[event.party][event.contact] = entry
            _alone(event.party, talking[event.party], entry)
        elif type(event) is told.ReservationCreated:
            _alone(event.agent, talking[event.agent] | offered[event.agent] | {event.contact: entry}, entry)
            offered[event.agent][event.contact] = entry
        elif isinstance(event, DECIDED):
            offered[event.agent].pop(event.contact, None)
        elif type(event) is told.LegEnded:
            talking[event.party].pop(event.contact, None)
        elif type(event) is told.ContactEnded:
            for held in (*talking.values(), *(offered.values() if event.cause == "system_shutdown" else ())):
                held.pop(event.contact, None)


def _alone(agent: str, contacts: dict[str, Entry], entry: Entry) -> None:
    assert len(contacts) <= 1, _broken(f"agent {agent} is in two contacts: {', '.join(contacts)}",
                                       [*contacts.values(), entry])


def segments_tile(entries: Sequence[Entry], finished: bool) -> None:
    """From the offer to the end, each moment of an answered contact belongs to one segment."""
    lives = _by_contact(entries)
    for contact, record in fold(entries).items():
        segments, life = record.segments, lives[contact]
        tiled = [segment for segment in segments if segment.kind != "wrap_up"]
        assert tiled or not (record.answered and record.ended), _broken(f"contact {contact} has no segments", life)
        if not tiled:
            continue
        assert tiled[0].began == record.started, _broken(f"contact {contact} has a gap at its beginning", life)
        for one, other in itertools.pairwise(segments):
            assert one.ended == other.began, _broken(f"contact {contact}: {one} and {other} do not meet", life)
        assert tiled[-1].ended == record.ended, _broken(f"contact {contact}: {tiled[-1]} does not meet the end", life)
        assert record.complete or not finished, _broken(f"contact {contact}: an agent never finished it", life)


def _by_contact(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    lives: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry.event, told.ContactEvent):
            lives[entry.event.contact].append(entry)
    return lives


def _cut_off(entries: Iterable[Entry]) -> set[str]:
    return {entry.event.contact for entry in entries
            if type(entry.event) is told.ContactEnded and entry.event.cause == "system_shutdown"}


def _broken(what: str, entries: Iterable[Entry]) -> str:
    return "\n  ".join((what, *(f"{entry.number} {entry.at:.3f} {entry.event}" for entry in entries)))
