"""The reception: what a request from the wire may ask, and who sees to it (RFC 3261 section 8.2).

Is it a message, is it a copy, is it within a dialog, may it be asked at all: in this order. What cannot change anything
is answered without a transaction; the answer follows from the request alone, so copies get the same bytes.
"""

from collections.abc import Callable

from . import session_timer, within
from .call import Call
from .checking import ACCEPT, check_content, check_required, check_scheme
from .dialog import Dialog
from .digest import Verdict
from .errors import PeerError
from .incoming import IncomingCall
from .invite_server import InviteServer
from .message import NEEDED, Request
from .notifier import ALLOW_EVENTS, Notifier
from .offering import offered
from .phrases import phrase
from .porter import Porter
from .referring import Referrals, replaced_by
from .registrar import Registrar
from .room import Room
from .stack import ALLOW, SUPPORTED
from .uri import parse_uri
from .writing import respond, respond_in_part


class Reception:
    """Sorts the requests of one endpoint."""

    __slots__ = (
        "_methods", "_notifier", "_porter", "_referrals", "_registrar", "_room", "_stack", "_transactions",
    )  # fmt: skip

    def __init__(
        self, room: Room, registrar: Registrar, notifier: Notifier, referrals: Referrals, porter: Porter
    ) -> None:
        self._room = room
        self._stack = room.stack
        self._transactions = room.transactions
        self._registrar = registrar
        self._notifier = notifier
        self._referrals = referrals
        self._porter = porter
        self._methods: dict[str, Callable[[Request], None]] = {
            "INVITE": self._invited,
            "OPTIONS": self._options,
            "REGISTER": self._registered,
            "BYE": self._astray,
            "INFO": self._astray,
            "NOTIFY": self._astray,
            "SUBSCRIBE": self._subscribed,
            "REFER": self._referrals.stray,
            "PRACK": self._astray,
            "UPDATE": self._astray,
        }

    def receive(self, request: Request) -> None:
        """Do what a request asks, or answer why not."""
        try:
            request.check()
        except PeerError as error:
            if self._porter.answers_malformed(request):
                self._refuse(request, error)
            return
        try:
            if request.method == "ACK":
                self._acknowledged(request)
            elif (machine := self._transactions.find(request.key)) is not None:
                machine.receive()
            elif request.method == "CANCEL":
                self._cancelled(request)
            else:
                self._admit(request)
        except PeerError as error:
            self._refuse(request, error)

    def _refuse(self, request: Request, error: PeerError) -> None:
        if request.method == "ACK":
            pass
        elif all(request.first(name) for name in NEEDED):
            self._stack.reply(request, error.status, error.reason, error.extra)
        else:
            self._stack.send(request.reply_to, respond_in_part(request, error.status, error.reason))

    def _acknowledged(self, request: Request) -> None:
        dialog = request.call_id, request.to_tag
        self._porter.guard.acknowledged(dialog)
        leg = self._room.dialogs.get(dialog)
        if leg is not None and leg.acknowledged(request):
            return
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
        to_tag = request.to_tag
        if (not to_tag or (request.call_id, to_tag) not in self._room.dialogs) and not self._porter.admits(request):
            return
        if self._porter.minds and request.method == "INVITE" and not to_tag and self._porter.keeps_out(request):
            return
        method = self._methods.get(request.method)
        if method is None:
            raise PeerError(405, phrase(405), ALLOW)
        if "require" in request.fields:
            check_required(request)
        if request.body or request.method == "INVITE":
            check_content(request)
        if to_tag:
            self._within(request)
        else:
            check_scheme(request, self._stack.here)
            method(request)

    def _within(self, request: Request) -> None:
        if request.method == "SUBSCRIBE" and (subscription := self._notifier.find(request)) is not None:
            self._notifier.refresh(subscription, request)
            return
        leg = self._room.dialogs.get((request.call_id, request.to_tag))
        dialog = leg.dialog_with(request.from_tag) if leg is not None else None
        if dialog is None:
            if request.method == "BYE" and self._room.parts(request.call_id, request.to_tag, request.from_tag):
                self._stack.reply(request, 200, phrase(200))
                return
            raise PeerError(481, phrase(481))
        dialog.count(request)
        if request.method in ("OPTIONS", "REGISTER", "SUBSCRIBE"):
            self._methods[request.method](request)
        elif request.method == "REFER":
            self._referrals.receive(request, leg)
        else:
            within.receive(leg, dialog, request)

    def _astray(self, request: Request) -> None:
        raise PeerError(481, phrase(481))

    def _options(self, request: Request) -> None:
        """Those who look for switches ask this first: a stranger who names no number that is for everybody hears nothing."""
        if not request.to_tag and not self._porter.may_know_of_us(request):
            return
        self._stack.reply(request, 200, phrase(200), f"{ALLOW}{ALLOW_EVENTS}{SUPPORTED}{ACCEPT}")

    def _registered(self, request: Request) -> None:
        if not request.to.uri.lower().startswith(("sip:", "sips:")):
            raise PeerError(400, "An address of record is a SIP address")
        verdict = self._porter.judge(request)
        if verdict.user is None:
            self._ask(request, verdict)
            return
        status, reason, extra = 200, phrase(200), ""
        machine = self._transactions.serve(request)
        try:
            if parse_uri(request.to.uri).user != verdict.user:
                raise PeerError(403, phrase(403))
            extra = self._registrar.register(verdict.user, request)
            if extra:
                self._porter.guard.prove(request.source, self._stack.now + self._registrar.most)
        except PeerError as error:
            status, reason, extra = error.status, error.reason, error.extra
        extra = f"Server: {self._stack.agent}\r\n{extra}"
        machine.respond(respond(request, status, reason, self._stack.token(), extra))

    def _subscribed(self, request: Request) -> None:
        """Whoever wants to watch proves first who they are; what there is to watch shows to nobody else."""
        verdict = self._porter.judge(request)
        if verdict.user is None:
            self._ask(request, verdict)
            return
        machine = self._transactions.serve(request)
        leg = self._room.dialogs.get((request.call_id, request.to_tag)) if request.to_tag else None
        self._notifier.begin(machine, request, verdict.user, leg.dialog if leg is not None else None)

    def _ask(self, request: Request, verdict: Verdict) -> None:
        """401. Who showed nothing leaves nothing behind; a verdict could be another one the next moment."""
        challenges = self._porter.challenges(request, "WWW-Authenticate", verdict.stale, not verdict.came)
        if not verdict.came:
            self._stack.reply(request, 401, phrase(401), challenges)
        else:
            extra = f"Server: {self._stack.agent}\r\n{challenges}"
            self._transactions.serve(request).respond(respond(request, 401, phrase(401), self._stack.token(), extra))

    def _invited(self, request: Request) -> None:
        if self._transactions.merged(request):
            self._turn_away(request, 482, "")
            return
        verdict = self._porter.judge(request)
        if verdict.came and verdict.user is None:
            self._turn_away(request, 407, self._porter.challenges(request, "Proxy-Authenticate", verdict.stale))
            return
        if verdict.user is None:
            self._porter.check_number(request)
        self._porter.check_room(request)
        replaced = replaced_by(self._room, request) if "replaces" in request.fields else ""
        session_timer.check(request, self._room.min_se)
        phone = self._registrar.gruus.phone(request.target) if ";gr" in request.uri else None
        dialog = Dialog.answering(self._stack, request, self._stack.token())
        handle = self._stack.token()
        IncomingCall(self._room, handle, self._transactions.serve_invite(request), dialog)
        self._porter.opened((dialog.call_id, dialog.local_tag), request.source)
        self._stack.tell(offered(handle, request, verdict.user, replaced, phone))

    def _turn_away(self, request: Request, status: int, extra: str) -> None:
        """A refusal that could be another one the next moment; so copies must meet a transaction."""
        machine = self._transactions.serve_invite(request)
        machine.respond(status, respond(request, status, phrase(status), self._stack.token(), extra))
