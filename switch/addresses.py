"""Where the switch is: the addresses that it listens on, and those that it tells phones of. Pure.

``listen`` may name one address of each family, or ``::`` for every address of both; ``media.address`` says what a machine
behind a NAT, or with many addresses, is called from outside.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address, ip_network

from switch.settings import System
from switch.sip.effects import WEB, Address

EVERY = ("0.0.0.0", "::")


def announced(system: System) -> tuple[str, ...]:
    """What peers are told, in order of preference; what stands for every address is no place to send to."""
    return system.media.address or tuple(host for host in system.listen if host not in EVERY)


def of_family(hosts: Sequence[str], peer: str) -> str:
    """The host that a peer with this address can reach: of its own family where there is one."""
    six = ":" in peer
    for host in hosts:
        if (":" in host) == six:
            return host
    return hosts[0]


def side(offer: bytes | None, peer: str) -> str:
    """An address of the family that a session is to be in: that of the offer, where one came, else that of the peer."""
    if offer is not None and b"\nc=IN IP6 " in offer:
        return "::"
    return "0.0.0.0" if offer is not None and b"\nc=IN IP4 " in offer else peer


def by_browser(peer: Address) -> bool:
    """Whether this is a phone in a browser: nobody else speaks SIP over a websocket (RFC 7118)."""
    return peer.transport in WEB


def local(system: System) -> str:
    """The host under which the switch finds itself, as it stands in a URL."""
    host = system.listen[0]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


def media_host(system: System) -> str:
    """Where media listens: one socket of each call takes both families, where both are listened on."""
    families = {":" in host for host in system.listen}
    return system.listen[0] if len(families) == len(system.listen) == 1 else "::" if True in families else "0.0.0.0"


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach this address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def alone(system: System) -> bool:
    """Whether this machine alone can reach the switch."""
    return all(map(is_loopback, system.listen))


class Places:
    """Which of our addresses a peer is told: our own on the inside to those in ``media.local_networks``, who could not
    send to the one on the outside of a NAT (few routers lead back in), and what is announced to all others."""

    def __init__(self, system: System) -> None:
        self._outside = announced(system)
        inside = (system.media.local_address,) if system.media.local_address else system.listen
        self._inside = tuple(host for host in inside if host not in EVERY) or self._outside
        self._networks = [ip_network(network, strict=False) for network in system.media.local_networks]
        self.is_local = lru_cache(4096)(self._is_local) if self._networks else _never

    @property
    def outside(self) -> tuple[str, ...]:
        """What strangers are told, in order of preference."""
        return self._outside

    @property
    def inside(self) -> tuple[str, ...]:
        """What neighbours are told."""
        return self._inside

    def host(self, peer: str, side: str = "") -> str:
        """What this peer is told, in the family of ``side`` where that is another; without a peer, what most are."""
        hosts = self._inside if self.is_local(peer) else self._outside
        return of_family(hosts, side or peer) if side or peer else hosts[0]

    def _is_local(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _never(_: str) -> bool:
    return False
