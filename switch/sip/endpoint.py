"""The door of the SIP room: datagrams and the house's wishes (:mod:`wishes`) in, datagrams and news out."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from .digest import ALGORITHMS, Challenger
from .effects import PORTS, WEB, Address, Banned, Effect, Question, Records
from .errors import PeerError
from .guard import Guard, GuardRules
from .headers import clean
from .here import Here, NearAndFar
from .message import Request, Response
from .notifier import Limits, Notifier
from .parsing import parse
from .passes import Pass
from .porter import Door, Porter
from .reception import Reception
from .referring import Referrals
from .registrar import Registrar
from .room import Room
from .session_timer import asking
from .stack import Stack
from .transactions import Transactions
from .uri import canonical_ip
from .wishes import Wishes

EVERYBODY = ("0.0.0.0/0", "::/0")
_KEEP_ALIVE = 32
"""Bytes: what is no SIP and not longer than this keeps a way through a NAT open, and is no offence."""
_LONGEST_CALL = 4 * 3600.0
"""Seconds for which the far end of a call is heard after its address was banned."""

_MOST_ALIASES = 4096


class Endpoint(Wishes):
    """A SIP user agent, registrar and, with ``register``, a phone.

    realm: what passwords are for. passwords: user -> password; who is not in it can never register or call out.
    host, port, tls_port: where peers shall write to; two hosts for peers of both IP families, 0 = no TLS.
    web_port: that of websockets; 0 = the same as ``port``.
    near, is_near: the hosts that those are told whose own host this is true of (behind a NAT); None = all are told alike.
    t1: seconds, the guess of a round trip from which all timers come.
    register_expires, register_least: seconds that a binding lasts at most and at least.
    ring_limit: seconds that any INVITE may wait for its final answer. session_expires, min_se: seconds that a session
    lasts without a refresh (RFC 4028; 0 = we do not ask for that), and that a peer may ask for at least.
    subscriptions: how long they last, and how many one user and one host may have.

    ``deadline`` says when to call ``wake``.
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
        web_port: int = 0,
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
        ports = (port, tls_port, web_port)
        here = NearAndFar(hosts, near, is_near, *ports) if is_near else Here(hosts, *ports)
        stack = Stack(rng, here, t1, clean(user_agent))
        transactions = Transactions(stack)
        room = Room(stack, transactions, ring_limit, session_expires, min_se)
        self.guard = guard or Guard(GuardRules(allow=EVERYBODY))
        porter = Porter(room, Challenger(realm, rng, algorithms=digest, qop=qop), passwords, self.guard)
        self.registrar = Registrar(stack, register_least, register_expires, self.guard.rules.bindings_per_user)
        self.registrar.moved = self._lost
        notifier = Notifier(stack, transactions, subscriptions)
        referrals = Referrals(room, notifier)
        super().__init__(room, porter, notifier, referrals, asking(session_expires, min_se) if session_expires else "")
        self._reception = Reception(room, self.registrar, notifier, referrals, porter)
        self._proved: dict[Address, tuple[str, ...]] = {}

    # -- time and the wire --------------------------------------------------------------------------------------------

    @property
    def passwords(self) -> Mapping[str, str]:
        """User -> password; may be exchanged while calls are up."""
        return self._porter.passwords

    @passwords.setter
    def passwords(self, passwords: Mapping[str, str]) -> None:
        self._porter.passwords = passwords

    def let_in(self, user: str, until: float, now: float) -> Pass:
        """A pass for a program of this user's, good until that moment."""
        return self._porter.passes.issue(user, until, now)

    def turn_out(self, user: str) -> None:
        """The passes of this user are good no more."""
        self._porter.passes.drop(user)

    @property
    def public(self) -> Callable[[str], bool]:
        """Which numbers anybody may call; at first all."""
        return self._porter.public

    @public.setter
    def public(self, public: Callable[[str], bool]) -> None:
        self._porter.public = public

    def shut(self, door: Door | None) -> None:
        """From now on this is asked of each INVITE that would begin a call; None = all come in."""
        self._porter.shut(door)

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
                if source.transport in ("tcp", "tls") and ";alias" in message.via.params:
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

    def ban(self, source: str, value: Mapping[str, Any]) -> None:
        """Take up a ban from before a stop, as ``guard.plain`` gave it."""
        self.guard.restore(source, value)
        self._stack.deadlines.set(value["until"], partial(self._served, source))

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
        self._lost(address)
        self.registrar.lost(address)
        return self._stack.take()

    def _lost(self, address: Address) -> None:
        self._proved.pop(address, None)
        if self._stack.aliases:
            self._stack.aliases = {place: way for place, way in self._stack.aliases.items() if way != address}
        if address.transport in WEB:  # the house hears of it before the answer to anything that was under way is missed
            for call in list(self._room.dialogs.values()):
                call.strand(address)
        self._transactions.lost(address)
        for call in list(self._room.dialogs.values()):
            call.lost_way(address)
        self._notifier.lost(address)

    def counts(self) -> dict[str, int]:
        """How much there is of everything that must come to an end."""
        return {
            "transactions": len(self._transactions),
            "questions": len(self._stack.locator),
            "dialogs": len(self._room.dialogs),
            "calls": len(self._room.calls),
            "bindings": len(self.registrar),
            "passes": len(self._porter.passes),
            "registrations": len(self._registrations),
            "subscriptions": len(self._notifier),
            "referrals": len(self._referrals),
            "timers": len(self._stack.deadlines),
        }
