"""Transfers by the phone's own keys: REFER, and what the phone is told of it."""

import pytest

import switch.events as told
import switch.sip.effects as sip


def test_blind_transfer_by_the_phone(stage):
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    first.refer("1002")
    assert stage.event(told.Transferred).to == "1002"
    assert stage.hears(caller).background.endswith("music.wav")
    second.ring()
    second.answer()
    assert stage.hears(caller).partner and stage.state("1002").state == "busy"
    assert set(stage.outcomes) == {100, 180, 200}
    assert stage.outcomes[-1] == 200
    second.hang_up()
    stage.over()


def test_who_has_referred_hears_music_until_it_is_told_the_outcome(stage):
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    first.refer("1002")
    assert stage.hears(first).background.endswith("music.wav") and not stage.hears(first).partner
    journal = len(stage.journal)
    first.reinvite("sendonly")
    assert first.last(sip.Answered), "holding is no mistake"
    first.reinvite("sendrecv")
    assert not [entry for entry in stage.journal[journal:] if isinstance(entry.event, (told.Held, told.Retrieved))]
    second.ring()
    second.answer()
    assert first.last(sip.Ended) and stage.outcomes[-1] == 200
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


@pytest.mark.parametrize("answers", [True, False])
def test_who_has_referred_and_hangs_up_needs_no_row_any_more(stage, answers):
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    first.refer("1002")
    assert stage.hears(first).background
    first.hang_up()
    assert not stage.hears(first).background, "its port may be that of another call now"
    assert stage.hears(caller).background.endswith("music.wav")
    if answers:
        second.ring()
        second.answer()
        assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_the_caller_goes_while_who_has_referred_still_waits(stage):
    caller, first = stage.talk()
    stage.agent("1002", ready=False)
    first.refer("1002")
    caller.hang_up()
    assert first.last(sip.Ended) and stage.outcomes[-1] == 487
    stage.over()


def test_blind_transfer_to_nowhere_leaves_the_call_where_it_is(stage):
    caller, first = stage.talk()
    first.refer("999")
    assert stage.outcomes[-1] == 404 and not stage.events(told.Transferred)
    assert stage.hears(caller).partner
    first.hang_up()
    stage.over()


def test_blind_transfer_to_a_busy_colleague(stage):
    caller, first = stage.talk()
    stage.agent("1002", ready=False).dial("5000", user="1002")
    first.refer("1002")
    assert stage.outcomes[-1] == 486 and stage.hears(caller).partner
    first.hang_up()
    stage.run_for(600)


def test_a_caller_may_not_lead_us_elsewhere(stage):
    caller, _ = stage.talk()
    caller.refer("1002")
    assert stage.sent(b"SIP/2.0 403") and not stage.outcomes
    caller.hang_up()
    assert caller.last(sip.Ended) is None
    stage.over()


# -- attended: the phone has two calls ---------------------------------------------------------------------------------


def consulting(stage):
    """A caller on hold, and the agent's second call to 1002; gives all three phones and the handles of both calls."""
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    talk = first.call
    first.reinvite("sendonly")
    first.dial("1002", user="1001")
    second.ring()
    return caller, first, second, talk, first.call


def test_the_second_call_of_a_phone_is_a_consultation(stage):
    caller, first, second, _, _ = consulting(stage)
    assert stage.event(told.ContactOffered), "one contact"
    second.answer()
    assert [event.state for event in stage.events(told.ConsultationChanged)] == ["initiated", "ringing", "established"]
    assert stage.hears(caller).background.endswith("music.wav") and stage.hears(second).partner
    second.hang_up()
    assert first.last(sip.Ended), "its second call is over, the first is not"
    assert stage.state("1001").state == "busy" and stage.hears(caller).background.endswith("music.wav")
    caller.hang_up()
    stage.over()


def test_back_to_the_caller_by_hanging_up_and_resuming(stage):
    caller, first, second, talk, _ = consulting(stage)
    second.answer()
    first.hang_up()
    assert second.last(sip.Ended)
    first.call = talk
    first.reinvite("sendrecv")
    assert stage.hears(caller).partner
    first.hang_up()
    stage.over()


