"""Callers who are led outside, and what is shown of who calls."""

from dataclasses import replace

import pytest

import switch.events as told
import switch.sip.effects as sip
from switch.orders import MakeCall, OrderRefused, TransferCall
from switch.settings import ServiceNumber
from switch.trunks.rules import Allowance, Toll
from tests.switch.contact.city import NUMBER, carrier, dialled, invite_of, trunk


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
