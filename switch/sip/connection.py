"""One connection, TCP or TLS, whoever opened it: messages out of the stream, pings answered and asked, patience kept.

On a stream we always answer a ping by a pong (RFC 5626 section 3.5.1). A connection that we opened is ours to keep, so we
ping: that holds the way through firewalls open and lets the kernel notice a peer that is gone. Not every peer answers, for
a server need not know more than that line ends between messages mean nothing (RFC 3261 section 7.5); but one that has
answered before and does not is dead. A guest, who has not said anything whole yet, has
less time and less room than somebody who has.
"""

import asyncio
import random
from asyncio import Transport as Stream
from collections.abc import Callable
from typing import Protocol

from .admission import Limits
from .effects import Address
from .framing import KEEP_ALIVE, PONG, Framer


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
        self._next_ping: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        """For the pong of a peer who knows pings, or for any word of one who has promised to speak."""
        self._answers = False
        self._silence = self._heard_at = 0.0
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
        elif self.ticket is None:
            self._ping_later()

    def data_received(self, data: bytes) -> None:
        """Hand on what is whole; answer pings."""
        if not self.up:
            return
        if self._silence:
            self._heard_at = asyncio.get_running_loop().time()
        pieces = self._framer.feed(data)
        for piece in pieces:
            if piece is KEEP_ALIVE:
                self.write(PONG)
            elif piece is PONG:
                self._ponged()
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

    def expect(self, seconds: float) -> None:
        """Whoever is there has promised to say something at least so often; if not, it is dead."""
        self._silence, self._heard_at = seconds, asyncio.get_running_loop().time()
        if self._patience is None:
            self._listen()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        left = self._heard_at + self._silence - loop.time()
        if left <= 0:
            self.stream.abort()
        else:
            self._patience = loop.call_later(left, self._listen)

    def _ping_later(self) -> None:
        seconds = self._limits.ping_seconds * random.uniform(0.8, 1.0)
        self._next_ping = asyncio.get_running_loop().call_later(seconds, self._ping)

    def _ping(self) -> None:
        self.write(KEEP_ALIVE)
        self._framer.expects_pong = True
        if self._answers and self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(self._limits.pong_seconds, self.stream.abort)
        self._ping_later()

    def _ponged(self) -> None:
        self._answers = True
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def connection_lost(self, error: Exception | None) -> None:
        """See asyncio."""
        self._rest()
        for timer in (self._next_ping, self._patience):
            if timer is not None:
                timer.cancel()
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
