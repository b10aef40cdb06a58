"""After the talk: who is asked, what becomes of the answers, and that nobody waits for it."""

from dataclasses import replace

import pytest

import media.orders as m
import switch.events as told
from cti.records import fold
from switch.acd.rules import Survey
from switch.orders import ClearCall, ConferenceCall, ConsultCall, TransferCall
from switch.recovery import recover
from tests.switch.contact.stage import sounds

ASKED = Survey("survey", languages={"zh": "survey-zh"})


@pytest.fixture
def asking(build):
    """A stage whose callers are asked after the talk."""
    return build(support={"survey": ASKED})


def said(stage) -> list[str]:
    return [name for order in stage.orders(m.Play) for name in sounds(order)]


def record(stage):
    (found,) = fold(stage.journal).values()
    return found


def test_the_agent_hangs_up_and_the_caller_is_asked(asking):
    caller, agent = asking.talk()
    asking.run_for(30)
    agent.hang_up()
    assert asking.state("1001").state == "after_call_work"
    assert asking.contact.segment == ("survey", "survey")
    asking.run_for(1)
    assert said(asking)[-1] == "survey-satisfied"
    caller.press("5")
    caller.press("4")
    asking.run_for(10)
    ended = asking.event(told.SurveyEnded)
    assert (ended.agent, ended.queue, ended.survey, ended.outcome) == ("1001", "support", "survey", "completed")
    assert (ended.answers, ended.score) == ({"satisfied": 5, "solved": 4}, 4.5)
    assert ended.version == asking.settings.trees["survey"].version
    assert said(asking)[-2:] == ["survey-solved", "survey-thanks"]
    assert [event.score for event in asking.events(told.SurveyAnswered)] == [5, 4]
    assert asking.event(told.ContactEnded).ended_by == "ivr"
    asking.over()
    kept = record(asking)
    assert (kept.survey.score, kept.survey.outcome, kept.outcome, kept.agents) == (4.5, "completed", "answered", ("1001",))
    assert kept.seconds["survey"] > 2 and kept.way == () and kept.trees == () and kept.tree_outcome == ""


def test_the_way_through_the_tree_belongs_to_the_answers(asking):
    agent = asking.agent("1001")
    caller = asking.caller("5001")
    caller.press("1")
    asking.run_for(5)
    agent.ring()
    agent.answer()
    agent.hang_up()
    asking.run_for(1)
    began = asking.event(told.SurveyStarted)
    assert (began.survey, began.tree, [(step.menu, step.digit) for step in began.way]) == (
        "survey-zh", "main-zh", [("main", "1")])
    assert began.tree_version == asking.settings.trees["main-zh"].version
    assert asking.orders(m.Play)[-1].sounds[0].endswith("zh/survey-satisfied.wav")
    caller.press("2")
    caller.hang_up()
    asking.over()
    assert asking.event(told.SurveyEnded).outcome == "hung_up"
    assert asking.event(told.SurveyEnded).answers == {"satisfied": 2}
    kept = record(asking)
    assert (kept.trees, kept.tree_outcome, [step.menu for step in kept.way]) == (("main-zh",), "queue:support", ["main"])
    assert kept.ended_by == "customer"


def test_the_recording_ends_with_the_talk(asking):
    _, agent = asking.talk()
    asking.run_for(20)
    agent.hang_up()
    asking.run_for(5)
    assert 19 < asking.event(told.RecordingSaved).seconds < 21
    asking.over()


def test_a_click_is_a_hang_up_too(asking):
    caller, _agent = asking.talk()
    asking.obey(ClearCall(), "1001")
    asking.run_for(0.5)
    assert asking.contact.segment[0] == "survey"
    caller.hang_up()
    asking.over()


def test_keys_of_answers_are_not_written_where_agents_see_them(asking):
    caller, agent = asking.talk()
    agent.hang_up()
    asking.run_for(1)
    caller.press("1")
    assert [event.digit for event in asking.events(told.DigitPressed)] == ["x"]
    assert not asking.event(told.SurveyAnswered).tell_agent
    asking.run_for(200)
    asking.over()


def test_silence_is_asked_once_more_then_thanked(asking):
    _, agent = asking.talk()
    agent.hang_up()
    asking.run_for(60)
    ended = asking.event(told.SurveyEnded)
    assert (ended.outcome, ended.answers, ended.score) == ("completed", {}, None)
    assert said(asking) == ["survey-satisfied", "survey-satisfied", "survey-thanks"]
    asking.over()


