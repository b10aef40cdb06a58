"""Ports of the loopback address for everybody who takes part, none of them somebody else's between choice and use.

Several workers of pytest run tests at once, and a port that was found free is bound only some seconds later, by a process
that is still to start (or by a phone's first call). So each worker has a part of each range to itself, and goes round in it
from a place of chance: what it has given, it gives again only when all others have been given.
"""

import contextlib
import os
import random
import socket
from collections.abc import Iterator

PHONES = range(25_000, 32_000, 2)
"""Of anybody: the kernel gives none of these, nor does a media worker take one. (The bench has those from 20,000 on.)"""
MEDIA = range(10_000, 15_000, 2)
"""First ones for media workers, who take the next few hundred that are free."""
BARESIP = "16000-19998"
"""baresip finds its own for sound."""


def part(ports: range, worker: str = os.environ.get("PYTEST_XDIST_WORKER", "gw0"),
         workers: int = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) -> range:
    """What one worker of pytest has of them: ``gw0`` the first."""
    size = len(ports) // workers
    return ports[int(worker.removeprefix("gw")) * size:][:size]


def rounds(ports: range) -> Iterator[int]:
    """From one of them to the next, for ever."""
    at = random.randrange(len(ports))
    while True:
        yield ports[at % len(ports)]
        at += 1


_phones, _media = rounds(part(PHONES)), rounds(part(MEDIA)[::300])


def free_port(*kinds: socket.SocketKind) -> int:
    """One that is free, with the next one, for these kinds of socket."""
    return next(port for port in _phones if _free(port, kinds or (socket.SOCK_STREAM, socket.SOCK_DGRAM)))


def _free(port: int, kinds: tuple[socket.SocketKind, ...]) -> bool:
    with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
        for kind in kinds:
            for each in (port, port + 1):
                stack.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", each))
        return True
    return False


def media_port() -> int:
    """The first one for a media worker, who leaves out those that are taken."""
    return next(_media)
