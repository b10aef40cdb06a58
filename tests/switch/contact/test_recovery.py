"""After ``kill -9``: whatever was up is ended in the journal, the caller's leg as well as the agent's."""

from switch.events import ContactAnswered, ContactEnded, LegEnded, PhoneUnregistered
from switch.exchange import Exchange
from switch.journal import Journal
from tests.laws import check_laws


def successor(stage):
    """What the next switch writes that takes up what this one has left behind."""
    entries = list(stage.journal)
    journal = Journal(entries[-1].number, entries[-1].at)
    house = stage.exchange.house
    other = Exchange(house.settings, house.prompts, house.rng, recordings="", journal=journal, epoch=2)
    lives = [[entry for entry in entries if getattr(entry.event, "contact", "") == contact] for contact in house.contacts]
    other.start("0", stage.memory, lives, stage.now + 60)
    return entries, journal.since(entries[-1].number)


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
