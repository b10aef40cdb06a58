"""The open legs and their rows: who is in which row, what stream was agreed on, and what is quiet."""

from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

import numpy as np

from media.browsers import Browsers
from media.codecs import TRANSCODED
from media.decoding import PAYLOAD_TYPE
from media.dialling import Dialling
from media.g711 import CODECS, PCMU
from media.intake import Intake
from media.jitter import Jitter
from media.mixer import Mixer
from media.orders import AnyReport, Change, Close, Open, Stream, Trouble
from media.outgoing import Outgoing
from media.pool import Pool, Sound
from media.recorder import Recorder
from media.reporting import Reporting
from media.ring import Ring
from media.sources import Sources
from media.srtp import Sealed
from media.tones import Tones
from media.transcoding import Transcoding

_STEP = 20
"""Milliseconds of a packet of the matrix."""
_THEY_SEND = ("sendrecv", "recvonly")
_WE_SEND = ("sendrecv", "sendonly")


@dataclass(frozen=True)
class Parts:
    """The parts of the matrix; they share the row numbers."""

    sources: Sources
    ring: Ring
    intake: Intake
    jitter: Jitter
    mixer: Mixer
    outgoing: Outgoing
    recorder: Recorder
    sealed: Sealed
    browsers: Browsers
    transcoding: Transcoding
    reporting: Reporting
    tones: Tones
    dialling: Dialling

    @classmethod
    def make(cls, rows: int, pool: Pool, random: Random, wall: float = 0.0, poor_below: float = 0.0) -> "Parts":
        """Parts for up to ``rows`` legs. ``wall`` and ``poor_below`` are those of :class:`media.reporting.Reporting`."""
        sources, ring = Sources(rows), Ring(rows)
        intake, jitter = Intake(rows, ring, sources), Jitter(ring)
        mixer, outgoing = Mixer(rows, pool, ring.codec), Outgoing(rows, random)
        sealed, recorder = Sealed(rows), Recorder(rows)
        browsers = Browsers(rows, sources, sealed, outgoing)
        reporting = Reporting(rows, intake, outgoing, sources, ring, sealed, random, wall, poor_below)
        transcoding, tones, dialling = Transcoding(), Tones(rows), Dialling()
        return cls(
            sources, ring, intake, jitter, mixer, outgoing, recorder, sealed, browsers, transcoding,
            reporting, tones, dialling,
        )  # fmt: skip


@dataclass(slots=True)
class Leg:
    """One leg, from Open to Close."""

    name: str
    row: int
    stream: Stream | None = None
    play: str | None = None
    """The name of what plays in the foreground; None = nothing does."""
    sounds: deque[Sound] = field(default_factory=deque)
    """What is to be played after the sound that plays now."""


