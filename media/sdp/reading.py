"""Session descriptions as others write them: octets in, a :class:`Description` out (RFC 8866)."""

import re
from dataclasses import dataclass, field

from media.comfort import COMFORT_NOISE
from media.orders import Control
from media.sdp import control, crypto, web
from media.sdp.formats import STATIC, Format, best, known
from media.sdp.words import Malformed

DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")

_M_LINE = re.compile(r"(\S+)[ \t]+(\d{1,5})(?:/\d{1,5})?[ \t]+(\S+)((?:[ \t]+\S+)*)[ \t]*", re.ASCII)
_RTPMAP = re.compile(r"(\d{1,3})[ \t]+([^/\s]+)/(\d{1,6})(?:/([12]))?[ \t]*", re.ASCII)
_FMTP = re.compile(r"(\d{1,3})[ \t]+(\S.*)", re.ASCII)
_BUNDLE = re.compile(r"group:BUNDLE((?:[ \t]+\S+)*)", re.ASCII | re.IGNORECASE)
_TIME = re.compile(r"(\d{1,4})(?:\.\d*)?", re.ASCII)
_LONGEST = 500
"""Characters of an ``fmtp`` that are kept."""
_T_LINE = re.compile(r"\d{1,20} \d{1,20}", re.ASCII)
_TYPES = {f"{number:0{width}}": number for number in range(128) for width in (1, 2, 3)}
"""RTP payload types, as they may be written."""
_NO_CONTROL = Control()
_NO_TRANSPORT = web.Lines()


@dataclass(slots=True)
class Media:
    """One ``m=`` line with what belongs to it; what it does not say for itself it takes from the session."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    host: str
    direction: str
    maps: dict[int, str] = field(default_factory=dict)
    """Payload type -> ``NAME/RATE`` in capitals, from ``rtpmap``."""
    parameters: dict[int, str] = field(default_factory=dict)
    """Payload type -> what ``fmtp`` says of it."""
    ptime: int = 0
    """Milliseconds that they would like a packet to last; 0 = they do not say."""
    maxptime: int = 0
    """Milliseconds that it may last at most; 0 = they do not say."""
    control: Control = _NO_CONTROL
    """What they say of RTCP."""
    cryptos: list[crypto.Crypto] = field(default_factory=list)
    """Their keys that we can obey."""
    keyed: bool = False
    """Whether they name keys at all."""
    transport: web.Lines = _NO_TRANSPORT
    """What they say of ICE and DTLS."""

    types: tuple[int, ...] = ()
    """The formats as RTP payload types; what is none of these is left out."""

    def meaning(self, number: int) -> str:
        """``NAME/RATE`` of a payload type; empty when nobody says."""
        return self.maps.get(number, STATIC.get(number, ""))

    def codec(self, wanted: tuple[str, ...]) -> tuple[Format, int] | None:
        """The codec to take of those in ``wanted``, with its payload type; None when there is none in common."""
        return best(self._codecs(), wanted)

    def number(self, codec: Format) -> int | None:
        """The payload type of this codec; None when it is not in the list."""
        return next((number for found, number in self._codecs() if found is codec), None)

    def events(self, clock: int) -> tuple[int, int] | None:
        """Payload type and clock of telephone-event for audio on this clock; None where it is not taken.

        It has to be the clock of the audio. Some phones that speak Opus know events on 8000 only, and mean it."""
        for rate in (48000, 8000) if clock == 48000 else (clock,):
            for number in self.types:
                if self.maps.get(number) == f"TELEPHONE-EVENT/{rate}":
                    return number, rate
        return None

    @property
    def is_web(self) -> bool:
        """Whether this is how browsers speak: keys by DTLS, the way by ICE."""
        return self.protocol.upper() in web.PROTOCOLS

    @property
    def takes_noise(self) -> bool:
        """Whether comfort noise is in the list (RFC 3389)."""
        return COMFORT_NOISE in self.types and self.meaning(COMFORT_NOISE) == "CN/8000"

    def _codecs(self) -> list[tuple[Format, int]]:
        return [(codec, number) for number in self.types if (codec := known(self.meaning(number)))]


@dataclass(slots=True)
class Description:
    """A whole body, as far as we need it."""

    media: list[Media]
    timing: str = "0 0"
    bundled: tuple[str, ...] = ()
    """The names of the lines that would go one way (``a=group:BUNDLE``)."""


def parse(body: bytes) -> Description:
    """Read a body. Raises :class:`Malformed`."""
    lines = [line for line in map(str.strip, body.decode("utf-8", "replace").split("\n")) if line]
    if not lines or lines[0].replace(" ", "") != "v=0":
        raise Malformed("a session description begins with v=0")
    session = Media("", 0, "", (), "", "sendrecv")
    description = Description([])
    part = session
    for line in lines[1:]:
        key, _, value = line.partition("=")
        value = value.strip()
        if key == "m":
            part = _m_line(value, session)
            description.media.append(part)
        elif key == "c":
            part.host = _c_line(value)
        elif key == "a" and part is session and (found := _BUNDLE.fullmatch(value)):
            description.bundled = description.bundled or tuple(found[1].split())
        elif key == "a":
            _a_line(part, value, session)
        elif key == "t" and _T_LINE.fullmatch(value):
            description.timing = value
    return description


def _m_line(value: str, session: Media) -> Media:
    found = _M_LINE.fullmatch(value)
    if found is None or int(found[2]) > 65535:
        raise Malformed(f"cannot read m={value[:60]}")
    formats = tuple(found[4].split())
    types = tuple([_TYPES[name] for name in formats if name in _TYPES])
    times = {"ptime": session.ptime, "maxptime": session.maxptime, "control": session.control,
             "transport": session.transport}  # fmt: skip
    return Media(found[1], int(found[2]), found[3], formats, session.host, session.direction, types=types, **times)


def _c_line(value: str) -> str:
    """The address of a ``c=`` line, without the TTL that multicast may carry (``224.2.1.1/127``)."""
    words = value.split()
    if len(words) != 3 or words[0].upper() != "IN":
        raise Malformed(f"cannot read c={value[:60]}")
    return words[2].partition("/")[0]


def _a_line(part: Media, value: str, session: Media) -> None:
    name, _, rest = value.partition(":")
    name = name.strip().lower()
    if name in DIRECTIONS:
        part.direction = name
    elif name == "rtpmap" and (found := _RTPMAP.fullmatch(rest.strip())):
        encoding = f"{found[2].upper()}/{found[3]}"
        if found[4] != "2" or encoding == "OPUS/48000":  # Nothing else that we speak has two channels.
            part.maps[int(found[1])] = encoding
        else:
            part.maps[int(found[1])] = ""
    elif name == "fmtp" and (found := _FMTP.fullmatch(rest.strip())):
        part.parameters[int(found[1])] = found[2][:_LONGEST]
    elif name in ("ptime", "maxptime") and (found := _TIME.fullmatch(rest.strip())):
        setattr(part, name, int(found[1]))
    elif name in ("rtcp", "rtcp-mux", "rtcp-xr"):
        part.control = control.read(name, rest.strip(), part.control)
    elif name in web.NAMES:
        inherited = web.Lines() if part is session else session.transport
        part.transport = web.read(name, rest.strip(), part.transport, inherited)
    elif name == "crypto":
        part.keyed = True
        part.cryptos += [line] if (line := crypto.read(rest)) else []
