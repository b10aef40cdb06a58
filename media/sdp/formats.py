"""The codecs that we speak, as SDP names them (RFC 3551, RFC 7587), and which of several is taken.

G.711 goes through the matrix as it is; G.722 and Opus have to be transcoded (:mod:`media.transcoder`). So what an offer
has of either kind is taken in the offerer's order, but which kind is preferred is ours to say: that of the first codec
in the settings.

Two clocks surprise. G.722 samples 16,000 times a second, but its RTP clock is 8000 (RFC 3551 section 4.5.2, an old
mistake that stands). Opus always counts in 1/48000 s and always says two channels, whatever is in it (RFC 7587).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from media.comfort import COMFORT_NOISE


@dataclass(frozen=True, slots=True)
class Format:
    """One codec."""

    name: str
    """The encoding name as IANA has it, which is also our name for it."""
    number: int
    """The payload type: static, or the one under which we offer it."""
    encoding: str
    """What stands behind the number in our ``rtpmap``."""
    clock: int = 8000
    """RTP timestamps in a second."""
    fmtp: str = ""
    """The parameters that we write: what we would like to be sent."""
    times: tuple[int, ...] = (10, 20, 30, 40, 50, 60)
    """Milliseconds that a packet of ours may last."""

    @property
    def key(self) -> str:
        """``NAME/CLOCK`` in capitals, as :class:`media.sdp.reading.Media` keeps it."""
        return f"{self.name.upper()}/{self.clock}"


_OPUS = "maxplaybackrate=8000;sprop-maxcapturerate=8000;stereo=0;sprop-stereo=0;useinbandfec=1"
FORMATS = {
    known.name: known
    for known in (
        Format("PCMU", 0, "PCMU/8000"),
        Format("PCMA", 8, "PCMA/8000"),
        Format("G722", 9, "G722/8000"),
        Format("opus", 111, "opus/48000/2", 48000, _OPUS, (10, 20, 40, 60)),
    )
}
CODECS = tuple(FORMATS)
"""All of them, as the settings prefer them by default."""
G711 = ("PCMU", "PCMA")

STATIC = {0: "PCMU/8000", 8: "PCMA/8000", 9: "G722/8000", COMFORT_NOISE: "CN/8000"}
"""Payload types that mean something without an ``rtpmap`` (RFC 3551 section 6), as far as we speak them."""
EVENT_TYPES = {8000: 101, 48000: 110}
"""The payload types under which we offer telephone-event (RFC 4733), by clock: it has to be that of the audio."""

_BY_KEY = {known.key: known for known in FORMATS.values()}


def known(key: str) -> Format | None:
    """The codec behind ``NAME/CLOCK``; None when we do not speak it."""
    return _BY_KEY.get(key)


def best(offered: Iterable[tuple[Format, int]], wanted: tuple[str, ...]) -> tuple[Format, int] | None:
    """Of these (codec, payload type), in the offerer's order, the one to take; None when none of them is wanted."""
    found = [entry for entry in offered if entry[0].name in wanted]
    if len(found) < 2:
        return found[0] if found else None
    plain = wanted[0] in G711
    return min(found, key=lambda entry: (entry[0].name in G711) != plain)


def packet_time(codec: Format, wish: int, most: int) -> int:
    """How many milliseconds each of our packets shall last: their wish (0 = none), as near as the codec allows."""
    limit = min(wish or 20, most or 60)
    return limit if limit in codec.times else max([time for time in codec.times if time < limit], default=codec.times[0])
