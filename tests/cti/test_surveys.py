"""Surveys at the clients: supervisors see what callers say of agents; agents where the survey lets them."""

import pytest

import switch.events as told
from cti.access import shown
from cti.audience import is_private, view_of
from cti.house import Person

ABOUT = {"contact": "c", "survey": "survey", "version": "1", "agent": "1001", "queue": "support"}
AGENT, SUPERVISOR = Person("1001", "Ann", "agent", "one"), Person("2001", "Bea", "supervisor", "one")
OTHER = Person("2002", "Cem", "supervisor", "two")


@pytest.mark.parametrize(("tell", "seen"), [(False, [False, True, False]), (True, [True, True, False])])
def test_who_is_told_of_a_score(tell, seen):
    event = told.SurveyAnswered(**ABOUT, question="satisfied", score=1, tell_agent=tell)
    views = [view_of(person, ("all",)) for person in (AGENT, SUPERVISOR, OTHER)]
    assert [view.wants("survey.answered", frozenset({"1001"}), frozenset({"one"}), is_private(event))
            for view in views] == seen


def test_other_events_are_not_private():
    assert not is_private(told.ContactAnswered(contact="c"))


@pytest.mark.parametrize(("person", "tell", "there"), [
    (AGENT, False, False), (AGENT, True, True), (SUPERVISOR, False, True)])
def test_who_reads_a_score_in_the_record(person, tell, there):
    record = {"contact": "c", "survey": {"score": 1.0} | ({"tell_agent": True} if tell else {})}
    assert ("survey" in shown(person, record)) is there
    assert shown(person, {"contact": "c"}) == {"contact": "c"}
