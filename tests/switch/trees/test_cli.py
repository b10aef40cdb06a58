"""``shoal tree`` on a copy of the demonstration."""

import shutil
from pathlib import Path

import pytest

from switch.__main__ import main

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


def shoal(folder: Path, *words: str) -> int:
    return main([*words, "--config", str(folder)])


def test_a_tree_is_drawn(folder, capsys):
    assert shoal(folder, "tree", "draw", "main") == 0
    assert "├─ 5 ─ menu billing · 9 s · level 2" in capsys.readouterr().out


def test_a_tree_is_written_as_svg(folder, tmp_path, capsys):
    assert shoal(folder, "tree", "draw", "main-zh", "--svg", str(tmp_path / "tree.svg")) == 0
    assert (tmp_path / "tree.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_tree_that_is_not_there_is_suggested(folder, capsys):
    assert shoal(folder, "tree", "draw", "mian") == 2
    assert "did you mean `main`?" in capsys.readouterr().err
