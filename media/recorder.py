"""Recordings as they grow: what was said on two legs, side by side, cut into blocks of half a second.

Only memory is touched here; blocks go to :mod:`media.writer`, which has a thread for the disk. Both channels get their
frame in the same step, after the jitter buffers, so they are aligned as the two parties heard each other. 16 bit
samples are written although 8 would do for G.711: every player and every tool plays them.

A step only keeps what all rows said (and, where somebody records it, heard) in a history of half a second, which is one
copy however many recordings there are. A recording's code words are taken from it when half a second is full, or when
somebody else gets one of its channels. With the shim they become samples in the same breath. Without, they do where they
are written, in the other thread: left and right word side by side in one number, which one look-up turns into both samples.
"""

from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import NamedTuple

import numpy as np

from media import g711
from media.rtp import FRAME
from media.shim import built, pointer

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


class Words:
    """Code words of several recordings: left and right uint8 (recordings, frames, FRAME), codecs (recordings, frames)."""

    def __init__(self, left: np.ndarray, right: np.ndarray, codecs: np.ndarray) -> None:
        self._left, self._right, self._codecs = left, right, codecs

    @cached_property
    def samples(self) -> np.ndarray:
        """int16 (recordings, 2 * samples), channels interleaved; computed when first asked for."""
        words = self._right.astype(np.uint16)
        words <<= 8
        words |= self._left
        return _decode(words, self._codecs).view("<i2").reshape(len(words), -1)


class Spoken(NamedTuple):
    """The same as it was spoken: one recording's words."""

    recording: str
    words: Words
    place: int
    mono: bool
    """Only the left channel is wanted."""

    @property
    def data(self) -> memoryview:
        """What a block would have."""
        return _octets(self.words.samples[self.place], self.mono)


class End(NamedTuple):
    """Close the file."""

    recording: str


Write = Begin | Block | Spoken | End


@dataclass(slots=True)
class _Track:
    """One recording."""

    mono: bool
    since: int
    """The first step that was not yet handed over."""
    left: str = ""
    right: str = ""
    paused: bool = False
    rows: tuple[int, int, bool] = (-1, -1, False)
    """Row of the left and of the right channel (-1 = silence), and whether the right one is what that row hears."""


_WORDS = g711.DECODE.astype("<i2")
_PAIRS = g711.PAIRS.view("<u4").reshape(4, 65536)
"""The same, both samples as one number: [2 * left codec + right codec, right word << 8 | left word]."""
_SILENCE = bytes(BLOCK * FRAME * 4)
_AT_ONCE = 8
"""Recordings that are taken together: enough to share the calls, and few enough for the processor's cache. One by one
a block cost 20 us more."""


