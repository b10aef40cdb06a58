"""Tests of trees: the demonstration's reach everything; what fails, and what is wrong in a file, is told with its line."""

import shutil
from pathlib import Path

import pytest

from switch.__main__ import main
from switch.loading import load
from switch.settings import Settings
from switch.trees.trial import advice, try_tree

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


@pytest.fixture
def settings() -> Settings:
    return load(CONFIG)


def write(folder: Path, text: str, tree: str = "main") -> None:
    (folder / "ivr" / f"{tree}.test.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("tree", "cases"), [("main", 15), ("main-zh", 15), ("survey", 4), ("survey-zh", 4)])
def test_the_demo_trees_do_what_their_tests_say(settings, tree, cases):
    tried = try_tree(settings, tree)
    assert (tried.cases, tried.mistakes, tried.failures) == (cases, [], [])


def test_the_tests_of_the_demo_reach_everything(settings):
    assert advice(settings) == ([], [])


def test_both_languages_have_the_same_cases(folder):
    english, chinese = (folder / "ivr" / f"{name}.test.yaml" for name in ("main", "main-zh"))
    assert english.read_text().split("\n\n")[1:] == chinese.read_text().split("\n\n")[1:]


def test_failures_say_what_was_expected_and_what_came(folder, capsys):
    write(folder, """\
wrong in all:
  do: ["2", "12345#", "1"]
  lookups: {balance: {values: {balance: "7"}}}
  hears:
    - one-moment
    - please-try-again
  menus: [main, billing]
  variables: {account: "1"}
  priority: 3
  ends: queue:sales
right: {do: ["1"], ends: queue:support}
""")
    assert main(["tree", "test", "main", "--config", str(folder)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "ivr/main.test.yaml:10: wrong in all: expected to end in `queue:sales` — came `menu:main`"
    assert told[1] == "ivr/main.test.yaml:7: wrong in all: expected menus main -> billing — came main -> main"
    assert told[2] == "ivr/main.test.yaml:9: wrong in all: expected priority 3 — came 0"
    assert told[3].startswith("ivr/main.test.yaml:6: wrong in all: expected to hear `please-try-again` after `one-moment`")
    assert told[4] == "ivr/main.test.yaml:8: wrong in all: expected account `1` — came `12345`"
    assert told[5] == "main: 2 cases, 1 failed"


def test_every_mistake_of_a_file_is_told_at_once(folder, capsys):
    write(folder, """\
nothing: {do: ["1"]}
when: {at: someday, ends: goodbye}
number: {called: 5005, ends: goodbye}
deed: {do: [jump, "wait a bit", "12A"], ends: goodbye}
lookup: {lookups: {balanse: found, balance: maybe}, ends: goodbye}
menu: {menus: [mian], ends: menu:billling}
end: {ends: queue:suport}
end two: {ends: nirvana}
field: {endz: goodbye}
""")
    assert main(["check", "--config", str(folder)]) == 1
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ivr/main.test.yaml")]
    lines = [int(line.split(":")[1]) for line in told]
    assert lines == [1, 2, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 9]
    assert "did you mean `balance`?" in "".join(told[6:8]) and "did you mean `main`?" in "".join(told[8:10])


@pytest.mark.parametrize("text", ["a: [", "- a", "a: {do: {b: c}}", "\x00", "a: &a [*a]"])
def test_nonsense_is_told_with_its_line(folder, text):
    write(folder, text)
    tried = try_tree(load(folder), "main")
    assert tried.mistakes and all(mistake.line for mistake in tried.mistakes)


def test_what_is_not_utf8_is_told(folder):
    (folder / "ivr" / "main.test.yaml").write_bytes(b"a: 1\n\xff")
    assert [mistake.line for mistake in try_tree(load(folder), "main").mistakes] == [2]


def test_what_no_test_reaches_is_advice(folder, capsys):
    write(folder, "a: {do: ['1'], ends: queue:support}\n")
    assert main(["check", "--config", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "advice: ivr/main.yaml:15: no test reaches option 4 of menu `main`" in told
    assert "no test reaches menu `billing`" in told and "way `tier = gold` of lookup `balance`" in told
    assert "option 1 of menu `main`" not in told and "main-zh" not in told.partition("\n")[2]


def test_opening_hours_count_for_who_dials_the_number(folder):
    (folder / "numbers.yaml").write_text("""\
5000: {to: tree:main, hours: office, closed_to: voicemail:support}
5001: {to: tree:main-zh}
""")
    (folder / "hours.yaml").write_text('office: {open: {mon-fri: "08:00-18:00"}, holidays: [2025-06-09]}\n')
    write(folder, """\
open: {called: 5000, at: Friday 17:59, do: ["1"], ends: queue:support}
closed: {called: 5000, at: Friday 18:00, ends: voicemail:support}
sunday: {called: 5000, at: Sunday 10:00, ends: voicemail:support}
holiday: {called: 5000, at: 2025-06-09 10:00, ends: voicemail:support}
other: {called: 5001, do: ["5"], menus: [main, billing]}
""")
    tried = try_tree(load(folder), "main")
    assert (tried.mistakes, tried.failures) == ([], [])


def test_a_caller_who_came_too_late_is_told_of_with_the_clock_of_the_office(folder):
    numbers = folder / "numbers.yaml"
    numbers.write_text(numbers.read_text().replace("to: tree:main\n", "to: tree:main\n  hours: office\n", 1))
    write(folder, 'late: {called: 5000, at: Friday 17:59, do: ["1"], ends: queue:support}\n')
    (failure,) = try_tree(load(folder), "main").failures
    assert failure.instead == ("came `goodbye`, for hours office are closed then: Friday 19:59 (Europe/Berlin) is "
                               "`outside mon-fri 08:00-18:00`")


def test_a_tree_with_hours_is_tried_at_its_hours(folder):
    (folder / "hours.yaml").write_text("office: {open: {mon-fri: '08:00-18:00'}}\n")
    tree = folder / "ivr" / "main.yaml"
    with_hours = "1: {queue: support, hours: office, closed: {voicemail: night}}"
    tree.write_text(tree.read_text().replace("1: {queue: support}", with_hours))
    write(folder, """\
open: {at: Friday 17:59, do: ["1"], ends: queue:support, variables: {hours_office: open, time_office: "18:00"}}
closed: {at: Friday 18:00, do: ["1"], ends: voicemail:night, variables: {date_office: "2025-06-09", time_office: "08:00"}}
""")
    tried = try_tree(load(folder), "main")
    assert (tried.mistakes, tried.failures) == ([], [])


def test_prompts_may_be_named_by_their_text(folder):
    write(folder, 'a: {do: ["1"], hears: ["Welcome to the Shoal demonstration centre."]}\n')
    assert try_tree(load(folder), "main").failures == []
