"""A page that is loaded anew in the middle of a talk, or is gone for good; and what the caller hears of it."""

from dataclasses import replace

import pytest

import switch.events as told
import switch.sip.effects as sip
from switch.orders import HoldCall, LogIn, OrderRefused, TransferCall
from switch.view import snapshot


def talk(stage, number="7000"):
    """A caller and an agent at a page, who hear each other."""
    page = stage.page("1001")
    stage.obey(LogIn(ready=True), "1001")
    caller = stage.caller(number)
    page.ring()
    page.answer()
    assert stage.hears(caller).partner and stage.state("1001").state == "busy"
    return caller, page


def waits(stage, caller):
    """The caller hears music, and nobody has hung up."""
    hears = stage.hears(caller)
    return hears.background.endswith("music.wav") and not hears.partner and caller.last(sip.Ended) is None


def invite(stage, page):
    return next(effect.data for _, effect in reversed(stage.said)
                if type(effect) is sip.Transmit and effect.data.startswith(b"INVITE")
                and effect.destination == page.phone.address)


def test_a_page_that_is_loaded_anew_goes_on_with_its_talk(stage):
    caller, page = talk(stage)
    stage.cut(page.phone)
    assert waits(stage, caller) and stage.state("1001").state == "busy"
    lost = stage.event(told.PhoneLost)
    assert lost.party == "1001" and lost.until == pytest.approx(stage.now + 15, abs=1)
    (shown,) = snapshot(stage.exchange.house, 1, stage.now)["contacts"]
    assert shown["returning"] == {"party": "1001", "until": lost.until}, "whoever loads the page anew sees it, too"
    stage.run_for(3)
    again = stage.page("1001", load=2)
    assert again.last(sip.Offered) is not None, "rung as soon as it is there"
    assert b"answer-after=0" in invite(stage, again), "and asked to pick up by itself"
    assert waits(stage, caller)
    again.answer()
    assert stage.hears(caller).partner and stage.hears(again).partner
    assert [event.party for event in stage.events(told.Established)] == ["1001", "1001"]
    assert [(event.kind, event.owner) for event in stage.events(told.SegmentBegan)][-3:] == [
        ("talk", "1001"), ("hold", "1001"), ("talk", "1001")]
    caller.hang_up()
    assert again.last(sip.Ended).how == "bye"
    assert stage.event(told.ContactEnded).ended_by == "customer"
    stage.over()


def test_who_does_not_come_back_has_lost_the_caller_to_the_head_of_the_queue(stage):
    caller, page = talk(stage)
    other = stage.caller(place=3)
    stage.cut(page.phone)
    stage.run_for(14)
    assert waits(stage, caller)
    stage.run_for(2)
    contact = stage.event(told.PhoneLost).contact
    assert [event.position for event in stage.events(told.ContactQueued) if event.contact == contact][-1] == 1
    colleague = stage.agent("1002")
    pop = stage.events(told.ReservationCreated)[-1]
    assert (pop.contact, pop.agent) == (contact, "1002"), "before who has waited all the time"
    assert (pop.pop.returned, pop.pop.returned_by, pop.pop.note) == ("phone_lost", "1001", "")
    colleague.ring()
    colleague.answer()
    assert stage.hears(caller).partner
    assert stage.state("1001").state in ("after_call_work", "ready")
    colleague.hang_up()
    other.hang_up()
    stage.over()


def test_a_caller_who_does_not_wait_for_that(stage):
    caller, page = talk(stage)
    stage.cut(page.phone)
    stage.run_for(1)
    caller.hang_up()
    again = stage.page("1001", load=2)
    assert again.last(sip.Offered) is None
    stage.over()


def test_a_caller_who_hangs_up_while_the_page_rings(stage):
    caller, page = talk(stage)
    stage.cut(page.phone)
    again = stage.page("1001", load=2)
    again.ring()
    caller.hang_up()
    assert again.last(sip.Ended).how == "cancel"
    stage.over()


