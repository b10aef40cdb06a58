"""docs/cti.md: its tables are of today, and its first client works."""

import ast
import re
from pathlib import Path

import pytest

from cti.tables import TABLES, renewed
from switch.events import KINDS
from switch.orders import ORDERS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "cti.md").read_text()


def test_the_tables_are_of_today():
    assert renewed(DOCUMENT) == DOCUMENT, "run: python -m cti.tables docs/cti.md"
    assert all(f"<!-- table: {name} -->" in DOCUMENT for name in TABLES)


def test_every_event_and_command_is_told():
    for name in (*KINDS, *ORDERS):
        assert f"| `{name}` |" in DOCUMENT


def test_an_unknown_table_is_a_mistake():
    with pytest.raises(KeyError):
        renewed("<!-- table: weather -->\n<!-- end -->")


async def test_the_first_client_works(switch):
    """The code of the document as it stands, but for the last line, until it has printed three messages."""
    code = re.search(r"```python\n(.*?)asyncio\.run", DOCUMENT, re.DOTALL)[1]
    assert len(code.strip().splitlines()) <= 12
    printed = []

    def tell(message):
        printed.append(message)
        if len(printed) == 2:
            raise EOFError

    names = {"print": tell}
    exec(compile(ast.parse(code), "docs/cti.md", "exec"), names)
    with pytest.raises(EOFError):
        await names["main"](switch.url)
    assert printed[0]["type"] == "session.snapshot"
    assert printed[1] == {"jsonrpc": "2.0", "id": 1, "result": {"number": 1}}
