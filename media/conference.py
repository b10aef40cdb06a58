"""Bridges of more than two: everybody hears all the others, and not themselves.

A frame of a bridge is one sum of all who speak; each of them hears that sum minus their own voice (the product of the
voices with a matrix of ones whose diagonal is zero, without the ones). It is computed in 32 bit and clipped once, when
it becomes 16 bit again, so that two loud voices are loud and not noise.

Who is muted may whisper to one of the others: that one hears them over the sum, and nobody else does.

Two who hear each other need no sum. A bridge in which only two are left, neither of them muted, is told so by
:meth:`Conferences.pair`, and its rows go the way of any join: bit by bit.
"""

from collections.abc import Hashable
from typing import Generic, NamedTuple, TypeVar

import numpy as np

K = TypeVar("K", bound=Hashable)


class Table(NamedTuple):
    """The rows of all bridges that need a sum, in the order of their bridges."""

    rows: np.ndarray
    place: np.ndarray
    """The number of each row's bridge, counted from 0."""
    first: np.ndarray
    """Where each bridge begins in ``rows``."""
    speaks: np.ndarray
    """int32 (rows, 1): 0 = muted."""
    whispers: tuple[tuple[int, int], ...] = ()
    """Places in ``rows``: who is heard by whom alone."""

    def mix(self, samples: np.ndarray) -> np.ndarray:
        """What each row hears, int32, not yet clipped, when they say these ``samples`` (rows, samples)."""
        spoken = samples.astype(np.int32) * self.speaks
        heard = np.add.reduceat(spoken, self.first, axis=0)[self.place] - spoken
        for speaker, listener in self.whispers:
            heard[listener] += samples[speaker]
        return heard


class Conferences(Generic[K]):
    """Who is in which bridge. The matrix knows them by row, media on paper by leg."""

    def __init__(self) -> None:
        self._members: dict[str, dict[K, bool]] = {}
        """By bridge: who is in it, and whether each is muted."""
        self._bridge: dict[K, str] = {}
        self._whispers: dict[K, K] = {}
        """Who of the muted is heard by whom alone."""

    def set(self, bridge: str, members: dict[K, bool], whispers: dict[K, K] | None = None) -> set[K]:
        """This bridge has these members (and whether each is muted) from now on. Gives those who were not in it.
        ``whispers``: who of the muted is heard by one of the others, and by whom."""
        before = self.members(bridge)
        for one in (*before, *members):
            self.leave(one)
        if members:
            self._members[bridge] = dict(members)
            self._bridge.update(dict.fromkeys(members, bridge))
            self._whispers.update((one, other) for one, other in (whispers or {}).items()
                                  if one != other and members.get(one) and other in members)
        return set(members) - set(before)

    def leave(self, one: K) -> str | None:
        """They are in no bridge any more; gives the name of the one that they were in."""
        bridge = self._bridge.pop(one, None)
        if bridge is not None:
            members = self._members[bridge]
            del members[one]
            self._whispers = {mouth: ear for mouth, ear in self._whispers.items() if one not in (mouth, ear)}
            if not members:
                del self._members[bridge]
        return bridge

    def members(self, bridge: str) -> tuple[K, ...]:
        """Who is in a bridge."""
        return tuple(self._members.get(bridge, ()))

    def pair(self, bridge: str) -> tuple[K, K] | None:
        """The two who are left, when they hear each other as in a join."""
        members = self._members.get(bridge, {})
        return tuple(members) if len(members) == 2 and not any(members.values()) else None

    def listeners(self, one: K) -> tuple[K, ...]:
        """Who hears them."""
        members = self._members.get(self._bridge.get(one, ""), {})
        if one in self._whispers:
            return (self._whispers[one],)
        return () if members.get(one, True) else tuple(other for other in members if other != one)

    def voices(self, one: K) -> tuple[K, ...]:
        """Whom they hear."""
        members = self._members.get(self._bridge.get(one, ""), {})
        return tuple(other for other, muted in members.items()
                     if other != one and (not muted or self._whispers.get(other) == one))

    def confers(self, one: K) -> bool:
        """Whether they are in a bridge with anybody."""
        return len(self._members.get(self._bridge.get(one, ""), ())) > 1

    def table(self) -> Table | None:
        """All rows that need a sum; None = there are none. Who is alone hears what plays for them."""
        bridges = [members for name, members in self._members.items() if len(members) > 1 and self.pair(name) is None]
        if not bridges:
            return None
        sizes = np.array([len(members) for members in bridges])
        speaks = [not muted for members in bridges for muted in members.values()]
        rows = [row for members in bridges for row in members]
        places = {row: place for place, row in enumerate(rows)} if self._whispers else {}
        whispers = tuple((places[mouth], places[ear]) for mouth, ear in self._whispers.items())
        return Table(np.array(rows), np.repeat(np.arange(len(sizes)), sizes), np.cumsum(sizes) - sizes,
                     np.array(speaks, np.int32)[:, None], whispers)
