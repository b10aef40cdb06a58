"""Our re-INVITE and our UPDATE: another session within a call that goes on, or the same one for longer (RFC 3261 section
14.1, RFC 3311, RFC 4028 section 10).

Two parties that change the session at the same moment both hear 491. The one that made the Call-ID then waits 2.1 to 4
seconds, the other one up to 2 seconds, so that they do not meet again.
"""

from typing import TYPE_CHECKING

from .client import Client
from .dialog import Dialog
from .effects import Answered, Progressed, Refused
from .failover import Failover
from .invite_client import InviteClient
from .message import Response
from .phrases import phrase
from .retrying import second_attempt
from .stack import ALLOW, SDP, SUPPORTED
from .timers import Timer
from .writing import Draft

if TYPE_CHECKING:
    from .call import Call

_ATTEMPTS = 6
"""How often a change is tried, or put off because it is the peer's turn."""


class Reinvite:
    """One change of the session, through all its attempts. ``refresh``: the house did not ask for it, and hears of it
    only what it brings."""

    method = "INVITE"

    __slots__ = ("_ack", "_attempts", "_call", "_dialog", "_done", "_draft", "_machine", "_pausing", "_refresh", "_sdp",
                 "_timer")  # fmt: skip

    def __init__(self, call: "Call", dialog: Dialog, sdp: bytes, *, refresh: bool = False) -> None:
        self._call = call
        self._dialog = dialog
        self._sdp = sdp
        self._refresh = refresh
        self._attempts = 0
        self._done = False
        self._pausing = False
        self._ack: Draft | None = None
        self._timer: Timer | None = None
        self._machine: InviteClient | Client | Failover | None = None
        self._ask()

    def stop(self) -> None:
        """The call has ended; what is still on its way is seen to by its transaction."""
        self._done = True
        self._call.stack.cancel(self._timer)
        self._abandon()

    @property
    def under_way(self) -> bool:
        """Whether the peer's word is waited for; not while we wait after a 491, for then it is the peer's turn."""
        return not self._pausing

    def _ask(self) -> None:
        call, dialog = self._call, self._dialog
        self._attempts += 1
        if self._attempts > _ATTEMPTS:
            self._end(491, phrase(491))
            return
        if (call.asked and call.confirmed) or call.question or call.unacknowledged or dialog.stand != "agreed":
            self._pause()
            return
        self._pausing = False
        if self._sdp:
            dialog.stand = "ours"
        lines = [call.stack.contact(dialog.destination, dialog.secure), ALLOW, SUPPORTED]
        if call.timer is not None and call.confirmed:
            lines.append(call.timer.lines())
        if self._sdp:
            lines.append(SDP)
        if call.answerer is not None:
            lines.append(call.answerer.line(self.method, dialog.target, self._sdp))
        self._send(dialog.request(self.method, "".join(lines), self._sdp))

    def _send(self, draft: Draft) -> None:
        self._draft = draft
        self._machine = self._call.room.transactions.invite(draft, self._heard, self._failed)

    def _abandon(self) -> None:
        if self._machine is not None:
            self._machine.abandon()

    def _heard(self, response: Response) -> None:
        status = response.status
        if status < 200:
            if self._done:
                self._abandon()
            elif self._timer is None:
                self._timer = self._call.stack.after(self._call.room.ring_limit, self._give_up)
        elif status < 300:
            self._accepted(response)
        elif not self._done:
            self._call.stack.cancel(self._timer)
            self._timer = None
            self._refused(response)

    def _accepted(self, response: Response) -> None:
        stack, dialog = self._call.stack, self._dialog
        if self._ack is None:
            dialog.refresh(response)
            ack = dialog.ack(self._draft.cseq)
            self._ack = ack
        stack.dispatch(self._ack)
        self._settle(response)

    def _settle(self, response: Response) -> None:
        if self._done:
            return
        self.stop()
        if self._sdp:
            self._dialog.stand, self._dialog.described = "agreed", self._sdp
            self._dialog.heard = response.sdp or self._dialog.heard
        if self._call.confirmed:
            self._call.agreed(response)
        quiet = self._refresh and response.sdp is None
        self._call.settled(None if quiet else self._agreed(response.sdp))

    def _agreed(self, sdp: bytes | None) -> Answered | Progressed:
        """A call of ours that still rings is not answered by the answer to an UPDATE."""
        rings = self._call.made_call_id and not self._call.confirmed
        return Progressed(self._call.handle, 183, sdp) if rings else Answered(self._call.handle, sdp)

    def _refused(self, response: Response) -> None:
        second = second_attempt(self._call, self._machine.draft, response, self._dialog)
        if second is not None:
            self._send(second)
            return
        if self._sdp:
            self._dialog.stand = "agreed"
        wait = response.first("retry-after").partition(";")[0].strip()
        if response.status == 491:
            self._pause()
        elif response.status == 500 and wait.isdecimal() and len(wait) < 3:
            self._pause(float(wait))
        elif response.status in (408, 481) and self._call.confirmed:
            self._call.lost()
        else:
            self._end(response.status, response.reason)

    def _end(self, status: int, reason: str) -> None:
        """The call stays as it was."""
        self.stop()
        if self._refresh:
            if status in (405, 501):
                self._dialog.updates = False
            self._call.settled(None)
            self._call.timer.put_off()
        else:
            self._call.settled(Refused(self._call.handle, status, reason) if self._call.confirmed else None)

    def _pause(self, seconds: float | None = None) -> None:
        self._pausing = True
        low, high = (2.1, 4.0) if self._call.made_call_id else (0.0, 2.0)
        if seconds is None:
            seconds = self._call.stack.rng.uniform(low, high)
        self._timer = self._call.stack.after(seconds, self._ask)

    def _give_up(self) -> None:
        self._timer = None
        self._machine.fail(408)

    def _failed(self, status: int) -> None:
        if self._done:
            return
        if self._sdp:
            self._dialog.stand = "agreed"
        if status == 408 and self._call.confirmed:
            self._call.lost()
        else:
            self._end(status, phrase(status))


class Update(Reinvite):
    """The same by UPDATE: no ACK, and allowed before the call is answered."""

    method = "UPDATE"

    __slots__ = ()

    def _send(self, draft: Draft) -> None:
        self._draft = draft
        self._machine = self._call.room.transactions.request(draft, self._heard, self._failed)

    def _abandon(self) -> None:
        """A request that is no INVITE ends by itself."""

    def _accepted(self, response: Response) -> None:
        self._dialog.refresh(response)
        self._settle(response)
