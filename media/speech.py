"""After the call: who spoke when, measured from the stereo recording (caller left, agent right).

Each channel is cut into frames of 30 ms, and a voice activity detector (WebRTC's) says of each whether it holds speech.
It judges by the spectrum, not by loudness alone, but it blinks: a click counts as speech, the gap inside a word does
not. So its answers are smoothed in two passes: short pauses belong to the speech around them, then short bursts are
nobody speaking. An hour takes about a second, so this belongs into a thread or process of its own, never into the step.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import webrtcvad

from media.sounds import RATE, SoundError, block, layout

FRAME = 0.03
"""Seconds that are judged at once; the detector takes 10, 20 or 30 ms."""
STRICTNESS = 2
"""0 (calls much speech) to 3 (calls little speech)."""
PAUSE = 0.3
"""Seconds; a shorter silence within speech is part of the speech."""
BURST = 0.12
"""Seconds; a shorter sound is not speech."""
FAINT = 32
"""A frame whose loudest sample is below this (of 32768) is silence; the detector is not asked."""
AT_ONCE = 2000
"""Frames that are read at once: a minute, a megabyte."""


@dataclass(frozen=True, slots=True)
class Party:
    """One channel; all in seconds. ``talk`` and ``silence`` add up to the length of the recording."""

    talk: float
    silence: float
    longest_silence: float
    """The longest stretch without a word of this party, e.g. while it held or was held."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A whole recording; all in seconds."""

    seconds: float
    parties: tuple[Party, ...]
    """One for each channel: caller and agent, or only one where the recording is mono."""
    overlap: float
    """Both speak (cross-talk)."""
    silence: float
    """Nobody speaks."""
    longest_silence: float
    """The longest stretch in which nobody speaks."""


def measure(path: str | Path) -> Measured:
    """Measure a recording of 8 kHz. Raises :class:`~media.sounds.SoundError`."""
    return summed(speech(path))


def summed(spoken: np.ndarray) -> Measured:
    """What :func:`speech` says, in sums."""
    parties = tuple(_party(channel) for channel in spoken.T)
    speaking = spoken.sum(axis=1)
    together = _party(speaking > 0)
    overlap = _seconds(np.count_nonzero(speaking > 1))
    return Measured(_seconds(len(spoken)), parties, overlap, together.silence, together.longest_silence)


def speech(path: str | Path) -> np.ndarray:
    """Whether each party speaks in each 30 ms: bool, shape (frames, channels). The rest at the end is left out."""
    found = layout(path)
    if found.rate != RATE:
        raise SoundError(path, f"it has {found.rate} Hz", "measure recordings of 8000 Hz")
    size = round(FRAME * RATE)
    detectors = [webrtcvad.Vad(STRICTNESS) for _ in range(found.channels)]
    parts = [np.empty((0, found.channels), bool)]
    for first in range(0, found.samples // size * size, AT_ONCE * size):
        frames = framed(block(path, found, first, AT_ONCE * size), size)
        parts.append(np.column_stack([_judge(*each) for each in zip(detectors, frames, strict=True)]))
    raw = np.concatenate(parts)
    return np.column_stack([_smooth(channel) for channel in raw.T])


def framed(samples: np.ndarray, size: int) -> np.ndarray:
    """Samples (n, channels) in frames of ``size``: (channels, frames, size), what is left at the end is left out. Each frame
    lies in one piece, which NumPy reads several times as fast as the channels side by side: ``waveform.measure`` of a talk
    of 20 s took 7.3 ms of CPU with it, and 19.3 without."""
    whole = len(samples) // size * size
    return np.ascontiguousarray(samples[:whole].T).reshape(samples.shape[1], -1, size)


def _judge(detector: webrtcvad.Vad, frames: np.ndarray) -> np.ndarray:
    """What the detector says of each frame; int16 (frames, samples) -> bool (frames,)."""
    heard = np.ptp(frames, axis=1).astype(np.uint16) > 2 * FAINT
    data, width = memoryview(np.ascontiguousarray(frames, "<i2")).cast("B"), frames.shape[1] * 2
    for number in np.flatnonzero(heard):
        heard[number] = detector.is_speech(data[number * width : (number + 1) * width], RATE)
    return heard


def _smooth(raw: np.ndarray) -> np.ndarray:
    """Fill short pauses between speech, then drop short bursts."""
    spoken = raw.copy()
    for start, end in runs(~spoken):
        if start > 0 and end < len(spoken) and end - start < PAUSE / FRAME:
            spoken[start:end] = True
    for start, end in runs(spoken):
        if end - start < BURST / FRAME:
            spoken[start:end] = False
    return spoken


def runs(flags: np.ndarray) -> np.ndarray:
    """Where stretches of True begin, and where they have ended: int, shape (stretches, 2)."""
    edges = np.diff(np.concatenate(([False], flags, [False])).astype(np.int8))
    return np.column_stack((np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)))


def _party(spoken: np.ndarray) -> Party:
    silences = np.diff(runs(~spoken), axis=1)
    talk = np.count_nonzero(spoken)
    return Party(_seconds(talk), _seconds(len(spoken) - talk), _seconds(silences.max(initial=0)))


def _seconds(frames: int) -> float:
    return round(float(frames) * FRAME, 3)