def test_it_lasts_no_longer_than_it_may(build):
    stage = build(support={"survey": replace(ASKED, longest=10.0)})
    _caller, agent = stage.talk()
    agent.hang_up()
    stage.run_for(10.5)  # the question alone takes seven of them
    assert stage.event(told.SurveyEnded).outcome == "timeout"
    stage.over()


def test_a_share_is_asked(build):
    stage = build(support={"survey": replace(ASKED, percent=50)})
    agent = stage.agent("1001")
    for _ in range(12):
        stage.caller()
        agent.ring()
        agent.answer()
        agent.hang_up()
        stage.run_for(40)
    assert 2 < len(stage.events(told.SurveyStarted)) < 10
    stage.over()


@pytest.mark.parametrize("who", ["caller", "agent's phone is lost", "no survey"])
def test_who_is_not_asked(build, who):
    stage = build(support={"survey": None if who == "no survey" else ASKED})
    caller, agent = stage.talk()
    if who == "caller":
        caller.hang_up()
    elif who == "no survey":
        agent.hang_up()
    else:
        leg = stage.contact.agent_leg
        stage._do(stage.exchange.media(m.TimedOut(leg.id, 60.0), stage.now))
    stage.run_for(1)
    assert stage.events(told.SurveyStarted) == [] and stage.events(told.ContactEnded) != []
    caller.hang_up()
    stage.over()


def test_who_is_transferred_is_asked_after_the_last_talk(asking):
    caller, _agent = asking.talk()
    other = asking.agent("1002")
    asking.obey(TransferCall(to="1002"), "1001")
    asking.run_for(1)
    assert asking.events(told.SurveyStarted) == []
    other.ring()
    other.answer()
    asking.run_for(5)
    other.hang_up()
    asking.run_for(1)
    began = asking.event(told.SurveyStarted)
    assert (began.agent, began.queue) == ("1002", "support")
    caller.hang_up()
    asking.over()


def test_a_conference_goes_on_without_one_and_is_asked_without_both(asking):
    caller, agent = asking.talk()
    other = asking.agent("1002")
    asking.obey(ConsultCall(to="1002"), "1001")
    asking.run_for(1)
    other.answer()
    asking.obey(ConferenceCall(), "1001")
    asking.run_for(2)
    agent.hang_up()
    asking.run_for(2)
    assert asking.events(told.SurveyStarted) == []
    other.hang_up()
    asking.run_for(1)
    assert asking.event(told.SurveyStarted).agent == "1002"
    caller.press("3")
    caller.hang_up()
    asking.over()


def test_a_held_caller_is_asked_and_hears_no_music_over_it(asking):
    from switch.orders import HoldCall
    caller, agent = asking.talk()
    asking.obey(HoldCall(), "1001")
    asking.run_for(3)
    agent.hang_up()
    asking.run_for(1)
    assert asking.orders(m.Music)[-1].sound == ""
    caller.hang_up()
    asking.over()


def test_a_reload_in_the_middle_of_it_changes_nothing(asking):
    caller, agent = asking.talk()
    agent.hang_up()
    asking.run_for(1)
    bare = {name: replace(rules, survey=None) for name, rules in asking.settings.queues.items()}
    trees = {name: tree for name, tree in asking.settings.trees.items() if not tree.is_survey}
    settings = replace(asking.settings, queues=bare, trees=trees)
    asking._do(asking.exchange.configure(settings, 2, "test", (), asking.now))
    caller.press("4")
    caller.press("4")
    asking.run_for(10)
    assert asking.event(told.SurveyEnded).score == 4
    asking.over()


def test_a_survey_that_a_crash_cuts_off_is_ended(asking, stage):
    caller, agent = asking.talk()
    agent.hang_up()
    asking.run_for(1)
    caller.press("5")
    contact = asking.contact.id
    life = [entry for entry in asking.journal if getattr(entry.event, "contact", "") == contact]
    recover(stage.exchange.house, {}, [life])
    ended = stage.event(told.SurveyEnded)
    assert (ended.contact, ended.outcome, ended.answers, ended.score) == (contact, "cut_off", {"satisfied": 5}, 5)
    caller.hang_up()
    asking.over()


def test_a_stop_cuts_a_survey_off(asking):
    _, agent = asking.talk()
    agent.hang_up()
    asking.run_for(1)
    asking._do(asking.exchange.stop("stopped", asking.now))
    assert asking.event(told.SurveyEnded).outcome == "cut_off"
