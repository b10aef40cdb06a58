"""What ``shoal check`` says of follow-ups, what a reload says of them, and what `shoal followups` lists."""

import shutil
from datetime import UTC
from pathlib import Path

import pytest

from switch.difference import difference
from switch.events import FollowupFailed, FollowupQueued, FollowupSent, FollowupSkipped
from switch.followups.listing import text
from switch.journal import Entry
from switch.loading import examine, load

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(CONFIG, tmp_path / "config")
    return tmp_path / "config"


def mistakes(folder, written):
    (folder / "followups.yaml").write_text(written, encoding="utf-8")
    return [str(each) for each in examine(folder, None)[1]]


@pytest.mark.parametrize(("written", "told"), [
    ("rules:\n  a:\n    when: {chose: 'announcement:branch'}\n    text: x", "no option leads to `announcement:branch`"),
    ("rules:\n  a:\n    when: {abandoned: suport}\n    text: x", "there is no queue `suport` — did you mean `support`?"),
    ("rules:\n  a:\n    when: {gave_up_in: mian}\n    text: x", "there is no menu `mian`"),
    ("rules:\n  a:\n    when: {}\n    text: x", "it would be sent after every call"),
    ("rules:\n  a:\n    when: {tree: survey}\n    text: x", "callers come through no tree `survey`"),
    ("rules:\n  a:\n    when: {tree: main}\n    text: 'Dear {name}'", "nothing is known as `name`"),
    ("rules:\n  a:\n    when: {tree: main}\n    text: 'Dear {'", "a brace belongs to no name"),
    ("rules:\n  a:\n    when: {tree: main}", "the text says nothing"),
    (f"rules:\n  a:\n    when: {{tree: main}}\n    text: '{'点' * 500}'", "this is 8 SMS (UCS-2, 500 characters)"),
    ("rules:\n  a:\n    when: {tree: main}\n    text: x\n    by: gate", "there is no sender `gate`"),
    ("rules:\n  a:\n    when: {tree: main}\n    text: x\n    quiet: at night", "`at night` are no times"),
    ("rules:\n  a:\n    when: {tree: main}\n    text: x\n    send: fax", "`send` is `fax`"),
    ("senders:\n  gate:\n    url: ftp://x", "this is no web address"),
    ("senders:\n  gate:\n    url: http://me:secret@x", "this is no web address"),
    ("senders:\n  gate:\n    url: http://x\n    headers: {Authorization: Bearer abc}", "would hold a secret"),
    ("senders:\n  gate:\n    url: http://x\n    secrets: {token: {}}", "secret `token` must come from one place"),
    ("senders:\n  gate:\n    url: http://x\n    body: {to: '{number}'}", "nothing is known as `number`"),
    ("mobiles: [0171]", "`0171` begins no number"),
])
def test_what_is_wrong_is_told_with_its_line(folder, written, told):
    (found,) = mistakes(folder, written)
    assert told in found and found.startswith("followups.yaml:")


def test_the_file_may_be_missing(folder):
    (folder / "followups.yaml").unlink()
    assert load(folder).followups.rules == {}


def test_a_survey_is_for_queues_and_queues_ask_surveys(folder):
    (folder / "numbers.yaml").write_text("5000: {to: 'tree:survey'}", encoding="utf-8")
    queues = (folder / "queues.yaml").read_text(encoding="utf-8")
    (folder / "queues.yaml").write_text(queues.replace("survey: {tree: survey, ", "survey: {tree: main, "), encoding="utf-8")
    told = "\n".join(str(each) for each in examine(folder, None)[1])
    assert "tree `survey` is a survey, for after the talk" in told and "tree `main` asks nothing" in told


def test_a_reload_tells_the_difference_and_no_secret(folder):
    old = load(folder)
    (folder / "followups.yaml").write_text(
        "senders:\n  gate:\n    url: https://sms.example/x?k={token}\n    headers: {X-Key: '{token}'}\n"
        "    secrets: {token: {environment: T}}\n"
        "rules:\n  branches:\n    when: {chose: 'announcement:branches'}\n    by: gate\n    text: Hello\n", encoding="utf-8")
    told = difference(old, load(folder))
    assert "sender gate is new" in told and "follow-up branches: by none -> gate" in told
    again = load(folder)
    text = (folder / "followups.yaml").read_text(encoding="utf-8").replace("'{token}'", "'more {token}'")
    (folder / "followups.yaml").write_text(text, encoding="utf-8")
    assert difference(again, load(folder)) == ["sender gate: headers has changed"]


def test_the_list():
    common = {"contact": "c", "rule": "branches"}
    queued = {"kind": "sms", "sender": "gate"}
    events = [
        FollowupQueued(**common, followup="1", **queued), FollowupQueued(**common, followup="2", **queued, due=36000.0),
        FollowupSkipped(**common, followup="3", why="too_soon"), FollowupSent(**common, followup="1"),
        FollowupQueued(**common, followup="4", **queued), FollowupFailed(**common, followup="4", why="status 422", tries=1)]
    told = text([Entry(number, 60.0, event) for number, event in enumerate(events, 1)], UTC)
    assert told.splitlines() == [
        "1970-01-01 00:01:00  failed   branches of contact c: status 422, 1 tries",
        "1970-01-01 00:01:00  waiting  branches of contact c for gate, not before 10:00",
        "sent     branches: 1", "skipped  branches: 1, too soon"]
    assert text([], UTC) == "There were no follow-ups."
