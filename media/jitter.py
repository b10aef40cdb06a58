"""The frames that came, put in order and handed out one every 20 ms: a jitter buffer for all rows at once.

Each row has a ring of sixteen frames, kept by *frame number*: how many 20 ms the packet's timestamp is away from
``base``. A timestamp tells the truth after loss, reordering and silence, where counting packets would not. ``play`` is
the frame that is due next, ``top`` the highest that came. Nobody sets a delay; it comes about by four rules:

- *Nothing there to play*: hold. The last frame is repeated (fading, three times) and ``play`` waits. If the frame comes
  after all, it is heard one frame later than planned, and so is everything after it: the delay grew by 20 ms.
- *It is missing but later ones came*: it is lost. If we have held before (``debt``), the hole was already filled and is
  jumped over; otherwise the last frame is repeated and ``play`` goes on. Either way the delay stays as it was.
- *For two seconds there was always more in the ring than the margin*: one frame is left out, best where it is quiet.
  That takes back delay which is no longer needed, and is the answer to a far end whose clock runs fast.
- The ``margin`` (0 to 2 frames) grows when frames come late and shrinks after ten quiet seconds; so the delay adapts
  between one frame and three, 20 to 60 ms. More than six frames at once (a stall in the network) are cut to three.
"""

import numpy as np

from media import g711
from media.rtp import FRAME

SLOTS = 16
_MASK = SLOTS - 1
_REPEATS = 3
_FADE = 0.6
_MOST = 6
_AFTER_A_STALL = 3
_WINDOW = 100
_CALM = 500
_QUIET = 400
_PATIENCE = 50
_OLD = -50


