"""What each leg hears: its partner, all others of its bridge, a foreground over a background, or silence.

Whoever hears one thing only gets its octets copied, bit by bit (converted by table where the codecs differ). Only who
hears two things at once, or music that is just being turned down or up, costs arithmetic. Who belongs where changes
with orders and at the end of a sound, not with every frame, so the lists are kept until then.

Music is ducked by 15 dB while a foreground plays; the way there and back is a ramp over one frame, because a jump
would be heard as a click.
"""

from functools import partial
from types import ModuleType

import numpy as np

from media import g711
from media.conference import Conferences
from media.pool import Pool, Sound
from media.rtp import FRAME
from media.shim import built, pointer

DUCKED = np.float32(10 ** (-15 / 20))
"""What is left of the background while a foreground plays."""
_RAMP = np.arange(1, FRAME + 1, dtype=np.float32) / FRAME
_NONE = -1


class Mixer:
    """Columns for ``rows`` legs."""

    def __init__(self, rows: int, pool: Pool, codec: np.ndarray, shim: ModuleType | None = built) -> None:
        self.partner = np.full(rows, _NONE, np.int64)
        self._pool = pool
        self._codec = codec
        self._front = np.full(rows, _NONE, np.int64)
        self._front_end = np.zeros(rows, np.int64)
        self._back = np.full(rows, _NONE, np.int64)
        self._back_first = np.zeros(rows, np.int64)
        self._back_end = np.zeros(rows, np.int64)
        self._gain = np.ones(rows, np.float32)
        self._conferences: Conferences[int] = Conferences()
        self._stale = True
        self._copy = partial(_copy_in_c, shim) if shim else _copy

    # -- what is to be heard ---------------------------------------------------------------------------------------

    def play(self, row: int, sound: Sound | None) -> None:
        """Foreground from the next frame on; None = no more."""
        self._front[row], self._front_end[row] = sound or (_NONE, 0)
        self._stale = True

    def music(self, row: int, sound: Sound | None) -> None:
        """Background from the next frame on, over and over."""
        self._back[row] = self._back_first[row] = sound.first if sound else _NONE
        self._back_end[row] = sound.end if sound else 0
        self._gain[row] = 1
        self._stale = True

    def join(self, one: int, other: int) -> None:
        """Let two rows hear each other from the next frame on; what played on either stops."""
        for row in (one, other):
            self.part(row)
            self.reset(row)
        self.partner[one], self.partner[other] = other, one

    def bridge(self, name: str, rows: dict[int, bool], whispers: dict[int, int] | None = None) -> set[int]:
        """Let these rows, and nobody else, hear each other from the next frame on; True = hears, but is not heard,
        unless ``whispers`` says by which of the rows alone. What played on those who were not in it stops; they are
        given back."""
        for row in rows:
            if row not in self._conferences.members(name):
                self.part(row)
        self._unpair((*self._conferences.members(name), *rows))
        new = self._conferences.set(name, rows, whispers)
        for row in new:
            self.reset(row)
        self._pair(name)
        return new

    def part(self, row: int) -> None:
        """Take a row out of its bridge; or out of its join, and so its partner too."""
        self._unpair((row,))
        left = self._conferences.leave(row)
        if left is not None:
            self._pair(left)

    def _pair(self, bridge: str) -> None:
        """Two who are left in a bridge are joined like any two."""
        self._stale = True
        if (pair := self._conferences.pair(bridge)) is not None:
            one, other = pair
            self.partner[one], self.partner[other] = other, one

    def _unpair(self, rows: tuple[int, ...]) -> None:
        for row in rows:
            partner = int(self.partner[row])
            if partner != _NONE:
                self.partner[row] = self.partner[partner] = _NONE
                self._stale = True

    def listeners(self, row: int) -> tuple[int, ...]:
        """Who hears what this row's party says."""
        partner = int(self.partner[row])
        return (partner,) if partner != _NONE else self._conferences.listeners(row)

    def reset(self, row: int) -> None:
        """Nothing plays on this row."""
        self.play(row, None)
        self.music(row, None)

    def codec_changed(self) -> None:
        """A row has another codec now."""
        self._stale = True

    # -- the step --------------------------------------------------------------------------------------------------

    def compose(self, said: np.ndarray, payloads: np.ndarray) -> np.ndarray:
        """Fill ``payloads`` (uint8 (rows, FRAME)) from what is ``said`` (the same). Gives the rows that played out."""
        if self._stale:
            self._sort(payloads)
        pool, front, back = self._pool, self._front, self._back
        if len(self._bridged):
            self._copy(self._bridged, self.partner, said, payloads)
        for codec, rows in enumerate(self._converted):
            if len(rows):
                payloads[rows] = g711.CONVERT[codec][said[self.partner[rows]]]
        for codec in (g711.PCMU, g711.PCMA):
            if len(rows := self._fronts[codec]):
                self._copy(rows, front, pool.coded[codec], payloads)
            if len(rows := self._backs[codec]):
                self._copy(rows, back, pool.coded[codec], payloads)
        if len(self._mixed):
            self._mix(self._mixed, said, payloads)
        if self._bridges is not None:
            self._confer(said, payloads)
        return self._advance()

    def _sort(self, payloads: np.ndarray) -> None:
        """Who hears what, as lists of rows."""
        rows = len(payloads)
        codec, partner = self._codec[:rows], self.partner[:rows]
        joined, front, back = partner >= 0, self._front[:rows] >= 0, self._back[:rows] >= 0
        self._bridges = self._conferences.table()
        apart = ~joined
        if self._bridges is not None:
            apart[self._bridges.rows] = False
        alone = apart & ~(front & back) & ~(back & (self._gain[:rows] != 1))
        pairs = np.flatnonzero(joined & ~front)
        same = codec[pairs] == codec[partner[pairs]]
        self._bridged, others = pairs[same], pairs[~same]
        self._converted = _by_codec(others, codec[partner[others]])
        fronts, backs = np.flatnonzero(alone & front), np.flatnonzero(alone & back)
        self._fronts, self._backs = _by_codec(fronts, codec[fronts]), _by_codec(backs, codec[backs])
        self._mixed = np.flatnonzero((joined & front) | (apart & ~alone))
        if len(silent := np.flatnonzero(apart & ~front & ~back)):
            payloads[silent] = g711.SILENCE[codec[silent]][:, None]
        self._playing = np.flatnonzero(front)
        self._looping = np.flatnonzero(back)
        self._stale = False

    def _mix(self, rows: np.ndarray, said: np.ndarray, payloads: np.ndarray) -> None:
        """Foreground over the partner, or over music whose gain is on its way to where it belongs."""
        front, back, partner = self._front[rows], self._back[rows], self.partner[rows]
        joined = partner >= 0
        goal = np.where((front >= 0) & ~joined, DUCKED, np.float32(1))
        under = np.where((back >= 0)[:, None], self._pool.samples[back], 0).astype(np.float32)
        under[joined] = g711.decode(said[partner[joined]], self._codec[partner[joined]])
        gain = self._gain[rows][:, None]
        mixed = under * (gain + (goal[:, None] - gain) * _RAMP)
        mixed += np.where((front >= 0)[:, None], self._pool.samples[front], 0)
        samples = np.clip(mixed, -32768, 32767).astype(np.int16)
        payloads[rows] = g711.encode(samples, self._codec[rows])
        self._stale |= bool((goal != self._gain[rows]).any())
        self._gain[rows] = goal

    def _confer(self, said: np.ndarray, payloads: np.ndarray) -> None:
        """All others of the bridge, and the foreground over them."""
        rows = self._bridges.rows
        codec, front = self._codec[rows], self._front[rows]
        mixed = self._bridges.mix(g711.decode(said[rows], codec))
        if (front >= 0).any():
            mixed += np.where((front >= 0)[:, None], self._pool.samples[front], 0)
        payloads[rows] = g711.encode(np.clip(mixed, -32768, 32767).astype(np.int16), codec)

    def _advance(self) -> np.ndarray:
        """On to the next frame; music goes round."""
        if len(rows := self._looping):
            following = self._back[rows] + 1
            self._back[rows] = np.where(following == self._back_end[rows], self._back_first[rows], following)
        if not len(rows := self._playing):
            return rows
        self._front[rows] += 1
        return rows[self._front[rows] == self._front_end[rows]]


def _by_codec(rows: np.ndarray, codecs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those of PCMU, and those of PCMA, which in most houses are none."""
    if not np.count_nonzero(codecs):
        return rows, rows[:0]
    return rows[codecs == g711.PCMU], rows[codecs == g711.PCMA]


def _copy(rows: np.ndarray, numbers: np.ndarray, frames: np.ndarray, payloads: np.ndarray) -> None:
    """Into each of these rows of ``payloads`` the frame that its number names."""
    payloads[rows] = frames[numbers[rows]]


def _copy_in_c(shim: ModuleType, rows: np.ndarray, numbers: np.ndarray, frames: np.ndarray, payloads: np.ndarray) -> None:
    target = shim.ffi.cast("uint8_t *", payloads.ctypes.data)  # with gaps, where the headers are
    columns = (pointer(shim, "int64_t", rows), len(rows), pointer(shim, "int64_t", numbers))
    shim.lib.copy_frames(*columns, pointer(shim, "uint8_t", frames), target, payloads.strides[0])
