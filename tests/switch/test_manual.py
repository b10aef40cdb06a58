"""The reference is what the code says; its examples are what the reader takes."""

from pathlib import Path
from textwrap import dedent

import pytest

from ivr.tree import Tree
from switch import manual
from switch.followups.rules import Followups
from switch.quality.rules import Quality
from switch.reader import read, yaml_fields
from switch.settings import System
from switch.trunks.rules import Outside

COMMITTED = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_committed_reference_is_the_generated_one():
    assert COMMITTED.read_text(encoding="utf-8") == manual.manual(), "python -m switch.manual > docs/configuration.md"


@pytest.mark.parametrize("file", manual.FILES)
def test_each_example_is_right(file):
    described = manual.FILES[file]
    hint = described.kind if described.kind in (System, Tree, Outside, Followups, Quality) else dict[str, described.kind]
    reading = read(dedent(described.example), file, hint)
    assert reading.mistakes == []
    assert reading.value


@pytest.mark.parametrize("file", manual.FILES)
def test_every_key_has_a_meaning_and_a_row(file):
    document = manual.manual()
    for kind in manual.below(manual.FILES[file].kind):
        for name, (owner, _) in yaml_fields(kind).items():
            assert manual.meanings(owner)[name].endswith((".", "?", ".)")), (kind, name)
            assert f"| `{name}` |" in document


def test_no_two_headings_are_the_same():
    headings = [line for line in manual.manual().splitlines() if line.startswith("#")]
    assert len(headings) == len(set(headings))
