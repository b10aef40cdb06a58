"""The door of the SIP room: datagrams and the house's wishes in, datagrams and news out."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random

from .call import Call
from .digest import ALGORITHMS, Answerer, Challenger
from .documents import Content, MessageSummary
from .effects import PORTS, Address, Banned, Binding, Effect, Question, Records
from .errors import PeerError
from .guard import Guard, GuardRules
from .headers import clean, quoted
from .here import Here, NearAndFar
from .incoming import IncomingCall
from .message import Request, Response
from .notifier import Limits, Notifier
from .outgoing import Invitation, OutgoingCall
from .parsing import parse
from .porter import Porter
from .probe import probe
from .reception import Reception
from .referring import Referrals
from .registrar import Registrar
from .registration import Registration
from .room import Room
from .session_timer import asking
from .stack import Stack
from .transactions import Transactions
from .uri import canonical_ip

EVERYBODY = ("0.0.0.0/0", "::/0")
_KEEP_ALIVE = 32
"""Bytes: what is no SIP and not longer than this keeps a way through a NAT open, and is no offence."""
_LONGEST_CALL = 4 * 3600.0
"""Seconds for which the far end of a call is heard after its address was banned."""

_MOST_ALIASES = 4096


class Endpoint:
    """A SIP user agent, registrar and, with ``register``, a phone.

    realm: what passwords are for. passwords: user -> password; who is not in it can never register or call out.
    host, port, tls_port: where peers shall write to; two hosts for peers of both IP families, 0 = no TLS.
    near, is_near: the hosts that those are told whose own host this is true of (behind a NAT); None = all are told alike.
    t1: seconds, the guess of a round trip from which all timers come.
    register_expires, register_least: seconds that a binding lasts at most and at least.
    ring_limit: seconds that any INVITE may wait for its final answer. session_expires, min_se: seconds that a session
    lasts without a refresh (RFC 4028; 0 = we do not ask for that), and that a peer may ask for at least.
    subscriptions: how long they last, and how many one user and one host may have.

    Each door returns what is to be sent and told, in order; an unknown or ended call is no error, for the news that it
    has ended may be on its way to the house. ``deadline`` says when to call ``wake``.
    """

    def __init__(
        self,
        *,
        realm: str,
        passwords: Mapping[str, str],
        rng: Random,
        host: str | Sequence[str],
        near: Sequence[str] = (),
        is_near: Callable[[str], bool] | None = None,
        port: int,
        tls_port: int = 5061,
        t1: float = 0.5,
        register_expires: int = 3600,
        register_least: int = 60,
        ring_limit: float = 120.0,
        subscriptions: Limits = Limits(),
        session_expires: int = 1800,
        min_se: int = 90,
        digest: tuple[str, ...] = ALGORITHMS,
        qop: tuple[str, ...] = ("auth",),
        guard: Guard | None = None,
        user_agent: str = "Shoal",
    ) -> None:
        hosts = [host] if isinstance(host, str) else host
        here = NearAndFar(hosts, near, is_near, port, tls_port) if is_near else Here(hosts, port, tls_port)
        self._stack = Stack(rng, here, t1, clean(user_agent))
        self._transactions = Transactions(self._stack)
        self._room = Room(self._stack, self._transactions, ring_limit, session_expires, min_se)
        self._terms = asking(session_expires, min_se) if session_expires else ""
        self.guard = guard or Guard(GuardRules(allow=EVERYBODY))
        self._porter = Porter(self._room, Challenger(realm, rng, algorithms=digest, qop=qop), passwords, self.guard)
        self.registrar = Registrar(self._stack, register_least, register_expires, self.guard.rules.bindings_per_user)
        self._notifier = Notifier(self._stack, self._transactions, subscriptions)
        self._referrals = Referrals(self._room, self._notifier)
        self._reception = Reception(self._room, self.registrar, self._notifier, self._referrals, self._porter)
        self._proved: dict[Address, tuple[str, ...]] = {}
        self._registrations: dict[tuple[str, Address], Registration] = {}

    # -- time and the wire --------------------------------------------------------------------------------------------

    @property
    def passwords(self) -> Mapping[str, str]:
        """User -> password; may be exchanged while calls are up."""
        return self._porter.passwords

    @passwords.setter
    def passwords(self, passwords: Mapping[str, str]) -> None:
        self._porter.passwords = passwords

    @property
    def public(self) -> Callable[[str], bool]:
        """Which numbers anybody may call; at first all."""
        return self._porter.public

    @public.setter
    def public(self, public: Callable[[str], bool]) -> None:
        self._porter.public = public

    def familiar(self, source: Address) -> bool:
        """Whether somebody at this address has proved who they are: a request from there may come from a phone."""
        return self._porter.familiar(source)

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
        """One datagram, or one whole message of a stream. What is no SIP is dropped, and whoever is not heard."""
        self._stack.now = now
        if not self.guard.hears(source, now):
            return []
        try:
            message = parse(data)
            if isinstance(message, Response):
                self._transactions.respond(message)
            else:
                message.arrive(source)
                if source.transport != "udp" and ";alias" in message.via.params:
                    self._reuse(message, source)
                self._reception.receive(message)
        except PeerError:
            # No error is left but one of a message that cannot be answered: a response, or without a usable Via.
            if len(data) > _KEEP_ALIVE:
                self.guard.misdeed(source, "garbage", now)
        if self.guard.news:
            self._tell_bans()
        return self._stack.take()

    def _reuse(self, request: Request, source: Address) -> None:
        """Requests to the place that the Via names shall go over this connection (RFC 5923 section 8): a stranger must
        not draw them to itself, so over TLS the peer must have proved to be that place, and over TCP must stand there."""
        via, names = request.via, self._proved.get(source, ())
        if source.transport == "tls":
            allowed = via.host.lower() in names or canonical_ip(via.host) in names
        else:
            allowed = canonical_ip(via.host) == source.host
        place = Address(source.transport, source.host, via.port or PORTS[source.transport])
        if allowed and place != source and len(self._stack.aliases) < _MOST_ALIASES:
            self._stack.aliases[place] = source

    def proved(self, address: Address, names: tuple[str, ...]) -> None:
        """The peer of this TLS connection has proved these names (lower case) by a certificate that we believe."""
        self._proved[address] = names

    def names(self, address: Address) -> tuple[str, ...]:
        """What a peer has proved to be called; empty = it has proved nothing."""
        return self._proved.get(address, ())

    def lift(self, source: str, by: str, now: float) -> tuple[bool, list[Effect]]:
        """End the ban of an address by hand; whether there was one."""
        self._stack.now = now
        done = self.guard.lift(source, by)
        self._tell_bans()
        return done, self._stack.take()

    def _tell_bans(self) -> None:
        """Tell who is not heard any more, or is again; those with whom we have a call are heard to its end."""
        news, self.guard.news = self.guard.news, []
        for told in news:
            self._stack.tell(told)
            if type(told) is Banned:
                for call in self._room.dialogs.values():
                    if call.dialog is not None and call.dialog.destination.host == told.source:
                        self.guard.prove(call.dialog.destination, self._stack.now + _LONGEST_CALL)
                self._stack.deadlines.set(told.until, partial(self._served, told.source))

    def _served(self, source: str) -> None:
        self.guard.served(source, self._stack.now)
        self._tell_bans()

    def resolved(self, question: Question, records: Records, now: float) -> list[Effect]:
        """What the DNS says to Resolve."""
        self._stack.now = now
        self._stack.locator.answer(question, records)
        return self._stack.take()

    def lost(self, address: Address, now: float) -> list[Effect]:
        """A connection is closed, or none could be opened: what waits for that peer fails as if with 503."""
        self._stack.now = now
        self._proved.pop(address, None)
        if self._stack.aliases:
            self._stack.aliases = {place: way for place, way in self._stack.aliases.items() if way != address}
        self._transactions.lost(address)
        for call in list(self._room.dialogs.values()):
            call.lost_way(address)
        self._notifier.lost(address)
        self.registrar.lost(address)
        return self._stack.take()

    def counts(self) -> dict[str, int]:
        """How much there is of everything that must come to an end."""
        return {
            "transactions": len(self._transactions),
            "questions": len(self._stack.locator),
            "dialogs": len(self._room.dialogs),
            "calls": len(self._room.calls),
            "bindings": len(self.registrar),
            "registrations": len(self._registrations),
            "subscriptions": len(self._notifier),
            "referrals": len(self._referrals),
            "timers": len(self._stack.deadlines),
        }

    # -- what the house does ------------------------------------------------------------------------------------------

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

    def _leg(self, call: str, now: float) -> Call | None:
        self._stack.now = now
        return self._room.calls.get(call)
