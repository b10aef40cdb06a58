"""``shoal simulate``: the shipped day is right, mistakes are named by line, the report says what was lived."""

import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import get_type_hints

import pytest
from world.centre import hire
from world.day import simulate
from world.day_file import LIMITS, BadWeather, Crew, Day, load_day
from world.manual import manual
from world.net import Weather
from world.people import AgentHabits, CallerHabits

from switch.manual import meanings
from switch.mistakes import SettingsError
from switch.reader import yaml_fields
from tests.days.conftest import CONFIG

KINDS = (Day, Crew, BadWeather, CallerHabits, AgentHabits, Weather)
SMALL = """\
calls: [6]
interval: 10 min
numbers: {5000: 1}
callers: {talk: 30 s, keys: {"1": 1}}
agents:
  early: {count: 2, queues: {support: 1}}
  own: {numbers: [1001]}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "day.yaml"
    path.write_text(text)
    return path


def test_the_shipped_day(settings):
    day = load_day(CONFIG / "days/monday.yaml", settings)
    assert sum(day.calls) == 10_000 and sum(crew.count + len(crew.numbers) for crew in day.agents.values()) == 60


def test_the_report_of_a_small_day(settings, tmp_path, capsys):
    assert simulate(settings, write(tmp_path, SMALL)) == 0
    printed = capsys.readouterr().out
    assert re.search(r"Service level of support: \d+\.\d % in 20 s", printed)
    assert "6 calls, 3 agents, seed 1" in printed and "callers: talked 6" in printed


def test_every_mistake_is_named_by_its_line(settings, tmp_path):
    text = SMALL.replace("[6]", "[six]").replace("5000", "5999").replace("support", "suport").replace("1001", "1009")
    with pytest.raises(SettingsError) as error:
        load_day(write(tmp_path, text + "stat: 8\n"), settings)
    told = [(mistake.line, mistake.what) for mistake in error.value.mistakes]
    assert [line for line, _ in told] == [1, 3, 6, 7, 8]
    assert "did you mean `support`?" in str(error.value)


@pytest.mark.parametrize(("wrong", "what"), [
    ("start: 25:00", "`25:00` is no time of day"), ("date: monday", "`monday` is no date"),
    ("weather: {loss: 120 %}", "`loss` is `120 %`"), ("storms: [{start: 08:00}]", "`until` is missing"),
])
def test_a_mistake(settings, tmp_path, wrong, what):
    with pytest.raises(SettingsError, match=what):
        load_day(write(tmp_path, SMALL + wrong), settings)


def test_made_up_agents_take_free_numbers(settings):
    taken = settings.users | {"3001": settings.users["1001"]}
    hired, crews = hire(replace(settings, users=taken), Day(calls=(1,), agents={"a": Crew(count=2, queues={"support": 1})}))
    assert crews == {"a": ["3002", "3003"]} and hired.users["3003"].rules.queues == {"support": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained_and_every_number_has_a_limit(kind):
    assert set(yaml_fields(kind)) <= set(meanings(kind))
    hints = get_type_hints(kind)
    numbers = {field.name for field in fields(kind) if any(word in str(hints[field.name]) for word in ("int", "float"))
               and not is_dataclass(hints[field.name])}
    assert {(kind, name) for name in numbers} <= set(LIMITS)


def test_the_manual_is_up_to_date():
    assert (CONFIG.parent / "docs/simulation.md").read_text() == manual()
