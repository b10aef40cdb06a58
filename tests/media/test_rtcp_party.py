"""Two parties that report to each other: when, what, and what they learn from it."""

import itertools
from random import Random

import pytest

from media import rtcp
from media.orders import Control
from media.rtcp import Delay, Description, Party, ReceiverReport, Reception, ReferenceTime, SenderReport, Sent, VoipMetrics

WALL = 1_900_000_000.0


def party(seed=1, now=0.0, **control):
    made = Party(Random(seed), WALL, now, Sent(7, 100, 1000))
    made.control = Control(**control)
    return made


def metrics():
    return VoipMetrics(7, 9)


def reports(one, now, sent, heard=None):
    """As they are after the wire."""
    return rtcp.parse(rtcp.build(one.compose(now, sent, heard, metrics)))


def test_times_between_reports_are_those_of_the_rfc():
    one = party()
    moments = []
    now = 0.0
    for _ in range(200_000):
        now += 0.02
        if one.due <= now and one.is_due(now):
            moments.append(now)
            one.compose(now, Sent(7, 100, 0), None, metrics)
    pauses = [after - before for before, after in itertools.pairwise(moments)]
    assert 1.02 <= moments[0] <= 3.1
    assert min(pauses) >= 2.05
    assert max(pauses) <= 6.19
    assert sum(pauses) / len(pauses) == pytest.approx(5.0, abs=0.5)


def test_no_two_parties_keep_the_same_time():
    assert len({party(seed).due for seed in range(50)}) == 50


def test_who_sends_says_how_much_and_who_does_not_says_so():
    one = party()
    first, name = reports(one, 5.0, Sent(7, 350, 41_000))
    assert first == SenderReport(7, rtcp.ntp(WALL + 5.0), 41_000, 250, 250 * 160)
    assert isinstance(name, Description)
    assert name.cname
    assert type(reports(one, 10.0, Sent(7, 350, 81_000))[0]) is ReceiverReport
    assert reports(one, 15.0, Sent(7, (350 + 65_536) & 0xFFFF, 1))[0] == ReceiverReport(7)
    assert reports(one, 20.0, Sent(7, 10, 1))[0].packets == 250 + (10 - 350 & 0xFFFF)


def test_loss_is_told_of_the_last_time_and_of_all():
    one = party()
    one.compose(5.0, Sent(7, 100, 0), Reception(9, 0, 250, 250, 8), metrics)
    (block,) = reports(one, 10.0, Sent(7, 100, 0), Reception(9, 499, 500, 475, 80))[0].blocks
    assert (block.ssrc, block.fraction, block.lost, block.highest, block.jitter) == (9, 25, 25, 499, 80)
    (block,) = reports(one, 15.0, Sent(7, 100, 0), Reception(9, 509, 510, 490, 80))[0].blocks
    assert (block.fraction, block.lost) == (0, 20)  # Late ones made up for more than was lost (appendix A.3).
    (block,) = reports(one, 20.0, Sent(7, 100, 0), Reception(10, 9, 10, 5, 0))[0].blocks
    assert (block.fraction, block.lost) == (128, 5)


def test_the_round_trip_is_what_the_way_took():
    one, other = party(1), party(2)
    said = reports(one, 10.0, Sent(7, 350, 0))
    other.hear(said, 10.03, ours=9, theirs=7)
    back = rtcp.parse(rtcp.build(other.compose(12.5, Sent(9, 100, 0), Reception(7, 0, 10, 10, 0), metrics)))
    assert one.hear(back, 12.54, ours=7, theirs=9)
    assert one.round_trip == pytest.approx(0.07, abs=0.001)
    assert one.far.lost == 0


def test_the_round_trip_of_who_sends_nothing_goes_by_reference_time():
    one, other = party(1, metrics=("rcvr-rtt",)), party(2)
    said = reports(one, 10.0, Sent(7, 100, 0))
    assert ReferenceTime(7, rtcp.ntp(WALL + 10.0)) in said
    other.hear(said, 10.02, ours=9, theirs=7)
    back = reports(other, 11.0, Sent(9, 100, 0))
    assert Delay(9, 7, rtcp.middle(rtcp.ntp(WALL + 10.0)), int(0.98 * 65536)) in back
    one.hear(back, 11.03, ours=7, theirs=9)
    assert one.round_trip == pytest.approx(0.05, abs=0.001)


def test_metrics_go_to_those_who_want_them():
    heard = Reception(9, 0, 1, 1, 0)
    assert metrics() in reports(party(metrics=("voip-metrics",)), 5.0, Sent(7, 100, 0), heard)
    assert metrics() not in reports(party(metrics=("voip-metrics",)), 5.0, Sent(7, 100, 0), None)
    assert metrics() not in reports(party(), 5.0, Sent(7, 100, 0), heard)


@pytest.mark.parametrize("last", [0, 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_time_that_cannot_be_is_no_round_trip(last):
    one = party()
    one.hear([ReceiverReport(9, (rtcp.Block(7, last=last, delay=5),))], 10.0, ours=7, theirs=9)
    assert one.round_trip is None


def test_what_is_said_of_others_is_not_about_us():
    one = party()
    assert not one.hear([ReceiverReport(9, (rtcp.Block(8, 255, 1000),)), VoipMetrics(9, 8)], 10.0, ours=7, theirs=9)
    assert (one.far, one.metrics) == (None, None)


def test_the_farewell_is_for_those_who_know_us():
    assert party().farewell(1.0, Sent(7, 100, 0), None) == []
    said = rtcp.parse(rtcp.build(party().farewell(1.0, Sent(7, 101, 0), None)))
    assert [type(report) for report in said] == [SenderReport, Description, rtcp.Bye]
    assert said[-1] == rtcp.Bye((7,))


def test_a_new_source_of_ours_counts_from_its_beginning():
    one = party()
    one.compose(5.0, Sent(7, 350, 0), None, metrics)
    one.advance(Sent(8, 30, 0))
    assert reports(one, 10.0, Sent(8, 40, 0))[0].packets == 10
