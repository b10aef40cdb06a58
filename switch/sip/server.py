"""The server transaction of everything but INVITE (RFC 3261 section 17.2.2).

    Trying --final--> Completed     a copy of the request gets the same bytes again, until timer J (at once on TCP)

Our answers are given at once, so there is no Proceeding here.
"""

from collections.abc import Callable

from .message import Request
from .stack import Stack
from .timers import Timer


class Server:
    """One request that was received. ``gone`` is called once, when nothing may be left of it."""

    __slots__ = ("_gone", "_last", "_stack", "_timer", "destination")

    def __init__(self, stack: Stack, request: Request, gone: Callable[[], None]) -> None:
        self._stack = stack
        self._gone = gone
        self._last = b""
        self._timer: Timer | None = None
        self.destination = request.reply_to

    def receive(self) -> None:
        """The same request once more."""
        if self._last:
            self._stack.send(self.destination, self._last)

    def respond(self, response: bytes) -> None:
        """Send the final response."""
        self._last = response
        self._stack.send(self.destination, response)
        if self.destination.transport == "udp":
            self._timer = self._stack.after(64 * self._stack.t1, self._gone)
        else:
            self._gone()
