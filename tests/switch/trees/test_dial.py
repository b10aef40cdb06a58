"""Walking a tree at the terminal, asking where a number leads, and moments as people say them."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.rehearsal import Rehearsal
from switch.__main__ import main
from switch.hours.moments import moment
from switch.loading import load
from switch.trees.cases import Answer
from switch.trees.dial import Dialling, NoPlayer, Speaker, answer_of

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture
def dial():
    """Type these lines into the demo tree; what was shown."""
    settings = load(CONFIG)

    def type_(*lines: str, **answers: Answer) -> list[str]:
        waiting, shown = list(lines), []
        rehearsal = Rehearsal(settings.trees["main"], settings.prompts, {})
        Dialling(rehearsal, settings.prompts, lambda _: waiting.pop(0) if waiting else None, shown.append, answers).run()
        assert not waiting
        return shown
    return type_


def test_keys_lead_and_prompts_are_texts(dial):
    shown = dial("5", "1", "")
    assert "Welcome to the Shoal demonstration centre." in shown[2]
    assert any("5 in main -> menu:billing" in line for line in shown)
    assert shown[-1].endswith("leaves for queue:billing")


def test_silence_takes_its_time(dial):
    shown = dial("", "", "")
    missed = [line.split()[0] for line in shown if line.endswith("main: silence")]
    assert len(missed) == 3 and missed == sorted(missed) and missed[0] > "0:10"


def test_waiting_moves_the_clock_and_nonsense_gets_help(dial):
    shown = dial("wait 60", "dance", "hang up")
    assert shown[-2] == shown[0] and any(line.startswith("0:5") or line.startswith("0:4") for line in shown)


def test_a_lookup_is_answered_by_the_person_or_beforehand(dial):
    asked = dial("2", "1234#", "1", "perhaps", "found tier=gold balance=3", "")
    assert any("is no answer" in line for line in asked) and asked[-1].endswith("leaves for queue:support (priority 5)")
    beforehand = dial("2", "1234#", "1", "", "hang up", balance=Answer("not_found"))
    assert any("lookup balance, not_found -> menu:main" in line for line in beforehand)
    late = dial("2", "1234#", "1", "", balance=Answer("timeout"))
    assert any("look-up balance: timeout" in line for line in late) and late[-1].endswith("leaves for queue:support")


def test_answers_as_they_are_typed():
    assert answer_of("found a=1, b=x=y") == Answer("found", {"a": "1", "b": "x=y"})
    for wrong in ("", "yes", "found a"):
        with pytest.raises(ValueError, match="is no answer"):
            answer_of(wrong)


def test_without_a_player_that_is_said():
    with pytest.raises(NoPlayer, match="install `alsa-utils` or `sox`"):
        Speaker(lambda _: None)


@pytest.mark.parametrize(("text", "meant"), [
    ("Sunday 18:05", "2026-11-22 18:05"), ("mon 9:00", "2026-11-23 09:00"), ("2026-12-24 18:05", "2026-12-24 18:05"),
    ("18:05", "2026-11-22 18:05"), ("saturday 00:00", "2026-11-28 00:00")])
def test_moments(text, meant):
    berlin = ZoneInfo("Europe/Berlin")
    found = datetime.fromtimestamp(moment(text, berlin, date(2026, 11, 22)), berlin)
    assert f"{found:%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize("text", ["", "noon", "Sun", "Sunday", "Sunny 18:05", "25:00", "2026-13-01 10:00", "su 1:00"])
def test_what_is_no_moment(text):
    with pytest.raises(ValueError, match="write `Sunday 18:05`"):
        moment(text, UTC, date(2026, 11, 22))


def test_who_would_get_a_call(capsys):
    words = ["route", "5000", "--at", "Sunday 18:05", "--from", "+8613800000000", "--config", str(CONFIG)]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "18:05 (UTC) from +8613800000000" in told and "number 5000 leads to tree:main" in told
    assert "billing 1" in told and "tier 2: 1003 Chen Chang" in told
    assert main(["route", "5000", "--at", "someday", "--config", str(CONFIG)]) == 2
    assert main(["route", "1001", "--config", str(CONFIG)]) == main(["route", "77", "--config", str(CONFIG)]) == 0
    told = capsys.readouterr().out
    assert "agent 1001 Ann Archer is rung" in told and "77 leads nowhere" in told


def test_a_tree_is_dialled_at_a_moment(tmp_path, capsys, monkeypatch):
    folder = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    tree = folder / "ivr" / "main.yaml"
    hours = "1: {queue: support, hours: office, closed: {voicemail: night}}"
    tree.write_text(tree.read_text().replace("1: {queue: support}", hours))
    for at, ends in (("Sunday 12:00", "voicemail:night"), ("2026-11-23 12:00", "queue:support")):
        monkeypatch.setattr("builtins.input", lambda _: "1")
        assert main(["tree", "dial", "main", "--at", at, "--config", str(folder)]) == 0
        assert f"leaves for {ends}" in capsys.readouterr().out
    assert main(["tree", "dial", "main", "--at", "someday", "--config", str(folder)]) == 2
    assert "write `Sunday 18:05`" in capsys.readouterr().err


def test_hours_trunks_and_skills_are_reasons(tmp_path, capsys):
    for file in CONFIG.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "followups.yaml").unlink(missing_ok=True)  # it names what is in trees
    (tmp_path / "ivr").mkdir()
    (tmp_path / "numbers.yaml").write_text("""\
5000: {to: queue:support, hours: office}
""")
    (tmp_path / "hours.yaml").write_text("""\
office: {open: {mon-fri: "08:00-18:00"}, time_zone: Asia/Shanghai}
""")
    (tmp_path / "queues.yaml").write_text("support: {skills: {chinese: 4}}\nbilling: {skills: {chinese: 11}}\nsales: {}\n"
                                          .replace("11", "10"))
    (tmp_path / "trunks.yaml").write_text("""\
country: 49
trunks: {carrier: {host: 203.0.113.10, sources: [203.0.113.10], numbers: {"+49301234560": 5000}}}
""")
    ask = ["--config", str(tmp_path)]
    assert main(["route", "+49301234560", "--at", "Monday 08:00", *ask]) == 0
    told = capsys.readouterr().out
    assert "trunk carrier: +49301234560 is our 5000" in told
    assert "Monday 16:00 (Asia/Shanghai) is open, by `mon-fri 08:00-18:00`" in told
    assert "needs chinese 4+" in told and "1003 Chen Chang, 1004 Dora Diaz" in told and "Ann" not in told
    assert main(["route", "5000", "--at", "Monday 11:00", *ask]) == main(["route", "+49301111111", *ask]) == 0
    told = capsys.readouterr().out
    assert "is closed, by `outside mon-fri 08:00-18:00`, until Tuesday" in told and "08:00\n" in told
    assert "so it leads to goodbye, after closed-now" in told
    assert "+49301111111 is outside, by trunk: carrier" in told
