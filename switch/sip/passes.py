"""Passes: passwords for a few hours, for programs that should not keep a person's own (the phone in a browser's page).

A pass has a name of its own, with which its holder proves to be its user: so that every page has another, and who sees one
on the wire learns nothing of any other. They live in memory alone; a switch that starts anew knows none, and a page asks
for a fresh one. What is proved by it is a random secret of 128 bits, against which even MD5 cannot be guessed.
"""

from random import Random
from typing import NamedTuple

MOST = 16
"""Passes that one user may have; beyond that the oldest goes."""


class Pass(NamedTuple):
    """``name`` and ``password`` are for the digest (RFC 7616: username and passwd); ``until``: POSIX seconds."""

    user: str
    name: str
    password: str
    until: float


class Passes:
    """All that are good. ``rng``: whence names and secrets come."""

    __slots__ = ("_known", "_rng", "_users")

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._known: dict[str, Pass] = {}
        self._users: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def issue(self, user: str, until: float, now: float) -> Pass:
        """A new one for this user."""
        names = self._users.setdefault(user, [])
        for name in [name for name in names if self._known[name].until <= now] or names[: max(0, len(names) - MOST + 1)]:
            self._forget(name)
        made = Pass(user, f"{user}-{self._rng.getrandbits(64):016x}", f"{self._rng.getrandbits(128):032x}", until)
        self._users.setdefault(user, names).append(made.name)
        self._known[made.name] = made
        return made

    def find(self, name: str, now: float) -> Pass | None:
        """The pass of this name, while it is good."""
        found = self._known.get(name)
        return found if found is not None and found.until > now else None

    def drop(self, user: str) -> None:
        """Whoever this was has no passes any more."""
        for name in list(self._users.get(user, ())):
            self._forget(name)

    def _forget(self, name: str) -> None:
        user = self._known.pop(name).user
        names = self._users[user]
        names.remove(name)
        if not names:
            del self._users[user]
