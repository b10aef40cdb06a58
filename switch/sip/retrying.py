"""Once more: the same request with what its refusal asks for."""

from typing import TYPE_CHECKING

from .dialog import Dialog
from .message import Response
from .session_timer import SessionTimer
from .writing import Draft

if TYPE_CHECKING:
    from .call import Call


def second_attempt(call: "Call", draft: Draft, response: Response, dialog: Dialog | None = None) -> Draft | None:
    """The same request with what a 401, 407 (22.2) or 422 (RFC 4028 section 7.4) asks for, where we have it."""
    if response.status < 400:
        return None
    lines = _proof(call, draft, response) if response.status != 422 else _longer(call, draft, response)
    if not lines:
        return None
    number = draft.cseq + 1
    if dialog is not None:
        number = dialog.local_seq = dialog.local_seq + 1
    names = tuple({line.partition(":")[0] + ":" for line in lines.splitlines()})
    kept = "".join([line for line in draft.extra.splitlines(keepends=True) if not line.startswith(names)])
    return draft._replace(branch=call.stack.branch(), cseq=number, extra=kept + lines)


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
