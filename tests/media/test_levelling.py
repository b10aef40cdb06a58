"""Speech as prompts want it."""

import numpy as np
import pytest

from media.levelling import LOUDNESS, PEAK, RATE, level


def voice(seconds, loud=0.2, before=0.5, after=0.8):
    """A tone that swells and fades like a word, with silence around it and a hum below hearing."""
    count = int(seconds * RATE)
    word = loud * np.sin(np.arange(count) / 3) * (0.3 + np.abs(np.sin(np.arange(count) * np.pi / count * 3)))
    sound = np.concatenate([np.zeros(int(before * RATE)), word, np.zeros(int(after * RATE))])
    return sound + 1e-5 * np.sin(np.arange(len(sound)) / 50)


def rms(sound):
    return np.sqrt(np.mean(sound[np.abs(sound) > np.abs(sound).max() * 0.05] ** 2))


@pytest.mark.parametrize("loud", [0.003, 0.05, 0.9])
def test_whatever_the_engine_all_are_as_loud(loud):
    sound = level(voice(1.0, loud), 0.04)
    assert rms(sound) == pytest.approx(LOUDNESS, rel=0.1) and np.abs(sound).max() <= PEAK


def test_silence_around_it_goes_and_its_ends_are_soft():
    sound = level(voice(1.0), 0.25)
    assert len(sound) / RATE == pytest.approx(1.0 + 0.06 + 0.25, abs=0.03)
    assert sound[0] == 0 and not sound[-int(0.25 * RATE):].any()
    assert np.abs(np.diff(sound)).max() < 0.5 * np.abs(sound).max(), "no step that would click"


def test_a_peak_does_not_overload():
    sound = voice(1.0, 0.01)
    sound[RATE] = 0.9
    assert np.abs(level(sound, 0.0)).max() <= PEAK + 1e-9


def test_a_direct_current_is_no_sound():
    assert np.abs(level(voice(1.0) + 0.1, 0.0).mean()) < 0.01


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(8000), np.full(8000, 1e-5)])
def test_nothing_is_nothing(sound):
    assert len(level(sound, 0.25)) == 0


def test_a_single_click_of_a_few_samples():
    for samples in ([0.0, 0.5, 0.0], [0.5, 0.0], [0.5]):
        assert np.isfinite(level(np.array(samples), 0.0)).all()
