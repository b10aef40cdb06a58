"""A consultation: private, with music for who waits, an outcome that all learn, and a caller who is never lost."""

import pytest

import media.orders as m
import switch.events as told
import switch.sip.effects as sip
from cti.records import fold
from switch.orders import (
    AlternateCall,
    CancelConsult,
    ClearCall,
    CompleteCall,
    ConsultCall,
    HoldCall,
    LogOut,
    OrderRefused,
    RejectCall,
    RetrieveCall,
    SetState,
    TransferCall,
)
from tests.laws import check_laws
from tests.switch.contact.stage import Stage, arrange


def states(stage):
    return [(event.state, event.party, event.why) for event in stage.events(told.ConsultationChanged)]


def segments(stage):
    return [(event.kind, event.owner) for event in stage.events(told.SegmentBegan)]


def music(stage, phone):
    return stage.hears(phone).background.rpartition("/")[2].removesuffix(".wav")


@pytest.fixture
def consulting(stage):
    """A caller who waits, 1001 who consults, 1002 who is consulted."""
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    stage.obey(ConsultCall(to="agent:1002", note="is this right?"), "1001")
    stage.run_for(0.1)
    second.answer()
    stage.run_for(5)
    return caller, first, second


def test_the_two_speak_and_the_caller_hears_music(stage):
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    stage.obey(ConsultCall(to="agent:1002", note="is this right?"), "1001")
    stage.run_for(0.1)
    pop = stage.events(told.ReservationCreated)[-1].pop
    assert (pop.note, pop.note_by) == ("is this right?", "1001")
    assert music(stage, caller) == "music" and music(stage, first) == "ringback"
    second.ring()
    second.answer()
    assert stage.hears(first).partner and stage.hears(second).partner
    assert music(stage, caller) == "music" and not stage.hears(caller).voices
    assert stage.state("1001").state == stage.state("1002").state == "busy"
    assert states(stage) == [("initiated", "", ""), ("ringing", "1002", ""), ("established", "1002", "")]
    assert stage.event(told.Held).party == "1001" and segments(stage)[-1] == ("hold", "1001")
    shown = stage.exchange.snapshot(stage.now)["contacts"][0]["consultation"]
    assert (shown["by"], shown["party"], shown["state"]) == ("1001", "1002", "established")
    caller.hang_up()
    second.hang_up()
    stage.over()


def test_an_attended_transfer(stage, consulting):
    caller, first, second = consulting
    stage.obey(CompleteCall(), "1001")
    stage.run_for(0.1)
    assert first.last(sip.Ended) and stage.hears(caller).partner and stage.hears(second).partner
    assert states(stage)[-1] == ("completed", "1002", "transferred")
    assert [event.state for event in stage.events(told.TransferChanged)] == ["initiated", "completed"]
    assert (stage.event(told.Transferred).by, stage.event(told.Transferred).to) == ("1001", "agent:1002")
    stage.run_for(20)
    caller.hang_up()
    assert stage.state("1002").state == "after_call_work"
    stage.over()
    (record,) = fold(stage.journal).values()
    assert [(each.kind, each.owner) for each in record.segments if each.kind in ("talk", "hold")] == [
        ("talk", "1001"), ("hold", "1001"), ("talk", "1002")]
    assert record.agents == ("1001", "1002") and record.seconds["talk"] == pytest.approx(20.2, abs=0.4)
    assert {work.agent for work in record.wrap_ups} == {"1001", "1002"}


def test_a_consultation_is_not_in_the_recording(stage, consulting):
    caller, _, _ = consulting
    records = stage.orders(m.Record)
    assert [bool(record.right) for record in records] == [True, False], "who waits hears no person"
    stage.obey(CancelConsult(), "1001")
    stage.run_for(1)
    assert stage.orders(m.Record)[-1].right == records[0].right
    legs = {leg.id for leg in stage.contact.legs.values() if leg.party == "1002"}
    assert not legs & {record.right for record in stage.orders(m.Record)}
    caller.hang_up()
    stage.over()
    assert stage.event(told.RecordingStarted).recording == stage.event(told.RecordingSaved).recording


def test_swap_between_the_two(stage, consulting):
    caller, first, second = consulting
    stage.obey(AlternateCall(), "1001")
    assert stage.hears(caller).partner and music(stage, second) == "music"
    assert segments(stage)[-1] == ("talk", "1001") and states(stage)[-1][0] == "held"
    stage.obey(AlternateCall(), "1001")
    assert stage.hears(first).partner == stage.hears(first).partner and music(stage, caller) == "music"
    assert segments(stage)[-1] == ("hold", "1001") and states(stage)[-1][0] == "established"
    stage.obey(AlternateCall(), "1001")
    stage.obey(CompleteCall(), "1001")
    assert stage.hears(caller).partner and stage.hears(second).partner
    second.hang_up()
    stage.over()


