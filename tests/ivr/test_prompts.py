"""Which file is played for a prompt."""

import struct
from pathlib import Path

import pytest

from ivr.prompts import Prompts, wav_seconds
from ivr.tree import Prompt


def record(file: Path, seconds: float = 1.0) -> str:
    """A WAV file of mu-law silence, with a chunk before the data that nobody knows."""
    data = b"\xff" * int(8000 * seconds)
    chunks = b"fmt " + struct.pack("<IHHIIHH", 16, 7, 1, 8000, 8000, 1, 8)
    chunks += b"LIST" + struct.pack("<I", 3) + b"abc\0" + b"data" + struct.pack("<I", len(data)) + data
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    return str(file)


@pytest.fixture
def shipped(tmp_path):
    """A folder of shipped sounds: 'welcome' in two languages, 'hours' in English, music."""
    folder = tmp_path / "shipped"
    for name in ("en/welcome", "en/hours", "zh/welcome", "music", "en/number-7", "zh/number-7", "en/digit-7"):
        record(folder / f"{name}.wav")
    texts = "en: {welcome: Welcome to us., hours: We are open.}\nzh: {welcome: 欢迎}\n"
    (folder / "texts.yaml").write_text(texts, encoding="utf-8")
    return folder


def test_own_recordings_come_before_shipped_ones(shipped, tmp_path):
    own = record(tmp_path / "own/en/welcome.wav")
    prompts = Prompts((tmp_path / "own", shipped))
    assert prompts.sound("welcome", "en") == own
    assert prompts.sound("welcome", "zh") == str(shipped / "zh/welcome.wav")
    assert prompts.sound("hours", "en") == str(shipped / "en/hours.wav")


def test_a_sound_of_no_language_belongs_to_all(shipped):
    assert Prompts((shipped,)).sound("music", "zh") == str(shipped / "music.wav")


def test_another_language_is_better_than_nothing(shipped):
    prompts = Prompts((shipped,))
    assert prompts.sound("hours", "zh") == prompts.sound("hours", "en-GB") == str(shipped / "en/hours.wav")
    assert prompts.sound("nothing", "en") == ""


def test_own_recordings_of_a_shipped_name_still_say_its_words(shipped, tmp_path):
    own = record(tmp_path / "own/en/welcome.wav")
    prompts = Prompts((tmp_path / "own", shipped))
    assert prompts.paths([Prompt(text="welcome  to US.")], {}, "en") == (own,)


def test_prompts_speak_variables(shipped):
    said = [Prompt("welcome"), Prompt(number="n"), Prompt(digits="n"), Prompt(number="unknown"), Prompt(amount="name")]
    files = [Path(path).name for path in Prompts((shipped,)).paths(said, {"n": "7", "name": "Ann"}, "en")]
    assert files == ["welcome.wav", "number-7.wav", "digit-7.wav"]


def test_a_text_is_rendered_once_and_only_while_checking(shipped, tmp_path):
    asked = []

    def speak(text: str, language: str) -> Path:
        asked.append((text, language))
        return Path(record(tmp_path / "rendered.wav"))

    prompts, text = Prompts((shipped,), speak), Prompt(text="We are moving.")
    assert prompts.paths([text], {}, "en") == () and not asked
    assert prompts.missing([text, text, Prompt(text="We are open.")], "en") == []
    assert asked == [("We are moving.", "en")]
    assert prompts.paths([text], {}, "en") == prompts.paths([text], {}, "zh") == (str(tmp_path / "rendered.wav"),)


def test_what_is_missing(shipped):
    lost = [Prompt("hours"), Prompt("nothing"), Prompt(text="We are moving.")]
    fine = [Prompt("welcome"), Prompt("music"), Prompt(digits="n"), Prompt(text="欢迎")]
    assert Prompts((shipped,), lambda text, language: None).missing(fine + lost, "zh") == lost


def test_seconds(shipped):
    record(shipped / "en/hours.wav", 2.5)
    prompts = Prompts((shipped,))
    assert prompts.seconds([Prompt("hours"), Prompt(text="Welcome to us."), Prompt("nothing")], "en") == 3.5
    assert prompts.seconds([Prompt(number="n")], "en") == 3.0


def test_a_wav_file_that_is_none_has_no_length(tmp_path):
    for number, data in enumerate((b"", b"RIFF", b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff", b"x" * 100)):
        (tmp_path / f"{number}.wav").write_bytes(data)
        assert wav_seconds(tmp_path / f"{number}.wav") == 0.0
    assert wav_seconds(tmp_path / "none.wav") == 0.0


def test_the_queue_is_told_with_sounds(shipped):
    for name in ("you-are-next", "expected-wait-is", "less-than-a-minute"):
        record(shipped / f"en/{name}.wav")
    prompts = Prompts((shipped,))
    assert prompts.position(1, "en") == (str(shipped / "en/you-are-next.wav"),)
    assert [Path(path).stem for path in prompts.expected_wait(30.0, "en")] == ["expected-wait-is", "less-than-a-minute"]
    assert prompts.expected_wait(None, "en") == ()
