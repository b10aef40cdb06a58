"""Addresses of telephony: sip:, sips: and tel: URIs (RFC 3261 section 19.1, RFC 3966).

A URI is read to learn something from it, never to be written back in its place: what goes on the wire again is the text
that came, because a phone may recognise itself only by its own spelling. Therefore the user part is unescaped here
(``alice%40home`` is called ``alice@home`` by everybody but the wire) and parameters stay text until somebody asks.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import quote, unquote

from .errors import PeerError

_SIP = re.compile(
    r'(?:(?P<user>[^\s<>"]*)@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::(?P<port>[0-9]{1,5}))?'
    r'(?P<params>;[^\s<>"?]*)?(?:\?(?P<headers>[^\s<>"]*))?'
)
_TEL = re.compile(r'(?P<number>[^\s<>";]+)(?P<params>;[^\s<>"]*)?')
_SEPARATORS = str.maketrans("", "", "-.()")
_SAFE_IN_USER = "-_.!~*'()&=+$,;?/"
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")


class Uri(NamedTuple):
    """One address, in parts."""

    scheme: str
    """``sip``, ``sips`` or ``tel``, lower case."""
    user: str
    """Unescaped; for tel: the number without visual separators. Empty where there is none."""
    host: str
    """Without the brackets of an IPv6 reference. Empty for tel:."""
    port: int | None = None
    params: str = ""
    """As it came, with its leading semicolon."""
    headers: str = ""
    """What followed the question mark."""

    def __str__(self) -> str:
        if self.scheme == "tel":
            return f"tel:{self.user}{self.params}"
        user = quote(self.user, safe=_SAFE_IN_USER, errors="surrogateescape") + "@" if self.user else ""
        port = "" if self.port is None else f":{self.port}"
        headers = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{user}{bracketed(self.host)}{port}{self.params}{headers}"

    def param(self, name: str) -> str | None:
        """The value of a parameter in lower case, empty for a flag such as ``lr``, None where it is absent."""
        for piece in self.params.split(";")[1:]:
            key, _, value = piece.partition("=")
            if key.strip().lower() == name:
                return value.strip().lower()
        return None


def parse_uri(text: str) -> Uri:
    """Read a URI. The few that come again and again (the service numbers, the phones) are remembered.

    Raises PeerError: 416 for a scheme that is not spoken here, 400 for text that is no URI.
    """
    return _remembered(text) if len(text) < 128 else _parse(text)


def _parse(text: str) -> Uri:
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if scheme in ("sip", "sips"):
        return _sip(scheme, rest)
    if scheme == "tel" and (found := _TEL.fullmatch(rest)):
        return Uri("tel", found["number"].translate(_SEPARATORS), "", None, found["params"] or "")
    if colon and scheme != "tel" and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum():
        raise PeerError(416, "Unsupported URI Scheme")
    raise PeerError(400, "Malformed URI")


_remembered = lru_cache(1024)(_parse)


def _sip(scheme: str, rest: str) -> Uri:
    found = _SIP.fullmatch(rest)
    if found is None:
        raise PeerError(400, "Malformed URI")
    user, host, port, params, headers = found.groups()
    if port is not None and not 0 < int(port) < 65536:
        raise PeerError(400, "Port out of range")
    if user:
        # A password after the user (19.1.1) is never used and never shown.
        user = user.partition(":")[0]
        if "%" in user:
            user = unquote(user, errors="replace")
    return Uri(scheme, user or "", host.strip("[]"), None if port is None else int(port), params or "", headers or "")


def bracketed(host: str) -> str:
    """A host as it stands in a URI or a Via: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def canonical_ip(host: str) -> str:
    """An IPv6 address in its one spelling (RFC 5952), by which connections are known; any other host as it is."""
    if ":" not in host:
        return host
    try:
        return str(ip_address(host))
    except ValueError:
        return host


def is_ip(host: str) -> bool:
    """Whether a host is an address, not a name; names are never resolved in this room."""
    if _IPV4.fullmatch(host) is None and ":" not in host:
        return False
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


known_as_ip = lru_cache(4096)(is_ip)
"""The same for hosts that come again and again."""
