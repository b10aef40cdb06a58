"""Transfers by the phone's own keys: REFER and Replaces (RFC 3515, 3891, 4488, 5589, 7647).

A REFER is an order of a phone to us: call that one, or (with Replaces in its Refer-To) put these two calls of mine
together. Whether it may, and what comes of it, the house says; the phone is told by NOTIFYs in the same dialog, unless it
does not want to be (``Refer-Sub: false``).
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple
from urllib.parse import unquote

from .call import Call
from .dialog import Dialog
from .documents import Progress
from .effects import Referred
from .errors import PeerError
from .headers import clean, params, parse_name_addr
from .message import Request
from .notifier import Notifier
from .outgoing import OutgoingCall
from .phrases import phrase
from .room import Room
from .server import Server
from .subscription import Subscription
from .uri import Uri, parse_uri
from .writing import respond

_LASTS = 180.0
"""Seconds that the outcome of a transfer is waited for; longer than any phone rings."""


class Replaces(NamedTuple):
    """A dialog, named by somebody who is not in it, or is: tags as its far side has them (RFC 3891 section 6.1)."""

    call_id: str
    to_tag: str
    from_tag: str
    early_only: bool


class Wish(NamedTuple):
    """What a REFER asks."""

    target: Uri
    replaces: Replaces | None
    referred_by: str
    """Who is said to have asked: user part; empty where nothing is said."""
    notices: bool
    """Whether the outcome is to be told."""


def parse_replaces(value: str) -> Replaces:
    """``call-id;to-tag=x;from-tag=y;early-only``. Raises PeerError 400."""
    call_id, semicolon, rest = value.partition(";")
    told = params(semicolon + rest)
    call_id = call_id.strip()
    if not call_id or not told.get("to-tag") or not told.get("from-tag"):
        raise PeerError(400, "Malformed Replaces")
    return Replaces(call_id, told["to-tag"], told["from-tag"], "early-only" in told)


def parse_refer(request: Request) -> Wish:
    """Raises PeerError 400 (RFC 3515 section 2.4.2), 416, or 403 for anything but a call."""
    values = request.listed("refer-to")
    if len(values) != 1:
        raise PeerError(400, "Exactly one Refer-To needed")
    target = parse_uri(parse_name_addr(values[0]).uri)
    if (target.param("method") or "invite") != "invite":
        raise PeerError(403, "Only calls are made by REFER")
    replaces = None
    for piece in target.headers.split("&"):
        name, _, value = piece.partition("=")
        if unquote(name).strip().lower() == "replaces":
            replaces = parse_replaces(unquote(value))
    return Wish(target._replace(headers=""), replaces, _referred_by(request),
                request.first("refer-sub").partition(";")[0].strip().lower() != "false")


def _referred_by(request: Request) -> str:
    try:
        return clean(parse_uri(parse_name_addr(request.first("referred-by")).uri).user)
    except PeerError:
        return ""


class Asked(NamedTuple):
    """A REFER that waits for the house's word."""

    machine: Server
    request: Request
    wish: Wish
    dialog: Dialog
    """Where its outcome is told: that of the call, or one of its own."""
    ident: str


