"""The rows whose far end is a browser: what comes beside their sound, and what it leads to (RFC 8834, RFC 5764 section 5).

On the port of the sound a browser asks by STUN whether we are there, makes keys by DTLS, and sends SRTP and SRTCP. The
first octet tells which is which (RFC 7983): 0 to 3 STUN, 20 to 63 DTLS, 128 to 191 RTP and RTCP. The first two are taken
out here before the others are opened. Rows of plain phones are never looked at; without any browser, nothing is.

    its check, signed      -> our answer; its address is known to be its own
    its choice             -> the way that everything goes from now on
    DTLS from such an address -> our flight, and in the end keys for :class:`media.srtp.Sealed`
    way and keys           -> sound

A handshake that is not done in ten seconds, or never begins because no check comes through, is told of again and again:
only who knows whether the call is answered can say when that is too long.

A flight of a handshake takes about half a millisecond, so one row is served in a step; the others wait 20 ms more. The
context that all handshakes share is made with the certificate.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from media import dtls
from media.certificate import Certificate
from media.ice import Credentials, Lite
from media.orders import Keys, Web
from media.outgoing import Outgoing
from media.rtp import WIDTH, Address, Packets
from media.sources import Sources
from media.srtp import Sealed

_STUN, _DTLS = range(4), range(20, 64)
_FLIGHT = 8
"""Datagrams that are kept of one row until its turn."""


_PATIENCE, _AGAIN = 10.0, 2.0
"""Seconds from the agreement to the keys; and between two words about their absence."""
_NO_WAY = "its network lets nothing through to our port: no check of ICE came"
_NO_HANDSHAKE = "the far end does not begin the handshake"
_UNFINISHED = "the far end does not go on with it"


class Broken(NamedTuple):
    """There are no keys, and no sound. ``final``: there will be none."""

    row: int
    why: str
    final: bool = True


@dataclass(slots=True)
class _Row:
    web: Web
    ice: Lite
    handshake: dtls.Handshake
    way: Address | None = None
    """What the far end chose."""
    from_: Address | None = None
    """Where its DTLS comes from."""
    came: deque[bytes] = field(default_factory=lambda: deque(maxlen=_FLIGHT))
    failed: str = ""
    due: float | None = None
    """When it is told that there are no keys."""

    @property
    def target(self) -> Address | None:
        return self.way or self.from_


class Browsers:
    """Of at most ``rows`` rows those with a browser at the far end."""

    def __init__(self, rows: int, sources: Sources, sealed: Sealed, outgoing: Outgoing) -> None:
        self.letters: list[tuple[int, bytes, Address]] = []
        """To be sent from the port of the sound; whoever sends takes them away."""
        self._sources, self._sealed, self._outgoing = sources, sealed, outgoing
        self._context: dtls.SSL.Context | None = None
        self._rows: dict[int, _Row] = {}
        self._has = np.zeros(rows, bool)
        self._turns: deque[int] = deque()
        self._unkeyed: set[int] = set()
        """Rows whose handshake is not done."""

    def __bool__(self) -> bool:
        return bool(self._rows)

    def __contains__(self, row: int) -> bool:
        return row in self._rows

    def certify(self, certificate: Certificate) -> None:
        """All are shown this one."""
        self._context = dtls.context(certificate)

    @property
    def certified(self) -> bool:
        """Whether there is a certificate; without one there is no handshake."""
        return self._context is not None

    def agree(self, row: int, web: Web, now: float) -> None:
        """This was agreed on, or anew. A handshake begins at first, and when the far end has another certificate than
        before (RFC 8842 section 4); a new password alone is a new way for the same keys."""
        known, credentials = self._rows.get(row), Credentials(web.ufrag, web.password, web.theirs)
        if known is None:
            known = self._rows[row] = _Row(web, Lite(credentials), self._shake_hands(row, web))
            self._has[row] = True
            return
        known.ice.agree(credentials)
        if (known.web.fingerprints, known.web.active) != (web.fingerprints, web.active):
            known.handshake = self._shake_hands(row, web)
            known.came.clear()
            known.failed, known.due = "", None
            if web.active and known.way is not None:
                self._queue(row)
        elif known.handshake.keys is not None and known.target is not None:
            self._sources.select(row, known.target, now)
        known.web = web

    def _shake_hands(self, row: int, web: Web) -> dtls.Handshake:
        """Nothing is heard or sent until it is done."""
        assert self._context is not None, "no certificate"
        self._sealed.wait(row)
        self._sources.deafen(row)
        self._unkeyed.add(row)
        return dtls.Handshake(self._context, web.fingerprints, active=web.active)

    def end(self, row: int) -> None:
        """The leg is closed: say so."""
        known = self._rows.get(row)
        if known is not None and known.target is not None:
            self._send(row, known.handshake.end(), known.target)
        self.reset(row)

    def reset(self, row: int) -> None:
        """There is no browser any more."""
        self._rows.pop(row, None)
        self._has[row] = False
        self._unkeyed.discard(row)
        if row in self._turns:
            self._turns.remove(row)

    def step(self, packets: Packets, now: float) -> list[Broken]:
        """Take out of a step's packets what is not sound, and serve one row."""
        self._take_out(packets, now)
        told = self._wake(now)
        if self._turns:
            told += self._serve(self._turns.popleft(), now)
        return told

    def _take_out(self, packets: Packets, now: float) -> None:
        """Lines of these rows that are no RTP get the length 0."""
        count = packets.count
        mine = self._has[packets.rows[:count]] & (packets.lengths[:count] > 0) & (packets.data[:count, 0] < _DTLS.stop)
        for line in np.flatnonzero(mine).tolist():
            length = min(int(packets.lengths[line]), WIDTH)
            self._receive(int(packets.rows[line]), packets.data[line, :length].tobytes(), packets.addresses[line], now)
        packets.lengths[:count][mine] = 0

    def _receive(self, row: int, octets: bytes, address: Address, now: float) -> None:
        known = self._rows[row]
        if octets[0] in _STUN:
            self._check(row, known, octets, address, now)
        elif octets[0] in _DTLS and address in known.ice.valid:
            known.came.append(octets)
            known.from_ = address
            self._queue(row)
        else:
            self._sources.intrude(row, address)

    def _check(self, row: int, known: _Row, octets: bytes, address: Address, now: float) -> None:
        answer, chosen, strange = known.ice.receive(octets, address)
        if strange:
            return self._sources.intrude(row, address)
        if answer:
            self.letters.append((row, answer, address))
        if chosen and known.way != address:
            known.way = address
            if known.handshake.keys is not None:
                self._sources.select(row, address, now)
            elif known.web.active:
                self._queue(row)
        return None

    def _serve(self, row: int, now: float) -> list[Broken]:
        """One flight of one row's handshake."""
        known = self._rows[row]
        handshake = known.handshake
        came = list(known.came)
        known.came.clear()
        try:
            said = handshake.receive(came, now) if came else handshake.begin(now)
        except dtls.Failed as error:
            return [_fail(row, known, str(error), now)]
        assert known.target is not None, "a turn without a way"
        self._send(row, said, known.target)
        if handshake.keys is not None and row in self._unkeyed:
            self._key(row, known.target, handshake.keys, now)
        return []

    def _key(self, row: int, target: Address, keys: Keys, now: float) -> None:
        """Sound begins, in a stream of its own for these keys (RFC 3711 section 9.1)."""
        self._unkeyed.discard(row)
        self._sealed.agree(row, keys, now)
        self._outgoing.begin(row)
        self._sources.select(row, target, now)

    def _wake(self, now: float) -> list[Broken]:
        """Flights that nothing came back on, and rows that should have had keys long ago."""
        told: list[Broken] = []
        for row in self._unkeyed:
            known = self._rows[row]
            if known.due is None:
                known.due = now + _PATIENCE
            elif known.due <= now:
                known.due = now + _AGAIN
                told.append(Broken(row, known.failed or _missing(known), bool(known.failed)))
            deadline = known.handshake.deadline
            if deadline is None or deadline > now or known.target is None:
                continue
            try:
                self._send(row, known.handshake.wake(now), known.target)
            except dtls.Failed as error:
                told.append(_fail(row, known, str(error), now))
        return told

    def _queue(self, row: int) -> None:
        if row not in self._turns:
            self._turns.append(row)

    def _send(self, row: int, datagrams: list[bytes], target: Address) -> None:
        self.letters += [(row, octets, target) for octets in datagrams]


def _fail(row: int, known: _Row, why: str, now: float) -> Broken:
    known.failed, known.due = why, now + _AGAIN
    return Broken(row, why)


def _missing(known: _Row) -> str:
    """What they wait for."""
    if known.target is None:
        return _NO_WAY
    return _NO_HANDSHAKE if known.handshake.deadline is None else _UNFINISHED
