"""An agent is asked: the screen first, then the phone; several phones, one winner; nobody home."""

import pytest

import switch.events as told
import switch.sip.effects as sip
from switch.effects import ShowPop
from switch.orders import AnswerCall, OrderRefused, RejectCall
from tests.switch.contact.stage import START


def order_of(stage):
    """The first pop and the first INVITE, as places in what was said."""
    pop = next(index for index, (_, effect) in enumerate(stage.said) if type(effect) is ShowPop)
    invite = next(index for index, (_, effect) in enumerate(stage.said)
                  if type(effect) is sip.Transmit and effect.data.startswith(b"INVITE"))
    return pop, invite


def test_the_pop_comes_before_the_invite(stage):
    stage.agent("1001")
    stage.caller()
    pop, invite = order_of(stage)
    assert pop < invite
    created = next(entry for entry in stage.journal if type(entry.event) is told.ReservationCreated)
    assert stage.said[pop][1].number == created.number


def test_the_invite_follows_after_50_ms_when_no_screen_answers(stage):
    stage.silent.add(ShowPop)
    phone = stage.agent("1001")
    stage.caller()
    stage.run_for(0.1)
    pop, invite = order_of(stage)
    assert stage.said[invite][0] - stage.said[pop][0] == pytest.approx(0.05)
    phone.answer()
    assert stage.state("1001").state == "busy"


def test_a_late_answer_of_a_screen_rings_no_second_time(stage):
    stage.silent.add(ShowPop)
    stage.agent("1001")
    stage.caller()
    stage.run_for(0.1)
    asked = next(effect for _, effect in stage.said if type(effect) is ShowPop)
    stage._do(stage.exchange.popped(asked.reservation, asked.contact, stage.now))
    assert len(stage.sent(b"INVITE")) == 1


