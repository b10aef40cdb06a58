"""Session descriptions as we write them: an offer of ours, and the lines that offer and answer have in common."""

import re
from collections.abc import Iterable

from media.comfort import COMFORT_NOISE
from media.orders import Control
from media.sdp import control, web
from media.sdp.crypto import Security
from media.sdp.formats import CODECS, EVENT_TYPES, FORMATS, G711, Format

_MID = "0"
_ORIGIN = re.compile(rb"(?m)^o=\S+ \d+ (\d+) ")


def offer(
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
) -> bytes:
    """Our own offer: one audio stream with these codecs, in this order, and telephone-event on their clocks.

    ``previous`` is what we said last in this session, if anything; see :func:`revised`. Where keys are required the
    profile says so; where they are only offered, they stand in a plain line, which the phone may answer without. A phone
    with which RTP/SAVP was agreed on goes on being offered that. What ``browser`` wants offered is for a browser, and for
    nobody else.
    """
    if browser is not None and browser.offers:
        return revised(_web_offer(host, port, session, version, direction, codecs, browser), previous)
    formats = [(FORMATS[name], FORMATS[name].number) for name in codecs]
    events = [(EVENT_TYPES[clock], clock) for clock in sorted({codec.clock for codec, _ in formats})]
    protocol = "RTP/SAVP" if security and _insisted(security, previous) else "RTP/AVP"
    lines = session_lines(host, session, version, "0 0")
    lines += audio_lines(port, formats, events, direction, protocol=protocol) + control.lines(Control(mux=True))
    lines += [str(line) for line in security.lines()] if security and security.offers != "off" else []
    return revised(body(lines), previous)


def for_browser(body: bytes) -> bool:
    """Whether this offer of ours is for a browser."""
    return b" UDP/TLS/RTP/SAVPF " in body


def _web_offer(host: str, port: int, session: int, version: int, direction: str, codecs: tuple[str, ...],
               browser: web.Browser) -> bytes:  # fmt: skip
    """For a browser: G.711, so that nothing has to be transcoded, and the keys that DTLS will make."""
    if not browser.ufrag:
        browser.name()
    names = [name for name in codecs if name in G711] or G711
    lines = session_lines(host, session, version, "0 0") + web.session_lines(_MID)
    formats = [(FORMATS[name], FORMATS[name].number) for name in names]
    lines += audio_lines(port, formats, [(EVENT_TYPES[8000], 8000)], direction, protocol=web.PROTOCOLS[0])
    lines += ["a=rtcp-mux", "a=rtcp-mux-only"]
    return body(lines + web.lines(browser, host, port, "actpass", _MID))


def _insisted(security: Security, previous: bytes) -> bool:
    """Whether it is SRTP or nothing: so operations say, or so it was before in this session."""
    return security.offers == "require" or (security.agreed is not None and b" RTP/SAVP" in previous)


def revised(said: bytes, previous: bytes) -> bytes:
    """Our next body with the version that it deserves (RFC 3264 section 8): that of the previous one when nothing else
    differs, one more when something does. Without a previous one it stays as it is."""
    before = _ORIGIN.search(previous)
    if before is None:
        return said
    same = _ORIGIN.sub(b"o=", said, 1) == _ORIGIN.sub(b"o=", previous, 1)
    ours = _ORIGIN.search(said)
    assert ours is not None, "a body without an o= line"
    return said[: ours.start(1)] + b"%d" % (int(before[1]) + (not same)) + said[ours.end(1) :]


def session_lines(host: str, session: int, version: int, timing: str) -> list[str]:
    """The lines before the first ``m=``."""
    family = "IP6" if ":" in host else "IP4"
    return [
        "v=0",
        f"o=shoal {session} {version} IN {family} {host}",
        "s=-",
        f"c=IN {family} {host}",
        f"t={timing}",  # RFC 3264 section 6: the answer repeats the offer's.
    ]


def audio_lines(
    port: int,
    codecs: Iterable[tuple[Format, int]],
    events: Iterable[tuple[int, int]],
    direction: str,
    *,
    protocol: str = "RTP/AVP",
    ptime: int = 20,
    noise: bool = False,
) -> list[str]:
    """One audio stream. ``codecs`` are (codec, payload type), ``events`` (payload type, clock) of telephone-event;
    ``noise`` says that we understand comfort noise."""
    codecs, events = list(codecs), list(events)
    numbers = [number for _, number in codecs] + [COMFORT_NOISE] * noise + [number for number, _ in events]
    lines = [f"m=audio {port} {protocol} {' '.join(map(str, numbers))}"]
    for codec, number in codecs:
        lines.append(f"a=rtpmap:{number} {codec.encoding}")
        lines += [f"a=fmtp:{number} {codec.fmtp}"] if codec.fmtp else []
    lines += [f"a=rtpmap:{COMFORT_NOISE} CN/8000"] if noise else []
    for number, clock in events:
        lines += [f"a=rtpmap:{number} telephone-event/{clock}", f"a=fmtp:{number} 0-15"]
    return [*lines, f"a=ptime:{ptime}", f"a={direction}"]


def body(lines: list[str]) -> bytes:
    """The octets of a body."""
    return "\r\n".join([*lines, ""]).encode()
