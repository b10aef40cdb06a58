"""From the offer to the talk, or back to the queue."""

import pytest

from switch.acd.effects import AgentChanged, Joined, Left, Release, Reserve
from switch.acd.errors import Refused
from tests.switch.acd.centre import Centre, of

TEAM = {"1001": {}, "1002": {}, "1003": {}}


@pytest.fixture
def centre():
    return Centre(agents=TEAM)


def test_a_free_agent_is_offered_at_once(centre):
    centre.at_work("1001")
    joined, reserve, changed = centre.join("c1", "support", caller="0301234")
    assert joined == Joined("c1", "support", 1, 0.0, 1)
    assert reserve == Reserve(reserve.reservation, "c1", "support", "1001", centre.now + 20)
    assert changed == AgentChanged("1001", "reserved", "", "ready", "c1")


def test_accept(centre):
    centre.join("c1", "support")
    centre.pass_time(30)
    centre.at_work("1001")
    left, changed = centre.pick_up("1001")
    assert (left.why, left.agent, left.waited) == ("answered", "1001", 31.0)
    assert changed == AgentChanged("1001", "busy", "", "reserved", "c1")


def test_nobody_picks_up_a_call_that_is_gone(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    offer = centre.offer_of("1001")
    centre.withdraw("c1", "abandoned")
    assert centre.accept(offer) is None
    assert centre.accept("never was") is None
    assert centre.reject(offer) == []
    assert centre.state("1001") == "ready"


def test_the_caller_hangs_up_while_it_rings(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    left, release, changed = centre.withdraw("c1", "abandoned")
    assert (left.why, release.outcome, changed.state) == ("abandoned", "canceled", "ready")
    assert centre.withdraw("c1", "abandoned") == []


def test_no_answer_makes_not_ready_and_the_caller_keeps_the_place(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    centre.join("c2", "support")
    told = centre.pass_time(20)
    assert of(Release, told)[0].outcome == "timeout"
    assert of(AgentChanged, told) == [AgentChanged("1001", "not_ready", "no_answer", "reserved")]
    assert centre.order() == ["c1", "c2"]
    centre.pass_time(5)
    centre.at_work("1002")
    assert centre.offered() == {"1002": "c1"}


def test_the_offer_after_one_that_failed_waits_for_the_retry_time(centre):
    centre.at_work("1001", "1002")
    centre.join("c1", "support")
    centre.reject(centre.offer_of("1001"))
    assert centre.offered() == {}
    assert centre.pass_time(0.9) == []
    centre.pass_time(0.1)
    assert centre.offered() == {"1002": "c1"}


def test_whoever_rejected_is_asked_again_only_when_there_is_nobody_else(centre):
    centre.at_work("1001", "1002")
    centre.join("c1", "support")
    asked = []
    for _ in range(4):
        asked += centre.offered()
        centre.reject(centre.offer_of(asked[-1]))
        centre.pass_time(1)
    assert asked == ["1001", "1002", "1001", "1002"]


def test_whoever_rejected_may_have_the_next_caller(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    centre.join("c2", "support")
    centre.reject(centre.offer_of("1001"))
    assert centre.offered() == {"1001": "c2"}


@pytest.mark.parametrize(("why", "outcome", "state", "reason"), [
    ("rejected", "rejected", "ready", ""),
    ("no_answer", "timeout", "not_ready", "no_answer"),
    ("unreachable", "rescinded", "not_ready", "unreachable"),
])
def test_what_becomes_of_the_agent(centre, why, outcome, state, reason):
    centre.at_work("1001")
    centre.join("c1", "support")
    release, changed = centre.reject(centre.offer_of("1001"), why=why)
    assert (release.outcome, release.why) == (outcome, why)
    assert (changed.state, changed.reason) == (state, reason)


def test_the_house_may_spare_the_agent(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    centre.reject(centre.offer_of("1001"), why="no_answer", after_no_answer=False)
    assert centre.state("1001") == "ready"


def test_without_a_retry_time_the_next_one_is_asked_at_once():
    centre = Centre({"support": {"retry": 0.0}}, TEAM)
    centre.at_work("1001", "1002")
    centre.join("c1", "support")
    centre.reject(centre.offer_of("1001"))
    assert centre.offered() == {"1002": "c1"}


def test_the_ring_time_counts_from_the_first_ring_within_the_lease(centre):
    centre.at_work("1001")
    centre.join("c1", "support")
    start, offer = centre.now, centre.offer_of("1001")
    centre.pass_time(3)
    assert centre.ringing(offer) == []
    assert of(Release, centre.until(start + 22.9)) == []
    centre.ringing(offer)
    assert of(Release, centre.until(start + 24.9)) == []
    assert of(Release, centre.until(start + 25))[0].outcome == "timeout"
    assert centre.ringing(offer) == []


def test_an_agent_who_hangs_up_gets_the_next_caller():
    centre = Centre({"support": {"wrap_up": 0.0}}, TEAM)
    centre.at_work("1001")
    for contact in ("c1", "c2"):
        centre.join(contact, "support")
    centre.pick_up("1001")
    told = centre.disengage("1001", "c1")
    assert [type(effect) for effect in told] == [AgentChanged, Reserve, AgentChanged]
    assert centre.offered() == {"1001": "c2"}


class TestRingAll:
    @pytest.fixture
    def centre(self):
        centre = Centre({"support": {"strategy": "ring_all"}}, TEAM)
        centre.at_work(*TEAM)
        return centre

    def test_everybody_rings_and_the_first_has_the_call(self, centre):
        centre.join("c1", "support")
        assert centre.offered() == dict.fromkeys(TEAM, "c1")
        told = centre.pick_up("1002")
        assert of(Left, told)[0].agent == "1002"
        assert {release.agent: release.outcome for release in of(Release, told)} == {
            "1001": "rescinded", "1003": "rescinded"
        }
        assert [centre.state(agent) for agent in TEAM] == ["ready", "busy", "ready"]

    def test_the_next_caller_gets_those_who_did_not(self, centre):
        centre.join("c1", "support")
        centre.join("c2", "support")
        centre.pick_up("1002")
        assert centre.offered() == {"1001": "c2", "1003": "c2"}

    def test_one_who_rejects_does_not_stop_the_others(self, centre):
        centre.join("c1", "support")
        centre.reject(centre.offer_of("1001"))
        assert centre.offered() == {"1002": "c1", "1003": "c1"}
        centre.pass_time(5)
        assert centre.offered() == {"1002": "c1", "1003": "c1"}

    def test_the_caller_hangs_up(self, centre):
        centre.join("c1", "support")
        told = centre.withdraw("c1", "abandoned")
        assert [release.outcome for release in of(Release, told)] == ["canceled"] * 3
        assert centre.offered() == {}


class TestCalledByNumber:
    def test_offered_outside_all_queues(self, centre):
        centre.phone("1001", True)
        reserve, changed = centre.offer("c1", "1001")
        assert (reserve.queue, reserve.agent, reserve.expires_at) == ("", "1001", centre.now + 20)
        assert changed == AgentChanged("1001", "reserved", "", "logged_out", "c1", next="logged_out")
        assert centre.accept(reserve.reservation) == [
            AgentChanged("1001", "busy", "", "reserved", "c1", next="logged_out")]
        centre.disengage("1001", "c1")
        assert centre.state("1001") == "logged_out"

    def test_an_agent_who_does_not_answer_is_what_they_were(self, centre):
        centre.at_work("1001")
        centre.offer("c1", "1001")
        told = centre.pass_time(20)
        assert of(Release, told)[0].outcome == "timeout"
        assert centre.state("1001") == "ready"

    def test_the_caller_hangs_up(self, centre):
        centre.at_work("1001")
        reserve = centre.offer("c1", "1001")[0]
        assert of(Release, centre.withdraw_offer(reserve.reservation))[0].outcome == "canceled"
        assert centre.withdraw_offer(reserve.reservation) == []

    def test_the_offer_of_a_queue_is_not_withdrawn_that_way(self, centre):
        centre.at_work("1001")
        centre.join("c1", "support")
        assert centre.withdraw_offer(centre.offer_of("1001")) == []
        assert centre.offered() == {"1001": "c1"}

    def test_refusals(self, centre):
        assert centre.desk.refusal("9", "c1") == "unknown"
        assert centre.desk.refusal("1001", "c1") == "unreachable"
        centre.at_work("1001")
        assert centre.desk.refusal("1001", "c1") == ""
        centre.engage("1001", "c2")
        assert centre.desk.refusal("1001", "c1") == "busy"
        centre.phone("1002", True)
        centre.join("c3", "support")
        assert centre.desk.refusal("1002", "c3") == "waiting"
        with pytest.raises(Refused) as refused:
            centre.offer("c1", "1001")
        assert refused.value.code == "busy"

    def test_after_call_work_comes_back_after_it(self, centre):
        centre.at_work("1001")
        centre.engage("1001", "c1")
        centre.disengage("1001", "c1", wrap_up=60.0)
        centre.offer("c2", "1001")
        centre.reject(centre.offer_of("1001"))
        assert centre.state("1001") == "after_call_work"
