"""The talk: hold, transfer, wrap-up; digits; the recording of all of it."""

import pytest

import media.orders as m
import switch.events as told
import switch.sip.effects as sip
from switch.orders import (
    ClearCall,
    EndWrapUp,
    ExtendWrapUp,
    HoldCall,
    OrderRefused,
    PauseRecording,
    ResumeRecording,
    RetrieveCall,
    SendDigits,
    SetState,
    TransferCall,
)
from tests.switch.contact.stage import sounds


def segments(stage):
    return [(event.kind, event.owner) for event in stage.events(told.SegmentBegan)]


def test_hold_and_retrieve_by_command(stage):
    caller, phone = stage.talk()
    assert stage.hears(caller).partner and stage.hears(phone).partner
    stage.obey(HoldCall(), "1001")
    assert stage.hears(caller).background.endswith("music.wav") and not stage.hears(phone).partner
    with pytest.raises(OrderRefused):
        stage.obey(HoldCall(), "1001")
    stage.run_for(5)
    stage.obey(RetrieveCall(), "1001")
    assert stage.hears(caller).partner and not stage.hears(caller).background
    caller.hang_up()
    assert segments(stage)[-4:] == [("talk", "1001"), ("hold", "1001"), ("talk", "1001"), ("wrap_up", "1001")]
    stage.over()


def test_hold_and_retrieve_by_the_phone(stage):
    """A re-INVITE of the agent's phone; the caller's phone is not bothered."""
    caller, phone = stage.talk()
    phone.reinvite("sendonly")
    assert phone.last(sip.Answered) and b"a=recvonly" in phone.last(sip.Answered).sdp
    assert stage.event(told.Held).party == "1001"
    assert stage.hears(caller).background.endswith("music.wav")
    phone.reinvite("sendrecv")
    assert stage.event(told.Retrieved) and stage.hears(caller).partner
    assert caller.last(sip.Reoffered) is None
    phone.hang_up()
    assert caller.last(sip.Ended).how == "bye"
    stage.over()


def test_who_is_put_on_hold_stays_so_while_the_other_holds_too(stage):
    caller, phone = stage.talk()
    caller.reinvite("sendonly")
    stage.obey(HoldCall(), "1001")
    caller.reinvite("sendrecv")
    assert not stage.hears(caller).partner
    stage.obey(RetrieveCall(), "1001")
    assert stage.hears(caller).partner
    phone.hang_up()
    stage.over()


def test_the_agent_hangs_up_then_wraps_up_then_is_ready(build):
    stage = build(support={"wrap_up": 10})
    caller, phone = stage.talk()
    phone.hang_up()
    assert caller.last(sip.Ended).how == "bye"
    assert stage.event(told.ContactEnded).ended_by == "agent"
    assert stage.state("1001").state == "after_call_work"
    stage.run_for(10)
    assert stage.state("1001").state == "ready"
    stage.over()


def test_the_wrap_up_is_extended_and_ended(build):
    stage = build(support={"wrap_up": 10})
    caller, _ = stage.talk()
    caller.hang_up()
    stage.obey(ExtendWrapUp(seconds=30), "1001")
    stage.run_for(35)
    assert stage.state("1001").state == "after_call_work"
    stage.obey(EndWrapUp(), "1001")
    assert stage.state("1001").state == "ready"
    with pytest.raises(OrderRefused):
        stage.obey(EndWrapUp(), "1001")
    stage.over()


def test_a_wish_spoken_in_a_talk_comes_true_after_it(stage):
    caller, _ = stage.talk()
    stage.obey(SetState(state="not_ready", reason="lunch"), "1001")
    assert stage.state("1001").state == "busy"
    caller.hang_up()
    stage.run_for(11)
    assert (stage.state("1001").state, stage.state("1001").reason) == ("not_ready", "lunch")


def test_a_click_clears_the_call(stage):
    caller, phone = stage.talk()
    stage.obey(ClearCall(), "1001")
    stage.run_for(0.1)
    assert caller.last(sip.Ended) and phone.last(sip.Ended)
    stage.over()


# -- transfer -----------------------------------------------------------------------------------------------------------


def test_transfer_to_a_queue_with_a_note(stage):
    """The first agent is free at once; the next one's pop says what the first wrote."""
    caller, first = stage.talk()
    second = stage.agent("1004")
    stage.obey(TransferCall(to="queue:sales", note="wants ten of them"), "1001")
    stage.run_for(0.1)
    assert first.last(sip.Ended) and stage.state("1001").state == "after_call_work"
    assert stage.hears(caller).background.endswith("music.wav")
    pop = stage.events(told.ReservationCreated)[-1].pop
    assert (pop.note, pop.note_by, pop.queue) == ("wants ten of them", "1001", "sales")
    second.answer()
    assert stage.hears(caller).partner and stage.events(told.Established)[-1].party == "1004"
    caller.hang_up()
    stage.over()


