"""Offers and answers after the first ones, sound before the answer, and phones that send their calls on."""

from dataclasses import replace

import pytest

import switch.events as told
import switch.sip.effects as sip
from media import sdp
from media.orders import Change, Join
from switch.orders import HoldCall
from tests.switch.contact.city import carrier, clicked, dialled, outside, trunk
from tests.switch.contact.stage import Stage, arrange


@pytest.fixture
def city(settings):
    return lambda **more: Stage(replace(arrange(settings), outside=outside(trunks={"first": trunk(1)}, **more)))


def session(phone, version=0, direction="sendrecv"):
    return sdp.offer(host=phone.phone.address.host, port=20000, session=7, version=version, direction=direction)


def test_the_same_session_again_disturbs_neither_media_nor_the_journal(stage):
    caller, phone = stage.talk()
    entries, changes = len(stage.journal), len(stage.orders(Change))
    for party in (caller, phone):
        party._do("reinvite", party.call, party.offer)
        stage.run_for(0.2)
        assert type(party.told[-1]) is sip.Answered
    assert len(stage.journal) == entries and len(stage.orders(Change)) == changes
    assert stage.hears(caller).partner and stage.hears(phone).partner
    caller.hang_up()
    stage.over()


def test_a_refresh_does_not_take_a_caller_back_who_is_held_by_command(stage):
    caller, phone = stage.talk()
    stage.obey(HoldCall(), "1001")
    stage.run_for(0.1)
    phone._do("reinvite", phone.call, phone.offer)
    stage.run_for(0.2)
    assert stage.events(told.Held) and not stage.events(told.Retrieved)
    assert not stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_a_hold_by_the_phone_is_not_ended_by_a_new_port(stage):
    caller, phone = stage.talk()
    phone.reinvite("sendonly")
    assert stage.events(told.Held)
    again = session(phone, 2, "sendonly").replace(b"m=audio 20000", b"m=audio 20002")
    phone._do("reinvite", phone.call, again)
    stage.run_for(0.2)
    assert not stage.events(told.Retrieved) and stage.orders(Change)[-1].stream.port == 20002
    phone.reinvite("sendrecv")
    assert stage.events(told.Retrieved) and stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_a_caller_without_an_offer_brings_the_answer_with_the_ack(stage):
    phone = stage.agent("1001")
    caller = stage.caller(offer=None)
    body = caller.last(sip.Answered).sdp
    answer = sdp.answer(body, host="10.0.1.2", port=20000, session=7)
    caller._do("answer", caller.call, answer.sdp)
    stage.run_for(0.2)
    assert stage.orders(Change)
    phone.ring()
    phone.answer()
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_a_caller_without_offer_and_without_answer_is_let_go(stage):
    caller = stage.caller(offer=None)
    caller._do("answer", caller.call, b"")
    stage.run_for(1)
    assert stage.event(told.ContactEnded).cause == "incompatible_destination"
    assert caller.last(sip.Ended).q850 == 88
    stage.over()


def test_a_call_whose_peer_is_silent_for_too_long_is_cleared(build):
    stage = build()
    caller, phone = stage.talk()
    stage.exchange.house.endpoint._room.calls[next(iter(stage.exchange.house.calls))].expired()
    stage._do(stage.exchange.wake(stage.now))
    stage.run_for(1)
    ended = stage.event(told.ContactEnded)
    assert (ended.ended_by, ended.cause) == ("network", "recovery_on_timer_expiry")
    assert caller.last(sip.Ended) and phone.last(sip.Ended)
    stage.over()


def test_a_tone_before_the_answer_is_heard_by_the_agent_who_clicked(city):
    stage = city()
    far = carrier(stage)
    phone = clicked(stage)
    far._do("ring", far.call, sdp=far.offer)
    stage.run_for(0.1)
    assert stage.hears(phone).partner and not stage.events(told.Established)
    far.answer()
    assert stage.hears(phone).partner and stage.events(told.Established)
    far.hang_up()
    stage.over()


def test_a_tone_before_the_answer_is_heard_by_the_agent_who_dialled(city):
    stage = city()
    far = carrier(stage)
    phone = dialled(stage)
    far._do("ring", far.call, sdp=far.offer)
    stage.run_for(0.1)
    early = phone.last(sip.Progressed)
    assert early.status == 183 and early.sdp and not phone.last(sip.Answered)
    assert len(stage.orders(Join)) == 1
    far.answer()
    assert phone.last(sip.Answered) and stage.hears(phone).partner
    phone.hang_up()
    stage.over()


def test_a_tone_and_then_no(city):
    stage = city()
    far = carrier(stage)
    phone = dialled(stage)
    far._do("ring", far.call, sdp=far.offer)
    stage.run_for(0.1)
    far.refuse(404)
    assert phone.last(sip.Refused).status == 404
    stage.over()


# -- 302 --------------------------------------------------------------------------------------------------------------


def send_on(phone, *contacts):
    """The phone says 302 to the call that rings there."""
    home = phone.stage.exchange.house.places.outside[0]
    phone._do("refuse", phone.call, 302, contacts=tuple(contact.replace("HOME", home) for contact in contacts))
    phone.stage.run_for(0.2)


def test_a_phone_may_not_send_its_calls_on(stage):
    phone, other = stage.agent("1001"), stage.agent("1002", ready=False)
    stage.caller("7002")
    send_on(phone, "sip:1002@HOME")
    assert not other.last(sip.Offered)
    assert stage.event(told.ReservationRejected).sip_status == 302


@pytest.mark.parametrize("contact", ["sip:1002@HOME", "sip:1002@10.0.4.1:5060"])
def test_a_phone_that_may_sends_its_call_on(build, contact):
    stage = build(users={"1001": {"allow_redirect": True}})
    phone, other = stage.agent("1001"), stage.agent("1002", ready=False)
    caller = stage.caller("7002")
    send_on(phone, contact)
    assert other.last(sip.Offered)
    other.answer()
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_two_phones_that_name_each_other_come_to_an_end(build):
    stage = build(users={"1001": {"allow_redirect": True}})
    phone, other = stage.agent("1001"), stage.agent("1002", ready=False)
    stage.caller("7002")
    send_on(phone, "sip:1001@HOME", "sip:1002@HOME")
    send_on(other, "sip:1001@HOME", "sip:1002@HOME")
    assert stage.event(told.ReservationRejected).sip_status == 302
    assert len(stage.sent(b"INVITE")) == 2


def test_a_call_is_sent_on_five_times_at_most_and_to_no_number_outside(build):
    stage = build(users={"1001": {"allow_redirect": True}})
    phone = stage.agent("1001")
    stage.caller("7002")
    far = [f"sip:bob@10.7.7.{place}" for place in range(1, 9)]
    send_on(phone, "sip:+4930123456@HOME", "tel:+4930123456", "nonsense", *far)
    asked = {destination.host for _, destination in stage.sent(b"INVITE")}
    assert asked == {phone.phone.address.host, *(f"10.7.7.{place}" for place in range(1, 6))}
