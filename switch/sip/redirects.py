"""Where a 3xx points: what a phone that sends its calls on says in its Contacts. Whether it is obeyed decides the house."""

import re

from .errors import PeerError
from .headers import param, parse_name_addr
from .message import Response

_Q = re.compile(r"[01](?:\.[0-9]{0,3})?")


def contacts(response: Response) -> tuple[str, ...]:
    """Where a 3xx points, the best first (RFC 3261 section 21.3)."""
    found = []
    for value in response.listed("contact"):
        try:
            address = parse_name_addr(value)
        except PeerError:
            continue
        found.append((-_weight(address.params), address.uri))
    return tuple(uri for _, uri in sorted(found, key=lambda pair: pair[0]))


def _weight(params: str) -> float:
    text = param(params, "q") or ""
    return float(text) if _Q.fullmatch(text) else 1.0
