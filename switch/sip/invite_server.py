"""The INVITE server transaction (RFC 3261 section 17.2.1, with Accepted of RFC 6026).

It keeps an INVITE that comes three times from becoming three calls: copies find this machine and get the last response
again.

    Proceeding --1xx--> Proceeding      sends; a copy of the INVITE gets the last 1xx
    Proceeding --2xx--> Accepted        the core repeats the 2xx until ACK; a copy of the INVITE gets it, too; timer L
    Proceeding --300+-> Completed       repeats it (timer G, UDP only) until ACK; timer H gives up
    Completed  --ACK--> Confirmed       swallows further ACKs until timer I
"""

from collections.abc import Callable

from .message import Request
from .stack import Stack
from .timers import T2, T4, Repeat, Timer


class InviteServer:
    """One INVITE that was received. ``gone`` is called once, when nothing may be left of it."""

    __slots__ = ("_gone", "_last", "_repeat", "_stack", "_timer", "destination", "request", "state", "user")

    def __init__(self, stack: Stack, request: Request, gone: Callable[[], None]) -> None:
        self._stack = stack
        self._gone = gone
        self._last = b""
        self._repeat: Repeat | None = None
        self._timer: Timer | None = None
        self.request = request
        self.destination = request.reply_to
        self.state = "proceeding"
        self.user: object = None
        """The call that this INVITE asks for."""

    def receive(self) -> None:
        """The same INVITE once more: "the most recent response is passed to the transport layer for retransmission"."""
        if self._last and self.state != "confirmed":
            self._stack.send(self.destination, self._last)

    def respond(self, status: int, response: bytes) -> None:
        """Send a response of the core; a second final response is not sent."""
        if self.state != "proceeding":
            return
        self._last = response
        self._stack.send(self.destination, response)
        if status >= 300:
            self.state = "completed"
            if self.destination.transport == "udp":
                self._repeat = Repeat(self._stack, self.receive, T2)
            self._timer = self._stack.after(64 * self._stack.t1, self._end)
        elif status >= 200:
            self.state = "accepted"
            self._stack.linger(self._end)

    def acknowledge(self) -> None:
        """An ACK with our branch: the end of a refusal. (The ACK of a 2xx belongs to the core.)"""
        if self.state != "completed":
            return
        self.state = "confirmed"
        if self._repeat is not None:
            self._repeat.stop()
        self._stack.cancel(self._timer)
        if self.destination.transport == "udp":
            self._timer = self._stack.after(T4, self._end)
        else:
            self._end()

    def _end(self) -> None:
        if self._repeat is not None:
            self._repeat.stop()
        self.state = "terminated"
        self._gone()
