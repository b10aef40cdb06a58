"""The grammar inside header fields (RFC 3261 sections 7.3, 20 and 25).

Nothing here looks further than it is asked to: most headers of most messages are never read. All scans are linear in
the length of the text whatever the text is, because a hostile 64 KB line is as easily sent as a friendly one.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .errors import PeerError

_COMPACT = {
    "a": "accept-contact", "b": "referred-by", "c": "content-type", "d": "request-disposition", "e": "content-encoding",
    "f": "from", "i": "call-id", "j": "reject-contact", "k": "supported", "l": "content-length", "m": "contact",
    "n": "identity-info", "o": "allow-events", "r": "refer-to", "s": "subject", "t": "to", "u": "event", "v": "via",
    "x": "session-expires", "y": "identity",
}  # fmt: skip
_SPELLINGS = (
    "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Type", "Content-Length", "User-Agent",
    "Allow", "Supported", "Route", "Record-Route", "Expires", "Authorization", "Proxy-Authorization", "Require",
    "Reason", "WWW-Authenticate", "Proxy-Authenticate", "Subject", "Accept", "Server", "Call-Id", "Min-Expires",
)  # fmt: skip
KNOWN = {**_COMPACT, **{name.upper(): full for name, full in _COMPACT.items()}, **{n: n.lower() for n in _SPELLINGS}}
"""Spellings that need no thought; everything else goes through ``canonical``."""

TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_VIA = re.compile(
    r"SIP\s*/\s*[0-9]+\.[0-9]+\s*/\s*([A-Za-z0-9-]+)\s+(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?:\s*:\s*([0-9]{1,5}))?\s*(;.*)?",
    re.IGNORECASE | re.DOTALL,
)
_CSEQ = re.compile(r"([0-9]{1,10})\s+([A-Za-z0-9\-.!%*_+`'~]+)")
_DISPLAY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*<', re.DOTALL)
_CLOSED = re.compile(r'[^"]*(?:"(?:[^"\\]|\\.)*"[^"]*)*', re.DOTALL)
_SPECIAL = re.compile(r'["<>\\,;]')
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f]+")


class NameAddr(NamedTuple):
    """The value of From, To, Contact, Route: a display name, a URI and parameters of the header (not of the URI)."""

    display: str
    uri: str
    params: str


class Via(NamedTuple):
    """One hop back (RFC 3261 section 20.42)."""

    transport: str
    host: str
    port: int | None
    params: str

    @property
    def branch(self) -> str:
        """The transaction's name; empty from an element that is older than RFC 3261."""
        return param(self.params, "branch") or ""


class CSeq(NamedTuple):
    """The number and the method of a request."""

    number: int
    method: str


def canonical(name: str) -> str:
    """The full lower-case name of a header, whatever way it was written."""
    name = name.strip().lower()
    return _COMPACT.get(name, name)


def split(value: str, separator: str = ",") -> list[str]:
    """Cut at a separator that stands neither in quotes nor in angle brackets; empty pieces are dropped."""
    if separator not in value:
        return [value.strip()] if value.strip() else []
    pieces, start, skip, inside = [], 0, -1, ""
    for found in _SPECIAL.finditer(value):
        at, char = found.start(), found[0]
        if at < skip:
            continue
        if inside == '"' and char == "\\":
            skip = at + 2
        elif inside:
            inside = "" if char == (">" if inside == "<" else '"') else inside
        elif char in '"<':
            inside = char
        elif char == separator:
            pieces.append(value[start:at].strip())
            start = at + 1
    pieces.append(value[start:].strip())
    return [piece for piece in pieces if piece]


def closed(text: str) -> bool:
    """Whether every quoted string in it has its end. Where one has not, what we add to the line would be inside of it."""
    return _CLOSED.fullmatch(text) is not None


def params(text: str) -> dict[str, str]:
    """All parameters of ``;name=value;flag``: names in lower case, values without their quotes, the first of a name."""
    found: dict[str, str] = {}
    for piece in split(text, ";"):
        name, _, value = piece.partition("=")
        found.setdefault(name.strip().lower(), unquoted(value.strip()))
    return found


def param(text: str, name: str) -> str | None:
    """One parameter; empty for a flag, None where it is absent."""
    if '"' not in text and (at := text.find(f";{name}=")) >= 0:
        start = at + len(name) + 2
        end = text.find(";", start)
        return text[start:].strip() if end < 0 else text[start:end].strip()
    return params(text).get(name) if text else None


def parse_name_addr(value: str) -> NameAddr:
    """Read ``"Display" <uri>;params`` or ``uri;params``. Raises PeerError 400.

    A dialog's From and To come again with each of its messages; the short ones are remembered.
    """
    return _remembered(value) if len(value) < 256 else _name_addr(value)


def _name_addr(value: str) -> NameAddr:
    value = value.strip()
    display, start = "", value.find("<")
    if value.startswith('"'):
        found = _DISPLAY.match(value)
        if found is None:
            raise PeerError(400, "Malformed display name")
        display, start = found[1], found.end() - 1
        if "\\" in display:
            display = re.sub(r"\\(.)", r"\1", display, flags=re.DOTALL)
    elif start > 0:
        display = value[:start].strip()
    if start < 0:
        # Without brackets, parameters belong to the header, not to the URI (section 20.10).
        uri, semicolon, rest = value.partition(";")
        uri, rest = uri.strip(), semicolon + rest
        if "?" in uri:
            raise PeerError(400, "Malformed address")
    else:
        end = value.find(">", start)
        uri, rest = value[start + 1 : end].strip(), value[end + 1 :].strip()
        if end < 0 or (rest and rest[0] != ";"):
            raise PeerError(400, "Malformed address")
    plain = rest.partition('"')[0]
    if not uri or " " in uri or "\t" in uri or "," in plain or ";;" in plain:
        raise PeerError(400, "Malformed address")
    return NameAddr(display, uri, rest)


_remembered = lru_cache(2048)(_name_addr)


def parse_via(value: str) -> Via:
    """Read one hop. Raises PeerError 400."""
    found = _VIA.fullmatch(value.strip())
    if found is None or (found[3] and not 0 < int(found[3]) < 65536):
        raise PeerError(400, "Malformed Via")
    return Via(found[1].upper(), found[2].strip("[]"), int(found[3]) if found[3] else None, found[4] or "")


def parse_cseq(value: str) -> CSeq:
    """Read a sequence number below 2**31 (section 8.1.1.5) and its method. Raises PeerError 400."""
    found = _CSEQ.fullmatch(value)
    if found is None or int(found[1]) >= 2**31:
        raise PeerError(400, "Malformed CSeq")
    return CSeq(int(found[1]), found[2])


def quoted(text: str) -> str:
    """A quoted string that holds this text; line ends and other control characters cannot get through."""
    text = clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def unquoted(text: str) -> str:
    """The content of a quoted string, or the text itself."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    text = text[1:-1]
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if "\\" in text else text


def clean(text: str) -> str:
    """Text of a peer made fit for people, JSON and header lines: no control characters, valid Unicode."""
    if text.isascii() and text.isprintable():
        return text
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _CONTROL.sub(" ", text).strip()
