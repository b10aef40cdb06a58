"""Proof of sound: a WAV file as samples, and how surely one sound is inside another.

The measure is normalised cross-correlation: 1 = the same wave form, whatever its loudness; two different speakers have
below 0.2. A phone's jitter buffer may drop or repeat a frame when clocks differ, or when its machine stands still, which
would shift the rest of a long sound; therefore a long sound is looked for in stretches of half a second, each of which may
be shifted a little against its neighbour; what counts is the median of them.
"""

import struct
import wave
from pathlib import Path

import numpy as np

RATE = 8000
STRETCH = RATE // 2
"""Samples of one stretch."""
LONG = RATE * 3 // 2
"""Samples of what is long enough to be sure that it went on."""
SHIFT = RATE // 5
"""How far a stretch may be from where its neighbour says that it is."""
WANDER = RATE // 2
"""How far all of them together may have wandered."""
SURE = 0.7
"""A likeness from which on a sound is recognised; half-second stretches of other speech stay below 0.3."""
LIKELY = 0.3
"""The same for music: under other sounds, or where the clocks of two processes drift within a stretch."""
QUIET = 100.0
"""A stretch whose RMS (of 32768) is less is a pause, in which nothing can be recognised."""


def read_wav(path: Path | str) -> np.ndarray:
    """Samples as float64 at 8 kHz, one column a channel, whatever of G.711 or 16 bit the file holds. Also of a file that
    grows, and of a phone that keeps 16 or 48 kHz."""
    data = Path(path).read_bytes()
    assert data[:4] == b"RIFF" and data[8:12] == b"WAVE", f"{path} is not a WAV file"
    at, form, channels, rate = 12, 1, 1, RATE
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt ":
            form, channels, rate = struct.unpack_from("<HHI", data, at + 8)
            assert rate % RATE == 0, f"{path} has {rate} Hz"
        if name == b"data":
            return _narrow(_samples(data[at + 8:at + 8 + (size or len(data))], form, channels), rate // RATE)
        at += 8 + size + size % 2
    raise AssertionError(f"{path} has no sound")


def write_wav(path: Path, samples: np.ndarray) -> None:
    """16 bit, 8 kHz, one channel: what every phone can play."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())


def mono(path: Path | str) -> np.ndarray:
    """The samples of the only, or the first, channel."""
    return read_wav(path)[:, 0]


def _narrow(samples: np.ndarray, times: int) -> np.ndarray:
    """Every so-manieth sample, without what is above 4 kHz."""
    if times == 1:
        return samples
    length = len(samples) // times
    spectrum = np.fft.rfft(samples[:length * times], axis=0)[:length // 2 + 1]
    return np.fft.irfft(spectrum, length, axis=0) / times


def _samples(data: bytes, form: int, channels: int) -> np.ndarray:
    if form == 1:
        flat = np.frombuffer(data[:len(data) // (2 * channels) * 2 * channels], "<i2").astype(float)
    else:
        table = {7: MU_LAW, 6: A_LAW}[form]
        flat = table[np.frombuffer(data[:len(data) // channels * channels], np.uint8)]
    return flat.reshape(-1, channels)


def _mu_law() -> np.ndarray:
    """ITU-T G.711 mu-law, written from its definition."""
    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84 << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -size, size).astype(float)


def _a_law() -> np.ndarray:
    """ITU-T G.711 A-law, written from its definition."""
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, (code & 0x0F) << 4
    size = np.where(exponent == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size).astype(float)


MU_LAW, A_LAW = _mu_law(), _a_law()


def find(wanted: np.ndarray, heard: np.ndarray) -> tuple[float, int]:
    """The best normalised correlation of ``wanted`` inside ``heard``, and at which sample of it."""
    if len(heard) < len(wanted):
        return 0.0, 0
    size = 1 << (len(heard) + len(wanted)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    product = product[:len(heard) - len(wanted) + 1]
    energy = np.concatenate(([0.0], np.cumsum(heard * heard)))
    window = energy[len(wanted):] - energy[:-len(wanted)]
    least = QUIET * QUIET * len(wanted) / 16
    likeness = product / np.sqrt(np.maximum(window, least) * max(float(wanted @ wanted), 1.0))
    best = int(np.argmax(likeness))
    return float(likeness[best]), best


def likeness(wanted: np.ndarray, heard: np.ndarray) -> float:
    """How surely the whole of ``wanted`` is in ``heard``: the median over its stretches, each near its place."""
    return found(wanted, heard)[0]


def found(wanted: np.ndarray, heard: np.ndarray) -> tuple[float, int]:
    """:func:`likeness`, and the sample of ``heard`` at which ``wanted`` begins."""
    parts = [at for at in range(0, len(wanted) - STRETCH // 2, STRETCH) if _loud(wanted[at:at + STRETCH])]
    if not parts:
        return 0.0, 0
    anchor = max(parts, key=lambda at: float(np.sum(wanted[at:at + STRETCH] ** 2)))
    begins = find(wanted[anchor:anchor + STRETCH], heard)[1] - anchor
    values = []
    for way in ([at for at in parts if at >= anchor], [at for at in parts[::-1] if at < anchor]):
        near = begins
        for at in way:
            part, first = wanted[at:at + STRETCH], max(0, near + at - SHIFT)
            value, place = find(part, heard[first:max(0, near + at + len(part) + SHIFT)])
            values.append(value)
            if value > SURE and abs(first + place - at - begins) <= WANDER:
                near = first + place - at
    return float(np.median(values)), begins


def repeated(wanted: np.ndarray, heard: np.ndarray) -> float:
    """How surely somebody is heard who says the whole of ``wanted`` again and again: who begins to listen in the middle
    hears its end first. The median over its stretches, wherever each is."""
    parts = [wanted[at:at + STRETCH] for at in range(0, len(wanted) - STRETCH + 1, STRETCH)]
    return float(np.median([find(part, heard)[0] for part in parts if _loud(part)]))


def stretch_of(said: np.ndarray, ear: np.ndarray) -> float:
    """How surely some :data:`LONG` of all that an ear heard are of what is said, or played, without end: what waited in a
    phone's jitter buffer, or in the file that it writes, may go before or come after."""
    return max((likeness(ear[at:at + LONG], said) for at in range(0, len(ear) - LONG + 1, RATE // 4)), default=0.0)


def _loud(part: np.ndarray) -> bool:
    return rms(part) >= QUIET


def rms(samples: np.ndarray) -> float:
    """Root mean square; 0 for nothing."""
    return float(np.sqrt(np.mean(samples * samples))) if len(samples) else 0.0
