"""Figures of surveys: who was asked, who answered, and what; by queue, agent, survey and question."""

from datetime import UTC

import pytest

import switch.events as told
from cti.report_text import text
from cti.reports import report
from switch.journal import Entry

NINE = 1_900_000_800.0


def survey(contact, agent, answers, outcome="completed"):
    about = {"contact": contact, "survey": "s", "version": "v1", "agent": agent, "queue": "support"}
    score = sum(answers.values()) / len(answers) if answers else None
    return [told.SurveyStarted(**about), told.SurveyEnded(**about, outcome=outcome, answers=answers, score=score)]


def made(*surveys):
    events = [event for each in surveys for event in each]
    entries = [Entry(number, NINE + number, event) for number, event in enumerate(events, 1)]
    return report(entries, NINE, NINE + 86400, UTC, {})


def test_answers_belong_to_queue_agent_survey_and_question():
    found = {(each.by, each.name): each for each in made(
        survey("a", "1001", {"q1": 5, "q2": 4}), survey("b", "1002", {"q1": 1}, "hung_up"), survey("c", "1001", {})).surveys}
    queue, ann = found["queue", "support"], found["agent", "1001"]
    assert (queue.surveys, queue.survey_response, queue.survey_score) == (3, 2 / 3, 10 / 3)
    assert queue.survey_scores == {"5": 1, "4": 1, "1": 1}
    assert (ann.surveys, ann.survey_response, ann.survey_score) == (2, 0.5, 4.5)
    assert found["survey", "s v1"].surveys == 3
    assert (found["question", "s q1"].survey_score, found["question", "s q2"].survey_score) == (3, 4)


@pytest.mark.parametrize("hangs_up", [False, True])
def test_a_question_has_the_satisfaction_of_those_too_who_hung_up_in_it(hangs_up):
    started, ended = survey("a", "1001", {"q1": 4}, "hung_up" if hangs_up else "completed")
    tree = {"contact": "a", "tree": "s", "version": "v1"}
    left = told.TreeLeft(**tree, menu="q2", outcome="hung_up" if hangs_up else "goodbye")
    begun = [started, *(told.MenuEntered(**tree, menu=name, level=1, kind="question") for name in ("q1", "q2"))]
    (found,) = made([*begun, *([ended, left] if hangs_up else [left, ended])]).trees
    assert {row.menu: row.node_csat for row in found.menus} == {"q1": 4, "q2": 4} and found.tree_csat == 4


def test_one_that_goes_on_is_asked_and_has_not_refused():
    (queue, *_) = made(survey("a", "1001", {})[:1]).surveys
    assert (queue.surveys, queue.survey_response, queue.survey_score) == (1, None, None)


def test_the_text_has_a_table_with_every_score():
    printed = text(made(survey("a", "1001", {"q1": 5, "q2": 4})), UTC)
    assert "Surveys" in printed and "queue support" in printed and "4.50" in printed
    assert "survey_response = surveys with an answer" in printed