class Recorder:
    """All recordings."""

    def __init__(self, rows: int, shim: ModuleType | None = built) -> None:
        self._shim = shim
        self._tracks: dict[str, _Track] = {}
        self._due: list[set[str]] = [set() for _ in range(BLOCK)]
        """Recordings by the step in which their block is full, modulo a block."""
        self._said = np.zeros((rows + 1, BLOCK, FRAME), np.uint8)
        """What each row said in the last steps, in the order of reading; the last row never says anything."""
        self._said[-1] = g711.SILENCE[g711.PCMU]
        self._heard = np.zeros((rows + 1, BLOCK, FRAME), np.uint8)
        self._codecs = np.zeros((rows + 1, BLOCK), np.uint8)
        self._steps = 0
        self._any_hears = False
        self._stale = True
        self._writes: list[Write] = []

    def record(self, recording: str, path: str, left: str, right: str, mono: bool) -> None:
        """Begin a recording, or change who is on its channels."""
        track = self._tracks.get(recording)
        if track is None:
            track = self._tracks[recording] = _Track(mono, self._steps)
            self._due[(self._steps - 1) % BLOCK].add(recording)
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
        if recording not in self._tracks:
            return False
        self._flush(recording)
        del self._tracks[recording]
        for due in self._due:
            due.discard(recording)
        self._writes.append(End(recording))
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

    def step(self, said: np.ndarray, heard: np.ndarray, codec: np.ndarray, rows: dict[str, int], high: int) -> None:
        """Append this step's frames: what each row says and what it hears, both as words of its ``codec``.

        ``rows`` tells each leg's row; all are below ``high``."""
        if not self._tracks:
            return
        if self._stale:
            self._sort(rows)
        plane = self._steps % BLOCK
        self._said[:high, plane], self._codecs[:high, plane] = said[:high], codec[:high]
        if self._any_hears:
            self._heard[:high, plane] = heard[:high]
        self._steps += 1
        if full := list(self._due[plane]):
            self._end_blocks(full)

    def skip(self, steps: int) -> None:
        """Steps that were not made: silence, so that time in the files stays true."""
        for recording, track in self._tracks.items():
            self._flush(recording)
            octets = steps * FRAME * (2 if track.mono else 4)
            whole, rest = divmod(octets, len(_SILENCE))
            self._writes += [Block(recording, _SILENCE)] * whole + [Block(recording, _SILENCE[:rest])]
        self._due = [self._due[(plane + steps) % BLOCK] for plane in range(BLOCK)]

    def _end_blocks(self, full: list[str]) -> None:
        """Hand over blocks that are full, many at once unless something was handed over since they began."""
        whole = [recording for recording in full if self._tracks[recording].since == self._steps - BLOCK]
        for first in range(0, len(whole), _AT_ONCE):
            self._hand_over(whole[first : first + _AT_ONCE], BLOCK)
        for recording in full:
            self._flush(recording)

    def _flush(self, recording: str) -> None:
        """Hand over what there is of a recording."""
        if frames := self._steps - self._tracks[recording].since:
            self._hand_over([recording], frames)

    def _hand_over(self, recordings: list[str], frames: int) -> None:
        """The last ``frames`` frames of these recordings, to the disk."""
        tracks = [self._tracks[recording] for recording in recordings]
        lefts, rights, hears = (np.array(column) for column in zip(*(track.rows for track in tracks), strict=True))
        if self._shim:
            samples = self._decode_in_c(self._shim, lefts, rights, hears, frames)
            self._writes += [Block(recording, _octets(each, track.mono))
                             for recording, track, each in zip(recordings, tracks, samples, strict=True)]
        else:
            words = self._take_words(lefts[:, None], rights[:, None], hears, frames)
            self._writes += [Spoken(recording, words, place, track.mono)
                             for place, (recording, track) in enumerate(zip(recordings, tracks, strict=True))]
        for track in tracks:
            track.since = self._steps

    def _decode_in_c(self, shim: ModuleType, lefts: np.ndarray, rights: np.ndarray, hears: np.ndarray, frames: int
                     ) -> np.ndarray:  # fmt: skip
        """Samples as :attr:`Words.samples` has them."""
        samples = np.empty((len(lefts), 2 * frames * FRAME), "<i2")
        history = (pointer(shim, "uint8_t", each) for each in (self._said, self._heard, self._codecs))
        rows = (pointer(shim, "int64_t", each % len(self._said)) for each in (lefts, rights))
        shim.lib.decode_blocks(pointer(shim, "int16_t", _WORDS), *history, BLOCK, (self._steps - frames) % BLOCK, frames,
                               len(lefts), *rows, pointer(shim, "bool", hears), pointer(shim, "int16_t", samples))
        return samples

    def _take_words(self, lefts: np.ndarray, rights: np.ndarray, hears: np.ndarray, frames: int) -> Words:
        planes = np.arange(self._steps - frames, self._steps) % BLOCK
        left, right = self._said[lefts, planes], self._said[rights, planes]
        if hears.any():
            which = np.flatnonzero(hears)
            right[which] = self._heard[rights[which], planes]
        return Words(left, right, 2 * self._codecs[lefts, planes] + self._codecs[rights, planes])

    def _sort(self, rows: dict[str, int]) -> None:
        """Who is on which row now. Whose channels have changed, hand over what was until then."""
        for recording, track in self._tracks.items():
            left, right = (-1 if track.paused else rows.get(leg, -1) for leg in (track.left, track.right))
            found = (left, right, track.left == track.right and right >= 0)
            if found != track.rows:
                self._flush(recording)
                track.rows = found
        self._any_hears = any(track.rows[2] for track in self._tracks.values())
        self._stale = False


def _octets(samples: np.ndarray, mono: bool) -> memoryview:
    """As they are written; ``mono``: the left channel alone."""
    return (np.ascontiguousarray(samples[::2]) if mono else samples).view(np.uint8).data


def _decode(words: np.ndarray, codecs: np.ndarray) -> np.ndarray:
    """Words (recordings, frames, FRAME), and each frame's pair of codecs -> both samples of each as one number."""
    if (codecs == codecs[0, 0]).all():
        return _PAIRS[codecs[0, 0]].take(words, mode="wrap")
    return _PAIRS.reshape(-1).take(words + (codecs.astype(np.uint32) << 16)[:, :, None], mode="wrap")
