"""Which file is played for a prompt."""

import struct
from pathlib import Path

import pytest

from ivr.prompts import Prompts, wav_seconds
from ivr.texts import Fault, Saying, Speech
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


def spoken(prompts: Prompts, folder: Path, *sayings: Saying) -> list[str]:
    """Render these; gives the files."""
    files = {each: record(folder / f"{number}.wav", 2.0) for number, each in enumerate(sayings)}
    prompts.take(Speech(files))
    return list(files.values())


def test_a_text_is_what_was_rendered_of_it(shipped, tmp_path):
    prompts, text = Prompts((shipped,)), Prompt(text="We are  moving.")
    assert prompts.unsaid([text, Prompt(text="Welcome to us."), Prompt("hours")], "en") == [Saying("We are moving.", "en")]
    assert prompts.paths([text], {}, "en") == ()
    (file,) = spoken(prompts, tmp_path, Saying("We are moving.", "en"))
    assert prompts.paths([text], {}, "en") == (file,) and prompts.missing([text], "en") == []
    assert prompts.paths([text], {}, "zh") == (file,), "callers of another language hear it, too"


def test_a_text_with_values(shipped, tmp_path):
    prompts, text = Prompts((shipped,)), Prompt(text="You have {n:number} points, {name:amount} .")
    (file,) = spoken(prompts, tmp_path, *prompts.unsaid([text], "en")[:1])
    assert [saying.text for saying in prompts.unsaid([text], "en")] == ["You have", "points,"]
    assert prompts.missing([text], "en") == [text], "points, are not rendered"
    assert [Path(path).name for path in prompts.paths([text], {"n": "7"}, "en")] == [Path(file).name, "number-7.wav"]
    assert prompts.paths([text], {"n": "7"}, "zh")[1] == str(shipped / "en/number-7.wav"), "in the language of its words"


def test_who_names_a_voice_or_an_engine_wants_no_recording(shipped, tmp_path):
    prompts, text = Prompts((shipped,)), Prompt(text="Welcome to us.", voice="en-us", engine="mine")
    assert prompts.unsaid([text], "en") == [Saying("Welcome to us.", "en", "en-us", "mine")]
    assert prompts.paths([text], {}, "en") == ()


def test_a_prompt_may_have_a_language_of_its_own(shipped):
    prompts = Prompts((shipped,))
    assert prompts.paths([Prompt("welcome", language="zh")], {}, "en") == (str(shipped / "zh/welcome.wav"),)
    assert prompts.unsaid([Prompt(text="你好", language="zh")], "en") == [Saying("你好", "zh")]


def test_what_is_missing_and_why(shipped):
    lost = [Prompt("hours"), Prompt("nothing"), Prompt(text="We are moving.")]
    fine = [Prompt("welcome"), Prompt("music"), Prompt(digits="n"), Prompt(text="欢迎")]
    prompts = Prompts((shipped,))
    why = Fault("the engine is ill", "call a doctor")
    prompts.take(Speech(faults={Saying("We are moving.", "zh"): why}))
    assert prompts.missing(fine + lost, "zh") == lost
    assert prompts.fault(lost[2], "zh") == why


def test_what_is_yet_to_be_rendered_is_there_and_its_length_is_guessed(shipped):
    prompts, late = Prompts((shipped,)), Saying("You have", "en")
    prompts.take(Speech(pending=frozenset([late])))
    assert prompts.missing([Prompt(text="You have {n:number}.")], "en") == []
    assert prompts.seconds([Prompt(text="You have {n:number}.")], "en") == 3.0 + late.seconds
    assert 7 < Saying("To speak to a person, press 0. " * 4, "en").seconds < 10
    assert 6 < Saying("人工服务请随时按零。" * 3, "zh").seconds < 8


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
