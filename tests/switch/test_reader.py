"""A file -> dataclasses; whatever is in the file, mistakes come back and no exception."""

from dataclasses import fields, is_dataclass
from textwrap import dedent, indent
from typing import get_type_hints

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import ivr.tree
from ivr.tree import Menu, Prompt, Tree
from switch import scalars, settings
from switch.acd import rules
from switch.acd.rules import Overflow, QueueRules
from switch.mistakes import Mistake, SettingsError
from switch.reader import read, yaml_fields
from switch.schema import LIMITS, Limit
from switch.settings import ServiceNumber, System, User


def queue(text):
    reading = read("support:\n" + indent(dedent(text), "  "), "queues.yaml", dict[str, QueueRules])
    return reading.value["support"], [str(mistake) for mistake in reading.mistakes]


def test_an_entry_gets_its_key_its_values_and_its_defaults():
    rule, mistakes = queue("""\
        strategy: linear
        ring_time: 15
        exit_key: 9
        overflow: {to: goodbye, after: 1.5 min}
        max_wait: none""")
    assert rule == QueueRules(name="support", strategy="linear", ring_time=15.0, exit_key="9",
                              overflow=Overflow("goodbye", 90.0))
    assert mistakes == []


def test_an_empty_entry_is_all_defaults():
    assert read("support:\n", "q", dict[str, QueueRules]).value == {"support": QueueRules(name="support")}
    assert read("# nothing\n", "shoal.yaml", System).value == System()


def test_fields_of_the_rules_stand_beside_those_of_the_user():
    text = "1001: {name: Ann, password: 1234, queues: {support: 1}, auto_answer: yes}\n"
    user = read(text, "agents.yaml", dict[str, User]).value["1001"]
    assert (user.rules.number, user.rules.name, user.rules.queues) == ("1001", "Ann", {"support": 1})
    assert (user.password, user.auto_answer) == ("1234", True)


def test_a_word_is_short_for_a_prompt_and_a_value_for_a_list_of_one():
    text = dedent("""\
        person: {queue: support}
        menus:
          main:
            prompts: [welcome, {text: Hello there}]
            options:
              1: {queue: support, prompts: connecting-you}
              "*": {menu: main}
        """)
    tree = read(text, "ivr/main.yaml", Tree).value
    assert tree.menus["main"].prompts == (Prompt(sound="welcome"), Prompt(text="Hello there"))
    assert tree.menus["main"].options["1"].prompts == (Prompt(sound="connecting-you"),)
    assert tree.menus["main"].options["*"].kind == "menu"


def test_lines_are_filled_in():
    menu = read("prompts:\n  - a\n\n  - text: b\n", "t", Menu).value
    assert [prompt.line for prompt in menu.prompts] == [2, 4]


@pytest.mark.parametrize(("text", "said"), [
    ("ringtime: 20", "queues.yaml:2: `ringtime` is not known here — did you mean `ring_time`?"),
    ("strategy: longest_idel", "queues.yaml:2: `strategy` is `longest_idel` — did you mean `longest_idle`?"),
    ("ring_time: soon", "queues.yaml:2: `ring_time` is `soon` — write a number of seconds from 1 to 300"),
    ("ring_time: 10 days", "queues.yaml:2: `ring_time` is `10 days` — write a number of seconds from 1 to 300"),
    ("record: 101 %", "queues.yaml:2: `record` is `101 %` — write a percentage from 0 to 100"),
    ("record: 50 s", "queues.yaml:2: `record` is `50 s` — write a percentage from 0 to 100"),
    ("max_size: 1.5", "queues.yaml:2: `max_size` is `1.5` — write a number, 0 or more, without a fraction"),
    ("max_size: -1", "queues.yaml:2: `max_size` is `-1` — write a number, 0 or more"),
    ("skills: {english: 11}", "queues.yaml:2: `english` is `11` — write a number from 1 to 10"),
    ("join_when_empty: maybe", "queues.yaml:2: `join_when_empty` is `maybe` — write `true` or `false`"),
    ("exit_key: [a, b]", "queues.yaml:2: `exit_key` is a list or has names below it — write one value behind the colon"),
    ("exit_key:", "queues.yaml:2: `exit_key` has no value — write one behind the colon, or leave the line out"),
    ("skills: [english]",
     "queues.yaml:2: skills: names with values are expected here — write one `name: value` a line, indented"),
    ("overflow: {after: 5}", "queues.yaml:2: overflow: `to` is missing — write `to: ...`"),
    ("overflow: {to: ''}", "queues.yaml:2: overflow: `to` is empty — write `to: ...`"),
    ("retry: 1\nretry: 2", "queues.yaml:3: `retry` is here a second time — keep this one or the one of line 2"),
    ("[a]: 1", "queues.yaml:2: a name is expected before the colon — write one word or number"),
])
def test_each_mistake_has_its_line_and_what_to_write_instead(text, said):
    rule, mistakes = queue(text)
    assert mistakes == [said]
    assert rule.name == "support"


