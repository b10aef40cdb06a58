"""New calls refused without a transaction, while there is too much to do (RFC 3261 sections 8.2.7 and 21.5.4).

A refusal that keeps a transaction is repeated until its ACK comes and stays in memory for half a minute; one that keeps
nothing is repeated only when the INVITE is. It must then be the same for every copy of the INVITE, though the door may have
opened between two of them. So the names of those who were refused are kept for as long as copies may come, and nothing else.

CPU for INVITE and ACK of a refused call, in turns on a busy machine: 231-370 us with a transaction, 136-186 without, nearly
all of it to read the two messages (``tests/bench/test_counts.py`` counts it).
"""

MOST = 100_000
"""Names in each of two generations: 16 MB when both are full, after 1,500 refusals a second for a minute."""


class Refusals:
    """``seconds``: how long copies may come (64*T1). A name is that of the transaction that there would be."""

    __slots__ = ("_begun", "_old", "_seconds", "_young")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun = 0.0
        self._young: dict[int, int] = {}
        self._old: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def find(self, name: tuple[str, str, str], now: float) -> int:
        """What the first copy was told: after how many seconds they may try again; 0 = it was not refused."""
        self._age(now)
        found = hash(name)
        return self._young.get(found) or self._old.get(found, 0)

    def note(self, name: tuple[str, str, str], after: int, now: float) -> None:
        """This one was refused, and told to try again after so many seconds."""
        self._age(now)
        self._young[hash(name)] = after

    def _age(self, now: float) -> None:
        """What is old goes when it is two terms old at most, and one at least."""
        if now - self._begun < self._seconds and len(self._young) < MOST:
            return
        self._old = self._young if now - self._begun < 2 * self._seconds else {}
        self._young, self._begun = {}, now
