"""Operations publish while people are in menus, in queues and in talks: nobody notices, and what is gone is let go."""

from dataclasses import replace

import pytest
from world.net import Weather
from world.town import SWITCH

import switch.events as told
import switch.sip.effects as sip
from ivr.prompts import SHIPPED, Prompts
from ivr.texts import Saying, Speech
from ivr.tree import Destination, Prompt
from media.orders import Play
from switch.acd.rules import Overflow
from switch.effects import Belongs
from switch.orders import ConsultCall, LogIn, OrderRefused
from switch.sip.effects import Address
from switch.trunks.rules import Outside, Registration, Trunk
from tests.switch.contact.stage import Stage, arrange, sounds


def without(mapping, *names):
    return {name: value for name, value in mapping.items() if name not in names}


def with_option(settings, key, destination):
    tree = settings.trees["main"]
    menu = replace(tree.menus["main"], options=tree.menus["main"].options | {key: destination})
    return replace(settings, trees=settings.trees | {"main": replace(tree, menus=tree.menus | {"main": menu})})


def published(stage):
    return stage.events(told.ConfigurationPublished)[-1]


# -- nobody notices ---------------------------------------------------------------------------------------------------


def test_a_call_keeps_the_tree_that_it_began_with(stage):
    early = stage.caller("5000")
    stage.configure(with_option(stage.settings, "1", Destination(goodbye=True)))
    assert published(stage).changes == ("tree main: option 1 now leads to goodbye",)
    late = stage.caller("5000", place=3)
    early.press("1")
    late.press("1")
    stage.run_for(30)
    assert early.last(sip.Ended) is None and late.last(sip.Ended) is not None
    assert stage.event(told.ContactQueued).contact == stage.contact.id
    early.hang_up()
    stage.over()


def test_and_its_sounds(build, tmp_path):
    stage = build()
    early = stage.caller("5000")
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "demo-billing-menu.wav").write_bytes((SHIPPED / "en" / "goodbye.wav").read_bytes())
    stage.configure(replace(stage.settings, prompts=Prompts((tmp_path, SHIPPED))))
    late = stage.caller("5000", place=3)
    for caller in (early, late):
        caller.press("5")
    played = [order.sounds[0] for order in stage.orders(Play) if sounds(order) == ["demo-billing-menu"]]
    assert [path.startswith(str(tmp_path)) for path in played] == [False, True]


def test_a_call_keeps_the_text_that_it_began_with(settings, tmp_path):
    """The words of a menu are changed while somebody is in it."""
    def with_text(old, words):
        menu = replace(old.trees["main"].menus["billing"], prompts=(Prompt(text=words),))
        tree = replace(old.trees["main"], menus=old.trees["main"].menus | {"billing": menu})
        prompts = Prompts()
        prompts.take(Speech({Saying(words, "en"): str(tmp_path / f"{words}.wav")}))
        return replace(old, trees=old.trees | {"main": tree}, prompts=prompts)
    stage = Stage(with_text(arrange(settings), "early"))
    early = stage.caller("5000")
    stage.configure(with_text(stage.settings, "late"))
    late = stage.caller("5000", place=3)
    for caller in (early, late):
        caller.press("5")
    assert [name for order in stage.orders(Play) for name in sounds(order) if name in ("early", "late")] == ["early", "late"]


def test_who_waits_keeps_the_place_and_hears_no_interruption(stage):
    callers = [stage.caller(place=place) for place in (2, 3, 4)]
    before = [place.contact for place in stage.exchange.house.desk.waiting("support")]
    said = len(stage.said)
    stage.configure(arrange(stage.settings, support={"wrap_up": 20.0}))
    assert published(stage).changes == ("queue support: wrap-up 10 s -> 20 s",)
    assert [place.contact for place in stage.exchange.house.desk.waiting("support")] == before
    assert len(stage.said) == said
    stage.agent("1001").answer()
    assert callers[0].last(sip.Ended) is None
    assert stage.state("1001").contact == before[0]


def test_a_talk_goes_on_and_its_wrap_up_is_the_new_one(stage):
    caller, phone = stage.talk()
    stage.configure(arrange(stage.settings, support={"wrap_up": 33.0}))
    assert stage.state("1001").state == "busy" and stage.hears(caller)
    phone.reinvite("sendonly")
    phone.reinvite("sendrecv")
    caller.hang_up()
    seat = stage.state("1001")
    assert (seat.state, round(seat.until - stage.now)) == ("after_call_work", 33)
    stage.over()


def test_codecs_hold_for_new_calls(stage):
    caller, phone = stage.talk()
    media = replace(stage.settings.system.media, codecs=("PCMA",))
    stage.configure(replace(stage.settings, system=replace(stage.settings.system, media=media)))
    phone.reinvite("sendonly")
    assert b"PCMU" in phone.last(sip.Answered).sdp
    late = stage.caller(place=3)
    assert b"PCMU" not in late.last(sip.Answered).sdp
    assert caller.last(sip.Ended) is None


