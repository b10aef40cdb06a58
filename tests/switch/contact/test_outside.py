"""Calls to numbers outside, by whatever trunk can, and calls that trunks bring."""

import random
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

import switch.events as told
import switch.sip.effects as sip
from media import sdp
from media.sdp import Security
from switch.hours.calendar import Calendar
from switch.hours.rules import Hours
from switch.orders import MakeCall, OrderRefused, TransferCall
from switch.settings import ServiceNumber
from switch.sip.effects import Address
from switch.sip.endpoint import Endpoint
from switch.trunks.rules import Allowance, Outside, Probe, Reading, Registration, Route, Share, Spike, Toll, Trunk, Writing
from tests.switch.contact.stage import Stage, Telephone, arrange

NUMBER = "+4930123456"
QUIET = Probe(every=0)


def trunk(place, **more):
    more = {"probe": QUIET, "caller": "+49891000", "outgoing": Writing(form="national")} | more
    return Trunk(f"10.9.0.{place}", **more)


def outside(**more):
    more = {"country": "49", "dialling": Reading(strip=("9",)), "trunks": {"first": trunk(1), "second": trunk(2)}} | more
    return Outside(**more)


@pytest.fixture
def city(settings):
    """``city(trunks=..., toll=...)``: a stage with the world outside."""
    def build(hours=None, system=None, **more):
        return Stage(replace(arrange(settings, system=system), outside=outside(**more), hours=hours or {}))
    return build


def never(name):
    """Opening hours in which it is never open."""
    return {name: Calendar(Hours(name, open={"mon-sun": ("closed",)}), ZoneInfo("UTC"))}


def carrier(stage, place=1):
    return Telephone(stage, f"10.9.0.{place}")


def invite_of(stage, host):
    """The last INVITE that was sent there, as text."""
    sent = [effect.data.decode() for _, effect in stage.said
            if type(effect) is sip.Transmit and effect.destination.host == host and effect.data.startswith(b"INVITE")]
    return sent[-1] if sent else ""


def clicked(stage, to="9030123456", agent="1001"):
    """An agent has clicked a number, and picked up."""
    phone = stage.agent(agent, ready=False)
    stage.obey(MakeCall(to=to), agent)
    stage.run_for(0.1)
    phone.answer()
    return phone


def dialled(stage, to="9030123456", agent="1001"):
    """An agent has dialled a number on the phone."""
    phone = stage.agent(agent, ready=False)
    phone.dial(to, user=agent)
    return phone


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


# -- who may --------------------------------------------------------------------------------------------------------------


def test_nobody_calls_out_without_a_password(city):
    stage = city()
    far = carrier(stage)
    stranger = stage.caller("9030123456")
    assert stranger.last(sip.Refused).status == 404
    phone = stage.agent("1001")
    phone.dial("9030123456", caller="1001")
    assert phone.last(sip.Refused).status == 407, "even from where the phone registered"
    stage.caller("9030123456", place=3, user="2001")
    assert far.last(sip.Offered) is None, "only agents"
    stage.over()


@pytest.mark.parametrize(("to", "why"), [("900331234567", "toll_country"), ("909001234567", "toll_blocked")])
def test_where_a_stolen_password_does_not_lead(city, to, why):
    stage = city()
    phone = dialled(stage, to)
    assert phone.last(sip.Refused).status == 403 and "not allowed" in phone.last(sip.Refused).reason
    assert stage.event(told.TollRefused).why == why and stage.event(told.TollRefused).agent == "1001"
    assert stage.events(told.ContactOffered) == []


def test_an_agents_day_is_used_up_and_a_restart_does_not_give_it_back(city):
    toll = Toll(each_agent=Allowance(calls_per_day=1))
    stage = city(toll=toll)
    far = carrier(stage)
    phone = dialled(stage)
    far.answer()
    stage.run_for(30)
    phone.hang_up()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MakeCall(to=NUMBER), "1001")
    assert refused.value.code == "toll_calls"
    remembered = stage.memory["toll/1001"]
    assert remembered["calls"] == 1 and 29 < remembered["seconds"] < 31
    after = city(toll=toll)
    after._do(after.exchange.start("town", {"toll/1001": remembered}, [], after.now))
    after.agent("1001", ready=False)
    with pytest.raises(OrderRefused):
        after.obey(MakeCall(to=NUMBER), "1001")


