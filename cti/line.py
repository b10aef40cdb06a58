"""The socket of one client, and what waits for it: bounded, so that a sleeper costs little and slows nobody.

Nothing here waits. The frame of many clients is made once (RFC 6455 section 5.2: what a server sends is not masked, so
the bytes are the same for all) and handed to each socket as it is. When a socket is full, the frames wait here as
references to shared bytes; when too many wait, all are dropped, and one ``session.resync`` takes their place.
"""

from collections import deque
from typing import Protocol

SOCKET_FULL = 64 * 1024
"""Bytes in a socket's own buffer above which frames wait here."""


class Socket(Protocol):
    """The part of :class:`asyncio.WriteTransport` that a line uses."""

    def write(self, data: bytes) -> None: ...
    def get_write_buffer_size(self) -> int: ...
    def is_closing(self) -> bool: ...
    def abort(self) -> None: ...


def text_frame(payload: bytes) -> bytes:
    """A whole text message as one unmasked frame."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2) + payload
    return b"\x81\x7f" + size.to_bytes(8) + payload


class Line:
    """``stale``: too much waited, it was dropped, the client has to begin anew."""

    def __init__(self, socket: Socket, now: float, most_bytes: int = 1024 * 1024, most_events: int = 5_000) -> None:
        self.stale = False
        self.moved_at = now
        """When bytes last went to the socket, or nothing waited."""
        self._socket = socket
        self._most_bytes = most_bytes
        self._most_events = most_events
        self._waiting: deque[tuple[bytes, int]] = deque()
        self._bytes = 0
        self._events = 0

    @property
    def idle(self) -> bool:
        """Everything that was ever sent has left this process (or never will)."""
        return self._socket.is_closing() or not (self._waiting or self._socket.get_write_buffer_size())

    @property
    def lagging(self) -> bool:
        return bool(self._waiting)

    def send(self, wire: bytes, now: float, events: int = 0) -> bool:
        """Write, or keep for later. False = the line has overflowed and dropped what waited, this frame too."""
        if self._socket.is_closing():
            return True
        if not self._waiting and self._socket.get_write_buffer_size() <= SOCKET_FULL:
            self.moved_at = now
            self._socket.write(wire)
            return True
        self._keep(wire, events)
        if self._bytes <= self._most_bytes and self._events <= self._most_events:
            return True
        self._drop()
        return False

    def resync(self, wire: bytes) -> None:
        """This message instead of all that was dropped."""
        self.stale = True
        self._drop()
        self._keep(wire, 0)

    def pump(self, now: float) -> None:
        """Write what waits, as far as the socket takes it."""
        if self._socket.is_closing():
            self._drop()
        while self._waiting and self._socket.get_write_buffer_size() <= SOCKET_FULL:
            wire, events = self._waiting.popleft()
            self._bytes -= len(wire)
            self._events -= events
            self.moved_at = now
            self._socket.write(wire)

    def abort(self) -> None:
        self._socket.abort()

    def _keep(self, wire: bytes, events: int) -> None:
        self._waiting.append((wire, events))
        self._bytes += len(wire)
        self._events += events

    def _drop(self) -> None:
        self._waiting.clear()
        self._bytes = self._events = 0
