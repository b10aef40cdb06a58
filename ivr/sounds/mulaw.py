"""WAV files as telephones like them: 8 kHz, mono, mu-law (G.711), one byte a sample. Development only."""

import struct
from pathlib import Path

import numpy as np

RATE = 8000
MULAW = 7
"""The format tag of mu-law in a WAV file."""


def encode(samples: np.ndarray) -> bytes:
    """Samples of -1.0 to 1.0 as mu-law (ITU-T G.711): sign, 3 bits of exponent, 4 of mantissa, all inverted."""
    linear = np.clip(np.round(samples * 32767), -32635, 32635).astype(np.int32)
    sign = np.where(linear < 0, 0x80, 0)
    magnitude = np.abs(linear) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


def write(path: Path, samples: np.ndarray) -> None:
    """Write samples of -1.0 to 1.0 at 8 kHz."""
    data = encode(samples)
    form = struct.pack("<HHIIHHH", MULAW, 1, RATE, RATE, 1, 8, 0)
    fact = struct.pack("<I", len(data))
    chunks = b"".join(
        name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        for name, body in ((b"fmt ", form), (b"fact", fact), (b"data", data))
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
