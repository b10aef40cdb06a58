"""Speech of the shipped prompts, put at known times: what is measured must be there."""

import wave
from pathlib import Path

import numpy as np
import pytest

from media import sounds, speech
from media.sounds import RATE, SoundError

PROMPTS = Path(__file__).parents[2] / "ivr" / "sounds"
TALK = PROMPTS / "en" / "demo-opening-hours.wav"


def spoken(language: str, seconds: float) -> np.ndarray:
    """Speech without a pause in it."""
    names = ("demo-opening-hours", "demo-payment-dates", "closed-now", "leave-message-after-tone")
    parts = [sounds.read(PROMPTS / language / f"{name}.wav")[: -int(0.3 * RATE)] for name in names]
    return np.concatenate(parts)[: int(seconds * RATE)]


def recording(path: Path, seconds: float, *channels: dict[float, np.ndarray], hum: float = 0.0) -> Path:
    """Write a recording; each channel is given as speech by the second at which it starts."""
    rng = np.random.default_rng(7)
    samples = rng.normal(0, hum, (int(seconds * RATE), len(channels)))
    for number, channel in enumerate(channels):
        for start, sound in channel.items():
            first = int(start * RATE)
            samples[first : first + len(sound), number] += sound
    with wave.open(str(path), "wb") as file:
        file.setparams((len(channels), 2, RATE, 0, "NONE", ""))
        file.writeframes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("hum", [0.0, 40.0])
def test_talk_silence_and_overlap_are_found_where_they_are(tmp_path, language, hum):
    voice = spoken(language, 5.0)
    path = recording(tmp_path / "r.wav", 20.0, {1.0: voice}, {4.0: voice, 12.0: voice}, hum=hum)
    measured = speech.measure(path)
    caller, agent = measured.parties
    assert measured.seconds == pytest.approx(20.0, abs=0.03)
    assert caller.talk == pytest.approx(5.0, abs=0.6)
    assert agent.talk == pytest.approx(10.0, abs=1.2)
    assert measured.overlap == pytest.approx(2.0, abs=0.5)
    assert measured.silence == pytest.approx(7.0, abs=1.0)
    assert caller.longest_silence == pytest.approx(14.0, abs=0.6)
    assert agent.longest_silence == pytest.approx(4.0, abs=0.4)
    assert measured.longest_silence == pytest.approx(3.0, abs=0.4)
    for party in measured.parties:
        assert party.talk + party.silence == pytest.approx(measured.seconds)


def test_silence_is_nobody_talking(tmp_path):
    measured = speech.measure(recording(tmp_path / "r.wav", 3.0, {}, {}))
    assert (measured.silence, measured.overlap, measured.parties[0].talk) == (3.0, 0.0, 0.0)


def test_a_click_is_not_speech(tmp_path):
    click = (np.random.default_rng(3).normal(0, 9000, int(0.02 * RATE))).astype(np.int16)
    measured = speech.measure(recording(tmp_path / "r.wav", 3.0, {1.0: click}, {}))
    assert measured.parties[0].talk == 0.0


def test_a_mono_recording_has_one_party():
    measured = speech.measure(TALK)
    (party,) = measured.parties
    assert (party.talk, measured.overlap) == (pytest.approx(sounds.seconds(TALK), abs=0.8), 0.0)


def test_nothing_recorded_is_nothing_measured(tmp_path):
    measured = speech.measure(recording(tmp_path / "r.wav", 0.01, {}, {}))
    assert (measured.seconds, measured.longest_silence, len(measured.parties)) == (0.0, 0.0, 2)


def test_a_block_does_not_show(tmp_path, monkeypatch):
    path = recording(tmp_path / "r.wav", 12.0, {1.0: spoken("en", 5.0)}, {4.0: spoken("en", 5.0)})
    whole = speech.measure(path)
    monkeypatch.setattr(speech, "AT_ONCE", 7)
    assert speech.measure(path) == whole


def test_a_file_that_is_none_is_told(tmp_path):
    (tmp_path / "r.wav").write_bytes(b"nothing")
    with pytest.raises(SoundError):
        speech.measure(tmp_path / "r.wav")
