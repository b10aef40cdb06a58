"""The server transaction of everything but INVITE (RFC 3261 section 17.2.2).

    Trying --final--> Completed     a copy of the request gets the same bytes again, until timer J (at once on TCP)
    Trying --32 T1--> whoever was to decide is told that it is too late, and says no

Most answers are given at once, so there is no Proceeding here. Where the house decides, it has half of the time for which
the peer waits (timer F): an answer that comes later than that is worth nothing to anybody (RFC 4320 section 4.2).
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

    def wait(self, too_late: Callable[[], None]) -> None:
        """Somebody else decides; ``too_late`` answers in their stead, so that no request stays for ever."""
        self._timer = self._stack.after(32 * self._stack.t1, too_late)

    def respond(self, response: bytes) -> None:
        """Send the final response."""
        self._stack.cancel(self._timer)
        self._last = response
        self._stack.send(self.destination, response)
        if self.destination.transport == "udp":
            self._stack.linger(self._gone)
        else:
            self._gone()
