"""What came in during a step, sorted by what is to be done with it.

Nearly every packet is the one that was expected: version 2 and nothing fancy in the header, the agreed payload type,
160 octets, the known SSRC from the known source, a frame within the ring. Those are recognised and stored for all rows
at once. The others (the first of a source, a key press, an odd packet time, a late one) are told apart by a mask and
looked at one by one; a flood of them costs time, so the sockets give a row only a few packets a step.
"""

import numpy as np

from media import dtmf
from media.comfort import COMFORT_NOISE
from media.ring import SLOTS, Ring
from media.rtcp import Reception, is_rtcp
from media.rtp import FRAME, HEADER, WIDTH, Address, Packet, Packets, parse
from media.sources import Sources

_PLAIN = 0x8000
_MARKER = np.uint16(0xFF7F)
_NOTHING = 0
_JITTER_GAIN = 16.0


class Intake:
    """The receiving half of ``rows`` legs."""

    def __init__(self, rows: int, ring: Ring, sources: Sources) -> None:
        self.received = np.zeros(rows, np.int64)
        self.jitter = np.zeros(rows)
        """Interarrival jitter in timestamp units (RFC 3550 section 6.4.1), seen at the pace of the steps."""
        self.controls: list[tuple[int, bytes, Address]] = []
        """Reports that came on the ports of the sound (RFC 5761): row, octets, source; whoever reads takes them away."""
        self._ring = ring
        self._sources = sources
        self._expected = np.full(rows, _NOTHING, np.uint16)
        self._ssrc = np.zeros(rows, np.uint32)
        self._transit = np.zeros(rows, np.int32)
        self._top = np.zeros(rows, np.int64)
        self._bottom = np.zeros(rows, np.int64)
        self._lost_before = np.zeros(rows, np.int64)
        self._received_before = np.zeros(rows, np.int64)
        self._event_type = np.full(rows, -1, np.int16)
        self._presses: list[dtmf.Presses] = [dtmf.Presses() for _ in range(rows)]

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
        count = packets.count
        if not count:
            return []
        rows, sources = packets.rows[:count], packets.sources[:count]
        words = packets.data.view(">u4")[:count]
        shorts = packets.data.view(">u2")[:count]
        timestamps = words[:, 1].astype(np.uint32)
        plain = (shorts[:, 0] & _MARKER == self._expected.take(rows)) & (packets.lengths[:count] == HEADER + FRAME)
        plain &= (words[:, 2] == self._ssrc.take(rows)) & (self._sources.locked.take(rows) == sources)
        numbers, aligned = self._numbers(rows, timestamps)
        plain &= aligned
        if plain.all():
            self._store(rows, numbers, packets.data[:count, HEADER : HEADER + FRAME], shorts[:, 1], timestamps, now)
            return []
        lines = np.flatnonzero(plain)
        payloads = packets.data[lines, HEADER : HEADER + FRAME]
        self._store(rows[lines], numbers[lines], payloads, shorts[lines, 1], timestamps[lines], now)
        others = np.flatnonzero(~plain & (packets.lengths[:count] > 0))
        strange = self._sources.strange(rows[others], sources[others], now)
        for line in others[strange]:
            self._sources.intrude(int(rows[line]), packets.addresses[line])
        others = others[~strange]
        pressed = []
        for line in others:
            if digit := self._odd(packets, int(line), now):
                pressed.append((int(rows[line]), digit))
        return pressed

    def _numbers(self, rows: np.ndarray, timestamps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Frame numbers, and whether each is a whole frame within the ring that may be heard."""
        ring = self._ring
        ahead = ring.ahead(rows, timestamps)
        frames = ahead // FRAME
        numbers = frames + ring.play.take(rows)
        aligned = (ahead == frames * FRAME) & (frames.view(np.uint32) < SLOTS) & (numbers >= ring.hushed.take(rows))
        return numbers, aligned & ring.started.take(rows)

    def _store(
        self,
        rows: np.ndarray,
        numbers: np.ndarray,
        payloads: np.ndarray,
        sequences: np.ndarray,
        timestamps: np.ndarray,
        now: float,
    ) -> None:
        new = self._ring.put(rows, numbers, payloads)
        np.add.at(self.received, rows[new], 1)
        self._sources.heard[rows] = now
        top = self._top.take(rows)
        step = (sequences.astype(np.uint16) - top.astype(np.uint16)).view(np.int16)
        np.maximum.at(self._top, rows, top + step)
        transit = np.uint32(_ticks(now)) - timestamps
        change = np.abs((transit - self._transit.take(rows).view(np.uint32)).view(np.int32))
        self._transit[rows] = transit.view(np.int32)
        jitter = self.jitter.take(rows)
        self.jitter[rows] = jitter + (change - jitter) * (1 / _JITTER_GAIN)

    # -- one by one ----------------------------------------------------------------------------------------------

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
            self._transit[row] = _signed(_ticks(now) - packet.timestamp)
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


def _ticks(now: float) -> int:
    return int(now * 8000) & 0xFFFFFFFF


def _signed(value: int) -> int:
    return (value + 0x80000000 & 0xFFFFFFFF) - 0x80000000
