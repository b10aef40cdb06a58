"""One frame of every row each 20 ms, out of what came and when it came: the jitter buffer.

Nobody sets a delay; it comes about by four rules:

- *There is nothing to play*: hold. The last frame is repeated (fading, three times) and the row waits. If the frame
  comes after all, it is heard one frame later than planned, and so is everything after it: the delay grew by 20 ms.
- *The frame is missing but later ones came*: it is lost. If the row has held before, the hole was filled by that and
  is jumped over; otherwise the last frame is repeated and the row goes on. Either way the delay stays as it was.
- *For two seconds there was always more in the ring than the margin*: one frame is left out, best where it is quiet.
  That takes back delay which is no longer needed, and is the answer to a far end whose clock runs fast.
- The *margin* (0 to 2 frames) grows when frames come late and shrinks after ten calm seconds; so the delay adapts
  between one frame and three, 20 to 60 ms. Six frames and more at once (the network had stalled) are cut to three.
"""

from collections.abc import Callable
from types import ModuleType

import numpy as np

from media import g711
from media.ring import SLOTS, Ring
from media.rtp import FRAME
from media.shim import Table, built

_REPEATS = 3
_FADE = 0.6
_MOST = 6
_AFTER_A_STALL = 3
_MARGIN = 2
_WINDOW = 100
"""Steps."""
_CALM = 500
"""Steps."""
_QUIET = 400
"""Samples below this are quiet."""
_PATIENCE = 50
"""Steps to wait for a quiet frame."""

_FADED = np.stack([g711.ENCODE[codec][(g711.DECODE[codec] * _FADE).astype(np.int16).view(np.uint16)] for codec in (0, 1)])
"""uint8 (codec, 256): each code word, fainter."""


