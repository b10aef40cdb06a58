"""One connection, TCP or TLS, whoever opened it: messages out of the stream, pings answered, patience kept.

On a stream we always answer a ping by a pong (RFC 5626 section 3.5.1). A guest, who has not said anything whole yet, has
less time and less room than somebody who has.
"""

import asyncio
from asyncio import Transport as Stream
from collections.abc import Callable
from typing import Protocol

from .admission import Limits
from .effects import Address
from .framing import KEEP_ALIVE, Framer


class Owner(Protocol):
    """Who keeps the connections."""

    limits: Limits

    def opened(self, connection: "Connection") -> bool:
        """Take it up; False when it may not stay."""

    def heard(self, connection: "Connection", message: bytes) -> None:
        """A whole message."""

    def spoke(self, connection: "Connection") -> None:
        """It was the first one."""

    def ended(self, connection: "Connection") -> None:
        """It is closed, and may never have been taken up."""


class Connection(asyncio.Protocol):
    """``address``: under whom it is known. ``ticket``: that of a guest; None for a connection of ours."""

    def __init__(self, owner: Owner, address: Address, ticket: int | None = None) -> None:
        self._owner = owner
        self._limits = owner.limits
        self._timer: asyncio.TimerHandle | None = None
        self._framer = Framer(self._limits.message_bytes if ticket is None else self._limits.first_bytes)
        self._guest = ticket is not None
        self.address = address
        self.ticket = ticket
        self.up = False
        """Whether it has been taken up."""
        self.stream: Stream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self.stream = transport
        self.up = self._owner.opened(self)
        if not self.up:
            transport.abort()
        elif self._guest:
            self._after(self._limits.first_seconds, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Hand on what is whole; answer pings."""
        if not self.up:
            return
        pieces = self._framer.feed(data)
        for piece in pieces:
            if piece is KEEP_ALIVE:
                self.write(b"\r\n")
            elif self.up:
                if self._guest:
                    self._welcome()
                self._owner.heard(self, piece)
        if self._framer.broken is not None:
            self.stream.abort()
        elif not self._guest:
            self._watch(bool(pieces))

    def write(self, data: bytes) -> None:
        """Send; a peer that does not read loses its connection."""
        if self.stream.is_closing():
            return
        self.stream.write(data)
        if self.stream.get_write_buffer_size() > self._limits.unread_bytes:
            self.stream.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """See asyncio."""
        self._rest()
        self._owner.ended(self)
        self.up = False

    def _welcome(self) -> None:
        self._guest = False
        self._rest()
        self._framer.limit = self._limits.message_bytes
        self._owner.spoke(self)

    def _watch(self, moved: bool) -> None:
        """See that a message which has begun comes to its end."""
        if moved or not self._framer.waiting:
            self._rest()
        if self._framer.waiting and self._timer is None:
            self._after(self._limits.partial_seconds, self.stream.abort)

    def _after(self, seconds: float, action: Callable[[], None]) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, action)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
