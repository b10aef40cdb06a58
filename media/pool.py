"""Sounds, decoded once and kept as 20 ms frames in one pool, so that what all rows play is one gather.

A frame is kept three times: as samples for mixing, and in both codecs, because a prompt that is heard alone is then
copied and never computed. Half a minute of sound takes one millisecond to load, five minutes of music about ten;
:meth:`Sounds.preload` does that before the first call.
"""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from media import g711
from media.rtp import FRAME
from media.sounds import SoundError, read


class Sound(NamedTuple):
    """Frames ``first`` to ``end`` (excluded) of the pool."""

    first: int
    end: int


class Pool:
    """All frames of all sounds."""

    def __init__(self, frames: int = 4096) -> None:
        self.samples = np.zeros((frames, FRAME), np.int16)
        self.coded = np.zeros((2, frames, FRAME), np.uint8)
        """uint8 (codec, frame, FRAME)."""
        self._used = 0

    def add(self, samples: np.ndarray) -> Sound:
        """Put int16 samples at 8 kHz in; the last frame is filled up with silence."""
        count = -(-len(samples) // FRAME)
        self._make_room(count)
        sound = Sound(self._used, self._used + count)
        part = self.samples[sound.first : sound.end].reshape(-1)
        part[: len(samples)] = samples
        for codec in (g711.PCMU, g711.PCMA):
            words = self.coded[codec, sound.first : sound.end].reshape(-1)
            np.take(g711.ENCODE[codec], part.view(np.uint16), out=words, mode="clip")
        self._used = sound.end
        return sound

    def _make_room(self, count: int) -> None:
        have = len(self.samples)
        if self._used + count <= have:
            return
        want = max(2 * have, self._used + count)
        samples, coded = np.zeros((want, FRAME), np.int16), np.zeros((2, want, FRAME), np.uint8)
        samples[:have], coded[:, :have] = self.samples, self.coded
        self.samples, self.coded = samples, coded


class Sounds:
    """I/O: WAV files by path, read again when they were changed on disk."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: dict[str, tuple[int, Sound]] = {}

    def find(self, path: str) -> Sound:
        """The sound in this file. SoundError when there is none."""
        try:
            changed = os.stat(path).st_mtime_ns
        except OSError:
            changed = 0  # Reading it says what is wrong.
        known = self._known.get(path)
        if known is None or known[0] != changed:
            known = self._known[path] = (changed, self._pool.add(read(path)))
        return known[1]

    def preload(self, folder: Path) -> None:
        """Load every sound below a folder; those that cannot be read are reported when they are to be played."""
        for path in sorted(folder.rglob("*.wav")):
            try:
                self.find(str(path))
            except SoundError:
                continue
