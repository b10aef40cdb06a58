"""Offer and answer (RFC 3264): which of the lines is taken, and what becomes of it."""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from msgspec import structs

from media.orders import Keys, Stream
from media.orders import Web as AgreedWeb
from media.sdp import control, web
from media.sdp.crypto import PLAIN, SECURE, Security, match
from media.sdp.formats import CODECS, FORMATS, G711, Format, packet_time
from media.sdp.reading import Media, parse
from media.sdp.words import Malformed, Unacceptable
from media.sdp.writing import audio_lines, body, revised, session_lines

SENDING = ("sendrecv", "sendonly")
RECEIVING = ("sendrecv", "recvonly")


_NONE = Security("off", bytes)
Choice = tuple[Format, int]
"""A codec and its payload type."""


class Ip(NamedTuple):
    """What matters of an address."""

    version: int
    multicast: bool
    unspecified: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """Our answer, and what it makes of the stream."""

    sdp: bytes
    stream: Stream


def answer(
    offer: bytes,
    *,
    host: str,
    port: int,
    session: int,
    version: int = 0,
    direction: str = "sendrecv",
    codecs: tuple[str, ...] = CODECS,
    previous: bytes = b"",
    security: Security | None = None,
    browser: web.Browser | None = None,
) -> Agreed:
    """Accept their offer with our ``host`` and ``port``.

    ``session`` is the number in our ``o=`` line, which stays for the whole life of the call; ``version`` is that of our
    first body, and ``previous`` is the body that we sent last, from which the next version follows (RFC 3264 section
    8). ``direction`` is what we are willing to do; ``codecs`` are those that we take, the first tells which kind we
    prefer. ``security`` is what we are willing to do about keys; None = nothing. ``browser`` is the same about
    browsers, whose offers are known by their protocol; with them we speak G.711 only, which all of them know (RFC 7874
    section 3).

    Raises :class:`Malformed` (400) or :class:`Unacceptable` (488).
    """
    theirs = parse(offer)
    security = security or _NONE
    chosen, codec = _choose(theirs.media, codecs, security.mode, browser is not None and bool(browser.fingerprint))
    by_browser = chosen.is_web
    if by_browser:
        assert browser is not None, "a browser's line that was not to be chosen"
        stream = _web_stream(chosen, codec, direction, web.answered(browser, chosen.transport, chosen.control.mux))
        more = web.lines(browser, host, port, "active" if browser.agreed.active else "passive", chosen.transport.mid)
    else:
        crypto = security.take(chosen.cryptos)
        stream = _stream(chosen, codec, host, direction, security.agreed)
        more = [str(crypto)] if crypto else []
    lines = session_lines(host, session, version, theirs.timing)
    if by_browser:
        lines += web.session_lines(chosen.transport.mid if chosen.transport.mid in theirs.bundled else "")
    for media in theirs.media:
        if media is chosen:
            lines += _accept(chosen, port, stream) + more
        else:
            lines.append(f"m={media.kind} 0 {media.protocol} {' '.join(media.formats)}")
    return Agreed(revised(body(lines), previous), stream)


def agree(our_offer: bytes, answer: bytes) -> Stream:
    """What their answer makes of our offer.

    Raises :class:`Malformed` or :class:`Unacceptable`: they broke the rules, or took nothing; the call cannot be held.
    """
    ours, theirs = parse(our_offer), parse(answer)
    if len(ours.media) != len(theirs.media):
        raise Malformed(f"the answer has {len(theirs.media)} m= lines, the offer had {len(ours.media)}")
    mine, _ = _choose(ours.media, CODECS, "offer", True)
    codecs = tuple([each.name for each in FORMATS.values() if mine.number(each) is not None])
    taken, codec = _choose(theirs.media, codecs, "offer", mine.is_web)
    if mine.is_web:
        stream = _web_stream(taken, codec, mine.direction, web.taken(mine.transport, taken.transport, taken.control.mux))
    else:
        stream = _stream(taken, codec, mine.host, mine.direction, _keys(mine, taken))
    events = mine.events(stream.event_clock) if stream.event_type is not None else None
    heard, heard_event = mine.number(FORMATS[stream.codec]), events[0] if events else None
    return structs.replace(
        stream,
        heard_type=None if heard == stream.payload_type else heard,
        heard_event_type=None if heard_event == stream.event_type else heard_event,
        control=structs.replace(taken.control, mux=taken.control.mux and mine.control.mux),
    )


def _keys(mine: Media, theirs: Media) -> Keys | None:
    """What the answer makes of the keys that we offered. A phone that was not offered any has none to name."""
    keys = match(mine.cryptos, theirs.cryptos)
    if keys is None and (theirs.keyed or mine.protocol in SECURE):
        raise Unacceptable("the answer takes none of our keys", 306)
    return keys


