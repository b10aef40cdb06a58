"""Offer and answer (RFC 3264): which of the lines is taken, and what becomes of it."""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from media.orders import Stream
from media.sdp.reading import Malformed, Media, Unacceptable, parse
from media.sdp.writing import audio_lines, body, session_lines

SENDING = ("sendrecv", "sendonly")
RECEIVING = ("sendrecv", "recvonly")


@dataclass(frozen=True, slots=True)
class Agreed:
    """Our answer, and what it makes of the stream."""

    sdp: bytes
    stream: Stream


def answer(offer: bytes, *, host: str, port: int, session: int, version: int, direction: str = "sendrecv") -> Agreed:
    """Accept their offer with our ``host`` and ``port``.

    ``session`` and ``version`` are the numbers of our ``o=`` line: the first stays for the whole life of the call, the
    second grows by one with each new body (RFC 3264 section 8). ``direction`` is what we are willing to do.

    Raises :class:`Malformed` (400) or :class:`Unacceptable` (488).
    """
    theirs = parse(offer)
    chosen = _choose(theirs.media)
    stream = _stream(chosen, host, direction)
    lines = session_lines(host, session, version, theirs.timing)
    for media in theirs.media:
        if media is chosen:
            lines += audio_lines(port, [(stream.codec, stream.payload_type)], stream.event_type, stream.direction)
        else:
            lines.append(f"m={media.kind} 0 {media.protocol} {' '.join(media.formats)}")
    return Agreed(body(lines), stream)


def agree(our_offer: bytes, answer: bytes) -> Stream:
    """What their answer makes of our offer.

    Raises :class:`Malformed` or :class:`Unacceptable`: they broke the rules, or took nothing; the call cannot be held.
    """
    ours, theirs = parse(our_offer), parse(answer)
    if len(ours.media) != len(theirs.media):
        raise Malformed(f"the answer has {len(theirs.media)} m= lines, the offer had {len(ours.media)}")
    mine = _choose(ours.media)
    return _stream(_choose(theirs.media), mine.host, mine.direction)


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
