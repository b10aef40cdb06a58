"""What came in during a step, sorted by what is to be done with it.

Nearly every packet is the one that was expected; those are recognised and stored for all rows at once
(:mod:`media.plain`). The others (the first of a source, a key press, an odd packet time, a late one) are looked at one by
one; a flood of them costs time, so the sockets give a row only a few packets a step.
"""

from types import ModuleType

import numpy as np

from media import dtmf
from media.comfort import COMFORT_NOISE
from media.plain import Columns, storing, ticks
from media.ring import Ring
from media.rtcp import Reception, is_rtcp
from media.rtp import FRAME, WIDTH, Address, Packet, Packets, parse
from media.shim import built
from media.sources import Sources

_PLAIN = 0x8000
_NOTHING = 0


class Intake:
    """The receiving half of ``rows`` legs."""

    def __init__(self, rows: int, ring: Ring, sources: Sources, shim: ModuleType | None = built) -> None:
        columns = Columns(rows)
        self.received, self.jitter = columns.received, columns.jitter
        self.controls: list[tuple[int, bytes, Address]] = []
        """Reports that came on the ports of the sound (RFC 5761): row, octets, source; whoever reads takes them away."""
        self._ring = ring
        self._sources = sources
        self._expected, self._ssrc, self._transit = columns.expected, columns.ssrc, columns.transit
        self._top = columns.highest
        self._bottom = np.zeros(rows, np.int64)
        self._lost_before = np.zeros(rows, np.int64)
        self._received_before = np.zeros(rows, np.int64)
        self._event_type = np.full(rows, -1, np.int16)
        self._presses: list[dtmf.Presses] = [dtmf.Presses() for _ in range(rows)]
        self._store_plain = storing(columns, ring, sources, shim)

    def reset(self, row: int) -> None:
        """Nothing is expected any more, and nothing was counted."""
        self._expected[row], self._event_type[row] = _NOTHING, -1
        self.received[row] = self.jitter[row] = self._ssrc[row] = 0
        self._top[row] = self._bottom[row] = self._lost_before[row] = self._received_before[row] = 0
        self._presses[row] = dtmf.Presses()

    def expect(self, row: int, payload_type: int | None, event_type: int | None) -> None:
        """Take audio of this payload type (None = they may not send) and events of that one."""
        self._expected[row] = _NOTHING if payload_type is None else _PLAIN | payload_type
        self._event_type[row] = -1 if payload_type is None or event_type is None else event_type

    def lost(self, row: int) -> int:
        """Packets that never came, by sequence number (RFC 3550 appendix A.3)."""
        return int(self._lost_before[row]) + self._missing(row)

    def missing(self, rows: int) -> np.ndarray:
        """:meth:`lost` of the first ``rows`` rows at once; below zero for a moment where packets came twice."""
        since = self._top[:rows] - self._bottom[:rows] + 1 - (self.received[:rows] - self._received_before[:rows])
        return np.where(self._top[:rows] > 0, self._lost_before[:rows] + since, 0)

    def source(self, row: int) -> int:
        """The SSRC of what is heard; 0 = nothing was."""
        return int(self._ssrc[row])

    def reception(self, row: int) -> Reception | None:
        """What came of the source that is heard now; None = nothing did."""
        if not self._top[row]:
            return None
        expected = int(self._top[row] - self._bottom[row]) + 1
        received = int(self.received[row] - self._received_before[row])
        highest = int(self._top[row]) - 0x10000 & 0xFFFFFFFF
        return Reception(int(self._ssrc[row]), highest, expected, received, int(self.jitter[row]))

    def take_in(self, packets: Packets, now: float) -> list[tuple[int, str]]:
        """Store a step's packets. Gives the keys that were pressed: (row, digit)."""
        if not packets.count:
            return []
        others = self._store_plain(packets, now)
        return self._look_at(others, packets, now) if len(others) else []

    # -- one by one ----------------------------------------------------------------------------------------------

    def _look_at(self, others: np.ndarray, packets: Packets, now: float) -> list[tuple[int, str]]:
        rows = packets.rows[others]
        strange = self._sources.strange(rows, packets.sources[others], now)
        pressed = []
        for line, row, drop in zip(others.tolist(), rows.tolist(), strange.tolist(), strict=True):
            if drop:
                self._sources.intrude(row, packets.addresses[line])
            elif digit := self._odd(packets, line, now):
                pressed.append((row, digit))
        return pressed

    def _odd(self, packets: Packets, line: int, now: float) -> str:
        """A packet that is not as expected. Gives the digit if it tells of one."""
        row = int(packets.rows[line])
        if is_rtcp(int(packets.data[line, 1])):
            length = min(int(packets.lengths[line]), WIDTH)
            self.controls.append((row, packets.data[line, :length].tobytes(), packets.addresses[line]))
            return ""
        if self._expected[row] == _NOTHING:
            return ""
        packet = parse(packets.data[line, : min(int(packets.lengths[line]), WIDTH)].tobytes())
        audio = self._expected[row] & 0x7F
        if packet is None or packet.payload_type not in (audio, self._event_type[row], COMFORT_NOISE):
            return ""
        same = self.received[row] > 0 and packet.ssrc == self._ssrc[row]
        if not self._sources.learn(row, int(packets.sources[line]), packets.addresses[line], now, bool(same)):
            return ""
        self._sources.heard[row] = now
        self._count(row, packet, now)
        if packet.payload_type == audio:
            self._hear(row, packet)
        elif packet.payload_type == self._event_type[row]:
            return self._press(row, packet)
        else:
            self._ring.comfort.tell(row, packet.payload, int(self._ring.top[row]))
        return ""

    def _count(self, row: int, packet: Packet, now: float) -> None:
        if packet.ssrc != self._ssrc[row] or not self.received[row]:
            self._lost_before[row] += self._missing(row)
            self._received_before[row] = self.received[row]
            self._ssrc[row] = packet.ssrc
            self._top[row] = self._bottom[row] = 0x10000 + packet.sequence
            self._transit[row] = _signed(ticks(now) - packet.timestamp)
            self._ring.restart(row, packet.timestamp)
        self.received[row] += 1
        step = (packet.sequence - int(self._top[row]) + 0x8000 & 0xFFFF) - 0x8000
        self._top[row] = max(int(self._top[row]), int(self._top[row]) + step)

    def _hear(self, row: int, packet: Packet) -> None:
        sample = self._ring.place(row, packet.timestamp)
        if sample is not None and sample >= int(self._ring.hushed[row]) * FRAME:
            self._ring.write(row, sample, packet.payload)

    def _press(self, row: int, packet: Packet) -> str:
        event = dtmf.parse(packet.payload)
        if event is None:
            return ""
        self._ring.hush(row, packet.timestamp, event.duration)
        return self._presses[row].receive(event, packet.timestamp, packet.ssrc)

    def _missing(self, row: int) -> int:
        if not self._top[row]:
            return 0
        expected = int(self._top[row] - self._bottom[row]) + 1
        return max(0, expected - int(self.received[row] - self._received_before[row]))


def _signed(value: int) -> int:
    return (value + 0x80000000 & 0xFFFFFFFF) - 0x80000000
