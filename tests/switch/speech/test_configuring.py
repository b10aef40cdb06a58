"""Texts in a folder: checked, rendered before they are published, measured, told with file and line."""

import json

import pytest

from switch.loading import check, load
from switch.mistakes import SettingsError
from switch.speech.rendering import Render

FILES = {
    "agents.yaml": "1001: {password: secret, queues: {support: 1}}\n", "queues.yaml": "support:\n",
    "numbers.yaml": "5000: {to: queue:support}\n",
    "ivr/main.yaml": "person: {queue: support}\nmenus:\n  main:\n    prompts:\n      PROMPT\n"
                     "    options: {1: {queue: support}}\n",
}


@pytest.fixture
def folder(tmp_path, paper):
    """``folder(prompt)`` writes a configuration whose engine is a paper one."""
    def write(prompt='- {text: "Welcome to us, dear caller."}', speech=None, mode="speak", **files):
        engine = json.dumps({"command": paper.command("{text}", mode=mode)})
        told = f"speech: {{engine: mine, engines: {{mine: {engine}}}}}\n" if speech is None else speech
        whole = FILES | {"shoal.yaml": told} | {f"{name}.yaml": text for name, text in files.items()}
        for name, text in whole.items():
            path = tmp_path / "config" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("PROMPT", prompt), encoding="utf-8")
        return tmp_path / "config"
    return write


def mistakes(path, render=Render.ALL):
    try:
        load(path, path.parent / "cache", render)
    except SettingsError as error:
        return [str(mistake).split(" — ")[0] for mistake in error.mistakes]
    return []


def said(path, render=Render.ALL):
    settings = load(path, path.parent / "cache", render)
    menu = settings.trees["main"].menus["main"]
    return settings.prompts.paths(menu.prompts, {"balance": "2"}, "en"), settings


def test_a_text_is_said(folder, paper):
    paths, settings = said(folder())
    assert len(paths) == 1 and paper.said == [["Welcome to us, dear caller."]]
    assert settings.prompts.seconds(settings.trees["main"].menus["main"].prompts, "en") > 1
    assert said(folder())[0] == paths and len(paper.said) == 1


def test_sounds_and_texts_stand_side_by_side(folder):
    names = [path.rpartition("/")[2] for path in said(folder('[welcome-demo, {text: "You owe us {balance:amount}."}]'))[0]]
    assert names[0] == "welcome-demo.wav" and names[2:] == ["number-2.wav", "yuan.wav"]


def test_a_text_has_its_own_voice_engine_and_language(folder, paper):
    prompt = "[{text: hello, voice: bass}, {text: 你好, language: zh}, {text: loud, engine: other}]"
    command = paper.command("{text}", "{voice}", "{language}")
    engines = {"mine": {"command": command, "voice": {"en": "alto", "zh": "tenor"}},
               "other": {"command": command, "voice": {"en": "crier"}}}
    said(folder(prompt, speech=f"speech: {{engine: mine, engines: {json.dumps(engines)}}}\n"))
    assert sorted(paper.said) == [["hello", "bass", "en"], ["loud", "crier", "en"], ["你好", "tenor", "zh"]]


def test_too_long_a_text_is_refused_for_a_menu(folder):
    assert mistakes(folder(mode="31")) == ["ivr/main.yaml:4: menu `main` is 31 s of prompts at a stretch"]


