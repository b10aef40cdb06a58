"""Recordings as they grow: what was said on two legs, side by side, cut into blocks of half a second.

Only memory is touched here; blocks go to :mod:`media.writer`, which has a thread for the disk. Both channels get their
frame in the same step, after the jitter buffers, so they are aligned as the two parties heard each other. 16 bit
samples are written although 8 would do for G.711: every player and every tool plays them.
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
    data: bytes


class End(NamedTuple):
    """Close the file."""

    recording: str


Write = Begin | Block | End


class _Track:
    """One recording; ``place`` is its line in the columns."""

    def __init__(self, place: int, mono: bool) -> None:
        self.place, self.mono = place, mono
        self.left, self.right, self.paused = "", "", False


class Recorder:
    """All recordings."""

    def __init__(self) -> None:
        self._tracks: dict[str, _Track] = {}
        self._names: list[str] = []
        self._blocks = np.zeros((0, BLOCK, FRAME, 2), np.int16)
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

    def step(self, said: np.ndarray, codec: np.ndarray, rows: dict[str, int]) -> None:
        """Append this step's frames. ``rows`` tells each leg's row."""
        if not self._tracks:
            return
        if self._stale:
            self._sort(rows)
        filled = self._filled
        for channel, (places, mouths) in enumerate(self._channels):
            if len(places):
                self._blocks[places, filled[places], :, channel] = g711.decode(said[mouths], codec[mouths])
        filled[self._live] += 1
        if filled.max() >= BLOCK:
            self._flush_full()

    def skip(self, steps: int) -> None:
        """Steps that were not made: silence, so that time in the files stays true."""
        for _ in range(steps if self._tracks else 0):
            self._filled[[track.place for track in self._tracks.values()]] += 1
            self._flush_full()

    def _flush_full(self) -> None:
        for place in np.flatnonzero(self._filled >= BLOCK):
            name = self._names[place]
            self._flush(name, self._tracks[name])

    def _flush(self, recording: str, track: _Track) -> None:
        block = self._blocks[track.place, : self._filled[track.place]]
        if len(block):
            self._writes.append(Block(recording, (block[..., 0] if track.mono else block).tobytes()))
        block[:] = 0
        self._filled[track.place] = 0

    def _sort(self, rows: dict[str, int]) -> None:
        """Whose frames go where, as lists; silence is what a block is made of before anything is written to it."""
        lefts, rights = [], []
        for track in self._tracks.values():
            for leg, channel in ((track.left, lefts), (track.right, rights)):
                if leg in rows and not track.paused:
                    channel.append((track.place, rows[leg]))
        self._channels = [np.array(pairs, np.int64).reshape(-1, 2).T for pairs in (lefts, rights)]
        self._live = np.array([track.place for track in self._tracks.values()], np.int64)
        self._stale = False

    def _place(self, recording: str) -> int:
        """A free line in the columns; they double when there is none."""
        if not self._free:
            have = len(self._names)
            more = max(16, have)
            self._blocks = np.concatenate([self._blocks, np.zeros((more, *self._blocks.shape[1:]), np.int16)])
            self._filled = np.concatenate([self._filled, np.zeros(more, np.int64)])
            self._names += [""] * more
            self._free = list(range(have + more - 1, have - 1, -1))
        place = self._free.pop()
        self._names[place] = recording
        return place
