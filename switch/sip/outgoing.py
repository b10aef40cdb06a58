"""A call that goes out: from INVITE to its final response (RFC 3261 sections 13.2 and 9.1).

    calling --1xx--> ringing --2xx--> confirmed (ACK at once; where our INVITE had no offer, with the house's answer)
       any --3xx..6xx, timer B, transport--> over
       hung up while calling: CANCEL waits for the first 1xx, since a server may not know the INVITE before (9.1)
       hung up, and a 2xx crosses the CANCEL: ACK, then BYE

A proxy may fork, and two phones may answer: the first 2xx is the call, every other one gets ACK and BYE.
"""

from typing import NamedTuple

from .call import Call, ignored
from .dialog import Dialog
from .digest import Answerer
from .effects import Address, Answered, Progressed, Refused
from .headers import clean, quoted
from .message import Response
from .phrases import phrase
from .room import Room
from .stack import ALLOW, SDP, Stack
from .timers import Timer
from .uri import Uri
from .writing import Draft


class OutgoingCall(Call):
    """We are the caller."""

    __slots__ = ("_acks", "_draft", "_early", "_hung_up", "_machine", "_offered", "_patience", "_ringing", "_tag")

    made_call_id = True

    def __init__(self, room: Room, handle: str, draft: Draft, tag: str, answerer: Answerer | None) -> None:
        super().__init__(room, handle)
        self.answerer = answerer
        self._tag = tag
        self._offered = bool(draft.body)
        self._hung_up: str | None = None
        self._early: Dialog | None = None
        self._ringing: Response | None = None
        self._patience: Timer | None = None
        self._acks: dict[str, tuple[Address, bytes]] = {}
        self._send(draft)

    def _send(self, draft: Draft) -> None:
        self._draft = draft
        self._machine = self.room.transactions.invite(draft, self._heard, self._failed)

    def answer(self, sdp: bytes) -> None:
        """The answer to an offer that came in the 200 goes into the ACK; otherwise see Call."""
        if self.dialog is not None and not self._acks:
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

    def rings_as(self, call_id: str, local_tag: str, remote_tag: str) -> bool:
        """Whether this is the call, not yet answered, that somebody names by its early dialog."""
        ringing = self._ringing
        named = (call_id, local_tag) == (self._draft.call_id, self._tag)
        return named and not self.confirmed and ringing is not None and ringing.to_tag == remote_tag

    def understands(self, event: str) -> bool:
        """Whether the phone that rings says that it obeys NOTIFYs of this kind."""
        events = self._ringing.listed("allow-events") if self._ringing is not None else ()
        return event in [word.lower() for word in events]

    def notify(self, event: str) -> None:
        """Ask the phone to do something about this call, such as ``talk`` = pick up (in-dialog NOTIFY)."""
        if self._early is None and self._ringing is not None:
            self._early = Dialog.asking(self.stack, self._draft, self._tag, self._ringing)
        dialog = self.dialog or self._early
        if dialog is not None:
            contact = self.stack.contact(dialog.destination, dialog.secure)
            lines = f"Event: {event}\r\nSubscription-State: active\r\n{contact}"
            self._request(dialog.request("NOTIFY", lines))

    def finish(self) -> None:
        """See Call."""
        self.stack.cancel(self._patience)
        super().finish()

    # -- what comes back ----------------------------------------------------------------------------------------------

    def _heard(self, response: Response) -> None:
        if response.status < 200:
            self._progressed(response)
        elif response.status < 300:
            self._accepted(response)
        elif self._hung_up is None and (second := self.second_attempt(self._draft, response)) is not None:
            self._send(second)
        else:
            self.tell(Refused(self.handle, response.status, clean(response.reason) or phrase(response.status)))
            self.finish()

    def _progressed(self, response: Response) -> None:
        if self._hung_up is not None:
            self._give_up(self._hung_up)
            return
        if self._patience is None:
            self._patience = self.stack.after(self.room.ring_limit, self._too_long)
        if response.status > 100:
            if response.to_tag:
                self._ringing = response
            self.tell(Progressed(self.handle, response.status, response.sdp))

    def _accepted(self, response: Response) -> None:
        known = self._acks.get(response.to_tag)
        if known is not None:
            self.stack.send(*known)
        elif self.dialog is None:
            self._confirm(response)
        elif response.to_tag != self.dialog.remote_tag:
            fork = Dialog.asking(self.stack, self._draft, self._tag, response)
            self._acknowledge(fork, b"")
            self._request(fork.request("BYE", self.stack.reason_line(26, "")))

    def _confirm(self, response: Response) -> None:
        self.stack.cancel(self._patience)
        self.dialog = Dialog.asking(self.stack, self._draft, self._tag, response)
        if self._early is not None:
            self.dialog.local_seq = max(self.dialog.local_seq, self._early.local_seq)
        self.confirmed = True
        if self._hung_up is not None:
            self._acknowledge(self.dialog, b"")
            self.bye(self._hung_up)
            return
        self.room.dialogs[self.dialog.call_id, self._tag] = self
        if self.answerer is not None:
            self.answerer.trust()
        if self._offered:
            self._acknowledge(self.dialog, b"")
        self.tell(Answered(self.handle, response.sdp))

    def _acknowledge(self, dialog: Dialog, sdp: bytes) -> None:
        ack = dialog.ack(self._draft.cseq, sdp)
        self._acks[dialog.remote_tag] = (ack.destination, self.stack.encode(ack))
        self.stack.send(*self._acks[dialog.remote_tag])

    def _failed(self, status: int) -> None:
        self.tell(Refused(self.handle, status, phrase(status)))
        self.finish()

    # -- giving up ----------------------------------------------------------------------------------------------------

    def _too_long(self) -> None:
        self.tell(Refused(self.handle, 408, phrase(408)))
        self.hang_up(19, "No answer")

    def _give_up(self, reason: str) -> None:
        self._hung_up = reason
        self.stack.cancel(self._patience)
        if self._machine.state == "proceeding" and not self._machine.cancelled:
            self._machine.cancelling()
            cancel = self._draft._replace(method="CANCEL", extra=reason, body=b"")
            self.room.transactions.request(cancel, ignored, ignored)