@pytest.mark.parametrize("by_the_first", [True, False])
def test_attended_transfer_by_the_phone(stage, by_the_first):
    """The REFER may come in either of both calls, and name the other."""
    caller, first, second, talk, asks = consulting(stage)
    second.answer()
    ways = (talk, asks) if by_the_first else (asks, talk)
    first.refer("1002", call=ways[0], other=ways[1])
    assert stage.outcomes == [100, 200]
    assert stage.hears(caller).partner and stage.hears(second).partner
    assert len([news for news in first.told if type(news) is sip.Ended]) == 2
    assert stage.state("1001").state == "after_call_work" and stage.state("1002").state == "busy"
    assert stage.events(told.TransferChanged)[-1].state == "completed"
    second.hang_up()
    assert caller.last(sip.Ended)
    stage.over()


def test_transfer_before_the_consulted_has_answered(stage):
    caller, first, second, talk, asks = consulting(stage)
    first.refer("1002", call=talk, other=asks)
    assert stage.outcomes == [100, 180] and stage.hears(caller).background
    second.answer()
    assert stage.outcomes[-1] == 200 and stage.hears(caller).partner
    second.hang_up()
    stage.over()


def test_the_consulted_did_not_answer_after_the_transfer(stage):
    caller, first, second, talk, asks = consulting(stage)
    first.refer("1002", call=talk, other=asks)
    second.refuse(486)
    assert stage.outcomes[-1] in (486, 603), stage.outcomes
    first.ring()
    first.answer()
    assert stage.hears(caller).partner and stage.state("1001").state == "busy"
    caller.hang_up()
    stage.over()


def test_two_calls_that_are_not_there(stage):
    caller, first, second, _, _ = consulting(stage)
    second.answer()
    second.refer("1001", other=second.call)
    assert 481 in stage.outcomes and stage.hears(second).partner
    first.hang_up()
    caller.hang_up()
    stage.over()


def test_a_second_call_to_somebody_who_cannot(stage):
    caller, first = stage.talk()
    first.dial("1003", user="1001")
    assert first.last(sip.Refused).status == 480, "not registered"
    first.dial("5000", user="1001")
    assert first.last(sip.Refused).status == 403, "a tree answers nothing"
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


# -- Replaces ----------------------------------------------------------------------------------------------------------


SHORT = b"v=0\r\no=- 1 1 IN IP4 10.0.4.1\r\ns=-\r\nc=IN IP4 10.0.4.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0\r\n"
"""An offer that leaves room for one header more in a datagram."""


def replaces(phone):
    """How to call in the place of this phone's newest call."""
    dialog = list(phone.phone.endpoint._room.calls.values())[-1].dialog
    name = f"{dialog.call_id};to-tag={dialog.remote_tag};from-tag={dialog.local_tag}"
    return {"offer": SHORT, "headers": (("Replaces", name),)}


def test_a_colleague_takes_the_place_of_the_agent(stage):
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    second.dial("1001", user="1002", **replaces(first))
    assert first.last(sip.Ended) and second.last(sip.Answered)
    assert stage.hears(caller).partner and stage.hears(second).partner
    assert stage.state("1001").state == "after_call_work" and stage.state("1002").state == "busy"
    caller.hang_up()
    assert second.last(sip.Ended)
    stage.over()


def test_a_stranger_takes_nobodys_place(stage):
    caller, first = stage.talk()
    stranger = stage.telephone(9)
    stranger.dial("1001", **replaces(first))
    assert stranger.last(sip.Refused).status == 404, "there is no such number for strangers"
    stranger.dial("7000", **replaces(first))
    assert stranger.last(sip.Refused).status == 407
    assert stage.hears(caller).partner
    first.hang_up()
    stage.over()


def test_the_place_of_one_who_still_rings_is_not_given_away(stage):
    phone = stage.agent("1001")
    stage.caller()
    phone.ring()
    second = stage.agent("1002", ready=False)
    second.dial("1001", user="1002", **replaces(phone))
    assert second.last(sip.Refused).status == 603
