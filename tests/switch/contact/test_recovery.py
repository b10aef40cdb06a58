"""After ``kill -9``: whatever was up is ended in the journal, the caller's leg as well as the agent's."""

import json

import pytest

from switch.events import AgentStateChanged, ContactAnswered, ContactEnded, LegEnded, PhoneUnregistered
from switch.exchange import Exchange
from switch.journal import Journal
from tests.laws import check_laws


def heir(stage):
    """The next switch, a minute later, which has taken up what this one has left behind on the disk."""
    entries = list(stage.journal)
    journal = Journal(entries[-1].number, entries[-1].at)
    house = stage.exchange.house
    other = Exchange(house.settings, house.prompts, house.rng, recordings="", journal=journal, epoch=2)
    alive = [contact.id for contact in house.contacts.values() if not contact.ended]
    lives = [[entry for entry in entries if getattr(entry.event, "contact", "") == contact] for contact in alive]
    other.start("0", json.loads(json.dumps(stage.memory)), lives, stage.now + 60)
    return other


def successor(stage):
    """What has been written down, and what the next switch writes."""
    entries = list(stage.journal)
    return entries, heir(stage).journal.since(entries[-1].number)


def test_both_legs_of_a_talk_that_was_cut_off_are_ended(stage):
    stage.talk()
    contact = stage.contact
    entries, after = successor(stage)
    ended = [entry.event for entry in after if isinstance(entry.event, LegEnded)]
    assert {(event.leg, event.party) for event in ended} == {
        (contact.caller_leg.id, contact.caller), (contact.agent_leg.id, "1001")}
    assert {event.cause for event in ended} == {"system_shutdown"}
    assert after[-1].event.__class__ is not LegEnded, "the contact ends after its legs"
    assert sum(isinstance(entry.event, ContactEnded) for entry in after) == 1
    check_laws([*entries, *after], finished=False)


def test_after_call_work_goes_on_and_stood_still_meanwhile(build):
    stage = build(support={"wrap_up": 30})
    stage.talk()[0].hang_up()
    work, contact = stage.state("1001"), stage.event(ContactEnded).contact
    stage.run_for(10)
    entries, after = successor(stage)
    (state,) = [entry for entry in after if isinstance(entry.event, AgentStateChanged)]
    assert (state.event.agent, state.event.state, state.event.contact) == ("1001", "after_call_work", contact)
    assert state.event.until == pytest.approx(work.until + (stage.now + 60 - entries[-1].at))
    assert state.event.until - state.at <= 30
    check_laws([*entries, *after], finished=False)


def test_a_caller_in_a_menu_has_a_leg_too(stage):
    stage.caller()
    stage.run_for(0.5)
    assert stage.event(ContactAnswered).leg == stage.contact.caller_leg.id
    _, after = successor(stage)
    assert [entry.event.leg for entry in after if isinstance(entry.event, LegEnded)] == [stage.contact.caller_leg.id]


def test_phones_are_taken_up_again_but_not_those_of_pages_whose_connections_are_gone(stage):
    stage.page("1001")
    stage.agent("1002")
    _, after = successor(stage)
    assert [entry.event.agent for entry in after if isinstance(entry.event, PhoneUnregistered)] == ["1001"]