def test_a_missing_engine_is_a_mistake_where_the_text_stands(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    path = folder(speech="")
    with pytest.raises(SettingsError) as error:
        load(path, path.parent / "cache")
    assert str(error.value) == (
        "ivr/main.yaml:5: menu `main`: the text `Welcome to us, dear caller.`: the engine `espeak-ng` is missing: there is "
        "no program `espeak-ng` — install espeak-ng (Debian: `apt install espeak-ng`), or name another engine in "
        "`speech` of shoal.yaml")
    assert mistakes(path, Render.LOCAL), "shoal check says so, too"
    assert mistakes(path, Render.NONE) == [], "who only reads a report does not care"


def test_a_broken_engine_is_told_of_each_text(folder):
    assert mistakes(folder("[{text: red}, {text: blue}]", mode="fail")) == [
        f"ivr/main.yaml:5: menu `main`: the text `{text}`: the engine `mine` failed (status 1): no such voice"
        for text in ("blue", "red")]


def test_check_renders_nothing_that_costs(folder, paper, capsys):
    path = folder()
    assert check(path, path.parent / "cache", Render.LOCAL) == 0 and paper.said == []
    assert "advice: 1 text not rendered yet" in capsys.readouterr().out
    assert check(path, path.parent / "cache", Render.ALL) == 0 and len(paper.said) == 1
    assert "advice" not in capsys.readouterr().out
    assert check(path, path.parent / "cache", Render.LOCAL) == 0
    assert "advice" not in capsys.readouterr().out


def test_a_text_that_is_not_rendered_yet_is_guessed_for_the_law(folder):
    path = folder(f'- {{text: "{"word " * 150}"}}')
    assert mistakes(path, Render.LOCAL) == ["ivr/main.yaml:4: menu `main` is 49 s of prompts at a stretch"]


@pytest.mark.parametrize(("speech", "told"), [
    ("engine: espeak", ["shoal.yaml:1: there is no engine `espeak`"]),
    ("engines: {a: {}}", ["shoal.yaml:1: the engine `a` is neither a command nor a request"]),
    ("engines: {a: {command: [x], http: {url: 'http://x/{text}'}}}",
     ["shoal.yaml:1: the engine `a` is a command and a request"]),
    ("engines: {a: {command: [x, '{secret}']}}", ["shoal.yaml:1: whoever looks at the list of processes sees the secret"]),
    ("engines: {a: {http: {url: 'ftp://x/{text}'}}}", ["shoal.yaml:1: `ftp://x/{text}` is no web address"]),
    ("engines: {a: {http: {url: 'http://x/'}}}", ["shoal.yaml:1: the engine `a` is not told the text"]),
    ("engines: {a: {http: {url: 'http://x/', method: GET, body: '{text}'}}}",
     ["shoal.yaml:1: a body goes with POST, not GET"]),
    ("engines: {a: {http: {url: 'http://x/{text}{secret}'}}}", ["shoal.yaml:1: nobody says what the secret is"]),
    ("engines: {a: {http: {url: 'http://x/{text}', secret: {}}}}", ["shoal.yaml:1: a secret is found in one place"]),
    ("rate: 1000", ["shoal.yaml:1: `rate` is `1000`"]),
])
def test_what_may_be_wrong_with_engines(folder, speech, told):
    assert mistakes(folder("welcome-demo", speech=f"speech: {{{speech}}}\n")) == told


@pytest.mark.parametrize(("queue", "told"), [
    ("announcement: {text: 'You are number {position}, {wait}.'}", []),
    ("recording_notice: {text: We record.}", []),
    ("recording_notice: recording-notice", []),
    ("announcement: {text: 'Hello {caller:phone}'}", ["queues.yaml:1: nobody knows `caller` here"]),
    ("recording_notice: {text: 'You are {position}.'}", ["queues.yaml:1: nobody knows `position` here"]),
    ("recording_notice: {sound: beep, text: x}", ["queues.yaml:1: a prompt says one thing"]),
    ("recording_notice: nothing", ["queues.yaml:1: there is no sound `nothing`"]),
    ("announcement: {text: x, engine: y}", ["queues.yaml:1: there is no engine `y`"]),
    ("hours: office, closed_prompt: [closed-now, {text: 'We open again on {day} at {time}.'}]", []),
    ("hours: office, closed_prompt: {text: 'You are {position}.'}", ["queues.yaml:1: nobody knows `position` here"]),
    ("music: {text: One moment please.}", []),
    ("music: {text: 'It is {time}.'}", ["queues.yaml:1: nobody knows `time` here"]),
    ("music: musik", ["queues.yaml:1: there is no sound `musik`"]),
])
def test_queues_speak_texts(folder, queue, told):
    hours = "office: {open: {mon-fri: 08:00-18:00}}\n"
    assert mistakes(folder("welcome-demo", queues=f"support: {{{queue}}}\n", hours=hours)) == told
