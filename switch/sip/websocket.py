"""One websocket that carries SIP (RFC 7118): each of its messages is one of ours, whole, so nothing needs to be framed.

Whoever serves HTTP opens it, hands in what comes, and is handed what is to be said. Here it is counted like any other
connection: a guest until its first SIP message, known by the address of its peer, closed where it does not read. Only the
peer can open it anew (the ``.invalid`` of its Via and Contact leads nowhere), so what is said when it is gone is lost.
"""

import asyncio
from typing import Protocol

from .connection import Owner
from .effects import Address
from .framing import KEEP_ALIVE, PONG

MOST_BYTES = 64 * 1024
"""Of one message."""


class Socket(Protocol):
    """What carries it."""

    def say(self, data: bytes) -> int:
        """Send one message; how many octets then wait to be sent."""

    def abort(self) -> None:
        """End it at once; ``Websocket.closed`` is called, now or later."""


class Websocket:
    """``ticket`` is that of a guest; ``address`` under whom it is known."""

    def __init__(self, owner: Owner, address: Address, ticket: int, socket: Socket) -> None:
        self._owner = owner
        self._limits = owner.limits
        self.address = address
        self.ticket = ticket
        self.up = True
        self.stream = socket
        self._patience: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(
            self._limits.first_seconds, socket.abort)

    def heard(self, data: bytes) -> None:
        """One message has come. A pair of line ends is a ping (RFC 7118 section 6), answered by one (RFC 5626 3.5.1)."""
        if not self.up:
            return
        if data == KEEP_ALIVE:
            self.write(PONG)
        elif data.strip(b"\r\n"):
            self._welcome()
            self._owner.heard(self, data)

    def write(self, data: bytes) -> None:
        """Send; a peer that does not read loses its connection."""
        if self.up and self.stream.say(data) > self._limits.unread_bytes:
            self.stream.abort()

    def expect(self, seconds: float) -> None:
        """See Connection; whether the peer lives is asked by the pings of the websocket itself."""

    def closed(self) -> None:
        """It is gone; once is enough."""
        if self.up:
            self._welcome(spoke=False)
            self._owner.ended(self)
            self.up = False

    def _welcome(self, spoke: bool = True) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
            if spoke:
                self._owner.spoke(self)
