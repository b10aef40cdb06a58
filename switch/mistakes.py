"""A mistake in ``config/``: where it is, what is wrong, and what to write instead. All of them are told at once.

Whoever corrects a configuration at night wants one list, in the order of the files, and beside each line the words to
type.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

MANY = 30
"""More names than these are not listed."""


@dataclass(frozen=True, order=True)
class Mistake:
    file: str
    """Path below the configuration folder, with ``/``."""
    line: int
    """The first line is 1; 0 = the file as a whole."""
    what: str
    instead: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what} — {self.instead}"


class SettingsError(Exception):
    """The configuration cannot be used. ``mistakes`` are sorted by file and line; the text has one a line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))


def suggest(wrong: str, known: Iterable[str]) -> str:
    """What to write instead of a name that does not exist: the nearest one, else all of them, where they are few."""
    known = sorted(known)
    if near := nearest(wrong, known):
        return f"did you mean `{near}`?"
    if len(known) > MANY:
        return "write one that exists"
    return "write one of: " + ", ".join(f"`{name}`" for name in known) if known else "there is none so far"


def nearest(wrong: str, known: Iterable[str]) -> str:
    """The name that was probably meant, whatever its capitals; empty when none is like it."""
    by_small = {name.lower(): name for name in known}
    return next((by_small[small] for small in get_close_matches(wrong.lower(), by_small, n=1)), "")
