"""New rules while people wait and talk."""

import pytest

from switch.acd.effects import AgentChanged, Joined, Left, Release
from switch.acd.errors import Refused
from switch.acd.rules import Overflow
from tests.switch.acd.centre import Centre, of

TEAM = {"1001": {}, "1002": {}}


@pytest.fixture
def centre():
    return Centre(agents=TEAM)


def test_nothing_changes_for_anybody(centre):
    centre.at_work("1001", "1002")
    for contact in ("c1", "c2", "c3", "c4"):
        centre.join(contact, "support")
    centre.pick_up("1001")
    assert centre.reload({"support": {}}, TEAM) == []
    assert centre.offered() == {"1002": "c2"}
    assert (centre.state("1001"), centre.order()) == ("busy", ["c2", "c3", "c4"])


def test_priority_that_ages_differently_sorts_anew(centre):
    centre.join("old", "support")
    centre.pass_time(120)
    centre.join("important", "support", priority=1)
    assert centre.order() == ["old", "important"]
    centre.reload({"support": {"ageing": 0.0}}, TEAM)
    assert centre.order() == ["important", "old"]
    centre.at_work("1001")
    assert centre.offered() == {"1001": "important"}


def test_a_shorter_wait_counts_at_once(centre):
    centre.join("c1", "support")
    centre.pass_time(100)
    centre.reload({"support": {"max_wait": 60.0}}, TEAM)
    assert of(Left, centre.pass_time(0))[0].why == "timeout"


def test_another_guess_of_the_handling_time(centre):
    centre.at_work("1001")
    centre.engage("1001", "x")
    centre.reload({"support": {"handling_time": 60.0}}, TEAM)
    assert centre.join("c1", "support")[0].expected_wait == 60.0


def test_a_queue_that_is_gone(centre):
    centre.reload({"support": {"overflow": Overflow("goodbye")}}, TEAM)
    centre.at_work("1001")
    centre.join("c1", "support")
    told = centre.reload({"other": {}}, TEAM)
    left = of(Left, told)[0]
    assert (left.why, left.destination) == ("closed", "goodbye")
    assert of(Release, told)[0].outcome == "canceled"
    assert centre.state("1001") == "ready"
    assert centre.desk.queues()[0].queue == "other"


def test_a_talk_outlives_its_queue(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    centre.pick_up("1001")
    centre.reload({"other": {}}, TEAM)
    centre.disengage("1001", "c1")
    assert centre.state("1001") == "ready"


def test_a_new_agent_and_a_new_queue(centre):
    agents = {**TEAM, "1003": {"queues": {"new": 1}}}
    centre.reload({"support": {}, "new": {}}, agents)
    centre.join("c1", "new")
    centre.at_work("1003")
    assert centre.offered() == {"1003": "c1"}


def test_an_agent_gets_another_queue_and_its_callers(centre):
    centre.reload({"support": {}, "new": {}}, TEAM)
    centre.join("c1", "new")
    centre.at_work("1001")
    assert centre.offered() == {}
    centre.reload({"support": {}, "new": {}}, {**TEAM, "1001": {"queues": {"new": 1}}})
    assert centre.offered() == {"1001": "c1"}
    assert centre.desk.queue("support").logged_in == 0


def test_several_agents_and_several_callers_at_once(centre):
    centre.reload({"support": {}, "new": {}}, TEAM)
    for contact in ("c1", "c2", "c3"):
        centre.join(contact, "new")
    centre.at_work("1002", "1001")
    centre.reload({"support": {}, "new": {}}, {agent: {"queues": {"new": 1}} for agent in TEAM})
    assert centre.offered() == {"1002": "c1", "1001": "c2"}


def test_an_agent_learns_a_language(centre):
    centre.join("c1", "support", skills={"german": 5})
    centre.at_work("1001")
    centre.reload({"support": {}}, {**TEAM, "1001": {"skills": {"german": 5}}})
    assert centre.offered() == {"1001": "c1"}


def test_an_agent_who_is_gone(centre):
    centre.at_work("1001", "1002")
    centre.join("c1", "support")
    told = centre.reload({"support": {}}, {"1002": {}})
    assert of(Release, told)[0].outcome == "rescinded"
    assert of(AgentChanged, told)[-1] == AgentChanged("1001", "logged_out", "", "reserved")
    with pytest.raises(Refused):
        centre.desk.state("1001")
    centre.pass_time(1)
    assert centre.offered() == {"1002": "c1"}


def test_an_agent_who_is_gone_finishes_the_talk(centre):
    centre.at_work("1001")
    centre.engage("1001", "c1")
    assert centre.reload({"support": {}}, {"1002": {}}) == [
        AgentChanged("1001", "busy", "", "busy", "c1", next="logged_out")]
    assert centre.disengage("1001", "c1") == [AgentChanged("1001", "logged_out", "", "busy")]
    assert [view.agent for view in centre.desk.agents()] == ["1002"]


def test_an_agent_who_comes_back_during_the_talk(centre):
    centre.at_work("1001")
    centre.engage("1001", "c1")
    centre.reload({"support": {}}, {"1002": {}})
    centre.reload({"support": {}}, TEAM)
    centre.disengage("1001", "c1")
    centre.log_in("1001")
    assert isinstance(centre.join("c2", "support")[0], Joined)
    assert centre.offered() == {"1001": "c2"}


def test_the_last_agent_of_a_queue_is_gone(centre):
    rules = {"support": {"leave_when_empty": True}}
    centre.reload(rules, TEAM)
    centre.log_in("1001", ready=False)
    centre.join("c1", "support")
    assert of(Left, centre.reload(rules, {}))[0].why == "no_agents"


def test_a_strategy_that_nobody_knows_changes_nothing(centre):
    centre.join("c1", "support")
    with pytest.raises(Refused) as refused:
        centre.reload({"support": {"strategy": "loudest"}, "new": {}}, {})
    assert refused.value.code == "unknown_strategy"
    assert centre.order() == ["c1"]
    assert [view.queue for view in centre.desk.queues()] == ["support"]