def test_what_needs_a_restart_is_named_and_does_not_hold(stage):
    old = stage.settings.system
    changed = replace(old, language="zh", sip=replace(old.sip, port=5080), media=replace(old.media, tones=False))
    stage.configure(replace(stage.settings, system=changed))
    house = stage.exchange.house
    assert published(stage).restart == ("shoal.yaml: sip: port 5060 -> 5080", "shoal.yaml: media: tones true -> false")
    assert (house.settings.system.sip.port, house.settings.system.language) == (5060, "zh")


def test_logged_in_agents_and_registrations_stay(stage):
    stage.agent("1001")
    stage.agent("1002", ready=False)
    bindings = stage.exchange.house.endpoint.registrar.bindings("1001", stage.now)
    stage.configure(arrange(stage.settings, users={"1003": {"password": "new"}}))
    assert stage.exchange.house.endpoint.registrar.bindings("1001", stage.now) == bindings != ()
    assert (stage.state("1001").state, stage.state("1002").state) == ("ready", "not_ready")


def test_new_passwords_hold_from_now_on(stage):
    stage.configure(arrange(stage.settings, users={"1001": {"password": "another"}}))
    assert "another" not in str(published(stage)) and published(stage).changes == ("agent 1001: password has changed",)
    other = stage.telephone(9)
    for password, state in (("demo-1001", "failed"), ("another", "registered")):
        other._do("register", "1001", password, SWITCH, 3600)
        stage.run_for(0.1)
        assert other.last(sip.RegistrationState).state == state


def test_the_same_settings_again_change_nothing(stage):
    stage.talk()
    stage.caller(place=3)
    before, said = stage.exchange.snapshot(stage.now), len(stage.said)
    stage.configure(stage.settings)
    assert (published(stage).changes, published(stage).restart) == ((), ())
    assert stage.exchange.snapshot(stage.now) == before and len(stage.said) == said


# -- what is gone -----------------------------------------------------------------------------------------------------


def test_callers_of_a_queue_that_is_gone_go_where_it_overflowed(build):
    stage = build(billing={"overflow": Overflow("queue:support")})
    stage.caller("7003")
    settings = stage.settings
    stage.configure(replace(settings, queues=without(settings.queues, "billing"), numbers=without(settings.numbers, "7003")))
    assert stage.event(told.ContactDequeued).why == "closed"
    assert stage.contact.queue == "support"
    stage.agent("1001").answer()
    assert stage.state("1001").state == "busy"


def test_or_where_their_number_leads_now(build):
    stage = build(billing={"overflow": None})
    caller = stage.caller("7003")
    settings = stage.settings
    to = replace(settings.numbers["7003"], to="tree:main")
    stage.configure(replace(settings, queues=without(settings.queues, "billing"), numbers=settings.numbers | {"7003": to}))
    assert stage.contact.segment == ("ivr", "main")
    caller.hang_up()
    stage.over()


def test_a_tree_of_yesterday_leads_to_a_queue_that_is_gone(stage):
    caller = stage.caller("5000")
    caller.press("5")
    settings = with_option(stage.settings, "5", Destination(queue="support"))
    stage.configure(replace(settings, queues=without(settings.queues, "billing")))
    caller.press("1")
    stage.run_for(10)
    assert caller.last(sip.Ended) is None and stage.contact.segment == ("ivr", "main")
    assert stage.contact.tree is settings.trees["main"], "they begin again, in the tree of today"
    caller.hang_up()
    stage.over()


def test_an_agent_who_is_gone_finishes_the_talk(stage):
    caller, phone = stage.talk()
    stage.configure(replace(stage.settings, users=without(stage.settings.users, "1001")))
    assert stage.hears(caller) and phone.last(sip.Ended) is None
    assert stage.event(told.PhoneUnregistered).why == "removed"
    stage.caller("7000", place=3)
    with pytest.raises(OrderRefused):
        stage.obey(LogIn(), "1001")
    phone.hang_up()
    assert caller.last(sip.Ended) is not None
    assert "agent/1001" not in stage.memory and "phone/1001" not in stage.memory


def test_an_agent_who_is_gone_rings_no_more(stage):
    phone, other = stage.agent("1001"), stage.agent("1002")
    caller = stage.caller()
    ringing = phone if phone.last(sip.Offered) else other
    number = "1001" if ringing is phone else "1002"
    ringing.ring()
    stage.configure(replace(stage.settings, users=without(stage.settings.users, number)))
    stage.run_for(2)
    assert ringing.last(sip.Ended) is not None
    (other if ringing is phone else phone).answer()
    assert caller.last(sip.Ended) is None and stage.contact.agent_leg is not None


def test_a_consultation_in_a_queue_that_is_gone(stage):
    caller, phone = stage.talk()
    stage.obey(ConsultCall(to="queue:billing"), "1001")
    stage.configure(replace(stage.settings, queues=without(stage.settings.queues, "billing"),
                            numbers=without(stage.settings.numbers, "7003")))
    assert stage.events(told.ConsultationChanged)[-1].why == "closed"
    assert stage.hears(caller) and stage.contact.consultation is None
    phone.hang_up()


