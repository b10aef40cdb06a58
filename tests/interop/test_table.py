"""The table of phones is of today."""

from pathlib import Path

from tests.interop.table import PHONES, page, rows
from tests.interop.test_phones import DAYS


def test_the_document_is_what_the_tests_say():
    document = Path(__file__).parents[2] / "docs" / "interop.md"
    assert document.read_text() == page(), "write it anew: python -m tests.interop.table > docs/interop.md"


def test_every_phone_and_every_day_has_a_row():
    table = rows()
    assert {row.phone for row in table} == set(PHONES)
    assert sum(row.test == "test_a_day" for row in table) == len(DAYS)
