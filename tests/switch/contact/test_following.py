"""What is written down to be sent when a contact ends, and for whom nothing is."""

from dataclasses import replace

import msgspec
import pytest

import switch.events as told
from cti.records import fold
from switch.acd.rules import Survey
from switch.followups.rules import Followups, Rule, When
from switch.orders import NoteContact
from switch.recovery import recover
from tests.laws import check_laws
from tests.switch.contact.stage import Stage, arrange
from tests.switch.contact.test_recovery import heir

MOBILE = "+4915123456"
BRANCHES = Rule(When(chose="announcement:branches"), text="For {caller}: Main Station 1",
                languages={"zh": "火车站1号"}, once_in=24.0)


@pytest.fixture
def following(settings):
    """``following(rule=..., ...)``: a stage with these rules."""
    def build(mobiles=(), queues=None, **rules):
        arranged = arrange(settings, **(queues or {}))
        return Stage(replace(arranged, followups=Followups(tuple(mobiles), {}, rules)))
    return build


def hear_branches(stage, number="5000", caller=MOBILE, place=2):
    phone = stage.caller(number, place, caller=caller)
    phone.press("5")
    stage.run_for(1)
    phone.press("3")
    stage.run_for(2)
    phone.hang_up()
    stage.run_for(1)


def test_who_asked_for_the_branches_gets_them(following):
    stage = following(branches=BRANCHES)
    hear_branches(stage)
    queued = stage.event(told.FollowupQueued)
    assert (queued.kind, queued.to, queued.text, queued.parts, queued.sender, queued.due) == (
        "sms", MOBILE, f"For {MOBILE}: Main Station 1", 1, "file", 0)
    kinds = [type(entry.event) for entry in stage.journal]
    assert kinds.index(told.FollowupQueued) == kinds.index(told.ContactEnded) - 1, "in the step in which it ends"
    stage.over()
    (record,) = fold(stage.journal).values()
    assert [(each.rule, each.state, each.to) for each in record.followups] == [("branches", "queued", MOBILE)]


def test_the_text_is_in_the_callers_language(following):
    stage = following(branches=BRANCHES)
    hear_branches(stage, "5001")
    assert stage.event(told.FollowupQueued).text == "火车站1号"
    stage.over()


def test_who_did_not_ask_gets_nothing(following):
    stage = following(branches=BRANCHES)
    phone = stage.caller("5000", caller=MOBILE)
    phone.press("3")
    phone.hang_up()
    assert stage.events(told.FollowupQueued, told.FollowupSkipped) == []
    stage.over()


@pytest.mark.parametrize(("caller", "mobiles", "why"), [
    ("anonymous", (), "anonymous"), ("4711", (), "no_mobile"), ("+4930123", ("+4915",), "no_mobile")])
def test_who_can_get_no_text_is_skipped_and_told_why(following, caller, mobiles, why):
    stage = following(mobiles, branches=BRANCHES)
    hear_branches(stage, caller=caller)
    assert [event.why for event in stage.events(told.FollowupSkipped)] == [why]
    assert stage.events(told.FollowupQueued) == []
    stage.over()


def test_once_in_a_day_also_after_a_restart(following):
    stage = following(branches=replace(BRANCHES, once_in=1.0))
    hear_branches(stage)
    hear_branches(stage)
    hear_branches(stage, caller="+4915199999", place=3)
    assert len(stage.events(told.FollowupQueued)) == 2
    assert [event.why for event in stage.events(told.FollowupSkipped)] == ["too_soon"]
    memory = {f"followed/branches/{MOBILE}": {"until": stage.now + 60}}
    again = following(branches=BRANCHES)
    recover(again.exchange.house, memory, [])
    hear_branches(again)
    assert again.event(told.FollowupSkipped).why == "too_soon"
    stage.run_for(3600)
    hear_branches(stage)
    assert len(stage.events(told.FollowupQueued)) == 3
    stage.over()


def test_the_quiet_is_kept(following):
    stage = following(branches=replace(BRANCHES, quiet="00:00-24:00"))
    hear_branches(stage)
    assert 0 < stage.event(told.FollowupQueued).due - stage.now <= 86400
    stage.over()


def test_abandoned_in_a_queue(following):
    stage = following(sorry=Rule(When(abandoned="support"), text="Sorry, {queue} was busy"))
    phone = stage.caller("7000", caller=MOBILE)
    stage.run_for(5)
    phone.hang_up()
    assert stage.event(told.FollowupQueued).text == "Sorry, support was busy"
    stage.over()


