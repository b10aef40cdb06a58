"""A call that comes in: from Offered to our final answer (RFC 3261 section 13.3)."""

from .call import Call
from .dialog import Dialog
from .effects import Ended
from .invite_server import InviteServer
from .phrases import phrase, status_of_cause
from .room import Room
from .timers import Timer
from .writing import respond


class IncomingCall(Call):
    """We are the called party."""

    __slots__ = ("_patience",)

    made_call_id = False

    def __init__(self, room: Room, handle: str, machine: InviteServer, dialog: Dialog) -> None:
        super().__init__(room, handle)
        self.dialog = dialog
        self.asked = machine
        machine.user = self
        room.dialogs[dialog.call_id, dialog.local_tag] = self
        machine.respond(100, respond(machine.request, 100, phrase(100)))
        self._patience: Timer | None = self.stack.after(room.ring_limit, self._too_long)

    def ring(self) -> None:
        """180: somebody is being looked for."""
        if self.asked is not None and not self.confirmed:
            self.asked.respond(180, self.response(self.asked.request, 180))

    def answer(self, sdp: bytes) -> None:
        """See Call."""
        self.stack.cancel(self._patience)
        super().answer(sdp)

    def finish(self) -> None:
        """See Call."""
        self.stack.cancel(self._patience)
        super().finish()

    def hang_up(self, q850: int, text: str) -> None:
        """End it, whatever it is: before our answer by a final response, afterwards by BYE."""
        if self.confirmed:
            super().hang_up(q850, text)
        else:
            self.leave()
            self.refuse(status_of_cause(q850), extra=self.stack.reason_line(q850, text))

    def _too_long(self) -> None:
        """The house has no answer, and a caller that is gone without CANCEL will not free us."""
        self.tell(Ended(self.handle, "lost", 102))
        self.refuse(480)
