"""The page for operations, followed to the letter: what it says to type is typed, and what it shows must come of it.

The chapter on adding a menu is read from the page itself, in both languages, so that it cannot rot: its YAML goes into a
copy of the shipped configuration, its commands are run there, and each line that it shows must begin one of what they say.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from switch.__main__ import main

ROOT = Path(__file__).parents[1]
PAGES = {"en": ("docs/operations.md", "## Add a menu"), "zh": ("docs/operations.zh.md", "## 加一个菜单")}
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
MISSING = "the page does not say it any more"


class Chapter:
    """Its blocks of YAML, and each command with what the page shows of its answer."""

    def __init__(self, language: str) -> None:
        page, heading = PAGES[language]
        text = (ROOT / page).read_text(encoding="utf-8")
        start = text.index(heading)
        self.text = text[start:text.index("\n## ", start + 3)]
        blocks = BLOCK.findall(self.text)
        self.yaml = [block for kind, block in blocks if kind == "yaml"]
        self.typed = [self._typed(each) for kind, block in blocks if not kind for each in block.split("$ ")[1:]]

    @staticmethod
    def _typed(text: str) -> tuple[list[str], list[str]]:
        command, *shown = text.rstrip("\n").split("\n")
        return shlex.split(command, comments=True)[1:], shown

    def option(self) -> str:
        return re.search(r"`(4: \{menu: cards\})`", self.text)[1]

    def correction(self) -> str:
        return re.search(r"`(2: \{queue: support, priority: 3\})`", self.text)[1]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, MISSING
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add_menu(config: Path, chapter: Chapter) -> None:
    """What the chapter says to write first: an option, two menus, a closing hour."""
    menus, number = chapter.yaml[:2]
    tree = config / "ivr" / "main.yaml"
    edit(tree, "      3: {announcement: branches}\n", f"      3: {{announcement: branches}}\n      {chapter.option()}\n")
    edit(tree, "\nannouncements:\n", f"\n{menus}\nannouncements:\n")
    edit(config / "numbers.yaml", "5000:\n  to: tree:main\n", number)


def correct(config: Path, chapter: Chapter) -> None:
    """What it says when the fourth level was refused."""
    tree = config / "ivr" / "main.yaml"
    edit(tree, "2: {menu: lost-card}", chapter.correction())
    tree.write_text(re.sub(r"  lost-card:\n(    .*\n)+\n", "", tree.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.parametrize("language", PAGES)
def test_the_page_can_be_followed(language, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SHOAL_LANGUAGE", language)
    monkeypatch.chdir(tmp_path)
    keys = iter(("5", "4", "", "2"))
    monkeypatch.setattr("builtins.input", lambda _: next(keys))
    config = Path(shutil.copytree(ROOT / "config", tmp_path / "config"))
    chapter = Chapter(language)
    typed = iter(chapter.typed)

    def follow(expected: int = 0, *words: str) -> str:
        """The next command of the page."""
        command, shown = next(typed)
        assert command[:len(words)] == list(words), MISSING
        assert main(command) == expected
        said = capsys.readouterr().out
        for line in shown:
            assert any(each.startswith(line.rstrip()) for each in said.split("\n")), f"`{line}` is not what comes:\n{said}"
        return said

    add_menu(config, chapter)
    follow(1, "check")
    correct(config, chapter)
    follow(0, "check")
    follow(0, "tree", "draw", "main")
    assert "queue:support" in follow(0, "tree", "dial", "main").splitlines()[-1]
    follow(0, "route", "5000")
    with (config / "ivr" / "main.test.yaml").open("a", encoding="utf-8") as tests:
        tests.write("\n" + chapter.yaml[2])
    follow(1, "tree", "test", "main")
    edit(config / "ivr" / "main.test.yaml", "  priority: 2", "  priority: 3")
    assert main(["tree", "test", "main"]) == main(["check"]) == 0
    advice = [line for line in capsys.readouterr().out.splitlines() if "ivr/main.yaml" in line]
    assert len(advice) == 1 and "`cards`" in advice[0], "what no test reaches yet is option 1 alone"
    assert [command[:2] for command, _ in typed] == [["versions"], ["report", "tree"], ["tree", "draw"]], MISSING
