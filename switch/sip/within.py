"""What the peer asks within a dialog, in the order of CSeq (RFC 3261 section 12.2.2).

Two offers may not cross (RFC 3264 section 4; RFC 3261 section 14.2, RFC 3311 section 5.2). Whoever asks while our own
offer waits for its answer hears 491; whoever asks before we have answered their last offer hears 500 and when to come
again. An UPDATE without an offer, and a re-INVITE before the ACK of a session that is agreed on (RFC 5407 section 3.1.4),
cross with nothing.
"""

from functools import partial

from . import session_timer
from .call import Call, Question
from .dialog import Dialog
from .effects import Ended, Informed, Reoffered
from .errors import PeerError
from .message import Request
from .phrases import cause_of, phrase
from .server import Server
from .stack import ALLOW, SDP, SUPPORTED
from .writing import respond


def receive(call: Call, dialog: Dialog, request: Request) -> None:
    """INVITE, UPDATE, PRACK, BYE, INFO or NOTIFY. Raises PeerError 481 once we have hung up, 400 for a bad Contact."""
    if call.over and request.method != "BYE":
        raise PeerError(481, phrase(481))
    _HOW[request.method](call, dialog, request)


def _invite(call: Call, dialog: Dialog, request: Request) -> None:
    """A re-INVITE. What it says of the peer's Contact holds once it is accepted."""
    dialog.check(request)
    machine = call.room.transactions.serve_invite(request)
    try:
        _clash(call, dialog, first=call.confirmed)
        session_timer.check(request, call.room.min_se)
    except PeerError as error:
        machine.respond(error.status, respond(request, error.status, error.reason, extra=error.extra))
        return
    machine.respond(100, respond(request, 100, phrase(100)))
    machine.user = call
    call.asked = machine
    dialog.stand = "theirs" if request.sdp else "none"
    call.tell(Reoffered(call.handle, request.sdp))


def _clash(call: Call, dialog: Dialog, first: bool) -> None:
    """Raise 491 or 500 where an offer now would cross another. ``first``: whether the call's first INVITE is done."""
    if call.question is not None or dialog.stand == "theirs" or (call.asked is not None and call.confirmed):
        wait = f"Retry-After: {call.stack.rng.randrange(11)}\r\n"
        raise PeerError(500, "Another offer is still open", wait)
    if not first or call.changing or dialog.stand != "agreed":
        raise PeerError(491, phrase(491))


def _update(call: Call, dialog: Dialog, request: Request) -> None:
    """UPDATE (RFC 3311): a new offer, or only a sign of life."""
    dialog.check(request)
    machine = call.room.transactions.serve(request)
    try:
        if request.sdp or call.question is not None:
            _clash(call, dialog, first=True)
        session_timer.check(request, call.room.min_se)
    except PeerError as error:
        machine.respond(respond(request, error.status, error.reason, extra=error.extra))
        return
    if request.sdp is None:
        dialog.refresh(request)
        terms = call.terms(request) if call.confirmed else ""
        machine.respond(call.response(request, 200, f"{ALLOW}{SUPPORTED}{terms}"))
    else:
        ask(call, dialog, machine, request)


def ask(call: Call, dialog: Dialog, machine: Server, request: Request) -> None:
    """Ask the house about the offer in an UPDATE or PRACK."""
    def answer(sdp: bytes) -> None:
        dialog.stand, dialog.described, dialog.heard = "agreed", sdp, request.sdp
        lines = f"{ALLOW}{SUPPORTED}"
        if request.method == "UPDATE":
            dialog.refresh(request)
            lines += call.terms(request) if call.confirmed else ""
        lines += SDP
        machine.respond(call.response(request, 200, lines, sdp))

    def refuse(status: int, reason: str, extra: str) -> None:
        dialog.stand = "agreed"
        machine.respond(respond(request, status, reason, extra=extra))

    dialog.stand = "theirs"
    call.question = Question(answer, refuse)
    machine.wait(partial(call.refuse, 504))
    call.tell(Reoffered(call.handle, request.sdp))


def _prack(call: Call, dialog: Dialog, request: Request) -> None:
    """Only who is called has anything to be acknowledged."""
    prack = getattr(call, "prack", None)
    if prack is None:
        raise PeerError(481, phrase(481))
    prack(request, partial(ask, call, dialog))


def _bye(call: Call, dialog: Dialog, request: Request) -> None:
    """The end. A called party may not say BYE before it has answered (section 15); one that does ends only its own
    early dialog, and the INVITE goes on."""
    _ok(call, request)
    if dialog is call.dialog:
        call.tell(Ended(call.handle, "bye", cause_of(request)))
        call.finish()


def _info(call: Call, dialog: Dialog, request: Request) -> None:
    _ok(call, request)
    call.tell(Informed(call.handle, request.content_type, request.body))


def _notify(call: Call, dialog: Dialog, request: Request) -> None:
    _ok(call, request)


def _ok(call: Call, request: Request) -> None:
    machine = call.room.transactions.serve(request)
    machine.respond(respond(request, 200, "OK", extra=f"Server: {call.stack.agent}\r\n"))


_HOW = {"INVITE": _invite, "UPDATE": _update, "PRACK": _prack, "BYE": _bye, "INFO": _info, "NOTIFY": _notify}
