"""Joining, waiting, hearing where one stands, and leaving."""

import pytest

from switch.acd.effects import AgentChanged, Announce, Joined, Left, Release
from switch.acd.errors import Refused
from switch.acd.rules import Overflow
from tests.switch.acd.centre import Centre, of

HELP = Overflow(to="queue:help")


def centre_with(**rules):
    return Centre({"support": rules}, {"1001": {}, "1002": {}})


def test_positions():
    centre = centre_with()
    for position, contact in enumerate(("c1", "c2", "c3"), 1):
        assert centre.join(contact, "support") == [Joined(contact, "support", position, None, 0)]
    assert centre.withdraw("c1", "abandoned") == [Left("c1", "support", "abandoned", 0.0)]
    assert [centre.desk.position(contact) for contact in ("c1", "c2", "c3")] == [None, 1, 2]
    assert centre.desk.waiting("support")[0] == ("c2", 1, centre.now, 0)


def test_nobody_waits_twice():
    centre = centre_with()
    centre.join("c1", "support")
    with pytest.raises(Refused) as refused:
        centre.join("c1", "support")
    assert refused.value.code == "waiting"


def test_a_queue_that_does_not_exist_is_closed():
    centre = centre_with()
    assert centre.join("c1", "nowhere") == [Left("c1", "nowhere", "closed", 0.0)]
    for question in (centre.desk.queue, centre.desk.waiting):
        with pytest.raises(Refused) as refused:
            question("nowhere")
        assert refused.value.code == "unknown_queue"


def test_full():
    centre = centre_with(max_size=1, overflow=HELP)
    centre.join("c1", "support")
    assert centre.join("c2", "support") == [Left("c2", "support", "full", 0.0, destination="queue:help")]


def test_nobody_may_join_while_nobody_is_logged_in():
    centre = centre_with(join_when_empty=False)
    assert centre.join("c1", "support") == [Left("c1", "support", "no_agents", 0.0)]
    centre.log_in("1001", ready=False)
    assert isinstance(centre.join("c1", "support")[0], Joined)


def test_all_leave_with_the_last_agent():
    centre = centre_with(leave_when_empty=True, overflow=HELP)
    centre.at_work("1001", "1002")
    for contact in ("c1", "c2", "c3"):
        centre.join(contact, "support")
    assert of(Left, centre.log_out("1001")) == []
    told = centre.log_out("1002")
    assert [(left.contact, left.why, left.destination) for left in of(Left, told)] == [
        (contact, "no_agents", "queue:help") for contact in ("c1", "c2", "c3")
    ]


def test_the_longest_wait():
    centre = centre_with(max_wait=60.0)
    start = centre.now
    centre.join("c1", "support")
    assert of(Left, centre.until(start + 59.9)) == []
    assert of(Left, centre.until(start + 60)) == [Left("c1", "support", "timeout", 60.0)]


def test_the_longest_wait_ends_an_offer_as_well():
    centre = centre_with(max_wait=10.0)
    centre.at_work("1001")
    centre.join("c1", "support")
    told = centre.pass_time(10)
    assert [type(effect) for effect in told[-3:]] == [Left, Release, AgentChanged]
    assert told[-2].outcome == "canceled"
    assert centre.state("1001") == "ready"


def test_overflow_after_a_while():
    centre = centre_with(max_wait=60.0, overflow=Overflow("voicemail:support", after=30.0))
    centre.join("c1", "support")
    left = of(Left, centre.pass_time(100))[0]
    assert (left.why, left.waited, left.destination) == ("overflow", 30.0, "voicemail:support")


def test_overflow_to_another_queue_keeps_the_place_in_time():
    centre = Centre({"support": {"overflow": Overflow("queue:help", after=30.0)}, "help": {"max_wait": 25.0}})
    centre.join("early", "support")
    start = centre.now
    centre.pass_time(10)
    centre.join("late", "help")
    left = of(Left, centre.until(start + 30))
    assert left[-1].contact == "early"
    centre.join("early", "help", joined_at=centre.now - left[-1].waited)
    assert centre.order("help") == ["early", "late"]
    left = of(Left, centre.pass_time(25))
    assert [(told.contact, told.waited) for told in left] == [("late", 25.0), ("early", 25.0)]


def test_a_wait_elsewhere_counts_for_the_order():
    centre = centre_with()
    centre.join("here", "support")
    centre.join("there", "support", joined_at=centre.now - 100)
    assert centre.order() == ["there", "here"]
    assert centre.desk.queue("support").longest_wait == 100.0


def test_nobody_joined_in_the_future():
    centre = centre_with()
    centre.join("c1", "support", joined_at=centre.now + 100)
    centre.pass_time(1)
    centre.join("c2", "support")
    assert centre.order() == ["c1", "c2"]


