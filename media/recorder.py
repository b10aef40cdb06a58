"""Recordings as they grow: what was said on two legs, side by side, cut into blocks of half a second.

Only memory is touched here; blocks go to :mod:`media.writer`, which has a thread for the disk. Both channels get their
frame in the same step, after the jitter buffers, so they are aligned as the two parties heard each other. 16 bit
samples are written although 8 would do for G.711: every player and every tool plays them. Until a block is full it is
kept as code words, the left and the right one side by side in one number, which one look-up turns into both samples.
"""

from typing import NamedTuple

import numpy as np

from media import g711
from media.rtp import FRAME

BLOCK = 25
"""Frames in a block: half a second, 16 KB in stereo; so much is lost at most when the process is killed."""
RATE = 8000


class Begin(NamedTuple):
    """Begin, or go on with, a file."""

    recording: str
    path: str
    channels: int
    leg: str
    """Whom trouble with the file is told for."""


class Block(NamedTuple):
    """The next samples of a file, int16 little-endian, channels interleaved."""

    recording: str
    data: bytes | memoryview


class End(NamedTuple):
    """Close the file."""

    recording: str


Write = Begin | Block | End


class _Track:
    """One recording; ``place`` is its line in the columns."""

    def __init__(self, place: int, mono: bool) -> None:
        self.place, self.mono = place, mono
        self.left, self.right, self.paused = "", "", False


_PAIRS = g711.PAIRS.view("<u4").reshape(4, 65536)
"""The same, both samples as one number: [2 * left codec + right codec, right word << 8 | left word]."""
_SILENT = 2 * g711.PCMU + g711.PCMU


def _decode(words: np.ndarray, codecs: np.ndarray) -> np.ndarray:
    """Words (frames, FRAME) and each frame's pair of codecs -> int16 (frames * FRAME, 2)."""
    if (codecs == codecs[0]).all():
        pairs = _PAIRS[codecs[0]].take(words)
    else:
        pairs = _PAIRS.reshape(-1).take(words + (codecs.astype(np.uint32) << 16)[:, None])
    return pairs.view("<i2").reshape(-1, 2)


class Recorder:
    """All recordings."""

    def __init__(self) -> None:
        self._tracks: dict[str, _Track] = {}
        self._names: list[str] = []
        self._words = np.zeros((0, BLOCK, FRAME), np.uint16)
        self._codecs = np.zeros((0, BLOCK), np.uint8)
        self._filled = np.zeros(0, np.int64)
        self._free: list[int] = []
        self._stale = True
        self._writes: list[Write] = []

    def record(self, recording: str, path: str, left: str, right: str, mono: bool) -> None:
        """Begin a recording, or change who is on its channels."""
        track = self._tracks.get(recording)
        if track is None:
            track = self._tracks[recording] = _Track(self._place(recording), mono)
            self._writes.append(Begin(recording, path, 1 if mono else 2, left or right))
        track.left, track.right = left, "" if track.mono else right
        self._stale = True

    def pause(self, recording: str, paused: bool) -> bool:
        """Write silence, or no longer. False when there is no such recording."""
        if recording in self._tracks:
            self._tracks[recording].paused = paused
            self._stale = True
        return recording in self._tracks

    def finish(self, recording: str) -> bool:
        """Close the file. False when there is no such recording."""
        track = self._tracks.pop(recording, None)
        if track is None:
            return False
        self._flush(recording, track)
        self._writes.append(End(recording))
        self._free.append(track.place)
        self._stale = True
        return True

    def finish_all(self) -> None:
        """Close every file."""
        for recording in list(self._tracks):
            self.finish(recording)

    def take_writes(self) -> list[Write]:
        """What the disk has yet to be told."""
        writes, self._writes = self._writes, []
        return writes

    def legs_changed(self) -> None:
        """Legs have got or lost their rows."""
        self._stale = True

    def step(self, said: np.ndarray, heard: np.ndarray, codec: np.ndarray, rows: dict[str, int]) -> None:
        """Append this step's frames: what each row says and what it hears, both as words of its ``codec``.

        ``rows`` tells each leg's row; the last row of ``said`` never says anything."""
        if not self._tracks:
            return
        if self._stale:
            self._sort(rows)
        right = said[self._rights]
        if len(self._hears):
            right[self._hears] = heard[self._rights[self._hears]]
        self._append(said[self._lefts], right, 2 * codec[self._lefts] + codec[self._rights])

    def skip(self, steps: int, rows: dict[str, int]) -> None:
        """Steps that were not made: silence, so that time in the files stays true."""
        if not self._tracks:
            return
        if self._stale:
            self._sort(rows)
        nothing = np.full((len(self._live), FRAME), g711.SILENCE[g711.PCMU], np.uint8)
        for _ in range(steps):
            self._append(nothing, nothing, _SILENT)

    def _append(self, left: np.ndarray, right: np.ndarray, codecs: np.ndarray | int) -> None:
        live = self._live
        at = self._filled[live]
        words = right.astype(np.uint16)
        words <<= 8
        words |= left
        self._words[live, at] = words
        self._codecs[live, at] = codecs
        at += 1
        self._filled[live] = at
        for number in np.flatnonzero(at == BLOCK):
            name = self._names[live[number]]
            self._flush(name, self._tracks[name])

    def _flush(self, recording: str, track: _Track) -> None:
        frames = self._filled[track.place]
        if not frames:
            return
        samples = _decode(self._words[track.place, :frames], self._codecs[track.place, :frames])
        one_or_both = np.ascontiguousarray(samples[:, 0]) if track.mono else samples
        self._writes.append(Block(recording, one_or_both.reshape(-1).view(np.uint8).data))
        self._filled[track.place] = 0

    def _sort(self, rows: dict[str, int]) -> None:
        """Whose frames go where, as lists; -1 is the row that never says anything."""
        tracks = list(self._tracks.values())
        self._live = np.array([track.place for track in tracks], np.int64)
        self._lefts = np.array([-1 if track.paused else rows.get(track.left, -1) for track in tracks], np.int64)
        self._rights = np.array([-1 if track.paused else rows.get(track.right, -1) for track in tracks], np.int64)
        both = np.array([track.left == track.right for track in tracks], bool)
        self._hears = np.flatnonzero(both & (self._rights >= 0))
        """Tracks whose right channel is what their left leg hears."""
        self._stale = False

    def _place(self, recording: str) -> int:
        """A free line in the columns; they double when there is none."""
        if not self._free:
            have = len(self._names)
            more = max(16, have)
            self._words = np.concatenate([self._words, np.zeros((more, BLOCK, FRAME), np.uint16)])
            self._codecs = np.concatenate([self._codecs, np.zeros((more, BLOCK), np.uint8)])
            self._filled = np.concatenate([self._filled, np.zeros(more, np.int64)])
            self._names += [""] * more
            self._free = list(range(have + more - 1, have - 1, -1))
        place = self._free.pop()
        self._names[place] = recording
        return place
