"""SRTP and SRTCP (RFC 3711, AES-GCM by RFC 7714): sealing what goes out and opening what comes in, of the rows that
agreed on keys. Rows without keys are never looked at. A row whose keys are still to come (DTLS makes them) neither hears
nor says anything until then.

A row has a context for each direction. It is kept when the same key is agreed on again (a hold is no new key), so that
the roll-over counter goes on; another key begins another context with the counter at zero. Packets sealed with the old
key are still on their way then, so the old context for what comes in is kept for a second.

What cannot be opened (a wrong key, a bit that was changed, a packet sent twice) is counted and dropped: the network may
bring anything, and it hurts nobody. The library knows no AES_256_CM, so that is not offered.
"""

from collections.abc import Callable

import numpy as np
from pylibsrtp import Error, Policy, Session

from media.orders import Keys
from media.rtcp import is_rtcp
from media.rtp import WIDTH, Packets

SUITES = {
    "AEAD_AES_256_GCM": (Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 44),
    "AEAD_AES_128_GCM": (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
    "AES_CM_128_HMAC_SHA1_80": (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30),
    "AES_CM_128_HMAC_SHA1_32": (Policy.SRTP_PROFILE_AES128_CM_SHA1_32, 30),
}
"""What the library calls each crypto suite of SDP, and the octets of its master key and salt together."""

_IN_FLIGHT = 1.0
"""Seconds that packets of before a new key may still be on their way."""
_WINDOW = 128
"""Packets by which one may come late and still be told from one sent twice."""


class _Row:
    """The contexts of one row."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.sealing = _context(keys.suite, keys.ours, Policy.SSRC_ANY_OUTBOUND)
        self.opening = _context(keys.suite, keys.theirs, Policy.SSRC_ANY_INBOUND)
        self.former: Session | None = None
        self.former_until = 0.0

    def renew(self, keys: Keys, now: float) -> None:
        if (keys.suite, keys.ours) != (self.keys.suite, self.keys.ours):
            self.sealing = _context(keys.suite, keys.ours, Policy.SSRC_ANY_OUTBOUND)
        if (keys.suite, keys.theirs) != (self.keys.suite, self.keys.theirs):
            self.former, self.former_until = self.opening, now + _IN_FLIGHT
            self.opening = _context(keys.suite, keys.theirs, Policy.SSRC_ANY_INBOUND)
        self.keys = keys

    def open(self, octets: bytes, now: float) -> bytes:
        """Raises Error."""
        control = len(octets) > 1 and is_rtcp(octets[1])
        try:
            return _open(self.opening, octets, control)
        except Error:
            if self.former is None or now >= self.former_until:
                raise
            return _open(self.former, octets, control)


class Sealed:
    """The rows, of at most ``rows``, that agreed on keys."""

    def __init__(self, rows: int) -> None:
        self.unopened = np.zeros(rows, np.int64)
        """Packets that could not be opened: wrong keys, or changed on the way."""
        self.replayed = np.zeros(rows, np.int64)
        """Packets that came before."""
        self._rows: dict[int, _Row | None] = {}
        """None = its keys are to come."""
        self._has = np.zeros(rows, bool)

    def __bool__(self) -> bool:
        return bool(self._rows)

    def __contains__(self, row: int) -> bool:
        return row in self._rows

    def agree(self, row: int, keys: Keys | None, now: float) -> bool:
        """These keys from now on; None = in the clear. Tells whether ours is another one than before."""
        known = self._rows.get(row)
        before = known.keys.ours if known else None
        self._has[row] = keys is not None
        if keys is None:
            self._rows.pop(row, None)
        elif known is None:
            self._rows[row] = _Row(keys)
        else:
            known.renew(keys, now)
        return keys is not None and keys.ours != before

    def wait(self, row: int) -> None:
        """Keys are to come; until then nothing is opened or sealed."""
        self._rows[row] = None
        self._has[row] = True

    def reset(self, row: int) -> None:
        """The leg is gone."""
        self.agree(row, None, 0.0)
        self.unopened[row] = self.replayed[row] = 0

    def open_all(self, packets: Packets, now: float) -> None:
        """Open a step's packets where they lie; what cannot be opened gets the length 0."""
        count = packets.count
        lines = np.flatnonzero(self._has[packets.rows[:count]] & (packets.lengths[:count] > 0))
        flat = memoryview(packets.data).cast("B")
        lengths = []
        for start, length, row in zip(
            (lines * WIDTH).tolist(), packets.lengths[lines].tolist(), packets.rows[lines].tolist(), strict=True
        ):
            plain = self.open(row, flat[start : start + min(length, WIDTH)].tobytes(), now)
            flat[start : start + len(plain)] = plain
            lengths.append(len(plain))
        packets.lengths[lines] = lengths

    def open(self, row: int, octets: bytes, now: float) -> bytes:
        """One packet, RTP or RTCP; empty when it cannot be opened."""
        contexts = self._rows[row]
        try:
            return contexts.open(octets, now) if contexts else b""
        except Error as error:
            counter = self.replayed if "replay" in str(error) else self.unopened
            counter[row] += 1
            return b""

    def seal(self, row: int, octets: bytes) -> bytes:
        """An RTP packet of ours; as it is where the row has no keys, and nothing where they are to come."""
        if row not in self._rows:
            return octets
        contexts = self._rows[row]
        return _seal(contexts.sealing.protect, octets) if contexts else b""

    def seal_control(self, row: int, octets: bytes) -> bytes:
        """A compound of ours; see :meth:`seal`."""
        if row not in self._rows:
            return octets
        contexts = self._rows[row]
        return _seal(contexts.sealing.protect_rtcp, octets) if contexts else b""


def _open(context: Session, octets: bytes, control: bool) -> bytes:
    return context.unprotect_rtcp(octets) if control else context.unprotect(octets)


def _seal(protect: Callable[[bytes], bytes], octets: bytes) -> bytes:
    """Empty when the key may be used no more (RFC 3711 section 9.2): better silent than in the clear."""
    try:
        return protect(octets)
    except Error:
        return b""


def _context(suite: str, key: bytes, kind: int) -> Session:
    profile, _ = SUITES[suite]
    policy = Policy(key=key, ssrc_type=kind, srtp_profile=profile)
    policy.window_size = _WINDOW
    return Session(policy)
