"""What is written twice, in English and in Mandarin, says the same: pages by chapters and commands, the demo by keys."""

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from ivr.tree import Prompt, Tree
from switch.loading import load
from switch.trees.cases import load_cases

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "config"
PAGES = [("README.md", "README.zh.md"), ("docs/operations.md", "docs/operations.zh.md"),
         ("docs/pages.md", "docs/pages.zh.md")]
COMMAND = re.compile(r"(\$ )?(shoal|make|git|useradd|install|cp|chown)\b")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def outline(page):
    """The level of each heading."""
    text = FENCE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    return [len(each) for each in re.findall(r"^(#+) ", text, re.M)]


def commands(page):
    """What a reader may type: each command, and each line of YAML, without its remark."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = [(kind, line) for kind, block in FENCE.findall(text) for line in block.splitlines()]
    typed = [line for kind, line in lines if kind == "yaml" or COMMAND.match(line)]
    return [line.partition(" # ")[0].rstrip() if not line.startswith("#") else line for line in typed]


def names(page):
    """Everything that stands as it is written in files, commands and addresses."""
    text = FENCE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    return {re.sub(r"\s+", " ", each) for each in re.findall(r"`([^`]+)`", text)}


@pytest.mark.parametrize(("english", "mandarin"), PAGES)
def test_a_page_has_the_same_chapters_and_commands_in_both_languages(english, mandarin):
    assert outline(english) == outline(mandarin), f"{english} and {mandarin} have other chapters"
    assert commands(english) == commands(mandarin), f"{english} and {mandarin} have other commands"


@pytest.mark.parametrize(("english", "mandarin"), PAGES)
def test_a_page_names_the_same_keys_in_both_languages(english, mandarin):
    """One in twenty may be said otherwise; more is a passage that one of them lacks."""
    missing = names(english) - names(mandarin)
    assert len(missing) <= len(names(english)) / 20, f"{mandarin} does not speak of {sorted(missing)}"


def shape(value):
    """All but language, version, and what the language changes: the currency of an amount and names of other trees."""
    if isinstance(value, Prompt):
        return value.sound, value.variable
    if is_dataclass(value):
        other = ("line", "language", "version", *["name"] * isinstance(value, Tree))
        return {each.name: shape(getattr(value, each.name)) for each in fields(value) if each.name not in other}
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [shape(each) for each in value]
    return value


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return load(CONFIG, tmp_path_factory.mktemp("cache"))


def test_the_demo_has_every_tree_in_both_languages(settings):
    english = {name for name, tree in settings.trees.items() if tree.language == "en"}
    assert english and {f"{name}-zh" for name in english} == settings.trees.keys() - english


def test_the_trees_have_the_same_keys_and_ways(settings):
    for name, tree in settings.trees.items():
        if tree.language == "en":
            other = settings.trees[f"{name}-zh"]
            assert shape(tree) == shape(other), f"{name}.yaml and {name}-zh.yaml"
            assert other.language == "zh"


def test_the_trees_are_tested_by_the_same_callers(settings):
    for name, tree in settings.trees.items():
        if tree.language == "en":
            cases, others = (load_cases(settings, each)[0] for each in (name, f"{name}-zh"))
            assert [(key, case.do, case.menus) for key, case in cases.items()] == [
                (key, case.do, case.menus) for key, case in others.items()]


def test_mandarin_sounds_are_mandarin(settings):
    for name in settings.prompts.names("zh"):
        words = settings.prompts.words(name, "zh")
        assert not re.search(r"[A-Za-z]", words.replace("Shoal", "")), f"{name}: {words}"
