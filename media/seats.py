"""I/O: the UDP sockets. One a leg, because a load generator or a border controller may send every call from one
address and port, and only our own port then tells the calls apart.

Some are bound ahead of time and announced, so that an answer to a caller never waits for a socket. A seat that was left
rests for two seconds before it is announced again: packets of the old call may still be on their way.

:class:`Seats` owns the ports, :class:`Sockets` reads and writes those of open rows. Reading asks the kernel which
sockets have something (``epoll``), for an empty read costs as much as a full one. When it is settled who talks to a
row, its socket is connected to them: the kernel then drops everybody else's packets by itself, and neither has to tell
us the sender of each packet nor to look up the way for each of ours, which saves a fifth. A connected socket is deaf to a
peer that moves; so it is let loose as soon as the peer falls silent, or signalling says something new.
"""

import ctypes
import select
import socket
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import starmap
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
_LIBC = ctypes.CDLL(None)
_NOBODY = bytes(16)
"""An address of no family: to connect to it is to disconnect, which Python's sockets have no word for (connect(2))."""


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
    target: Address | None = None
    """Whom the socket is connected to."""
    source: int = 0
    """The number of that address."""


class Sockets:
    """The sockets of open rows."""

    def __init__(self, lines: int) -> None:
        self._packets = Packets.room_for(lines)
        self._lines = [memoryview(line) for line in self._packets.data]
        self._epoll = select.epoll()
        self._by_number: dict[int, tuple] = {}
        """Of each file descriptor its :class:`_Row`, as a plain tuple, which is unpacked faster."""
        self._by_row: dict[int, _Row] = {}
        self._numbers: dict[Address, int] = {}
        self._plan: list[tuple[socket.socket, memoryview, Address]] = []
        self._connected_plan: list[tuple[socket.socket, memoryview]] = []
        self._connected: set[int] = set()
        self._version = -1

    def attach(self, row: int, seat: socket.socket) -> None:
        """Read and write this row through this socket."""
        self._enter(_Row(row, seat))
        self._epoll.register(seat.fileno(), select.EPOLLIN)

    def detach(self, row: int) -> None:
        """No longer."""
        self.loosen(row)
        entry = self._by_row.pop(row)
        del self._by_number[entry.seat.fileno()]
        self._epoll.unregister(entry.seat.fileno())
        self._version = -1

    def settle(self, rows: Iterable[int], targets: list[Address | None]) -> None:
        """Connect these rows to their targets, and no others. Right after reading, when no stranger's packet waits."""
        rows = set(rows) & self._by_row.keys()
        for row in self._connected - rows:
            self.loosen(row)
        for row in rows:
            entry, target = self._by_row[row], targets[row]
            if target is None or entry.target == target:
                continue
            with suppress(OSError):
                entry.seat.connect(target)
                self._enter(entry._replace(target=target, source=number(target[0], target[1])))
                self._connected.add(row)

    def loosen(self, row: int) -> None:
        """Let anybody talk to this row again."""
        if row in self._connected:
            entry = self._by_row[row]
            _LIBC.connect(entry.seat.fileno(), _NOBODY, len(_NOBODY))
            self._enter(_Row(row, entry.seat))
            self._connected.discard(row)

    def receive(self) -> Packets:
        """What has come, a few packets a row at most; valid until the next call."""
        packets, lines, numbers = self._packets, self._lines, self._numbers
        rows, lengths, sources, addresses = [], [], [], []
        for _ in range(_ROUNDS if self._by_row else 0):
            ready = self._epoll.poll(0, len(self._by_row))
            for file, _ in ready[: len(lines) - len(rows)]:
                row, seat, address, source = self._by_number[file]
                try:
                    if source:
                        length = seat.recv_into(lines[len(rows)])
                    else:
                        length, address = seat.recvfrom_into(lines[len(rows)])
                        source = numbers.get(address) or self._number(address)
                except OSError:
                    continue
                rows.append(row)
                lengths.append(length)
                sources.append(source)
                addresses.append(address)
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
        _send_all(socket.socket.send, self._connected_plan)
        _send_all(socket.socket.sendto, self._plan)
        for row, packet in events:
            try:
                self._by_row[row].seat.sendto(packet, targets[row])
            except OSError:
                continue

    def _make_plan(self, outgoing: Outgoing, targets: list[Address | None]) -> None:
        self._plan, self._connected_plan = [], []
        for row in outgoing.audio:
            entry = self._by_row.get(row)
            if entry is not None and entry.source:
                self._connected_plan.append((entry.seat, outgoing.packets[row].data))
            elif entry is not None:
                self._plan.append((entry.seat, outgoing.packets[row].data, targets[row]))
        self._version = outgoing.version

    def _enter(self, entry: _Row) -> None:
        self._by_row[entry.row] = entry
        self._by_number[entry.seat.fileno()] = tuple(entry)
        self._version = -1

    def _number(self, address: Address) -> int:
        if len(self._numbers) >= _KNOWN:
            self._numbers.clear()
        self._numbers[address] = number(address[0], address[1])
        return self._numbers[address]


def _send_all(send: Callable[..., int], plan: Iterable[tuple]) -> None:
    """Send each packet of a plan. What fails is left out."""
    following = starmap(send, plan)
    while True:
        try:
            deque(following, maxlen=0)
            return
        except OSError:
            continue