class Referrals:
    """The REFERs of an endpoint that are not done; one at a time for each call."""

    def __init__(self, room: Room, notifier: Notifier) -> None:
        self._room = room
        self._notifier = notifier
        self._asked: dict[str, Asked] = {}
        self._told: dict[str, Subscription] = {}

    def __len__(self) -> int:
        return len(self._asked) + len(self._told)

    def receive(self, request: Request, call: Call) -> None:
        """A REFER within a call. Raises PeerError."""
        # The first REFER of a dialog needs no name; a later one must not be taken for it (RFC 3515 section 2.4.6).
        ident = str(request.cseq.number) if call.referred else ""
        self._ask(request, call, lambda: call.dialog, ident)
        call.referred = True

    def stray(self, request: Request) -> None:
        """A REFER outside any dialog: only for a call that it names (Target-Dialog, RFC 4538), for who knows that name
        is in it; that is how RFC 7647 wants it. Raises PeerError, 403 for everybody else."""
        call_id, semicolon, rest = request.first("target-dialog").partition(";")
        told = params(semicolon + rest)
        call = self._room.dialogs.get((call_id.strip(), told.get("remote-tag", "")))
        if call is None or call.dialog is None or call.dialog.remote_tag != told.get("local-tag"):
            raise PeerError(403, phrase(403))
        if len(request.listed("contact")) != 1:
            raise PeerError(400, "Exactly one Contact needed")
        self._ask(request, call, lambda: Dialog.answering(self._room.stack, request, self._room.stack.token()), "")

    def _ask(self, request: Request, call: Call, dialog: Callable[[], Dialog], ident: str) -> None:
        wish = parse_refer(request)
        if not call.confirmed or call.over:
            raise PeerError(403, phrase(403))
        if call.handle in self._asked or call.handle in self._told:
            raise PeerError(491, phrase(491))
        replaced = ""
        if wish.replaces is not None:
            found = find_replaced(self._room, wish.replaces)
            replaced = found.handle if found is not None and found is not call and not found.over else "unknown"
        where = dialog()
        machine = self._room.transactions.serve(request)
        self._asked[call.handle] = Asked(machine, request, wish, where, ident)
        machine.wait(partial(self.outcome, call.handle, 500))
        self._room.stack.tell(Referred(call.handle, clean(wish.target.user), replaced, wish.referred_by))

    def outcome(self, handle: str, status: int) -> None:
        """What the house says of it, first whether it is accepted (2xx and less) or not, then how it goes."""
        if handle in self._asked:
            asked = self._asked.pop(handle)
            self._answer(asked, status)
            if status >= 300 or not asked.wish.notices:
                return
            gone = partial(self._told.pop, handle, None)
            self._told[handle] = subscription = self._notifier.refer(asked.dialog, asked.ident, gone)
            subscription.grant(_LASTS)
            subscription.publish(Progress(100))
        subscription = self._told.get(handle)
        if subscription is None or status in (100, 202):
            return
        if status < 200:
            subscription.publish(Progress(status))
        else:
            subscription.end("noresource", Progress(status))

    def _answer(self, asked: Asked, status: int) -> None:
        stack, request = self._room.stack, asked.request
        lines = ""
        if status < 300:
            status = 202
            route = "".join([f"Record-Route: {value}\r\n" for value in request.fields.get("record-route", ())])
            quiet = "" if asked.wish.notices else "Refer-Sub: false\r\n"
            lines = f"{route}{stack.contact(request.source, asked.dialog.secure)}{quiet}"
        lines += f"Server: {stack.agent}\r\n"
        asked.machine.respond(respond(request, status, phrase(status), asked.dialog.local_tag, lines))


def find_replaced(room: Room, replaces: Replaces) -> Call | None:
    """The call that a Replaces means: one whose dialog it names, or that rings and was made by us."""
    call = room.dialogs.get((replaces.call_id, replaces.to_tag))
    if call is not None and call.dialog is not None and call.dialog.remote_tag == replaces.from_tag:
        return call
    for ringing in room.calls.values():
        if isinstance(ringing, OutgoingCall) and ringing.rings_as(replaces.call_id, replaces.to_tag, replaces.from_tag):
            return ringing
    return None


def replaced_by(room: Room, request: Request) -> str:
    """The handle of the call whose place an INVITE wants; empty = none. Raises PeerError by RFC 3891 section 3."""
    values = request.fields.get("replaces", ())
    if not values:
        return ""
    if len(values) > 1:
        raise PeerError(400, "Several Replaces headers")
    replaces = parse_replaces(values[0])
    call = find_replaced(room, replaces)
    if call is None or call.over:
        gone = call is not None or room.has_ended(replaces.call_id, replaces.to_tag, replaces.from_tag)
        raise PeerError(603, phrase(603)) if gone else PeerError(481, phrase(481))
    if call.confirmed and replaces.early_only:
        raise PeerError(486, phrase(486))
    if not call.confirmed and not isinstance(call, OutgoingCall):
        raise PeerError(481, phrase(481))
    return call.handle
