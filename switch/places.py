"""Do addresses, ports and certificates of ``shoal.yaml`` fit together? Part of :mod:`switch.checks`."""

import ipaddress
from collections.abc import Callable, Iterator

from switch.addresses import announced
from switch.mistakes import Mistake
from switch.settings import System

SHORTEST_TOKEN = 16
At = Callable[..., Callable[[str, str], Mistake]]
"""Who makes mistakes for the place with these keys."""


def mistakes(system: System, at: At) -> Iterator[Mistake]:
    """All of them."""
    yield from _ports(system, at)
    yield from _addresses("listen", system.listen, at("listen"))
    yield from _addresses("address", system.media.address, at("media", "address"))
    families = [":" in host for host in system.media.address]
    if len(set(families)) < len(families):
        yield at("media", "address")("there are two addresses of one family", "write one for IPv4 and one for IPv6 at most")
    if not system.listen:
        yield at("listen")("there is no address", "write `127.0.0.1`, or `::` for every address")
    elif speaks_for_nobody(system):
        yield at("listen")(*nobody(system.listen))
    yield from _watchers(system, at)
    tls = system.sip.tls
    if bool(tls.certificate) != bool(tls.key):
        there, missing = ("certificate", "key") if tls.certificate else ("key", "certificate")
        yield at("sip", "tls", there)(f"there is no {missing} for it", f"add `{missing}: FILE`")
    if tls.clients == "require" and not tls.ca:
        yield at("sip", "tls", "clients")("nobody could show a certificate that is believed", "add `ca: FILE`")


def _watchers(system: System, at: At) -> Iterator[Mistake]:
    for index, place in enumerate(system.http.status_from):
        try:
            ipaddress.ip_network(place, strict=False)
        except ValueError:
            yield at("http", "status_from", str(index))(
                f"`{place}` is no address and no network", "write `203.0.113.7` or `203.0.113.0/24`")
    if 0 < len(system.http.status_token) < SHORTEST_TOKEN:
        yield at("http", "status_token")(
            "it can be guessed", f"write {SHORTEST_TOKEN} characters or more, as `openssl rand -hex 16` says them")


def _ports(system: System, at: At) -> Iterator[Mistake]:
    sip, media = system.sip, system.media
    if sip.tls_port == sip.port:
        yield at("sip", "tls_port")(f"TCP has port {sip.port}, too", f"write {sip.port % 65535 + 1}, say")
    if system.http.port in (sip.port, sip.tls_port):
        yield at("http", "port")(f"SIP has port {system.http.port}, too", "give one of them another port")
    if (port := system.http.tls_port) and port == system.http.port:
        yield at("http", "tls_port")(f"TCP has port {port}, too", "give one of them another port")
    elif port and port in (sip.port, sip.tls_port):
        yield at("http", "tls_port")(f"SIP has port {port}, too", "give one of them another port")
    held = [port for port in (sip.port, sip.tls_port) if media.first_port <= port <= media.last_port]
    if held and media.last_port > media.first_port:
        yield at("media", "first_port")(
            f"the range holds the SIP port {held[0]}", f"begin above {max(held)}, or end below")


def _addresses(key: str, hosts: tuple[str, ...], at: Callable[[str, str], Mistake]) -> Iterator[Mistake]:
    for host in hosts:
        if not _is_address(host):
            yield at(f"`{host}` is no IP address", f"write `{key}: 192.0.2.5` or `{key}: 2001:db8::5`")


def speaks_for_nobody(system: System) -> bool:
    """Whether the switch would tell phones to send to every address, which is none."""
    return bool(system.listen) and not announced(system)


def nobody(listen: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong then, and what to write."""
    return f"no phone can send its voice to {', '.join(listen)}", "add `media: {address: ...}` with your own address"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
