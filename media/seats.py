"""I/O: the UDP sockets. One a leg, because a load generator or a border controller may send every call from one
address and port, and only our own port then tells the calls apart.

Some are bound ahead of time and announced, so that an answer to a caller never waits for a socket. A seat that was left
rests for two seconds before it is announced again: packets of the old call may still be on their way.

:class:`Seats` owns the ports, :class:`Sockets` reads and writes those of open rows. Reading asks the kernel which
sockets have something (``epoll``), for an empty read costs as much as a full one; writing is one call a leg without any
Python in between. Both are behind these few methods so that something faster can take their place.
"""

import select
import socket
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from media.outgoing import Outgoing
from media.rtp import Address, Packets, number

SPARE = 64
"""Seats kept bound and free."""
REST = 2.0
"""Seconds before a seat that was left is announced again."""
_BUFFER = 32_768
_ROUNDS = 6
_KNOWN = 65_536


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


class _Row(NamedTuple):
    row: int
    seat: socket.socket
    receive: Callable[[memoryview], tuple[int, Address]]


class Sockets:
    """The sockets of open rows."""

    def __init__(self, lines: int) -> None:
        self._packets = Packets.room_for(lines)
        self._lines = [memoryview(line) for line in self._packets.data]
        self._epoll = select.epoll()
        self._by_number: dict[int, _Row] = {}
        self._by_row: dict[int, _Row] = {}
        self._numbers: dict[Address, int] = {}
        self._plan: list[tuple[Callable[..., int], memoryview, Address]] = []
        self._version = -1

    def attach(self, row: int, seat: socket.socket) -> None:
        """Read and write this row through this socket."""
        entry = _Row(row, seat, seat.recvfrom_into)
        self._by_number[seat.fileno()] = self._by_row[row] = entry
        self._epoll.register(seat.fileno(), select.EPOLLIN)

    def detach(self, row: int) -> None:
        """No longer."""
        entry = self._by_row.pop(row)
        del self._by_number[entry.seat.fileno()]
        self._epoll.unregister(entry.seat.fileno())
        self._version = -1

    def receive(self) -> Packets:
        """What has come, a few packets a row at most; valid until the next call."""
        packets, lines, numbers = self._packets, self._lines, self._numbers
        rows, lengths, sources, addresses = [], [], [], []
        for _ in range(_ROUNDS if self._by_row else 0):
            ready = self._epoll.poll(0, len(self._by_row))
            for file, _ in ready[: len(lines) - len(rows)]:
                entry = self._by_number[file]
                try:
                    length, address = entry.receive(lines[len(rows)])
                except OSError:
                    continue
                rows.append(entry.row)
                lengths.append(length)
                addresses.append(address)
                sources.append(numbers.get(address) or self._number(address))
            if not ready:
                break
        count = packets.count = len(rows)
        packets.rows[:count], packets.lengths[:count], packets.sources[:count] = rows, lengths, sources
        packets.addresses = addresses
        return packets

    def send(self, outgoing: Outgoing, targets: list[Address | None], events: list[tuple[int, bytes]]) -> None:
        """Send a step's packets. What cannot be sent is lost, as on any network."""
        if self._version != outgoing.version:
            self._make_plan(outgoing, targets)
        following = iter(self._plan)
        while True:
            try:
                for sendto, packet, target in following:
                    sendto(packet, target)
                break
            except OSError:
                continue
        for row, packet in events:
            try:
                self._by_row[row].seat.sendto(packet, targets[row])
            except OSError:
                continue

    def _make_plan(self, outgoing: Outgoing, targets: list[Address | None]) -> None:
        rows = [row for row in outgoing.audio if row in self._by_row]
        self._plan = [(self._by_row[row].seat.sendto, outgoing.packets[row].data, targets[row]) for row in rows]
        self._version = outgoing.version

    def _number(self, address: Address) -> int:
        if len(self._numbers) >= _KNOWN:
            self._numbers.clear()
        self._numbers[address] = number(address[0], address[1])
        return self._numbers[address]
