"""Blind transfers, back to the queue, deflected offers: what becomes of a caller whom somebody has let go of."""

import pytest

import switch.events as told
import switch.sip.effects as sip
from switch.contact import transferring
from switch.orders import DeflectCall, LogOut, OrderRefused, RequeueCall, SetState, TransferCall


def states(stage):
    return [(event.state, event.party, event.why) for event in stage.events(told.TransferChanged)]


def segments(stage):
    return [(event.kind, event.owner) for event in stage.events(told.SegmentBegan)]


def music(stage, phone):
    return stage.hears(phone).background.rpartition("/")[2].removesuffix(".wav")


def test_the_transferor_learns_that_it_came_about(stage):
    caller, _ = stage.talk()
    second = stage.agent("1002", ready=False)
    stage.obey(TransferCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    shown = stage.exchange.snapshot(stage.now)["contacts"][0]["transfer"]
    assert (shown["by"], shown["to"], shown["kind"], shown["state"]) == ("1001", "agent:1002", "blind", "initiated")
    second.ring()
    second.answer()
    assert states(stage) == [("initiated", "", ""), ("ringing", "1002", ""), ("completed", "1002", "")]
    assert stage.exchange.snapshot(stage.now)["contacts"][0]["transfer"] is None
    caller.hang_up()
    stage.over()


def test_a_queue_has_taken_the_caller_when_they_stand_in_it(stage):
    caller, _ = stage.talk()
    stage.agent("1004", ready=False)
    stage.obey(TransferCall(to="queue:sales"), "1001")
    stage.run_for(0.1)
    assert states(stage) == [("initiated", "", ""), ("completed", "sales", "")]
    assert music(stage, caller) == "music"
    caller.hang_up()
    stage.over()


@pytest.mark.parametrize(("how", "why"), [("refuses", "rejected"), ("silent", "timeout"), ("logs out", "logged_out")])
def test_back_to_who_had_them(build, how, why):
    stage = build(support={"wrap_up": 0})
    caller, first = stage.talk()
    second = stage.agent("1002")
    stage.obey(SetState(state="not_ready"), "1002")
    stage.obey(TransferCall(to="agent:1002", note="the bill"), "1001")
    stage.run_for(0.1)
    if how == "refuses":
        second.refuse(486)
    elif how == "logs out":
        stage.obey(LogOut(), "1002")
    else:
        stage.run_for(22)
    stage.run_for(0.1)
    assert states(stage)[-1] == ("failed", "1002", why) and music(stage, caller) == "music"
    back = stage.events(told.ReservationCreated)[-1]
    assert back.agent == "1001" and back.pop.note == "the bill"
    assert (back.pop.returned, back.pop.returned_by) == (why, "1002")
    first.answer()
    assert stage.hears(caller).partner and segments(stage)[-1] == ("talk", "1001")
    assert len(states(stage)) == 2, "what failed has not come about by going back"
    caller.hang_up()
    stage.over()


@pytest.mark.parametrize("gone", ["logged out", "in another call", "does not answer"])
def test_the_transferor_is_gone_meanwhile(build, gone):
    """Then the caller is the first in the queue they came from, before those who have come since."""
    stage = build(support={"wrap_up": 0})
    caller, first = stage.talk()
    stage.agent("1002", ready=False)
    stage.obey(TransferCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    if gone == "logged out":
        stage.obey(LogOut(), "1001")
        stage.agent("1003", ready=False)
    elif gone == "in another call":
        other = stage.caller(place=8)
        first.answer()
    else:
        stage.obey(SetState(state="not_ready"), "1001")
    waits = stage.caller(place=9)
    stage.run_for(50)
    contact = next(each for each in stage.exchange.house.contacts.values() if each.transfer or each.queue)
    assert contact.queue == "support" and music(stage, caller) == "music"
    assert stage.exchange.house.desk.position(contact.id) == 1
    assert contact.waits_since == contact.offered_at or contact.waits_since - contact.offered_at < 1
    for phone in (caller, waits, *([other] if gone == "in another call" else [])):
        phone.hang_up()
    stage.over()


def test_a_direct_call_whose_transfer_fails_and_nobody_is_left(stage):
    """No queue, no agent who could take it: a sentence says so."""
    first, second = stage.agent("1001"), stage.agent("1002", ready=False)
    caller = stage.caller("7002")
    first.answer()
    stage.obey(TransferCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    stage.obey(LogOut(), "1001")
    second.refuse(603)
    assert states(stage)[-1][0] == "failed" and "call-failed" in stage.hears(caller).foreground[0]
    stage.run_for(20)
    assert caller.last(sip.Ended)
    stage.over()


def test_a_destination_is_a_tree(stage):
    caller, _ = stage.talk()
    stage.obey(TransferCall(to="5000"), "1001")
    stage.run_for(0.1)
    assert states(stage)[-1] == ("completed", "tree:main", "") and not music(stage, caller)
    assert stage.hears(caller).foreground
    caller.hang_up()
    stage.over()


def test_a_full_queue_is_refused_before_anybody_lets_go(build):
    stage = build(billing={"max_size": 0})
    caller, _ = stage.talk()
    before = stage.facts()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(TransferCall(to="queue:billing"), "1001")
    assert refused.value.code == "full" and stage.hears(caller).partner and stage.facts() == before


# -- back to the queue --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [RequeueCall(note="not mine"), TransferCall(to="queue:support", note="not mine")],
                         ids=["requeue", "own queue"])
def test_back_to_the_queue_with_the_place_they_had(build, order):
    """Before all who have come since they joined; who sends them back is asked last; the note is in the next pop."""
    stage = build(support={"wrap_up": 0})
    caller, _ = stage.talk()
    stage.run_for(30)
    later = stage.caller(place=9)
    stage.run_for(10)
    stage.obey(SetState(state="not_ready"), "1001")
    stage.obey(order, "1001")
    stage.run_for(0.1)
    contact = next(each for each in stage.exchange.house.contacts.values() if each.note)
    assert stage.exchange.house.desk.position(contact.id) == 1
    assert stage.exchange.house.desk.waiting("support")[0].joined_at < stage.now - 39
    second = stage.agent("1002")
    pop = stage.events(told.ReservationCreated)[-1].pop
    assert (pop.contact, pop.note, pop.note_by) == (contact.id, "not mine", "1001")
    second.answer()
    assert stage.hears(caller).partner
    assert (stage.events(told.TransferChanged)[0].kind, states(stage)[-1][0]) == ("requeue", "completed")
    for phone in (caller, later):
        phone.hang_up()
    stage.over()


def test_who_sends_them_back_is_asked_when_there_is_nobody_else(build):
    stage = build(support={"wrap_up": 0})
    caller, first = stage.talk()
    stage.obey(RequeueCall(), "1001")
    stage.run_for(0.1)
    assert stage.events(told.ReservationCreated)[-1].agent == "1001"
    first.answer()
    stage.agent("1002")
    stage.obey(RequeueCall(), "1001")
    stage.run_for(0.1)
    assert stage.events(told.ReservationCreated)[-1].agent == "1002"
    caller.hang_up()
    stage.over()


def test_the_priority_goes_along(stage):
    caller, _ = stage.talk()
    stage.contact.priority = 7
    stage.obey(SetState(state="not_ready"), "1001")
    stage.obey(RequeueCall(), "1001")
    stage.run_for(0.1)
    assert stage.events(told.ContactQueued)[-1].priority == 7
    caller.hang_up()
    stage.over()


def test_a_direct_call_came_from_no_queue(stage):
    first = stage.agent("1001")
    caller = stage.caller("7002")
    first.answer()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(RequeueCall(), "1001")
    assert refused.value.code == "no_queue"
    caller.hang_up()
    stage.over()


# -- deflect ------------------------------------------------------------------------------------------------------------


def test_an_offer_is_sent_on(stage):
    first, second = stage.agent("1001"), stage.agent("1002", ready=False)
    caller = stage.caller()
    first.ring()
    stage.obey(DeflectCall(to="agent:1002", note="yours"), "1001")
    stage.run_for(0.1)
    assert first.last(sip.Ended).how == "cancel" and stage.state("1001").state == "ready"
    assert stage.event(told.Diverted).by == "1001" and music(stage, caller) == "music"
    assert stage.events(told.ReservationCreated)[-1].pop.note == "yours"
    second.answer()
    assert stage.hears(caller).partner and states(stage)[-1] == ("completed", "1002", "")
    caller.hang_up()
    stage.over()


def test_an_offer_that_nobody_takes_goes_to_the_head_of_its_queue(stage):
    first, second = stage.agent("1001"), stage.agent("1002", ready=False)
    caller = stage.caller()
    stage.obey(DeflectCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    second.refuse(603)
    stage.run_for(0.2)
    assert states(stage)[-1] == ("failed", "1002", "rejected")
    assert stage.contact.queue == "support" and stage.state("1001").state == "reserved"
    first.answer()
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_a_direct_call_is_sent_on_to_a_mailbox(stage):
    """Nobody has answered yet: the switch does, and the mailbox speaks."""
    one, _ = stage.agent("1001", ready=False), stage.agent("1002", ready=False)
    one.dial("1002", user="1001")
    stage.obey(DeflectCall(to="7001"), "1002")
    stage.run_for(0.5)
    assert one.last(sip.Answered) and "leave-message" in stage.hears(one).foreground[0]
    assert stage.state("1002").state == "not_ready"
    one.hang_up()
    stage.over()


def test_a_direct_call_that_is_sent_on_and_fails_is_told_so(stage):
    one, _, third = (stage.agent(number, ready=False) for number in ("1001", "1002", "1003"))
    one.dial("1002", user="1001")
    stage.obey(DeflectCall(to="agent:1003"), "1002")
    stage.run_for(0.1)
    third.refuse(603)
    assert one.last(sip.Refused).status == 603
    stage.over()


def test_an_offer_cannot_be_sent_to_nowhere(stage):
    stage.agent("1001")
    caller = stage.caller()
    for to, code in (("agent:1001", "same_agent"), ("nobody", "unknown_destination")):
        with pytest.raises(OrderRefused) as refused:
            stage.obey(DeflectCall(to=to), "1001")
        assert refused.value.code == code
    assert stage.state("1001").state == "reserved"
    caller.hang_up()
    stage.over()


def test_the_caller_hangs_up_on_the_way(stage):
    caller, _ = stage.talk()
    stage.agent("1002", ready=False)
    stage.obey(TransferCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    caller.hang_up()
    assert states(stage)[-1][0] == "canceled"
    stage.over()


def test_two_calls_that_have_nothing_to_do_with_each_other_are_not_merged(stage):
    stage.talk()
    house, contact = stage.exchange.house, stage.contact
    other = house.new_contact(caller="x", caller_name="", called="y", direction="inbound")
    with pytest.raises(OrderRefused) as refused:
        transferring.merge(house, contact, contact.agent_leg, other)
    assert refused.value.code == "other_call"
    house.forget(other)