def _choose(offered: list[Media], codecs: tuple[str, ...], mode: str, browsers: bool) -> tuple[Media, Choice]:
    """The one line that we take, and what we speak there: the first audio line that we can speak, with keys before
    without."""
    audio = [media for media in offered if media.kind.lower() == "audio" and media.port]
    if not audio:
        raise Unacceptable("no audio stream is offered", 304)
    spoken = [media for media in audio if (browsers if media.is_web else _speak(media, mode))]
    if not spoken and audio[0].is_web:
        raise Unacceptable(f"audio is only offered over {audio[0].protocol}, and that is for browsers", 302)
    if not spoken:
        raise Unacceptable(f"audio is only offered over {audio[0].protocol[:20]}, and srtp is {mode} here", 302)
    for media in sorted(spoken, key=lambda media: not media.cryptos):
        if codec := media.codec(G711 if media.is_web else codecs):
            return media, codec
    raise Unacceptable(f"none of {', '.join(codecs)} is offered", 305)


def _speak(media: Media, mode: str) -> bool:
    """Whether we can, and may, speak the protocol of a line. Keys may stand in a plain one, too: many phones write that
    when they would like to have them. The feedback of AVPF and SAVPF (RFC 4585) may be sent, and need not."""
    protocol = media.protocol.upper()
    if mode == "off":
        return protocol in PLAIN
    return protocol in PLAIN + SECURE if media.cryptos else protocol in PLAIN and mode != "require"


def _accept(theirs: Media, port: int, stream: Stream) -> list[str]:
    """The line that is taken, with what we take of it. The time of a packet is theirs: old phones want both alike."""
    events = [] if stream.event_type is None else [(stream.event_type, stream.event_clock)]
    codec = FORMATS[stream.codec]
    noise = theirs.takes_noise and codec.clock == 8000 and stream.web is None
    formats = [(codec, stream.payload_type)]
    more = {"protocol": theirs.protocol, "ptime": stream.ptime, "noise": noise}
    return audio_lines(port, formats, events, stream.direction, **more) + control.lines(stream.control)


def _stream(theirs: Media, choice: Choice, host: str, direction: str, keys: Keys | None) -> Stream:
    """Their line as our stream. ``host`` is our own address, ``direction`` what we are willing to do."""
    codec, number = choice
    address = _address(theirs.host)
    port = theirs.port
    receiving = theirs.direction in RECEIVING
    if address is None:
        port = 0  # A name. Looking it up would take time; the first packets tell the address (symmetric RTP).
    elif address.multicast:
        raise Unacceptable("a multicast address is offered", 330)
    elif address.unspecified:
        receiving = False  # Hold, as it was before RFC 3264 (its section 8.4): send nothing here.
    elif (mine := _address(host)) is not None and mine.version != address.version:
        raise Unacceptable(f"an IPv{address.version} address is offered, ours is IPv{mine.version}", 301)
    sends = receiving and direction in SENDING
    receives = theirs.direction in SENDING and direction in RECEIVING
    event_type, event_clock = theirs.events(codec.clock) or (None, codec.clock)
    return Stream(
        theirs.host,
        port,
        codec.name,
        number,
        event_type,
        _direction(sends, receives),
        ptime=packet_time(codec, theirs.ptime, theirs.maxptime),
        fmtp=theirs.parameters.get(number, ""),
        event_clock=event_clock,
        control=theirs.control,
        keys=keys,
    )


def _web_stream(theirs: Media, choice: Choice, direction: str, agreed: AgreedWeb) -> Stream:
    """A browser's line as our stream. Its address and port say nothing."""
    codec, number = choice
    event_type, event_clock = theirs.events(codec.clock) or (None, codec.clock)
    sends = theirs.direction in RECEIVING and direction in SENDING
    receives = theirs.direction in SENDING and direction in RECEIVING
    return Stream("", 0, codec.name, number, event_type, _direction(sends, receives),
                  ptime=packet_time(codec, theirs.ptime, theirs.maxptime), event_clock=event_clock,
                  control=theirs.control, web=agreed)  # fmt: skip


def _direction(sends: bool, receives: bool) -> str:
    if sends:
        return "sendrecv" if receives else "sendonly"
    return "recvonly" if receives else "inactive"


@lru_cache(1024)
def _address(host: str) -> Ip | None:
    """The address, or None where a name stands. Raises :class:`Malformed` where nothing does."""
    if not host:
        raise Malformed("no c= line says where to send")
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return Ip(address.version, address.is_multicast, address.is_unspecified)
