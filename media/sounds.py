"""Sounds as files: how they are read, and how operations' own recordings become what a telephone can play.

The matrix plays WAV files of 8 kHz, mono, as mu-law, A-law or 16 bit; :func:`read` gives their samples. Operations
record with whatever they have, so :func:`import_sound` turns any rate, WAV or MP3, into mu-law once, under a name with
a hash of the original: a changed recording is a new file, and nothing that plays is overwritten.
"""

import hashlib
import os
import shutil
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from media import g711

RATE = 8000
"""Samples a second of everything that is played."""
PCM, ALAW, MULAW = 1, 6, 7
"""Format tags of WAV files (RFC 2361); samples of 16, 8 and 8 bits."""
BYTES = {PCM: 2, ALAW: 1, MULAW: 1}
EXPAND = {MULAW: g711.DECODE[g711.PCMU], ALAW: g711.DECODE[g711.PCMA]}
CONVERT = "convert it to WAV, 16 bit or mu-law"
EXTENSIBLE = 0xFFFE
"""The tag of a format whose real one stands further behind, as some editors write it."""


class SoundError(ValueError):
    """A file that cannot be played; ``advice`` says what to do about it."""

    def __init__(self, path: str | Path, reason: str, advice: str) -> None:
        super().__init__(f"{path}: {reason}; {advice}")
        self.path = Path(path)
        self.reason = reason
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Layout:
    """What a WAV file says of itself, and where its samples stand."""

    tag: int
    channels: int
    rate: int
    start: int
    """First byte of the samples."""
    samples: int
    """Samples of one channel."""

    @property
    def seconds(self) -> float:
        return self.samples / self.rate


def seconds(path: str | Path) -> float:
    """How long a sound lasts. Raises :class:`SoundError`."""
    return playable(path).seconds


def read(path: str | Path) -> np.ndarray:
    """The samples of a sound, int16, shape (samples,). Raises :class:`SoundError`."""
    return block(path, playable(path))[:, 0]


def playable(path: str | Path) -> Layout:
    """The layout of a file that the matrix can play as it is. Raises :class:`SoundError`."""
    found = layout(path)
    if found.rate != RATE or found.channels != 1:
        heard = f"it has {found.rate} Hz and {found.channels} channel{'s' if found.channels > 1 else ''}"
        raise SoundError(path, heard, "put it into config/prompts, where it is converted to 8000 Hz mono")
    return found


def layout(path: str | Path) -> Layout:
    """Read the head of a WAV file. A file that was cut off is as long as it is. Raises :class:`SoundError`."""
    try:
        with open(path, "rb") as file:
            form, size = _head(path, file)
            there = os.fstat(file.fileno()).st_size - file.tell()
            tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
            if tag == EXTENSIBLE:
                (tag,) = struct.unpack("<H", form[24:26])
            if tag not in BYTES or bits != BYTES[tag] * 8 or not (channels and rate):
                raise SoundError(path, f"it has samples of {bits} bits in format {tag}", CONVERT)
            return Layout(tag, channels, rate, file.tell(), min(size, there) // (BYTES[tag] * channels))
    except OSError as error:
        raise SoundError(path, f"it cannot be opened ({error.strerror})", "check its name and its rights") from error


def _head(path: str | Path, file: BinaryIO) -> tuple[bytes, int]:
    """Walk over the chunks up to the samples: the format chunk, and how many bytes of samples are announced."""
    if file.read(4) != b"RIFF" or file.read(8)[4:] != b"WAVE":
        raise SoundError(path, "it is not a WAV file", CONVERT)
    form = bytes(40)
    while len(chunk := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", chunk)
        if name == b"data":
            return form, size
        after = file.tell() + size + size % 2
        if name == b"fmt ":
            form = file.read(min(size, 40)).ljust(40, b"\0")
        file.seek(after)
    raise SoundError(path, "it has no samples", "record it again")


def block(path: str | Path, found: Layout, first: int = 0, count: int | None = None) -> np.ndarray:
    """``count`` samples from ``first`` on (None = all), int16, shape (samples, channels)."""
    width = BYTES[found.tag] * found.channels
    count = found.samples - first if count is None else min(count, found.samples - first)
    kind = "<i2" if found.tag == PCM else "u1"
    with open(path, "rb") as file:
        raw = np.fromfile(file, kind, max(0, count) * found.channels, offset=found.start + first * width)
    samples = raw.astype(np.int16) if found.tag == PCM else EXPAND[found.tag][raw]
    return samples[: len(samples) // found.channels * found.channels].reshape(-1, found.channels)


# -- own recordings --------------------------------------------------------------------------------------------------


def import_sound(source: Path, folder: Path) -> Path:
    """The playable form of ``source``, made in ``folder`` where it is not there yet. Raises :class:`SoundError`."""
    try:
        digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise SoundError(source, f"it cannot be opened ({error.strerror})", "check its name and its rights") from error
    target = folder / f"{source.stem}-{digest}.wav"
    if not target.exists():
        write(target, decode(source))
    return target


def write(target: Path, samples: np.ndarray) -> None:
    """Write int16 samples of 8 kHz as mu-law, all at once: who plays the file meanwhile hears the old one or the new."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    part.write_bytes(_wav(g711.ENCODE[g711.PCMU][samples.view(np.uint16)].tobytes()))
    part.replace(target)


def decode(source: Path) -> np.ndarray:
    """Any sound as 8 kHz mono, int16. Raises :class:`SoundError`."""
    try:
        found = layout(source)
    except SoundError:
        return _convert(source)
    return resample(block(source, found).mean(axis=1), found.rate)


def _convert(source: Path) -> np.ndarray:
    """What is no plain WAV file goes through pydub; imported here, because it looks for ffmpeg at once, and warns."""
    from pydub import AudioSegment
    from pydub.exceptions import CouldntDecodeError

    if source.suffix.lower() != ".wav" and not shutil.which("ffmpeg"):
        raise SoundError(source, "only ffmpeg reads it, and it is not installed", "install ffmpeg, or save it as WAV")
    try:
        sound = AudioSegment.from_file(source)
    except (CouldntDecodeError, OSError, EOFError, IndexError, ValueError, struct.error) as error:
        raise SoundError(source, "it is not a sound that can be read", "save it again as WAV, 16 bit") from error
    samples = np.array(sound.get_array_of_samples(), np.float64).reshape(-1, sound.channels).mean(axis=1)
    return resample(samples * (32768 / sound.max_possible_amplitude), sound.frame_rate)


def resample(samples: np.ndarray, rate: int) -> np.ndarray:
    """Bring samples to 8 kHz by cutting their spectrum: what is above 4 kHz would else come back as a false tone."""
    if rate == RATE or not len(samples):
        return np.clip(np.round(samples), -32768, 32767).astype(np.int16)
    count = max(1, round(len(samples) * RATE / rate))
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(count // 2 + 1, complex)
    size = min(len(kept), len(spectrum))
    kept[:size] = spectrum[:size]
    sound = np.fft.irfft(kept, count) * (count / len(samples))
    return np.clip(np.round(sound), -32768, 32767).astype(np.int16)


def _wav(data: bytes) -> bytes:
    """A WAV file of mu-law bytes, 8 kHz, mono."""
    form = struct.pack("<HHIIHHH", MULAW, 1, RATE, RATE, 1, 8, 0)
    chunks = ((b"fmt ", form), (b"fact", struct.pack("<I", len(data))), (b"data", data))
    body = b"".join(name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for name, part in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body