class Ring:
    """Columns for ``rows`` legs; row ``rows`` is one more that is always silent."""

    def __init__(self, rows: int) -> None:
        self.frames = np.zeros((rows * SLOTS, FRAME), np.uint8)
        self.stamps = np.full(rows * SLOTS, -1, np.int32)
        """Which frame is in a slot."""
        self.codec = np.zeros(rows + 1, np.uint8)
        self.said = np.full((rows + 1, FRAME), g711.SILENCE[g711.PCMU], np.uint8)
        """uint8 (rows + 1, FRAME): what each leg says in this step, in its own codec."""
        self.base = np.zeros(rows, np.uint32)
        """RTP timestamp of frame 0."""
        self.play = np.zeros(rows, np.int32)
        self.top = np.full(rows, -1, np.int32)
        self.hushed = np.zeros(rows, np.int32)
        """Frames below this one belong to a pressed key and are not heard."""
        self.started = np.zeros(rows, bool)
        self.margin = np.ones(rows, np.int8)
        self.late = np.zeros(rows, np.int64)
        self._first = np.arange(rows, dtype=np.int64) * SLOTS
        self._debt = np.zeros(rows, np.int32)
        self._missed = np.full(rows, _REPEATS, np.int8)
        self._spare = np.full(rows, SLOTS, np.int32)
        self._trouble_at = np.zeros(rows, np.int64)
        self._surplus: dict[int, int] = {}
        self._stretch: set[int] = set()
        self._halves: dict[int, tuple[int, int]] = {}
        self._step = 0

    def reset(self, row: int, codec: int) -> None:
        """Forget everything about a row: it was opened, closed, or changed its codec."""
        self.frames[row * SLOTS : (row + 1) * SLOTS] = g711.SILENCE[codec]
        self.stamps[row * SLOTS : (row + 1) * SLOTS] = -1
        self.codec[row] = codec
        self.said[row] = g711.SILENCE[codec]
        self.play[row], self.top[row], self.hushed[row] = 0, -1, 0
        self.started[row], self.margin[row], self.late[row] = False, 1, 0
        self._debt[row], self._missed[row], self._spare[row] = 0, _REPEATS, SLOTS
        self._surplus.pop(row, None)
        self._stretch.discard(row)
        self._halves.pop(row, None)

    # -- coming in -----------------------------------------------------------------------------------------------

    def ahead(self, rows: np.ndarray, timestamps: np.ndarray) -> np.ndarray:
        """int32: how many samples each timestamp lies after the frame that is due next, over the wrap at 2**32."""
        due = self.base[rows] + self.play[rows].astype(np.uint32) * np.uint32(FRAME)
        return (timestamps - due).view(np.int32)

    def put(self, rows: np.ndarray, numbers: np.ndarray, payloads: np.ndarray) -> np.ndarray:
        """Whole frames that are within the ring: numbers int32, payloads (n, FRAME). Tells which were new (bool)."""
        slots = rows * SLOTS + (numbers & _MASK)
        new = self.stamps[slots] != numbers
        self.frames[slots] = payloads
        self.stamps[slots] = numbers
        np.maximum.at(self.top, rows, numbers)
        return new

    def place(self, row: int, timestamp: int) -> int | None:
        """Number of the sample that ``timestamp`` names, for one row, making sense of starts and jumps; None = late."""
        if not self.started[row]:
            self._begin(row, timestamp, int(self.play[row]) + int(self.margin[row]))
        ahead = self._ahead(row, timestamp)
        if ahead >= SLOTS * FRAME and self._debt[row]:
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
        """Audio of any length at any sample, cut into frames; a frame is there when it is full, or the next begins."""
        data = np.frombuffer(payload, np.uint8)
        while len(data):
            frame, offset = divmod(sample, FRAME)
            if frame - int(self.play[row]) >= SLOTS:
                return
            part = data[: FRAME - offset]
            self._write_part(row, frame, offset, part)
            sample, data = sample + len(part), data[len(part) :]

    def hush(self, row: int, timestamp: int, length: int) -> None:
        """A key is held from ``timestamp`` on for ``length`` samples: these frames have come, and are silence."""
        play = int(self.play[row])
        last = play + (self._ahead(row, timestamp) + length) // FRAME
        if not self.started[row] or not play + _OLD <= last <= play + SLOTS:
            return
        first = last - length // FRAME
        for frame in range(max(first, play, int(self.hushed[row])), last):
            slot = row * SLOTS + (frame & _MASK)
            self.frames[slot] = g711.SILENCE[self.codec[row]]
            self.stamps[slot] = frame
            self.top[row] = max(int(self.top[row]), frame)
        self.hushed[row] = max(int(self.hushed[row]), last)

    def _note_late(self, row: int, frame: int) -> None:
        """A frame came after its turn (unless it is a duplicate): let there be more in the ring from now on."""
        if self.stamps[row * SLOTS + (frame & _MASK)] == frame:
            return
        self.late[row] += 1
        self._trouble_at[row] = self._step
        if self.margin[row] < 2:
            self.margin[row] += 1
            self._stretch.add(row)

    def _ahead(self, row: int, timestamp: int) -> int:
        due = int(self.base[row]) + int(self.play[row]) * FRAME
        return (timestamp - due + 0x80000000 & 0xFFFFFFFF) - 0x80000000

    def _begin(self, row: int, timestamp: int, frame: int) -> None:
        self.base[row] = timestamp - frame * FRAME & 0xFFFFFFFF
        self.started[row] = True
        self._debt[row] = 0

    def _catch_up(self, row: int, frames: int) -> None:
        """Silence on their side was holding on ours: both lasted as long, so the delay afterwards is the one before."""
        frames = min(frames, int(self._debt[row]))
        self.play[row] += frames
        self._debt[row] -= frames

    def _write_part(self, row: int, frame: int, offset: int, part: np.ndarray) -> None:
        slot = row * SLOTS + (frame & _MASK)
        if self.stamps[slot] == frame:
            self.frames[slot, offset : offset + len(part)] = part
            return
        begun, filled = self._halves.get(row, (frame, 0))
        if begun != frame:
            self._complete(row, begun)
            filled = 0
        if not filled:
            self.frames[slot] = g711.SILENCE[self.codec[row]]
        self.frames[slot, offset : offset + len(part)] = part
        self._halves[row] = (frame, filled + len(part))
        if filled + len(part) >= FRAME:
            self._complete(row, frame)

    def _complete(self, row: int, frame: int) -> None:
        del self._halves[row]
        if frame >= self.play[row]:
            self.stamps[row * SLOTS + (frame & _MASK)] = frame
            self.top[row] = max(int(self.top[row]), frame)

    # -- going out -----------------------------------------------------------------------------------------------

    def take(self, rows: int) -> np.ndarray:
        """Let :attr:`said` be the due frame of the first ``rows`` rows. Shape (rows, FRAME), a view."""
        self._step += 1
        play, top = self.play[:rows], self.top[:rows]
        spare = top - play
        if rows and spare.max() >= _MOST:
            self._cut(np.flatnonzero(spare >= _MOST))
        if self._surplus:
            self._leave_out()
        np.minimum(self._spare[:rows], spare, out=self._spare[:rows])
        slots = self._first[:rows] + (play & _MASK)
        there = self.stamps[slots] == play
        for row in self._stretch:
            there[row] = False
        if there.all():
            np.take(self.frames, slots, axis=0, out=self.said[:rows], mode="clip")
            here = slice(0, rows)
        else:
            here = self._gaps(rows, there, top > play)
        if self._debt[here].any():
            self._underran(here)
        play[here] += 1
        self._missed[here] = 0
        if self._step % _WINDOW == 0:
            self._look_back(rows)
        return self.said[:rows]

    def _gaps(self, rows: int, there: np.ndarray, more: np.ndarray) -> np.ndarray:
        """Some rows have nothing: jump over what was held for, or repeat. Gives the rows that play a frame."""
        play, debt = self.play[:rows], self._debt[:rows]
        for row in self._stretch:
            more[row] = False
        for row in np.flatnonzero(~there & more & (debt > 0)):
            there[row] = self._jump(int(row))
        missing = ~there
        play[missing & more] += 1
        debt[missing & ~more] += 1
        for row in self._stretch:
            debt[row] = 0
        self._stretch.clear()
        self._conceal(np.flatnonzero(missing & (self._missed[:rows] < _REPEATS)))
        here = np.flatnonzero(there)
        self.said[here] = self.frames[here * SLOTS + (play[here] & _MASK)]
        return here

    def _jump(self, row: int) -> bool:
        stamps = self.stamps[row * SLOTS : (row + 1) * SLOTS]
        gap = int(stamps[stamps > self.play[row]].min()) - int(self.play[row])
        leap = min(gap, int(self._debt[row]))
        self.play[row] += leap
        self._debt[row] = 0
        return leap == gap

    def _conceal(self, rows: np.ndarray) -> None:
        """Repeat what was last heard, fainter each time (ITU-T G.711 appendix I is the long way to do this)."""
        if not len(rows):
            return
        codecs = self.codec[rows]
        faded = (g711.decode(self.said[rows], codecs) * _FADE).astype(np.int16)
        self._missed[rows] += 1
        faded[self._missed[rows] == _REPEATS] = 0
        self.said[rows] = g711.encode(faded, codecs)

    def _underran(self, here: slice | np.ndarray) -> None:
        """Held, and then the very frame came: it was late, not lost."""
        late = np.arange(len(self._debt))[here][self._debt[here] > 0]
        self._debt[late] = 0
        self._trouble_at[late] = self._step
        self.margin[late] = np.minimum(self.margin[late] + 1, 2)

    def _cut(self, rows: np.ndarray) -> None:
        self.play[rows] = self.top[rows] - (_AFTER_A_STALL - 1)

    def _look_back(self, rows: int) -> None:
        calm = self._step - self._trouble_at[:rows] > _CALM
        self.margin[:rows] = np.maximum(self.margin[:rows] - calm, 0)
        self._trouble_at[:rows][calm] = self._step
        for row in np.flatnonzero((self._spare[:rows] > self.margin[:rows]) & (self._spare[:rows] < SLOTS)):
            self._surplus.setdefault(int(row), self._step)
        self._spare[:rows] = SLOTS

    def _leave_out(self) -> None:
        for row, since in list(self._surplus.items()):
            slot = row * SLOTS + (int(self.play[row]) & _MASK)
            if self.stamps[slot] != self.play[row] or self.top[row] <= self.play[row]:
                continue
            loudest = np.abs(g711.DECODE[self.codec[row]][self.frames[slot]].astype(np.int32)).max()
            if loudest < _QUIET or self._step - since > _PATIENCE:
                self.play[row] += 1
                del self._surplus[row]