def test_back_to_the_caller(stage, consulting):
    caller, first, second = consulting
    stage.obey(CancelConsult(), "1001")
    stage.run_for(0.1)
    assert second.last(sip.Ended) and stage.hears(caller).partner and stage.hears(first).partner
    assert states(stage)[-1] == ("canceled", "1002", "") and stage.event(told.Retrieved).party == "1001"
    assert stage.state("1002").state == "not_ready", "who was only asked has no work after it"
    caller.hang_up()
    stage.over()


@pytest.mark.parametrize(("how", "why"), [("busy", "rejected"), ("silent", "timeout"), ("logs out", "logged_out"),
                                          ("turns down", "rejected"), ("unplugged", "unreachable")])
def test_nobody_answers(stage, how, why):
    """The caller is back with who asked, in the same step, and everybody is told why."""
    caller, first = stage.talk()
    second = stage.agent("1002")
    stage.obey(ConsultCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    if how == "busy":
        second.refuse(486)
    elif how == "silent":
        second.ring()
        stage.run_for(25)
    elif how == "logs out":
        stage.obey(LogOut(), "1002")
    elif how == "turns down":
        stage.obey(RejectCall(), "1002")
    else:
        stage.unplug(second.phone)
        stage.run_for(40)
    assert states(stage)[-1][0] == "failed"
    assert states(stage)[-1][2] in (why, "timeout" if how == "unplugged" else why)
    assert stage.hears(caller).partner and stage.hears(first).partner
    assert segments(stage)[-1] == ("talk", "1001")
    caller.hang_up()
    stage.over()


def test_a_queue_is_asked(stage):
    """Whoever is free there: in line like everybody, and counted as work of that queue."""
    caller, first = stage.talk()
    second = stage.agent("1004", ready=False)
    stage.obey(ConsultCall(to="queue:sales"), "1001")
    stage.run_for(1)
    assert states(stage)[-1][0] == "queued" and music(stage, first) == "music" and music(stage, caller) == "music"
    assert stage.events(told.ContactQueued)[-1].queue == "sales"
    stage.obey(SetState(state="ready"), "1004")
    stage.run_for(0.1)
    second.answer()
    assert stage.hears(first).partner and music(stage, caller) == "music"
    stage.obey(CompleteCall(), "1001")
    assert stage.hears(caller).partner and stage.contact.agent_leg.reserved_by == "sales"
    caller.hang_up()
    assert stage.state("1004").state == "after_call_work"
    stage.over()


def test_who_waits_in_a_queue_to_ask_can_give_it_up(stage):
    caller, _ = stage.talk()
    stage.agent("1004", ready=False)
    stage.obey(ConsultCall(to="queue:sales"), "1001")
    stage.run_for(3)
    stage.obey(CancelConsult(), "1001")
    assert stage.hears(caller).partner
    assert stage.events(told.ContactDequeued)[-1].why == "withdrawn"
    assert stage.exchange.house.desk.waiting("sales") == []
    caller.hang_up()
    stage.over()


# -- somebody is gone in the middle -------------------------------------------------------------------------------------


def test_the_caller_hangs_up_while_it_rings(stage):
    caller, first = stage.talk()
    second = stage.agent("1002")
    stage.obey(ConsultCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    caller.hang_up()
    assert first.last(sip.Ended) and second.last(sip.Ended).how == "cancel"
    assert states(stage)[-1] == ("canceled", "", "caller_left")
    assert stage.event(told.ContactEnded).ended_by == "customer"
    stage.over()


def test_the_caller_hangs_up_during_a_consultation(stage, consulting):
    """The two are told, and talk on as long as they like; that is no talk of the caller's, and not recorded."""
    caller, first, second = consulting
    caller.hang_up()
    assert stage.hears(first).partner and stage.hears(second).partner
    assert states(stage)[-1] == ("canceled", "1002", "caller_left") and segments(stage)[-1] == ("consult", "1001")
    assert stage.events(told.RecordingSaved)
    for order in (ConsultCall(to="agent:1003"), TransferCall(to="queue:sales")):
        with pytest.raises(OrderRefused):
            stage.obey(order, "1001")
    stage.run_for(10)
    second.hang_up()
    assert first.last(sip.Ended) and stage.event(told.ContactEnded).ended_by == "customer"
    stage.over()


def test_the_consulted_hangs_up(stage, consulting):
    caller, first, second = consulting
    second.hang_up()
    assert stage.hears(caller).partner and stage.hears(first).partner
    assert states(stage)[-1] == ("failed", "1002", "cleared")
    first.hang_up()
    stage.over()


def test_the_consulted_clicks_it_away(stage, consulting):
    caller, _, second = consulting
    stage.obey(ClearCall(), "1002")
    stage.run_for(0.1)
    assert second.last(sip.Ended) and stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_who_consults_hangs_up(stage, consulting):
    """As with a phone's own transfer: who leaves the two of them hands over."""
    caller, first, second = consulting
    first.hang_up()
    assert stage.hears(caller).partner and stage.hears(second).partner
    assert states(stage)[-1] == ("completed", "1002", "transferred")
    caller.hang_up()
    stage.over()


def test_who_consults_hangs_up_while_it_rings(stage):
    """The caller goes on to wait; when nobody answers, they are back with who had them."""
    caller, first = stage.talk()
    second = stage.agent("1002")
    stage.obey(ConsultCall(to="agent:1002", note="hot"), "1001")
    stage.run_for(0.1)
    second.ring()
    first.hang_up()
    assert music(stage, caller) == "music" and segments(stage)[-1] != ("hold", "1001")
    assert [event.state for event in stage.events(told.TransferChanged)] == ["initiated", "ringing"]
    stage.run_for(25)
    assert stage.events(told.TransferChanged)[-1].why == "timeout"
    assert stage.events(told.ReservationCreated)[-1].agent == "1001"
    first.answer()
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_complete_before_they_have_answered(stage):
    caller, first = stage.talk()
    second = stage.agent("1002")
    stage.obey(ConsultCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    stage.obey(CompleteCall(), "1001")
    stage.run_for(0.1)
    assert first.last(sip.Ended) and music(stage, caller) == "music"
    second.answer()
    assert stage.hears(caller).partner
    assert stage.events(told.TransferChanged)[-1].state == "completed"
    caller.hang_up()
    stage.over()


def test_complete_while_a_queue_is_asked(stage):
    caller, _ = stage.talk()
    second = stage.agent("1004", ready=False)
    stage.obey(ConsultCall(to="queue:sales"), "1001")
    stage.run_for(2)
    stage.obey(CompleteCall(), "1001")
    assert stage.contact.queue == "sales" and segments(stage)[-1] == ("queue", "sales")
    stage.obey(SetState(state="ready"), "1004")
    stage.run_for(0.1)
    second.answer()
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_after_a_crash(settings):
    """A consultation and a transfer that were cut off have an outcome."""
    before = Stage(arrange(settings))
    before.talk("7000", "1001", place=2)
    before.agent("1002", ready=False)
    before.obey(ConsultCall(to="agent:1002"), "1001")
    before.talk("7000", "1003", place=3)
    before.agent("1004", ready=False)
    before.obey(TransferCall(to="agent:1004"), "1003")
    lines = before.journal
    cut_off = [[entry for entry in lines if getattr(entry.event, "contact", "") == contact]
               for contact in before.exchange.house.contacts]
    after = Stage(arrange(settings), seed=2)
    after.exchange.journal.last, after.exchange.journal.at = lines[-1].number, lines[-1].at
    first = after.exchange.journal.last
    after._do(after.exchange.start("town", before.memory, cut_off, before.now))
    told_after = after.exchange.journal.since(first)
    check_laws(lines + told_after, finished=False)
    whys = [entry.event.why for entry in told_after
            if type(entry.event) in (told.ConsultationChanged, told.TransferChanged)]
    assert whys == ["system_shutdown", "system_shutdown"]


# -- what cannot be -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("to", "code"), [("queue:nowhere", "unknown_destination"), ("agent:1001", "same_agent"),
                                          ("agent:1003", "unreachable"), ("7001", "not_a_person"), ("5000", "not_a_person")])
def test_a_consultation_that_cannot_be_changes_nothing(stage, to, code):
    caller, _ = stage.talk()
    before = stage.facts()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(ConsultCall(to=to), "1001")
    assert refused.value.code == code and stage.facts() == before and stage.hears(caller).partner


@pytest.mark.parametrize("order", [AlternateCall(), CompleteCall(), CancelConsult()], ids=lambda order: type(order).__name__)
def test_there_is_nothing_to_swap_without_a_consultation(stage, order):
    stage.talk()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(order, "1001")
    assert refused.value.code == "not_consulting"


def test_orders_that_make_no_sense_while_consulting(stage, consulting):
    for order in (HoldCall(), RetrieveCall(), ConsultCall(to="queue:sales"), TransferCall(to="queue:sales")):
        with pytest.raises(OrderRefused) as refused:
            stage.obey(order, "1001")
        assert refused.value.code == "consulting"
    with pytest.raises(OrderRefused):
        stage.obey(CompleteCall(), "1002")


def test_a_queue_at_whose_door_nobody_is(build):
    stage = build(sales={"join_when_empty": False})
    caller, _ = stage.talk()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(ConsultCall(to="queue:sales"), "1001")
    assert refused.value.code == "no_agents" and stage.hears(caller).partner
