"""Comfort noise (RFC 3389): a phone that says nothing tells how loud its silence is, and then sends nothing.

The level is all that is used of it; the shape of the spectrum, which few phones send, is heard by nobody at that
loudness. It lasts until speech comes again. It is no loss: nothing is repeated in its place.
"""

from functools import lru_cache

import numpy as np

from media import g711
from media.rtp import FRAME

COMFORT_NOISE = 13
"""Its payload type, on the clock of 8000."""
_LOUDEST = 30
"""dB below overload; what claims to be louder silence than that is made as quiet."""
_FRAMES = 50
_WHITE = np.random.default_rng(3389).standard_normal((_FRAMES, FRAME))


class Comfort:
    """The rows that told of their silence."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[int, int]] = {}
        """By row: the level, and the highest frame that had come by then."""

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._rows)

    def tell(self, row: int, payload: bytes, top: int) -> None:
        """A packet of comfort noise came, and ``top`` is the highest frame of speech so far."""
        if payload:
            self._rows[row] = (max(payload[0] & 0x7F, _LOUDEST), top)

    def reset(self, row: int) -> None:
        """Nothing is known of this row."""
        self._rows.pop(row, None)

    def fill(self, said: np.ndarray, absent: np.ndarray, tops: np.ndarray, codecs: np.ndarray, step: int) -> None:
        """Let those of the ``absent`` rows whose silence is known say it (code words); who has spoken since, is not."""
        for row in self._rows.keys() & set(absent.tolist()):
            level, top = self._rows[row]
            if tops[row] > top:
                del self._rows[row]
            else:
                said[row] = _noise(level, int(codecs[row]))[(step * 7 + row) % _FRAMES]


@lru_cache(64)
def _noise(level: int, codec: int) -> np.ndarray:
    """uint8 (frames, FRAME): code words of noise at a level in -dBov (0 = a square wave of full scale)."""
    samples = np.clip(_WHITE * 32768 * 10 ** (-level / 20), -32768, 32767).astype(np.int16)
    return g711.ENCODE[codec][samples.view(np.uint16)]