def test_a_page_that_is_lost_twice(stage):
    caller, page = talk(stage)
    stage.cut(page.phone)
    again = stage.page("1001", load=2)
    stage.cut(again.phone)
    assert waits(stage, caller)
    third = stage.page("1001", load=3)
    third.answer()
    assert stage.hears(caller).partner
    stage.cut(third.phone)
    assert waits(stage, caller)
    stage.page("1001", load=4).answer()
    assert stage.hears(caller).partner and len(stage.events(told.PhoneLost)) == 2
    caller.hang_up()
    stage.over()


def test_a_page_whose_agent_refuses(stage):
    caller, page = talk(stage)
    stage.cut(page.phone)
    again = stage.page("1001", load=2)
    again.refuse(603)
    assert stage.events(told.ContactQueued)[-1].position == 1
    caller.hang_up()
    stage.over()


def test_another_phone_of_the_agent_rings_at_once_and_does_not_pick_up_by_itself(stage):
    caller, page = talk(stage)
    desk = stage.agent("1001", place=2)
    stage.cut(page.phone)
    assert desk.last(sip.Offered) is not None and b"answer-after" not in invite(stage, desk)
    desk.answer()
    assert stage.hears(caller).partner
    desk.hang_up()
    stage.over()


def test_who_is_held_stays_held(stage):
    caller, page = talk(stage)
    stage.obey(HoldCall(), "1001")
    stage.cut(page.phone)
    again = stage.page("1001", load=2)
    again.answer()
    assert waits(stage, caller) and not stage.hears(again).partner
    caller.hang_up()
    stage.over()


def test_nothing_can_be_done_with_a_talk_whose_phone_is_lost(stage):
    caller, page = talk(stage)
    stage.cut(page.phone)
    for order in (HoldCall(), TransferCall(to="1002")):
        with pytest.raises(OrderRefused):
            stage.obey(order, "1001")
    caller.hang_up()
    stage.over()


def test_a_call_by_number_goes_to_a_person_or_to_its_end(stage):
    caller, page = talk(stage, "7002")
    stage.cut(page.phone)
    stage.run_for(16)
    assert not stage.events(told.ContactQueued)
    stage.run_for(60)
    assert caller.last(sip.Ended) is not None
    stage.over()


def test_a_call_that_the_page_has_made(stage):
    page = stage.page("1001")
    stage.obey(LogIn(ready=True), "1001")
    colleague = stage.agent("1002")
    page.dial("1002", user="1001")
    colleague.ring()
    colleague.answer()
    assert stage.hears(colleague).partner
    stage.cut(page.phone)
    assert waits(stage, colleague)
    again = stage.page("1001", load=2)
    again.answer()
    assert stage.hears(colleague).partner and stage.hears(again).partner
    stage.cut(again.phone)
    stage.run_for(16)
    assert colleague.last(sip.Ended) is not None
    assert stage.event(told.ContactEnded).ended_by == "network"
    stage.over()


def test_without_patience_the_talk_is_over(build):
    stage = build()
    system = stage.settings.system
    stage.configure(replace(stage.settings, system=replace(system, phone=replace(system.phone, comeback=0))))
    caller, page = talk(stage)
    stage.cut(page.phone)
    stage.run_for(1)
    assert caller.last(sip.Ended) is not None
    assert stage.event(told.ContactEnded).ended_by == "network"
    stage.over()


def test_a_page_that_rings_and_is_gone_is_as_a_phone_that_is_gone(stage):
    page = stage.page("1001")
    stage.obey(LogIn(ready=True), "1001")
    caller = stage.caller()
    page.ring()
    stage.cut(page.phone)
    assert stage.event(told.ReservationRescinded).why == "unreachable" and stage.contact.queue
    caller.hang_up()
    stage.over()


def test_a_caller_at_a_page_who_is_gone_has_hung_up(stage):
    phone = stage.agent("1002")
    page = stage.page("1001")
    page.dial("7000", user="1001")
    phone.ring()
    stage.cut(page.phone)
    assert phone.last(sip.Ended).how == "cancel"
    stage.over()
