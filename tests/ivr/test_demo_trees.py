"""The trees that are shipped keep their own laws, and lead where the documents say."""

from pathlib import Path

import pytest
import yaml

from ivr.check import check
from ivr.collecting import TO_CONFIRM, YOU_ENTERED
from ivr.effects import Leave
from ivr.interpreter import Walk
from ivr.prompts import SHIPPED, Prompts
from ivr.tree import Tree
from switch.reader import read

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(params=["main", "main-zh"])
def demo(request) -> Tree:
    file = f"ivr/{request.param}.yaml"
    reading = read((CONFIG / file).read_text(encoding="utf-8"), file, Tree)
    assert reading.mistakes == []
    return reading.value


def test_the_demo_trees_have_no_mistakes(demo):
    queues = yaml.safe_load((CONFIG / "queues.yaml").read_text(encoding="utf-8"))
    assert check(demo, queues=queues, extensions=(), prompts=Prompts()) == []


@pytest.mark.parametrize("key", ["1", "0"])
def test_support_is_one_key_away(demo, key):
    walk = Walk(demo, {})
    walk.start(0.0)
    left = walk.press(key, 1.0)[-1]
    assert isinstance(left, Leave) and str(left.destination) == "queue:support"


def test_everything_that_the_interpreter_says_itself_is_shipped():
    for language in ("en", "zh"):
        assert Prompts().missing((YOU_ENTERED, *TO_CONFIRM), language) == []


def test_every_text_of_the_catalogue_has_its_sound():
    texts = yaml.safe_load((SHIPPED / "texts.yaml").read_text(encoding="utf-8"))
    for language, spoken in texts.items():
        assert spoken.keys() <= Prompts().names(language)
