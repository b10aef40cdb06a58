"""How the fragments sound one after the other: no gap, no click, no jump in loudness."""

import numpy as np
import pytest

from ivr import speaking
from ivr.prompts import SHIPPED
from ivr.speaking.words import PAUSE
from media.levelling import AUDIBLE, LOUDNESS
from media.sounds import read
from tests.ivr.speaking.heard import TEXTS

RATE = 8000
PUT_TOGETHER = [name for name, text in TEXTS["en"].items() if text[-1] not in ".。" and " " not in text]


def sound(language, name):
    return read(SHIPPED / language / f"{name}.wav").astype(float) / 32768


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_fragment_begins_and_ends_softly_at_one_loudness(language):
    for name in set(PUT_TOGETHER) & TEXTS[language].keys():
        samples = sound(language, name)
        frames = np.sqrt(np.mean(samples[: len(samples) // 80 * 80].reshape(-1, 80) ** 2, axis=1))
        loud = np.flatnonzero(frames > AUDIBLE * frames.max())
        before, behind = loud[0] * 80 / RATE, len(samples) / RATE - (loud[-1] + 1) * 80 / RATE
        assert before < 0.05 and behind < 0.12, f"{name}: silence of {before:.2f} and {behind:.2f} s"
        assert np.abs(samples[:16]).max() < 0.02 > np.abs(samples[-16:]).max(), f"{name} clicks"
        voice = samples[np.abs(samples) > 0.05 * np.abs(samples).max()]
        assert 0.6 < np.sqrt(np.mean(voice**2)) / LOUDNESS < 1.4, f"{name} is louder or softer than the others"


@pytest.mark.parametrize(("kind", "value"), [
    ("amount", "1205.55"), ("date", "2026-11-22"), ("time", "14:05"), ("number", "123456789"), ("ordinal", "253"),
])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_value_has_no_gap_in_it(language, kind, value):
    names = speaking.say(kind, value, language, "yuan")
    heard = np.concatenate([sound(language, name) for name in names if name != PAUSE])
    frames = np.abs(heard[: len(heard) // 80 * 80]).reshape(-1, 80).max(axis=1) < 0.01
    longest = max((len(run) for run in "".join("x" if silent else " " for silent in frames).split()), default=0)
    assert longest * 0.01 < 0.35, f"{longest * 10} ms of silence"