class Invitation(NamedTuple):
    """Whom a new call is for and from whom it comes."""

    uri: str
    destination: Address
    caller: str
    """User part; empty = anonymous (RFC 3323)."""
    caller_name: str
    sdp: bytes
    """Empty: the peer shall offer."""
    headers: tuple[tuple[str, str], ...]
    domain: str
    """What stands behind the caller in From; empty = our own address."""

    def draft(self, stack: Stack, tag: str) -> Draft:
        """The INVITE. Text from the house cannot break out of its line.

        Headers that a Contact carries are not sent along (RFC 3261 section 19.1.5): a Route among them would make us
        write to whomever a phone names.
        """
        uri = clean(self.uri).partition("?")[0]
        domain = self.domain or stack.here.host(self.destination)
        address = Uri("sip", self.caller, domain) if self.caller else _ANONYMOUS
        name = self.caller_name if self.caller else "Anonymous"
        extra = "".join([f"{clean(name)}: {clean(value)}\r\n" for name, value in self.headers])
        contact = stack.contact(self.destination, self.uri[:5].lower() == "sips:")
        lines = f"{contact}{ALLOW}User-Agent: {stack.agent}\r\n{extra}"
        return Draft(
            "INVITE", uri, self.destination, stack.branch(), "",
            f"{quoted(name) + ' ' if name else ''}<{address}>;tag={tag}", f"<{uri}>", stack.token(), 1,
            lines + (SDP if self.sdp else ""), self.sdp,
        )  # fmt: skip


_ANONYMOUS = Uri("sip", "anonymous", "anonymous.invalid")
