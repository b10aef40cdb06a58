"""UDP: plain non-blocking sockets, one for each address that we listen on (RFC 3261 section 18).

Each wake-up of the loop reads all datagrams that wait, up to a bound, so that a burst of calls costs one turn of the loop
and not hundreds, and timers still get their turn in a flood. What cannot be sent is dropped, as the network itself might:
SIP repeats. A STUN question on the same port is answered at once, for it keeps a phone's way through its NAT open
(RFC 5626 section 3.5.2): its first byte is below 4, that of a SIP message never is.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from . import stun
from .effects import Address
from .uri import known_as_ip

_BURST = 64
_RECEIVE_BUFFER = 4 * 1024 * 1024
_REMEMBERED = 65_536


class Datagrams:
    """All UDP sockets. ``on_message(data, source)`` for each datagram."""

    def __init__(self, on_message: Callable[[bytes, Address], None], dscp: int = 0) -> None:
        self._on_message = on_message
        self._dscp = dscp
        self._sockets: list[socket.socket] = []
        self._by_family: dict[bool, list[socket.socket]] = {False: [], True: []}
        self._heard_by: dict[tuple[str, int], socket.socket] = {}
        """Which of several sockets of one family a peer spoke to last: it must hear us from there (RFC 3581)."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wakes = self._unread = 0

    def bind(self, host: str, port: int) -> int:
        """Take a port of this address, 0 = a free one; gives the port. Raises OSError."""
        six = ":" in host
        made = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            if six:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            mark(made, self._dscp)
            made.bind((host, port))
        except OSError:
            made.close()
            raise
        self._sockets.append(made)
        self._by_family[six].append(made)
        return made.getsockname()[1]

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to read."""
        self._loop = loop
        for each in self._sockets:
            loop.add_reader(each.fileno(), partial(self._drain, each))

    def send(self, destination: Address, data: bytes) -> None:
        """Send one datagram, or lose it."""
        host, port = destination.host, destination.port
        ours = self._by_family[":" in host]
        if not ours or not known_as_ip(host):
            # A name would make the socket ask the DNS, and everybody wait for its answer.
            return
        way = ours[0] if len(ours) == 1 else self._heard_by.get((host, port), ours[0])
        try:
            way.sendto(data, (host, port))
        except (OSError, OverflowError, UnicodeError):
            # A full buffer, no route, a port out of range: lost, as any datagram may be.
            return

    def read_on(self) -> float:
        """The share of wake-ups, since this was asked last, in which there was more than may be read in one."""
        share = self._unread / self._wakes if self._wakes else 0.0
        self._wakes = self._unread = 0
        return share

    def close(self) -> None:
        """Give the sockets back; once is enough."""
        for each in self._sockets:
            if self._loop is not None:
                self._loop.remove_reader(each.fileno())
            each.close()
        self._sockets.clear()
        self._by_family = {False: [], True: []}

    def _drain(self, way: socket.socket) -> None:
        several = len(self._sockets) > 2
        self._wakes += 1
        for _ in range(_BURST):
            try:
                data, peer = way.recvfrom(65535)
            except BlockingIOError:
                return
            except OSError:
                # An ICMP error of an earlier datagram (port unreachable ...): no news about this one.
                continue
            if data and data[0] < 4:
                self._stun(way, data, peer)
                continue
            if several:
                self._remember(way, peer)
            self._on_message(data, Address("udp", peer[0], peer[1]))
            if not self._sockets:
                return
        self._unread += 1

    def _remember(self, way: socket.socket, peer: tuple) -> None:
        if len(self._heard_by) >= _REMEMBERED:
            self._heard_by.clear()
        self._heard_by[peer[0], peer[1]] = way

    def _stun(self, way: socket.socket, data: bytes, peer: tuple) -> None:
        answer = stun.answer(data, peer[0], peer[1])
        if answer:
            try:
                way.sendto(answer, peer)
            except OSError:
                return


def mark(made: socket.socket, dscp: int) -> None:
    """Mark what this socket sends with a class of service (RFC 2474). Where that is not permitted, it goes unmarked."""
    level, option = ((socket.IPPROTO_IPV6, socket.IPV6_TCLASS) if made.family == socket.AF_INET6 else
                     (socket.IPPROTO_IP, socket.IP_TOS))  # fmt: skip
    if dscp:
        with suppress(OSError):
            made.setsockopt(level, option, dscp << 2)
