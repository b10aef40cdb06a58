"""Transfers by the phone's own keys: REFER, and what the phone is told of it."""

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
