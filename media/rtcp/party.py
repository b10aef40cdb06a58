"""One leg's end of RTCP: when to report and what, and what the far end has said (RFC 3550 section 6, RFC 3611).

There are two in every session here, so of the rules of section 6.3 only the shortest time counts: 5 seconds, the first
time half of it, times a chance of 0.5 to 1.5, and reconsidered when it is over. The bandwidth of two parties would allow
more than is asked for by that, whatever the codec.
"""

from collections.abc import Callable
from math import e
from random import Random
from typing import NamedTuple

from media.orders import Control
from media.rtcp.words import (
    Block,
    Bye,
    Delay,
    Description,
    ReceiverReport,
    ReferenceTime,
    Report,
    SenderReport,
    VoipMetrics,
    middle,
    ntp,
)

_LEAST = 5.0
_COMPENSATION = e - 1.5
"""What reconsideration would shorten the time by (section 6.3.1)."""
_LONGEST_TRIP = 10.0


class Sent(NamedTuple):
    """Where our own stream is, in 20 ms and at 8000 Hz as the matrix makes it."""

    ssrc: int
    sequence: int
    timestamp: int
    octets: int = 160
    """Of the payload of 20 ms."""
    ratio: int = 1
    """The clock of what goes out, over 8000."""
    ptime: int = 20
    """Milliseconds of what goes out."""


class Reception(NamedTuple):
    """What came of their stream since it began; ``expected`` by its sequence numbers."""

    ssrc: int
    highest: int
    expected: int
    received: int
    jitter: int


class Party:
    """The state of one leg; ``wall`` is what to add to ``now`` for POSIX seconds."""

    def __init__(self, random: Random, wall: float, now: float, sent: Sent) -> None:
        self.control = Control()
        self.round_trip: float | None = None
        """Seconds, the last one measured."""
        self.far: Block | None = None
        """What they heard of us, as they last said."""
        self.metrics: VoipMetrics | None = None
        """The same as a telephone sees it."""
        self._random = random
        self._wall = wall
        self._cname = f"{random.getrandbits(96):024x}"  # Of this session alone, telling nothing (RFC 7022 section 4.2).
        self._last = now
        self._silent = True
        """Nothing was reported yet."""
        self._sent = sent
        self._made = self._octets = 0
        """Packets of the matrix, and their octets."""
        self._sends = False
        self._sender: tuple[int, float] | None = None
        """The middle of the time in their last sender report, and when it came."""
        self._reference: tuple[int, int, float] | None = None
        """The same of their reference time, and whose it is."""
        self._before = Reception(0, 0, 0, 0, 0)
        self.due = now + self._pause()

    # -- reporting -------------------------------------------------------------------------------------------------

    def is_due(self, now: float) -> bool:
        """Whether to report now; if not, it was reconsidered, and is due later (section 6.3.6)."""
        again = self._last + self._pause()
        if again > now:
            self.due = again
        return again <= now

    def advance(self, sent: Sent) -> None:
        """Count what was sent since; at least once in 65,536 packets."""
        if sent.ssrc != self._sent.ssrc:
            self._made = self._octets = 0
            self._sent = sent
        step = sent.sequence - self._sent.sequence & 0xFFFF
        self._made += step
        self._octets += step * sent.octets
        self._sends = step > 0
        self._sent = sent

    def compose(self, now: float, sent: Sent, heard: Reception | None, metrics: Callable[[], VoipMetrics]) -> list[Report]:
        """A compound of all that is to be said now. ``metrics`` is asked only if they want it."""
        self.advance(sent)
        self._last, self._silent = now, False
        self.due = now + self._pause()
        ssrc, told = sent.ssrc, self._report(now, sent, heard)
        said: list[Report] = [told, Description(ssrc, self._cname)]
        if self._reference is not None:
            whose, last, at = self._reference
            said.append(Delay(ssrc, whose, last, _units(now - at)))
        if "rcvr-rtt" in self.control.metrics and isinstance(told, ReceiverReport):
            said.append(ReferenceTime(ssrc, ntp(now + self._wall)))
        if "voip-metrics" in self.control.metrics and heard is not None:
            said.append(metrics())
        return said

    def farewell(self, now: float, sent: Sent, heard: Reception | None) -> list[Report]:
        """The last compound; empty where they never heard of us (section 6.3.7)."""
        self.advance(sent)
        if self._silent and not self._made:
            return []
        return [self._report(now, sent, heard), Description(sent.ssrc, self._cname), Bye((sent.ssrc,))]

    @property
    def packets(self) -> int:
        """How many of ours went out."""
        return self._made * 20 // self._sent.ptime

    def _report(self, now: float, sent: Sent, heard: Reception | None) -> SenderReport | ReceiverReport:
        blocks = () if heard is None else (self._block(now, heard),)
        if not self._sends:
            return ReceiverReport(sent.ssrc, blocks)
        stamp = ntp(now + self._wall)
        return SenderReport(sent.ssrc, stamp, sent.timestamp * sent.ratio, self.packets, self._octets, blocks)

    def _block(self, now: float, heard: Reception) -> Block:
        before = self._before if self._before.ssrc == heard.ssrc else Reception(0, 0, 0, 0, 0)
        self._before = heard
        expected, received = heard.expected - before.expected, heard.received - before.received
        fraction = 256 * (expected - received) // expected if 0 <= received < expected else 0
        last, at = self._sender or (0, now)
        lost = heard.expected - heard.received
        return Block(heard.ssrc, min(fraction, 255), lost, heard.highest, heard.jitter, last, _units(now - at))

    def _pause(self) -> float:
        least = _LEAST / 2 if self._silent else _LEAST
        return least * self._random.uniform(0.5, 1.5) / _COMPENSATION

    # -- hearing ---------------------------------------------------------------------------------------------------

    def hear(self, reports: list[Report], now: float, ours: int, theirs: int) -> bool:
        """What they say; ``ours`` and ``theirs`` are the sources, 0 = not known. Whether they told how they hear us."""
        before = self.far
        for report in reports:
            match report:
                case SenderReport() if theirs in (0, report.ssrc):
                    self._sender = (middle(report.ntp), now)
                    self._hear_blocks(report.blocks, now, ours)
                case SenderReport() | ReceiverReport():
                    self._hear_blocks(report.blocks, now, ours)
                case Delay() if report.of == ours:
                    self._measure(report.last, report.delay, now)
                case ReferenceTime():
                    self._reference = (report.ssrc, middle(report.ntp), now)
                case VoipMetrics() if report.of == ours:
                    self.metrics = report
        return self.far is not before

    def _hear_blocks(self, blocks: tuple[Block, ...], now: float, ours: int) -> None:
        for block in blocks:
            if block.ssrc == ours:
                self.far = block
                self._measure(block.last, block.delay, now)

    def _measure(self, last: int, delay: int, now: float) -> None:
        """There and back: this moment, less when our report left and how long they kept it (section 6.4.1)."""
        if not last:
            return
        trip = (middle(ntp(now + self._wall)) - last - delay & 0xFFFFFFFF) / 65536
        if trip > 65526:  # A little below zero: our steps are not that fine.
            trip = 0.0
        if trip < _LONGEST_TRIP:
            self.round_trip = trip


def _units(seconds: float) -> int:
    return max(0, int(seconds * 65536))
