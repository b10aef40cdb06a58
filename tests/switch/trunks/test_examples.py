"""What the documents show is what the reader takes."""

import re
from pathlib import Path

import pytest

from switch.reader import read
from switch.trunks.rules import Outside

ROOT = Path(__file__).parents[3]
OPERATIONS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.DOTALL)
SHIPPED = (ROOT / "config" / "trunks.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [text for text in OPERATIONS if "trunks:" in text])
def test_the_worked_examples_are_right(text):
    reading = read(text, "trunks.yaml", Outside)
    assert reading.mistakes == [] and reading.value.trunks


def test_the_shipped_example_is_off_and_right_when_it_is_on():
    assert read(SHIPPED, "trunks.yaml", Outside).value == Outside()
    lines = SHIPPED.split("#\n", 1)[1].splitlines()
    reading = read("\n".join(line.removeprefix("# ").removeprefix("#") for line in lines), "trunks.yaml", Outside)
    assert reading.mistakes == [] and list(reading.value.trunks) == ["carrier", "backup"] and reading.value.routes
