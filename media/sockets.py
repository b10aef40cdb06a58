"""I/O: reading and writing the UDP sockets of open rows, every step.

When it is settled who talks to a row, its socket is connected to them: the kernel then drops everybody else's packets
by itself, and neither has to tell us the sender of each packet nor to look up the way for each of ours, which saves a
fifth. A connected socket is deaf to a peer that moves; so it is let loose as soon as the peer falls silent, or
signalling says something new.

One packet is due from every settled row in every step, so each is simply read once (:mod:`media.bulk`). For rows that are
not settled the kernel is asked which sockets have something (``epoll``), and for what is left of the others where there is
no shim, which looks itself. Both at 300 legs, paced by 20 ms, without the shim: 2.6 us for a packet against 3.4 when the
kernel was asked first.
"""

import ctypes
import select
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from media.bulk import Plan, drains, receiver, sender
from media.outgoing import Outgoing
from media.rtp import Address, Packets, number

_ROUNDS = 6
_KNOWN = 65_536
_LIBC = ctypes.CDLL(None)
_NOBODY = bytes(16)
"""An address of no family: to connect to it is to disconnect, which Python's sockets have no word for (connect(2))."""


class _Row(NamedTuple):
    row: int
    seat: socket.socket
    target: Address | None = None
    """Whom the socket is connected to."""
    source: int = 0
    """The number of that address."""


class _Settled(NamedTuple):
    """The settled rows, as columns; each is read into the line of its place."""

    rows: np.ndarray
    sources: np.ndarray
    addresses: list[Address]
    read: Plan

    @classmethod
    def of(cls, entries: Iterable[_Row], packets: Packets) -> "_Settled":
        entries = [entry for entry in entries if entry.source][: len(packets.data)]
        rows = np.array([entry.row for entry in entries], np.int64)
        sources = np.array([entry.source for entry in entries], np.int64)
        read = receiver([entry.seat for entry in entries], packets)
        return cls(rows, sources, [entry.target for entry in entries], read)


class Sockets:
    """The sockets of open rows. ``lines`` is how many packets a step takes in at most; ``outgoing`` makes those that go."""

    def __init__(self, lines: int, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._sender = sender(outgoing.packets)
        self._packets = Packets.room_for(lines)
        self._lines = [memoryview(line) for line in self._packets.data]
        self._epoll = select.epoll()
        self._by_number: dict[int, tuple] = {}
        """Of each file descriptor its :class:`_Row`, as a plain tuple, which is unpacked faster."""
        self._by_row: dict[int, _Row] = {}
        self._numbers: dict[Address, int] = {}
        self._settled: _Settled | None = None
        """None = to be made anew."""
        self._targets: dict[int, Address | None] = {}
        """Where each row is sent to while its socket is not connected."""
        self._connected: set[int] = set()

    def attach(self, row: int, seat: socket.socket) -> None:
        """Read and write this row through this socket."""
        self._enter(_Row(row, seat))
        self._epoll.register(seat.fileno(), select.EPOLLIN)

    def detach(self, row: int) -> None:
        """No longer."""
        self.loosen(row)
        entry = self._by_row.pop(row)
        del self._by_number[entry.seat.fileno()]
        self._targets.pop(row, None)
        self._sender.forget(row)
        self._epoll.unregister(entry.seat.fileno())

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
                if drains and row not in self._connected:
                    self._epoll.unregister(entry.seat.fileno())
                self._enter(entry._replace(target=target, source=number(target[0], target[1])))
                self._connected.add(row)

    def connected(self) -> list[tuple[int, socket.socket]]:
        """The rows whose sockets are connected."""
        return [(row, self._by_row[row].seat) for row in self._connected]

    def loosen(self, row: int) -> None:
        """Let anybody talk to this row again."""
        if row in self._connected:
            entry = self._by_row[row]
            _LIBC.connect(entry.seat.fileno(), _NOBODY, len(_NOBODY))
            if drains:
                self._epoll.register(entry.seat.fileno(), select.EPOLLIN)
            self._enter(_Row(row, entry.seat))
            self._connected.discard(row)

    def receive(self) -> Packets:
        """What has come, a few packets a row at most; valid until the next call. A length of 0 is a row without any."""
        packets = self._packets
        if self._settled is None:
            self._settled = _Settled.of(self._by_row.values(), packets)
        settled = self._settled
        count = len(settled.rows)
        packets.rows[:count], packets.sources[:count] = settled.rows, settled.sources
        packets.addresses = settled.addresses.copy()  # what was transcoded is added to a step's packets later
        if len(places := settled.read()):
            count += len(places)
            packets.rows[len(settled.rows) : count] = settled.rows[places]
            packets.sources[len(settled.rows) : count] = settled.sources[places]
            packets.addresses += [settled.addresses[place] for place in places]
        packets.count = count
        if len(self._by_row) > len(self._connected) or not drains:
            packets.addresses += self._receive_others(count)
        return packets

    def _receive_others(self, first: int) -> list[Address]:
        """What is left, from line ``first`` on, and complete the count. Gives the addresses."""
        packets, lines, numbers = self._packets, self._lines, self._numbers
        rows, lengths, sources, addresses = [], [], [], []
        for _ in range(_ROUNDS if self._by_row else 0):
            ready = self._epoll.poll(0, len(self._by_row))
            for file, _ in ready[: len(lines) - first - len(rows)]:
                row, seat, address, source = self._by_number[file]
                try:
                    if source:
                        length = seat.recv_into(lines[first + len(rows)])
                    else:
                        length, address = seat.recvfrom_into(lines[first + len(rows)])
                        source = numbers.get(address) or self._number(address)
                except OSError:
                    continue
                rows.append(row)
                lengths.append(length)
                sources.append(source)
                addresses.append(address)
            if not ready:
                break
        count = packets.count = first + len(rows)
        packets.rows[first:count], packets.lengths[first:count], packets.sources[first:count] = rows, lengths, sources
        return addresses

    def send(self, targets: list[Address | None], events: list[tuple[int, bytes]]) -> None:
        """Send a step's packets. What cannot be sent is lost, as on any network."""
        while self._outgoing.moved:
            self._aim(self._outgoing.moved.pop(), targets)
        self._sender.send(self._outgoing.audio)
        self.send_odd(targets, events)

    def send_odd(self, targets: list[Address | None], packets: list[tuple[int, bytes]]) -> None:
        """Send packets that are not the matrix's own, (row, octets)."""
        for row, packet in packets:
            self.send_one(row, packet, targets[row])

    def send_one(self, row: int, packet: bytes, target: Address | None) -> None:
        """Send something besides the sound."""
        with suppress(OSError, OverflowError, TypeError):
            self._by_row[row].seat.sendto(packet, target)

    def _aim(self, row: int, targets: list[Address | None]) -> None:
        """The row is sent to another target from now on."""
        if row in self._by_row:
            self._targets[row] = targets[row]
            self._seat(self._by_row[row])

    def _enter(self, entry: _Row) -> None:
        if entry.source or entry.row in self._connected:
            self._settled = None
        self._by_row[entry.row] = entry
        self._by_number[entry.seat.fileno()] = tuple(entry)
        self._seat(entry)

    def _seat(self, entry: _Row) -> None:
        self._sender.seat(entry.row, entry.seat, None if entry.source else self._targets.get(entry.row))

    def _number(self, address: Address) -> int:
        if len(self._numbers) >= _KNOWN:
            self._numbers.clear()
        self._numbers[address] = number(address[0], address[1])
        return self._numbers[address]
