"""Keys as tones (DTMF, ITU-T Q.23 and Q.24), for legs whose far end knows no telephone events (RFC 4733).

Each key is two tones at once, one of four low ones and one of four high ones. A window of 20 ms is moved along by 10 ms;
what of its energy is at a frequency is one product of all rows' windows with sines and cosines (Goertzel's filter, for
all at once). A frequency may be off by 1.5 %, so each is looked for at three places.

A window has a key in it when the two strongest tones hold most of the energy (speech and music spread theirs), are loud
enough, and are about equally loud (the high one at most 5 dB above the low one, and 9 dB below: lines dampen it). Three
such windows in a row are a press: 40 ms are always enough, 25 ms never are. Three windows without it end the press, so
that a short drop-out does not make two of one.

Nearly all frames are of people who press nothing, so each window that falls together with a frame is looked at first, and
not even that where it is too quiet. Of three windows in a row one falls together with a frame: where it has no key, and none
was heard just before, the one between two frames makes no press and need not be looked at.
"""

from collections.abc import Callable
from types import ModuleType

import numpy as np

from media import g711
from media.rtp import FRAME
from media.shim import Table, built, pointer

LOW = (697, 770, 852, 941)
HIGH = (1209, 1336, 1477, 1633)
"""Hertz."""
KEYS = "123A456B789C*0#D"
"""Row by row, as they are on the pad."""

_HOP = FRAME // 2
_PURITY = 0.6
"""The part of a window's energy that has to be in the two tones. One that is filled to three quarters still has it."""
_QUIETEST = 500.0
"""The least amplitude of either tone: -33 dBm0."""
_LOUD = 1.5 * _QUIETEST**2
"""The least energy of a window that may have both in it; as some of it may be that of both, less than twice that of one."""
_HIGHER, _LOWER = 10 ** (5 / 10), 10 ** (-9 / 10)
_ENOUGH = 3
_OFF = np.array([1 - 0.0125, 1.0, 1 + 0.0125])


def _basis(off: np.ndarray) -> np.ndarray:
    """float32 (FRAME, 2 * 8 * len(off)): cosines and sines of each tone, and of its neighbours."""
    hertz = (np.array(LOW + HIGH)[:, None] * off).reshape(-1)
    angles = 2 * np.pi * np.arange(FRAME)[:, None] * hertz / 8000
    return (np.concatenate([np.cos(angles), np.sin(angles)], axis=1) * (2 / FRAME)).astype(np.float32)


_BASIS = _basis(_OFF)
_MIDDLES = _basis(np.ones(1))
"""For the shim, which asks them first, and goes on where they hold a fifth of the energy. A tone that is 1.5 % off still has
0.42 of its own there (a window of 20 ms, 1633 Hz), so no key is lost by that."""