def test_a_call_that_has_lasted_as_long_as_it_may_is_cleared(city):
    stage = city(toll=Toll(longest_call=60))
    far = carrier(stage)
    phone = dialled(stage)
    far.answer()
    stage.run_for(59)
    assert not phone.last(sip.Ended)
    stage.run_for(2)
    assert phone.last(sip.Ended) and far.last(sip.Ended)
    assert stage.event(told.ContactEnded).ended_by == "system"
    stage.over()


def test_many_calls_abroad_are_stopped(city):
    stage = city(toll=Toll(countries=("+49", "+33"), spike=Spike(calls=2, within=60, pause=600)))
    far = carrier(stage)
    phone = stage.agent("1001", ready=False)
    for _ in range(2):
        phone.dial("900331234567", user="1001")
        far.refuse(486)
    assert stage.event(told.TollSpike).calls == 2
    phone.dial("900331234567", user="1001")
    assert phone.last(sip.Refused).status == 403 and stage.event(told.TollRefused).why == "toll_spike"
    phone.dial("9030123456", user="1001")
    assert far.last(sip.Offered).called == "030123456", "at home they go on"
    far.refuse(486)
    stage.over()


def test_an_emergency_call_passes_whatever_stands_against_it(city):
    nothing = Toll(each_agent=Allowance(0, 0, 0), hours="never")
    stage = city(never("never"), toll=nothing, emergency_trunks=("second",), trunks={
        "first": trunk(1), "second": trunk(2, calls=1, probe=Probe(every=30, down_after=1))})
    stage.run_for(40)
    first = carrier(stage)
    phone = stage.agent("1001", ready=False)
    phone.dial("9112", caller="1001")
    assert stage.event(told.EmergencyCalled).number == "112" and stage.event(told.EmergencyCalled).agent == "1001"
    assert first.last(sip.Offered).called == "112", "the trunk that is down comes last, but comes"
    first.refuse(503)
    assert stage.events(told.Originated)[-1].trunk == "second"
    stage.run_for(40)
    assert stage.caller("112").last(sip.Refused).status == 404, "not for strangers"
    carrier(stage, 2)
    stage.run_for(60)
    stage.over()


def test_an_agent_in_a_talk_may_call_for_help(city):
    stage = city()
    far = carrier(stage)
    caller, phone = stage.talk()
    talk = phone.call
    phone.dial("112", user="1001")
    far.answer()
    assert stage.hears(far).partner and stage.state("1001").state == "busy"
    phone.hang_up()
    assert stage.hears(caller).partner
    phone.call = talk
    phone.hang_up()
    stage.over()


# -- transfers and exits --------------------------------------------------------------------------------------------------


def test_a_caller_is_transferred_outside_on_the_agents_account(city):
    stage = city()
    far = carrier(stage)
    caller, phone = stage.talk()
    stage.obey(TransferCall(to="9030123456"), "1001")
    stage.run_for(0.1)
    assert phone.last(sip.Ended) and stage.hears(caller).background
    assert stage.event(told.Originated).agent == "1001"
    far.answer()
    assert stage.hears(caller).partner and stage.hears(far).partner
    caller.hang_up()
    assert far.last(sip.Ended)
    stage.over()


def test_a_transfer_that_may_not_be_is_refused_and_nothing_has_changed(city):
    stage = city()
    caller, phone = stage.talk()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(TransferCall(to="900331234567"), "1001")
    assert refused.value.code == "toll_country" and stage.hears(caller).partner and not phone.last(sip.Ended)
    phone.hang_up()
    stage.over()


def test_a_transfer_outside_that_fails_returns_the_caller(city):
    stage = city()
    far = carrier(stage)
    caller, _ = stage.talk()
    stage.obey(TransferCall(to="9030123456"), "1001")
    stage.run_for(0.1)
    far.refuse(486)
    stage.run_for(11)
    assert stage.events(told.ReservationCreated)[-1].agent == "1001"
    caller.hang_up()
    stage.over()


