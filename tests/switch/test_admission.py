"""The door for new calls: it shuts under strain, opens when that is over, and does not flap."""

import pytest
from hypothesis import given
from hypothesis import settings as rules_of
from hypothesis import strategies as st
from msgspec.structs import replace

from media.orders import Load
from switch.admission import CALM, Admission, Gate
from switch.settings import Overload


def load(late=0.0, late_steps=0, busy=0.5):
    """A second of a worker; ``busy``: share of its core."""
    return Load(10, 50, late, late, late_steps, busy)


def seconds_of(admission, *loads, worker=0):
    """A report each second; gives after each whether new calls are refused."""
    told, spent = [], 1.0
    admission.media(worker, replace(load(), cpu=spent), 0.0)
    for second, each in enumerate(loads, 1):
        spent += each.cpu
        admission.media(worker, replace(each, cpu=spent), float(second))
        told.append(bool(admission.why))
    return told


def test_one_bad_second_is_nobodys_fault_and_two_are_strain():
    told = seconds_of(Admission(Overload()), load(), load(0.015), load(), load(0.015), load(0.012))
    assert told == [False] * 4 + [True]


def test_it_opens_after_three_calm_seconds():
    told = seconds_of(Admission(Overload()), *[load(0.02)] * 2, *[load(0.001)] * 2, load(0.008), *[load(0.001)] * 4)
    assert told == [False] + [True] * 7 + [False], "what is close to the limit is not calm"


@pytest.mark.parametrize("bad", [load(0.011), load(0.0, 6), load(0.1, busy=0.01), load(0.0, 50, busy=0.01)])
def test_what_is_strain(bad):
    assert seconds_of(Admission(Overload()), bad, bad)[-1]
    assert not seconds_of(Admission(Overload(frame_late=0.0)), bad, bad)[-1], "0 = never"


@pytest.mark.parametrize("late", [load(0.05, busy=0.1), load(0.0, 20, busy=0.24)])
def test_late_frames_without_work_of_its_own_are_no_strain(late):
    assert not any(seconds_of(Admission(Overload()), *[late] * 9))


def test_a_worker_without_time_left_is_strained_before_a_frame_is_late():
    busy = [load(busy=0.95)] * 3
    assert seconds_of(Admission(Overload()), *busy) == [False, True, True]
    assert not any(seconds_of(Admission(Overload(media_busy=0.0)), *busy))
    assert not any(seconds_of(Admission(Overload()), *[load(busy=0.8)] * 9))


def test_one_of_two_workers_is_not_the_house():
    admission = Admission(Overload())
    seconds_of(admission, load(), worker=1)
    seconds_of(admission, load(0.03), load(0.03))
    assert admission.strained == {0} and not admission.why
    seconds_of(admission, load(0.03), load(0.03), worker=1)
    assert admission.why == ("media",)
    admission.media_gone(0)
    assert admission.strained == {1} and admission.why == ("media",)
    admission.media_gone(1)
    assert not admission.why


@pytest.mark.parametrize(("lag", "read_on"), [(0.3, 0.0), (0.0, 0.9)])
def test_signalling_under_strain(lag, read_on):
    admission = Admission(Overload())
    admission.signalling(lag, read_on, 0.8, 0.0)
    assert not admission.why
    admission.signalling(lag, read_on, 0.8, 0.5)
    assert admission.why == ("signalling",)
    for beat in range(2, 20):
        admission.signalling(0.01, 0.0, 0.8, 0.5 * beat)
        assert bool(admission.why) == (0.5 * beat - 1.0 < CALM)


@pytest.mark.parametrize(("lag", "read_on", "refused"), [(0.3, 0.9, False), (2.5, 0.0, True)])
def test_signalling_that_is_late_without_work_of_its_own(lag, read_on, refused):
    admission = Admission(Overload())
    for beat in range(4):
        admission.signalling(lag, read_on, 0.3, 0.5 * beat)
    assert bool(admission.why) == refused


def test_a_worker_that_says_nothing_any_more_is_strained():
    admission = Admission(Overload())
    seconds_of(admission, load())
    for beat in range(12):
        admission.signalling(0.0, 0.0, 0.1, 0.5 * beat)
    assert admission.why == ("media",)


looks = st.lists(st.tuples(st.floats(0, 2), st.floats(0.1, 2)), max_size=80)


@rules_of(deadline=None)
@given(looks)
def test_hysteresis(looks):
    """It shuts only after two bad looks in a row, opens only after a calm stretch, and never leaves that out."""
    gate, now, shares, moments = Gate(), 0.0, [], []
    for share, pause in looks:
        now += pause
        before = gate.strained
        gate.look(share, now)
        shares.append(share)
        moments.append(now)
        twice = len(shares) >= 2 and min(shares[-2:]) >= 1.0
        first = next((index + 1 for index in range(len(shares) - 1, -1, -1) if shares[index] > 0.7), 0)
        calm = first < len(shares) and now - moments[first] >= CALM
        assert gate.strained == (True if twice else False if calm else before)
