"""The journal: everything that happened, once, numbered without gaps, in memory.

A reader holds a cursor (the last number that it saw) and asks for what came since. The ring keeps the newest entries;
a reader that is further behind asks the store, which got them all. No reader can slow the writer: reading is pulling.
"""

from collections import deque
from itertools import islice

import msgspec

from switch.events import KINDS, Event


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One line of the journal."""

    number: int
    """Gapless, from 1."""
    at: float
    """POSIX seconds; never falls from one entry to the next."""
    event: Event


_encoder = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder] = {}


def encode(event: Event) -> bytes:
    """An event as JSON, its name in ``type``."""
    return _encoder.encode(event)


def decode(kind: str, body: bytes | str) -> Event:
    """The event back from its JSON. Raises :class:`KeyError` for a kind that nobody knows."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(KINDS[kind])
    return decoder.decode(body)


class Journal:
    """Append-only; keeps the newest ``keep`` entries for readers that resume."""

    def __init__(self, last: int = 0, at: float = 0.0, keep: int = 100_000) -> None:
        self.last = last
        self.at = at
        self._ring: deque[Entry] = deque(maxlen=keep)

    def append(self, event: Event, now: float) -> Entry:
        """Write one event down at ``now``, or at the moment of the entry before it if that was later."""
        self.last += 1
        if now > self.at:
            self.at = now
        entry = Entry(self.last, self.at, event)
        self._ring.append(entry)
        return entry

    @property
    def first(self) -> int:
        """The oldest number still held in memory; ``last + 1`` when there is none."""
        return self._ring[0].number if self._ring else self.last + 1

    def at_of(self, number: int) -> float:
        """The moment of an entry. Raises :class:`LookupError` when it is no longer in memory, or not there yet."""
        place = number - self.first
        if not 0 <= place < len(self._ring):
            raise LookupError(f"entry {number} is not in memory")
        return self._ring[place].at

    def since(self, number: int) -> list[Entry]:
        """Every entry after ``number``. Raises :class:`LookupError` when some of them are no longer in memory."""
        missing = self.last - number
        if missing <= 0:
            return []
        if missing > len(self._ring):
            raise LookupError(f"entries {number + 1} to {self.first - 1} are no longer in memory")
        newest = list(islice(reversed(self._ring), missing))
        newest.reverse()
        return newest
