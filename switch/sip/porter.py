"""The porter: asks the guard and the challenger on behalf of the reception.

Whoever has not proved who they are is a stranger. A stranger may call the numbers that are for everybody and may register
with a password; all else gets one answer that is the same whether there is such a user or not, without a transaction, so
that a flood leaves nothing behind (RFC 3261 section 8.2.7).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress

from .digest import Challenger, Verdict, digest_params
from .effects import WEB, Address
from .errors import PeerError
from .guard import Guard
from .headers import clean
from .message import Request
from .passes import Passes
from .phrases import phrase
from .refusals import Refusals
from .room import Room
from .uri import parse_uri

RETRY = "Retry-After: 5\r\n"
_PROOF = {"REGISTER": "authorization", "SUBSCRIBE": "authorization", "INVITE": "proxy-authorization"}
Door = Callable[[str, set[str]], int]
"""What is asked of an INVITE that would begin a call while there is too much to do: the number that it calls, and whom it
says that it is from. The answer: after how many seconds they may try again; 0 = it comes in all the same."""
_CALL_PROVES = 300.0
"""Seconds for which a password that was shown with a call is remembered of that port."""


class Porter:
    """``passwords``: user -> password; ``public``: whether anybody may call this number. Both may be
    exchanged."""

    __slots__ = (
        "_door", "_refusals", "_room", "_stack", "challenger", "guard", "minds", "passes", "passwords", "public",
    )  # fmt: skip

    def __init__(self, room: Room, challenger: Challenger, passwords: Mapping[str, str], guard: Guard) -> None:
        self._room = room
        self._stack = room.stack
        self.challenger = challenger
        self.passwords = passwords
        self.passes = Passes(room.stack.rng)
        self.guard = guard
        self.public: Callable[[str], bool] = lambda _: True
        self.minds = False
        """Whether ``keeps_out`` is to be asked."""
        self._door: Door | None = None
        self._refusals = Refusals(64 * room.stack.t1)

    def admits(self, request: Request) -> bool:
        """Whether a new request may begin something; if not, there is no answer. Raises PeerError 503."""
        guard, now = self.guard, self._stack.now
        if not guard.admits(request.source, request.first("user-agent"), now):
            return False
        if not guard.has_room(request.source, len(self._room.transactions), now):
            self._full()
        return True

    def shut(self, door: Door | None) -> None:
        """There is too much to do; None = no more."""
        self._door = door
        self.minds = self.minds or door is not None

    def keeps_out(self, request: Request) -> bool:
        """Whether an INVITE that is outside of any dialog is refused because there is too much to do. It has its answer
        then, and there is no transaction: the ACK finds none, and a copy gets the same answer again."""
        after = self._refusals.find(request.key, self._stack.now)
        if not after:
            self.minds = self._door is not None or len(self._refusals) > 0
            if self._door is None or "replaces" in request.fields:
                return False
            after = self._door(clean(request.target.user.partition(";")[0]), self._claimed(request))
            if not after:
                return False
            self._refusals.note(request.key, after, self._stack.now)
        self._stack.reply(request, 503, phrase(503), f"Retry-After: {after}\r\n")
        return True

    def _claimed(self, request: Request) -> set[str]:
        """Who this may be from: nothing of it is proved yet."""
        claimed = set()
        with suppress(PeerError):
            claimed.add(clean(parse_uri(request.from_.uri).user))
        for value in request.fields.get("proxy-authorization", ()):
            name = (digest_params(value) or {}).get("username", "")
            shown = self.passes.find(name, self._stack.now)
            claimed.add(name if shown is None else shown.user)
        return claimed

    def answers_malformed(self, request: Request) -> bool:
        """Note a request with a mistake; whether it may have its answer."""
        self.guard.misdeed(request.source, "garbage", self._stack.now)
        return self.guard.admits(request.source, request.first("user-agent"), self._stack.now)

    def judge(self, request: Request) -> Verdict:
        """Look at the credentials of a request, and remember what they were worth. Raises PeerError 503."""
        source, now, guard = request.source, self._stack.now, self.guard
        values = request.fields.get(_PROOF[request.method])
        if not values:
            return Verdict(None, came=False)
        verdict = self.challenger.check(values, request.method, self.passwords, source.host, now, request.body, self.passes)
        if verdict.came and not guard.may_try(source, verdict.claimed, now):
            self._full()
        if verdict.user is not None:
            guard.prove(source, now + _CALL_PROVES)
        elif verdict.came and not verdict.stale:
            guard.wrong_password(source, verdict.claimed, verdict.proven, now)
        return verdict

    def check_number(self, request: Request) -> None:
        """Whether whoever asks without a password may reach this number. Raises PeerError 404.

        Those at an address where somebody is registered go on, to be asked for theirs."""
        source, now = request.source, self._stack.now
        called = clean(request.target.user.partition(";")[0])
        if not self.public(called) and not self.guard.knows(source, now) and not self.familiar(source):
            self.guard.misdeed(source, "nowhere", now)
            raise PeerError(404, phrase(404))

    def may_know_of_us(self, request: Request) -> bool:
        """Whether this OPTIONS may have its answer: of a trunk, of an address with phones, or for a number of everybody."""
        source, now, user = request.source, self._stack.now, request.target.user
        if self.guard.knows(source, now) or self.familiar(source):
            return True
        if user and self.public(clean(user.partition(";")[0])):
            return True
        if user:
            self.guard.misdeed(source, "nowhere", now)
        return False

    def check_room(self, request: Request) -> None:
        """Whether another call may begin. Raises PeerError 503."""
        calls = self._room.dialogs.hosts.get(request.source.host, 0)
        if not self.guard.may_call(request.source, calls, self._stack.now):
            self._full()

    def opened(self, dialog: tuple[str, str], source: Address) -> None:
        """A call has begun."""
        self.guard.opened(dialog, source, self._stack.now + 64 * self._stack.t1, self._stack.now)

    def familiar(self, source: Address) -> bool:
        """Whether somebody at this address has proved who they are."""
        return self.guard.familiar(source.host, self._stack.now)

    def challenges(self, request: Request, header: str, stale: bool = False, stateless: bool = False) -> str:
        """The lines that ask whoever sent this for proof. ``stateless``: the same for every copy of the request."""
        name = f"{request.call_id} {request.first('cseq')} {request.first('via')}" if stateless else ""
        return self.challenger.challenges(
            header, request.source.host, self._stack.now, stale, request.first("user-agent"), name,
            web=request.source.transport in WEB)

    def _full(self) -> None:
        self.guard.refused += 1
        raise PeerError(503, phrase(503), RETRY)