def test_all_mistakes_are_found_at_once_and_told_in_order():
    text = "b: {number: 5}\na:\n  to: queue:x\n  closed_to: [queue:x]\n5: 7\n"
    reading = read(text, "numbers.yaml", dict[str, ServiceNumber])
    assert str(SettingsError(reading.mistakes)).splitlines() == [
        "numbers.yaml:1: `number` is not known here — write one of: `closed_prompt`, `closed_to`, `hours`, `to`",
        "numbers.yaml:1: b: `to` is missing — write `to: ...`",
        "numbers.yaml:4: `closed_to` is a list or has names below it — write one value behind the colon",
        "numbers.yaml:5: 5: `to` is missing — write `to: ...`",
        "numbers.yaml:5: 5: names with values are expected here — write `to: ...`, indented",
    ]
    assert set(reading.value) == {"a", "b", "5"}


@pytest.mark.parametrize(("text", "line"), [
    ("a: 1\nb: [1\nc: 2\n", 3), ("a:\n\tb: 1\n", 2), ("a: 1\nb: \x01\n", 2), ("[" * 1500, 1), ("--- a\n--- b\n", 2),
    ("a: *b\n", 1),
])
def test_what_is_not_yaml_is_one_mistake_with_its_line(text, line):
    reading = read(text, "f.yaml", System)
    assert reading.value is None
    assert [mistake.line for mistake in reading.mistakes] == [line]


def test_a_file_can_neither_run_code_nor_go_in_circles():
    assert read("language: !!python/object/apply:os.getcwd []\n", "f", System).mistakes
    assert read("a: &a {overflow: *a}\n", "f", dict[str, QueueRules]).mistakes


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["menus", "main", "options", "prompts", "1", "to", "hours", "sip", "port", "1001", "x"]), inner,
        max_size=3)))
def test_nothing_in_a_file_raises(data):
    text = yaml.safe_dump(data, allow_unicode=True)
    for hint in (System, Tree, dict[str, User], dict[str, QueueRules], dict[str, ServiceNumber]):
        reading = read(text, "f.yaml", hint)
        assert all(isinstance(mistake, Mistake) and mistake.line >= 1 for mistake in reading.mistakes)


@given(st.text())
def test_no_text_raises(text):
    read(text, "f.yaml", System)


@given(st.floats(0, 86400).map(lambda value: round(value, 3)))
def test_a_duration_means_the_same_in_every_unit(seconds):
    limit = Limit(unit="s")
    assert scalars.number(f"{seconds:.3f} s", limit) == pytest.approx(seconds)
    assert scalars.number(f"{seconds * 1000:.0f}ms", limit) == pytest.approx(seconds)
    assert scalars.number(f"{seconds / 60:.9f} min", limit) == pytest.approx(seconds, abs=1e-6)


def test_every_number_of_the_settings_has_a_limit():
    kinds = {kind for room in (settings, rules, ivr.tree) for kind in vars(room).values()
             if isinstance(kind, type) and is_dataclass(kind)}
    numbers = (int, float, int | None, float | None, dict[str, int])
    missing = [
        f"{kind.__name__}.{field.name}" for kind in kinds - {settings.Settings} for field in fields(kind)
        if get_type_hints(kind)[field.name] in numbers and field.name != "line" and (kind, field.name) not in LIMITS
    ]
    assert missing == []


def test_every_limit_is_of_a_field_that_exists_and_holds_for_its_default():
    for kind, name in LIMITS:
        field = yaml_fields(kind)[name][1]
        if isinstance(field.default, int | float):
            assert LIMITS[kind, name].holds(field.default), (kind, name)
