"""A thousand CTI clients in a process of their own, which read all that they are sent and look into none of it.

They only count octets: to read an event costs a real screen far more than to send it costs the switch, and is not what is
measured. Pings are answered, or the switch would hang up on them.
"""

import os
import select
from multiprocessing.connection import Connection
from typing import NamedTuple

from bench.player import Player
from bench.screen import Client

_PATIENCE = 120.0
_PING = b"\x89\x00"
"""No text holds these two octets, so a ping is found wherever it stands among events."""


class Watched(NamedTuple):
    """Since the beginning."""

    octets: int
    reads: int
    lost: int
    """Clients whose line was closed."""


class Audience(Player):
    """``with Audience(count, token, port) as audience``: all of them are there when the block begins."""

    def __init__(self, count: int, token: str, port: int) -> None:
        super().__init__(_watch, count, token, port, patience=_PATIENCE)

    def tell(self) -> Watched:
        """What they were sent so far."""
        return self.ask("tell")


def _watch(line: Connection, count: int, token: str, port: int) -> None:
    clients = [Client(token, port) for _ in range(count)]
    by_file = {client.socket.fileno(): client.socket for client in clients}
    waiting = select.epoll()
    for file, each in by_file.items():
        each.setblocking(False)
        waiting.register(file, select.EPOLLIN)
    waiting.register(line.fileno(), select.EPOLLIN)
    buffer, octets, reads, lost = bytearray(1 << 18), 0, 0, 0
    line.send(Watched(0, 0, 0))
    while True:
        for file, _ in waiting.poll():
            if file == line.fileno():
                try:
                    line.recv()
                except EOFError:
                    return
                line.send(Watched(octets, reads, lost))
                continue
            size = _read(by_file[file], buffer)
            octets, reads = octets + size, reads + 1
            if not size:
                lost += 1
                waiting.unregister(file)
            elif buffer.find(_PING, 0, size) >= 0:
                by_file[file].send(b"\x8a\x80" + os.urandom(4))


def _read(each: object, buffer: bytearray) -> int:
    try:
        return each.recv_into(buffer)
    except OSError:
        return 0
