"""Texts become files of the cache, once; what is there needs no engine."""

import threading
from dataclasses import replace

import pytest

from ivr.texts import Saying
from media.levelling import LOUDNESS
from media.sounds import read, seconds
from switch.followups.rules import Secret
from switch.speech.cache import Cache
from switch.speech.engines import Words
from switch.speech.rendering import Render, Renderer
from switch.speech.rules import Engine, Request, SpeechRules

HELLO, MORNING = Saying("Hello there.", "en"), Saying("Good morning", "en")


def renderer(folder, command, **more):
    return Renderer(SpeechRules("mine", engines={"mine": Engine(command, **more)}), folder / "cache", folder)


def test_a_text_is_rendered_once(paper, tmp_path):
    speaking = renderer(tmp_path, paper.command("{text}"))
    first = speaking.render([HELLO, MORNING, HELLO], Render.ALL)
    assert first.files.keys() == {HELLO, MORNING} and not first.faults
    assert sorted(paper.said) == [["Good morning"], ["Hello there."]]
    assert speaking.render([MORNING, HELLO], Render.ALL).files == first.files
    assert len(paper.said) == 2


def test_what_is_kept_needs_no_engine(paper, tmp_path):
    command = paper.command("{text}")
    there = renderer(tmp_path, command).render([HELLO], Render.ALL).files
    (tmp_path / "speaker.py").unlink()
    assert renderer(tmp_path, command).render([HELLO], Render.ALL).files == there


def test_the_sound_is_a_prompt_like_all_others(paper, tmp_path):
    """0.6 s of silence before and 0.8 s behind are gone, it is as loud as the shipped ones, and its ends are soft."""
    (file,) = renderer(tmp_path, paper.command("{text}", mode="1.0")).render([HELLO], Render.ALL).files.values()
    samples = read(file).astype(float) / 32768
    assert 1.2 < len(samples) / 8000 < 1.35
    said = samples[300:-2400]
    assert (said**2).mean() ** 0.5 == pytest.approx(LOUDNESS, rel=0.15)
    assert abs(samples[:8]).max() < 0.01 > abs(samples[-8:]).max()


@pytest.mark.parametrize("change", [
    dict(rate=200), dict(voice={"en": "bass"}), dict(engines={"mine": Engine(("x", "{text}", "{voice}"))}),
    dict(engines={"mine": Engine(http=Request("http://x/", secret=Secret(environment="A")))}),
])
def test_other_settings_are_other_sounds(change, tmp_path):
    def key(rules):
        return Renderer(rules, tmp_path, tmp_path).job(HELLO).key
    rules = SpeechRules("mine", voice={"en": "alto"}, engines={"mine": Engine(("say", "{text}", "{voice}"))})
    assert key(rules) == key(replace(rules, timeout=5.0, at_once=1)) != key(replace(rules, **change))


def test_one_text_that_fails_does_not_stop_the_others(paper, tmp_path):
    rules = SpeechRules("mine", engines={"mine": Engine(paper.command("{text}")), "ill": Engine(paper.command(mode="fail"))})
    ill = Saying("Goodbye", "en", "", "ill")
    speech = Renderer(rules, tmp_path / "cache", tmp_path).render([ill, HELLO, Saying("x", "en", "", "minn")], Render.ALL)
    assert speech.files.keys() == {HELLO} and speech.faults[ill].what.endswith("no such voice")
    assert speech.faults[Saying("x", "en", "", "minn")] == ("there is no engine `minn`", "did you mean `mine`?")


@pytest.mark.parametrize(("mode", "what"), [
    ("silent", "the engine `mine` said nothing"), ("cut", "what the engine `mine` has written: "),
])
def test_an_engine_that_speaks_silence_or_nonsense(paper, tmp_path, mode, what):
    speech = renderer(tmp_path, paper.command("{text}", mode=mode)).render([HELLO], Render.ALL)
    assert speech.faults[HELLO].what.startswith(what) and not speech.files
    assert not list((tmp_path / "cache").glob("**/*.wav"))


def test_a_sound_that_was_damaged_is_made_again(paper, tmp_path):
    speaking = renderer(tmp_path, paper.command("{text}"))
    (file,) = speaking.render([HELLO], Render.ALL).files.values()
    with open(file, "wb") as broken:
        broken.write(b"RIFF")
    assert seconds(speaking.render([HELLO], Render.ALL).files[HELLO]) > 0.5


def test_several_are_rendered_at_once(tmp_path, monkeypatch):
    """Each waits until all four are there: one after the other would wait for ever."""
    met = threading.Barrier(4, timeout=20)
    speaking = Renderer(SpeechRules(at_once=4), tmp_path, tmp_path)
    monkeypatch.setattr(speaking, "one", lambda job: (met.wait(), tmp_path / job.key)[1])
    monkeypatch.setattr(speaking, "_absent", lambda _: {})
    told = []
    speech = speaking.render([Saying(word, "en") for word in "abcd"], Render.ALL, lambda *done: told.append(done))
    assert len(speech.files) == 4 and told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_looking_costs_nothing(service, tmp_path):
    """Whoever only looks asks no service, and a report needs no engine at all."""
    engine = Engine(http=Request(service.url, body="{text}", secret=Secret(environment="NO_SUCH_KEY")))
    speaking = Renderer(SpeechRules("web", engines={"web": engine}), tmp_path / "cache", tmp_path)
    assert speaking.render([HELLO], Render.NONE).pending == {HELLO}
    assert "`NO_SUCH_KEY`" in speaking.render([HELLO], Render.LOCAL).faults[HELLO].what
    paid = replace(speaking.rules, engines={"web": Engine(http=replace(engine.http, secret=None))})
    speaking.rules = paid
    assert speaking.render([HELLO], Render.LOCAL).pending == {HELLO} and service.asked == []
    assert speaking.render([HELLO], Render.ALL).files.keys() == {HELLO} and len(service.asked) == 1


def test_voices(tmp_path):
    rules = SpeechRules(voice={"zh": "yue"}, engines={"mine": Engine(("x", "{voice}"), voice={"en": "alto"})})
    speaking = Renderer(rules, tmp_path, tmp_path)

    def voice(language, **more):
        return speaking.job(Saying("x", language, **more)).words.voice
    assert [voice(each) for each in ("en", "en-US", "zh", "de")] == ["en-gb", "en-gb", "yue", "de"]
    assert (voice("en", voice="bass"), voice("en", engine="mine")) == ("bass", "alto")
    assert speaking.job(Saying("x", "zh", engine="mine")).what == "the engine `mine` has no voice for the language `zh`"


def test_pruning_keeps_what_is_used_and_what_is_young(paper, tmp_path):
    speaking = renderer(tmp_path, paper.command("{text}"))
    files = speaking.render([HELLO, MORNING], Render.ALL).files
    used = {speaking.job(HELLO).key}
    assert speaking.cache.prune(used, 0.0) == (0, 0)
    count, size = speaking.cache.prune(used, 4e9)
    assert count == 1 and size > 4000
    assert [entry.text for _, entry in speaking.cache.entries()] == ["Hello there."]
    assert speaking.cache.find(speaking.job(MORNING).key) is None and seconds(files[HELLO]) > 0.5


def test_the_key_of_a_text_is_its_own():
    engine = Engine(("x",))
    keys = {Cache.key("a", engine, Words(*words)) for words in (("x", "en", "", 1), ("x", "", "en", 1), ("", "x", "en", 1))}
    assert len(keys) == 3
