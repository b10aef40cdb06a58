"""The table of phones is of today."""

import os
import re

from tests.interop.table import DOCUMENT, PHONES, page, rows, versions, written
from tests.interop.test_phones import DAYS


def test_the_document_is_what_the_tests_say():
    """But for the versions, which are those of the machine on which it was written."""
    document = DOCUMENT.read_text()
    assert document == page(written(document)), "write it anew: python -m tests.interop.table"


def test_what_is_installed_says_its_version():
    said = versions()
    assert said["Shoal"] and all(re.match(r"\d+\.\d", each) for phone, each in said.items() if phone != "Shoal")
    if "SHOAL_REQUIRE_TOOLS" in os.environ:
        assert set(said) == set(PHONES)


def test_every_phone_and_every_day_has_a_row():
    table = rows()
    assert {row.phone for row in table} == set(PHONES)
    assert sum(row.test == "test_a_day" for row in table) == len(DAYS)
