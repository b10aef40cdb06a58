"""Sockets: the only file of the SIP room that does I/O (RFC 3261 section 18).

UDP is one plain non-blocking socket: each wake-up of the loop reads all datagrams that wait, up to a bound, so that a
burst of calls costs one turn of the loop and not hundreds, and timers still get their turn in a flood. What cannot be
sent is dropped, as the network itself might: SIP repeats.

TCP connections are kept and used in both directions, each under the address of its peer (section 18.2.2).
"""

import asyncio
import socket
from asyncio import Transport as Stream
from collections.abc import Callable
from functools import lru_cache, partial

from .effects import Address, Transmit
from .errors import PeerError
from .framing import KEEP_ALIVE, Framer
from .uri import is_ip

_BURST = 64
_RECEIVE_BUFFER = 4 * 1024 * 1024
_UNREAD = 1024 * 1024
"""Bytes that a peer may leave unread before its connection is given up."""


class Transport:
    """UDP and TCP on one port. ``on_message(data, source)`` for each whole message, ``on_lost(address)`` when a TCP
    connection is closed or cannot be opened.

    partial_seconds: how long a message may take to come in whole. connect_seconds: how long a connection may take to
    open. max_connections: further ones are closed at once.
    """

    def __init__(
        self,
        on_message: Callable[[bytes, Address], None],
        on_lost: Callable[[Address], None],
        *,
        partial_seconds: float = 20.0,
        connect_seconds: float = 5.0,
        max_connections: int = 4096,
    ) -> None:
        self.on_message = on_message
        self.on_lost = on_lost
        self.partial_seconds = partial_seconds
        self.max_connections = max_connections
        self.connections: dict[Address, Connection] = {}
        self.port = 0
        """The port that was bound."""
        self._connect_seconds = connect_seconds
        self._opening: dict[Address, list[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    async def start(self, host: str, port: int) -> None:
        """Listen on both transports; port 0 takes a free one. Raises OSError where that is not possible."""
        self._loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        try:
            self._socket.bind((host, port))
            self.port = self._socket.getsockname()[1]
            self._server = await self._loop.create_server(lambda: Connection(self), host, self.port, backlog=512)
        except OSError:
            self._socket.close()
            raise
        self._loop.add_reader(self._socket.fileno(), self._drain)

    def send(self, transmit: Transmit) -> None:
        """Send bytes to where they belong; over TCP on the connection to that peer, opened when there is none."""
        destination, data = transmit.destination, transmit.data
        if destination.transport == "udp":
            self._send_datagram(destination, data)
        elif (connection := self.connections.get(destination)) is not None:
            connection.write(data)
        elif destination in self._opening:
            self._opening[destination].append(data)
        elif not self._closing and self._loop is not None:
            self._opening[destination] = [data]
            task = self._loop.create_task(self._open(destination))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give everything back; once is enough. Nobody is called from now on."""
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections.values()):
            connection.stream.close()
        if self._socket is not None and self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def lost(self, address: Address) -> None:
        """A connection has ended."""
        self.connections.pop(address, None)
        if not self._closing:
            self.on_lost(address)

    @property
    def closing(self) -> bool:
        """Whether nobody is to be called any more."""
        return self._closing

    def _drain(self) -> None:
        for _ in range(_BURST):
            try:
                data, peer = self._socket.recvfrom(65535)
            except BlockingIOError:
                return
            except OSError:
                # An ICMP error of an earlier datagram (port unreachable ...): no news about this one.
                continue
            self.on_message(data, Address("udp", peer[0], peer[1]))
            if self._closing:
                return

    def _send_datagram(self, destination: Address, data: bytes) -> None:
        if self._socket is None or self._closing or not _known_as_ip(destination.host):
            return
        try:
            self._socket.sendto(data, (destination.host, destination.port))
        except (OSError, OverflowError, UnicodeError):
            # A full buffer, no route, a port out of range: lost, as any datagram may be.
            return

    async def _open(self, destination: Address) -> None:
        try:
            if not is_ip(destination.host):
                raise OSError("host names are not resolved here")
            made = partial(Connection, self, destination)
            opening = self._loop.create_connection(made, destination.host, destination.port)
            _, connection = await asyncio.wait_for(opening, self._connect_seconds)
        except (OSError, OverflowError):
            del self._opening[destination]
            self.lost(destination)
        else:
            waiting = self._opening.pop(destination)
            if connection.address is None:
                self.lost(destination)
            for data in waiting:
                connection.write(data)


_known_as_ip = lru_cache(4096)(is_ip)
"""A name would make the socket ask the DNS, and everybody wait for its answer."""


class Connection(asyncio.Protocol):
    """One TCP connection, whoever opened it."""

    def __init__(self, owner: Transport, address: Address | None = None) -> None:
        self._owner = owner
        self._named = address
        self._framer = Framer()
        self._too_slow: asyncio.TimerHandle | None = None
        self.address: Address | None = None
        self.stream: Stream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a place in the owner's table, unless it is full."""
        self.stream = transport
        peer = transport.get_extra_info("peername")
        if peer is None or self._owner.closing or len(self._owner.connections) >= self._owner.max_connections:
            transport.abort()
            return
        self.address = self._named or Address("tcp", peer[0], peer[1])
        self._owner.connections[self.address] = self

    def data_received(self, data: bytes) -> None:
        """Hand on what is whole; answer pings."""
        if self.address is None:
            return
        try:
            messages = self._framer.feed(data)
        except PeerError:
            self.stream.abort()
            return
        for message in messages:
            if message is KEEP_ALIVE:
                self.write(b"\r\n")
            elif not self._owner.closing:
                self._owner.on_message(message, self.address)
        self._watch(bool(messages))

    def write(self, data: bytes) -> None:
        """Send; a peer that does not read loses its connection."""
        if self.stream.is_closing():
            return
        self.stream.write(data)
        if self.stream.get_write_buffer_size() > _UNREAD:
            self.stream.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Leave the owner's table."""
        if self._too_slow is not None:
            self._too_slow.cancel()
        if self.address is not None:
            self._owner.lost(self.address)

    def _watch(self, moved: bool) -> None:
        """See that a message which has begun comes to its end."""
        if self._too_slow is not None and (moved or not self._framer.waiting):
            self._too_slow.cancel()
            self._too_slow = None
        if self._framer.waiting and self._too_slow is None:
            loop = asyncio.get_running_loop()
            self._too_slow = loop.call_later(self._owner.partial_seconds, self.stream.abort)
