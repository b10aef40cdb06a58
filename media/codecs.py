"""G.722 and Opus, as far as a telephone exchange needs them: 8000 samples a second, mu-law on our side.

Why these bindings (looked at in 2026):

- ``G722`` (libg722): in the public domain, wheels for Python 3.10-3.14 on every platform, bit-exact, several releases a
  year. Its 8 kHz mode codes the lower band only, which is all that G.711 has, without a filter on either side.
- ``opuslib-next``: BSD, one wheel for every Python because it only describes the C interface of libopus (BSD), which
  the system brings and keeps safe. Opus codes and decodes at 8 kHz by itself, whatever the far end sent, so nothing is
  resampled here. ``opuslib`` has not moved since 2018; ``opuslib-next-bundled`` carries a libopus of its own, but was
  released on one day only.
- ``av`` would have both, but its wheels bring x264 and x265, which are under the GPL, and weigh 100 MB.

Nothing is imported before a leg needs it.
"""

import ctypes.util
from functools import lru_cache
from typing import Protocol

import numpy as np

from media import g711

LONGEST = 960
"""Samples of the longest Opus packet, 120 ms."""
_LOSS = 10
"""Per cent of loss that the redundancy in our Opus is made for. (libopus adds none for 0.)"""
_BITRATE = 24_000
"""Bits a second; for narrow-band speech more is not heard."""
_COMPLEXITY = 5


class Codec(Protocol):
    """One leg's coder and decoder."""

    ratio: int
    """RTP timestamps for each sample of ours."""

    def encode(self, words: bytes) -> bytes:
        """mu-law words of one packet -> its payload."""
        ...

    def decode(self, payload: bytes) -> bytes:
        """A payload -> mu-law words, as many as it lasts; empty when it is nonsense."""
        ...

    def conceal(self, samples: int, following: bytes) -> bytes:
        """mu-law words for so many samples that are lost, before a packet that came; empty = leave the hole."""
        ...


class G722:
    """ITU-T G.722 at 64 kbit/s: an octet for each sample of ours, like G.711. Losses are left to the jitter buffer."""

    ratio = 1

    def __init__(self, parameters: str = "") -> None:
        import G722 as binding

        self._coder = binding.G722(8000, 64000)
        self._decoder = binding.G722(8000, 64000)

    def encode(self, words: bytes) -> bytes:
        return self._coder.encode(_samples(words))

    def decode(self, payload: bytes) -> bytes:
        return _words(np.frombuffer(self._decoder.decode(payload), np.int16)) if payload else b""

    def conceal(self, samples: int, following: bytes) -> bytes:
        return b""


class Opus:
    """RFC 6716. ``parameters`` are those of their ``fmtp`` (RFC 7587 section 6.1): what they would like to be sent."""

    ratio = 6

    def __init__(self, parameters: str = "") -> None:
        import opuslib_next as binding

        self._error = binding.OpusError
        self._low = binding.api.decoder
        self._decoder = binding.Decoder(8000, 1)
        self._coder = binding.Encoder(8000, 1, binding.APPLICATION_VOIP)
        self._coder.complexity = _COMPLEXITY
        told = _parameters(parameters)
        self._coder.bitrate = max(6000, min(_BITRATE, told.get("maxaveragebitrate", _BITRATE)))
        self._coder.vbr = not told.get("cbr", 0)
        if told.get("useinbandfec", 0):
            self._coder.inband_fec = 1
            self._coder.packet_loss_perc = _LOSS

    def encode(self, words: bytes) -> bytes:
        return self._coder.encode(_samples(words).tobytes(), len(words))

    def decode(self, payload: bytes) -> bytes:
        return self._run(payload, LONGEST, False)

    def conceal(self, samples: int, following: bytes) -> bytes:
        """The last packet that is missing comes out of the one that follows, if that carries a copy (in-band FEC)."""
        try:
            copied = min(samples, self._low.get_nb_samples(self._decoder.decoder_state, following, len(following)))
        except self._error:
            return b""
        guessed = samples - copied
        return (self._run(None, guessed, False) if guessed else b"") + self._run(following, copied, True)

    def _run(self, payload: bytes | None, samples: int, copy: bool) -> bytes:
        if payload == b"":
            return b""
        state, length = self._decoder.decoder_state, len(payload or b"")
        try:
            return _words(np.frombuffer(self._low.decode(state, payload, length, samples, copy, channels=1), np.int16))
        except self._error:
            return b""


TRANSCODED: dict[str, type[G722] | type[Opus]] = {"G722": G722, "opus": Opus}
"""Codecs that are not the matrix's own, by the name that SDP has for them."""


@lru_cache
def missing(name: str) -> bool:
    """Whether a codec cannot be spoken, because its library is not on this machine."""
    if name != "opus":
        return False
    try:
        import opuslib_next  # noqa: F401
    except Exception:  # The binding raises a plain one where it finds no library.
        return True
    return ctypes.util.find_library("opus") is None


def _samples(words: bytes) -> np.ndarray:
    return g711.DECODE[g711.PCMU].take(np.frombuffer(words, np.uint8))


def _words(samples: np.ndarray) -> bytes:
    return g711.ENCODE[g711.PCMU].take(samples.view(np.uint16)).tobytes()


def _parameters(text: str) -> dict[str, int]:
    """``name=number`` pairs of an ``fmtp``; what is no number is left out."""
    pairs = (pair.partition("=") for pair in text.lower().split(";"))
    return {name.strip(): int(value) for name, _, value in pairs if value.strip().isdecimal() and len(value) < 10}
