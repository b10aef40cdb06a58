"""Digits as tones on their way out, to a leg that takes no telephone events: 100 ms of tone, 80 ms of silence, the next.

The tones replace what the leg would have heard, as with a telephone whose keys are pressed.
"""

from collections import deque
from functools import cache

import numpy as np

from media import g711
from media.rtp import FRAME
from media.tones import HIGH, KEYS, LOW

_FRAMES_DOWN = 5
_FRAMES = 9
_LOW_LEVEL, _HIGH_LEVEL = 8900, 11200
"""Amplitudes: -8 and -6 dBm0, because lines dampen the higher one more."""
_EDGE = 16
"""Samples in which a tone swells and fades, so that it does not click."""


class Dialling:
    """The digits that are still to be heard, by row."""

    def __init__(self) -> None:
        self._digits: dict[int, deque[str]] = {}
        self._frame: dict[int, int] = {}

    def __bool__(self) -> bool:
        """Whether anybody is to hear a digit."""
        return bool(self._digits)

    def type(self, row: int, digits: str) -> None:
        """Let this row hear digits, after those already on their way."""
        self._digits.setdefault(row, deque()).extend(digits)

    def reset(self, row: int) -> None:
        """No more of them."""
        self._digits.pop(row, None)
        self._frame.pop(row, None)

    def step(self, payloads: np.ndarray, codecs: np.ndarray) -> None:
        """Put a frame of each into ``payloads`` (uint8 (rows, FRAME), code words of the row's codec)."""
        for row, digits in list(self._digits.items()):
            frame = self._frame.get(row, 0)
            payloads[row] = _coded(digits[0], int(codecs[row]))[frame]
            self._frame[row] = (frame + 1) % _FRAMES
            if not self._frame[row]:
                digits.popleft()
                if not digits:
                    self.reset(row)


@cache
def _coded(digit: str, codec: int) -> np.ndarray:
    """uint8 (frames, FRAME): a digit and the silence after it."""
    samples = np.zeros(_FRAMES * FRAME, np.int16)
    samples[: _FRAMES_DOWN * FRAME] = tone(digit, _FRAMES_DOWN * FRAME)
    return g711.ENCODE[codec][samples.view(np.uint16)].reshape(_FRAMES, FRAME)


def tone(digit: str, samples: int) -> np.ndarray:
    """int16: a digit held so long."""
    low, high = divmod(KEYS.index(digit), 4)
    moments = 2 * np.pi * np.arange(samples) / 8000
    both = _LOW_LEVEL * np.sin(LOW[low] * moments) + _HIGH_LEVEL * np.sin(HIGH[high] * moments)
    ramp = np.minimum(1, (np.arange(samples) + 1) / _EDGE)
    return (both * np.minimum(ramp, ramp[::-1])).astype(np.int16)