# -- what trunks bring ----------------------------------------------------------------------------------------------------


def test_a_call_from_a_trunk_has_its_numbers_made_ours(city):
    stage = city(trunks={"first": trunk(1, numbers={"+49891000": "7000"}, incoming=Reading(bare="national"))})
    agent = stage.agent("1001")
    far = carrier(stage)
    far.dial("891000", caller="030123456")
    offered = stage.event(told.ContactOffered)
    assert (offered.caller, offered.called, offered.trunk, offered.direction) == (NUMBER, "7000", "first", "inbound")
    agent.answer()
    assert stage.hears(far).partner
    (leg,) = [leg for leg in stage.exchange.snapshot(stage.now)["contacts"][0]["legs"] if leg["trunk"]]
    assert leg["trunk"] == "first" and leg["party"] == NUMBER
    far.hang_up()
    stage.over()


@pytest.mark.parametrize("called", ["1001", "9030123456", "+33123456789", "nobody", "112", ""])
def test_a_trunk_reaches_nothing_but_what_it_brings(city, called):
    """No agent, and no way out again."""
    stage = city()
    second = carrier(stage, 2)
    far = carrier(stage)
    far.dial(called, user="")
    assert far.last(sip.Refused).status == 404 and second.last(sip.Offered) is None
    assert stage.events(told.ContactOffered) == []


def test_a_trunk_is_never_asked_for_a_password_and_may_not_pretend_to_be_an_agent(city):
    stage = city()
    far = carrier(stage)
    far.dial("7000", caller="1001")
    assert stage.event(told.ContactOffered).direction == "inbound" and far.last(sip.Answered)
    far.hang_up()
    stage.over()


def test_calls_of_a_trunk_beyond_its_limit(city):
    stage = city(trunks={"first": trunk(1, calls=1)})
    one = carrier(stage)
    one.dial("7000")
    call = one.call
    one.dial("7000")
    assert one.last(sip.Refused).status == 503
    one.call = call
    one.hang_up()
    one.dial("7000")
    assert one.last(sip.Answered)
    one.hang_up()
    stage.over()


def test_no_trunk_no_way_out(stage):
    phone = stage.agent("1001", ready=False)
    phone.dial("+4930123456", user="1001")
    assert phone.last(sip.Refused).status == 404
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MakeCall(to=NUMBER), "1001")
    assert refused.value.code == "unknown_destination"


def test_a_number_a_queue_and_a_tree_may_lead_outside_on_the_houses_account(city):
    stage = city(toll=Toll(each_agent=Allowance(0, 0, 0)))
    settings = stage.settings
    far = carrier(stage)
    stage.exchange.house.settings = replace(settings, numbers=settings.numbers | {
        "7009": ServiceNumber("7009", f"outside:{NUMBER}")})
    caller = stage.caller("7009")
    assert far.last(sip.Offered).called == "030123456" and stage.event(told.ContactOffered).direction == "inbound"
    far.ring()
    assert caller.last(sip.Progressed).status == 180
    far.answer()
    assert caller.last(sip.Answered) and stage.hears(caller).partner and stage.event(told.Originated).agent == ""
    caller.hang_up()
    rules = replace(settings.queues["support"], exit_key="*", exit_to=f"outside:{NUMBER}")
    stage.exchange.house.settings = replace(settings, queues=settings.queues | {"support": rules})
    stage.exchange.house.desk.configure(stage.exchange.house.settings.queues, stage.exchange.house.desk.rules, stage.now)
    caller = stage.caller("7000", place=3)
    caller.press("*")
    far.answer()
    assert stage.hears(caller).partner and stage.events(told.Established)[-1].party == NUMBER
    far.hang_up()
    stage.over()


SAID = (("P-Asserted-Identity", '"Ann A" <sip:+49301@gw.example>'),)


