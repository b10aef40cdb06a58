"""A call: one INVITE session from the first sign to the last (RFC 3261 sections 13 to 15).

What holds for both sides stands here: answering or refusing what the peer asks, waiting for the ACK of our 200, changing
and refreshing the session, ending it. What the peer asks within the dialog is read in ``within``; how a call begins
stands in ``incoming`` and ``outgoing``.

``over`` is the one promise to the house: once the house has hung up, or was told Ended or Refused, this call says
nothing more to it, whatever still comes from the wire. Its transactions may need seconds longer; they live on alone.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from .accepting import Accepting
from .dialog import Dialog
from .digest import Answerer
from .effects import Acknowledged, Address, Ended, Refused, Stranded, Told
from .invite_server import InviteServer
from .message import Request, Response
from .phrases import cause_of, phrase
from .reinvite import Reinvite, Update
from .retrying import second_attempt
from .room import Room
from .session_timer import SessionTimer, known_by
from .stack import ALLOW, SDP, SUPPORTED
from .timers import ignored
from .writing import Draft, respond

_OURS = ALLOW + SUPPORTED


class Question(NamedTuple):
    """An offer that came in UPDATE, PRACK or a reliable 1xx, and how the house's word on it leaves."""

    answer: Callable[[bytes], None]
    refuse: Callable[[int, str, str], None]
    """Status, reason, further lines."""


