"""The lines by which browsers and we find each other and agree on keys: ICE (RFC 8839), DTLS (RFC 8122, RFC 5763), and the
one way for all of it (RFC 9143 BUNDLE, RFC 8858 RTCP with the sound).

    m=audio 9 UDP/TLS/RTP/SAVPF 111 0 126      a port that says nothing: the way is found by ICE
    a=ice-ufrag:Xk2b                           whose checks are signed with
    a=ice-pwd:u7mJ0Cz1Hq5k2v9yQeR3sT4w         this
    a=fingerprint:sha-256 4A:AD:...            who the handshake has to be with
    a=setup:actpass                            whoever answers may choose who begins it; it answers active or passive
    a=rtcp-mux
    a=mid:0                                    its name in a=group:BUNDLE

We are an agent of the lite kind: one candidate as a rule, no checks of our own. So theirs are not even read. Whoever
answers may begin the handshake, and we would rather wait for it; but who offers ``passive`` is begun with.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from media.orders import Web as Agreed
from media.sdp.words import Malformed, Unacceptable

PROTOCOLS = ("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP")
_MISCELLANEOUS = 399
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}", re.ASCII)
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}", re.ASCII)
_FINGERPRINT = re.compile(r"(\S+)[ \t]+((?:[0-9A-F]{2}:)+[0-9A-F]{2})", re.ASCII | re.IGNORECASE)
_OCTETS = 32
_MID = re.compile(r"[!#-'*+\-.0-9A-Z^-~]{1,64}", re.ASCII)
_MANY = 8
"""Fingerprints that are kept."""
_SETUPS = ("active", "passive", "actpass", "holdconn")
NAMES = ("ice-ufrag", "ice-pwd", "fingerprint", "setup", "mid")


@dataclass(frozen=True, slots=True)
class Lines:
    """What one ``m=`` line says of it; what it leaves out is the session's."""

    ufrag: str = ""
    password: str = ""
    fingerprints: tuple[str, ...] = ()
    """By SHA-256, in capitals."""
    hashed: bool = False
    """Whether there was any fingerprint at all."""
    setup: str = ""
    mid: str = ""


@dataclass(slots=True)
class Browser:
    """What we are willing to do with one browser.

    fingerprint: of our certificate, by SHA-256; empty = there is none, and no browser is spoken with. draw gives so many
    octets that nobody can guess. ufrag, password: ours, once named. agreed: what is in force.
    """

    fingerprint: str
    draw: Callable[[int], bytes]
    ufrag: str = ""
    password: str = field(default="", repr=False)
    agreed: Agreed | None = None
    offers: bool = False
    """Whether an offer of ours is for a browser. Theirs are answered in any case."""
    nearby: tuple[str, ...] = ()
    """Further addresses at which this machine's own browsers reach the port; those that do not speak with 127.0.0.1."""

    def name(self) -> None:
        """Take new credentials."""
        self.ufrag, self.password = _letters(self.draw(6)), _letters(self.draw(24))


def read(name: str, value: str, known: Lines, inherited: Lines) -> Lines:
    """What an attribute makes of what was known. A line's own fingerprints replace those of the session."""
    if name == "ice-ufrag":
        return replace(known, ufrag=value)
    if name == "ice-pwd":
        return replace(known, password=value)
    if name == "setup":
        return replace(known, setup=value.lower() if value.lower() in _SETUPS else "unknown")
    if name == "mid":
        return replace(known, mid=value if _MID.fullmatch(value) else "")
    found = _FINGERPRINT.fullmatch(value)
    before = () if known.fingerprints == inherited.fingerprints else known.fingerprints
    if found is None or found[1].lower() != "sha-256" or len(found[2]) != 3 * _OCTETS - 1 or len(before) >= _MANY:
        return replace(known, hashed=True)
    return replace(known, hashed=True, fingerprints=(*before, found[2].upper()))


def answered(ours: Browser, theirs: Lines, mux: bool) -> Agreed:
    """What their offer makes of us. Their new credentials are a restart, and are answered with new ones of ours
    (RFC 8839 section 4.4.1.1.1). Raises :class:`Malformed` or :class:`Unacceptable`."""
    _check(theirs, mux)
    before = ours.agreed
    if not ours.ufrag or (before is not None and before.theirs != theirs.ufrag):
        ours.name()
    active = theirs.setup == "passive"
    if before is not None and theirs.setup == "actpass" and before.fingerprints == theirs.fingerprints:
        active = before.active  # RFC 8842 section 5.3: the roles stay as long as the association does.
    ours.agreed = Agreed(ours.ufrag, ours.password, theirs.ufrag, theirs.fingerprints, active)
    return ours.agreed


def taken(mine: Lines, theirs: Lines, mux: bool) -> Agreed:
    """What their answer makes of our offer. Raises as :func:`answered`."""
    _check(theirs, mux)
    if theirs.setup in ("actpass", "unknown"):
        raise Malformed("the answer has to choose: a=setup:active or passive")
    return Agreed(mine.ufrag, mine.password, theirs.ufrag, theirs.fingerprints, theirs.setup == "passive")


def _check(theirs: Lines, mux: bool) -> None:
    if not theirs.hashed:
        raise Unacceptable("there is no a=fingerprint, and DTLS cannot do without", _MISCELLANEOUS)
    if not theirs.fingerprints:
        raise Unacceptable("no fingerprint is by sha-256", _MISCELLANEOUS)
    if not theirs.ufrag or not theirs.password:
        raise Unacceptable("there is no a=ice-ufrag with a=ice-pwd; keys by DTLS are for browsers here", _MISCELLANEOUS)
    if not _UFRAG.fullmatch(theirs.ufrag) or not _PASSWORD.fullmatch(theirs.password):
        raise Malformed("cannot read a=ice-ufrag or a=ice-pwd")
    if not mux:
        raise Unacceptable("without a=rtcp-mux a browser's stream is not spoken here", _MISCELLANEOUS)
    if theirs.setup == "holdconn":
        raise Unacceptable("a=setup:holdconn begins no handshake", _MISCELLANEOUS)


def session_lines(mid: str) -> list[str]:
    """Before the first ``m=``: the bundle where they know of it, and which kind of agent we are."""
    return [*([f"a=group:BUNDLE {mid}"] if mid else []), "a=ice-lite", "a=ice-options:ice2"]


def lines(ours: Browser, host: str, port: int, setup: str, mid: str) -> list[str]:
    """Ours, of the stream. What a browser plays is told by ``msid``: without it, many pages wait for a stream in vain."""
    return [
        *([f"a=mid:{mid}"] if mid else []),
        "a=msid:shoal sound",
        f"a=ice-ufrag:{ours.ufrag}",
        f"a=ice-pwd:{ours.password}",
        *(f"a=candidate:{number} 1 UDP {_priority(number)} {each} {port} typ host"
          for number, each in enumerate((host, *ours.nearby), 1)),
        "a=end-of-candidates",
        f"a=fingerprint:sha-256 {ours.fingerprint}",
        f"a=setup:{setup}",
    ]


def _priority(number: int) -> int:
    """Of a host's candidate, of the first component; the first one is liked best (RFC 8445 section 5.1.2.1)."""
    return (126 << 24) + ((65536 - number) << 8) + 255


def _letters(octets: bytes) -> str:
    """Characters of ICE, as many as the octets need: a multiple of three."""
    return b64encode(octets).decode()
