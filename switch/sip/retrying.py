"""Once more: the same request with what its refusal asks for.

Over UDP a later request may arrive before an earlier one, which the peer must then refuse with 500 (RFC 3261 section
12.2.2). That is no word on what was asked, and a BYE that is lost so would leave a call behind at the peer; so a request
that was overtaken is sent again with the next number. Where none of ours came after it, the 500 means something else.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from .dialog import Dialog
from .message import Response
from .session_timer import SessionTimer
from .writing import Draft

if TYPE_CHECKING:
    from .call import Call


def second_attempt(call: "Call", draft: Draft, response: Response, dialog: Dialog | None = None) -> Draft | None:
    """The same request with what a 401, 407 (22.2) or 422 (RFC 4028 section 7.4) asks for, where we have it; or with the
    next number, where it was overtaken."""
    if response.status < 400:
        return None
    if dialog is not None and (again := renumbered(draft, response, dialog, call.stack.branch)) is not None:
        proof = call.answerer.line(draft.method, draft.uri, draft.body) if call.answerer is not None else ""
        return _with(again, proof)
    lines = _proof(call, draft, response) if response.status != 422 else _longer(call, draft, response)
    if not lines:
        return None
    number = draft.cseq + 1
    if dialog is not None:
        number = dialog.local_seq = dialog.local_seq + 1
    return _with(draft._replace(branch=call.stack.branch(), cseq=number), lines)


def renumbered(draft: Draft, response: Response, dialog: Dialog, branch: Callable[[], str]) -> Draft | None:
    """The same request with the next number, where this refusal says that it was overtaken by a later one of ours."""
    if response.status != 500 or dialog.local_seq <= draft.cseq or response.first("retry-after"):
        return None
    dialog.local_seq += 1
    return draft._replace(branch=branch(), cseq=dialog.local_seq)


def _with(draft: Draft, lines: str) -> Draft:
    """These lines instead of those of the same names."""
    names = tuple({line.partition(":")[0] + ":" for line in lines.splitlines()})
    kept = "".join([line for line in draft.extra.splitlines(keepends=True) if not line.startswith(names)])
    return draft._replace(extra=kept + lines)


def _proof(call: "Call", draft: Draft, response: Response) -> str:
    header = {401: "www-authenticate", 407: "proxy-authenticate"}.get(response.status)
    if header is None or call.answerer is None:
        return ""
    if not call.answerer.take(response.status, response.fields.get(header, ())):
        return ""
    return call.answerer.line(draft.method, draft.uri, draft.body)


def _longer(call: "Call", draft: Draft, response: Response) -> str:
    if "Session-Expires:" not in draft.extra:
        return ""
    call.timer = call.timer or SessionTimer(call)
    return call.timer.lines() if call.timer.lengthened(response) else ""