class Call:
    """One leg, seen from our side."""

    made_call_id: bool

    __slots__ = (
        "_accepting", "_change", "_goodbye", "answerer", "asked", "confirmed", "dialog", "handle", "over", "question",
        "referred", "room", "stack", "timer",
    )  # fmt: skip

    def __init__(self, room: Room, handle: str) -> None:
        self.room = room
        self.stack = room.stack
        self.handle = handle
        self.dialog: Dialog | None = None
        self.answerer: Answerer | None = None
        """Our credentials, where we have some for this peer."""
        self.asked: InviteServer | None = None
        """The INVITE or re-INVITE that waits for the house's answer."""
        self.question: Question | None = None
        """Any other offer that waits for the house's answer."""
        self.confirmed = False
        """Whether a 2xx has made this a session."""
        self.over = False
        self.referred = False
        """Whether a REFER has come within it."""
        self.timer: SessionTimer | None = None
        """None until the peer shows that it knows session timers."""
        self._accepting: dict[int, Accepting] = {}
        self._goodbye: str | None = None
        self._change: Reinvite | None = None
        room.calls[handle] = self

    # -- what the house does ------------------------------------------------------------------------------------------

    @property
    def call_id(self) -> str:
        """The Call-ID of its INVITE."""
        return self.dialog.call_id if self.dialog is not None else ""

    def answer(self, sdp: bytes) -> None:
        """200 to what was asked."""
        if self.question is not None:
            question, self.question = self.question, None
            question.answer(sdp)
        elif self.asked is not None and self.dialog is not None:
            self._accept(self.asked, sdp)

    def _accept(self, machine: InviteServer, sdp: bytes) -> None:
        """The 2xx carries a session description, unless a reliable 1xx has agreed on one (RFC 3262 section 5)."""
        request, dialog = machine.request, self.dialog
        if self.confirmed:
            dialog.refresh(request)
        self.asked = None
        self.confirmed = True
        lines = _OURS + self.terms(request)
        if dialog.stand == "agreed":
            sdp = b""
        else:
            dialog.stand = "agreed" if dialog.stand == "theirs" else "ours"
            dialog.described = sdp
        machine.respond(200, self.response(request, 200, lines + SDP if sdp else lines, sdp))
        number = request.cseq.number
        if number in self._accepting:
            self._accepting[number].stop()  # A peer that does not count.
        self._accepting[number] = Accepting(self.stack, machine, self._no_ack)

    def refuse(self, status: int, reason: str = "", extra: str = "") -> None:
        """A final failure to what was asked; a call that had nothing else is over, any other stays as it was."""
        if self.question is not None:
            question, self.question = self.question, None
            question.refuse(status, reason or phrase(status), extra)
        else:
            self._turn_down(status, reason or phrase(status), extra)

    def _turn_down(self, status: int, reason: str, extra: str = "") -> None:
        machine = self.asked
        if machine is None or self.dialog is None:
            return
        self.asked = None
        machine.respond(status, respond(machine.request, status, reason, self.dialog.local_tag, extra))
        if self.confirmed:
            self.dialog.stand = "agreed"
        else:
            self.finish()

    def reinvite(self, sdp: bytes) -> None:
        """Offer the peer another session within the call; not while another offer is on its way (14.1).

        Before there is a session an UPDATE does it, where the peer takes one and the first offer has its answer
        (RFC 3311 section 5.1); where not, nothing happens, for Refused would mean the call itself.
        """
        dialog = self.dialog if self.confirmed else self.early
        if dialog is None:
            return
        if self._engaged or dialog.stand != "agreed":
            if self.confirmed:
                self.tell(Refused(self.handle, 491, phrase(491)))
        elif self.confirmed:
            self._change = Reinvite(self, dialog, sdp)
        elif dialog.updates:
            self._change = Update(self, dialog, sdp)

    def hang_up(self, q850: int, text: str) -> None:
        """End a confirmed call. The called party may not say BYE before the ACK has come (section 15)."""
        self.leave()
        reason = self.stack.reason_line(q850, text)
        if self._accepting:
            self._goodbye = reason
        else:
            self.bye(reason)

    # -- what the peer does -------------------------------------------------------------------------------------------

    def acknowledged(self, request: Request) -> bool:
        """An ACK with our tag. Returns whether it was for a 200 of ours that had none yet."""
        accepting = self._accepting.pop(request.cseq.number, None)
        if accepting is None:
            return False
        accepting.stop()
        sdp = None
        if self.dialog.stand == "ours":
            self.dialog.stand, sdp = "agreed", request.sdp
        if self._goodbye is None:
            self.tell(Acknowledged(self.handle, sdp))
        elif not self._accepting:
            self.bye(self._goodbye)
        return True

    def cancelled(self, request: Request) -> None:
        """CANCEL of what was asked: a re-INVITE is given up, a call that had nothing else ends (9.2)."""
        if not self.confirmed:
            self.tell(Ended(self.handle, "cancel", cause_of(request)))
        self._turn_down(487, phrase(487))

    def dialog_with(self, tag: str) -> Dialog | None:
        """The dialog with the peer that has this tag, early or confirmed."""
        dialog = self.dialog
        return dialog if dialog is not None and dialog.remote_tag == tag else None

    # -- the session timer --------------------------------------------------------------------------------------------

    def terms(self, request: Request) -> str:
        """The lines about the session timer in our 2xx to an INVITE or UPDATE; most peers know nothing of it."""
        if self.timer is None:
            fields = request.fields
            if "session-expires" not in fields and not (self.room.session_expires and known_by(request)):
                return ""
            self.timer = SessionTimer(self)
        return self.timer.granted(request)

    def agreed(self, response: Response) -> None:
        """Their 2xx to an INVITE or UPDATE of ours says how the session timer goes on."""
        if self.timer is None and "session-expires" in response.fields:
            self.timer = SessionTimer(self)
        if self.timer is not None:
            self.timer.accepted(response)

    def refresh(self) -> None:
        """Half of the session's time is over, and it is ours to ask for more (RFC 4028 section 10)."""
        dialog = self.dialog
        if self._engaged or dialog.stand != "agreed":
            self.timer.put_off()
        elif dialog.updates:
            self._change = Update(self, dialog, b"", refresh=True)
        else:
            self._change = Reinvite(self, dialog, dialog.described, refresh=True)

    def expired(self) -> None:
        """Nobody has refreshed the session in time."""
        self.tell(Ended(self.handle, "expired", 102))
        self.bye('Reason: SIP;cause=408;text="Session timer expired", Q.850;cause=102\r\n')

    # -- how it ends --------------------------------------------------------------------------------------------------

    def bye(self, reason: str) -> None:
        """Say BYE; whatever is answered, the call is over (15.1.1)."""
        self.finish()
        if self.dialog is not None:
            self.room.part(self.dialog)
            self.request(self.dialog, "BYE", reason)

    def lost(self) -> None:
        """The peer does not know this call any more."""
        self.tell(Ended(self.handle, "lost"))
        self.bye(self.stack.reason_line(41, ""))

    def lost_way(self, address: Address) -> None:
        """A connection is closed."""
        if self.dialog is not None:
            self.dialog.lost(address)

    def strand(self, address: Address) -> None:
        """A websocket is closed; see Stranded."""
        if self.dialog is not None and self.dialog.destination == address:
            self.tell(Stranded(self.handle))

    def leave(self) -> None:
        """From now on the house hears nothing of this call."""
        self.over = True
        self.room.calls.pop(self.handle, None)

    def finish(self) -> None:
        """Nothing may be left of this call in the room."""
        self.leave()
        if self.dialog is not None:
            self.room.bury(self.dialog)
        self._stop_accepting()
        if self.timer is not None:
            self.timer.stop()
            self.timer = None
        if self._change is not None:
            self._change.stop()
            self._change = None
        if self.question is not None:
            question, self.question = self.question, None
            question.refuse(487, phrase(487), "")
        if self.asked is not None:
            machine, self.asked = self.asked, None
            tag = self.dialog.local_tag if self.dialog else ""
            machine.respond(487, respond(machine.request, 487, phrase(487), tag))

    @property
    def early(self) -> Dialog | None:
        """The dialog in which an UPDATE may be sent before the call is answered; None = there is none yet."""
        return None

    @property
    def changing(self) -> bool:
        """Whether a re-INVITE or UPDATE of ours is on its way at this moment."""
        return self._change is not None and self._change.under_way

    @property
    def unacknowledged(self) -> bool:
        """Whether a 200 of ours still waits for its ACK."""
        return bool(self._accepting)

    @property
    def _engaged(self) -> bool:
        asked = self.asked is not None and self.confirmed
        return bool(asked or self.question or self._change or self._accepting)

    # -- help for those who begin and change calls --------------------------------------------------------------------

    def tell(self, news: Told) -> None:
        """Tell the house, unless this call is over for it."""
        if not self.over:
            self.stack.tell(news)

    def settled(self, news: Told | None) -> None:
        """A change that we asked for has come to its end."""
        self._change = None
        if news is not None:
            self.tell(news)

    def response(self, request: Request, status: int, extra: str = "", body: bytes = b"") -> bytes:
        """A response within the dialog: with our tag, our Contact and the route that the request came by (12.1.1)."""
        route = "".join(map("Record-Route: {}\r\n".format, request.fields.get("record-route", ())))
        contact = self.stack.contact(request.source, request.secure)
        tag = self.dialog.local_tag if self.dialog is not None else ""
        return respond(request, status, phrase(status), tag, f"{route}{contact}{extra}", body)

    def request(self, dialog: Dialog, method: str, lines: str, body: bytes = b"") -> None:
        """Send a request within the dialog whose result changes nothing."""
        self._ask(dialog, dialog.request(method, lines, body))

    def _ask(self, dialog: Dialog, draft: Draft) -> None:
        self.room.transactions.request(draft, partial(self._answered, dialog, draft), ignored)

    def _answered(self, dialog: Dialog, draft: Draft, response: Response) -> None:
        second = second_attempt(self, draft, response, dialog)
        if second is not None:
            self._ask(dialog, second)

    def _no_ack(self) -> None:
        self._stop_accepting()
        self.tell(Ended(self.handle, "no_ack"))
        self.bye(self._goodbye or self.stack.reason_line(102, "No ACK"))

    def _stop_accepting(self) -> None:
        for accepting in self._accepting.values():
            accepting.stop()
        self._accepting.clear()
