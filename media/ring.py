"""The frames that came, by number: where :mod:`media.intake` puts them and :mod:`media.jitter` takes them.

Each row has a ring of sixteen frames of 20 ms. A frame's number is how far the packet's timestamp is away from
``base``, in frames: a timestamp tells the truth after loss, reordering and silence, where counting packets would not.
``play`` is the number that is due next, ``top`` the highest that came. Numbers only grow: when a source starts anew,
jumps in time, or is another one, ``base`` is moved so that what comes follows on what is still to be played.
"""

import numpy as np

from media import g711
from media.comfort import Comfort
from media.rtp import FRAME

SLOTS = 16
"""Frames in the ring of a row: 320 ms."""
_MASK = SLOTS - 1
_OLD = -50
"""Frames; what is older than a second is no late packet but another time."""


class Ring:
    """Columns for ``rows`` legs."""

    def __init__(self, rows: int) -> None:
        self.frames = np.zeros((rows * SLOTS, FRAME), np.uint8)
        """Code words, in the row's codec."""
        self.stamps = np.full(rows * SLOTS, -1, np.int32)
        """Which frame is in a slot."""
        self.codec = np.zeros(rows + 1, np.uint8)
        """The last one is of a row that never says anything."""
        self.base = np.zeros(rows, np.uint32)
        """RTP timestamp of frame 0."""
        self.play = np.zeros(rows, np.int32)
        self.top = np.full(rows, -1, np.int32)
        self.hushed = np.zeros(rows, np.int32)
        """Frames below this one belong to a pressed key and are not heard."""
        self.held = np.zeros(rows, np.int32)
        """Frames by which ``play`` has waited since something was last there."""
        self.started = np.zeros(rows, bool)
        self.margin = np.ones(rows, np.int8)
        """Frames to have ready besides the one that is due."""
        self.late = np.zeros(rows, np.int64)
        self.came_late: list[int] = []
        """Rows that got a frame after its turn; whoever sets the margin takes them away."""
        self.comfort = Comfort()
        self._first = np.arange(rows, dtype=np.int64) * SLOTS
        self._halves: dict[int, tuple[int, int]] = {}

    def reset(self, row: int, codec: int) -> None:
        """Forget everything about a row: it was closed, or changed its codec."""
        self.stamps[row * SLOTS : (row + 1) * SLOTS] = -1
        self.codec[row] = codec
        self.play[row] = self.hushed[row] = self.held[row] = self.late[row] = 0
        self.top[row], self.margin[row], self.started[row] = -1, 1, False
        self._halves.pop(row, None)
        self.comfort.reset(row)

    def slots(self, rows: int) -> np.ndarray:
        """Where the due frames of the first ``rows`` rows are, if they are there."""
        return self._first[:rows] + (self.play[:rows] & _MASK)

    def slot(self, row: int, number: int) -> int:
        """Where a frame of a row is, if it is there."""
        return row * SLOTS + (number & _MASK)

    def following(self, row: int) -> int:
        """The number of the first frame there is from the due one on; there must be one."""
        stamps = self.stamps[row * SLOTS : (row + 1) * SLOTS]
        return int(stamps[stamps >= self.play[row]].min())

    # -- many at once ----------------------------------------------------------------------------------------------

    def ahead(self, rows: np.ndarray, timestamps: np.ndarray) -> np.ndarray:
        """int32: how many samples each timestamp lies after the frame that is due next, over the wrap at 2**32."""
        due = self.base.take(rows) + self.play.take(rows).view(np.uint32) * np.uint32(FRAME)
        return (timestamps - due).view(np.int32)

    def put(self, rows: np.ndarray, numbers: np.ndarray, payloads: np.ndarray) -> np.ndarray:
        """Whole frames that are within the ring: numbers int32, payloads (n, FRAME). Tells which were new (bool)."""
        slots = self._first.take(rows) + (numbers & _MASK)
        new = self.stamps.take(slots) != numbers
        self.frames[slots] = payloads
        self.stamps[slots] = numbers
        np.maximum.at(self.top, rows, numbers)
        return new

    # -- one by one ------------------------------------------------------------------------------------------------

    def place(self, row: int, timestamp: int) -> int | None:
        """Number of the sample that a timestamp names, making sense of starts and jumps; None = too late."""
        if not self.started[row]:
            self._begin(row, timestamp, int(self.play[row]) + int(self.margin[row]))
        ahead = self._ahead(row, timestamp)
        if ahead >= SLOTS * FRAME and self.held[row]:
            self._catch_up(row, ahead // FRAME)
            ahead = self._ahead(row, timestamp)
        if not _OLD * FRAME <= ahead < SLOTS * FRAME:
            self._begin(row, timestamp, max(int(self.top[row]) + 1, int(self.play[row])))
            ahead = self._ahead(row, timestamp)
        if ahead < 0:
            self._note_late(row, int(self.play[row]) + ahead // FRAME)
            return None
        if ahead % FRAME and self.top[row] < self.play[row] and row not in self._halves:
            self.base[row] = int(self.base[row]) + ahead % FRAME & 0xFFFFFFFF
            ahead -= ahead % FRAME
        return int(self.play[row]) * FRAME + ahead

    def restart(self, row: int, timestamp: int) -> None:
        """A new source speaks (another SSRC): what it says follows on what is still to be played, without a gap."""
        if self.started[row]:
            self._begin(row, timestamp, max(int(self.top[row]) + 1, int(self.play[row])))

    def write(self, row: int, sample: int, payload: bytes) -> None:
        """Audio of any length, cut into frames. A frame is there when it is full, or when the next one begins."""
        data = np.frombuffer(payload, np.uint8)
        while len(data):
            number, offset = divmod(sample, FRAME)
            if number - int(self.play[row]) >= SLOTS:
                return
            part = data[: FRAME - offset]
            self._write_part(row, number, offset, part)
            sample, data = sample + len(part), data[len(part) :]

    def hush(self, row: int, timestamp: int, length: int) -> None:
        """A key is held from ``timestamp`` on for ``length`` samples: these frames have come, and are silence."""
        play = int(self.play[row])
        last = play + (self._ahead(row, timestamp) + length) // FRAME
        if not self.started[row] or not play + _OLD <= last <= play + SLOTS:
            return
        for number in range(max(last - length // FRAME, play, int(self.hushed[row])), last):
            slot = self.slot(row, number)
            self.frames[slot] = g711.SILENCE[self.codec[row]]
            self.stamps[slot] = number
            self.top[row] = max(int(self.top[row]), number)
        self.hushed[row] = max(int(self.hushed[row]), last)

    def _ahead(self, row: int, timestamp: int) -> int:
        due = int(self.base[row]) + int(self.play[row]) * FRAME
        return (timestamp - due + 0x80000000 & 0xFFFFFFFF) - 0x80000000

    def _begin(self, row: int, timestamp: int, number: int) -> None:
        self.base[row] = timestamp - number * FRAME & 0xFFFFFFFF
        self.started[row] = True
        self.held[row] = 0

    def _catch_up(self, row: int, frames: int) -> None:
        """Silence on their side was holding on ours: both lasted as long, so the delay afterwards is the one before."""
        frames = min(frames, int(self.held[row]))
        self.play[row] += frames
        self.held[row] -= frames

    def _note_late(self, row: int, number: int) -> None:
        if self.stamps[self.slot(row, number)] != number:  # Else it is a duplicate of one that came in time.
            self.late[row] += 1
            self.came_late.append(row)

    def _write_part(self, row: int, number: int, offset: int, part: np.ndarray) -> None:
        slot = self.slot(row, number)
        if self.stamps[slot] == number:
            self.frames[slot, offset : offset + len(part)] = part
            return
        begun, filled = self._halves.get(row, (number, 0))
        if begun != number:
            self._complete(row, begun)
            filled = 0
        if not filled:
            self.frames[slot] = g711.SILENCE[self.codec[row]]
        self.frames[slot, offset : offset + len(part)] = part
        self._halves[row] = (number, filled + len(part))
        if filled + len(part) >= FRAME:
            self._complete(row, number)

    def _complete(self, row: int, number: int) -> None:
        del self._halves[row]
        if number >= self.play[row]:
            self.stamps[self.slot(row, number)] = number
            self.top[row] = max(int(self.top[row]), number)
