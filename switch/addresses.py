"""Where the switch is: the addresses that it listens on, and those that it tells phones of. Pure.

``listen`` may name one address of each family, or ``::`` for every address of both; ``media.address`` says what a machine
behind a NAT, or with many addresses, is called from outside.
"""

from collections.abc import Sequence

from switch.settings import System

EVERY = ("0.0.0.0", "::")


def announced(system: System) -> tuple[str, ...]:
    """What peers are told, in order of preference; what stands for every address is no place to send to."""
    return system.media.address or tuple(host for host in system.listen if host not in EVERY)


def of_family(hosts: Sequence[str], peer: str) -> str:
    """The host that a peer with this address can reach: of its own family where there is one."""
    return next((host for host in hosts if (":" in host) == (":" in peer)), hosts[0])


def side(offer: bytes | None, peer: str) -> str:
    """An address of the family that a session is to be in: that of the offer, where one came, else that of the peer."""
    if offer is not None and b"\nc=IN IP6 " in offer:
        return "::"
    return "0.0.0.0" if offer is not None and b"\nc=IN IP4 " in offer else peer


def local(system: System) -> str:
    """The host under which the switch finds itself, as it stands in a URL."""
    host = system.listen[0]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


def media_host(system: System) -> str:
    """Where media listens: one socket of each call takes both families, where both are listened on."""
    families = {":" in host for host in system.listen}
    return system.listen[0] if len(families) == len(system.listen) == 1 else "::" if True in families else "0.0.0.0"