def test_a_supervisor_becomes_an_agent_whose_phone_is_there(stage):
    stage.telephone(9).register("2001")
    sue = stage.settings.users["2001"]
    stage.configure(arrange(stage.settings, users={"2001": {"role": "agent", "rules": replace(
        sue.rules, queues={"support": 1})}}))
    stage.obey(LogIn(), "2001")
    assert stage.state("2001").reachable


# -- trunks -----------------------------------------------------------------------------------------------------------

CARRIER = Trunk("10.9.0.1", register=Registration("4930", "secret"))


def with_trunks(settings, **trunks):
    return replace(settings, outside=Outside(country="49", trunks=trunks))


def registers(stage):
    return [(effect.destination.host, b"expires=0" in effect.data.partition(b"\r\n\r\n")[0])
            for _, effect in stage.said if type(effect) is sip.Transmit and effect.data.startswith(b"REGISTER")]


def test_registrations_of_trunks_stay_or_are_taken_back(settings):
    stage = Stage(with_trunks(arrange(settings), one=CARRIER, two=Trunk("10.9.0.2")))
    line = stage.exchange.house.lines.lines["one"]
    line.registration, line.state = "registered", "up"
    stage.said.clear()
    stage.configure(with_trunks(stage.settings, one=replace(CARRIER, calls=5), two=Trunk("10.9.0.2")))
    assert stage.exchange.house.lines.lines["one"] is line and line.rules.calls == 5
    stage.run_for(0.2)
    new = replace(CARRIER, register=Registration("4930", "other"))
    stage.said.clear()
    stage.configure(with_trunks(stage.settings, one=new, two=Trunk("10.9.0.2")))
    assert registers(stage) == [("10.9.0.1", False)], "as the same account: nothing to take back"
    stage.said.clear()
    stage.configure(with_trunks(stage.settings, three=replace(CARRIER, host="10.9.0.3")))
    assert sorted(registers(stage)) == [("10.9.0.1", True), ("10.9.0.3", False)]
    assert [trunk["trunk"] for trunk in stage.exchange.snapshot(stage.now)["trunks"]] == ["three"]
    assert stage.exchange.house.endpoint.guard.trusted("10.9.0.3")
    assert not stage.exchange.house.endpoint.guard.trusted("10.9.0.2")


def test_a_call_by_a_trunk_that_is_gone_goes_on(settings):
    stage = Stage(with_trunks(arrange(settings), one=Trunk("10.9.0.1"), two=Trunk("10.9.0.2")))
    carrier = stage.phone(Address("udp", "10.9.0.1", 5060), lambda _: None)
    heard = []
    carrier.hear = heard.append
    phone = stage.agent("1001")
    phone.dial("030123456", user="1001")
    stage.configure(with_trunks(stage.settings, two=Trunk("10.9.0.2")))
    call = next(told.call for told in heard if type(told) is sip.Offered)
    stage.act(carrier, carrier.endpoint.answer(call, phone.offer, stage.now))
    stage.run_for(0.2)
    assert phone.last(sip.Answered) is not None
    phone.reinvite("sendonly")
    phone.hang_up()
    stage.over()


# -- any moment -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.0005, 0.0015, 0.0025, 0.005, 0.02, 0.2])
def test_everything_but_one_queue_is_gone_at_any_moment_of_a_call(settings, seconds):
    """A call on its way is never answered with an error of ours, whatever the moment."""
    stage = Stage(arrange(settings, billing={"overflow": None}))
    stage.net._weather = Weather(delay=0.001, jitter=0)
    phone = stage.telephone(5)
    few = replace(arrange(settings), trees={}, queues={"support": settings.queues["support"]},
                  users={"1001": settings.users["1001"]},
                  numbers={number: replace(service, to="queue:support") for number, service in settings.numbers.items()})
    stage.after(seconds, lambda: stage.configure(few))
    phone.dial("5000")
    stage.run_for(2)
    assert stage.contact.queue == "support" or stage.contact.walk is not None
    phone.hang_up()
    stage.over()


def test_the_timelines_of_calls_that_are_up_begin_when_they_are_asked_for(build):
    stage = build()
    quiet = replace(stage.settings, system=replace(stage.settings.system,
                                                   store=replace(stage.settings.system.store, trace="off")))
    stage.talk()
    before = [effect for _, effect in stage.said if isinstance(effect, Belongs)]
    stage.configure(quiet)
    assert published(stage).restart == ()
    stage.said.clear()
    stage.talk("7003", agent="1002", place=3)
    assert not [effect for _, effect in stage.said if isinstance(effect, Belongs)]
    stage.configure(arrange(stage.settings))
    after = [effect for _, effect in stage.said if isinstance(effect, Belongs)]
    assert len(before) == 2 and len(after) == 4 and set(map(tuple_of, before)) < set(map(tuple_of, after))


def tuple_of(effect):
    return effect.call_id, effect.contact, effect.party
