"""Comfort noise: low noise in silence, no loss, no silent leg."""

import numpy as np
import pytest

from media import g711, orders
from media.rtp import FRAME
from tests.media.town import Town, silence


def loudness(town, leg):
    return float(np.sqrt((town.samples(leg) ** 2).mean()))


@pytest.fixture(params=[0, 8])
def town(request):
    town = Town(silence_after=1.0)
    town.open("a", request.param)
    town.open("b")
    town.obey(orders.Join("a", "b"))
    return town


def be_silent(town, steps, level, every=10):
    """A phone that tells of its silence every so many steps; gives how loud its partner hears it."""
    phone, loud = town.phones["a"], []
    for step in range(steps):
        town.step(*([phone.packet(13, bytes([level]), 0)] if step % every == 0 else []), town.phones["b"].say())
        phone.timestamp += FRAME
        loud.append(loudness(town, "b"))
    return loud


@pytest.mark.parametrize(("level", "expected"), [(50, 104), (60, 33), (0, 1036), (127, 0)])
def test_it_is_heard_as_noise_of_its_level(town, level, expected):
    town.talk(10)
    loud = be_silent(town, 40, level)[4:]
    assert np.mean(loud) == pytest.approx(expected, rel=0.15, abs=9)
    assert max(loud) < 2 * expected + 10


def test_it_lasts_until_speech_and_then_ends(town):
    town.talk(10)
    be_silent(town, 30, 50, every=1000)
    assert 50 < loudness(town, "b") < 200
    phone = town.phones["a"]
    loud = bytes([g711.ENCODE[0 if phone.payload_type == 0 else 1][8000]]) * FRAME
    heard = []
    for _ in range(12):
        town.step(phone.say(loud), town.phones["b"].say())
        heard.append(loudness(town, "b"))
    assert [level > 7000 for level in heard[4:]] == [True] * 8
    for _ in range(12):
        town.step(town.phones["b"].say())
    assert loudness(town, "b") < 10


def test_it_is_neither_loss_nor_a_silent_leg(town):
    town.talk(10)
    be_silent(town, 200, 60)
    town.talk(10)
    (quality,) = town.obey(orders.Close("a"))
    assert (quality.lost, quality.late) == (0, 0)
    assert [told for told in town.told if isinstance(told, orders.WentSilent)] == []


def test_an_empty_one_and_one_on_another_clock_do_no_harm(town):
    phone = town.phones["a"]
    town.talk(10)
    town.step(phone.packet(13, b"", 0), phone.packet(19, b"\x20", 0))
    town.talk(5)
    assert town.hears("b") != silence()
