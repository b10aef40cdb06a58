"""Calls that trunks bring."""

from dataclasses import replace

import pytest

import switch.events as told
import switch.sip.effects as sip
from switch.orders import MakeCall, OrderRefused
from switch.sip.effects import Address
from switch.trunks.rules import Reading, Route, Share
from tests.switch.contact.city import NUMBER, carrier, clicked, invite_of, never, outside, trunk
from tests.switch.contact.stage import Stage, arrange


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