@pytest.mark.parametrize(("trusted", "headers", "caller"), [
    (True, SAID, "+49301"), (False, SAID, "+49307"), (True, (*SAID, ("Privacy", "id")), ""),
    (True, (("Remote-Party-ID", "<sip:+49301@gw.example>;party=calling;privacy=full"),), ""),
])
def test_a_trusted_trunk_is_believed_who_calls_and_that_they_are_not_to_be_shown(city, trusted, headers, caller):
    stage = city(trunks={"first": trunk(1, trusted=trusted, numbers={"+49891000": "7000"})})
    stage.agent("1001")
    far = carrier(stage)
    far.dial("+49891000", caller="+49307", headers=headers)
    assert stage.event(told.ContactOffered).caller == caller
    assert stage.event(told.ReservationCreated).pop.caller == caller
    invite = invite_of(stage, "10.0.3.1")
    if caller:
        assert f"sip:{caller}@" in invite
    else:
        assert 'From: "Anonymous" <sip:anonymous@anonymous.invalid>' in invite
        assert "4930" not in invite and "Ann" not in invite
    far.hang_up()
    stage.over()


def test_who_led_the_call_on_to_us_is_shown(city):
    stage = city(trunks={"first": trunk(1, numbers={"+49891000": "7000"})})
    stage.agent("1001")
    far = carrier(stage)
    far.dial("+49891000", caller="+49307", headers=(("Diversion", "<sip:+4989777@gw.example>;reason=no-answer"),))
    assert stage.event(told.ContactOffered).diverted_from == "+4989777"
    assert stage.event(told.ReservationCreated).pop.diverted_from == "+4989777"
    far.hang_up()
    stranger = stage.telephone(7)
    stranger.dial("7000", headers=(("Diversion", "<sip:+4989777@gw.example>"),))
    assert stage.events(told.ContactOffered)[-1].diverted_from == "", "a stranger is believed nothing"
    stranger.hang_up()
    stage.over()


def test_a_trunk_is_known_by_its_certificate_wherever_it_calls_from(settings):
    """The guard trusts nobody here, and the number is no service number: a stranger gets 404."""
    guarded = replace(settings.system, guard=replace(settings.system.guard, allow=()))
    stage = Stage(replace(arrange(settings, system=guarded), outside=outside(trunks={
        "carrier": trunk(1, transport="tls", certificate="sip.carrier.example", numbers={"+49891000": "5000"})})))
    far, other = Address("tls", "198.51.100.9", 40001), Address("tls", "198.51.100.9", 40002)

    def calls(source):
        stage._do(stage.exchange.receive(
            f"INVITE sip:+49891000@shoal SIP/2.0\r\nVia: SIP/2.0/TLS 198.51.100.9;branch=z9hG4bK{source.port};rport\r\n"
            f"From: <sip:+4930123@x>;tag=a\r\nTo: <sip:+49891000@shoal>\r\nCall-ID: {source.port}-{stage.now}\r\n"
            f"CSeq: 1 INVITE\r\nContact: <sip:gate@198.51.100.9;transport=tls>\r\n\r\n".encode(), source, stage.now))
        return [effect.data.partition(b"\r\n")[0] for _, effect in stage.said
                if type(effect) is sip.Transmit and effect.destination == source]

    stage._do(stage.exchange.proved(far, ("gate", "sip.carrier.example"), stage.now))
    stage._do(stage.exchange.proved(other, ("somebody.example",), stage.now))
    assert calls(other) == [b"SIP/2.0 404 Not Found"]
    assert calls(far)[0] == b"SIP/2.0 100 Trying"
    assert (stage.event(told.ContactOffered).trunk, stage.event(told.ContactOffered).called) == ("carrier", "5000")
    stage._do(stage.exchange.lost(far, stage.now))
    stage.run_for(60)
    assert calls(far)[-1] == b"SIP/2.0 404 Not Found", "who comes after it has proved nothing"


def test_a_trunk_over_tls_is_asked_for_by_what_reaches_it(city):
    for more, uri in [({"transport": "tls"}, "sip:030123456@10.9.0.1;transport=tls;user=phone"),
                      ({"transport": "tls", "sips": True}, "sips:030123456@10.9.0.1;user=phone"),
                      ({"transport": "tls", "sips": True, "domain": "carrier.example"},
                       "sips:030123456@carrier.example;user=phone"),
                      ({"transport": "tcp", "port": 5070}, "sip:030123456@10.9.0.1:5070;transport=tcp;user=phone")]:
        stage = city(trunks={"first": trunk(1, **more)})
        clicked(stage)
        text = invite_of(stage, "10.9.0.1")
        assert text.startswith(f"INVITE {uri} SIP/2.0\r\n")
        assert ("\r\nContact: <sips:" in text) == ("sips" in more), text


