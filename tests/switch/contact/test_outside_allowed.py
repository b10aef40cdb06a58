"""Who may call outside, where, how often, and what of it survives a stolen password."""


import pytest

import switch.events as told
import switch.sip.effects as sip
from switch.orders import MakeCall, OrderRefused
from switch.trunks.rules import Allowance, Probe, Spike, Toll
from tests.switch.contact.city import NUMBER, carrier, dialled, never, trunk


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
