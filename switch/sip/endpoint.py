"""The door of the SIP room: datagrams and the house's wishes in, datagrams and news out.

What comes from the wire is sorted here in the order of RFC 3261 section 8.2 (is it a message, is it a copy, is it within
a dialog, may it be asked at all), and handed to the machine that it concerns. What cannot change anything is answered
without a transaction; the answer follows from the request alone, so copies get the same bytes.
"""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from .call import Call, Room
from .dialog import Dialog
from .digest import Answerer, Challenger
from .effects import Address, Effect, Offered
from .errors import PeerError
from .headers import clean
from .incoming import IncomingCall
from .invite_server import InviteServer
from .message import Request, Response, parse, respond
from .outgoing import Invitation, OutgoingCall
from .phrases import phrase
from .registrar import Registrar
from .registration import Registration
from .stack import ALLOW, Stack
from .transactions import Transactions
from .uri import parse_uri

_ACCEPT = "Accept: application/sdp\r\n"


class Endpoint:
    """A SIP user agent, registrar and, with ``register``, a phone.

    realm: what passwords are for. passwords: user -> password; who is not in it can never register or call out.
    host, port: where peers shall write to. t1: seconds, the guess of a round trip from which all timers come.
    register_expires, register_least: seconds that a binding lasts at most and at least.
    ring_limit: seconds that any INVITE may wait for its final answer.

    Each door returns what is to be sent and told, in order; an unknown or ended call is no error, for the news that it
    has ended may be on its way to the house. ``deadline`` says when to call ``wake``.
    """

    def __init__(
        self,
        *,
        realm: str,
        passwords: Mapping[str, str],
        rng: Random,
        host: str,
        port: int,
        t1: float = 0.5,
        register_expires: int = 3600,
        register_least: int = 60,
        ring_limit: float = 120.0,
        user_agent: str = "Shoal",
    ) -> None:
        self.passwords = passwords
        self._stack = Stack(rng, host, port, t1, clean(user_agent))
        self._transactions = Transactions(self._stack)
        self._room = Room(self._stack, self._transactions, ring_limit)
        self._challenger = Challenger(realm, rng)
        self.registrar = Registrar(self._stack, register_least, register_expires)
        self._registrations: dict[tuple[str, Address], Registration] = {}
        self._methods: dict[str, Callable[[Request], None]] = {
            "INVITE": self._invited,
            "OPTIONS": self._options,
            "REGISTER": self._registered,
            "BYE": self._astray,
            "INFO": self._astray,
            "NOTIFY": self._astray,
        }

    # -- time and the wire --------------------------------------------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """When to wake this endpoint, POSIX seconds; None = never."""
        return self._stack.deadlines.next

    def wake(self, now: float) -> list[Effect]:
        """The deadline has come."""
        self._stack.now = now
        self._stack.deadlines.run(now)
        return self._stack.take()

    def receive(self, data: bytes, source: Address, now: float) -> list[Effect]:
        """One datagram, or one whole message of a stream. What is no SIP is dropped."""
        self._stack.now = now
        try:
            message = parse(data)
            if isinstance(message, Response):
                self._transactions.respond(message)
            else:
                message.arrive(source)
                self._sort(message)
        except PeerError:
            # No error is left but one of a message that cannot be answered: a response, or without a usable Via.
            pass
        return self._stack.take()

    def lost(self, address: Address, now: float) -> list[Effect]:
        """A TCP connection is closed, or none could be opened: what waits for that peer fails as if with 503."""
        self._stack.now = now
        self._transactions.lost(address)
        for call in list(self._room.dialogs.values()):
            call.lost_way(address)
        self.registrar.lost(address)
        return self._stack.take()

    def counts(self) -> dict[str, int]:
        """How much there is of everything that must come to an end."""
        return {
            "transactions": len(self._transactions),
            "dialogs": len(self._room.dialogs),
            "calls": len(self._room.calls),
            "bindings": len(self.registrar),
            "registrations": len(self._registrations),
            "timers": len(self._stack.deadlines),
        }

    # -- what the house does ------------------------------------------------------------------------------------------

    def ring(self, call: str, now: float) -> list[Effect]:
        """180 to a call that came in."""
        leg = self._leg(call, now)
        if isinstance(leg, IncomingCall):
            leg.ring()
        return self._stack.take()

    def answer(self, call: str, sdp: bytes, now: float) -> list[Effect]:
        """200 to the INVITE or to the re-INVITE that waits; or the ACK with our answer, where the 200 had the offer."""
        leg = self._leg(call, now)
        if leg is not None:
            leg.answer(sdp)
        return self._stack.take()

    def refuse(
        self, call: str, status: int, now: float, reason: str = "", retry_after: int | None = None
    ) -> list[Effect]:
        """A final failure (400-699) to the INVITE or to the re-INVITE that waits. ``retry_after``: seconds."""
        leg = self._leg(call, now)
        if leg is not None:
            leg.refuse(status, clean(reason), "" if retry_after is None else f"Retry-After: {retry_after}\r\n")
        return self._stack.take()

    def challenge(self, call: str, now: float) -> list[Effect]:
        """407: prove who you are. This call is over; the INVITE that comes back is offered anew, with its user."""
        leg = self._leg(call, now)
        if isinstance(leg, IncomingCall) and leg.asked is not None and not leg.confirmed:
            host = leg.asked.request.source.host
            leg.refuse(407, extra=self._challenger.challenges("Proxy-Authenticate", host, now))
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
    ) -> list[Effect]:
        """Call somebody under the handle ``call``. Without ``sdp`` the peer offers, and ``answer`` sends the ACK.

        headers: further ones, such as Alert-Info. credentials: user and password, for a peer that asks.
        """
        self._stack.now = now
        tag = self._stack.token()
        draft = Invitation(uri, destination, caller, caller_name, sdp or b"", headers).draft(self._stack, tag)
        answerer = Answerer(*credentials, self._stack.rng) if credentials else None
        OutgoingCall(self._room, call, draft, tag, answerer)
        return self._stack.take()

    def reinvite(self, call: str, sdp: bytes, now: float) -> list[Effect]:
        """Offer another session within a call; the result is Answered or Refused, and the call stays."""
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

    def register(
        self, user: str, password: str, registrar_address: Address, contact_expires: int, now: float
    ) -> list[Effect]:
        """Be a phone: register there, and stay registered until ``contact_expires`` is 0."""
        self._stack.now = now
        key = (user, registrar_address)
        registration = self._registrations.get(key)
        if registration is None:
            answerer = Answerer(user, password, self._stack.rng)
            gone = partial(self._registrations.pop, key, None)
            registration = Registration(self._stack, self._transactions, answerer, registrar_address, gone)
            self._registrations[key] = registration
        registration.set(contact_expires)
        return self._stack.take()

    def _leg(self, call: str, now: float) -> Call | None:
        self._stack.now = now
        return self._room.calls.get(call)

    # -- what the wire asks -------------------------------------------------------------------------------------------

    def _sort(self, request: Request) -> None:
        try:
            request.check()
            if request.method == "ACK":
                self._acknowledged(request)
            elif (machine := self._transactions.find(request.key)) is not None:
                machine.receive()
            elif request.method == "CANCEL":
                self._cancelled(request)
            else:
                self._admit(request)
        except PeerError as error:
            needed = all(request.first(name) for name in ("from", "to", "call-id", "cseq"))
            if request.method != "ACK" and needed:
                self._stack.reply(request, error.status, error.reason, error.extra)

    def _acknowledged(self, request: Request) -> None:
        leg = self._room.dialogs.get((request.call_id, request.to_tag))
        if leg is not None:
            leg.receive(request)
        machine = self._transactions.find(request.key)
        if isinstance(machine, InviteServer):
            machine.acknowledge()

    def _cancelled(self, request: Request) -> None:
        """Section 9.2: the INVITE that has the same branch; one that has its final response does not mind."""
        branch, sent_by, _ = request.key
        machine = self._transactions.find((branch, sent_by, "INVITE"))
        if not isinstance(machine, InviteServer):
            raise PeerError(481, phrase(481))
        leg = machine.user
        tag = leg.dialog.local_tag if isinstance(leg, Call) and leg.dialog else ""
        self._stack.send(request.reply_to, respond(request, 200, phrase(200), tag))
        if isinstance(leg, Call) and leg.asked is machine:
            leg.cancelled(request)

    def _admit(self, request: Request) -> None:
        method = self._methods.get(request.method)
        if method is None:
            raise PeerError(405, phrase(405), ALLOW)
        if "require" in request.fields and (options := request.listed("require")):
            raise PeerError(420, phrase(420), f"Unsupported: {', '.join(options)}\r\n")
        if request.method == "INVITE":
            _check_content(request)
        if request.to_tag:
            self._within(request)
        elif request.first("max-forwards") == "0":
            raise PeerError(483, phrase(483))
        else:
            method(request)

    def _within(self, request: Request) -> None:
        leg = self._room.dialogs.get((request.call_id, request.to_tag))
        if leg is None or leg.dialog is None or leg.dialog.remote_tag != request.from_tag:
            raise PeerError(481, phrase(481))
        if request.cseq.number < leg.dialog.remote_seq:
            raise PeerError(500, "CSeq out of order")
        leg.dialog.remote_seq = request.cseq.number
        if request.method in ("OPTIONS", "REGISTER"):
            self._methods[request.method](request)
        else:
            leg.receive(request)

    def _astray(self, request: Request) -> None:
        raise PeerError(481, phrase(481))

    def _options(self, request: Request) -> None:
        self._stack.reply(request, 200, phrase(200), f"{ALLOW}{_ACCEPT}")

    def _registered(self, request: Request) -> None:
        source, now = request.source, self._stack.now
        values = request.fields.get("authorization", ())
        verdict = self._challenger.check(values, "REGISTER", self.passwords, source.host, now)
        status, extra = 200, ""
        machine = self._transactions.serve(request)
        if verdict.user is None:
            status = 401
            extra = self._challenger.challenges("WWW-Authenticate", source.host, now, verdict.stale)
            reason = phrase(401)
        else:
            try:
                reason = phrase(200)
                if parse_uri(request.to.uri).user != verdict.user:
                    raise PeerError(403, phrase(403))
                extra = self.registrar.register(verdict.user, request)
            except PeerError as error:
                status, reason, extra = error.status, error.reason, error.extra
        extra = f"Server: {self._stack.agent}\r\n{extra}"
        machine.respond(respond(request, status, reason, self._stack.token(), extra))

    def _invited(self, request: Request) -> None:
        source, now = request.source, self._stack.now
        if self._transactions.merged(request):
            self._turn_away(request, 482, "")
            return
        values = request.fields.get("proxy-authorization", ())
        verdict = self._challenger.check(values, "INVITE", self.passwords, source.host, now)
        if verdict.came and verdict.user is None:
            challenges = self._challenger.challenges("Proxy-Authenticate", source.host, now, verdict.stale)
            self._turn_away(request, 407, challenges)
            return
        dialog = Dialog.answering(self._stack, request, self._stack.token())
        handle = self._stack.token()
        IncomingCall(self._room, handle, self._transactions.serve_invite(request), dialog)
        self._stack.tell(offered(handle, request, verdict.user))

    def _turn_away(self, request: Request, status: int, extra: str) -> None:
        """A refusal that could be another one the next moment; so copies must meet a transaction."""
        machine = self._transactions.serve_invite(request)
        machine.respond(status, respond(request, status, phrase(status), self._stack.token(), extra))


def _check_content(request: Request) -> None:
    """Whether an INVITE can be understood (8.2.3) and answered (8.1.1.8). Raises PeerError 400 or 415."""
    if request.body and request.content_type != "application/sdp":
        raise PeerError(415, phrase(415), _ACCEPT)
    if request.first("content-encoding").lower() not in ("", "identity"):
        raise PeerError(415, phrase(415), "Accept-Encoding: identity\r\n")
    if len(request.listed("contact")) != 1:
        raise PeerError(400, "Exactly one Contact needed")


def offered(call: str, request: Request, user: str | None) -> Offered:
    """The news of an INVITE outside any dialog."""
    caller = ""
    try:
        address = parse_uri(request.from_.uri)
        if not address.host.lower().endswith("anonymous.invalid") and address.user.lower() != "anonymous":
            caller = clean(address.user)
    except PeerError:
        # A caller with an address of another world, such as http:, is one without a number.
        pass
    name = clean(request.from_.display)
    called = clean(request.target.user.partition(";")[0])
    agent = clean(request.first("user-agent"))
    return Offered(call, caller, name, called, request.source, user, request.sdp, agent)
