"""Our 2xx to an INVITE: the core repeats it until its ACK comes (RFC 3261 section 13.3.1.4), on TCP, too, for a proxy on
the way may use UDP.

Two of them can be open at once: a peer whose ACK was lost may send its re-INVITE before our next copy makes it say ACK
again (RFC 5407 section 3.1.4).
"""

from collections.abc import Callable

from .invite_server import InviteServer
from .stack import Stack
from .timers import Repeat, Timer


class Accepting:
    """One 2xx that waits for its ACK. ``gave_up``: none came within 64 T1, which is counted from the first copy on, since
    nearly every ACK comes before it."""

    __slots__ = ("_gave_up", "_machine", "_repeat", "_stack", "_timer")

    def __init__(self, stack: Stack, machine: InviteServer, gave_up: Callable[[], None]) -> None:
        self._stack = stack
        self._machine = machine
        self._gave_up = gave_up
        self._timer: Timer | None = None
        self._repeat = Repeat(stack, self._again)

    def _again(self) -> None:
        if self._timer is None:
            self._timer = self._stack.after(63 * self._stack.t1, self._gave_up)
        self._machine.receive()

    def stop(self) -> None:
        """The ACK is here, or nobody waits for it any more."""
        self._repeat.stop()
        self._stack.cancel(self._timer)
