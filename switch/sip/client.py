"""The client transaction of everything but INVITE (RFC 3261 section 17.1.2).

    Trying     --1xx--> Proceeding    repeats only every T2 from now on
    either     --final--> Completed   swallows copies until timer K (at once on TCP)
    either     --timer F or no transport--> Terminated    the core hears 408 or 503
"""

from collections.abc import Callable
from functools import partial

from .message import Response
from .stack import Stack
from .timers import T2, T4, Repeat, Timer, ignored
from .writing import Draft


class Client:
    """One request that was sent. ``heard`` gets the final response, ``failed`` a status instead of one; both are let go
    with that, for whoever asked knows this machine, too."""

    __slots__ = ("_failed", "_gone", "_heard", "_repeat", "_stack", "_timer", "draft", "state")

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
        self.state = "trying"
        data = stack.encode(draft)
        stack.send(draft.destination, data)
        if draft.destination.transport == "udp":
            self._repeat = Repeat(stack, partial(stack.send, draft.destination, data), T2)
        self._timer: Timer | None = stack.after(64 * stack.t1, self._timed_out)

    def receive(self, response: Response) -> None:
        """A response with our branch."""
        if self.state == "completed":
            return
        if response.status < 200:
            if self._repeat is not None:
                self._repeat.slow_down()
            return
        self._rest()
        self.state = "completed"
        heard = self._let_go()[0]
        if self.draft.destination.transport == "udp":
            self._timer = self._stack.after(T4, self._end)
        else:
            self._end()
        heard(response)

    def fail(self, status: int) -> None:
        """The transport is lost (503) or patience is over; a transaction with a final response does not mind."""
        if self.state == "trying":
            failed = self._let_go()[1]
            self._end()
            failed(status)

    def _timed_out(self) -> None:
        self.fail(408)

    def _let_go(self) -> tuple[Callable[[Response], None], Callable[[int], None]]:
        heard, failed = self._heard, self._failed
        self._heard = self._failed = ignored
        return heard, failed

    def _rest(self) -> None:
        self._stack.cancel(self._timer)
        if self._repeat is not None:
            self._repeat.stop()

    def _end(self) -> None:
        self._rest()
        self.state = "terminated"
        self._gone()
