"""Sounds of every kind that operations bring, and files that are none."""

import shutil
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import sounds
from media.sounds import SoundError


def sine(hertz: float, seconds: float, rate: int = 8000) -> np.ndarray:
    return (np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate) * 12000).astype(np.int16)


def write(path: Path, samples: np.ndarray, rate: int = 8000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(np.repeat(samples, channels).astype("<i2").tobytes())
    return path


def pitch(samples: np.ndarray, rate: int = 8000) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples))


def test_sixteen_bits_are_read_as_they_are(tmp_path):
    path = write(tmp_path / "a.wav", sine(440, 0.5))
    assert np.array_equal(sounds.read(path), sine(440, 0.5))
    assert sounds.seconds(path) == 0.5


def test_known_points_of_the_g711_curves():
    mulaw, alaw = sounds.EXPAND[sounds.MULAW], sounds.EXPAND[sounds.ALAW]
    assert [mulaw[code] for code in (0xFF, 0x7F, 0x80, 0x00, 0xF0)] == [0, 0, 32124, -32124, 120]
    assert [alaw[code] for code in (0xD5, 0x55, 0xAA, 0x2A)] == [8, -8, 32256, -32256]


@pytest.mark.parametrize("tag", [sounds.MULAW, sounds.ALAW])
def test_companded_files_are_expanded(tmp_path, tag):
    data, form = bytes(range(256)), struct.pack("<HHIIHH", tag, 1, 8000, 8000, 1, 8)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"LIST\x03\0\0\0abc\0data" + struct.pack("<I", 256) + data
    (tmp_path / "a.wav").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert np.array_equal(sounds.read(tmp_path / "a.wav"), sounds.EXPAND[tag])


def test_a_file_that_was_cut_off_is_as_long_as_it_is(tmp_path):
    path = write(tmp_path / "a.wav", sine(440, 1.0))
    path.write_bytes(path.read_bytes()[:-8000])
    assert sounds.seconds(path) == 0.5
    assert len(sounds.read(path)) == 4000


def test_another_rate_is_not_played_but_told(tmp_path):
    path = write(tmp_path / "a.wav", sine(440, 0.1, 44100), 44100, 2)
    with pytest.raises(SoundError, match="44100 Hz and 2 channels; put it into config/prompts"):
        sounds.read(path)


NONSENSE = [b"", b"RIFF", b"ID3\x04not a sound at all", b"RIFF\0\0\0\0WAVE", b"\xff" * 100]


@pytest.mark.parametrize("content", NONSENSE, ids=range(5))
def test_what_is_no_sound_is_a_sound_error(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(SoundError):
        sounds.seconds(tmp_path / "a.wav")
    with pytest.raises(SoundError):
        sounds.import_sound(tmp_path / "a.wav", tmp_path / "cache")
    with pytest.raises(SoundError, match="cannot be opened"):
        sounds.read(tmp_path / "none.wav")


@given(st.binary(max_size=120))
def test_no_head_of_a_file_does_harm(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVE" + content)
    try:
        assert sounds.read(path).dtype == np.int16
    except SoundError as error:
        assert error.advice


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (8000, 2), (16000, 1), (44100, 2), (48000, 1), (6000, 1)])
def test_any_rate_becomes_eight_kilohertz(tmp_path, rate, channels):
    source = write(tmp_path / "hello.wav", sine(1000, 0.5, rate), rate, channels)
    target = sounds.import_sound(source, tmp_path / "cache")
    heard = sounds.read(target)
    assert sounds.layout(target).tag == sounds.MULAW
    assert len(heard) == 4000
    assert pitch(heard) == pytest.approx(1000, abs=3)
    assert np.sqrt(np.mean(heard.astype(float) ** 2)) == pytest.approx(12000 / np.sqrt(2), rel=0.02)


def test_what_a_telephone_cannot_carry_does_not_come_back_as_another_tone(tmp_path):
    target = sounds.import_sound(write(tmp_path / "a.wav", sine(7000, 0.5, 44100), 44100), tmp_path)
    assert np.abs(sounds.read(target)[400:-400]).max() < 200


def test_an_import_happens_once_for_the_same_content(tmp_path):
    source = write(tmp_path / "a.wav", sine(440, 0.1))
    first = sounds.import_sound(source, tmp_path / "cache")
    before = first.stat().st_mtime_ns
    assert sounds.import_sound(source, tmp_path / "cache") == first
    assert first.stat().st_mtime_ns == before
    write(source, sine(880, 0.1))
    assert sounds.import_sound(source, tmp_path / "cache") != first
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_twenty_four_bits_go_through_pydub(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 3, 16000, 0, "NONE", ""))
        loud = sine(500, 0.2, 16000).astype(int) * 256
        file.writeframes(b"".join(int(value).to_bytes(3, "little", signed=True) for value in loud))
    heard = sounds.read(sounds.import_sound(tmp_path / "a.wav", tmp_path / "cache"))
    assert (len(heard), pitch(heard)) == (1600, pytest.approx(500, abs=5))


def test_mp3_without_ffmpeg_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "a.mp3").write_bytes(b"ID3\x04")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SoundError, match="install ffmpeg"):
        sounds.import_sound(tmp_path / "a.mp3", tmp_path / "cache")


def test_mp3_is_imported(tool, tmp_path):
    tool("ffmpeg")
    from pydub import AudioSegment

    write(tmp_path / "a.wav", sine(1000, 0.5, 44100), 44100)
    AudioSegment.from_file(tmp_path / "a.wav").export(tmp_path / "a.mp3", format="mp3")
    heard = sounds.read(sounds.import_sound(tmp_path / "a.mp3", tmp_path / "cache"))
    assert (len(heard) / 8000, pitch(heard)) == (pytest.approx(0.5, abs=0.1), pytest.approx(1000, abs=5))
