"""Our re-INVITE: another session within a call that goes on (RFC 3261 section 14.1).

Two parties that change the session at the same moment both hear 491. The one that made the Call-ID then waits 2.1 to 4
seconds, the other one up to 2 seconds, so that they do not meet again.
"""

from typing import TYPE_CHECKING

from .effects import Address, Answered, Refused
from .message import Response
from .phrases import phrase
from .stack import SDP
from .timers import Timer
from .writing import Draft

if TYPE_CHECKING:
    from .call import Call

_ATTEMPTS = 5


class Reinvite:
    """One change of the session, through all its attempts."""

    __slots__ = ("_ack", "_attempts", "_call", "_done", "_draft", "_machine", "_pausing", "_sdp", "_timer")

    def __init__(self, call: "Call", sdp: bytes) -> None:
        self._call = call
        self._sdp = sdp
        self._attempts = 0
        self._done = False
        self._pausing = False
        self._ack: tuple[Address, bytes] | None = None
        self._timer: Timer | None = None
        self._ask()

    def stop(self) -> None:
        """The call has ended; what is still on its way is seen to by its transaction."""
        self._done = True
        self._call.stack.cancel(self._timer)
        self._machine.abandon()

    @property
    def under_way(self) -> bool:
        """Whether the peer's word is waited for; not while we wait after a 491, for then it is the peer's turn."""
        return not self._pausing

    def _ask(self) -> None:
        if self._call.asked or self._call.unacknowledged:
            self._pause()
            return
        self._pausing = False
        self._attempts += 1
        dialog = self._call.dialog
        contact = self._call.stack.contact(dialog.destination, dialog.secure)
        proof = self._call.answerer.line("INVITE", dialog.target, self._sdp) if self._call.answerer else ""
        self._send(dialog.request("INVITE", f"{contact}{SDP}{proof}", self._sdp))

    def _send(self, draft: Draft) -> None:
        self._draft = draft
        self._machine = self._call.room.transactions.invite(draft, self._heard, self._failed)

    def _heard(self, response: Response) -> None:
        status = response.status
        if status < 200:
            if self._done:
                self._machine.abandon()
            elif self._timer is None:
                self._timer = self._call.stack.after(self._call.room.ring_limit, self._give_up)
        elif status < 300:
            self._accepted(response)
        elif not self._done:
            self._call.stack.cancel(self._timer)
            self._timer = None
            self._refused(response)

    def _accepted(self, response: Response) -> None:
        stack, dialog = self._call.stack, self._call.dialog
        if self._ack is None:
            dialog.refresh(response)
            ack = dialog.ack(self._draft.cseq)
            self._ack = (ack.destination, stack.encode(ack))
        stack.send(*self._ack)
        if not self._done:
            self.stop()
            self._call.settled(Answered(self._call.handle, response.sdp))

    def _refused(self, response: Response) -> None:
        second = self._call.second_attempt(self._draft, response)
        if second is not None:
            self._send(second)
        elif response.status == 491 and self._attempts < _ATTEMPTS:
            self._pause()
        elif response.status in (408, 481):
            self._call.lost()
        else:
            self.stop()
            self._call.settled(Refused(self._call.handle, response.status, response.reason))

    def _pause(self) -> None:
        self._pausing = True
        low, high = (2.1, 4.0) if self._call.made_call_id else (0.0, 2.0)
        self._timer = self._call.stack.after(self._call.stack.rng.uniform(low, high), self._ask)

    def _give_up(self) -> None:
        self._timer = None
        self._machine.fail(408)

    def _failed(self, status: int) -> None:
        if self._done:
            return
        if status == 408:
            self._call.lost()
        else:
            self.stop()
            self._call.settled(Refused(self._call.handle, status, phrase(status)))
