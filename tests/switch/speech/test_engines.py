"""Engines speak into files, or say what is wrong with them; none is waited for longer than it may take."""

import json
import os
from pathlib import Path

import pytest

from switch.followups.rules import Secret
from switch.speech.engines import BUILT_IN, Broken, Words, absent, speak
from switch.speech.rules import Engine, Request

WORDS = Words('Say "yes", & go', "en", "alto", 150)


def spoken(engine, folder, words=WORDS, timeout=20.0):
    (folder / "work").mkdir(exist_ok=True)
    return speak("mine", engine, words, folder / "work", folder, timeout)


def fault(engine, folder, **more):
    with pytest.raises(Broken) as broken:
        spoken(engine, folder, **more)
    return broken.value.fault


# -- programs ---------------------------------------------------------------------------------------------------------


def test_a_program_is_given_its_arguments_as_they_are(paper, tmp_path):
    words = Words("$(reboot); {voice} 'x' 你好", "zh", "alto", 150)
    file = spoken(Engine(paper.command("{text}", "{voice}", "{language}", "{rate}")), tmp_path, words)
    assert file.read_bytes().startswith(b"RIFF")
    assert paper.said == [["$(reboot); {voice} 'x' 你好", "alto", "zh", "150"]]


def test_a_program_may_read_the_text_and_write_to_its_output(paper, tmp_path):
    assert spoken(Engine(paper.command(out="-")), tmp_path).read_bytes().startswith(b"RIFF")
    assert paper.said == [[WORDS.text]]


def test_a_program_that_fails(paper, tmp_path):
    told = fault(Engine(paper.command("{text}", mode="fail")), tmp_path)
    assert told.what == "the engine `mine` failed (status 1): no such voice"
    assert "another engine" in told.instead


def test_a_program_that_writes_nothing(paper, tmp_path):
    assert fault(Engine(paper.command("{text}", mode="nothing")), tmp_path).what == "the engine `mine` wrote no sound"


def test_a_program_that_is_stuck_is_ended_with_all_that_it_started(paper, tmp_path):
    told = fault(Engine(paper.command("{text}", mode="stuck")), tmp_path, timeout=3.0)
    assert told.what == "the engine `mine` was not done after 3 s"
    child = int(Path(f"{paper.log}.pid").read_text())
    assert _ends(Path(f"/proc/{child}/stat"))


def _ends(state: Path, looks: int = 100_000) -> bool:
    """Whether a process that was killed is gone, or waits to be fetched; the kernel may need a moment for it."""
    for _ in range(looks):
        try:
            if state.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        os.sched_yield()
    return False


def test_a_program_that_is_missing(tmp_path):
    engine = Engine(("no-such-program", "{text}"))
    assert fault(engine, tmp_path).what == "the engine `mine` is missing: there is no program `no-such-program`"
    assert absent("mine", engine, tmp_path) is not None


