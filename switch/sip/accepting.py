"""Our 2xx to an INVITE: the core repeats it until its ACK comes (RFC 3261 section 13.3.1.4), on TCP, too, for a proxy on
the way may use UDP.

Two of them can be open at once: a peer whose ACK was lost may send its re-INVITE before our next copy makes it say ACK
again (RFC 5407 section 3.1.4).
"""

from collections.abc import Callable

from .invite_server import InviteServer
from .stack import Stack
from .timers import Repeat


class Accepting:
    """One 2xx that waits for its ACK. ``gave_up``: none came within 64 T1."""

    __slots__ = ("_repeat", "_stack", "_timer")

    def __init__(self, stack: Stack, machine: InviteServer, gave_up: Callable[[], None]) -> None:
        self._stack = stack
        self._repeat = Repeat(stack, machine.receive)
        self._timer = stack.after(64 * stack.t1, gave_up)

    def stop(self) -> None:
        """The ACK is here, or nobody waits for it any more."""
        self._repeat.stop()
        self._stack.cancel(self._timer)
