"""Marks on tests, from which the table of phones is made (``table``)."""

from collections.abc import Callable
from typing import NamedTuple


class Row(NamedTuple):
    phone: str
    over: str
    what: str
    test: str


def tried(phone: str, over: str, what: str) -> Callable[[object], object]:
    """Mark a test as what shows that ``phone`` can ``what`` over this transport."""
    def mark(test: object) -> object:
        test.tried = [*getattr(test, "tried", []), Row(phone, over, what, test.__name__)]
        return test
    return mark
