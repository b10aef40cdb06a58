"""What callers are told about their wait."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.acd.expected_wait import HandlingTime, Patience, expected_wait
from tests.switch.acd.centre import Centre


def test_nobody_staffed():
    assert expected_wait(3, 0, 180.0) is None


def test_position_times_handling_by_staff():
    assert expected_wait(1, 1, 180.0) == 180.0
    assert expected_wait(4, 2, 180.0) == 360.0
    assert expected_wait(4, 2, 0.0) == 0.0


def test_those_who_give_up_shorten_it():
    assert expected_wait(1, 1, 100.0, 0.01) == 100.0
    assert expected_wait(2, 1, 100.0, 0.01) == pytest.approx(150.0)


@given(st.integers(1, 50), st.integers(1, 50), st.floats(1, 1000), st.floats(0, 1))
def test_grows_with_the_position_and_shrinks_with_the_staff(position, staffed, handling, giving_up):
    wait = expected_wait(position, staffed, handling, giving_up)
    assert 0 < wait <= position * handling / staffed * 1.000001
    assert expected_wait(position + 1, staffed, handling, giving_up) > wait
    assert expected_wait(position, staffed + 1, handling, giving_up) < wait


def test_against_a_queue_that_is_played_through():
    """Four agents, exponential calls, callers who give up: the mean wait of the ninth in line."""
    rng, waits = Random(5), []
    for _ in range(4000):
        ahead, now = 8, 0.0
        while ahead >= 0:
            now += rng.expovariate(4 / 100 + ahead / 300)
            ahead -= 1
        waits.append(now)
    assert expected_wait(9, 4, 100.0, 1 / 300) == pytest.approx(sum(waits) / len(waits), rel=0.05)


def test_handling_time_is_learnt():
    handling = HandlingTime(180.0)
    handling.learn(60.0)
    assert handling.seconds == 120.0
    handling.assume(500.0)
    assert handling.seconds == 120.0
    for _ in range(200):
        handling.learn(60.0)
    assert handling.seconds == pytest.approx(60.0, abs=0.1)


def test_a_guess_counts_until_calls_have_been_seen():
    handling = HandlingTime(180.0)
    handling.assume(90.0)
    assert handling.seconds == 90.0


def test_patience_is_learnt():
    rng, patience = Random(7), Patience(1800.0)
    assert patience.rate == 0.0
    patience.learn(1.0, True)
    assert patience.rate < 0.001
    for _ in range(2000):
        gives_up, served = rng.expovariate(1 / 120), rng.expovariate(1 / 60)
        patience.learn(min(gives_up, served), gives_up < served)
    assert patience.rate == pytest.approx(1 / 120, rel=0.4)


def test_talk_and_after_call_work_count():
    centre = Centre({"support": {"handling_time": 100.0, "wrap_up": 20.0}}, {"1001": {}})
    centre.at_work("1001")
    centre.join("c1", "support")
    centre.pick_up("1001")
    centre.pass_time(60)
    centre.disengage("1001", "c1")
    centre.pass_time(5)
    centre.end_wrap_up("1001")
    centre.engage("1001", "x")
    assert centre.join("c2", "support")[0].expected_wait == pytest.approx((100 + 65) / 2)


def test_only_those_who_can_help_are_counted():
    centre = Centre(agents={"1001": {}, "1002": {"skills": {"german": 5}}})
    centre.at_work("1001", "1002")
    for agent in ("1001", "1002"):
        centre.engage(agent, f"call of {agent}")
    assert centre.join("c1", "support")[0].expected_wait == 90.0
    joined = centre.join("c2", "support", skills={"german": 1})[0]
    assert (joined.expected_wait, joined.staffed) == (360.0, 1)
