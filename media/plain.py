"""The packets that are as expected, of all rows at once: nearly every packet is one of them.

Version 2 and nothing fancy in the header, the agreed payload type, 160 octets, the known SSRC from the known source, a
frame within the ring. They are put there and counted; all others are left to :mod:`media.intake`, which looks at them one
by one. In NumPy that is some fifty calls, however few packets there are; the shim does the same in one.
"""

from collections.abc import Callable
from types import ModuleType

import numpy as np

from media.ring import SLOTS, Ring
from media.rtp import FRAME, HEADER, Packets
from media.shim import Table, pointer
from media.sources import Sources

_MARKER = np.uint16(0xFF7F)
_JITTER_GAIN = 16.0

Storing = Callable[[Packets, float], np.ndarray]
"""Takes a step's packets, and the moment. Gives the lines of those that are left, in their order."""


class Columns:
    """What is expected of each row, and what has come."""

    def __init__(self, rows: int) -> None:
        self.expected = np.zeros(rows, np.uint16)
        """The first two octets of a packet without its marker; 0 = nothing is."""
        self.ssrc = np.zeros(rows, np.uint32)
        self.received = np.zeros(rows, np.int64)
        self.highest = np.zeros(rows, np.int64)
        """Extended sequence number, from 0x10000 on; 0 = nothing came."""
        self.transit = np.zeros(rows, np.int32)
        """Of the last packet, in timestamp units."""
        self.jitter = np.zeros(rows)
        """Interarrival jitter in timestamp units (RFC 3550 section 6.4.1), seen at the pace of the steps."""


def storing(columns: Columns, ring: Ring, sources: Sources, shim: ModuleType | None) -> Storing:
    """How it is done here."""
    return _in_c(columns, ring, sources, shim) if shim else _InNumPy(columns, ring, sources).store


def ticks(now: float) -> int:
    """A moment on the clock of timestamps."""
    return int(now * 8000) & 0xFFFFFFFF


def _in_c(columns: Columns, ring: Ring, sources: Sources, shim: ModuleType) -> Storing:
    table = Table(
        shim, "intake", expected=columns.expected, ssrc=columns.ssrc, locked=sources.locked, base=ring.base, play=ring.play,
        hushed=ring.hushed, started=ring.started, frames=ring.frames, stamps=ring.stamps, top=ring.top,
        received=columns.received, highest=columns.highest, transit=columns.transit, jitter=columns.jitter,
        heard=sources.heard,
    )  # fmt: skip
    known: list[object] = [None]

    def store(packets: Packets, now: float) -> np.ndarray:
        if known[0] is not packets:
            others = np.zeros(len(packets.data), np.int64)
            numbers = [pointer(shim, "int64_t", each) for each in (packets.rows, packets.sources, packets.lengths, others)]
            known[:] = [packets, others, pointer(shim, "uint8_t", packets.data), *numbers]
        _, others, lines, rows, numbered, lengths, left = known
        count = shim.lib.store_plain(table.struct, packets.count, rows, numbered, lines, packets.data.shape[1], lengths,
                                     ticks(now), now, left)
        return others[:count]

    return store


class _InNumPy:
    def __init__(self, columns: Columns, ring: Ring, sources: Sources) -> None:
        self._columns, self._ring, self._sources = columns, ring, sources

    def store(self, packets: Packets, now: float) -> np.ndarray:
        count = packets.count
        rows, sources = packets.rows[:count], packets.sources[:count]
        words = packets.data.view(">u4")[:count]
        shorts = packets.data.view(">u2")[:count]
        timestamps = words[:, 1].astype(np.uint32)
        columns = self._columns
        plain = (shorts[:, 0] & _MARKER == columns.expected.take(rows)) & (packets.lengths[:count] == HEADER + FRAME)
        plain &= (words[:, 2] == columns.ssrc.take(rows)) & (self._sources.locked.take(rows) == sources)
        numbers, aligned = self._numbers(rows, timestamps)
        plain &= aligned
        if plain.all():
            self._put(rows, numbers, packets.data[:count, HEADER : HEADER + FRAME], shorts[:, 1], timestamps, now)
            return rows[:0]
        lines = np.flatnonzero(plain)
        payloads = packets.data[lines, HEADER : HEADER + FRAME]
        self._put(rows[lines], numbers[lines], payloads, shorts[lines, 1], timestamps[lines], now)
        return np.flatnonzero(~plain & (packets.lengths[:count] > 0))

    def _numbers(self, rows: np.ndarray, timestamps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Frame numbers, and whether each is a whole frame within the ring that may be heard."""
        ring = self._ring
        ahead = ring.ahead(rows, timestamps)
        frames = ahead // FRAME
        numbers = frames + ring.play.take(rows)
        aligned = (ahead == frames * FRAME) & (frames.view(np.uint32) < SLOTS) & (numbers >= ring.hushed.take(rows))
        return numbers, aligned & ring.started.take(rows)

    def _put(self, rows: np.ndarray, numbers: np.ndarray, payloads: np.ndarray, sequences: np.ndarray,
             timestamps: np.ndarray, now: float) -> None:  # fmt: skip
        columns = self._columns
        new = self._ring.put(rows, numbers, payloads)
        np.add.at(columns.received, rows[new], 1)
        self._sources.heard[rows] = now
        highest = columns.highest.take(rows)
        step = (sequences.astype(np.uint16) - highest.astype(np.uint16)).view(np.int16)
        np.maximum.at(columns.highest, rows, highest + step)
        transit = np.uint32(ticks(now)) - timestamps
        change = np.abs((transit - columns.transit.take(rows).view(np.uint32)).view(np.int32))
        columns.transit[rows] = transit.view(np.int32)
        jitter = columns.jitter.take(rows)
        columns.jitter[rows] = jitter + (change - jitter) * (1 / _JITTER_GAIN)
