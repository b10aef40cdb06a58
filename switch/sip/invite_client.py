"""The INVITE client transaction (RFC 3261 section 17.1.1, with Accepted of RFC 6026).

    Calling    --1xx--> Proceeding    repeating stops
    Calling    --timer B or no transport--> Terminated    the core hears 408 or 503
    any of both --2xx--> Accepted     the core ACKs each 2xx, also repeated ones and those of other forks, until timer M
    any of both --300+-> Completed    ACKed here, again for each copy, until timer D

An ACK to a refusal takes the INVITE's own branch, Request-URI and Route (17.1.1.3); so does a CANCEL (9.1).
"""

from collections.abc import Callable
from functools import partial

from .message import Response
from .stack import Stack
from .timers import Repeat, Timer, ignored
from .writing import Draft


class InviteClient:
    """One INVITE that was sent. ``heard`` gets each response that matters, ``failed`` a status instead of one; both are
    let go in the end, for whoever asked knows this machine, too."""

    __slots__ = ("_failed", "_gone", "_heard", "_repeat", "_stack", "_timer", "cancelled", "draft", "state")

    def __init__(
        self,
        stack: Stack,
        draft: Draft,
        heard: Callable[[Response], None],
        failed: Callable[[int], None],
        gone: Callable[[], None],
    ) -> None:
        self._stack = stack
        self._heard = heard
        self._failed = failed
        self._gone = gone
        self._repeat: Repeat | None = None
        self.draft = draft
        self.state = "calling"
        self.cancelled = False
        data = stack.encode(draft)
        stack.send(draft.destination, data)
        if draft.destination.transport == "udp":
            self._repeat = Repeat(stack, partial(stack.send, draft.destination, data), longest=float("inf"))
        self._timer: Timer | None = stack.after(64 * stack.t1, self._timed_out)

    def receive(self, response: Response) -> None:
        """A response with our branch."""
        if self.state in ("calling", "proceeding"):
            self._first(response)
        elif self.state == "completed" and response.status >= 300:
            self._acknowledge(response)
        elif self.state == "accepted" and 200 <= response.status < 300:
            self._heard(response)

    def _first(self, response: Response) -> None:
        heard = self._heard
        if response.status >= 200 or self.state == "calling":
            self._rest()
        if response.status < 200:
            self.state = "proceeding"
        elif response.status < 300:
            self.state = "accepted"
            self._timer = self._stack.after(64 * self._stack.t1, self._end)
        else:
            self.state = "completed"
            self._acknowledge(response)
            if self.draft.destination.transport == "udp":
                self._timer = self._stack.after(max(32.0, 64 * self._stack.t1), self._end)
            else:
                self._end()
        heard(response)

    def _acknowledge(self, response: Response) -> None:
        ack = self.draft._replace(method="ACK", to_text=response.first("to"), extra="", body=b"")
        self._stack.send(ack.destination, self._stack.encode(ack))

    def cancelling(self) -> None:
        """A CANCEL is out: "if there is no final response after 64*T1, consider the transaction cancelled" (9.1)."""
        self.cancelled = True
        self.abandon()

    def abandon(self) -> None:
        """Nobody wants this INVITE any more: its final response is waited for only so long."""
        if self.state == "proceeding" and self._timer is None:
            self._timer = self._stack.after(64 * self._stack.t1, self._timed_out)

    def fail(self, status: int) -> None:
        """The transport is lost (503) or patience is over; a transaction with a final response does not mind."""
        if self.state in ("calling", "proceeding"):
            failed = self._failed
            self._end()
            failed(status)

    def _timed_out(self) -> None:
        self.fail(408)

    def _rest(self) -> None:
        self._stack.cancel(self._timer)
        self._timer = None
        if self._repeat is not None:
            self._repeat.stop()

    def _end(self) -> None:
        self._rest()
        self.state = "terminated"
        self._heard = self._failed = ignored
        self._gone()
