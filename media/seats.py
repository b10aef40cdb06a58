"""I/O: the UDP sockets. One a leg, because a load generator or a border controller may send every call from one
address and port, and only our own port then tells the calls apart.

Some are bound ahead of time and announced, so that an answer to a caller never waits for a socket. A seat that was left
rests for two seconds before it is announced again: packets of the old call may still be on their way. Who reads and
writes the seats that are taken is :mod:`media.sockets`.
"""

import socket
from collections import deque

SPARE = 256
"""Seats kept bound and free: the switch lives on them while the worker is held up. (With 64, and 300 calls a second on a
machine with other work, some callers were told 503.)"""
REST = 2.0
"""Seconds before a seat that was left is announced again."""
_BUFFER = 32_768


class Seats:
    """Even ports from ``first`` to ``last`` (included) of the IP address ``host``."""

    def __init__(self, host: str, first: int, last: int) -> None:
        self._host = host
        self._unbound = deque(range(first + first % 2, last + 1, 2))
        self._free: dict[int, socket.socket] = {}
        self._resting: deque[tuple[float, int, socket.socket]] = deque()

    def announce(self, now: float) -> tuple[int, ...]:
        """Ports that are free from now on: some bound anew while there are few, others that have rested."""
        ports = []
        while self._resting and self._resting[0][0] <= now:
            _, port, seat = self._resting.popleft()
            self._free[port] = seat
            ports.append(port)
        while len(self._free) < SPARE and self._unbound:
            port = self._unbound.popleft()
            if seat := self._bind(port):
                self._free[port] = seat
                ports.append(port)
        return tuple(ports)

    def take(self, port: int) -> socket.socket | None:
        """The socket of a free seat; None when it is not one. What strangers sent to it meanwhile is thrown away."""
        seat = self._free.pop(port, None)
        if seat is not None:
            _drain(seat)
        return seat

    def leave(self, port: int, seat: socket.socket, now: float) -> None:
        """The leg is gone; the seat rests."""
        self._resting.append((now + REST, port, seat))

    def _bind(self, port: int) -> socket.socket | None:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        seat = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            seat.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            seat.bind((self._host, port))
        except OSError:
            seat.close()
            return None
        return seat


def _drain(seat: socket.socket) -> None:
    try:
        while True:
            seat.recv(1)
    except OSError:
        return