def test_a_route_is_there_at_its_hours(city):
    for hours, first in [({}, "first"), (never("night"), "second")]:
        home = Route(("+49",), {"first": Share()}, "night" if hours else "")
        stage = city(hours, routes={"all": Route(("+",), {"second": Share()}), "home": home})
        carrier(stage), carrier(stage, 2)
        clicked(stage)
        assert stage.event(told.Originated).trunk == first


# -- who is shown ---------------------------------------------------------------------------------------------------------


def lines_of(text, *names):
    return [line for line in text.split("\r\n") if line.startswith(tuple(f"{name}: " for name in names))]


def test_an_agent_who_does_not_want_to_be_shown_is_not_but_a_trusted_trunk_knows(city):
    for trusted, wanted in [(True, ["P-Asserted-Identity: <sip:0891000@10.9.0.1>", "Privacy: id"]), (False, [])]:
        stage = city(trunks={"first": trunk(1, trusted=trusted)})
        phone = stage.agent("1001", ready=False)
        stage.obey(MakeCall(to="9030123456", anonymous=True), "1001")
        stage.run_for(0.1)
        phone.answer()
        text = invite_of(stage, "10.9.0.1")
        assert lines_of(text, "From")[0].startswith('From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=')
        assert lines_of(text, "P-Asserted-Identity", "Privacy", "Diversion") == wanted
        assert stage.event(told.Originated).presented == ""


def test_a_phone_that_asks_for_privacy_is_not_shown_except_in_an_emergency(city):
    for number, shown in [("9030123456", "anonymous@anonymous.invalid"), ("112", "0891000@")]:
        stage = city(trunks={"first": trunk(1)})
        phone = stage.agent("1001", ready=False)
        phone.dial(number, user="1001", headers=(("Privacy", "id"),))
        assert f"<sip:{shown}" in lines_of(invite_of(stage, "10.9.0.1"), "From")[0]


@pytest.mark.parametrize(("allowed", "caller", "shown", "diverted"), [
    (True, "+4915112345", "015112345", ["Diversion: <sip:0893000@10.9.0.1>;reason=deflection;counter=1"]),
    (False, "+4915112345", "0891000", []), (True, "x", "0891000", []),
    (True, "", "anonymous", ["Diversion: <sip:0893000@10.9.0.1>;reason=deflection;counter=1"]),
])
def test_a_caller_who_is_led_on_is_shown_where_the_trunk_allows_it(city, allowed, caller, shown, diverted):
    stage = city(trunks={"first": trunk(1, pass_caller=allowed, numbers={"+49893000": "7000"})})
    far = carrier(stage)
    phone = stage.agent("1001")
    stage.caller("7000", caller=caller)
    phone.answer()
    stage.obey(TransferCall(to="9030123456"), "1001")
    stage.run_for(0.1)
    text = invite_of(stage, "10.9.0.1")
    assert f"<sip:{shown}@" in lines_of(text, "From")[0]
    assert lines_of(text, "Diversion") == diverted
    assert stage.event(told.Originated).presented == {"015112345": caller, "0891000": "+49891000"}.get(shown, "")
    far.refuse(486)


def test_a_trunk_that_asks_to_be_left_alone_is_passed_by_for_so_long(city):
    stage = city(trunks={"first": trunk(1), "second": trunk(2)})
    first, second = carrier(stage), carrier(stage, 2)
    phone = dialled(stage)
    first._do("refuse", first.call, 503, retry_after=60)
    stage.run_for(0.1)
    second.answer()
    phone.hang_up()
    assert stage.exchange.house.lines.lines["first"].refusal(0, stage.now) == "down"
    for wait, wanted in ((50, ["first", "second", "second"]), (15, ["first", "second", "second", "first"])):
        stage.run_for(wait)
        phone.dial("9030123456", user="1001")
        assert [event.trunk for event in stage.events(told.Originated)] == wanted
        phone.hang_up()
    stage.over()
