"""Our provisional responses that must arrive (RFC 3262 section 3): numbered, repeated, acknowledged by PRACK.

    send --first--> waiting --PRACK with its RAck--> free, the next one leaves
                    waiting --64 T1--> the INVITE is turned away with 504

One is on its way at a time; what comes meanwhile waits in its order. After a final response nothing is repeated, but the
PRACK that is still on its way is known.
"""

from collections.abc import Callable

from .invite_server import InviteServer
from .stack import Stack
from .timers import Repeat, Timer


class Reliable:
    """The reliable provisional responses to one INVITE. ``write`` makes one from status, further lines and body."""

    __slots__ = ("_gave_up", "_last", "_machine", "_number", "_queue", "_repeat", "_stack", "_timer", "_write",
                 "described")  # fmt: skip

    def __init__(self, stack: Stack, machine: InviteServer, write: Callable[[int, str, bytes], bytes],
                 gave_up: Callable[[], None]) -> None:  # fmt: skip
        self._stack = stack
        self._machine = machine
        self._write = write
        self._gave_up = gave_up
        self._number = stack.rng.randrange(1, 2**31)
        self._queue: list[tuple[int, bytes]] = []
        self._repeat: Repeat | None = None
        self._timer: Timer | None = None
        self._last = (0, b"")
        self.described = False
        """Whether one with a session description waits for its PRACK; then a 2xx has to wait, too (section 3)."""

    def send(self, status: int, sdp: bytes) -> None:
        """Send it, or let it wait for those before it. One that only says the same again is left out."""
        if not sdp and (status, sdp) == (self._queue[-1] if self._queue else self._last):
            return
        self._queue.append((status, sdp))
        self.described = self.described or bool(sdp)
        if self._repeat is None:
            self._next()

    def matches(self, rack: str) -> bool:
        """Whether a RAck names the one that waits (section 7.2)."""
        words = rack.split()
        wanted = [str(self._number), str(self._machine.request.cseq.number), "INVITE"]
        return self._timer is not None and [word.lstrip("0") or "0" for word in words[:2]] + words[2:] == wanted

    def acknowledged(self) -> None:
        """Its PRACK has come."""
        self.stop()
        self._timer = None
        self._number += 1
        self.described = any(sdp for _, sdp in self._queue)
        if self._queue and self._machine.state == "proceeding":
            self._next()

    def stop(self) -> None:
        """A final response leaves: nothing is repeated any more."""
        self._stack.cancel(self._timer)
        if self._repeat is not None:
            self._repeat.stop()
            self._repeat = None

    def _next(self) -> None:
        status, sdp = self._last = self._queue.pop(0)
        response = self._write(status, f"Require: 100rel\r\nRSeq: {self._number}\r\n", sdp)
        self._machine.respond(status, response)
        self._repeat = Repeat(self._stack, self._machine.receive, longest=float("inf"))
        self._timer = self._stack.after(64 * self._stack.t1, self._late)

    def _late(self) -> None:
        self.stop()
        self._gave_up()
