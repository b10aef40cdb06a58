"""A call that comes in: from Offered to our final answer (RFC 3261 section 13.3).

Ringing is said in a way that must arrive (RFC 3262) where the caller requires it, or where it brings an answer to their
offer and they understand it; in every other case one 180 is as good as another. A description in an unreliable 1xx is
only a foretaste: the 200 says it once more.
"""

from collections.abc import Callable

from .call import Call
from .dialog import Dialog
from .effects import Answered, Ended
from .errors import PeerError
from .invite_server import InviteServer
from .message import Request
from .phrases import phrase, status_of_cause
from .reliable import Reliable
from .room import Room
from .server import Server
from .stack import ALLOW, SDP, SUPPORTED
from .timers import Timer
from .writing import respond


class IncomingCall(Call):
    """We are the called party."""

    __slots__ = ("_patience", "_picked_up", "_reliable")

    made_call_id = False

    def __init__(self, room: Room, handle: str, machine: InviteServer, dialog: Dialog) -> None:
        super().__init__(room, handle)
        self.dialog = dialog
        self.asked = machine
        machine.user = self
        room.dialogs[dialog.call_id, dialog.local_tag] = self
        machine.respond(100, respond(machine.request, 100, phrase(100)))
        self._patience: Timer | None = self.stack.after(room.ring_limit, self._too_long)
        self._reliable: Reliable | None = None
        self._picked_up: bytes | None = None

    def ring(self, sdp: bytes = b"") -> None:
        """180: somebody is being looked for. With ``sdp`` 183: they can hear something already."""
        if self.asked is None or self.confirmed:
            return
        fields, request, dialog = self.asked.request.fields, self.asked.request, self.dialog
        required = "require" in fields and "100rel" in request.listed("require")
        reliable = required or (bool(sdp) and "supported" in fields and "100rel" in request.listed("supported"))
        if dialog.stand == "none" and not sdp and required:
            return  # The first reliable message to an INVITE without an offer has to bring one (RFC 3261 13.2.1).
        if dialog.stand not in (("none", "theirs") if reliable else ("theirs",)):
            sdp = b""
        status = 183 if sdp else 180
        if not reliable:
            self._provisional(status, "", sdp)
            return
        if sdp:
            dialog.stand = "agreed" if dialog.stand == "theirs" else "ours"
        if self._reliable is None:
            self._reliable = Reliable(self.stack, self.asked, self._written, self._unheard)
        self._reliable.send(status, sdp)

    def prack(self, request: Request, ask: Callable[[Server, Request], None]) -> None:
        """PRACK: our reliable response has arrived; it may bring the answer to our offer in it, or, when all is agreed,
        a new offer (RFC 3262 section 5). Raises PeerError 481 where it means none of ours."""
        reliable = self._reliable
        if reliable is None or not reliable.matches(request.first("rack")):
            raise PeerError(481, phrase(481))
        machine = self.room.transactions.serve(request)
        dialog, sdp = self.dialog, request.sdp
        if dialog.stand == "ours" and sdp is None:
            machine.respond(respond(request, 400, "The answer to our offer is missing"))
            return
        if sdp is not None and dialog.stand == "agreed":
            ask(machine, request)
        else:
            machine.respond(self.response(request, 200))
            if dialog.stand == "ours":
                dialog.stand = "agreed"
                self.tell(Answered(self.handle, sdp))
        reliable.acknowledged()
        if self._picked_up is not None and not reliable.described and self.asked is not None:
            self._accept(self.asked, self._picked_up)

    def _accept(self, machine: InviteServer, sdp: bytes) -> None:
        reliable = self._reliable
        if reliable is not None and not self.confirmed:
            if reliable.described:
                self._picked_up = sdp
                return
            reliable.stop()
        self.stack.cancel(self._patience)
        super()._accept(machine, sdp)

    def _turn_down(self, status: int, reason: str, extra: str = "") -> None:
        if self._reliable is not None:
            self._reliable.stop()
        super()._turn_down(status, reason, extra)

    def finish(self) -> None:
        """See Call."""
        self.stack.cancel(self._patience)
        if self._reliable is not None:
            self._reliable.stop()
            self._reliable = None
        super().finish()

    def hang_up(self, q850: int, text: str) -> None:
        """End it, whatever it is: before our answer by a final response, afterwards by BYE."""
        if self.confirmed:
            super().hang_up(q850, text)
        else:
            self.leave()
            status = status_of_cause(q850)
            self._turn_down(status, phrase(status), self.stack.reason_line(q850, text))

    @property
    def early(self) -> Dialog | None:
        """See Call: once our early answer is known to have arrived."""
        reliable = self._reliable
        return self.dialog if reliable is not None and not reliable.described else None

    def _provisional(self, status: int, extra: str, sdp: bytes) -> None:
        self.asked.respond(status, self._written(status, extra, sdp))

    def _written(self, status: int, extra: str, sdp: bytes) -> bytes:
        if sdp:
            self.dialog.described = sdp
            extra += ALLOW + SUPPORTED + SDP
        return self.response(self.asked.request, status, extra, sdp)

    def _unheard(self) -> None:
        """No PRACK: "the UAS SHOULD reject the original request with a 5xx response" (RFC 3262 section 3)."""
        self.tell(Ended(self.handle, "lost", 102))
        self._turn_down(504, phrase(504))

    def _too_long(self) -> None:
        """The house has no answer, and a caller that is gone without CANCEL will not free us."""
        self.tell(Ended(self.handle, "lost", 102))
        self._turn_down(480, phrase(480))
