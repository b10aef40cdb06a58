"""Sockets: UDP, TCP and TLS of the SIP room (RFC 3261 section 18), for all addresses that we listen on; and websockets
(RFC 7118), which are listened for by whoever serves HTTP.

A connection is used in both directions, under the address of its peer (section 18.2.2), and whoever opened it counts
against limits from the first packet on, long before TLS has cost anything. ``::`` is every address of both families, each
on a socket of its own, so that an IPv4 peer always looks like one.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from .admission import Admission, Limits
from .connection import Connection
from .datagrams import Datagrams, mark
from .effects import WEB, Address, Transmit
from .tls import Identity, names_of
from .uri import is_ip
from .websocket import Socket, Websocket

_BURST = 64
_BACKLOG = 512
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_ATTEMPTS = 20
"""How often a free port is looked for that is free for UDP and TCP on every address."""


class Transport:
    """``on_message(data, source)`` for each whole message, ``on_lost(address)`` when a connection is closed or cannot be
    opened, ``on_peer(address, names)`` when the peer of a connection has proved its names by a certificate.

    identity: for TLS; None = TLS is not spoken. dscp: the class of service that messages are marked with.
    """

    def __init__(
        self,
        on_message: Callable[[bytes, Address], None],
        on_lost: Callable[[Address], None],
        *,
        on_peer: Callable[[Address, tuple[str, ...]], None] | None = None,
        identity: Identity | None = None,
        limits: Limits | None = None,
        dscp: int = 0,
    ) -> None:
        self.limits = limits or Limits()
        self.identity = identity
        self.connections: dict[Address, Connection | Websocket] = {}
        self.port = self.tls_port = 0
        """The ports that were bound; 0 = not spoken."""
        self._on_message = on_message
        self._on_lost = on_lost
        self._on_peer = on_peer
        self._admission = Admission(self.limits)
        self._closers: dict[int, Callable[[], None]] = {}
        """How to end each guest, by its ticket."""
        self._opening: dict[Address, list[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._datagrams = Datagrams(on_message, dscp)
        self._dscp = dscp
        self._listening: list[socket.socket] = []
        self._hosts: tuple[str, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    async def start(self, listen: str | Sequence[str], port: int, tls_port: int | None = None) -> None:
        """Listen; port 0 takes a free one, ``tls_port`` None leaves TLS out. Raises OSError where it is not possible."""
        self._loop = asyncio.get_running_loop()
        self._hosts = addresses([listen] if isinstance(listen, str) else listen)
        for attempt in range(_ATTEMPTS):
            try:
                self._bind(port, tls_port)
                break
            except OSError as error:
                self._unbind()
                if error.errno != errno.EADDRINUSE or port or attempt == _ATTEMPTS - 1:
                    raise
        self._datagrams.listen(self._loop)
        for each in self._listening:
            self._loop.add_reader(each.fileno(), partial(self._accept, each))

    def send(self, transmit: Transmit) -> None:
        """Send bytes to where they belong; over a stream on the connection to that peer, opened when there is none."""
        destination, data = transmit.destination, transmit.data
        if destination.transport == "udp":
            self._datagrams.send(destination, data)
        elif (connection := self.connections.get(destination)) is not None:
            connection.write(data)
        elif destination in self._opening:
            self._opening[destination].append(data)
        elif destination.transport in WEB:
            asyncio.get_running_loop().call_soon(self._lost, destination)
        elif not self._closing and self._loop is not None:
            self._opening[destination] = [data]
            self._spawn(self._open(destination, transmit.name))

    def read_on(self) -> float:
        """See :meth:`Datagrams.read_on`."""
        return self._datagrams.read_on()

    def watch(self, address: Address, seconds: float) -> None:
        """See Watch; a connection that is gone already has been told of."""
        if (connection := self.connections.get(address)) is not None:
            connection.expect(seconds)

    def take(self, host: str, port: int, secure: bool, socket: Socket) -> Websocket | None:
        """A websocket has been opened from there; None = it may not stay."""
        ticket = None if self._closing else self._room_for(host)
        if ticket is None:
            return None
        made = Websocket(self, Address("wss" if secure else "ws", host, port), ticket, socket)
        self._closers[ticket] = socket.abort
        self.connections[made.address] = made
        return made

    async def close(self) -> None:
        """Give everything back; once is enough. Nobody is called from now on."""
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in list(self.connections.values()):
            (connection.stream.abort if connection.address.transport in WEB else connection.stream.close)()
        self._unbind()

    # -- what connections say -----------------------------------------------------------------------------------------

    def opened(self, connection: Connection) -> bool:
        """See Owner."""
        if self._closing:
            return False
        self.connections[connection.address] = connection
        if connection.ticket is not None:
            self._closers[connection.ticket] = connection.stream.abort
        _keep_alive(connection.stream.get_extra_info("socket"))
        mark(connection.stream.get_extra_info("socket"), self._dscp)
        names = names_of(connection.stream.get_extra_info("peercert"))
        if names and self._on_peer is not None:
            self._on_peer(connection.address, names)
        return True

    def heard(self, connection: Connection | Websocket, message: bytes) -> None:
        """See Owner."""
        if not self._closing:
            self._on_message(message, connection.address)

    def spoke(self, connection: Connection | Websocket) -> None:
        """See Owner."""
        self._admission.spoke(connection.ticket)

    def ended(self, connection: Connection | Websocket) -> None:
        """See Owner."""
        if connection.ticket is not None:
            self._left(connection.ticket)
        if connection.up:
            self._lost(connection.address)

    def _lost(self, address: Address) -> None:
        self.connections.pop(address, None)
        if not self._closing:
            self._on_lost(address)

    # -- listening ----------------------------------------------------------------------------------------------------

    def _bind(self, port: int, tls_port: int | None) -> None:
        for host in self._hosts:
            port = self._datagrams.bind(host, port)
            self._listen(host, port)
        self.port = port
        if tls_port is not None and self.identity is not None:
            for host in self._hosts:
                tls_port = self._listen(host, tls_port)
            self.tls_port = tls_port

    def _listen(self, host: str, port: int) -> int:
        six = ":" in host
        made = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM)
        self._listening.append(made)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if six:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((host, port))
        made.listen(_BACKLOG)
        return made.getsockname()[1]

    def _unbind(self) -> None:
        self._datagrams.close()
        for each in self._listening:
            self._loop.remove_reader(each.fileno())
            each.close()
        self._listening.clear()

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_BURST):
            try:
                made, peer = listening.accept()
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._pause(listening)
                return
            self._admit(made, peer, listening.getsockname()[1] == self.tls_port)

    def _pause(self, listening: socket.socket) -> None:
        """No file handle is left: connections wait with the kernel for a second, instead of us turning round."""
        self._loop.remove_reader(listening.fileno())
        self._loop.call_later(1.0, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        if listening in self._listening:
            self._loop.add_reader(listening.fileno(), partial(self._accept, listening))

    def _admit(self, made: socket.socket, peer: tuple, secure: bool) -> None:
        ticket = None if self._closing else self._room_for(peer[0])
        if ticket is None:
            made.close()
            return
        address = Address("tls" if secure else "tcp", peer[0], peer[1])
        task = self._spawn(self._greet(made, Connection(self, address, ticket), secure))
        self._closers[ticket] = task.cancel

    def _room_for(self, host: str) -> int | None:
        """A ticket for one more from there, perhaps in the place of a guest; None = there is no room."""
        ticket, leaving = self._admission.enter(host)
        if leaving is not None and (close := self._closers.pop(leaving, None)) is not None:
            close()
        return ticket

    async def _greet(self, made: socket.socket, connection: Connection, secure: bool) -> None:
        made.setblocking(False)
        context = self.identity.server if secure else None
        try:
            patience = {"ssl_handshake_timeout": self.limits.handshake_seconds} if secure else {}
            await self._loop.connect_accepted_socket(lambda: connection, made, ssl=context, **patience)
        except (OSError, asyncio.CancelledError):
            # A handshake that failed; scanners make many, and each phone with a wrong certificate one a minute.
            made.close()
        finally:
            if not connection.up:
                self._left(connection.ticket)

    def _left(self, ticket: int) -> None:
        self._closers.pop(ticket, None)
        self._admission.leave(ticket)

    # -- connecting ---------------------------------------------------------------------------------------------------

    async def _open(self, destination: Address, name: str) -> None:
        connection = Connection(self, destination)
        try:
            await asyncio.wait_for(self._connect(connection, name or destination.host), self.limits.connect_seconds)
        except (OSError, OverflowError, ssl.CertificateError):
            del self._opening[destination]
            self._lost(destination)
        except asyncio.CancelledError:
            del self._opening[destination]
            raise
        else:
            for data in self._opening.pop(destination):
                connection.write(data)

    async def _connect(self, connection: Connection, name: str) -> None:
        transport, host, port = connection.address
        if not is_ip(host):
            raise OSError("a name must be located first")
        secure = {}
        if transport == "tls":
            if self.identity is None:
                raise OSError("TLS is not spoken here")
            secure = {"ssl": self.identity.client, "server_hostname": name,
                      "ssl_handshake_timeout": self.limits.handshake_seconds}
        await self._loop.create_connection(lambda: connection, host, port, local_addr=self._from(host), **secure)

    def _from(self, host: str) -> tuple[str, int] | None:
        """Our own address of this family: a trunk may know us by it."""
        ours = [each for each in self._hosts if (":" in each) == (":" in host)]
        return (ours[0], 0) if len(ours) == 1 and ours[0] not in ("0.0.0.0", "::") else None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def addresses(listen: Sequence[str]) -> tuple[str, ...]:
    """The addresses to bind: ``::`` stands for every address of both families."""
    every = [each for host in listen for each in (("::", "0.0.0.0") if host == "::" else (host,))]
    return tuple(dict.fromkeys(every))


def _keep_alive(stream: socket.socket) -> None:
    """A peer that went without a word is noticed after two minutes, and after 40 s where something is on its way to it."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3),
                          ("TCP_USER_TIMEOUT", 40_000)):
        if hasattr(socket, option):
            stream.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
