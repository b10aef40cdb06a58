"""What an agent is, and when."""

import pytest

from switch.acd.effects import AgentChanged, Release
from switch.acd.errors import Refused
from tests.switch.acd.centre import Centre, of


@pytest.fixture
def centre():
    return Centre(agents={"1001": {}, "1002": {}})


def test_log_in_and_out(centre):
    assert centre.log_in("1001") == [AgentChanged("1001", "ready", "", "logged_out")]
    assert centre.log_in("1001") == []
    assert centre.log_out("1001") == [AgentChanged("1001", "logged_out", "", "ready")]
    assert centre.log_out("1001") == []


def test_log_in_not_ready(centre):
    assert centre.log_in("1001", ready=False, reason="coffee") == [
        AgentChanged("1001", "not_ready", "coffee", "logged_out")
    ]


def test_another_reason_is_a_change_and_the_same_is_none(centre):
    centre.log_in("1001")
    assert centre.set_not_ready("1001", "lunch") == [AgentChanged("1001", "not_ready", "lunch", "ready")]
    assert centre.set_not_ready("1001", "lunch") == []
    assert centre.set_not_ready("1001", "meeting") == [AgentChanged("1001", "not_ready", "meeting", "not_ready")]
    assert centre.set_ready("1001") == [AgentChanged("1001", "ready", "", "not_ready")]


def test_a_wish_during_a_talk_comes_true_when_it_is_over(centre):
    centre.log_in("1001")
    assert centre.engage("1001", "c1") == [AgentChanged("1001", "busy", "", "ready", "c1")]
    assert centre.set_not_ready("1001", "lunch") == [
        AgentChanged("1001", "busy", "", "busy", "c1", next="not_ready", next_reason="lunch")]
    assert centre.set_not_ready("1001", "lunch") == []
    assert (centre.desk.state("1001").next, centre.desk.state("1001").next_reason) == ("not_ready", "lunch")
    assert centre.set_ready("1001") == [AgentChanged("1001", "busy", "", "busy", "c1")]
    centre.set_not_ready("1001", "lunch")
    assert centre.desk.state("1001").wish == "not_ready"
    assert centre.disengage("1001", "c1") == [AgentChanged("1001", "not_ready", "lunch", "busy")]


def test_no_agent_is_in_two_contacts(centre):
    centre.log_in("1001")
    centre.engage("1001", "c1")
    assert centre.engage("1001", "c1") == []
    with pytest.raises(Refused) as refused:
        centre.engage("1001", "c2")
    assert refused.value.code == "busy"
    assert centre.desk.state("1001").contact == "c1"
    assert centre.disengage("1001", "c2") == []
    assert centre.state("1001") == "busy"


def test_nobody_logs_out_of_a_talk(centre):
    centre.log_in("1001")
    centre.engage("1001", "c1")
    with pytest.raises(Refused) as refused:
        centre.log_out("1001")
    assert refused.value.code == "busy"
    assert "1001" in refused.value.reason


def test_a_logged_out_agent_who_calls_is_busy_and_then_logged_out(centre):
    centre.engage("1001", "c1")
    assert centre.state("1001") == "busy"
    centre.disengage("1001", "c1", wrap_up=10.0)
    assert centre.state("1001") == "logged_out"


