"""RTCP of all rows, and what it tells about how well one hears (RFC 3550 section 6; the words are in :mod:`media.rtcp`).

A row reports every few seconds, by chance, so that the rows spread over time by themselves; what is more than some at once
waits for the next time. Nothing here is done for a packet of sound: what came and what was lost is read off the
counters that the intake keeps anyway, and the stretches of loss by looking at these ten times a second.
"""

from heapq import heappop, heappush
from random import Random
from typing import NamedTuple

import numpy as np

from media import rtcp
from media.intake import Intake
from media.orders import AnyReport, Fair, Far, Poor, Quality, Stream
from media.outgoing import Outgoing
from media.quality import Losses, mos, rating
from media.ring import Ring
from media.rtcp import Party, Reception, Sent, VoipMetrics
from media.rtp import Address, plain_host
from media.sources import Sources
from media.srtp import Sealed

AT_MOST = 40
"""Rows that report at once, in one step of five."""
PACKET = 0.02
"""Seconds of sound in a packet."""
_CLOCK = 8000
_ENOUGH = 50
"""Packets out of which an opinion can be formed."""
_BETTER = 0.2
"""What a score must rise above the limit by, to be fair again."""
_IN_CONFIG = 0xF0
"""Standard concealment, adaptive buffer (RFC 3611 section 4.7.6)."""
_WIDEST = 60
_HALF_A_STEP = 0.01


class Letter(NamedTuple):
    """A compound to be sent."""

    row: int
    octets: bytes
    target: Address
    shared: bool
    """On the port of the sound."""


class _Row:
    """What one leg has said and heard."""

    def __init__(self, name: str, party: Party) -> None:
        self.name = name
        self.party = party
        self.losses = Losses()
        self.received = 0
        """When packets were last missing."""
        self.told = (0, 0, 0)
        """Expected, received and late at the last report."""
        self.ratio = 1
        """The clock of its codec, over that of the matrix."""
        self.ptime = 20
        self.target: Address | None = None
        """Where their reports come from, on a port of their own."""
        self.poor: set[str] = set()


