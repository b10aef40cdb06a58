"""What the joint makes of keys in SDP, of phones that are gone, and of what media tells about the sound."""

from dataclasses import replace
from random import Random

import pytest

import media.orders as m
import switch.sip.effects as sip
from media import sdp
from media.orders import Fair, Far, Intruded, Poor, Quality, TimedOut, Unkeyed
from media.sdp import Security
from switch.events import (
    ContactEnded,
    ContactQueued,
    LegEnded,
    MediaFair,
    MediaFull,
    MediaIntruded,
    MediaPoor,
    MediaQuality,
    MediaTimedOut,
    MediaUnkeyed,
    ReservationCreated,
    ReservationRejected,
)
from tests.switch.contact.stage import Stage, arrange


@pytest.fixture
def make(settings):
    def build(**media):
        system = replace(settings.system, media=replace(settings.system.media, **media))
        return Stage(arrange(settings, system=system))

    return build


def offer(stage, mode="require"):
    security = Security(mode, Random(1).randbytes, short=True)
    return sdp.offer(host="10.0.1.2", port=20000, session=7, version=0, security=security)


def told(stage, report):
    """Media tells something."""
    stage._do(stage.exchange.media(report, stage.now))
    stage.run_for(0.1)


def test_a_secure_offer_is_answered_with_keys_that_nobody_can_guess(make):
    stage = make()
    caller = stage.caller(offer=offer(stage))
    answer = caller.last(sip.Answered).sdp
    ours, (order,) = sdp.agree(offer(stage), answer).keys, stage.orders(m.Open)
    assert order.stream.keys.ours == ours.theirs
    assert order.peer == "10.0.1.2"
    other = make()
    assert sdp.agree(offer(other), other.caller(offer=offer(other)).last(sip.Answered).sdp).keys.theirs != ours.theirs


@pytest.mark.parametrize(("mode", "without"), [("offer", b"RTP/SAVP"), ("off", b"a=crypto"), ("require", b"RTP/AVP ")])
def test_phones_are_offered_what_operations_say(make, mode, without):
    stage = make(srtp=mode, srtp_without_tls=True)
    stage.agent("1001")
    stage.caller(offer=offer(stage, "offer"))
    (invite,) = [data for _, data in sent(stage, b"INVITE")]
    assert without not in invite
    assert (b"a=crypto" in invite) is (mode != "off")


def test_over_udp_no_key_is_offered_unless_operations_say_so(make):
    stage = make()
    stage.agent("1001")
    stage.caller()
    (invite,) = [data for _, data in sent(stage, b"INVITE")]
    assert b"a=crypto" not in invite


def insist(phone):
    """Pick up with keys."""
    offered = phone.last(sip.Offered).sdp
    own = Security("require", Random(2).randbytes)
    phone.offer = sdp.answer(offered, host=phone.phone.address.host, port=20000, session=7, version=0, security=own).sdp
    phone.answer()


def profiles(stage):
    return [data.partition(b"m=audio ")[2].split()[1] for _, data in sent(stage, b"INVITE")]


def test_a_phone_that_refuses_keys_in_a_plain_line_is_asked_once_more_for_srtp_alone(make):
    stage = make(srtp_without_tls=True)
    phone = stage.agent("1001")
    caller = stage.caller()
    phone.refuse(488)
    assert profiles(stage) == [b"RTP/AVP", b"RTP/SAVP"]
    insist(phone)
    leg = stage.contact.agent_leg
    assert stage.state("1001").state == "busy" and leg.stream.keys is not None
    assert stage.events(ReservationRejected) == []
    phone._do("reinvite", phone.call, b"")
    stage.run_for(0.1)
    assert b" RTP/SAVP " in leg.offer, "and so it goes on"
    caller.hang_up()
    stage.over()


@pytest.mark.parametrize(("media", "status", "asked"), [
    ({"srtp_without_tls": True}, 488, 2), ({"srtp_without_tls": True}, 486, 1), ({}, 488, 1), ({"srtp": "require"}, 488, 1)])
def test_it_is_asked_no_more_often_and_only_where_there_is_another_offer(make, media, status, asked):
    stage = make(**media)
    phone = stage.agent("1001")
    stage.caller(offer=offer(stage, "offer"))
    for _ in range(asked):
        phone.refuse(status)
    assert len(profiles(stage)) == asked
    assert stage.event(ReservationRejected).sip_status == status


def test_of_two_phones_the_one_that_insists_is_asked_anew_while_the_other_rings(make):
    stage = make(srtp_without_tls=True)
    plain, strict = stage.agent("1001"), stage.agent("1001", place=2)
    stage.caller()
    plain.ring()
    strict.refuse(488)
    assert sorted(profiles(stage)) == [b"RTP/AVP", b"RTP/AVP", b"RTP/SAVP"]
    plain.answer()
    assert stage.contact.agent_leg.stream.keys is None
    assert strict.last(sip.Ended).how == "cancel"


