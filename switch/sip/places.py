"""Places in the network, and what the DNS says of them."""

from typing import Literal, NamedTuple


class Address(NamedTuple):
    """The far end of a transport. For TCP and TLS it names the connection to that peer, opened when there is none; for a
    websocket (RFC 7118) one that the peer has opened, and nobody but the peer can open another.

    A host that is no IP address must be located first (RFC 3263); then the transport may be empty and the port 0, where
    nobody said them.
    """

    transport: Literal["udp", "tcp", "tls", "ws", "wss", ""]
    host: str
    port: int


PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061, "ws": 80, "wss": 443}
"""Where a transport is spoken when nobody says a port (RFC 3261 section 19.1.2)."""
SECURE = ("tls", "wss")
"""What nobody on the way can read."""
WEB = ("ws", "wss")
"""Websockets: the phone of a browser, which is reached by its connection alone."""


class Question(NamedTuple):
    """What the DNS is asked."""

    name: str
    kind: Literal["NAPTR", "SRV", "A", "AAAA"]


class Naptr(NamedTuple):
    """RFC 3403, as far as RFC 3263 needs it."""

    order: int
    preference: int
    flags: str
    service: str
    replacement: str


class Srv(NamedTuple):
    """RFC 2782."""

    priority: int
    weight: int
    port: int
    target: str


Records = tuple[Naptr | Srv | str, ...]
"""An answer; A and AAAA records are addresses as text."""
