"""Calls to numbers outside, by whatever trunk can."""

import random
from dataclasses import replace

import pytest

import switch.events as told
import switch.sip.effects as sip
from media import sdp
from media.sdp import Security
from switch.orders import MakeCall, OrderRefused
from switch.sip.effects import Address
from switch.sip.endpoint import Endpoint
from switch.trunks.rules import Probe, Registration, Route, Share, Writing
from tests.switch.contact.city import NUMBER, carrier, clicked, dialled, invite_of, trunk


def test_an_agent_clicks_a_number_outside(city):
    stage = city()
    far = carrier(stage)
    phone = clicked(stage)
    offered = far.last(sip.Offered)
    assert (offered.called, offered.caller) == ("030123456", "089" + "1000")
    assert "INVITE sip:030123456@10.9.0.1;user=phone SIP/2.0" in invite_of(stage, "10.9.0.1")
    assert stage.hears(phone).background.endswith("ringback.wav")
    far.ring()
    far.answer()
    assert stage.hears(phone).partner and stage.hears(far).partner
    assert stage.event(told.ContactOffered).direction == "outbound"
    assert stage.event(told.ContactOffered).called == NUMBER
    made = stage.event(told.Originated)
    assert (made.party, made.trunk, made.agent, made.presented) == (NUMBER, "first", "1001", "+49891000")
    assert stage.event(told.Established).party == NUMBER and stage.state("1001").state == "busy"
    far.hang_up()
    assert phone.last(sip.Ended) and stage.state("1001").state != "busy"
    stage.over()


def test_an_agent_dials_a_number_outside_and_hears_it_ring(city):
    stage = city()
    far = carrier(stage)
    phone = dialled(stage)
    assert not phone.last(sip.Progressed)
    far.ring()
    assert phone.last(sip.Progressed).status == 180 and not phone.last(sip.Answered)
    far.answer()
    assert phone.last(sip.Answered) and stage.hears(phone).partner
    assert stage.event(told.ContactEnded) if phone.hang_up() else far.last(sip.Ended).how == "bye"
    stage.over()


def test_an_agent_who_gives_up_before_the_answer(city):
    stage = city()
    far = carrier(stage)
    phone = dialled(stage)
    far.ring()
    phone.hang_up()
    assert far.last(sip.Ended).how == "cancel" and stage.state("1001").state != "busy"
    stage.over()


@pytest.mark.parametrize("status", [503, 500, 408, 504])
def test_a_trunk_that_cannot_is_followed_by_the_next(city, status):
    stage = city()
    first, second = carrier(stage), carrier(stage, 2)
    phone = dialled(stage)
    first.refuse(status)
    assert stage.event(told.Failed).trunk == "first" and stage.event(told.Failed).sip_status == status
    assert second.last(sip.Offered).called == "030123456"
    second.answer()
    assert stage.hears(phone).partner
    assert [event.trunk for event in stage.events(told.Originated)] == ["first", "second"]
    phone.hang_up()
    stage.over()


@pytest.mark.parametrize("takes", [True, False])
def test_a_trunk_that_refuses_keys_in_a_plain_line_is_asked_once_more_for_srtp_alone(city, settings, takes):
    stage = city(system=replace(settings.system, media=replace(settings.system.media, srtp_without_tls=True)))
    first = carrier(stage)
    phone = dialled(stage)
    assert b" RTP/AVP " in first.last(sip.Offered).sdp
    first.refuse(488)
    offered = first.last(sip.Offered).sdp
    assert b" RTP/SAVP " in offered and not stage.events(told.Failed)
    if takes:
        security = Security("require", random.Random(2).randbytes)
        first.offer = sdp.answer(offered, host="10.9.0.1", port=20000, session=7, version=0, security=security).sdp
        first.answer()
        assert stage.contact.agent_leg.stream.keys is not None and stage.hears(phone).partner
        phone.hang_up()
    else:
        first.refuse(488)
        assert phone.last(sip.Refused).status == 488 and stage.event(told.Failed).sip_status == 488
    assert len([each for each in first.told if type(each) is sip.Offered]) == 2
    assert [event.trunk for event in stage.events(told.Originated)] == ["first"]
    stage.over()


@pytest.mark.parametrize("status", [486, 404, 603, 403])
def test_an_answer_is_an_answer_whoever_is_asked(city, status):
    stage = city()
    first, second = carrier(stage), carrier(stage, 2)
    phone = dialled(stage)
    first.refuse(status)
    assert second.last(sip.Offered) is None
    assert phone.last(sip.Refused).status == status
    stage.over()


def test_a_trunk_that_says_nothing_is_followed_by_the_next_within_seconds(city):
    stage = city()
    second = carrier(stage, 2)
    phone = dialled(stage)
    stage.run_for(3.8)
    assert not second.last(sip.Offered)
    stage.run_for(0.3)
    assert stage.event(told.Failed).sip_status == 408 and second.last(sip.Offered)
    second.answer()
    late = carrier(stage)
    stage.run_for(8)
    assert late.last(sip.Offered) and late.last(sip.Ended).how == "cancel", "whoever wakes up later is told to stop"
    assert stage.hears(phone).partner
    second.hang_up()
    stage.over()


