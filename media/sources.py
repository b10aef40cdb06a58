"""Where a leg's packets come from, and where to send ours (symmetric RTP, RFC 4961).

The address in SDP is often wrong (a phone behind NAT names its inside address), so we send to where packets come from.
But whoever can guess a port could then listen in by sending one packet. So the first valid source is learnt and the
row is locked to it; others are counted and dropped. The lock opens when signalling says something new, or when the
locked source has been silent for three seconds. One source always wins: the one that signalling named.
"""

import numpy as np

from media.rtp import Address, number

UNLOCKED_AFTER = 3.0
"""Seconds of silence after which another source may take over."""
_IN_FLIGHT = 1.0
_DOUBT = 5.0
_FRESH = 1.0


class Sources:
    """Columns for ``rows`` legs."""

    def __init__(self, rows: int) -> None:
        self.locked = np.zeros(rows, np.int64)
        """:func:`media.rtp.number` of the learnt source; 0 = none yet."""
        self.named = np.zeros(rows, np.int64)
        """The same of the address that signalling named."""
        self.heard = np.zeros(rows)
        """POSIX seconds of the last valid packet."""
        self.strangers = np.zeros(rows, np.int64)
        """Packets that were dropped because of where they came from."""
        self.intruders: dict[int, Address] = {}
        """Of whom the last of them was, by row."""
        self.targets: list[Address | None] = [None] * rows
        self.moved: set[int] = set()
        """Rows whose target is another now; whoever sends takes them away."""
        self._former = np.zeros(rows, np.int64)
        self._changed = np.zeros(rows)

    def reset(self, row: int) -> None:
        """Nobody is known any more."""
        self.locked[row] = self.named[row] = self._former[row] = 0
        self.strangers[row] = 0
        self.targets[row] = None
        self.intruders.pop(row, None)

    def name(self, row: int, host: str, port: int, now: float) -> None:
        """Signalling named an address (port 0 = none): unlock. ValueError when ``host`` is not an IP address."""
        named = number(host, port) if port else 0
        moved = named != self.named[row]
        self._former[row] = self.locked[row] if moved else 0
        self._changed[row] = now
        self.locked[row], self.named[row] = 0, named
        if moved or self.targets[row] is None:
            self.moved.add(row)
            self.targets[row] = (host, port) if named and not _any_host(host) else None

    def strange(self, rows: np.ndarray, sources: np.ndarray, now: float) -> np.ndarray:
        """Which packets come from strangers, and are to be dropped (bool)."""
        locked = self.locked[rows]
        strange = (locked != sources) & (locked != 0)
        if strange.any():
            strange &= (sources != self.named[rows]) & (now - self.heard[rows] < UNLOCKED_AFTER)
        return strange

    def intrude(self, row: int, address: Address) -> None:
        """A stranger's packet was dropped."""
        self.strangers[row] += 1
        self.intruders[row] = address

    def settled(self, now: float) -> np.ndarray:
        """Rows whose source is beyond doubt: it is heard, and is the named one, or nothing has changed for a while."""
        sure = (self.locked == self.named) | (now - self._changed > _DOUBT)
        return np.flatnonzero((self.locked != 0) & sure & (now - self.heard < _FRESH))

    def learn(self, row: int, source: int, address: Address, now: float) -> bool:
        """A valid packet of a source that is no stranger: lock the row to it. False = a leftover of before a change."""
        if self.locked[row] == source:
            return True
        if source == self._former[row] and now - self._changed[row] < _IN_FLIGHT:
            return False
        self.locked[row] = source
        self.moved.add(row)
        self.targets[row] = address
        return True


def _any_host(host: str) -> bool:
    """``c=IN IP4 0.0.0.0`` was once how hold was said (RFC 2543); nothing can be sent there."""
    return host in ("0.0.0.0", "::")