def test_transfer_to_an_agent(stage):
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    stage.obey(TransferCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    assert first.last(sip.Ended) and stage.state("1002").state == "reserved"
    second.answer()
    assert stage.hears(caller).partner
    second.hang_up()
    assert caller.last(sip.Ended)
    assert stage.state("1002").state == "after_call_work", "the queue's wrap-up goes with its caller"
    stage.over()


def test_transfer_to_an_agent_who_does_not_answer(build):
    """It returns to who had the caller, and the pop says why."""
    stage = build(support={"wrap_up": 0})
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    stage.obey(TransferCall(to="agent:1002", note="about the bill"), "1001")
    stage.run_for(0.1)
    second.ring()
    stage.run_for(21)
    assert second.last(sip.Ended).how == "cancel"
    back = stage.events(told.ReservationCreated)[-1]
    assert back.agent == "1001"
    assert (back.pop.returned, back.pop.returned_by, back.pop.note) == ("timeout", "1002", "about the bill")
    first.answer()
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


@pytest.mark.parametrize(("to", "code"), [("queue:nowhere", "unknown_destination"), ("agent:1001", "same_agent"),
                                          ("agent:1003", "unreachable"), ("12345", "unknown_destination")])
def test_a_transfer_that_cannot_be_changes_nothing(stage, to, code):
    caller, _ = stage.talk()
    before = stage.facts()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(TransferCall(to=to), "1001")
    assert refused.value.code == code and stage.facts() == before
    assert stage.hears(caller).partner


def test_a_caller_who_is_transferred_may_hang_up(stage):
    caller, _ = stage.talk()
    stage.agent("1002", ready=False)
    stage.obey(TransferCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    caller.hang_up()
    assert stage.state("1002").state == "not_ready"
    stage.over()


def test_an_agent_who_called_hands_on_whom_they_called(stage):
    """The one who was called becomes the caller's side; what they were reserved for is complete."""
    one, other = stage.agent("1001", ready=False), stage.agent("1002", ready=False)
    third = stage.agent("1003", ready=False)
    one.dial("1002", user="1001")
    other.answer()
    stage.obey(TransferCall(to="agent:1003"), "1001")
    stage.run_for(0.1)
    assert one.last(sip.Ended) and stage.event(told.ReservationCompleted).agent == "1002"
    third.answer()
    assert stage.hears(other).partner and stage.hears(third).partner
    other.hang_up()
    stage.over()


# -- recording ----------------------------------------------------------------------------------------------------------


def test_one_recording_across_a_transfer(stage):
    caller, _ = stage.talk()
    second = stage.agent("1002", ready=False)
    stage.run_for(10)
    stage.obey(TransferCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    second.answer()
    stage.run_for(10)
    caller.hang_up()
    started, saved = stage.event(told.RecordingStarted), stage.event(told.RecordingSaved)
    assert started.recording == saved.recording and saved.seconds == pytest.approx(20.3, abs=0.2)
    records = stage.orders(m.Record)
    assert len(records) == 2 and len({(record.recording, record.path, record.left) for record in records}) == 1
    assert len({record.right for record in records}) == 2
    stage.over()


def test_the_recording_is_paused_and_resumed(stage):
    caller, _ = stage.talk()
    stage.obey(PauseRecording(), "1001")
    assert next(iter(stage.paper.tapes.values())).paused
    stage.obey(ResumeRecording(), "1001")
    assert not next(iter(stage.paper.tapes.values())).paused
    assert stage.event(told.RecordingPaused).by == "1001" and stage.event(told.RecordingResumed).by == "1001"
    caller.hang_up()
    stage.over()


def test_the_recording_begins_with_the_talk_and_is_written_down_by_then(stage):
    seen, plain = [], stage._do

    def watched(effects):
        for effect in effects:
            if type(effect) in (m.Join, m.Record):
                seen.append((type(effect), len(stage.events(told.RecordingStarted))))
        plain(effects)

    stage._do = watched
    stage.talk()
    assert seen == [(m.Join, 1), (m.Record, 1)]


def test_a_queue_that_records_nothing(build):
    stage = build(support={"record": 0})
    caller, _ = stage.talk()
    with pytest.raises(OrderRefused, match="not recorded"):
        stage.obey(PauseRecording(), "1001")
    caller.hang_up()
    assert not stage.orders(m.Record)
    stage.over()


# -- digits and music ---------------------------------------------------------------------------------------------------


def test_keys_pass_between_the_two(stage):
    caller, phone = stage.talk()
    stage.obey(SendDigits(digits="12#"), "1001")
    assert stage.hears(caller).digits == "12#"
    caller.press("4")
    assert stage.hears(phone).digits == "4"
    with pytest.raises(OrderRefused):
        stage.obey(SendDigits(digits="a;b"), "1001")


def test_an_announcement_over_the_music_stops_at_the_answer(stage):
    caller = stage.caller()
    stage.run_for(5.05)
    heard = stage.hears(caller)
    assert heard.ducked and heard.background.endswith("music.wav")
    assert sounds(stage.orders(m.Play)[-1]) == ["you-are-next"]
    phone = stage.agent("1001")
    phone.answer()
    assert not stage.hears(caller).foreground and stage.hears(caller).partner
    assert stage.event(told.WaitAnnounced).position == 1
    caller.hang_up()
    stage.over()