@pytest.mark.parametrize("name", BUILT_IN)
def test_whoever_misses_a_known_engine_is_told_to_install_it(name, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert absent(name, BUILT_IN[name], tmp_path).instead.startswith("install ")


# -- services ---------------------------------------------------------------------------------------------------------

JSON = {"Content-Type": "application/json", "Authorization": "Bearer {secret}"}


def test_a_service_is_asked_in_json(service, tmp_path, monkeypatch):
    monkeypatch.setenv("SPEECH_KEY", "s3cret")
    request = Request(f"{service.url}/say", headers=JSON, body='{"input": {"text": "{text}"}, "voice": "{voice}"}',
                      secret=Secret(environment="SPEECH_KEY"))
    assert spoken(Engine(http=request), tmp_path).read_bytes() == service.answer
    (_, path, headers, body), = service.asked
    assert (path, headers["Authorization"]) == ("/say", "Bearer s3cret")
    assert json.loads(body) == {"input": {"text": WORDS.text}, "voice": "alto"}


@pytest.mark.parametrize(("kind", "body", "sent"), [
    ("application/x-www-form-urlencoded", "t={text}", "t=Say%20%22yes%22%2C%20%26%20go"),
    ("application/ssml+xml", "<s>{text}</s>", "<s>Say &quot;yes&quot;, &amp; go</s>"),
    ("text/plain", "{text}", 'Say "yes", & go'),
])
def test_a_value_is_written_as_it_is_right_where_it_stands(service, tmp_path, kind, body, sent):
    spoken(Engine(http=Request(service.url, headers={"Content-Type": kind}, body=body)), tmp_path)
    assert service.asked[0][3] == sent


def test_a_service_is_asked_by_its_address(service, tmp_path):
    spoken(Engine(http=Request(f"{service.url}/?q={{text}}&v={{voice}}", method="GET")), tmp_path)
    assert service.asked[0][:2] == ("GET", "/?q=Say%20%22yes%22%2C%20%26%20go&v=alto")


def test_a_secret_in_a_file(service, tmp_path):
    (tmp_path / "key").write_text(" s3cret\n")
    spoken(Engine(http=Request(service.url, headers=JSON, body="{text}", secret=Secret(file="key"))), tmp_path)
    assert service.asked[0][2]["Authorization"] == "Bearer s3cret"


def test_a_secret_that_is_not_there_is_told_without_asking(service, tmp_path):
    unset = Request(service.url, body="{text}", secret=Secret(environment="NO_SUCH_KEY"))
    assert "`NO_SUCH_KEY`" in fault(Engine(http=unset), tmp_path).what
    assert "`key` cannot be read" in fault(Engine(http=Request(service.url, secret=Secret(file="key"))), tmp_path).what
    assert service.asked == []


@pytest.mark.parametrize(("status", "answer", "what"), [
    (401, b"", "the engine `mine` answered 401"),
    (500, b"", "the engine `mine` answered 500"),
    (200, b"<html>", "the engine `mine` answered no sound, neither WAV nor MP3"),
    (200, b"", "the engine `mine` answered no sound, neither WAV nor MP3"),
])
def test_what_a_service_may_answer_instead(service, tmp_path, status, answer, what):
    service.status, service.answer = status, answer
    assert fault(Engine(http=Request(service.url, body="{text}")), tmp_path).what.startswith(what)


def test_nobody_is_led_elsewhere_with_a_secret(service, tmp_path):
    service.status, service.headers = 302, {"Location": f"{service.url}/elsewhere"}
    assert "302" in fault(Engine(http=Request(service.url, body="{text}")), tmp_path).what
    assert [path for _, path, *_ in service.asked] == ["/"]


def test_a_service_that_does_not_answer_in_time(service, tmp_path):
    service.wait.clear()
    told = fault(Engine(http=Request(service.url, body="{text}")), tmp_path, timeout=0.3)
    assert told.what == "the engine `mine` had not answered after 0.3 s"


def test_a_service_that_is_not_there(tmp_path):
    told = fault(Engine(http=Request("http://127.0.0.1:9/", body="{text}")), tmp_path)
    assert told.what.startswith("the engine `mine` cannot be asked: ")


def test_espeak_speaks_both_languages(tool, tmp_path):
    os.makedirs(tmp_path / "work")
    tool("espeak-ng")
    for language, voice, text in (("en", "en-gb", "Good morning"), ("zh", "cmn", "早上好")):
        words = Words(text, language, voice, 160)
        assert speak("espeak-ng", BUILT_IN["espeak-ng"], words, tmp_path / "work", tmp_path, 30.0).stat().st_size > 10_000
    with pytest.raises(Broken) as broken:
        speak("espeak-ng", BUILT_IN["espeak-ng"], Words("x", "en", "zz", 160), tmp_path / "work", tmp_path, 30.0)
    assert "failed (status 1): Error: The specified espeak-ng voice does not exist." in broken.value.fault.what
