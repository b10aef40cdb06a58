"""G.711 by table (ITU-T G.711): mu-law (PCMU, RFC 3551 payload type 0) and A-law (PCMA, 8).

Each law has 256 code words, so that decoding is one look-up; encoding is one look-up in 65,536. The tables are made
here from the definition: eight segments, each twice as coarse as the one before, so that loud and quiet speech are
heard with the same relative error.
"""

import numpy as np

PCMU, PCMA = 0, 1
CODECS = {"PCMU": PCMU, "PCMA": PCMA}
"""SDP encoding name to the number that the matrix keeps in its codec column."""
SILENCE = np.array([0xFF, 0xD5], np.uint8)
"""The code word nearest to zero, by codec."""

_BIAS = 132
_CLIP = 32635


def _mu_law_words(words: np.ndarray) -> np.ndarray:
    words = ~words & 0xFF
    magnitude = (((words & 0x0F) << 3) + _BIAS << (words >> 4 & 7)) - _BIAS
    return np.where(words & 0x80, -magnitude, magnitude)


def _a_law_words(words: np.ndarray) -> np.ndarray:
    words = words ^ 0x55
    segment = words >> 4 & 7
    magnitude = ((words & 0x0F) << 4) + np.where(segment, 0x108, 8) << np.maximum(segment - 1, 0)
    return np.where(words & 0x80, magnitude, -magnitude)


def _mu_law_samples(samples: np.ndarray) -> np.ndarray:
    magnitude = np.minimum(np.abs(samples), _CLIP) + _BIAS
    segment = np.floor(np.log2(magnitude)).astype(np.int64) - 7
    word = np.where(samples < 0, 0x80, 0) | segment << 4 | magnitude >> segment + 3 & 0x0F
    return ~word & 0xFF


def _a_law_samples(samples: np.ndarray) -> np.ndarray:
    magnitude = np.where(samples < 0, ~samples, samples) >> 4
    segment = np.where(magnitude < 16, 0, np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int64) - 3)
    step = np.where(segment < 2, magnitude & 0x0F, magnitude >> np.maximum(segment - 1, 0) & 0x0F)
    return (segment << 4 | step) ^ np.where(samples < 0, 0x55, 0xD5)


_WORDS = np.arange(256)
_SAMPLES = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int64)

DECODE = np.stack([_mu_law_words(_WORDS), _a_law_words(_WORDS)]).astype(np.int16)
"""int16 (codec, 256): code word to sample."""
ENCODE = np.stack([_mu_law_samples(_SAMPLES), _a_law_samples(_SAMPLES)]).astype(np.uint8)
"""uint8 (codec, 65536): sample, seen as an unsigned number, to code word."""
CONVERT = np.stack([ENCODE[1][DECODE[0].view(np.uint16)], ENCODE[0][DECODE[1].view(np.uint16)]])
"""uint8 (codec, 256): code word of this codec to code word of the other one."""

PAIRS = np.empty((2, 2, 256, 256, 2), "<i2")
"""int16 (codec of the left, codec of the right, right word, left word, 2): both samples of a stereo recording."""
PAIRS[..., 0] = DECODE[:, None, None, :]
PAIRS[..., 1] = DECODE[None, :, :, None]

_DECODE_BOTH = DECODE.reshape(-1)
_ENCODE_BOTH = ENCODE.reshape(-1)


def decode(words: np.ndarray, codecs: np.ndarray) -> np.ndarray:
    """uint8 (rows, n) with a codec (uint8) a row -> int16 (rows, n)."""
    if not codecs.any():
        return DECODE[PCMU].take(words)
    return _DECODE_BOTH.take(words + (codecs.astype(np.uint16) << 8)[:, None])


def encode(samples: np.ndarray, codecs: np.ndarray) -> np.ndarray:
    """int16 (rows, n) with a codec (uint8) a row -> uint8 (rows, n)."""
    index = samples.view(np.uint16)
    if not codecs.any():
        return ENCODE[PCMU].take(index)
    return _ENCODE_BOTH.take(index + (codecs.astype(np.uint32) << 16)[:, None])
