"""A call: one INVITE session from the first sign to the last (RFC 3261 sections 13 to 15).

What holds for both sides stands here: answering or refusing what the peer asks (INVITE or re-INVITE), waiting for the
ACK of our 200, changing the session, ending it. How a call begins stands in ``incoming`` and ``outgoing``.

``over`` is the one promise to the house: once the house has hung up, or was told Ended or Refused, this call says
nothing more to it, whatever still comes from the wire. Its transactions may need seconds longer; they live on alone.
"""

from .dialog import Dialog
from .digest import Answerer
from .effects import Acknowledged, Address, Ended, Informed, Refused, Reoffered, Told
from .invite_server import InviteServer
from .message import Request, Response
from .phrases import cause_of, phrase
from .reinvite import Reinvite
from .room import Room
from .stack import ALLOW, SDP
from .timers import Repeat, Timer
from .writing import Draft, respond


class Call:
    """One leg, seen from our side."""

    made_call_id: bool

    __slots__ = (
        "_ack_number", "_ack_timer", "_goodbye", "_reinvite", "_repeat", "answerer", "asked", "confirmed", "dialog",
        "handle", "over", "referred", "room", "stack",
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
        self.confirmed = False
        """Whether a 2xx has made this a session."""
        self.over = False
        self.referred = False
        """Whether a REFER has come within it."""
        self._repeat: Repeat | None = None
        self._ack_number = -1
        self._ack_timer: Timer | None = None
        self._goodbye: str | None = None
        self._reinvite: Reinvite | None = None
        room.calls[handle] = self

    # -- what the house does ------------------------------------------------------------------------------------------

    def answer(self, sdp: bytes) -> None:
        """200 to what was asked, repeated until its ACK comes (13.3.1.4); on TCP, too, for proxies may use UDP."""
        machine = self.asked
        if machine is None or self.dialog is None:
            return
        self.asked = None
        self.confirmed = True
        machine.respond(200, self.response(machine.request, 200, ALLOW + SDP, sdp))
        self._ack_number = machine.request.cseq.number
        self._repeat = Repeat(self.stack, machine.receive)
        self._ack_timer = self.stack.after(64 * self.stack.t1, self._no_ack)

    def refuse(self, status: int, reason: str = "", extra: str = "") -> None:
        """A final failure to what was asked; a call that had nothing else is over."""
        machine = self.asked
        if machine is None or self.dialog is None:
            return
        self.asked = None
        tag = self.dialog.local_tag
        machine.respond(status, respond(machine.request, status, reason or phrase(status), tag, extra))
        if not self.confirmed:
            self.finish()

    def reinvite(self, sdp: bytes) -> None:
        """Offer the peer another session within the call; not while another offer is on its way (14.1).

        Before there is a session there is nothing to change, and Refused would mean the call itself: nothing happens.
        """
        if self.asked or self._reinvite or self.unacknowledged:
            if self.confirmed:
                self.tell(Refused(self.handle, 491, phrase(491)))
        elif self.confirmed:
            self._reinvite = Reinvite(self, sdp)

    def hang_up(self, q850: int, text: str) -> None:
        """End a confirmed call. The called party may not say BYE before the ACK has come (section 15)."""
        self.leave()
        reason = self.stack.reason_line(q850, text)
        if self._repeat is not None:
            self._goodbye = reason
        else:
            self.bye(reason)

    # -- what the peer does -------------------------------------------------------------------------------------------

    def receive(self, request: Request) -> None:
        """A request within the dialog, in the order of CSeq (12.2.2): INVITE, BYE, INFO or NOTIFY.

        Raises PeerError 400 for a re-INVITE with an unusable Contact.
        """
        if request.method == "INVITE":
            self._asked_again(request)
        else:
            machine = self.room.transactions.serve(request)
            machine.respond(respond(request, 200, "OK", extra=f"Server: {self.stack.agent}\r\n"))
            if request.method == "BYE":
                self.tell(Ended(self.handle, "bye", cause_of(request)))
                self.finish()
            elif request.method == "INFO":
                self.tell(Informed(self.handle, request.content_type, request.body))

    def acknowledged(self, request: Request) -> bool:
        """An ACK with our tag. Returns whether it was for a 200 of ours that had none yet."""
        if self._repeat is None or request.cseq.number != self._ack_number:
            return False
        self._stop_repeating()
        if self._goodbye is not None:
            self.bye(self._goodbye)
        else:
            self.tell(Acknowledged(self.handle, request.sdp))
        return True

    def _asked_again(self, request: Request) -> None:
        self.dialog.refresh(request)
        machine = self.room.transactions.serve_invite(request)
        if self.asked is not None:
            wait = f"Retry-After: {self.stack.rng.randrange(11)}\r\n"
            machine.respond(500, respond(request, 500, "Another INVITE is still open", extra=wait))
        elif self.changing or self.unacknowledged or not self.confirmed:
            machine.respond(491, respond(request, 491, phrase(491)))
        else:
            machine.respond(100, respond(request, 100, phrase(100)))
            machine.user = self
            self.asked = machine
            self.tell(Reoffered(self.handle, request.sdp))

    def cancelled(self, request: Request) -> None:
        """CANCEL of what was asked: a re-INVITE is given up, a call that had nothing else ends (9.2)."""
        first = not self.confirmed
        if first:
            self.tell(Ended(self.handle, "cancel", cause_of(request)))
        self.refuse(487)

    # -- how it ends --------------------------------------------------------------------------------------------------

    def bye(self, reason: str) -> None:
        """Say BYE; whatever is answered, the call is over (15.1.1)."""
        self.finish()
        if self.dialog is not None:
            self._request(self.dialog.request("BYE", reason))

    def lost(self) -> None:
        """The peer does not know this call any more."""
        self.tell(Ended(self.handle, "lost"))
        self.bye(self.stack.reason_line(41, ""))

    def lost_way(self, address: Address) -> None:
        """A connection is closed."""
        if self.dialog is not None:
            self.dialog.lost(address)

    def leave(self) -> None:
        """From now on the house hears nothing of this call."""
        self.over = True
        self.room.calls.pop(self.handle, None)

    def finish(self) -> None:
        """Nothing may be left of this call in the room."""
        self.leave()
        if self.dialog is not None:
            self.room.bury(self.dialog)
        self._stop_repeating()
        if self._reinvite is not None:
            self._reinvite.stop()
            self._reinvite = None
        if self.asked is not None:
            machine, self.asked = self.asked, None
            tag = self.dialog.local_tag if self.dialog else ""
            machine.respond(487, respond(machine.request, 487, phrase(487), tag))

    @property
    def changing(self) -> bool:
        """Whether a re-INVITE of ours is on its way at this moment."""
        return self._reinvite is not None and self._reinvite.under_way

    @property
    def unacknowledged(self) -> bool:
        """Whether a 200 of ours still waits for its ACK."""
        return self._repeat is not None

    # -- help for those who begin and change calls --------------------------------------------------------------------

    def tell(self, news: Told) -> None:
        """Tell the house, unless this call is over for it."""
        if not self.over:
            self.stack.tell(news)

    def settled(self, news: Told) -> None:
        """A change that we asked for has come to its end."""
        self._reinvite = None
        self.tell(news)

    def response(self, request: Request, status: int, extra: str = "", body: bytes = b"") -> bytes:
        """A response within the dialog: with our tag, our Contact and the route that the request came by (12.1.1)."""
        route = "".join([f"Record-Route: {value}\r\n" for value in request.fields.get("record-route", ())])
        contact = self.stack.contact(request.source, request.secure)
        return respond(request, status, phrase(status), self.dialog.local_tag, f"{route}{contact}{extra}", body)

    def second_attempt(self, draft: Draft, response: Response) -> Draft | None:
        """The same request with the proof that a 401 or 407 asks for, where we have one (22.2)."""
        header = {401: "www-authenticate", 407: "proxy-authenticate"}.get(response.status)
        if header is None or self.answerer is None:
            return None
        if not self.answerer.take(response.status, response.fields.get(header, ())):
            return None
        number = draft.cseq + 1
        if self.dialog is not None:
            number = self.dialog.local_seq = self.dialog.local_seq + 1
        proof = ("Authorization:", "Proxy-Authorization:")
        kept = "".join([line for line in draft.extra.splitlines(keepends=True) if not line.startswith(proof)])
        extra = kept + self.answerer.line(draft.method, draft.uri, draft.body)
        return draft._replace(branch=self.stack.branch(), cseq=number, extra=extra)

    def _request(self, draft: Draft) -> None:
        def heard(response: Response) -> None:
            second = self.second_attempt(draft, response)
            if second is not None:
                self._request(second)

        self.room.transactions.request(draft, heard, ignored)

    def _no_ack(self) -> None:
        self._stop_repeating()
        self.tell(Ended(self.handle, "no_ack"))
        self.bye(self._goodbye or self.stack.reason_line(102, "No ACK"))

    def _stop_repeating(self) -> None:
        if self._repeat is not None:
            self._repeat.stop()
            self._repeat = None
        self.stack.cancel(self._ack_timer)


def ignored(_: object) -> None:
    """Whatever came of it, nobody minds."""
