"""Surveys: what callers are asked after the talk, and the laws of it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.check import check
from ivr.drawing.plan import plan
from ivr.effects import Answered, Leave
from ivr.prompts import Prompts
from ivr.tree import Announcement, Destination, Menu, Question, Tree
from tests.ivr.conftest import Call, sounds

SURVEY = Tree(
    name="survey", start="service",
    questions={
        "service": Question(sounds("survey-satisfied"), then=Destination(question="solved"),
                            failed=Destination(announcement="sorry")),
        "solved": Question(sounds("survey-solved"), scores={"1": 5, "2": 1}, invalid=sounds("invalid-key")),
    },
    announcements={"sorry": Announcement(sounds("no-input"))},
)


@pytest.fixture
def survey(call):
    return call(SURVEY)


def test_every_answer_is_one_key(survey):
    survey.read("""
        start
        < question service on level 1
        < say survey-satisfied
        press 4
        < hush
        < answered service: 4
        < passed question service by then: question:solved
        < question solved on level 2
        < say survey-solved
        heard
        press 1
        < answered solved: 5
        < passed question solved by then: goodbye
        < say survey-thanks
        heard
        < leave solved for goodbye
    """)
    assert survey.walk.variables == {"service": "4", "solved": "5"}


def test_silence_is_asked_once_more_and_then_led_on(survey):
    survey.read("""
        start
        < question service on level 1
        < say survey-satisfied
        heard
        wait 5
        < missed service: silence
        < say survey-satisfied
        heard
        wait 5
        < missed service: silence
        < passed question service by failed: announcement:sorry
        < say no-input
        heard
        < passed announcement sorry by then: goodbye
        < say survey-thanks
        heard
        < leave service for goodbye
    """)


def test_a_wrong_key_counts_like_silence_and_0_is_one(survey):
    survey.read("""
        start
        < question service on level 1
        < say survey-satisfied
        press 5
        < hush
        < answered service: 5
        < passed question service by then: question:solved
        < question solved on level 2
        < say survey-solved
        press 0
        < hush
        < missed solved: wrong_key 0
        < say invalid-key survey-solved
        press 9
        < hush
        < missed solved: wrong_key 9
        < passed question solved by failed: goodbye
        < say survey-thanks
        press 0
        < hush
        < leave solved for goodbye
    """)


@given(keys=st.lists(st.sampled_from([*"0123456789*#", "wait"]), max_size=40))
@settings(deadline=None, max_examples=60)
def test_every_survey_ends_and_asks_nothing_twice_after_its_answer(keys):
    caller, answers, left = Call(SURVEY), [], []
    told = caller.do("start")
    for key in [*keys, *["wait"] * 20]:
        if key == "wait":
            told += caller.do("heard") if caller.walk.saying else caller.do("wait", "6")
        else:
            told += caller.do("press", key)
    for effect in told:
        answers += [effect.question] if isinstance(effect, Answered) else []
        left += [effect] if isinstance(effect, Leave) else []
    assert len(left) == 1 and caller.walk.over and caller.walk.deadline is None
    assert left[0].destination.kind == "goodbye"
    assert len(answers) == len(set(answers))


def mistakes(survey: Tree) -> str:
    found = check(survey, queues=["support"], extensions=["1001"], prompts=Prompts())
    return "\n".join(f"{mistake.what} | {mistake.instead}" for mistake in found)


def test_a_short_survey_is_right():
    assert mistakes(SURVEY) == ""
    assert mistakes(Tree(questions={"main": Question(sounds("survey-satisfied"))})) == ""


@pytest.mark.parametrize(("changes", "told"), [
    ({"questions": {name: Question(sounds("survey-solved"), then=Destination(question=after) if after else None)
                    for name, after in ("ab", "bc", "cd", ("d", ""))}, "start": "a"}, "has 4 questions of at most 3"),
    ({"start": "main"}, "the first question, `start: main`, does not exist"),
    ({"menus": {"main": Menu(sounds("no-input"), {"1": Destination(queue="support")})}}, "stands under `menus`"),
    ({"person": Destination(queue="support")}, "a survey has no person"),
    ({"record": True}, "a survey is not recorded"),
    ({"questions": {"service": Question(sounds("survey-solved"), then=Destination(queue="support"))}},
     "leads a survey to queue `support`"),
    ({"questions": {"service": Question(sounds("survey-solved"), then=Destination(question="service"))}},
     "callers are asked in circles: service -> service"),
    ({"questions": {"service": Question()}}, "asks nothing"),
    ({"questions": {"service": Question(sounds("survey-solved"), scores={"0": 1, "2": 5})}}, "`0` is no key"),
    ({"questions": {"service": Question(sounds("survey-solved"), scores={"1": 5})}}, "1 keys with 1 scores"),
    ({"questions": {"service": Question(sounds("survey-solved"), then=Destination(question="solve"))}},
     "leads to question `solve`, which does not exist"),
    ({"questions": {"service": Question(sounds("survey-solvd"))}}, "there is no sound `survey-solvd`"),
    ({"questions": {"how satisfied": Question(sounds("survey-solved"))}, "start": "how satisfied"}, "is no name"),
])
def test_what_is_no_survey_is_told(changes, told):
    assert told in mistakes(replace(SURVEY, announcements={}, **changes))


def test_a_survey_is_drawn():
    drawn = plan(SURVEY, Prompts())
    assert drawn.start.place == ("question", "service")
    assert drawn.start.facts[1:] == ["5 s for a key", "1-5", "asked 2×"]
    assert [(row.label, row.target) for row in drawn.start.rows] == [
        ("answered", "question solved"), ("no answer", "announcement sorry")]
    solved = drawn.start.rows[0].card
    assert "1 = 5, 2 = 1" in solved.facts and [row.target for row in solved.rows] == ["goodbye", "goodbye"]
    assert drawn.loose == []
