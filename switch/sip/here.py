"""Where peers shall write to: what stands in our Via and our Contact (RFC 3261 sections 8.1.1.7, 8.1.1.8 and 18.1.1).

A switch may have an address of each family, and TLS has a port of its own; a peer is told those that it can reach: the
host in its own family, the port of its own transport. All texts are made once, for every message has one of each.
"""

from collections.abc import Callable, Sequence

from .effects import WEB, Address
from .uri import bracketed

_TRANSPORTS = ("udp", "tcp", "tls", "ws", "wss", "")
_NAMED = {"tcp": "tcp", "tls": "tls", "ws": "ws", "wss": "ws"}
"""What stands in a URI; a secure websocket has no name of its own there (RFC 7118 section 5.2.1)."""


class Here:
    """``hosts``: names or addresses, in order of preference; ``port`` is that of UDP and TCP, ``tls_port`` 0 = no TLS,
    ``web_port`` that of websockets."""

    __slots__ = ("_contacts", "_hosts", "_secure", "_sent_by", "_vias", "port", "tls_port", "web_port")

    def __init__(self, hosts: Sequence[str], port: int, tls_port: int = 0, web_port: int = 0) -> None:
        self.port = port
        self.tls_port = tls_port
        self.web_port = web_port or port
        four = next((host for host in hosts if ":" not in host), hosts[0])
        six = next((host for host in hosts if ":" in host), hosts[0])
        self._hosts = (four, six)
        ways = [(transport, family) for transport in _TRANSPORTS for family in (False, True)]
        self._sent_by = {way: f"{bracketed(self._hosts[way[1]])}:{self._port(way[0])}" for way in ways}
        self._vias = {way: f"SIP/2.0/{way[0].upper() or 'UDP'} {text}{';alias' if way[0] in ('tcp', 'tls') else ''}"
                      for way, text in self._sent_by.items()}
        self._contacts = {way: f"sip:{text}{_transport(way[0])}" for way, text in self._sent_by.items()}
        self._secure = {way: f"sips:{text}{_transport(way[0]) if way[0] in WEB else ''}"
                        for way, text in self._sent_by.items()}

    @property
    def transports(self) -> tuple[str, ...]:
        """What we speak, in the order in which we like it."""
        return ("udp", "tcp", "tls") if self.tls_port else ("udp", "tcp")

    @property
    def has_ipv6(self) -> bool:
        """Whether one of our addresses is of IPv6."""
        return ":" in self._hosts[1]

    def host(self, peer: Address) -> str:
        """Our address as this peer knows it."""
        return self._hosts[":" in peer.host]

    def sent_by(self, peer: Address) -> str:
        """Host and port, as they stand in a URI."""
        return self._sent_by[peer.transport, ":" in peer.host]

    def via(self, peer: Address) -> str:
        """Our Via up to its branch. On a stream we let the peer use it for requests of its own (RFC 5923 section 6)."""
        return self._vias[peer.transport, ":" in peer.host]

    def contact(self, peer: Address, secure: bool = False) -> str:
        """The URI under which this peer reaches us; ``secure``: a sips: one (RFC 3261 section 12.1.1)."""
        return (self._secure if secure else self._contacts)[peer.transport, ":" in peer.host]

    def _port(self, transport: str) -> int:
        if transport in WEB:
            return self.web_port
        return (self.tls_port or self.port) if transport == "tls" else self.port


def _transport(transport: str) -> str:
    return f";transport={_NAMED[transport]}" if transport in _NAMED else ""


class NearAndFar(Here):
    """Behind a NAT: peers that ``is_near`` is true of, by their host, are told ``near`` hosts, all others ``hosts``."""

    __slots__ = ("_is_near", "_near")

    def __init__(self, hosts: Sequence[str], near: Sequence[str], is_near: Callable[[str], bool], port: int,
                 tls_port: int = 0, web_port: int = 0) -> None:  # fmt: skip
        super().__init__(hosts, port, tls_port, web_port)
        self._near = Here(near, port, tls_port, web_port)
        self._is_near = is_near

    def host(self, peer: Address) -> str:
        """See Here; so are the others."""
        return self._near.host(peer) if self._is_near(peer.host) else super().host(peer)

    def sent_by(self, peer: Address) -> str:
        return self._near.sent_by(peer) if self._is_near(peer.host) else super().sent_by(peer)

    def via(self, peer: Address) -> str:
        return self._near.via(peer) if self._is_near(peer.host) else super().via(peer)

    def contact(self, peer: Address, secure: bool = False) -> str:
        return self._near.contact(peer, secure) if self._is_near(peer.host) else super().contact(peer, secure)
