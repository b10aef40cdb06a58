"""A call that goes out: from INVITE to its final response (RFC 3261 sections 13.2 and 9.1).

    calling --1xx--> ringing --2xx--> confirmed (ACK at once; where our INVITE had no offer, with the house's answer)
       any --3xx..6xx, timer B, transport--> over
       hung up while calling: CANCEL waits for the first 1xx, since a server may not know the INVITE before (9.1)
       hung up, and a 2xx crosses the CANCEL: ACK, then BYE

A proxy may fork, and two phones may answer: the first 2xx is the call, every other one gets ACK and BYE. Until then each
of them that rings has an early dialog of its own (:mod:`early`).
"""


from . import redirects
from .call import Call, Question
from .dialog import Dialog
from .digest import Answerer
from .early import Earlies
from .effects import Address, Answered, Progressed, Refused, Reoffered
from .failover import retry_after
from .headers import clean
from .message import Response
from .phrases import phrase
from .retrying import second_attempt
from .room import Room
from .stack import SDP
from .timers import Timer, ignored
from .writing import Draft


class OutgoingCall(Call):
    """We are the caller."""

    __slots__ = ("_acks", "_earlies", "_hung_up", "_machine", "_patience", "_silence", "_tag")

    made_call_id = True

    def __init__(
        self, room: Room, handle: str, draft: Draft, tag: str, answerer: Answerer | None, answers_within: float = 0.0
    ) -> None:
        super().__init__(room, handle)
        self.answerer = answerer
        self._tag = tag
        self._hung_up: str | None = None
        self._patience: Timer | None = None
        self._silence: Timer | None = self.stack.after(answers_within, self._too_long) if answers_within else None
        self._acks: dict[str, Draft] = {}
        self._send(draft)

    def _send(self, draft: Draft) -> None:
        self._machine = self.room.transactions.invite(draft, self._heard, self._failed)
        self._earlies = Earlies(self.stack, self._machine, self._tag)

    @property
    def _draft(self) -> Draft:
        """The INVITE, as it was sent last."""
        return self._machine.draft

    @property
    def call_id(self) -> str:
        """See Call."""
        return self._draft.call_id

    def answer(self, sdp: bytes) -> None:
        """The answer to an offer that came in the 200 goes into the ACK; otherwise see Call."""
        if self.question is None and self.dialog is not None and not self._acks:
            self.dialog.stand, self.dialog.described = "agreed", sdp
            self._acknowledge(self.dialog, sdp)
        else:
            super().answer(sdp)

    def hang_up(self, q850: int, text: str) -> None:
        """End it, whatever it is: by CANCEL before the answer, afterwards by BYE."""
        if self.confirmed:
            if not self._acks:
                self._acknowledge(self.dialog, b"")
            super().hang_up(q850, text)
        else:
            self.leave()
            self._give_up(self.stack.reason_line(q850, text))

    def notify(self, event: str) -> None:
        """Ask the phone to do something about this call, such as ``talk`` = pick up (in-dialog NOTIFY)."""
        dialog = self.dialog or self.early
        if dialog is not None:
            contact = self.stack.contact(dialog.destination, dialog.secure)
            self.request(dialog, "NOTIFY", f"Event: {event}\r\nSubscription-State: active\r\n{contact}")

    def rings_as(self, call_id: str, local_tag: str, remote_tag: str) -> bool:
        """Whether this is the call, not yet answered, that somebody names by its early dialog."""
        named = (call_id, local_tag) == (self._draft.call_id, self._tag)
        return named and not self.confirmed and self._earlies.knows(remote_tag)

    def understands(self, event: str) -> bool:
        """Whether the phone that rings says that it obeys NOTIFYs of this kind."""
        return self._earlies.understand(event)

    def finish(self) -> None:
        """See Call."""
        self.stack.cancel(self._patience)
        self.stack.cancel(self._silence)
        self.room.dialogs.pop((self._draft.call_id, self._tag), None)
        super().finish()

    @property
    def early(self) -> Dialog | None:
        """See Call."""
        early = self._earlies.last()
        return None if early is None else early.dialog

    def dialog_with(self, tag: str) -> Dialog | None:
        """See Call. Phones that did not win are not spoken to any more, except for their ACK and BYE."""
        if self.dialog is not None:
            return super().dialog_with(tag)
        early = self._earlies.get(tag)
        return None if early is None else early.dialog

    def lost_way(self, address: Address) -> None:
        """See Call."""
        super().lost_way(address)
        self._earlies.lost(lambda dialog: dialog.lost(address))

    # -- what comes back ----------------------------------------------------------------------------------------------

    def _heard(self, response: Response) -> None:
        self.stack.cancel(self._silence)
        if response.status < 200:
            self._progressed(response)
        elif response.status < 300:
            self._accepted(response)
        elif self._hung_up is None and (second := second_attempt(self, self._draft, response)) is not None:
            self._send(second)
        else:
            contacts = redirects.contacts(response) if response.status < 400 else ()
            reason = clean(response.reason) or phrase(response.status)
            aside = retry_after(response) if response.status == 503 else 0
            self.tell(Refused(self.handle, response.status, reason, contacts, aside))
            self.finish()

    def _progressed(self, response: Response) -> None:
        if self._hung_up is not None:
            self._give_up(self._hung_up)
            return
        if self._patience is None:
            self._patience = self.stack.after(self.room.ring_limit, self._too_long)
        if response.status == 100:
            return
        if response.to_tag:
            self.room.dialogs[self._draft.call_id, self._tag] = self
            self._earlies.hear(response)
            if "rseq" in response.fields and "100rel" in response.listed("require"):
                self._progressed_reliably(response)
                return
        self.tell(Progressed(self.handle, response.status, response.sdp))

    def _progressed_reliably(self, response: Response) -> None:
        """RFC 3262 section 4: acknowledge it, with the house's answer where it brings the offer."""
        number, early = response.first("rseq"), self._earlies.get(response.to_tag)
        if not (number.isdecimal() and len(number) < 11 and early.takes(int(number))):
            return
        dialog, sdp = early.dialog, response.sdp
        rack = f"RAck: {int(number)} {self._draft.cseq} INVITE\r\n"
        offered = sdp is not None and dialog.stand == "none"
        if sdp is not None and dialog.stand == "ours":
            dialog.stand, dialog.heard = "agreed", sdp
        if offered:
            self._ask_for_answer(dialog, rack)
        else:
            self.request(dialog, "PRACK", rack)
        self.tell(Progressed(self.handle, response.status, None if offered else sdp))
        if offered:
            self.tell(Reoffered(self.handle, sdp))

    def _ask_for_answer(self, dialog: Dialog, rack: str) -> None:
        def answer(sdp: bytes) -> None:
            dialog.stand, dialog.described = "agreed", sdp
            self.request(dialog, "PRACK", rack + SDP, sdp)

        def refuse(status: int, reason: str, extra: str) -> None:
            """There is no answer that says no (RFC 6337 section 3.1): the call is given up."""
            if not self.over:
                self.tell(Refused(self.handle, status, reason))
                self.hang_up(88, "")

        dialog.stand = "theirs"
        self.question = Question(answer, refuse)

    def _accepted(self, response: Response) -> None:
        known = self._acks.get(response.to_tag)
        if known is not None:
            self.stack.dispatch(known)
        elif self.dialog is None:
            self._confirm(response)
        elif response.to_tag != self.dialog.remote_tag:
            fork = self._earlies.settle(response).dialog
            self._acknowledge(fork, b"")
            self.room.part(fork)
            self.request(fork, "BYE", self.stack.reason_line(26, ""))

    def _confirm(self, response: Response) -> None:
        self.stack.cancel(self._patience)
        early = self._earlies.settle(response)
        dialog = self.dialog = early.dialog
        self.confirmed = True
        if self._hung_up is not None:
            self._acknowledge(dialog, b"")
            self.bye(self._hung_up)
            return
        self.room.dialogs[dialog.call_id, self._tag] = self
        if self.answerer is not None:
            self.answerer.trust()
        sdp = dialog.heard
        if dialog.stand != "agreed":
            sdp = response.sdp or self._earlies.preview(response.to_tag)
        if dialog.stand == "none" and sdp is not None:
            dialog.stand = "theirs"
        else:
            dialog.stand = "agreed"
            self._acknowledge(dialog, b"")
        self.agreed(response)
        self.tell(Answered(self.handle, sdp))

    def _acknowledge(self, dialog: Dialog, sdp: bytes) -> None:
        ack = dialog.ack(self._draft.cseq, sdp)
        self._acks[dialog.remote_tag] = ack
        self.stack.dispatch(ack)

    def _failed(self, status: int) -> None:
        self.tell(Refused(self.handle, status, phrase(status)))
        self.finish()

    # -- giving up ----------------------------------------------------------------------------------------------------

    def _too_long(self) -> None:
        self.tell(Refused(self.handle, 408, phrase(408)))
        self.hang_up(19, "No answer")

    def _give_up(self, reason: str) -> None:
        self._hung_up = reason
        self.question = None
        self.stack.cancel(self._patience)
        if self._machine.state == "proceeding" and not self._machine.cancelled:
            self._machine.cancelling()
            cancel = self._draft._replace(method="CANCEL", extra=reason, body=b"")
            self.room.transactions.request(cancel, ignored, ignored)
