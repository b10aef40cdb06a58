"""The table of each language: every sentence for people is in it, and nothing comes out half English."""

import re
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
import yaml

from switch.language.choosing import of_request, of_terminal, written_in
from switch.language.words import GAP, LANGUAGES, PLAIN, Words, table, words
from switch.reader import read
from tests.switch.language.sentences import sentences

ROOT = Path(__file__).parents[3]
OTHERS = [language for language in LANGUAGES if language != "en"]
SPOKEN = (
    "switch/checks*.py", "switch/media_checks.py", "switch/mistakes.py", "switch/places.py", "switch/reader.py",
    "switch/scalars.py", "switch/syntax.py", "switch/loading.py", "switch/sounds.py", "switch/holidays.py",
    "switch/hours/rules.py", "switch/hours/icalendar.py", "switch/routing.py",
    "switch/trunks/ledger.py", "ivr/check.py", "ivr/rules.py", "ivr/drawing/*.py", "switch/trees/*.py",
    "switch/__main__.py", "switch/command_line/*.py", "switch/reporting.py", "switch/publisher.py", "switch/versions.py",
    "switch/difference.py",
    "switch/health.py", "cti/report*.py", "cti/publishing.py", "cti/asking.py", "cti/bans.py", "cti/wrong.py",
    "cti/stopping.py", "ivr/texts.py", "switch/speech/*.py", "switch/store*.py", "switch/customers.py",
    "tests/world/day*.py",
)
"""The files whose sentences people read."""
SILENT = {
    "hang up", ", version {}", ", leads to {}", "tree {}, {}", "advice: {}", "{} at {} ({}) from {}", "{} is rung",
    # the ones above are parts of others
    "the switch (default: %(default)s)", "BEGIN IMMEDIATE", "PRAGMA {}", "store writer",
    "SELECT epoch FROM schema", "INSERT OR ROLLBACK INTO journal ({}) VALUES {}",
    "{} {}  {} on the line, {} over",  # where it is drawn over and over
}
"""Sentences in them that nobody reads."""
ENGLISH = re.compile(r"(?<![\w/.:=+<-])[a-z]{3,}(?![\w/.:=>-])", re.ASCII)
NAMES = re.compile(r"`[^`]*`|pip install \S+|%\(\w+\)s|\"[^\"]*\"|'[^']*'|\{[^}]*\}")


def spoken():
    paths = sorted({path for each in SPOKEN for path in ROOT.glob(each)})
    return [each for path in paths for each in sentences(path, ROOT) if each.shape not in SILENT]


def filled(proposed):
    """The sentence as somebody may read it: with names, with numbers, and with words of ours in its gaps."""
    proposed = re.sub(r"^\{(deep|more0|clock)\}\s*", "", proposed)
    gaps = GAP.findall(proposed)
    for given in product(("Q", "7", "queue", "menu Q"), repeat=min(len(gaps), 5)):
        values = iter((*given, *("Q" for _ in gaps)))
        yield GAP.sub(lambda _, values=values: next(values), proposed)


def left(text):
    """Words that are still English."""
    return set(ENGLISH.findall(NAMES.sub("", text))) - KEPT


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_for_people_is_in_the_table(language):
    reader = words(language)
    missing = {each.proposed: f"{each.file}:{each.line}" for each in spoken()
               if not any(reader.knows(text) and not left(reader(text)) for text in filled(each.proposed))}
    told = "\n".join(f'  {place}: add `"{text}": "..."`' for text, place in missing.items())
    assert not missing, (
        f"switch/language/{language}.yaml lacks sentences that people read. Add each with its words in that language; "
        f"a gap is written {{name}} in both, {{name!t}} where its own text is to be turned:\n{told}")


@pytest.mark.parametrize("language", OTHERS)
def test_both_halves_of_a_line_have_the_same_gaps(language):
    for english, other in table(language).items():
        gaps = [gap[1] for gap in GAP.finditer(english)]
        assert len(set(gaps)) == len(gaps), f"`{english}`: give each gap a name of its own"
        assert sorted(gaps) == sorted({gap[1] for gap in GAP.finditer(other)}), f"`{english}` and `{other}`"


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_in_the_table_twice(language):
    text = (ROOT / "switch/language" / f"{language}.yaml").read_text(encoding="utf-8")
    keys = Counter(key.value for key, _ in yaml.compose(text).value)
    assert not [key for key, times in keys.items() if times > 1]