def test_gave_up_in_a_menu(following):
    stage = following(lost=Rule(When(gave_up_in="billing", tree="main"), text="?"))
    phone = stage.caller("5000", caller=MOBILE)
    phone.press("5")
    stage.run_for(1)
    phone.hang_up()
    assert stage.event(told.FollowupQueued).rule == "lost"
    stage.over()


@pytest.mark.parametrize(("keys", "sent"), [("12", 1), ("55", 0), ("", 0)])
def test_a_low_score_calls_a_webhook_whoever_the_caller_is(following, keys, sent):
    rule = Rule(When(talked="support", score_at_most=2), send="webhook", text="{agent}: {score}")
    stage = following(queues={"support": {"survey": Survey("survey")}}, low=rule)
    caller, agent = stage.talk()
    agent.hang_up()
    stage.run_for(1)
    caller.press(keys)
    stage.run_for(60)
    queued = stage.events(told.FollowupQueued)
    assert len(queued) == sent
    assert [(each.kind, each.to, each.text, each.parts, each.values["queue"]) for each in queued] == [
        ("webhook", "", "1001: 1.5", 0, "support")] * sent
    stage.over()


CALL_BACK = Rule(When(outcome="call_back"), text="We call {caller} back", once_in=0.0)
ASKED = {"support": {"wrap_up": 30, "outcomes": {"call_back": "Call back", "solved": "Solved"}}}


@pytest.mark.parametrize("early", [True, False])
def test_what_the_agent_says_is_followed_once_when_it_is_said(following, early):
    stage = following(queues=ASKED, back=CALL_BACK)
    caller, _ = stage.talk(caller=MOBILE)
    if early:
        stage.obey(NoteContact(outcome="call_back"), "1001")
        assert not stage.events(told.FollowupQueued), "the talk goes on"
    caller.hang_up()
    assert len(stage.events(told.FollowupQueued)) == early
    stage.obey(NoteContact(outcome="solved"), "1001")
    for _ in range(2):
        stage.obey(NoteContact(outcome="call_back", note="again"), "1001")
    (queued,) = stage.events(told.FollowupQueued)
    assert (queued.rule, queued.text) == ("back", f"We call {MOBILE} back")
    stage.run_for(31)
    stage.over()


@pytest.mark.parametrize("said", [None, "solved", "call_back"])
def test_a_kill_between_the_hang_up_and_the_word_of_the_agent_loses_nothing(following, said):
    stage = following(queues=ASKED, back=CALL_BACK, thanks=Rule(When(outcome="solved"), text="Thanks", once_in=0.0))
    caller, _ = stage.talk(caller=MOBILE)
    caller.hang_up()
    if said:
        stage.obey(NoteContact(outcome=said), "1001")
    entries, other = list(stage.journal), heir(stage)
    before = [entry.event for entry in entries if isinstance(entry.event, told.FollowupQueued)]
    for _ in range(2):
        other.obey(NoteContact(outcome="call_back"), "1001", stage.now + 61)
    since = other.journal.since(entries[-1].number)
    after = [entry.event for entry in since if isinstance(entry.event, told.FollowupQueued)]
    assert [event.rule for event in before] == {"solved": ["thanks"], "call_back": ["back"]}.get(said, [])
    assert [(event.rule, event.text) for event in after] == [("back", f"We call {MOBILE} back")] * (said != "call_back")
    check_laws([*entries, *since], finished=False)


def test_two_agents_of_one_contact_are_followed_once_after_a_kill(following):
    stage = following(queues=ASKED, back=CALL_BACK)
    caller, _ = stage.talk(caller=MOBILE)
    caller.hang_up()
    (known,) = stage.exchange.house.ended_of.values()
    value = msgspec.to_builtins(replace(known, agents=frozenset({"1001", "1002"})))
    again = following(queues=ASKED, back=CALL_BACK)
    recover(again.exchange.house, {"ended/1001": value, "ended/1002": value, "ended/gone": value}, [])
    one, other = again.exchange.house.ended_of.values()
    assert one is other


def test_what_was_said_of_the_last_call_does_not_follow_the_next(following):
    stage = following(queues=ASKED, back=CALL_BACK)
    caller, _ = stage.talk(caller=MOBILE)
    caller.hang_up()
    stage.obey(NoteContact(outcome="solved"), "1001")
    stage.run_for(31)
    assert not stage.events(told.FollowupQueued)
    stage.over()
