"""Mistakes in ``quality.yaml`` are told with their lines."""

import shutil
from pathlib import Path

import pytest

from switch.loading import examine
from switch.speech.rendering import Render

SHIPPED = Path(__file__).parents[3] / "config"


@pytest.fixture
def mistakes(tmp_path):
    def check(text):
        folder = tmp_path / "config"
        shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
        (folder / "quality.yaml").write_text(text)
        _, found = examine(folder, tmp_path / "cache", Render.NONE)
        return [(each.line, each.what) for each in found if each.file == "quality.yaml"]
    return check


@pytest.mark.parametrize(("text", "line", "what"), [
    ("forms:\n  a:\n    name: A\n    queues: [suport]\n    sections: {s: {name: S, questions: {q: Q}}}\n", 4,
     "there is no queue `suport`"),
    ("forms:\n  a:\n    name: A\n    sections: {}\n", 4, "the form asks nothing"),
    ("forms:\n  a:\n    name: A\n    sections:\n      s: {name: S, questions: {}}\n", 5, "section `s` asks nothing"),
    ("forms:\n  a:\n    name: A\n    sections:\n      s: {name: S, weight: 0, questions: {q: Q}}\n", 4,
     "nothing counts: every weight is 0"),
    ("forms:\n  a:\n    name: A\n    sections:\n      s:\n        name: S\n"
     "        questions: {q: {text: Q, weight: 0}}\n", 5,
     "nothing counts: every weight is 0"),
    ("forms:\n  a:\n    name: A\n    sections:\n      s:\n        name: S\n        questions:\n          a.b: Q\n", 8,
     "a point in a name would be taken for a step"),
    ("forms:\n  a:\n    name: ' '\n    sections: {s: {name: S, questions: {q: Q}}}\n", 3,
     "people would read nothing here"),
    ("forms:\n  a:\n    name: A\n    sections: {s: {name: S, questions: {q: {text: Q, most: 0}}}}\n", 4, None),
])
def test_what_does_not_fit_is_told_with_its_line(mistakes, text, line, what):
    found = mistakes(text)
    assert [each[0] for each in found] == [line]
    assert what is None or found[0][1] == what


def test_the_shipped_form_is_right(mistakes):
    assert mistakes((SHIPPED / "quality.yaml").read_text()) == []
