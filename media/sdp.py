"""Session descriptions: who sends sound where, in which codec (RFC 8866), agreed on by offer and answer (RFC 3264).

An offer is a list of ``m=`` lines, each one stream that the offerer would like, with the formats that it can take in
order of preference. The answer has the same lines in the same order; a line that is not wanted gets port 0. We want one
stream: the first audio line over plain RTP that has PCMU or PCMA in it, in the codec that the offerer likes better.

Phones are read generously: any line end, no ``o=`` or ``t=``, static payload types without ``rtpmap``, keys in any
case. What we write is strict. Every ``a=`` direction is as seen from whoever wrote it, so their ``sendonly`` (we are on
hold) is our ``recvonly``.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from media.orders import Stream

STATIC = {0: "PCMU", 8: "PCMA"}
"""Payload types that mean something without an ``rtpmap`` (RFC 3551 section 6), as far as we speak them."""

CODECS = ("PCMU", "PCMA")
EVENT_TYPE = 101
"""The payload type under which we offer telephone-event (RFC 4733)."""

SENDING = ("sendrecv", "sendonly")
RECEIVING = ("sendrecv", "recvonly")
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


@dataclass(frozen=True, slots=True)
class Agreed:
    """Our answer, and what it makes of the stream."""

    sdp: bytes
    stream: Stream


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


def answer(
    offer: bytes, *, host: str, port: int, session: int, version: int, direction: str = "sendrecv"
) -> Agreed:
    """Accept their offer with our ``host`` and ``port``.

    ``session`` and ``version`` are the numbers of our ``o=`` line: the first stays for the whole life of the call, the
    second grows by one with each new body (RFC 3264 section 8). ``direction`` is what we are willing to do.

    Raises :class:`Malformed` (400) or :class:`Unacceptable` (488).
    """
    theirs = parse(offer)
    chosen = _choose(theirs.media)
    stream = _stream(chosen, host, direction)
    lines = _session(host, session, version, theirs.timing)
    for media in theirs.media:
        if media is chosen:
            lines += _audio(port, [(stream.codec, stream.payload_type)], stream.event_type, stream.direction)
        else:
            lines.append(f"m={media.kind} 0 {media.protocol} {' '.join(media.formats)}")
    return Agreed(_body(lines), stream)


def offer(*, host: str, port: int, session: int, version: int, direction: str = "sendrecv") -> bytes:
    """Our own offer: one audio stream, PCMU before PCMA, and telephone-event."""
    codecs = [(name, number) for number, name in STATIC.items()]
    return _body(_session(host, session, version, "0 0") + _audio(port, codecs, EVENT_TYPE, direction))


def agree(our_offer: bytes, answer: bytes) -> Stream:
    """What their answer makes of our offer.

    Raises :class:`Malformed` or :class:`Unacceptable`: they broke the rules, or took nothing; the call cannot be held.
    """
    ours, theirs = parse(our_offer), parse(answer)
    if len(ours.media) != len(theirs.media):
        raise Malformed(f"the answer has {len(theirs.media)} m= lines, the offer had {len(ours.media)}")
    mine = _choose(ours.media)
    return _stream(_choose(theirs.media), mine.host, mine.direction)


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


def _choose(offered: list[Media]) -> Media:
    """The one line that we take: the first audio line that we can speak."""
    audio = [media for media in offered if media.kind.lower() == "audio" and media.port]
    if not audio:
        raise Unacceptable("no audio stream is offered")
    plain = [media for media in audio if media.protocol.upper() == "RTP/AVP"]
    if not plain:
        raise Unacceptable(f"audio is only offered over {audio[0].protocol[:20]}, not RTP/AVP")
    for media in plain:
        if media.codec():
            return media
    raise Unacceptable("neither PCMU nor PCMA is offered")


def _stream(theirs: Media, host: str, direction: str) -> Stream:
    """Their line as our stream. ``host`` is our own address, ``direction`` what we are willing to do."""
    codec, number = theirs.codec() or ("", 0)
    address = _address(theirs.host)
    port = theirs.port
    receiving = theirs.direction in RECEIVING
    if address is None:
        port = 0  # A name. Looking it up would take time; the first packets tell the address (symmetric RTP).
    elif address.is_multicast:
        raise Unacceptable("a multicast address is offered")
    elif address.is_unspecified:
        receiving = False  # Hold, as it was before RFC 3264 (its section 8.4): send nothing here.
    elif (mine := _address(host)) is not None and mine.version != address.version:
        raise Unacceptable(f"an IPv{address.version} address is offered, ours is IPv{mine.version}")
    sends = receiving and direction in SENDING
    receives = theirs.direction in SENDING and direction in RECEIVING
    return Stream(theirs.host, port, codec, number, theirs.events(), _direction(sends, receives))


def _direction(sends: bool, receives: bool) -> str:
    if sends:
        return "sendrecv" if receives else "sendonly"
    return "recvonly" if receives else "inactive"


@lru_cache(1024)
def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address, or None where a name stands. Raises :class:`Malformed` where nothing does."""
    if not host:
        raise Malformed("no c= line says where to send")
    try:
        return ip_address(host)
    except ValueError:
        return None


def _session(host: str, session: int, version: int, timing: str) -> list[str]:
    family = "IP6" if ":" in host else "IP4"
    return [
        "v=0",
        f"o=shoal {session} {version} IN {family} {host}",
        "s=-",
        f"c=IN {family} {host}",
        f"t={timing}",  # RFC 3264 section 6: the answer repeats the offer's.
    ]


def _audio(port: int, codecs: list[tuple[str, int]], events: int | None, direction: str) -> list[str]:
    numbers = [number for _, number in codecs] + ([] if events is None else [events])
    lines = [f"m=audio {port} RTP/AVP {' '.join(map(str, numbers))}"]
    lines += [f"a=rtpmap:{number} {name}/8000" for name, number in codecs]
    if events is not None:
        lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-15"]
    return [*lines, "a=ptime:20", f"a={direction}"]


def _body(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()
