"""What the house may ask of the SIP room, wish by wish; how each one is granted is seen to by the machines.

Each door returns what is to be sent and told, in order; an unknown or ended call is no error, for the news that it has
ended may be on its way to the house.
"""

from functools import partial

from .call import Call
from .digest import Answerer
from .documents import Content, MessageSummary
from .effects import Address, Binding, Effect
from .headers import clean, quoted
from .incoming import IncomingCall
from .invitation import Invitation
from .notifier import Notifier
from .outgoing import OutgoingCall
from .porter import Porter
from .probe import probe
from .referring import Referrals
from .registration import Registration
from .room import Room


class Wishes:
    """The doors that the house uses. ``terms``: what our INVITEs say of session timers."""

    def __init__(self, room: Room, porter: Porter, notifier: Notifier, referrals: Referrals, terms: str) -> None:
        self._room = room
        self._stack = room.stack
        self._transactions = room.transactions
        self._porter = porter
        self._notifier = notifier
        self._referrals = referrals
        self._terms = terms
        self._registrations: dict[tuple[str, Address], Registration] = {}

    # -- the house and its calls ----------------------------------------------------------------------------------------

    def ring(self, call: str, now: float, sdp: bytes = b"") -> list[Effect]:
        """180 to a call that came in; with ``sdp`` 183, and the caller hears us before the answer."""
        leg = self._leg(call, now)
        if isinstance(leg, IncomingCall):
            leg.ring(sdp)
        return self._stack.take()

    def answer(self, call: str, sdp: bytes, now: float) -> list[Effect]:
        """2xx to the INVITE, re-INVITE, UPDATE or PRACK that waits, or the ACK or PRACK with our answer, where the offer
        came in a response."""
        leg = self._leg(call, now)
        if leg is not None:
            leg.answer(sdp)
        return self._stack.take()

    def refuse(
        self, call: str, status: int, now: float, reason: str = "", retry_after: int | None = None,
        contacts: tuple[str, ...] = (), warning: tuple[int, str] | None = None,
    ) -> list[Effect]:  # fmt: skip
        """A final failure (300-699) to the INVITE, re-INVITE, UPDATE or PRACK that waits. ``retry_after``: seconds.
        ``contacts``: whom a 3xx names instead, the best first. ``warning``: what a 488 lacks, code and words (20.43)."""
        leg = self._leg(call, now)
        if leg is not None:
            extra = "" if retry_after is None else f"Retry-After: {retry_after}\r\n"
            extra += "".join([f"Contact: <{clean(contact)}>\r\n" for contact in contacts])
            if warning is not None and leg.dialog is not None:
                extra += f"Warning: {warning[0]} {self._stack.here.sent_by(leg.dialog.destination)} {quoted(warning[1])}\r\n"
            leg.refuse(status, clean(reason), extra)
        return self._stack.take()

    def challenge(self, call: str, now: float) -> list[Effect]:
        """407: prove who you are. This call is over; the INVITE that comes back is offered anew, with its user."""
        leg = self._leg(call, now)
        if isinstance(leg, IncomingCall) and leg.asked is not None and not leg.confirmed:
            leg.refuse(407, extra=self._porter.challenges(leg.asked.request, "Proxy-Authenticate"))
        return self._stack.take()

    def invite(
        self,
        call: str,
        uri: str,
        destination: Address,
        now: float,
        *,
        caller: str,
        caller_name: str = "",
        sdp: bytes | None,
        headers: tuple[tuple[str, str], ...] = (),
        credentials: tuple[str, str] | None = None,
        domain: str = "",
        answers_within: float = 0.0,
        hops: int = 70,
    ) -> list[Effect]:
        """Call somebody under the handle ``call``. Without ``sdp`` the peer offers, and ``answer`` sends the ACK.

        headers: further ones, such as Alert-Info. credentials: user and password, for a peer that asks. domain: what
        stands behind the caller in From; empty = our own address. answers_within: seconds in which the peer must say
        something, else it is given up with 408; 0 = as long as the RFC waits. hops: how often it may be passed on; for
        a call that was passed on to us one less than it had (RFC 7332).
        """
        self._stack.now = now
        tag = self._stack.token()
        invitation = Invitation(uri, destination, caller, caller_name, sdp or b"", headers, domain, hops)
        draft = invitation.draft(self._stack, tag, self._terms)
        answerer = Answerer(*credentials, self._stack.rng) if credentials else None
        OutgoingCall(self._room, call, draft, tag, answerer, answers_within)
        return self._stack.take()

    def reinvite(self, call: str, sdp: bytes, now: float) -> list[Effect]:
        """Offer another session within a call: by UPDATE before the answer, where that can be, then by re-INVITE. The
        result is Answered or Refused, and the call stays."""
        leg = self._leg(call, now)
        if leg is not None:
            leg.reinvite(sdp)
        return self._stack.take()

    def hang_up(self, call: str, now: float, *, q850: int = 16, text: str = "") -> list[Effect]:
        """End a call in whatever way its state needs. The house hears nothing more of it."""
        leg = self._leg(call, now)
        if leg is not None:
            leg.hang_up(q850, text)
        return self._stack.take()

    def notify_answer(self, call: str, now: float) -> list[Effect]:
        """Make a phone that rings pick up, where it understands ``Event: talk``."""
        leg = self._leg(call, now)
        if isinstance(leg, OutgoingCall):
            leg.notify("talk")
        return self._stack.take()

    def probe(self, name: str, uri: str, destination: Address, now: float, within: float = 0.0) -> list[Effect]:
        """Ask a peer whether it is there, by OPTIONS outside any dialog; the news is Probed with this name. ``within``:
        seconds after which it is given up; 0 = as long as the RFC waits."""
        self._stack.now = now
        probe(self._stack, self._transactions, name, uri, destination, within)
        return self._stack.take()

    def understands_talk(self, call: str) -> bool:
        """Whether the phone that rings has said that it picks up at ``notify_answer``."""
        leg = self._room.calls.get(call)
        return isinstance(leg, OutgoingCall) and leg.understands("talk")

    def refer_outcome(self, call: str, status: int, now: float) -> list[Effect]:
        """What becomes of the REFER that Referred told. The first word decides: 202 accepts it, 300 and more refuse it.
        After that: 180 when the target rings, and once 200 or why not, which its phone is told as the end."""
        self._stack.now = now
        self._referrals.outcome(call, status)
        return self._stack.take()

    # -- what the house tells watchers --------------------------------------------------------------------------------

    def publish(self, subscription: str, content: Content | None, now: float) -> list[Effect]:
        """How the watched thing is now. The first word accepts the subscription; None = pending, nothing to tell yet."""
        self._stack.now = now
        self._notifier.publish(subscription, content)
        return self._stack.take()

    def end_subscription(
        self, subscription: str, now: float, *, status: int = 403, reason: str = "noresource"
    ) -> list[Effect]:
        """Refuse what was just asked with ``status``, or end what stands with ``reason`` (RFC 6665 section 4.1.3)."""
        self._stack.now = now
        self._notifier.end(subscription, status, reason)
        return self._stack.take()

    def end_subscriptions(self, now: float) -> list[Effect]:
        """The switch stops: whoever watches shall ask again in a little while."""
        self._stack.now = now
        self._notifier.end_all("probation;retry-after=10")
        return self._stack.take()

    def notify_phone(self, binding: Binding, content: MessageSummary, now: float) -> list[Effect]:
        """Tell a phone what waits in its mailbox without its having asked."""
        self._stack.now = now
        self._notifier.tell_phone(binding, content)
        return self._stack.take()

    # -- being a phone ------------------------------------------------------------------------------------------------

    def register(
        self, user: str, password: str, registrar_address: Address, contact_expires: int, now: float, *,
        login: str = "", domain: str = "",
    ) -> list[Effect]:  # fmt: skip
        """Be a phone: register there, and stay registered until ``contact_expires`` is 0.

        login: the name that the password belongs to, where it is not ``user``. domain: see Registration.
        """
        self._stack.now = now
        key, account = (user, registrar_address), (login or user, password, domain)
        registration = self._registrations.get(key)
        if registration is not None and registration.account != account:
            registration.leave()
            registration = None
        if registration is None:
            answerer = Answerer(login or user, password, self._stack.rng)
            gone = partial(self._registrations.pop, key, None)
            registration = Registration(self._stack, self._transactions, answerer, registrar_address, gone, user, domain)
            registration.account = account
            self._registrations[key] = registration
        registration.set(contact_expires)
        return self._stack.take()

    def unregister(self, user: str, now: float) -> list[Effect]:
        """There is no such user any more: their phones are forgotten. Calls in progress go on."""
        self._stack.now = now
        self.registrar.drop(user)
        return self._stack.take()

    def call_id(self, call: str) -> str:
        """The Call-ID of a call; empty = it is over."""
        leg = self._room.calls.get(call)
        return leg.call_id if leg is not None else ""

    def _leg(self, call: str, now: float) -> Call | None:
        self._stack.now = now
        return self._room.calls.get(call)
