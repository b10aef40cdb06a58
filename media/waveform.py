"""The shape of a recording, for a picture of it: how loud each party is from moment to moment, and when it speaks.

Computed once, from the stereo file, and kept in a small file beside it: for each 30 ms and channel the lowest and the
highest sample, the loudness, and whether there is speech; some 200 bytes a second before they are packed. A picture of any
width is drawn from that. What is kept can be thrown away at any time: it is computed again when somebody asks.
"""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from media import speech
from media.sounds import RATE, block, layout

SUFFIX = ".shape.npz"
SIZE = round(speech.FRAME * RATE)
QUIETEST = 96
"""Decibels below full scale that count as nothing."""
AT_ONCE = 2000
"""Frames that are read at once: a minute."""


@dataclass(frozen=True, slots=True)
class Shape:
    """All with one row for each 30 ms and one column for each channel."""

    low: np.ndarray
    """int8: the lowest sample, of -128."""
    high: np.ndarray
    """int8: the highest sample, of 127."""
    loudness: np.ndarray
    """uint8: root mean square in decibels below full scale."""
    spoken: np.ndarray
    """bool."""

    @property
    def seconds(self) -> float:
        return round(len(self.low) * speech.FRAME, 3)


def beside(path: Path) -> Path:
    """Where the shape of this recording is kept."""
    return path.with_name(path.name + SUFFIX)


def measure(path: str | Path) -> speech.Measured:
    """Who spoke when in a finished recording, and keep its shape. Raises :class:`~media.sounds.SoundError`."""
    spoken = speech.speech(path)
    with contextlib.suppress(OSError):  # a picture is not worth a measurement
        _keep(Path(path), _shape(Path(path), spoken))
    return speech.summed(spoken)


def shape(path: Path) -> Shape:
    """The shape of a recording: as it was kept, or computed and kept now. Raises :class:`~media.sounds.SoundError`."""
    try:
        with np.load(beside(path), allow_pickle=False) as kept:
            count = tuple(kept["count"])
            spoken = np.unpackbits(kept["spoken"], count=int(np.prod(count))).reshape(count).astype(bool)
            found = Shape(kept["low"], kept["high"], kept["loudness"], spoken)
        if found.low.shape == count and len(found.low) == layout(path).samples // SIZE:
            return found
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        pass
    made = _shape(path, speech.speech(path))
    with contextlib.suppress(OSError):
        _keep(path, made)
    return made


def _shape(path: Path, spoken: np.ndarray) -> Shape:
    found = layout(path)
    parts = [[np.empty((0, found.channels), kind)] for kind in (np.int8, np.int8, np.uint8)]
    for first in range(0, len(spoken), AT_ONCE):
        samples = block(path, found, first * SIZE, min(AT_ONCE, len(spoken) - first) * SIZE)
        frames = speech.framed(samples, SIZE)
        exact = frames.astype(np.float32)
        power = np.sqrt(np.einsum("cfs,cfs->cf", exact, exact) / SIZE) / 32768
        quiet = np.clip(np.round(-20 * np.log10(np.maximum(power, 1e-5))), 0, QUIETEST)
        for part, values in zip(parts, (frames.min(axis=2) >> 8, frames.max(axis=2) >> 8, quiet), strict=True):
            part.append(values.T)
    low, high, loudness = (np.concatenate(part).astype(kind)
                           for part, kind in zip(parts, (np.int8, np.int8, np.uint8), strict=True))
    return Shape(low, high, loudness, spoken)


def _keep(path: Path, made: Shape) -> None:
    """Written whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.part")
    with open(fresh, "wb") as file:
        np.savez_compressed(file, low=made.low, high=made.high, loudness=made.loudness,
                            spoken=np.packbits(made.spoken), count=np.array(made.spoken.shape))
    fresh.replace(beside(path))


def drawn(made: Shape, points: int) -> dict[str, Any]:
    """The picture, ``points`` wide at most: of each party the lowest and highest sample (-128 to 127), the loudness (dB
    below full scale) at each point, and the stretches (``[from, to]`` in seconds) in which it speaks; and those of both,
    and of nobody."""
    frames = len(made.low)
    edges = np.unique(np.linspace(0, frames, min(points, frames) + 1).astype(int)) if frames else np.zeros(1, int)
    starts = edges[:-1]
    names = ("caller", "agent") if made.low.shape[1] == 2 else ("caller",)
    speaking = made.spoken.sum(axis=1)
    return {
        "seconds": made.seconds, "points": len(starts),
        "parties": [{
            "party": name, "low": _reduced(np.minimum, made.low[:, n], starts),
            "high": _reduced(np.maximum, made.high[:, n], starts),
            "loudness": _reduced(np.minimum, made.loudness[:, n], starts), "talk": stretches(made.spoken[:, n]),
        } for n, name in enumerate(names)],
        "overlap": stretches(speaking > 1), "silence": stretches(speaking == 0),
    }


def _reduced(how: np.ufunc, values: np.ndarray, starts: np.ndarray) -> list[int]:
    return how.reduceat(values, starts).tolist() if len(starts) else []


def stretches(flags: np.ndarray) -> list[list[float]]:
    """Where it is so, from and to, in seconds."""
    return [[round(float(edge) * speech.FRAME, 2) for edge in run] for run in speech.runs(flags)]