class Jitter:
    """Columns for the rows of ``ring``, and one more row that never says anything."""

    def __init__(self, ring: Ring, shim: ModuleType | None = built) -> None:
        rows = len(ring.play)
        self.said = np.full((rows + 1, FRAME), g711.SILENCE[g711.PCMU], np.uint8)
        """What each leg says in this step, code words in its own codec."""
        self._ring = ring
        self._missed = np.full(rows, _REPEATS + 1, np.int8)
        self._least = np.full(rows, SLOTS, np.int32)
        """The least that was in the ring besides the due frame, in this window."""
        self._trouble_at = np.zeros(rows, np.int64)
        self._surplus: dict[int, int] = {}
        self._stretch: set[int] = set()
        self._step = 0
        self._take_in_c = self._in_c(shim) if shim else None

    def reset(self, row: int, codec: int) -> None:
        """Forget everything about a row: it was closed, or changed its codec."""
        self._ring.reset(row, codec)
        self.said[row] = g711.SILENCE[codec]
        self._missed[row], self._least[row] = _REPEATS + 1, SLOTS
        self._surplus.pop(row, None)
        self._stretch.discard(row)

    def take(self, rows: int) -> np.ndarray:
        """Let :attr:`said` be the due frame of the first ``rows`` rows, or what stands for it."""
        self._step += 1
        if self._ring.came_late:
            self._regard_late()
        if self._surplus:
            self._leave_out()
        in_c = self._take_in_c and not self._stretch
        absent, recovered = self._take_in_c(rows, bool(self._ring.comfort)) if in_c else self._take_due(rows)
        if len(absent):
            self._fill(absent)
        for row in recovered.tolist():  # They held, and then the very frame came: it was late, not lost.
            self._ring.held[row] = 0
            self._widen(row)
        if self._step % _WINDOW == 0:
            self._look_back(rows)
        return self.said

    def _take_due(self, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """The frames that are there. Gives the rows that have none, and those that got one after having held. The shim does
        the same in one call, but for those whose silence has lasted long: they hold, and are not told of."""
        ring, play = self._ring, self._ring.play[:rows]
        spare = ring.top[:rows] - play
        np.minimum(self._least[:rows], spare, out=self._least[:rows])
        if rows and spare.max() >= _MOST:
            self._cut(np.flatnonzero(spare >= _MOST))
        slots = ring.slots(rows)
        missing = ring.stamps.take(slots) != play
        if self._stretch:
            missing[list(self._stretch)] = True
        absent = missing.nonzero()[0]
        before = self.said[absent]
        np.take(ring.frames, slots, axis=0, out=self.said[:rows], mode="clip")
        self.said[absent] = before
        play += 1
        self._missed[:rows] *= missing
        held = ring.held[:rows]
        return absent, (~missing & (held > 0)).nonzero()[0] if held.any() else absent[:0]

    # -- when a frame is not there -----------------------------------------------------------------------------------

    def _fill(self, absent: np.ndarray) -> None:
        """Jump over a hole that was held for; hold, or go on; repeat."""
        ring = self._ring
        more = ring.top[absent] >= ring.play[absent]
        if self._stretch:
            more &= ~np.isin(absent, list(self._stretch))
        filled = np.zeros(len(absent), bool)
        for number in (more & (ring.held[absent] > 0)).nonzero()[0]:
            filled[number] = self._jump(int(absent[number]))
        holding = absent[~more]
        ring.play[holding] -= 1
        ring.held[holding] += 1
        if self._stretch:
            ring.held[list(self._stretch)] = 0
            self._stretch.clear()
        if filled.any():
            self._missed[absent[filled]] = 0
            absent = absent[~filled]
        missed = self._missed[absent]
        self._conceal(absent[missed < _REPEATS])
        if len(spent := absent[missed == _REPEATS]):
            self.said[spent] = g711.SILENCE[ring.codec[spent]][:, None]
        if ring.comfort:
            ring.comfort.fill(self.said, absent, ring.top, ring.codec, self._step)
        self._missed[absent] = np.minimum(missed + 1, _REPEATS + 1)

    def _jump(self, row: int) -> bool:
        """The hole is skipped as far as it was held for. Whether there is a frame to play behind it."""
        ring = self._ring
        gap = ring.following(row) - int(ring.play[row]) + 1
        leap = min(gap, int(ring.held[row]))
        ring.play[row] += leap
        ring.held[row] = 0
        if leap == gap:
            self.said[row] = ring.frames[ring.slot(row, int(ring.play[row]) - 1)]
        return leap == gap

    def _conceal(self, rows: np.ndarray) -> None:
        """Repeat what was last heard, fainter each time (ITU-T G.711 appendix I is the long way to do this)."""
        if not len(rows):
            return
        codecs = self._ring.codec[rows]
        self.said[rows] = _FADED[codecs[:, None], self.said[rows]]

    # -- how much delay is needed ------------------------------------------------------------------------------------

    def _regard_late(self) -> None:
        """A frame came after others had been played in its place: from now on, one more should be ready."""
        for row in self._ring.came_late:
            if self._widen(row):
                self._stretch.add(row)
        self._ring.came_late.clear()

    def _widen(self, row: int) -> bool:
        self._trouble_at[row] = self._step
        wider = self._ring.margin[row] < _MARGIN
        self._ring.margin[row] += wider
        return bool(wider)

    def _cut(self, rows: np.ndarray) -> None:
        self._ring.play[rows] = self._ring.top[rows] - (_AFTER_A_STALL - 1)

    def _look_back(self, rows: int) -> None:
        """Once in a window: shrink the margin of calm rows, and see who has more in the ring than needed."""
        margin, least = self._ring.margin[:rows], self._least[:rows]
        calm = self._step - self._trouble_at[:rows] > _CALM
        margin -= calm & (margin > 0)
        self._trouble_at[:rows][calm] = self._step
        for row in np.flatnonzero((least > margin) & (least < SLOTS)).tolist():
            self._surplus.setdefault(row, self._step)
        least[:] = SLOTS

    def _leave_out(self) -> None:
        ring = self._ring
        for row, since in list(self._surplus.items()):
            slot = ring.slot(row, int(ring.play[row]))
            if ring.stamps[slot] != ring.play[row] or ring.top[row] <= ring.play[row]:
                continue
            loudest = np.abs(g711.DECODE[ring.codec[row]][ring.frames[slot]].astype(np.int32)).max()
            if loudest < _QUIET or self._step - since > _PATIENCE:
                ring.play[row] += 1
                del self._surplus[row]

    def _in_c(self, shim: ModuleType) -> Callable[[int, bool], tuple[np.ndarray, np.ndarray]]:
        """:meth:`_take_due` by the shim; its second argument: tell also of those whose silence has lasted long."""
        ring, absent, recovered = self._ring, *(np.zeros(len(self._least), np.int64) for _ in range(2))
        table = Table(
            shim, "due", play=ring.play, top=ring.top, stamps=ring.stamps, frames=ring.frames, said=self.said,
            least=self._least, held=ring.held, missed=self._missed, absent=absent, recovered=recovered,
        )  # fmt: skip
        count = shim.ffi.new("int *")

        def take(rows: int, silent_too: bool) -> tuple[np.ndarray, np.ndarray]:
            missing = shim.lib.take_due(table.struct, rows, silent_too, count)
            return absent[:missing], recovered[: count[0]]

        return take
