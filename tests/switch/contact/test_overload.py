"""Too much to do: new calls hear 503 and when to try again; whatever is up, and whatever belongs to it, goes on."""

import re
from dataclasses import replace

import pytest

import switch.events as told
import switch.sip.effects as sip
from bench.core import SDP, request
from media.orders import Load
from switch.orders import CompleteCall, ConsultCall, MakeCall, OrderRefused
from switch.sip.effects import Address
from tests.switch.contact.city import carrier, dialled, outside, trunk
from tests.switch.contact.stage import Stage, arrange


def late(stage, seconds, worker=0, times=2):
    """A worker that has a good deal to do says so often that it is so late; what it has done before is told first."""
    for each in (0.0, *[seconds] * times):
        stage._do(stage.exchange.media_load(worker, Load(10, 50, each, each, 0, stage.now / 2), stage.now))
        stage.run_for(1)


def refusals(stage):
    return [effect.data for effect in stage.orders(sip.Transmit) if effect.data.startswith(b"SIP/2.0 503")]


def test_new_calls_are_refused_until_it_is_over(stage):
    caller, phone = stage.talk()
    late(stage, 0.015)
    overloaded = stage.event(told.HouseOverloaded)
    assert (overloaded.why, overloaded.contacts) == (("media",), 1)
    for place in (11, 12, 13):
        assert stage.caller(place=place).last(sip.Refused).status == 503
    waits = [int(re.search(rb"\r\nRetry-After: (\d+)", data)[1]) for data in refusals(stage)]
    assert len(waits) == 3 and all(5 <= wait <= 10 for wait in waits)
    assert len(stage.exchange.house.contacts) == 1 and len(stage.events(told.ContactOffered)) == 1
    late(stage, 0.001, times=5)
    relieved = stage.event(told.HouseRelieved)
    assert relieved.refused == 3 and relieved.seconds > 3
    assert stage.caller(place=14).last(sip.Answered)
    assert stage.hears(caller).voices and stage.hears(phone).voices
    phone.hang_up()


def test_who_is_refused_leaves_nothing_behind_and_hears_the_same_again(stage):
    late(stage, 0.015)
    invite, peer = request("INVITE", 1, body=SDP).replace(b"sip:5000@", b"sip:7000@"), Address("udp", "127.0.0.1", 5070)
    before = stage.exchange.house.endpoint.counts()
    first = stage.exchange.receive(invite, peer, stage.now)
    assert [effect.data[:11] for effect in first] == [b"SIP/2.0 503"]
    assert stage.exchange.house.endpoint.counts() == before, "neither transaction nor timer"
    late(stage, 0.001, times=5)
    assert stage.event(told.HouseRelieved).refused == 1
    assert [stage.exchange.receive(invite, peer, stage.now) for _ in range(2)] == [first] * 2, "though the door is open"
    assert stage.caller().last(sip.Answered)


def test_calls_in_progress_are_served_to_their_end(stage):
    waiting = stage.caller()
    late(stage, 0.015)
    phone, second = stage.agent("1001"), stage.agent("1002", ready=False)
    phone.answer()
    assert stage.hears(waiting).voices, "who waits reaches an agent"
    stage.obey(ConsultCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    second.answer()
    stage.obey(CompleteCall(), "1001")
    stage.run_for(0.1)
    assert stage.hears(waiting).voices and stage.hears(second).voices
    waiting.reinvite("sendonly")
    waiting.reinvite("sendrecv")
    waiting.hang_up()
    assert not refusals(stage)
    stage.over()


def test_a_phone_of_a_call_in_progress_consults(stage):
    _, phone = stage.talk()
    other = stage.agent("1002", ready=False)
    late(stage, 0.015)
    phone.dial("1002", user="1001")
    stage.run_for(0.5)
    assert not refusals(stage) and other.last(sip.Offered)


def test_emergency_calls_are_never_refused(settings):
    stage = Stage(replace(arrange(settings), outside=outside(trunks={"first": trunk(1, numbers={"+49893000": "7000"})})))
    late(stage, 0.015)
    far = carrier(stage)
    phone = dialled(stage, "112")
    assert far.last(sip.Offered).called == "112" and not phone.last(sip.Refused)
    other = stage.agent("1002", ready=False)
    other.dial("9030123456", user="1002")
    assert other.last(sip.Refused).status == 503
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MakeCall(to="9030123456"), "1002")
    assert refused.value.code == "overloaded"
    far.dial("+49893000")
    assert far.last(sip.Refused).status == 503
    stage.obey(MakeCall(to="112"), "1002")


def test_a_click_is_told(stage):
    stage.agent("1001")
    late(stage, 0.015)
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MakeCall(to="1002"), "1001")
    assert refused.value.code == "overloaded"
    assert not stage.exchange.house.contacts


def test_signalling_that_is_late(stage):
    for _ in range(2):
        stage._do(stage.exchange.signalling_load(0.4, 0.0, 0.9, stage.now))
    assert stage.event(told.HouseOverloaded).why == ("signalling",)
    assert stage.caller().last(sip.Refused).status == 503


def test_a_strained_worker_dies_and_the_door_opens(stage):
    late(stage, 0.05)
    stage._do(stage.exchange.media_lost(stage.now))
    assert stage.event(told.HouseRelieved)