def test_after_call_work_follows_the_queue_of_the_talk_and_ends_by_itself(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    centre.pick_up("1001")
    centre.pass_time(60)
    assert centre.disengage("1001", "c1") == [
        AgentChanged("1001", "after_call_work", "", "busy", "c1", centre.now + 10)
    ]
    assert of(AgentChanged, centre.pass_time(10)) == [AgentChanged("1001", "ready", "", "after_call_work")]
    assert centre.desk.deadline is None


def test_a_direct_call_has_no_after_call_work(centre):
    centre.at_work("1001")
    centre.engage("1001", "c1")
    centre.disengage("1001", "c1")
    assert centre.state("1001") == "ready"


def test_the_house_may_give_another_wrap_up_or_none(centre):
    centre.at_work("1001")
    for wrap_up, state in ((0.0, "ready"), (-1.0, "ready"), (5.0, "after_call_work")):
        centre.engage("1001", "c1")
        centre.disengage("1001", "c1", wrap_up=wrap_up)
        assert centre.state("1001") == state


def test_extend_and_end_wrap_up(centre):
    centre.at_work("1001")
    centre.engage("1001", "c1")
    centre.disengage("1001", "c1", wrap_up=10.0)
    until = centre.desk.state("1001").until
    assert centre.extend_wrap_up("1001", 30.0) == [
        AgentChanged("1001", "after_call_work", "", "after_call_work", "c1", until + 30)
    ]
    assert centre.until(until + 29) == []
    assert centre.end_wrap_up("1001") == [AgentChanged("1001", "ready", "", "after_call_work")]
    for command in (centre.end_wrap_up, lambda agent: centre.extend_wrap_up(agent, 5.0)):
        with pytest.raises(Refused) as refused:
            command("1001")
        assert refused.value.code == "not_in_wrap_up"


@pytest.mark.parametrize("seconds", [0.0, -5.0, float("nan"), float("inf"), 1e9])
def test_no_wrap_up_without_end(centre, seconds):
    centre.at_work("1001")
    centre.engage("1001", "c1")
    centre.disengage("1001", "c1", wrap_up=10.0)
    with pytest.raises(Refused) as refused:
        centre.extend_wrap_up("1001", seconds)
    assert refused.value.code == "bad_seconds"


def test_a_wish_ends_after_call_work(centre):
    centre.at_work("1001")
    for command, state in (
        (lambda: centre.set_ready("1001"), "ready"),
        (lambda: centre.set_not_ready("1001", "lunch"), "not_ready"),
        (lambda: centre.log_out("1001"), "logged_out"),
    ):
        centre.engage("1001", "c1")
        centre.disengage("1001", "c1", wrap_up=10.0)
        command()
        assert centre.state("1001") == state


def test_a_call_made_during_after_call_work_hides_it_without_ending_it(centre):
    centre.at_work("1001")
    centre.engage("1001", "c1")
    centre.disengage("1001", "c1", wrap_up=60.0)
    until = centre.desk.state("1001").until
    centre.pass_time(10)
    centre.engage("1001", "c2")
    centre.pass_time(10)
    centre.disengage("1001", "c2")
    view = centre.desk.state("1001")
    assert (view.state, view.until, view.contact) == ("after_call_work", until, "c1")


def test_an_unreachable_phone_is_a_second_axis(centre):
    centre.at_work("1001")
    assert centre.phone("1001", False) == []
    assert (centre.state("1001"), centre.desk.state("1001").reachable) == ("ready", False)
    centre.join("c1", "support")
    assert centre.offered() == {}
    centre.phone("1001", True)
    assert centre.offered() == {"1001": "c1"}


def test_a_phone_that_vanishes_while_it_rings(centre):
    centre.at_work("1001", "1002")
    centre.join("c1", "support")
    assert of(Release, centre.phone("1001", False))[0].outcome == "rescinded"
    assert centre.state("1001") == "ready"
    centre.pass_time(1)
    assert centre.offered() == {"1002": "c1"}


def test_whoever_logs_out_while_their_phone_rings(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    told = centre.log_out("1001")
    assert [type(effect) for effect in told] == [AgentChanged, Release, AgentChanged]
    assert told[0] == AgentChanged("1001", "reserved", "", "reserved", "c1", next="logged_out")
    assert (told[1].outcome, told[1].why) == ("rescinded", "logged_out")
    assert told[2] == AgentChanged("1001", "logged_out", "", "reserved")
    assert centre.order() == ["c1"]


def test_a_wish_while_the_phone_rings_is_kept(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    assert centre.set_not_ready("1001", "lunch") == [
        AgentChanged("1001", "reserved", "", "reserved", "c1", next="not_ready", next_reason="lunch")]
    told = centre.pass_time(20)
    assert told[-1] == AgentChanged("1001", "not_ready", "lunch", "reserved")


def test_whoever_calls_out_while_their_phone_rings(centre):
    centre.at_work("1001", "1002")
    centre.join("c1", "support")
    told = centre.engage("1001", "c2")
    assert told[0] == AgentChanged("1001", "busy", "", "reserved", "c2")
    assert (told[1].outcome, told[1].why) == ("rescinded", "busy")
    centre.pass_time(1)
    assert centre.offered() == {"1002": "c1"}


def test_a_leg_in_the_offered_contact_accepts_it(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    centre.engage("1001", "c1")
    assert (centre.state("1001"), centre.order()) == ("busy", [])


def test_unknown_agents_are_refused(centre):
    for command in (
        lambda: centre.log_in("9"), lambda: centre.log_out("9"), lambda: centre.set_ready("9"),
        lambda: centre.set_not_ready("9", ""), lambda: centre.phone("9", True), lambda: centre.engage("9", "c"),
        lambda: centre.end_wrap_up("9"), lambda: centre.desk.state("9"),
        lambda: centre.restore("9", "ready", "", 0.0),
    ):
        with pytest.raises(Refused) as refused:
            command()
        assert refused.value.code == "unknown_agent"
    assert centre.disengage("9", "c") == []


def test_who_is_logged_out_has_no_wishes(centre):
    for command in (lambda: centre.set_ready("1001"), lambda: centre.set_not_ready("1001", "x")):
        with pytest.raises(Refused) as refused:
            command()
        assert refused.value.code == "logged_out"


@pytest.mark.parametrize(("before", "after"), [
    ("ready", "ready"), ("busy", "ready"), ("reserved", "ready"), ("after_call_work", "ready"),
    ("not_ready", "not_ready"), ("logged_out", "logged_out"),
])
def test_restored_after_a_restart(centre, before, after):
    centre.restore("1001", before, "lunch", since=900.0)
    view = centre.desk.state("1001")
    assert (view.state, view.reason) == (after, "lunch" if after == "not_ready" else "")
    assert view.since == (0.0 if after == "logged_out" else 900.0)