def test_a_trunk_that_has_said_trying_may_take_its_time(city):
    stage = city()
    far, second = carrier(stage), carrier(stage, 2)
    phone = dialled(stage)
    stage.run_for(60)
    assert not second.last(sip.Offered) and not stage.events(told.Failed)
    far.answer()
    assert stage.hears(phone).partner
    far.hang_up()
    stage.over()


def test_a_trunk_that_speaks_and_then_fails_is_heard_no_more(city):
    """An announcement of the first network, then the second one."""
    stage = city()
    first, second = carrier(stage), carrier(stage, 2)
    phone = clicked(stage)
    first._do("ring", first.call, sdp=first.offer)
    stage.run_for(0.1)
    assert stage.hears(phone).partner
    first.refuse(503)
    assert stage.hears(phone).background.endswith("ringback.wav") and not stage.hears(phone).partner
    second.answer()
    assert stage.hears(phone).partner and stage.hears(second).partner
    second.hang_up()
    stage.over()


def test_when_every_trunk_has_failed_the_caller_is_told(city):
    stage = city()
    first, second = carrier(stage), carrier(stage, 2)
    phone = clicked(stage)
    first.refuse(503)
    second.refuse(503)
    stage.run_for(20)
    assert phone.last(sip.Ended), "after a sentence"
    assert len(stage.events(told.Failed)) == 2
    stage.over()


def test_a_trunk_that_does_not_answer_options_gets_no_call(city):
    stage = city(trunks={"first": trunk(1, probe=Probe(every=30, down_after=1)), "second": trunk(2)})
    second = carrier(stage, 2)
    stage.run_for(40)
    assert stage.event(told.TrunkDown).trunk == "first"
    dialled(stage)
    assert second.last(sip.Offered) and stage.event(told.Originated).trunk == "second"
    second.refuse(486)
    carrier(stage)
    stage.run_for(70)
    assert stage.event(told.TrunkUp).trunk == "first"
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MakeCall(to="+33123456789"), "1001")
    assert refused.value.code == "toll_country"


def test_a_trunk_registers_and_comes_back(city):
    stage = city(trunks={"first": trunk(1, register=Registration("4989", "secret", expires=120), domain="example.net")})
    dialled(stage)
    stage.run_for(40)
    assert stage.events(told.TrunkRegistered) == [] and stage.event(told.TrunkUnregistered).sip_status == 408
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MakeCall(to=NUMBER), "1001")
    assert refused.value.code == "trunk_down"
    far = stage.phone(Address("udp", "10.9.0.1", 5060), lambda news: None)
    far.endpoint = Endpoint(realm="example.net", passwords={"4989": "secret"}, rng=random.Random(3), host="10.9.0.1",
                            port=5060)
    stage.run_for(100)
    assert stage.event(told.TrunkRegistered).expires == 120
    assert [binding.user for binding in far.endpoint.registrar.bindings("4989", stage.now)] == ["4989"]
    stage._do(stage.exchange.stop("stopped", stage.now))
    stage.run_for(1)
    assert far.endpoint.registrar.bindings("4989", stage.now) == ()


def test_limits_of_a_trunk_are_counted_by_living_calls(city):
    stage = city(trunks={"first": trunk(1, calls=1), "second": trunk(2, calls=1)})
    first, second = carrier(stage), carrier(stage, 2)
    one = dialled(stage)
    first.answer()
    two = dialled(stage, agent="1002")
    assert second.last(sip.Offered)
    three = dialled(stage, agent="1003")
    assert three.last(sip.Refused).status == 503
    one.hang_up()
    three.dial("9030123456", user="1003")
    assert first.last(sip.Offered).call == first.call and stage.events(told.Originated)[-1].trunk == "first"
    two.hang_up()
    three.hang_up()
    stage.over()


def test_weights_and_routes(city):
    routes = {"all": Route(("+",), {"first": Share(1), "second": Share(2)}),
              "mobile": Route(("+4915",), {"second": Share(1)})}
    stage = city(routes=routes)
    second = carrier(stage, 2)
    dialled(stage, "90151234567")
    assert second.last(sip.Offered).called == "0151234567"
    second.refuse(486)
    stage.over()


def test_what_the_trunk_is_told_of_the_caller(city):
    stage = city(trunks={"first": trunk(1, trusted=True, callers={"1001": "+49892001"}, domain="example.net",
                                        outgoing=Writing(), user="acme", password="secret")})
    far = carrier(stage)
    dialled(stage)
    sent = invite_of(stage, "10.9.0.1")
    assert f"INVITE sip:{NUMBER}@example.net;user=phone SIP/2.0" in sent
    assert "From: <sip:+49892001@example.net>" in sent and "P-Asserted-Identity: <sip:+49892001@example.net>" in sent
    far.refuse(486)
    stage.over()


def test_a_trunk_without_a_number_of_ours_shows_none(city):
    stage = city(trunks={"first": trunk(1, caller="")})
    far = carrier(stage)
    dialled(stage)
    assert "anonymous@anonymous.invalid" in invite_of(stage, "10.9.0.1") and far.last(sip.Offered).caller == ""
    far.refuse(486)
    stage.over()


def test_only_the_codecs_of_the_trunk_are_offered(city):
    stage = city(trunks={"first": trunk(1, codecs=("PCMA",))})
    far = carrier(stage)
    dialled(stage)
    body = far.last(sip.Offered).sdp
    assert b"PCMA" in body and b"PCMU" not in body
    far.refuse(486)
    stage.over()
