"""Do the media settings of ``shoal.yaml`` fit together? Part of :mod:`switch.checks`."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from switch.addresses import EVERY
from switch.mistakes import Mistake
from switch.places import At
from switch.settings import System
from switch.workers import AUTO, NONE


def mistakes(system: System, at: At) -> Iterator[Mistake]:
    """All of them; ``at`` makes them for a key of ``media``."""
    media = system.media
    if media.last_port - media.first_port < 1:
        yield at("last_port")(
            f"there is no port between {media.first_port} and {media.last_port}",
            f"write a number well above {media.first_port}: each call leg takes 2")
    if media.workers > (media.last_port - media.first_port) // 2 + 1 > 0:
        yield at("workers")(
            f"{media.workers} workers cannot share the ports from {media.first_port} to {media.last_port}",
            "write fewer, or a higher `last_port`")
    if not (all(core.isdecimal() for core in media.pin) or (len(media.pin) == 1 and media.pin[0] in (*AUTO, *NONE))):
        cores = ", ".join(media.pin)
        yield at("pin")(f"`{cores}` names no cores", "write `auto`, or numbers of cores as in `[2, 3]`")
    if media.first_port % 2:
        yield at("first_port")(
            f"{media.first_port} is odd; voice has the even ports, and its reports the odd ones after them",
            f"write {media.first_port + 1}")
    for index, network in enumerate(media.local_networks):
        if not _parses(network):
            yield at("local_networks", str(index))(f"`{network}` is no network", "write one as in `192.168.0.0/16`")
    if media.local_address and not _is_address(media.local_address):
        yield at("local_address")(f"`{media.local_address}` is no address", "write the switch's own, as in `192.168.1.5`")
    if media.local_networks and not media.local_address and all(host in EVERY for host in system.listen):
        yield at("local_networks")(
            "nobody there is told where to send to, because the switch listens on every address",
            "add `local_address: ADDRESS` with its own")


def _parses(network: str) -> bool:
    try:
        ip_network(network, strict=False)
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    try:
        return str(ip_address(text)) not in EVERY
    except ValueError:
        return False
