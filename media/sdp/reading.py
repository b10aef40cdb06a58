"""Session descriptions as others write them: octets in, a :class:`Description` out (RFC 8866)."""

import re
from dataclasses import dataclass, field

STATIC = {0: "PCMU", 8: "PCMA"}
"""Payload types that mean something without an ``rtpmap`` (RFC 3551 section 6), as far as we speak them."""

CODECS = ("PCMU", "PCMA")
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")

_M_LINE = re.compile(r"(\S+)[ \t]+(\d{1,5})(?:/\d{1,5})?[ \t]+(\S+)((?:[ \t]+\S+)*)[ \t]*", re.ASCII)
_RTPMAP = re.compile(r"(\d{1,3})[ \t]+([^/\s]+)/(\d{1,6})(?:/1)?[ \t]*", re.ASCII)
_T_LINE = re.compile(r"\d{1,20} \d{1,20}", re.ASCII)


class Malformed(ValueError):
    """Not a session description; a request that carries it deserves 400."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unacceptable(ValueError):
    """A session description, but nothing in it that we can speak; the request deserves 488."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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

    @property
    def types(self) -> list[int]:
        """The formats as RTP payload types (0-127); what is none of these is left out."""
        plain = [name for name in self.formats if name.isascii() and name.isdigit() and len(name) <= 3]
        return [int(name) for name in plain if int(name) < 128]

    def codec(self) -> tuple[str, int] | None:
        """The first codec of the list that we speak, with its payload type."""
        for number in self.types:
            name = self.maps.get(number, f"{STATIC.get(number)}/8000").removesuffix("/8000")
            if name in CODECS:
                return name, number
        return None

    def events(self) -> int | None:
        """The payload type of telephone-event on the clock of the codecs; None where it is not taken."""
        return next((number for number in self.types if self.maps.get(number) == "TELEPHONE-EVENT/8000"), None)


@dataclass(slots=True)
class Description:
    """A whole body, as far as we need it."""

    media: list[Media]
    timing: str = "0 0"


def parse(body: bytes) -> Description:
    """Read a body. Raises :class:`Malformed`."""
    lines = [line.strip() for line in body.decode("utf-8", "replace").split("\n")]
    lines = [line for line in lines if line]
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
        elif key == "a":
            _a_line(part, value)
        elif key == "t" and _T_LINE.fullmatch(value):
            description.timing = value
    return description


def _m_line(value: str, session: Media) -> Media:
    found = _M_LINE.fullmatch(value)
    if found is None or int(found[2]) > 65535:
        raise Malformed(f"cannot read m={value[:60]}")
    formats = tuple(found[4].split())
    return Media(found[1], int(found[2]), found[3], formats, session.host, session.direction)


def _c_line(value: str) -> str:
    """The address of a ``c=`` line, without the TTL that multicast may carry (``224.2.1.1/127``)."""
    words = value.split()
    if len(words) != 3 or words[0].upper() != "IN":
        raise Malformed(f"cannot read c={value[:60]}")
    return words[2].partition("/")[0]


def _a_line(part: Media, value: str) -> None:
    name, _, rest = value.partition(":")
    name = name.strip().lower()
    if name in DIRECTIONS:
        part.direction = name
    elif name == "rtpmap" and (found := _RTPMAP.fullmatch(rest.strip())):
        part.maps[int(found[1])] = f"{found[2].upper()}/{found[3]}"