def sent(stage, start):
    return [(at, effect.data) for at, effect in stage.said
            if type(effect) is sip.Transmit and effect.data.startswith(start) and b"10.0.1.2" not in effect.data[:40]
            and effect.destination.host.startswith("10.0.3")]


@pytest.mark.parametrize("who", ["caller", "agent"])
def test_a_phone_that_is_gone_ends_the_call_as_a_fault_of_the_network(make, who):
    stage = make()
    caller, phone = stage.talk()
    contact = stage.contact
    leg = contact.caller_leg if who == "caller" else contact.agent_leg
    told(stage, TimedOut(leg.id, 60.0))
    assert stage.event(MediaTimedOut).seconds == 60.0
    ended = stage.event(ContactEnded)
    assert (ended.ended_by, ended.cause) == ("network", "recovery_on_timer_expiry")
    assert len(stage.events(LegEnded)) == 2
    for party in (caller, phone):
        assert party.last(sip.Ended).how == "bye"
    assert stage.exchange.house.sound.timeouts == 1
    stage.over()


@pytest.mark.parametrize(("final", "cause"), [(True, "protocol_error"), (False, "network_out_of_order")])
def test_an_agents_browser_without_keys_gives_the_caller_back_to_the_head_of_the_queue(make, final, cause):
    stage = make()
    caller, phone = stage.talk()
    leg = stage.contact.agent_leg
    if not final:
        told(stage, Unkeyed(leg.id, "nothing came", False))
        assert stage.events(MediaUnkeyed) == [], "it has just been answered"
        stage.run_for(10)
    told(stage, Unkeyed(leg.id, "nothing came", final))
    assert stage.event(MediaUnkeyed).why == "nothing came"
    assert phone.last(sip.Ended).how == "bye"
    ended = stage.event(LegEnded)
    assert (ended.leg, ended.ended_by, ended.cause) == (leg.id, "network", cause)
    assert stage.events(ContactEnded) == [] and stage.events(ContactQueued)[-1].position == 1
    colleague = stage.agent("1002")
    assert (pop := stage.events(ReservationCreated)[-1].pop).returned == "no_keys" and pop.returned_by == "1001"
    colleague.ring()
    colleague.answer()
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_a_callers_browser_without_keys_is_the_end(make):
    stage = make()
    stage.talk()
    stage.run_for(10)
    told(stage, Unkeyed(stage.contact.caller_leg.id, "nothing came", False))
    ended = stage.event(ContactEnded)
    assert (ended.ended_by, ended.cause) == ("network", "network_out_of_order")
    stage.over()


def test_what_media_tells_of_a_leg_is_written_down(make):
    stage = make()
    stage.talk()
    leg = stage.contact.agent_leg.id
    told(stage, Poor(leg, "heard", 2.5, 0.12, 0.03, 0.2))
    told(stage, Fair(leg, "heard"))
    told(stage, Intruded(leg, "198.51.100.66", 4000, 3))
    poor, fair, intruded = stage.event(MediaPoor), stage.event(MediaFair), stage.event(MediaIntruded)
    assert (poor.party, poor.way, poor.mos, poor.loss) == ("1001", "heard", 2.5, 0.12)
    assert (fair.leg, intruded.host, intruded.packets) == (leg, "198.51.100.66", 3)


def test_the_last_word_has_both_ways_and_is_counted(make):
    stage = make()
    caller, _ = stage.talk()
    leg = stage.contact.agent_leg.id
    caller.hang_up()
    house = stage.exchange.house
    before = house.sound.counts()["media_mos_heard_score"]["le", "+Inf"]
    quality = MediaQuality(contact="x", leg=leg, party="1001", received=900, lost=100, late=0, jitter=0.01, mos=3.2,
                           far_mos=4.1, round_trip=0.08, intruders=5)
    house.sound.add(quality)
    counts = house.sound.counts()
    assert counts["media_mos_heard_score"]["le", "+Inf"] == before + 1
    assert counts["media_loss_heard_ratio"]["le", "0.05"] == counts["media_loss_heard_ratio"]["le", "+Inf"] - 1
    assert counts["media_dropped_packets_total"]["why", "intruder"] == 5
    assert {event.leg for event in stage.events(MediaQuality)} >= {leg}
    assert Quality(leg, 1, 0, 0, 0.0, far=Far(1, 0.1, 0.0, 4.0)).far.mos == 4.0


def test_when_every_port_is_taken_callers_hear_503_and_it_is_said_once(make):
    stage = make()
    stage.exchange.house.seats.clear()
    for place in (2, 3):
        assert stage.caller(place=place).last(sip.Refused).status == 503
    assert len(stage.events(MediaFull)) == 1
    assert stage.exchange.house.sound.no_seat == 2
