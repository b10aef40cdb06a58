"""The shape of a recording is what is in it, and is computed once."""

import wave

import numpy as np
import pytest

from media import sounds, speech, waveform


@pytest.fixture
def tape(tmp_path):
    """Six seconds: a tone on the left within the second one, a louder one on the right within the fourth."""
    samples = np.zeros((6 * sounds.RATE, 2), np.int16)
    tone = np.sin(np.arange(6400) * 2 * np.pi * 300 / sounds.RATE)
    samples[8800:15200, 0] = tone * 8192
    samples[24800:31200, 1] = tone * 16384
    path = tmp_path / "tape.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, sounds.RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def test_each_party_is_drawn_where_it_is_loud(tape):
    drawn = waveform.drawn(waveform.shape(tape), 6)
    caller, agent = drawn["parties"]
    assert (drawn["seconds"], drawn["points"]) == (6.0, 6)
    assert caller["high"] == pytest.approx([0, 31, 0, 0, 0, 0], abs=1)
    assert agent["low"] == pytest.approx([0, 0, 0, -64, 0, 0], abs=1)
    assert caller["loudness"][1] == pytest.approx(15, abs=1)
    assert agent["loudness"][3] == pytest.approx(9, abs=1)
    assert caller["loudness"][0] == waveform.QUIETEST


def test_a_picture_has_no_more_points_than_the_shape(tape):
    drawn = waveform.drawn(waveform.shape(tape), 100_000)
    assert drawn["points"] == 200
    assert all(len(party[name]) == 200 for party in drawn["parties"] for name in ("low", "high", "loudness"))
    assert waveform.drawn(waveform.shape(tape), 1)["points"] == 1


def test_it_is_computed_once_and_kept_beside(tape, monkeypatch):
    measured = waveform.measure(tape)
    assert measured == speech.measure(tape)
    assert waveform.beside(tape).is_file()
    monkeypatch.setattr(speech, "speech", lambda path: pytest.fail("it was computed again"))
    assert waveform.drawn(waveform.shape(tape), 10)["seconds"] == 6.0


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no", b"nothing of ours"])
def test_what_was_kept_badly_is_computed_anew(tape, damage):
    wanted = waveform.drawn(waveform.shape(tape), 50)
    waveform.beside(tape).write_bytes(damage)
    assert waveform.drawn(waveform.shape(tape), 50) == wanted
    assert waveform.beside(tape).read_bytes() != damage


def test_an_empty_recording_has_an_empty_picture(tmp_path):
    path = tmp_path / "empty.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, sounds.RATE, 0, "NONE", ""))
        file.writeframes(b"")
    drawn = waveform.drawn(waveform.shape(path), 50)
    assert (drawn["seconds"], drawn["points"], drawn["parties"][0]["high"], drawn["silence"]) == (0.0, 0, [], [])


def test_what_is_no_recording_is_refused(tmp_path):
    with pytest.raises(sounds.SoundError):
        waveform.shape(tmp_path / "nothing.wav")


def test_stretches_are_told_in_seconds():
    assert waveform.stretches(np.array([True, True, False, True])) == [[0.0, 0.06], [0.09, 0.12]]