def test_the_caller_hangs_up_while_the_phone_rings(stage):
    """The CANCEL leaves in the very step that hears the BYE."""
    phone = stage.agent("1001")
    caller = stage.caller()
    phone.ring()
    assert stage.event(told.Delivered).party == "1001"
    caller.hang_up()
    (bye,) = stage.sent(b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.1.2")[-1:]
    (cancel,) = stage.sent(b"CANCEL")
    assert cancel[0] == bye[0]
    assert phone.last(sip.Ended).how == "cancel"
    assert stage.events(told.ReservationCanceled) and stage.event(told.ContactDequeued).why == "abandoned"
    assert stage.state("1001").state == "ready"
    stage.over()


def test_both_phones_of_an_agent_ring_and_the_first_wins(stage):
    desk, softphone = stage.agent("1001"), stage.agent("1001", place=9)
    caller = stage.caller()
    assert len(stage.sent(b"INVITE")) == 2
    desk.ring()
    softphone.ring()
    assert len(stage.events(told.Delivered)) == 1
    softphone.answer()
    assert desk.last(sip.Ended).how == "cancel"
    assert stage.event(told.Established).party == "1001"
    caller.hang_up()
    assert softphone.last(sip.Ended).how == "bye"
    stage.over()


def test_a_phone_that_answers_too_late_is_hung_up_on(stage):
    """Its 200 crosses our CANCEL: ACK, then BYE."""
    desk, softphone = stage.agent("1001"), stage.agent("1001", place=9)
    caller = stage.caller()
    desk.ring()
    softphone.ring()
    stage.act(desk.phone, desk.phone.endpoint.answer(desk.call, desk.offer, stage.now))
    stage.act(softphone.phone, softphone.phone.endpoint.answer(softphone.call, softphone.offer, stage.now))
    stage.run_for(0.1)
    ended = [phone for phone in (desk, softphone) if phone.last(sip.Ended)]
    assert len(ended) == 1 and ended[0].last(sip.Ended).how == "bye" and ended[0].last(sip.Acknowledged)
    assert len(stage.events(told.Established)) == 1 and stage.state("1001").state == "busy"
    caller.hang_up()
    stage.over()


def test_nobody_answers(build):
    """The agent becomes not ready, the caller keeps the place and is offered to the next."""
    stage = build(support={"ring_time": 5})
    deaf = stage.agent("1001")
    stage.caller()
    deaf.ring()
    other = stage.agent("1002")
    stage.run_for(7)
    assert deaf.last(sip.Ended).how == "cancel"
    assert (stage.state("1001").state, stage.state("1001").reason) == ("not_ready", "no_answer")
    assert other.last(sip.Offered) and len(stage.events(told.ContactQueued)) == 1
    assert stage.events(told.ReservationTimedOut)


def test_a_phone_that_refuses(stage):
    phone = stage.agent("1001")
    stage.caller()
    phone.refuse(486)
    assert stage.event(told.ReservationRejected).sip_status == 486
    assert stage.event(told.ContactOffered) and stage.exchange.house.desk.queue("support", stage.now).waiting == 1
    stage.run_for(1.5)
    assert len(stage.sent(b"INVITE")) == 2, "there is nobody else: asked again after the retry time"


def test_a_phone_whose_answer_we_cannot_speak(stage):
    phone = stage.agent("1001")
    stage.caller()
    phone.offer = phone.offer.replace(b"RTP/AVP 0 8 9 111", b"RTP/AVP 18 3")
    phone.answer()
    assert phone.last(sip.Ended).how == "bye"
    assert stage.event(told.ReservationRejected).sip_status == 488


def test_an_offer_is_clicked_away(stage):
    phone = stage.agent("1001")
    stage.caller()
    stage.obey(RejectCall(), "1001")
    stage.run_for(0.1)
    assert stage.event(told.ReservationRejected) and phone.last(sip.Ended).how == "cancel"
    with pytest.raises(OrderRefused):
        stage.obey(RejectCall(), "1001")


def test_a_phone_that_may_be_told_to_pick_up(build):
    """Asked anew, with the headers that phones understand."""
    stage = build(users={"1001": {"auto_answer": True}})
    phone = stage.agent("1001")
    stage.caller()
    phone.ring()
    stage.obey(AnswerCall(), "1001")
    stage.run_for(0.1)
    invites = [effect.data for _, effect in stage.said
               if type(effect) is sip.Transmit and effect.data.startswith(b"INVITE")]
    assert b"answer-after=0" in invites[-1] and b"answer-after" not in invites[0]
    phone.answer()
    assert stage.state("1001").state == "busy"
    assert stage.now < START + 10


def test_a_phone_that_understands_talk_is_told_so(build):
    """It says in its 180 that it obeys; the INVITE stays the one that rings."""
    stage = build(users={"1001": {"auto_answer": True}})
    phone = stage.agent("1001")
    stage.caller()
    rings = phone.phone.endpoint.ring(phone.call, stage.now)
    data = rings[0].data.replace(b"Content-Length", b"Allow-Events: hold, Talk\r\nContent-Length")
    stage.act(phone.phone, [sip.Transmit(rings[0].destination, data)])
    stage.run_for(0.1)
    stage.obey(AnswerCall(), "1001")
    stage.run_for(0.1)
    notices = [effect.data for _, effect in stage.said
               if type(effect) is sip.Transmit and effect.data.startswith(b"NOTIFY") and b"Event: talk" in effect.data]
    assert len(notices) == 1 and len(stage.sent(b"INVITE")) == 1
    phone.answer()
    assert stage.state("1001").state == "busy"


def test_a_phone_that_may_not_be_told(stage):
    stage.agent("1001")
    stage.caller()
    with pytest.raises(OrderRefused, match="auto_answer"):
        stage.obey(AnswerCall(), "1001")


def test_every_phone_of_a_queue_rings(build):
    stage = build(support={"strategy": "ring_all"})
    phones = [stage.agent(number) for number in ("1001", "1002", "1003")]
    caller = stage.caller()
    assert len(stage.sent(b"INVITE")) == 3
    phones[1].answer()
    assert [phone.last(sip.Ended).how for phone in (phones[0], phones[2])] == ["cancel", "cancel"]
    assert {event.agent for event in stage.events(told.ReservationRescinded)} == {"1001", "1003"}
    assert [stage.state(number).state for number in ("1001", "1002", "1003")] == ["ready", "busy", "ready"]
    caller.hang_up()
    stage.over()