@pytest.mark.parametrize("language", OTHERS)
def test_no_line_of_the_table_hides_another(language):
    """Each sentence comes out by its own line."""
    reader = words(language)
    for english, other in table(language).items():
        how = {gap[1]: gap[2] for gap in (*GAP.finditer(english), *GAP.finditer(other)) if gap[2]}
        given = {gap[1]: {"n": "7", "w": f"Q{place}", None: f"Q{place}"}.get(how.get(gap[1]), "queue")
                 for place, gap in enumerate(GAP.finditer(english))}
        text = GAP.sub(lambda gap, given=given: given[gap[1]], english)
        assert reader(text) == GAP.sub(lambda gap, given=given: reader(given[gap[1]]), other)


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_is_left_in_the_other_language(language):
    for english, other in table(language).items():
        assert not left(GAP.sub("", other)), f"`{english}`: `{other}`"


KEPT = {"shoal", "tar", "websocket", "found", "espeak-ng", "config", "ivr"}
"""What has the same name in every language."""


@pytest.mark.parametrize("language", OTHERS)
def test_punctuation_is_that_of_the_language(language):
    for english, other in table(language).items():
        assert not re.search(r"[\u4e00-\u9fff]\s*[,;!?]|[,;!?]\s*[\u4e00-\u9fff]", other), f"`{english}`: `{other}`"
        bare = NAMES.sub("`", GAP.sub("`", other))
        assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", bare), f"`{other}` needs a blank"


def test_gaps_are_put_in_and_their_texts_turned():
    reader = Words("zh", {"menu `{name}`": "菜单 `{name}`", "{here!t} has {many} options": "{here!t} 有 {many} 个选项",
                          "people": "人员", "calls": "来电", ", ": "、", "there are {things}": "有{things!l}"})
    assert reader("menu `a b` has 7 options") == "菜单 `a b` 有 7 个选项"
    assert reader("  there are people, calls\nmenu `x`") == "  有人员、来电\n菜单 `x`"
    assert reader("there are people, cows") == "there are people, cows"
    assert reader("anything else") == "anything else"


def test_a_mistake_keeps_its_place():
    assert words("zh")("ivr/main.yaml:38: menu `x` has no options — write `true` or `false`") == (
        "ivr/main.yaml:38: 菜单 `x` 没有选项。请写 `true` 或 `false`。")


def test_a_long_text_is_read_once():
    text = "menu `" * 100_000
    assert words("zh")(text) == text


@pytest.mark.parametrize("text", [
    "a: [1, 2", "a: {b: 1", "a: 'x", 'a: "\\d"', "a: *b", "a: @b", "a: %b", "a: `b", "a:\n\tb: 1", "a: b: c", "a: 1\n b: 2",
    "a: 1\n  - b", "a: ]", "--- 1\n--- 2", "a: |\n x\nb", "- a\nb: 1", "? [a\n",
    "a: }", "a: 'x' y", "a: -\n- b: c\n  - d", '"a": "\\xZZ"', "\x01",
])
def test_what_is_no_yaml_is_told_in_our_own_words(text):
    mistakes = read(text, "f.yaml", dict[str, str]).mistakes
    assert all(words("zh").knows(each.what) and "it cannot be read" not in each.what for each in mistakes), mistakes


def test_english_is_left_alone():
    assert words("en-GB") is words("fr") is PLAIN
    assert PLAIN("menu `x` has no options") == "menu `x` has no options"


@pytest.mark.parametrize(("environment", "written", "language"), [
    ({}, "", "en"), ({"LANG": "zh_CN.UTF-8"}, "", "zh"), ({"LANG": "zh_CN.UTF-8"}, "en", "en"),
    ({"LANG": "en_US.UTF-8"}, "zh", "zh"), ({"SHOAL_LANGUAGE": "zh"}, "en", "zh"), ({"SHOAL_LANGUAGE": "xx"}, "zh-CN", "zh"),
    ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "", "en"), ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "C"}, "", "zh"),
])
def test_the_terminal_speaks_as_it_is_told(environment, written, language):
    assert of_terminal(environment, written).language == language


@pytest.mark.parametrize(("query", "accepted", "written", "language"), [
    ("", "", "", "en"), ("", "", "zh", "zh"), ("zh", "en", "en", "zh"), ("xx", "zh-CN,zh;q=0.9,en;q=0.8", "en", "zh"),
    ("", "fr, en;q=0.5, zh;q=0.7", "en", "zh"), ("", "zh;q=0, en;q=0.1", "zh", "en"), ("", "*", "zh", "zh"),
    ("", "zh;q=x", "en", "en"), ("", ";;,,=;q", "zh", "zh"),
])
def test_a_page_speaks_as_its_reader_asks(query, accepted, written, language):
    assert of_request(query, accepted, written).language == language


def test_the_language_of_the_house_is_read_even_from_a_broken_file(tmp_path):
    assert written_in(tmp_path) == ""
    (tmp_path / "shoal.yaml").write_text("listen: 127.0.0.1\n")
    assert written_in(tmp_path) == ""
    (tmp_path / "shoal.yaml").write_text("lisen: 127.0.0.1\nlanguage: zh\n")
    assert written_in(tmp_path) == "zh"
