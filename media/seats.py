"""I/O: the UDP sockets. A pair for each leg, because a load generator or a border controller may send every call from one
address and port, and only our own port then tells the calls apart: the even one for the sound, and the odd one after it
for RTCP (RFC 3550 section 11).

Some are bound ahead of time and announced, so that an answer to a caller never waits for a socket. A seat that was left
rests for two seconds before it is announced again: packets of the old call may still be on their way. Who reads and
writes the seats that are taken is :mod:`media.sockets`.
"""

import socket
from collections import deque
from contextlib import suppress
from typing import NamedTuple

from media.nearby import keep_near
from media.rtp import Address

SPARE = 256
"""Seats kept bound and free: the switch lives on them while the worker is held up. (With 64, and 300 calls a second on a
machine with other work, some callers were told 503.)"""
REST = 2.0
"""Seconds before a seat that was left is announced again."""
_BUFFER = 32_768


_EXPEDITED = 46
"""The DSCP of sound (RFC 4594 section 4.1)."""


class Seat(NamedTuple):
    """The sockets of one leg."""

    sound: socket.socket
    control: socket.socket

    def close(self) -> None:
        """Give them back."""
        self.sound.close()
        self.control.close()


class Seats:
    """Even ports from ``first`` to ``last`` (included) of the IP address ``host``. ``dscp`` is the class of service that
    packets are marked with, in IPv4 and in IPv6 (RFC 2474). ``near``: the sound is for this machine alone, which may send
    it to any of its addresses (:mod:`media.nearby`). ``most``: how many legs there can be; no more seats are offered."""

    def __init__(self, host: str, first: int, last: int, dscp: int = _EXPEDITED, *, near: bool = False,
                 most: int = 65535) -> None:
        self._host = host
        self._near = near
        self._dscp = dscp
        self._unbound = deque(range(first + first % 2, min(last + 1, 65535), 2))
        self._left = most
        self._free: dict[int, Seat] = {}
        self._resting: deque[tuple[float, int, Seat]] = deque()

    def announce(self, now: float) -> tuple[int, ...]:
        """Ports that are free from now on: some bound anew while there are few, others that have rested."""
        ports = []
        while self._resting and self._resting[0][0] <= now:
            _, port, seat = self._resting.popleft()
            self._free[port] = seat
            ports.append(port)
        while len(self._free) < SPARE and self._unbound and self._left:
            port = self._unbound.popleft()
            if seat := self._bind(port):
                self._free[port] = seat
                self._left -= 1
                ports.append(port)
        return tuple(ports)

    def take(self, port: int) -> Seat | None:
        """The sockets of a free seat; None when it is not one. What strangers sent to it meanwhile is thrown away."""
        seat = self._free.pop(port, None)
        if seat is not None:
            _drain(seat.sound)
            _drain(seat.control)
        return seat

    def leave(self, port: int, seat: Seat, now: float) -> None:
        """The leg is gone; the seat rests."""
        self._resting.append((now + REST, port, seat))

    def close(self) -> None:
        """The worker ends; what is taken is given back by whoever took it."""
        for seat in (*self._free.values(), *(seat for _, _, seat in self._resting)):
            seat.close()
        self._free.clear()
        self._resting.clear()

    def _bind(self, port: int) -> Seat | None:
        """None when either port is somebody else's."""
        sound = self._bind_one(port, near=self._near)
        control = self._bind_one(port + 1) if sound else None
        if sound and not control:
            sound.close()
        return Seat(sound, control) if sound and control else None

    def _bind_one(self, port: int, *, near: bool = False) -> socket.socket | None:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        kind = BothFamilies if self._host == "::" else socket.socket
        seat = kind(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            if kind is BothFamilies:
                seat.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            seat.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            everywhere = near and keep_near(seat) and family == socket.AF_INET
            seat.bind(("0.0.0.0" if everywhere else self._host, port))
        except OSError:
            seat.close()
            return None
        _mark(seat, self._dscp)
        return seat


class BothFamilies(socket.socket):
    """A socket on ``::`` that hears IPv4, too, and can be told IPv4 addresses as everybody writes them."""

    def sendto(self, data: bytes, address: Address) -> int:
        """See socket."""
        return super().sendto(data, _mapped(address))

    def connect(self, address: Address) -> None:
        """See socket."""
        super().connect(_mapped(address))


def _mapped(address: Address) -> Address:
    return address if ":" in address[0] else (f"::ffff:{address[0]}", address[1])


def _mark(seat: socket.socket, dscp: int) -> None:
    """A mark that is not permitted is no reason to have no seat. A socket of both families needs both."""
    with suppress(OSError):
        seat.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << 2)
    if seat.family == socket.AF_INET6:
        with suppress(OSError):
            seat.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, dscp << 2)


def _drain(seat: socket.socket) -> None:
    try:
        while True:
            seat.recv(1)
    except OSError:
        return
