"""What subscribers are told, as values and as the bodies that carry them.

    message-summary   text, RFC 3842        how many messages wait in a voice mailbox
    dialog            XML, RFC 4235         what somebody's lines are doing: the lamps of desk phones
    presence          XML, RFC 3863         whether somebody can be reached at all (the minimal PIDF)
    refer             sipfrag, RFC 3515     what has become of a transfer

The house publishes values; bodies are made here, by pure functions. Only dialog has a memory: a partial document tells
what has changed since the one before it, and its version says whether one was missed.
"""

from typing import Literal
from xml.sax.saxutils import escape, quoteattr

import msgspec

from .phrases import phrase
from .uri import Uri


class MessageSummary(msgspec.Struct, frozen=True):
    """A voice mailbox: messages that nobody has heard yet, and those that somebody has."""

    new: int
    old: int = 0


class DialogState(msgspec.Struct, frozen=True):
    """One line of somebody, seen from them."""

    id: str
    state: Literal["trying", "proceeding", "early", "confirmed", "terminated"]
    direction: Literal["initiator", "recipient"]
    """Whether the watched party has called or was called."""
    remote: str = ""
    """Number of the other party; empty = not for this watcher."""
    remote_name: str = ""


class DialogInfo(msgspec.Struct, frozen=True):
    """All lines of somebody; none = idle."""

    dialogs: tuple[DialogState, ...] = ()


class Presence(msgspec.Struct, frozen=True):
    """Whether somebody can be reached, and in words what they do."""

    open: bool
    note: str = ""


class Progress(msgspec.Struct, frozen=True):
    """What the target of a transfer has answered."""

    status: int


Content = MessageSummary | DialogInfo | Presence | Progress

TYPES = {
    "message-summary": "application/simple-message-summary",
    "dialog": "application/dialog-info+xml",
    "presence": "application/pidf+xml",
    "refer": "message/sipfrag",
}
"""Event package -> the type of its bodies."""
WATCHABLE = ("message-summary", "dialog", "presence")
"""What may be subscribed to; ``refer`` comes of a REFER alone."""


def summary_body(content: MessageSummary, entity: str) -> bytes:
    """RFC 3842 section 5.2. The zeros in brackets are urgent messages, which this house does not know."""
    waiting = "yes" if content.new else "no"
    lines = (f"Messages-Waiting: {waiting}", f"Message-Account: {entity}",
             f"Voice-Message: {content.new}/{content.old} (0/0)")
    return "".join([f"{line}\r\n" for line in lines]).encode("utf-8", "replace")


def presence_body(content: Presence, entity: str) -> bytes:
    """RFC 3863: one tuple, open or closed."""
    note = f"<note>{_text(content.note)}</note>" if content.note else ""
    return _xml(
        f'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity={_attribute(entity)}>\n'
        f'<tuple id="phone"><status><basic>{"open" if content.open else "closed"}</basic></status>{note}</tuple>\n'
        f"</presence>\n")


def sipfrag_body(content: Progress) -> bytes:
    """The status line of the answer (RFC 3515 section 2.4.5)."""
    return f"SIP/2.0 {content.status} {phrase(content.status)}\r\n".encode()


def dialog_body(content: DialogInfo, entity: str, version: int, before: DialogInfo | None) -> bytes:
    """RFC 4235 section 4. ``before``: what this watcher was told last, for a partial document; None = a full one."""
    dialogs = content.dialogs if before is None else _changes(before.dialogs, content.dialogs)
    state = "full" if before is None else "partial"
    return _xml(
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{version}" state="{state}" '
        f"entity={_attribute(entity)}>\n{''.join([_dialog(dialog, entity) for dialog in dialogs])}</dialog-info>\n")


def _changes(before: tuple[DialogState, ...], after: tuple[DialogState, ...]) -> list[DialogState]:
    """What is new or different, and what is gone: a dialog that is not there any more has ended."""
    known, alive = {dialog.id: dialog for dialog in before}, {dialog.id for dialog in after}
    gone = [DialogState(dialog.id, "terminated", dialog.direction, dialog.remote, dialog.remote_name)
            for dialog in before if dialog.id not in alive]
    return gone + [dialog for dialog in after if known.get(dialog.id) != dialog]


def _dialog(dialog: DialogState, entity: str) -> str:
    local = f"<local><identity>{_text(entity)}</identity></local>"
    remote = ""
    if dialog.remote:
        uri = str(Uri("sip", dialog.remote, entity.partition("@")[2] or "anonymous.invalid"))
        display = f" display={_attribute(dialog.remote_name)}" if dialog.remote_name else ""
        remote = f"<remote><identity{display}>{_text(uri)}</identity><target uri={_attribute(uri)}/></remote>"
    return (f'<dialog id={_attribute(dialog.id)} direction="{dialog.direction}"><state>{dialog.state}</state>'
            f"{local}{remote}</dialog>\n")


def _xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode("utf-8", "replace")


def _text(text: str) -> str:
    return escape(_printable(text))


def _attribute(text: str) -> str:
    return quoteattr(_printable(text))


def _printable(text: str) -> str:
    """XML 1.0 has no place for control characters, not even escaped."""
    return "".join([char for char in text if char.isprintable()])
