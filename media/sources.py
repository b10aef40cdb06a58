"""Where a leg's packets come from, and where to send ours (symmetric RTP, RFC 4961).

The address in SDP is often wrong (a phone behind NAT names its inside address), so we send to where packets come from.
But whoever can guess a port could then listen in by sending one packet. So the first valid source is learnt and the
row is locked to it; others are counted and dropped. In the first second a likelier one may still take its place: from
the host that SDP named, or else from the one that signalling comes from (a NAT has one address for both). One source
wins at any time: the very one that SDP named. The lock opens when signalling says something new, and when the locked
source has sent neither sound nor reports for three seconds; then to the same hosts and to who goes on with the same
stream (its SSRC is nothing that a stranger could know), and after ten seconds to anybody.
"""

import numpy as np

from media.rtp import Address, number, plain_host

UNLOCKED_AFTER = 3.0
"""Seconds of silence after which another source may take over that has something to do with the one before."""
_ANYBODY_AFTER = 10.0
_LEARNING = 1.0
_NOBODY = 3
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
        self.reported = np.full(rows, -1e9)
        """The same of the last report (RTCP)."""
        self.peers = [""] * rows
        """The host that signalling comes from."""
        self._hosts = [""] * rows
        self._learnt = np.full(rows, -1e9)
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
        self.reported[row] = self._learnt[row] = -1e9
        self.targets[row] = None
        self.peers[row] = self._hosts[row] = ""
        self.intruders.pop(row, None)

    def name(self, row: int, host: str, port: int, now: float) -> None:
        """Signalling named an address (port 0 = none): unlock. ValueError when ``host`` is not an IP address."""
        named = number(host, port) if port else 0
        moved = named != self.named[row]
        self._former[row] = self.locked[row] if moved else 0
        self._changed[row] = now
        self.locked[row], self.named[row] = 0, named
        self._hosts[row] = host
        if moved or self.targets[row] is None:
            self.moved.add(row)
            self.targets[row] = (host, port) if named and not _any_host(host) else None

    def strange(self, rows: np.ndarray, sources: np.ndarray, now: float) -> np.ndarray:
        """Which packets come from strangers, and are to be dropped (bool)."""
        locked = self.locked[rows]
        strange = (locked != sources) & (locked != 0)
        if strange.any():
            strange &= (sources != self.named[rows]) & (self._silence(rows, now) < UNLOCKED_AFTER)
            strange &= now - self._learnt[rows] >= _LEARNING
            strange &= (sources != self._former[rows]) | (now - self._changed[rows] >= _IN_FLIGHT)
        return strange

    def intrude(self, row: int, address: Address) -> None:
        """A stranger's packet was dropped."""
        self.strangers[row] += 1
        self.intruders[row] = address

    def settled(self, now: float) -> np.ndarray:
        """Rows whose source is beyond doubt: it is heard, and is the named one, or nothing has changed for a while."""
        sure = (self.locked == self.named) | (now - self._changed > _DOUBT)
        return np.flatnonzero((self.locked != 0) & sure & (now - self.heard < _FRESH))

    def learn(self, row: int, source: int, address: Address, now: float, same_stream: bool = False) -> bool:
        """A valid packet: lock the row to its source. False = a leftover of before a change, or a stranger after all;
        ``same_stream``: it has the SSRC that was heard last."""
        if self.locked[row] == source:
            return True
        if source == self._former[row] and now - self._changed[row] < _IN_FLIGHT:
            return False
        if not self.welcome(row, source, address, now, same_stream):
            return False
        if not self.locked[row]:
            self._learnt[row] = now
        self.locked[row] = source
        self.moved.add(row)
        self.targets[row] = address
        return True

    def select(self, row: int, address: Address, now: float) -> None:
        """Who signs for it has chosen this address (ICE): nothing is guessed any more. What is still on its way from the
        one before is left over, and no stranger's."""
        source = number(address[0], address[1])
        if self.locked[row] not in (0, source):
            self._former[row], self._changed[row] = self.locked[row], now
        self.locked[row] = source
        if self.targets[row] != address:
            self.moved.add(row)
            self.targets[row] = address

    def deafen(self, row: int) -> None:
        """Send nowhere, for there is nobody yet who may hear it."""
        self.locked[row] = 0
        self.targets[row] = None
        self.moved.add(row)

    def welcome(self, row: int, source: int, address: Address, now: float, same_stream: bool = False) -> bool:
        """Whether a source that is not strange at first sight would be learnt; if not, it is counted."""
        if not self.locked[row] or source in (self.locked[row], self.named[row]):
            return True
        if self._may_take_over(row, address, now, same_stream):
            return True
        self.intrude(row, address)
        return False

    def _may_take_over(self, row: int, address: Address, now: float, same_stream: bool) -> bool:
        """Whether a source may take the place of the one that is known."""
        silence = float(self._silence(np.array([row]), now)[0])
        if silence < UNLOCKED_AFTER:  # It is the first second.
            return self._rank(row, address) < self._rank(row, self.targets[row])
        return silence >= _ANYBODY_AFTER or same_stream or self._rank(row, address) < _NOBODY

    def _rank(self, row: int, address: Address | None) -> int:
        """How likely this is the party: the named source, its host, the host of its signalling, or nobody known."""
        if address is None:
            return _NOBODY
        host = plain_host(address[0])
        if number(host, address[1]) == self.named[row]:
            return 0
        return 1 if host == self._hosts[row] else 2 if host == self.peers[row] else _NOBODY

    def _silence(self, rows: np.ndarray, now: float) -> np.ndarray:
        return now - np.maximum(self.heard[rows], self.reported[rows])


def _any_host(host: str) -> bool:
    """``c=IN IP4 0.0.0.0`` was once how hold was said (RFC 2543); nothing can be sent there."""
    return host in ("0.0.0.0", "::")