class Tones:
    """Columns for ``rows`` legs, of which those are looked at that :meth:`listen` names."""

    def __init__(self, rows: int, shim: ModuleType | None = built) -> None:
        self.down = np.full(rows, -1, np.int8)
        """The key that is held, by its place in :data:`KEYS`; -1 = none."""
        self._half = np.zeros((rows, _HOP), np.int16)
        self._last = np.full(rows, -1, np.int8)
        self._run = np.zeros(rows, np.int8)
        self._missed = np.zeros(rows, np.int8)
        self._listening = np.zeros(rows, bool)
        self._rows = np.zeros(0, np.int64)
        self._hear = self._in_c(shim) if shim else self._in_numpy

    def __bool__(self) -> bool:
        """Whether any row is listened to."""
        return len(self._rows) > 0

    def listen(self, row: int, listens: bool) -> None:
        """Whether keys may come as tones on this row."""
        if self._listening[row] != listens:
            self.reset(row)
            self._listening[row] = listens
            self._rows = np.flatnonzero(self._listening)

    def reset(self, row: int) -> None:
        """Nothing was heard, and nothing is listened to."""
        self.down[row] = self._last[row] = -1
        self._run[row] = self._missed[row] = 0
        self._half[row] = 0
        if self._listening[row]:
            self._listening[row] = False
            self._rows = np.flatnonzero(self._listening)

    def step(self, said: np.ndarray, codecs: np.ndarray) -> list[tuple[int, str]]:
        """A frame of every row: code words, with a codec a row. Gives the keys that were pressed: (row, key)."""
        return [(row, KEYS[key]) for row, key in self._hear(said, codecs)]

    def _in_numpy(self, said: np.ndarray, codecs: np.ndarray) -> list[tuple[int, int]]:
        rows = self._rows
        samples = g711.decode(said[rows], codecs[rows])
        keys = find(samples)
        looked = (keys >= 0) | (self._last[rows] >= 0) | (self.down[rows] >= 0)
        pressed: list[tuple[int, int]] = []
        if looked.any():
            rows, keys = rows[looked], keys[looked]
            between = np.concatenate([self._half[rows], samples[looked, :_HOP]], axis=1)
            pressed = self._judge(rows, find(between)) + self._judge(rows, keys)
        self._half[self._rows] = samples[:, _HOP:]
        return pressed

    def _in_c(self, shim: ModuleType) -> Callable[[np.ndarray, np.ndarray], list[tuple[int, int]]]:
        """The same by the shim."""
        rows, keys = (np.zeros(2 * len(self.down), np.int64) for _ in range(2))
        table = Table(shim, "tones", down=self.down, last=self._last, run=self._run, missed=self._missed, half=self._half,
                      basis=_BASIS, middles=_MIDDLES, rows=rows, keys=keys)
        decode = pointer(shim, "int16_t", g711.DECODE.reshape(-1))

        def hear(said: np.ndarray, codecs: np.ndarray) -> list[tuple[int, int]]:
            count = shim.lib.hear_keys(table.struct, len(self._rows), pointer(shim, "int64_t", self._rows),
                                       pointer(shim, "uint8_t", said), pointer(shim, "uint8_t", codecs), decode)
            return list(zip(rows[:count].tolist(), keys[:count].tolist(), strict=True))

        return hear

    def _judge(self, rows: np.ndarray, keys: np.ndarray) -> list[tuple[int, int]]:
        """What a window more makes of each row."""
        self._run[rows] = np.where(keys == self._last[rows], np.minimum(self._run[rows] + 1, 100), 1)
        self._last[rows] = keys
        down = self.down[rows]
        missed = np.where(keys == down, 0, np.minimum(self._missed[rows] + 1, 100))
        down = np.where(missed >= _ENOUGH, -1, down)
        new = (keys >= 0) & (self._run[rows] == _ENOUGH) & (keys != down)
        self.down[rows] = np.where(new, keys, down)
        self._missed[rows] = np.where(new, 0, missed)
        return [(int(rows[place]), int(keys[place])) for place in np.flatnonzero(new)]


def find(windows: np.ndarray) -> np.ndarray:
    """int16 (n, FRAME) -> int8 (n): the key that is in each window, by its place in :data:`KEYS`; -1 = none."""
    samples = windows.astype(np.float32)
    energy = 2 * (samples**2).mean(axis=1)
    keys = np.full(len(windows), -1, np.int8)
    loud = np.flatnonzero(energy >= _LOUD)
    keys[loud] = _find_in(samples[loud], energy[loud])
    return keys


def _find_in(samples: np.ndarray, energy: np.ndarray) -> np.ndarray:
    parts = (samples @ _BASIS).reshape(len(samples), 2, 8, 3)
    power = (parts**2).sum(axis=1).max(axis=2)
    low, high = power[:, :4].argmax(axis=1), power[:, 4:].argmax(axis=1)
    places = np.arange(len(samples))
    lower, higher = power[places, low], power[places, high + 4]
    found = (lower + higher >= _PURITY * energy) & (np.minimum(lower, higher) >= _QUIETEST**2)
    found &= (higher <= _HIGHER * lower) & (higher >= _LOWER * lower)
    return np.where(found, 4 * low + high, -1)