def test_the_exit_key():
    centre = centre_with(exit_key="*", exit_to="voicemail:support")
    centre.join("c1", "support")
    assert centre.exit_key("c1", "5") == []
    assert centre.exit_key("c1", "*") == [Left("c1", "support", "exit_key", 0.0, destination="voicemail:support")]
    assert centre.exit_key("c1", "*") == []


def test_no_exit_key():
    centre = centre_with()
    centre.join("c1", "support")
    assert centre.exit_key("c1", "") == centre.exit_key("c1", "*") == []


def test_priority_goes_first_and_then_time():
    centre = centre_with(ageing=0.0)
    for contact, priority in (("low", 0), ("high", 5), ("mid", 1), ("high too", 5)):
        centre.join(contact, "support", priority=priority)
        centre.pass_time(1000)
    assert centre.order() == ["high", "high too", "mid", "low"]


def test_waiting_counts_as_priority():
    centre = centre_with(ageing=60.0)
    centre.join("old", "support")
    centre.pass_time(59)
    centre.join("important", "support", priority=1)
    assert centre.order() == ["important", "old"]
    centre.pass_time(2)
    centre.join("important too", "support", priority=1)
    assert centre.order() == ["important", "old", "important too"]


def test_front_is_before_everybody():
    centre = centre_with()
    centre.join("important", "support", priority=100)
    centre.join("returned", "support", front=True)
    assert centre.order() == ["returned", "important"]


class TestAnnouncements:
    def heard(self, centre, seconds):
        return [(told.position, told.expected_wait) for told in of(Announce, centre.pass_time(seconds))]

    def test_first_and_then_every_so_often(self):
        centre = centre_with(announce_first=5.0, announce_every=30.0)
        centre.join("c1", "support")
        moments = []
        start = centre.now
        while centre.now < start + 90:
            if of(Announce, centre.until(centre.desk.deadline)):
                moments.append(centre.now - start)
        assert moments == [5.0, 35.0, 65.0, 95.0]

    def test_none(self):
        centre = centre_with(announce_every=0.0)
        centre.join("c1", "support")
        assert centre.desk.deadline is None

    def test_nobody_staffed(self):
        centre = centre_with()
        centre.join("c1", "support")
        assert self.heard(centre, 10) == [(1, None)]
        assert centre.withdraw("c1", "abandoned")[0].announced_wait is None

    def test_never_rises_while_nobody_gets_ahead(self):
        centre = centre_with(announce_every=30.0, handling_time=100.0)
        centre.phone("1001", True)
        centre.phone("1002", True)
        centre.log_in("1001")
        centre.log_in("1002")
        for agent in ("1001", "1002"):
            centre.engage(agent, f"call of {agent}")
        centre.join("c1", "support")
        assert self.heard(centre, 5) == [(1, 50.0)]
        centre.set_not_ready("1002", "lunch")
        assert centre.desk.queue("support").staffed == 1
        assert self.heard(centre, 30) == [(1, 50.0)]
        centre.join("important", "support", priority=9)
        heard = [told for told in of(Announce, centre.pass_time(30)) if told.contact == "c1"]
        assert (heard[0].position, heard[0].expected_wait) == (2, 200.0)
        assert centre.withdraw("c1", "abandoned")[0].announced_wait == 50.0

    def test_what_was_not_said_is_not_counted_as_announced(self):
        centre = centre_with(announce_first=5.0)
        centre.at_work("1001")
        centre.engage("1001", "call")
        assert centre.join("c1", "support")[0].expected_wait == 180.0
        assert centre.withdraw("c1", "abandoned")[0].announced_wait is None


def test_views_and_snapshot_are_plain():
    centre = centre_with()
    centre.at_work("1001", "1002")
    centre.join("c1", "support", skills={"german": 3})
    centre.join("c2", "support")
    centre.pass_time(4)
    centre.wake()
    view = centre.desk.queue("support")
    assert (view.waiting, view.longest_wait, view.oldest, view.logged_in, view.ready, view.reserved) == (
        2, 4.0, centre.now - 4, 2, 1, 1
    )
    assert centre.desk.queue("support", centre.now + 6).longest_wait == 10.0
    assert centre.desk.queues() == [view]
    snapshot = centre.desk.snapshot()
    assert [caller["contact"] for caller in snapshot["queues"][0]["callers"]] == ["c1", "c2"]
    assert snapshot["agents"][0]["state"] == "reserved"
    assert snapshot["reservations"][0]["contact"] == "c2"
    assert centre.desk.counts() == {
        "waiting": 2, "reservations": 1, "logged_out": 0, "not_ready": 0, "ready": 1, "reserved": 1, "busy": 0,
        "after_call_work": 0,
    }
    assert set(centre.desk.rules) == {"1001", "1002"}
