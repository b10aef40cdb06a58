"""What each leg was ordered to do: the orders of :mod:`media.orders`, carried out on the parts of the matrix.

An order to a leg that is not there is answered with ``Trouble``, except to stop, part or close it: it is as they want
it already. That happens in every house: an order and the end of a call cross on the way.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

import numpy as np

from media import dtmf, orders
from media.g711 import CODECS
from media.intake import Intake
from media.jitter import Ring
from media.mixer import Mixer
from media.orders import AnyOrder, AnyReport, Played, Quality, Stream, Trouble
from media.outgoing import Outgoing
from media.pool import Pool, Sound
from media.recorder import Recorder
from media.sounds import SoundError
from media.sources import Sources

_THEY_SEND = ("sendrecv", "recvonly")
_WE_SEND = ("sendrecv", "sendonly")


@dataclass(frozen=True)
class Parts:
    """The parts of the matrix; they share the row numbers."""

    sources: Sources
    ring: Ring
    intake: Intake
    mixer: Mixer
    outgoing: Outgoing
    recorder: Recorder

    @classmethod
    def make(cls, rows: int, pool: Pool, random: Random) -> "Parts":
        """Parts for up to ``rows`` legs."""
        sources, ring = Sources(rows), Ring(rows)
        return cls(
            sources,
            ring,
            Intake(rows, ring, sources),
            Mixer(rows, pool, ring.codec),
            Outgoing(rows, random),
            Recorder(),
        )


@dataclass(slots=True)
class _Leg:
    name: str
    row: int
    stream: Stream | None = None
    play: str | None = None
    sounds: deque[Sound] = field(default_factory=deque)


class Legs:
    """The open legs and their rows."""

    def __init__(self, rows: int, parts: Parts, find: Callable[[str], Sound]) -> None:
        self.rows: dict[str, int] = {}
        """Each open leg's row."""
        self.high = 0
        """All rows in use are below this one."""
        self.due = np.zeros(rows, bool)
        """Rows that packets are due from."""
        self.silent = np.zeros(rows, bool)
        """Rows that were told to be silent."""
        self._parts = parts
        self._find = find
        self._legs: list[_Leg | None] = [None] * rows
        self._free = list(range(rows))
        self._now = 0.0
        self._begun: set[int] = set()
        self._ways: dict[type, Callable[..., list[AnyReport]]] = {
            orders.Open: self._open,
            orders.Change: self._change,
            orders.Play: self._play,
            orders.Stop: self._stop,
            orders.Music: self._music,
            orders.Join: self._join,
            orders.Part: self._part,
            orders.Press: self._press,
            orders.Record: self._record,
            orders.Pause: self._pause,
            orders.Resume: self._resume,
            orders.Finish: self._finish,
            orders.Close: self._close,
        }

    def name(self, row: int) -> str:
        """The leg in a row that is in use."""
        return self._at(row).name

    def obey(self, order: AnyOrder) -> list[AnyReport]:
        """Carry out one order."""
        return self._ways[type(order)](order)

    def begin_step(self, now: float) -> None:
        """Waiting for packets of new streams begins with the first step, not before."""
        self._now = now
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

    def play_on(self, row: int) -> list[AnyReport]:
        """A sound of the foreground was heard to its end: the next one, or tell that it was the last."""
        leg = self._at(row)
        if leg.sounds:
            self._parts.mixer.play(row, leg.sounds.popleft())
            return []
        self._parts.mixer.play(row, None)
        play, leg.play = leg.play or "", None
        return [Played(leg.name, play)]

    # -- rows ------------------------------------------------------------------------------------------------------

    def _open(self, order: orders.Open) -> list[AnyReport]:
        if order.leg in self.rows:
            return [Trouble(order.leg, "this leg is open already")]
        if not self._free:
            return [Trouble(order.leg, "there is no row left")]
        row = heappop(self._free)
        self.rows[order.leg] = row
        self.high = max(self.high, row + 1)
        self._legs[row] = _Leg(order.leg, row)
        self._parts.outgoing.begin(row)
        self._parts.recorder.legs_changed()
        return self._agree(self._at(row), order.stream) if order.stream else []

    def _close(self, order: orders.Close) -> list[AnyReport]:
        if order.leg not in self.rows:
            return []
        row = self.rows.pop(order.leg)
        intake, ring = self._parts.intake, self._parts.ring
        quality = Quality(
            order.leg,
            int(intake.received[row]),
            intake.lost(row),
            int(ring.late[row]),
            round(float(intake.jitter[row]) / 8000, 6),
        )
        self._parts.mixer.part(row)
        for part in (self._parts.mixer, intake, self._parts.sources):
            part.reset(row)
        ring.reset(row, 0)
        self._parts.outgoing.end(row)
        self._parts.recorder.legs_changed()
        self.due[row] = self.silent[row] = False
        self._begun.discard(row)
        self._legs[row] = None
        heappush(self._free, row)
        while self.high and self._legs[self.high - 1] is None:
            self.high -= 1
        return [quality]

    def _change(self, order: orders.Change) -> list[AnyReport]:
        if order.leg not in self.rows:
            return self._unknown(order.leg)
        return self._agree(self._at(self.rows[order.leg]), order.stream)

    def _agree(self, leg: _Leg, stream: Stream) -> list[AnyReport]:
        """A stream was agreed on (anew): what we expect, what we send, and where to."""
        if stream.codec not in CODECS:
            return [Trouble(leg.name, f"codec {stream.codec} is not known here")]
        parts, row = self._parts, leg.row
        reports: list[AnyReport] = []
        try:
            parts.sources.name(row, stream.host, stream.port, self._now)
        except ValueError:
            parts.sources.name(row, "", 0, self._now)
            reports.append(Trouble(leg.name, f"{stream.host!r} is not an IP address; waiting for their packets"))
        codec = CODECS[stream.codec]
        if leg.stream is None or parts.ring.codec[row] != codec:
            parts.ring.reset(row, codec)
            parts.mixer.codec_changed()
        hears = stream.direction in _THEY_SEND
        parts.intake.expect(row, stream.payload_type if hears else None, stream.event_type)
        parts.outgoing.agree(row, stream.payload_type, stream.event_type)
        parts.sources.moved.add(row)
        leg.stream = stream
        self.due[row], self.silent[row] = hears, False
        self._begun.add(row)
        return reports

    # -- sounds ----------------------------------------------------------------------------------------------------

    def _play(self, order: orders.Play) -> list[AnyReport]:
        if order.leg not in self.rows:
            return self._unknown(order.leg)
        leg = self._at(self.rows[order.leg])
        sounds, troubles = self._find_all(leg.name, order.sounds)
        leg.play, leg.sounds = order.play, deque(sound for sound in sounds if sound.end > sound.first)
        return troubles + (self.play_on(leg.row) if not leg.sounds else self._start(leg))

    def _start(self, leg: _Leg) -> list[AnyReport]:
        self._parts.mixer.play(leg.row, leg.sounds.popleft())
        return []

    def _stop(self, order: orders.Stop) -> list[AnyReport]:
        row = self.rows.get(order.leg)
        if row is not None and order.play in ("", self._at(row).play):
            self._silence(row)
        return []

    def _music(self, order: orders.Music) -> list[AnyReport]:
        if order.leg not in self.rows:
            return self._unknown(order.leg)
        sounds, troubles = self._find_all(order.leg, (order.sound,) if order.sound else ())
        self._parts.mixer.music(self.rows[order.leg], sounds[0] if sounds and sounds[0].end > sounds[0].first else None)
        return troubles

    def _find_all(self, leg: str, paths: tuple[str, ...]) -> tuple[list[Sound], list[AnyReport]]:
        sounds, troubles = [], []
        for path in paths:
            try:
                sounds.append(self._find(path))
            except SoundError as error:
                troubles.append(Trouble(leg, str(error)))
        return sounds, troubles

    def _silence(self, row: int) -> None:
        """Nothing in the foreground, and nobody to be told."""
        self._at(row).play = None
        self._at(row).sounds.clear()
        self._parts.mixer.play(row, None)

    # -- who hears whom --------------------------------------------------------------------------------------------

    def _join(self, order: orders.Join) -> list[AnyReport]:
        for leg in (order.one, order.other):
            if leg not in self.rows:
                return self._unknown(leg)
        if order.one == order.other:
            return [Trouble(order.one, "a leg cannot be joined with itself")]
        one, other = self.rows[order.one], self.rows[order.other]
        self._silence(one)
        self._silence(other)
        self._parts.mixer.join(one, other)
        return []

    def _part(self, order: orders.Part) -> list[AnyReport]:
        if order.leg in self.rows:
            self._parts.mixer.part(self.rows[order.leg])
        return []

    def _press(self, order: orders.Press) -> list[AnyReport]:
        if order.leg not in self.rows:
            return self._unknown(order.leg)
        digits = order.digits.upper()
        if not all(digit in dtmf.DIGITS for digit in digits):
            return [Trouble(order.leg, f"{order.digits!r} is not all digits")]
        if not self._parts.outgoing.type(self.rows[order.leg], digits):
            return [Trouble(order.leg, "the far end takes no telephone events")]
        return []

    # -- recordings ------------------------------------------------------------------------------------------------

    def _record(self, order: orders.Record) -> list[AnyReport]:
        self._parts.recorder.record(order.recording, order.path, order.left, order.right, order.mono)
        return []

    def _pause(self, order: orders.Pause) -> list[AnyReport]:
        return [] if self._parts.recorder.pause(order.recording, True) else self._no_recording(order.recording)

    def _resume(self, order: orders.Resume) -> list[AnyReport]:
        return [] if self._parts.recorder.pause(order.recording, False) else self._no_recording(order.recording)

    def _finish(self, order: orders.Finish) -> list[AnyReport]:
        return [] if self._parts.recorder.finish(order.recording) else self._no_recording(order.recording)

    # -- small things ----------------------------------------------------------------------------------------------

    def _at(self, row: int) -> _Leg:
        leg = self._legs[row]
        assert leg is not None, "a row that is not in use"
        return leg

    def _unknown(self, leg: str) -> list[AnyReport]:
        return [Trouble(leg, "there is no such leg")]

    def _no_recording(self, recording: str) -> list[AnyReport]:
        return [Trouble("", f"there is no recording {recording}")]
