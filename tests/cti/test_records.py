"""Records are folds: the same from the whole journal, entry by entry, and taken up again half-way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import switch.events as told
from cti.record import OUTCOMES
from cti.records import RecordFold, amend, fold, is_late
from switch.journal import Entry
from tests.switch.lives import day


def streamed(entries):
    """What somebody who writes down what ``feed`` gives, and amends it, has in the end."""
    feeding, written = RecordFold(), {}
    for entry in entries:
        written.update((record.contact, record) for record in feeding.feed(entry))
        contact = getattr(entry.event, "contact", "")
        if is_late(entry.event) and contact not in feeding:
            written[contact] = amend(written[contact], entry)
    return written


@pytest.mark.parametrize("seed", range(5))
def test_each_contact_has_one_complete_record(seed):
    entries = day(seed)
    records = fold(entries)
    offered = [entry.event.contact for entry in entries if type(entry.event) is told.ContactOffered]
    assert sorted(records) == sorted(offered)
    assert all(record.complete and record.outcome in OUTCOMES for record in records.values())
    assert records == streamed(entries)


@pytest.mark.parametrize("seed", range(5))
def test_segments_and_visits_say_what_the_seconds_say(seed):
    for record in fold(day(seed)).values():
        tiled = [segment for segment in record.segments if segment.kind != "wrap_up"]
        total = sum(seconds for kind, seconds in record.seconds.items() if kind != "wrap_up")
        assert total == pytest.approx(record.length)
        assert sum(segment.ended - segment.began for segment in tiled) == pytest.approx(record.length)
        waited = sum(visit.waited for visit in record.visits)
        assert waited == pytest.approx(record.seconds.get("queue", 0.0) + record.seconds.get("ring", 0.0))
        assert {visit.agent for visit in record.visits if visit.why == "answered"} == set(record.agents)


@settings(max_examples=40, deadline=None)
@given(some.integers(0, 50), some.integers(0, 400))
def test_a_fold_taken_up_again_after_a_crash_gives_the_same(seed, cut):
    entries = day(seed, contacts=12)
    before, after = entries[:cut], entries[cut:]
    first, second, written = RecordFold(), RecordFold(), {}
    for entry in before:
        written.update((record.contact, record) for record in first.feed(entry))
        if is_late(entry.event) and entry.event.contact not in first:
            written[entry.event.contact] = amend(written[entry.event.contact], entry)
    unfinished = {contact for contact, record in written.items() if not record.complete}
    for entry in before:
        if getattr(entry.event, "contact", "") in unfinished or type(entry.event) is told.AgentStateChanged:
            second.feed(entry)
    for entry in after:
        written.update((record.contact, record) for record in second.feed(entry))
        if is_late(entry.event) and entry.event.contact not in second:
            written[entry.event.contact] = amend(written[entry.event.contact], entry)
    assert written == fold(entries)


def test_the_fold_holds_nothing_of_what_is_over():
    feeding = RecordFold()
    for entry in day(2):
        feeding.feed(entry)
    assert not any(f"c{index:04}" in feeding for index in range(40))


def life(*events, seconds=10.0):
    return [Entry(number, number * seconds, event) for number, event in enumerate(events, 1)]


def test_a_transfer_gives_each_agent_their_own():
    record = fold(life(
        told.ContactOffered(contact="a", caller="07", called="5000"),
        told.SegmentBegan(contact="a", kind="talk", owner="1001"),
        told.AgentStateChanged(agent="1001", state="busy", contact="a"),
        told.Transferred(contact="a", by="1001", to="agent:1002", note="angry"),
        told.AgentStateChanged(agent="1001", state="after_call_work", contact="a", previous="busy"),
        told.SegmentBegan(contact="a", kind="ring", owner="1002"),
        told.SegmentBegan(contact="a", kind="talk", owner="1002"),
        told.AgentStateChanged(agent="1002", state="busy", contact="a"),
        told.AgentStateChanged(agent="1001", state="ready", previous="after_call_work"),
        told.ContactEnded(contact="a", ended_by="customer", cause="normal_call_clearing"),
        told.AgentStateChanged(agent="1002", state="after_call_work", contact="a"),
        told.AgentStateChanged(agent="1002", state="after_call_work", until=200.0),
        told.AgentStateChanged(agent="1002", state="ready"),
    ))["a"]
    assert record.complete
    assert record.agents == ("1001", "1002")
    assert record.transfers[0].note == "angry"
    assert record.seconds == {"talk": 70.0, "ring": 10.0, "wrap_up": 60.0}
    assert [(work.agent, work.ended - work.began) for work in record.wrap_ups] == [("1001", 40.0), ("1002", 20.0)]


def test_the_way_through_the_tree_is_kept():
    record = fold(life(
        told.ContactOffered(contact="a", caller="07", called="5000"),
        told.SegmentBegan(contact="a", kind="ivr", owner="main"),
        told.MenuEntered(contact="a", tree="main", version="1", menu="top", level=1),
        told.MenuMissed(contact="a", tree="main", menu="top", why="silence"),
        told.OptionChosen(contact="a", tree="main", menu="top", digit="2", leads_to="menu:bills"),
        told.MenuEntered(contact="a", tree="main", version="1", menu="bills", level=2),
        told.DigitsCollected(contact="a", name="account", value="xxxx"),
        told.TreeLeft(contact="a", tree="main", version="1", menu="bills", outcome="hung_up"),
        told.ContactEnded(contact="a", ended_by="customer", cause="normal_call_clearing"),
    ))["a"]
    assert record.way == (told.Step("top", "2", 20.0), told.Step("bills", "", 20.0))
    assert record.collected == {"account": "xxxx"}
    assert record.outcome == "left_in_ivr"


def test_a_crash_completes_the_record():
    record = fold(life(
        told.ContactOffered(contact="a", caller="07", called="5000"),
        told.SegmentBegan(contact="a", kind="queue", owner="support"),
        told.ContactQueued(contact="a", queue="support", position=1),
        told.AgentStateChanged(agent="1001", state="reserved", contact="a"),
        told.ContactEnded(contact="a", ended_by="system", cause="system_shutdown"),
    ))["a"]
    assert record.complete
    assert record.outcome == "turned_away"
    assert record.visits[0].waited == 20.0


def test_a_measurement_that_comes_late_is_added():
    entries = life(
        told.ContactOffered(contact="a", caller="07", called="5000"),
        told.ContactEnded(contact="a", ended_by="customer", cause="normal_call_clearing"),
        told.RecordingSaved(contact="a", recording="a", seconds=7.0),
    )
    assert fold(entries[:2])["a"].complete
    assert fold(entries)["a"].recorded == 7.0
