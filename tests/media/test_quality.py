"""The opinion score, against figures that others publish; and bursts, against RFC 3611."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.quality import BEST, Losses, mos, rating


@pytest.mark.parametrize(("r", "score"), [(0, 1.0), (50, 2.575), (60, 3.1), (70, 3.597), (80, 4.024), (93.2, 4.41)])
def test_scores_are_those_of_the_recommendation(r, score):
    assert mos(r) == pytest.approx(score, abs=0.005)  # G.107 annex B


def test_a_perfect_call_is_the_best_there_is():
    assert mos(rating(0, 0)) == pytest.approx(BEST, abs=0.005)


@pytest.mark.parametrize(("loss", "delay", "r"), [(0.05, 0, 77.4), (0, 0.1, 90.8), (0, 0.3, 72.5), (0.02, 0.15, 82.6)])
def test_ratings_by_hand(loss, delay, r):
    assert rating(loss, delay) == pytest.approx(r, abs=0.1)


fraction, seconds, ratio = st.floats(0, 1), st.floats(0, 2), st.floats(1, 10)


@given(fraction, fraction, seconds, seconds, ratio, ratio)
@settings(deadline=None)
def test_worse_is_never_better(loss, more_loss, delay, more_delay, burst, more_burst):
    low = mos(rating(loss, delay, burst))
    assert 1.0 <= low <= BEST + 0.01
    assert mos(rating(min(1.0, loss + more_loss), delay + more_delay, burst + more_burst - 1)) <= low + 1e-9


def test_losses_far_apart_are_no_burst():
    losses = Losses()
    for _ in range(10):
        losses.receive(99)
        losses.lose(1)
    burst, gap = losses.densities()
    assert (burst, gap) == (0, int(256 * 9 / 999))
    assert losses.durations(0.02)[0] == 0
    assert losses.burst_ratio(0.01) == 1.0


def test_losses_close_together_are_a_burst():
    losses = Losses()
    for _ in range(5):
        losses.receive(500)
        for _ in range(4):
            losses.lose(2)
            losses.receive(2)
    burst, _ = losses.densities()
    assert 100 < burst < 200
    length, gap = losses.durations(0.02)
    assert 200 < length < 350
    assert 9900 < gap < 10200
    assert losses.longest() == 2.0
    assert losses.burst_ratio(0.016) == pytest.approx(1.97, abs=0.01)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), max_size=60))
@settings(deadline=None)
def test_whatever_is_lost_the_figures_fit_their_fields(story):
    losses = Losses()
    for received, lost in story:
        losses.receive(received)
        losses.lose(lost)
    assert all(0 <= each <= 255 for each in losses.densities())
    assert all(0 <= each <= 0xFFFF for each in losses.durations(0.02))