class Legs:
    """All that are open, at most ``rows``."""

    def __init__(self, rows: int, parts: Parts, tones: bool = True) -> None:
        self.rows: dict[str, int] = {}
        """Each open leg's row."""
        self.high = 0
        """All rows in use are below this one."""
        self.due = np.zeros(rows, bool)
        """Rows that packets are due from."""
        self.silent = np.zeros(rows, bool)
        """Rows that were told to be silent."""
        self.talks = np.zeros(rows, bool)
        """Rows where neither side holds the other."""
        self.talks_since = np.zeros(rows)
        """When that was agreed on last."""
        self._parts = parts
        self._tones = tones
        self._legs: list[Leg | None] = [None] * rows
        self._free = list(range(rows))
        self._now = 0.0
        self._begun: set[int] = set()

    def at(self, row: int) -> Leg:
        """The leg in a row that is in use."""
        leg = self._legs[row]
        assert leg is not None, "a row that is not in use"
        return leg

    def find(self, name: str) -> Leg | None:
        """The leg of this name."""
        row = self.rows.get(name)
        return None if row is None else self._legs[row]

    def begin_step(self, now: float) -> None:
        """Waiting for packets of new streams begins with the first step, not before."""
        self._now = now
        if self._begun:
            self._parts.sources.heard[list(self._begun)] = now
            self._begun.clear()

    def retarget(self) -> None:
        """Sources were learnt: send there from now on."""
        moved = self._parts.sources.moved
        for row in moved:
            leg = self._legs[row]
            may = leg is not None and leg.stream is not None and leg.stream.direction in _WE_SEND
            self._parts.outgoing.retarget(row, may and self._parts.sources.targets[row] is not None)
        moved.clear()

    def open(self, order: Open) -> list[AnyReport]:
        """Give it the lowest free row."""
        if order.leg in self.rows:
            return [Trouble(order.leg, "this leg is open already")]
        if not self._free:
            return [Trouble(order.leg, "there is no row left")]
        row = heappop(self._free)
        leg = self._legs[row] = Leg(order.leg, row)
        self.rows[order.leg] = row
        self.high = max(self.high, row + 1)
        self._parts.sources.peers[row] = order.peer
        self._parts.outgoing.begin(row)
        self._parts.recorder.legs_changed()
        return self._agree(leg, order.stream) if order.stream else []

    def change(self, leg: Leg, order: Change) -> list[AnyReport]:
        """The stream was agreed on, or anew."""
        return self._agree(leg, order.stream)

    def close(self, leg: Leg, order: Close) -> list[AnyReport]:
        """Free the row, and leave nothing of the leg in it."""
        row, parts = leg.row, self._parts
        reports: list[AnyReport] = [parts.reporting.end(row, leg.name, self._now)]
        parts.mixer.part(row)
        parts.browsers.end(row)
        for part in (parts.mixer, parts.intake, parts.sources, parts.sealed, parts.transcoding, parts.tones, parts.dialling):
            part.reset(row)
        parts.jitter.reset(row, 0)
        parts.outgoing.end(row)
        parts.recorder.legs_changed()
        self.due[row] = self.silent[row] = self.talks[row] = False
        self._begun.discard(row)
        self._legs[row] = None
        del self.rows[leg.name]
        heappush(self._free, row)
        while self.high and self._legs[self.high - 1] is None:
            self.high -= 1
        return reports

    def _agree(self, leg: Leg, stream: Stream) -> list[AnyReport]:
        """What we expect, what we send, and where to."""
        if stream.codec not in CODECS and stream.codec not in TRANSCODED:
            return [Trouble(leg.name, f"codec {stream.codec} is not known here")]
        if stream.web and not self._parts.browsers.certified:
            return [Trouble(leg.name, "there is no certificate to show to a browser")]
        parts, row, codec = self._parts, leg.row, CODECS.get(stream.codec, PCMU)
        reports = self._name_source(leg, stream)
        if leg.stream is None or parts.ring.codec[row] != codec:
            parts.jitter.reset(row, codec)
            parts.mixer.codec_changed()
        hears = stream.direction in _THEY_SEND
        self._agree_on_keys(leg, stream)
        self._agree_on_numbers(row, stream, hears)
        self._agree_on_packets(row, stream)
        parts.reporting.agree(row, leg.name, stream, self._now)
        parts.sources.moved.add(row)
        leg.stream = stream
        self.due[row] = hears
        self.talks[row], self.talks_since[row] = stream.direction == "sendrecv", self._now
        if not self.silent[row]:  # Who was told to be silent stays so until heard.
            self._begun.add(row)
        return reports

    def _agree_on_keys(self, leg: Leg, stream: Stream) -> None:
        """A new key of ours is for a new source, so that no key stream is ever used twice (RFC 3711 section 9.1)."""
        sealed, outgoing = self._parts.sealed, self._parts.outgoing
        if stream.web:
            outgoing.seal(leg.row, True)
            return self._parts.browsers.agree(leg.row, stream.web, self._now)
        self._parts.browsers.reset(leg.row)
        if sealed.agree(leg.row, stream.keys, self._now) and leg.stream is not None:
            outgoing.begin(leg.row)
        return outgoing.seal(leg.row, stream.keys is not None)

    def _agree_on_numbers(self, row: int, stream: Stream, hears: bool) -> None:
        """The payload types. To the matrix a transcoded leg is one in PCMU."""
        sent = stream.payload_type
        heard = sent if stream.heard_type is None else stream.heard_type
        event = stream.event_type if stream.heard_event_type is None else stream.heard_event_type
        if stream.codec in TRANSCODED:
            sent = heard = PAYLOAD_TYPE
        self._parts.intake.expect(row, heard if hears else None, event)
        self._parts.outgoing.agree(row, sent, stream.event_type)
        self._parts.tones.listen(row, self._tones and hears and event is None)

    def _agree_on_packets(self, row: int, stream: Stream) -> None:
        """Who needs another codec, or others than packets of 20 ms, is set aside."""
        outgoing, transcoding = self._parts.outgoing, self._parts.transcoding
        if stream.codec in TRANSCODED:
            if row not in transcoding:
                outgoing.transcode(row)
            return transcoding.agree(row, stream)
        transcoding.reset(row)
        if stream.ptime == _STEP:
            return outgoing.set_back(row)
        return outgoing.repack(row, stream.ptime, stream.payload_type)

    def _name_source(self, leg: Leg, stream: Stream) -> list[AnyReport]:
        try:
            self._parts.sources.name(leg.row, stream.host, stream.port, self._now)
        except ValueError:
            self._parts.sources.name(leg.row, "", 0, self._now)
            return [Trouble(leg.name, f"{stream.host!r} is no IP address; waiting for their packets instead")]
        return []
