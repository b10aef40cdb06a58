"""Session descriptions as we write them: an offer of ours, and the lines that offer and answer have in common."""

from media.sdp.reading import STATIC

EVENT_TYPE = 101
"""The payload type under which we offer telephone-event (RFC 4733)."""


def offer(*, host: str, port: int, session: int, version: int, direction: str = "sendrecv") -> bytes:
    """Our own offer: one audio stream, PCMU before PCMA, and telephone-event."""
    codecs = [(name, number) for number, name in STATIC.items()]
    return body(session_lines(host, session, version, "0 0") + audio_lines(port, codecs, EVENT_TYPE, direction))


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


def audio_lines(port: int, codecs: list[tuple[str, int]], events: int | None, direction: str) -> list[str]:
    """One audio stream: ``codecs`` are (name, payload type), ``events`` the payload type of telephone-event."""
    numbers = [number for _, number in codecs] + ([] if events is None else [events])
    lines = [f"m=audio {port} RTP/AVP {' '.join(map(str, numbers))}"]
    lines += [f"a=rtpmap:{number} {name}/8000" for name, number in codecs]
    if events is not None:
        lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-15"]
    return [*lines, "a=ptime:20", f"a={direction}"]


def body(lines: list[str]) -> bytes:
    """The octets of a body."""
    return "".join(f"{line}\r\n" for line in lines).encode()