class Reporting:
    """The rows that agreed on a stream. ``wall``: what to add to ``now`` for POSIX seconds; ``poor_below``: the opinion
    score below which a stretch is told of."""

    def __init__(self, rows: int, intake: Intake, outgoing: Outgoing, sources: Sources, ring: Ring, sealed: Sealed,
                 random: Random, wall: float = 0.0, poor_below: float = 0.0) -> None:  # fmt: skip
        self.letters: list[Letter] = []
        """To be sent; whoever sends takes them away."""
        self._intake, self._outgoing, self._sources = intake, outgoing, sources
        self._ring, self._sealed = ring, sealed
        self._random, self._wall, self._poor_below = random, wall, poor_below
        self._rows: dict[int, _Row] = {}
        self._due: list[tuple[float, int]] = []
        self._missing = np.zeros(rows, np.int64)
        """At the last look."""

    # -- the life of a row -----------------------------------------------------------------------------------------

    def agree(self, row: int, name: str, stream: Stream, now: float) -> None:
        """A stream was agreed on, or anew."""
        known = self._rows.get(row)
        if known is None:
            known = self._rows[row] = _Row(name, Party(self._random, self._wall, now, self._outgoing.sent(row)))
            heappush(self._due, (known.party.due, row))
        if stream.control != known.party.control:
            known.target = None
        known.party.control = stream.control
        known.ratio, known.ptime = (6 if stream.codec == "opus" else 1), stream.ptime

    def end(self, row: int, name: str, now: float) -> Quality:
        """The leg is closed: say goodbye, and tell how it was."""
        known = self._rows.pop(row, None)
        if known is None:
            return Quality(name, 0, 0, 0, 0.0)
        quality = self._quality(row, known)
        said = known.party.farewell(now, self._sent(row, known), self._reception(row, known))
        if said:
            self._write(row, known, rtcp.build(said))
        self._missing[row] = 0
        return quality

    # -- ten times a second -----------------------------------------------------------------------------------------

    def step(self, now: float) -> list[AnyReport]:
        """Let those report whose time has come."""
        told: list[AnyReport] = []
        left = AT_MOST
        while left and self._due and self._due[0][0] <= now:
            due, row = heappop(self._due)
            known = self._rows.get(row)
            if known is None or known.party.due != due:  # That leg is closed.
                continue
            left -= 1
            if known.party.is_due(now):
                told += self._report(row, known, now)
            heappush(self._due, (known.party.due, row))
        return told

    def look(self, rows: int) -> None:
        """See where packets are missing that were not at the last look."""
        missing = self._intake.missing(rows)
        for row in np.flatnonzero(missing != self._missing[:rows]).tolist():
            if known := self._rows.get(row):
                self._notice(row, known, int(missing[row]))

    def _notice(self, row: int, known: _Row, missing: int) -> None:
        received = int(self._intake.received[row])
        known.losses.receive(received - known.received)
        known.losses.lose(missing - int(self._missing[row]))
        known.received, self._missing[row] = received, missing

    def _report(self, row: int, known: _Row, now: float) -> list[AnyReport]:
        heard = self._reception(row, known)
        said = known.party.compose(now, self._sent(row, known), heard, lambda: self._metrics(row, known))
        self._write(row, known, rtcp.build(said))
        return self._judge_heard(row, known)

    def _sent(self, row: int, known: _Row) -> Sent:
        return self._outgoing.sent(row)._replace(ratio=known.ratio, ptime=known.ptime)

    def _reception(self, row: int, known: _Row) -> Reception | None:
        heard = self._intake.reception(row)
        return heard and heard._replace(jitter=heard.jitter * known.ratio)

    def _write(self, row: int, known: _Row, octets: bytes) -> None:
        target = self._target(row, known)
        octets = self._sealed.seal_control(row, octets)
        if target is not None and octets:
            self.letters.append(Letter(row, octets, target, known.party.control.mux))

    def _target(self, row: int, known: _Row) -> Address | None:
        """Where to send: the port of the sound where it is shared; where theirs came from; or where they said."""
        sound, control = self._sources.targets[row], known.party.control
        if control.mux or sound is None:
            return sound
        if known.target is not None:
            return known.target
        port = control.port or sound[1] + 1
        return (control.host or sound[0], port) if port < 65536 else None

    # -- what they say ---------------------------------------------------------------------------------------------

    def hear(self, row: int, octets: bytes, address: Address, now: float, shared: bool) -> list[AnyReport]:
        """A compound of theirs, opened; ``shared``: it came on the port of the sound, where its source was checked."""
        known = self._rows.get(row)
        if known is None:
            return []
        if not shared and not self._is_theirs(row, known, address):
            self._sources.intrude(row, address)
            return []
        try:
            said = rtcp.parse(octets)
        except rtcp.Malformed:
            return []
        self._sources.reported[row] = now
        known.target = None if shared else address
        ours = self._outgoing.sent(row).ssrc
        moment = now - _HALF_A_STEP if shared else now
        fresh = known.party.hear(said, moment, ours, self._intake.source(row))
        return self._judge_sent(known) if fresh else []

    def _is_theirs(self, row: int, known: _Row, address: Address) -> bool:
        """From the host that their sound comes from, or the one that they named for this."""
        sound = self._sources.targets[row]
        host = plain_host(address[0])
        return host == known.party.control.host or (sound is not None and host == plain_host(sound[0]))

    # -- how it is -------------------------------------------------------------------------------------------------

    def _judge_heard(self, row: int, known: _Row) -> list[AnyReport]:
        """How the party was heard since the last time."""
        heard, late = self._intake.reception(row), int(self._ring.late[row])
        now = (heard.expected, heard.received, late) if heard else (0, 0, 0)
        expected, received, late = (after - before for after, before in zip(now, known.told, strict=True))
        known.told = now
        if expected < _ENOUGH:
            return []
        loss = _share(max(0, expected - received) + max(0, late), expected)
        score = self._score_heard(row, known, loss)
        return self._tell(known, "heard", score, loss, float(self._intake.jitter[row]) / _CLOCK)

    def _judge_sent(self, known: _Row) -> list[AnyReport]:
        """How the party heard us since its last report."""
        far = known.party.far
        if far is None or known.party.packets < _ENOUGH:
            return []
        loss = far.fraction / 256
        return self._tell(known, "sent", self._score_sent(known.party, loss), loss, far.jitter / (_CLOCK * known.ratio))

    def _tell(self, known: _Row, way: str, score: float, loss: float, jitter: float) -> list[AnyReport]:
        if score < self._poor_below and way not in known.poor:
            known.poor.add(way)
            trip = known.party.round_trip
            return [Poor(known.name, way, round(score, 2), round(loss, 4), round(jitter, 6), _rounded(trip))]
        if score >= self._poor_below + _BETTER and way in known.poor:
            known.poor.discard(way)
            return [Fair(known.name, way)]
        return []

    def _score_heard(self, row: int, known: _Row, loss: float) -> float:
        return mos(rating(loss, self._delay(row, known), known.losses.burst_ratio(loss)))

    def _score_sent(self, party: Party, loss: float) -> float:
        """Of their buffer we know what they tell, or take it for 40 ms."""
        buffer = party.metrics.jb_nominal / 1000 if party.metrics else 2 * PACKET
        return mos(rating(loss, (party.round_trip or 0.0) / 2 + PACKET + buffer))

    def _delay(self, row: int, known: _Row) -> float:
        """From mouth to ear: half the round trip, a packet, and what is kept in the ring."""
        return (known.party.round_trip or 0.0) / 2 + PACKET + self._buffer(row)

    def _buffer(self, row: int) -> float:
        return PACKET * (int(self._ring.margin[row]) + 1)

    def _metrics(self, row: int, known: _Row) -> VoipMetrics:
        """The block of RFC 3611 section 4.7 about what was heard so far."""
        heard, late = self._intake.reception(row), int(self._ring.late[row])
        assert heard is not None, "metrics of nothing"
        loss = _share(heard.expected - heard.received + late, heard.expected)
        r = rating(loss, self._delay(row, known), known.losses.burst_ratio(loss))
        score = round(10 * mos(r))
        burst, gap = known.losses.densities()
        burst_time, gap_time = known.losses.durations(PACKET)
        buffer = round(1000 * self._buffer(row))
        return VoipMetrics(
            self._outgoing.sent(row).ssrc, heard.ssrc,
            loss_rate=min(255, int(256 * _share(heard.expected - heard.received, heard.expected))),
            discard_rate=min(255, int(256 * _share(late, heard.expected))), burst_density=burst, gap_density=gap,
            burst_duration=burst_time, gap_duration=gap_time, round_trip=min(0xFFFF, _milliseconds(known.party.round_trip)),
            end_system_delay=buffer + round(1000 * PACKET), r_factor=round(r),
            mos_lq=round(10 * mos(rating(loss, 0.0, known.losses.burst_ratio(loss)))), mos_cq=score, config=_IN_CONFIG,
            jb_nominal=buffer, jb_maximum=_WIDEST, jb_limit=_WIDEST,
        )  # fmt: skip

    def _quality(self, row: int, known: _Row) -> Quality:
        intake, sources, sealed = self._intake, self._sources, self._sealed
        received, lost, late = int(intake.received[row]), intake.lost(row), int(self._ring.late[row])
        self._notice(row, known, lost)
        loss = _share(lost + late, received + lost)
        score = self._score_heard(row, known, loss) if received + lost >= _ENOUGH else None
        return Quality(
            known.name, received, lost, late, round(float(intake.jitter[row]) / _CLOCK, 6),
            burst=round(known.losses.longest(), 2), mos=_rounded(score, 2), round_trip=_rounded(known.party.round_trip),
            far=self._far(known), intruders=int(sources.strangers[row]), unopened=int(sealed.unopened[row]),
            replayed=int(sealed.replayed[row]),
        )  # fmt: skip

    def _far(self, known: _Row) -> Far | None:
        party, far = known.party, known.party.far
        if far is None or party.packets < _ENOUGH:
            return None
        loss = _share(far.lost, party.packets)
        score = self._score_sent(party, loss)
        if party.metrics is not None and 10 <= party.metrics.mos_cq <= 50:
            score = party.metrics.mos_cq / 10
        return Far(far.lost, round(loss, 4), round(far.jitter / (_CLOCK * known.ratio), 6), round(score, 2))


def _share(part: int, whole: int) -> float:
    return min(1.0, max(0, part) / whole) if whole > 0 else 0.0


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)


def _milliseconds(value: float | None) -> int:
    return 0 if value is None else round(1000 * value)
