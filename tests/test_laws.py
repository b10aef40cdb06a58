"""The laws hold for plausible days, and each of them notices when it is broken."""

import msgspec
import pytest

import switch.events as told
from switch.journal import Entry
from tests.laws import check_laws
from tests.switch.lives import day


def numbered(entries):
    return [Entry(number, entry.at, entry.event) for number, entry in enumerate(entries, 1)]


def without(entries, kind, which=0):
    found = [entry for entry in entries if type(entry.event) is kind][which]
    return numbered([entry for entry in entries if entry is not found])


def doubled(entries, kind):
    found = next(entry for entry in entries if type(entry.event) is kind)
    at = entries.index(found)
    return numbered([*entries[:at], found, *entries[at:]])


@pytest.mark.parametrize("seed", range(8))
def test_a_day_keeps_the_laws_at_every_moment(seed):
    entries = day(seed)
    check_laws(entries, finished=True)
    for length in range(0, len(entries), 37):
        check_laws(entries[:length], finished=False)


@pytest.mark.parametrize("kind", [
    told.ContactOffered, told.ContactEnded, told.ContactDequeued, told.ReservationCreated, told.ReservationAccepted,
    told.ReservationCompleted,
])
def test_what_is_missing_is_noticed(kind):
    with pytest.raises(AssertionError, match=r"contact c\d+"):
        check_laws(without(day(1), kind), finished=True)


@pytest.mark.parametrize("kind", [
    told.ContactOffered, told.ContactEnded, told.ContactDequeued, told.ContactQueued, told.ReservationCreated,
    told.ReservationAccepted, told.ReservationCompleted,
])
def test_what_is_said_twice_is_noticed(kind):
    with pytest.raises(AssertionError, match=r"contact c\d+|agent 10"):
        check_laws(doubled(day(1), kind), finished=True)


def test_gaps_and_falling_moments_are_noticed():
    entries = day(1)
    with pytest.raises(AssertionError, match="gap"):
        check_laws(entries[:5] + entries[6:], finished=False)
    back = msgspec.structs.replace(entries[5], at=entries[5].at - 1e6)
    with pytest.raises(AssertionError, match="fall"):
        check_laws([*entries[:5], back, *entries[6:]], finished=False)


def test_an_agent_in_two_contacts_is_noticed():
    entries = []
    for contact in ("a", "b"):
        entries += [told.ContactOffered(contact=contact, caller="1", called="2"),
                    told.SegmentBegan(contact=contact, kind="talk", owner="1001"),
                    told.AgentStateChanged(agent="1001", state="busy", contact=contact),
                    told.Established(contact=contact, leg=contact, party="1001")]
    with pytest.raises(AssertionError, match="agent 1001 is in two contacts: a, b"):
        check_laws([Entry(number, 1.0, event) for number, event in enumerate(entries, 1)], finished=False)


def test_a_segment_that_begins_late_is_noticed():
    events = [told.ContactOffered(contact="a", caller="1", called="2"),
              told.SegmentBegan(contact="a", kind="ivr", owner="main")]
    with pytest.raises(AssertionError, match="gap at its beginning"):
        check_laws([Entry(1, 1.0, events[0]), Entry(2, 2.0, events[1])], finished=False)


def test_a_crash_needs_no_ends_but_the_contacts_own():
    entries = day(3)
    first = next(entry.number for entry in entries if type(entry.event) is told.ReservationAccepted)
    entries = entries[:first]
    open_now = {entry.event.contact for entry in entries if type(entry.event) is told.ContactOffered}
    open_now -= {entry.event.contact for entry in entries if type(entry.event) is told.ContactEnded}
    for contact in sorted(open_now):
        end = told.ContactEnded(contact=contact, ended_by="system", cause="system_shutdown")
        entries.append(Entry(entries[-1].number + 1, entries[-1].at + 60, end))
    check_laws(entries, finished=True)
