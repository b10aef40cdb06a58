"""Speech to send through codecs and packets, and how like it what arrived is."""

from functools import cache
from pathlib import Path

import numpy as np

from media.sounds import read

SOUNDS = Path(__file__).resolve().parents[2] / "ivr" / "sounds"


@cache
def speech(seconds: float = 4.0, seed: int = 0) -> np.ndarray:
    """int16 at 8 kHz: shipped prompts, one after the other; another seed begins elsewhere."""
    files = sorted((SOUNDS / "en").glob("*.wav"))[seed:]
    samples = np.concatenate([read(str(file)) for file in files[:60]])
    return samples[: int(8000 * seconds) // 160 * 160].astype(np.int16)


def likeness(sent: np.ndarray, heard: np.ndarray, most: int = 4000) -> tuple[float, int]:
    """The greatest correlation of ``sent`` with ``heard`` shifted by up to ``most`` samples, and that shift."""
    heard = np.concatenate([heard, np.zeros(max(0, len(sent) + most - len(heard)))]).astype(float)
    size = 1 << (len(sent) + most).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard[: len(sent) + most], size) * np.conj(np.fft.rfft(sent.astype(float), size)))
    shift = int(np.argmax(product[:most]))
    return float(np.corrcoef(sent, heard[shift : shift + len(sent)])[0, 1]), shift
