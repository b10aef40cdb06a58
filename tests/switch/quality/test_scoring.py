"""What a judgement comes to, and which judgements are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.scoring import ScoreWish
from switch.events import Remark
from switch.orders import OrderRefused
from switch.quality.judging import forms, judge
from switch.quality.rules import Fatal, Form, Quality, Question, Section
from switch.quality.scoring import Incomplete, questions, score, version

FORM = Form(
    name="Service", queues=("support",), pass_mark=60,
    sections={
        "opening": Section(name="Opening", questions={
            "name": Question(text="Says the name"), "who": Question(text="Asks who", optional=True)}),
        "talk": Section(name="Talk", weight=3, questions={
            "clear": Question(text="Is clear", most=5, weight=2), "kind": Question(text="Is kind", most=5)}),
    },
    fatal={"rude": Fatal(text="Is rude")},
)
QUALITY = Quality(forms={"service": FORM, "all": Form(name="All", sections=FORM.sections)})
GOOD = {"opening.name": 1, "opening.who": 1, "talk.clear": 5, "talk.kind": 5}


def test_the_score_is_weighted_by_question_and_by_section():
    assert score(FORM, GOOD, (), ()) == 100
    assert score(FORM, GOOD | {"opening.name": 0}, (), ()) == 87.5
    assert score(FORM, GOOD | {"talk.clear": 2}, (), ()) == pytest.approx(100 - 75 * 2 / 3 * 3 / 5)


def test_what_was_not_applicable_takes_no_part():
    answers = {name: mark for name, mark in GOOD.items() if name != "opening.who"} | {"opening.name": 0}
    assert score(FORM, answers, ("opening.who",), ()) == 75


def test_a_fatal_error_makes_it_nothing():
    assert score(FORM, GOOD, (), ("rude",)) == 0


@pytest.mark.parametrize(("answers", "without", "fatal", "field"), [
    ({"opening.who": 1, "talk.clear": 5, "talk.kind": 5}, (), (), "opening.name"),
    (GOOD | {"talk.clear": 6}, (), (), "talk.clear"), (GOOD | {"talk.clear": -1}, (), (), "talk.clear"),
    (GOOD | {"talk.loud": 1}, (), (), "talk.loud"), (GOOD, ("opening.who",), (), "opening.who"),
    ({name: mark for name, mark in GOOD.items() if name != "talk.kind"}, ("talk.kind",), (), "talk.kind"),
    (GOOD, (), ("late",), "late"),
])
def test_a_judgement_that_is_not_whole_is_none(answers, without, fatal, field):
    with pytest.raises(Incomplete) as wrong:
        score(FORM, answers, without, fatal)
    assert wrong.value.field == field


@given(st.fixed_dictionaries({name: st.integers(0, question.most) for name, question in questions(FORM)}))
def test_every_whole_judgement_is_between_nothing_and_everything(answers):
    found = score(FORM, answers, (), ())
    assert 0 <= found <= 100
    better = {name: question.most for name, question in questions(FORM)}
    assert found <= score(FORM, better, (), ())


def test_each_change_of_a_form_is_a_version():
    other = Form(name="Service", queues=("support",), pass_mark=61, sections=FORM.sections, fatal=FORM.fatal)
    assert version(FORM) == version(FORM) != version(other)


def test_forms_belong_to_queues():
    assert [form.form for form in forms(QUALITY, None)] == ["service", "all"]
    assert [form.form for form in forms(QUALITY, ["sales"])] == ["all"]
    assert forms(QUALITY, ["support"])[0].sections[1].questions[0].question == "talk.clear"


def wish(**changes):
    return ScoreWish(**({"form": "service", "answers": GOOD} | changes))


def test_who_talked_alone_need_not_be_named():
    judged = judge(QUALITY, wish(answers=GOOD | {"talk.clear": 2, "talk.kind": 1}), ["support"], ["1001"], [])
    assert (judged.agent, judged.score, judged.passed) == ("1001", 50.0, False)
    assert judge(QUALITY, wish(agent="1002"), ["support"], ["1001", "1002"], []).passed
    assert not judge(QUALITY, wish(fatal=("rude",)), ["support"], ["1001"], []).passed


@pytest.mark.parametrize(("changes", "queues", "agents", "code"), [
    ({"form": "none"}, ["support"], ["1001"], "unknown_form"), ({}, ["sales"], ["1001"], "wrong_form"),
    ({"version": "old"}, ["support"], ["1001"], "changed"), ({}, ["support"], ["1001", "1002"], "unknown_agent"),
    ({}, ["support"], [], "unknown_agent"), ({"agent": "1009"}, ["support"], ["1001"], "unknown_agent"),
    ({"answers": {}}, ["support"], ["1001"], "bad_params"), ({"note": "x" * 2001}, ["support"], ["1001"], "bad_params"),
    ({"remarks": (Remark(recording="r9", at=1.0, text="?"),)}, ["support"], ["1001"], "bad_params"),
    ({"remarks": (Remark(recording="r1", at=-1.0, text="?"),)}, ["support"], ["1001"], "bad_params"),
    ({"remarks": (Remark(recording="r1", at=1.0, text=""),) * 201}, ["support"], ["1001"], "bad_params"),
])
def test_what_does_not_fit_the_contact_is_refused(changes, queues, agents, code):
    with pytest.raises(OrderRefused) as refused:
        judge(QUALITY, wish(**changes), queues, agents, ["r1"])
    assert refused.value.code == code
