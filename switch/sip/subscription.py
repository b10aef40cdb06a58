"""One subscription, seen from the side that notifies (RFC 6665 section 4.2).

    asked --publish--> active (pending while there is nothing to tell) --expired, taken back, ended--> terminated
    asked --decline--> gone without a word but the refusal
    any   --NOTIFY refused for good, or unanswered--> gone; nobody is told, for nobody listens

A change is told in the step in which it happens, unless the NOTIFY before it has no answer yet: then the changes that
follow are told together when the answer has come. So one that must be repeated is never overtaken by the next, and a
watcher far away gets what is true now rather than a backlog.
"""

from collections.abc import Callable
from functools import partial

from .dialog import Dialog
from .documents import (
    TYPES,
    Content,
    DialogInfo,
    MessageSummary,
    Presence,
    dialog_body,
    presence_body,
    sipfrag_body,
    summary_body,
)
from .effects import Unsubscribed
from .message import Request, Response
from .phrases import phrase
from .retrying import renumbered
from .server import Server
from .stack import Stack
from .timers import Timer
from .transactions import Transactions
from .writing import Draft, respond

_FATAL = frozenset({404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604})
"""Answers to a NOTIFY that end the subscription (RFC 6665 section 4.2.2, RFC 5057 section 5.1)."""


class Subscription:
    """``gone`` is called once, when nothing may be left of it in the tables."""

    __slots__ = (
        "_before",
        "_busy",
        "_content",
        "_due",
        "_gone",
        "_machine",
        "_stack",
        "_timer",
        "_transactions",
        "_until",
        "_version",
        "dialog",
        "entity",
        "event",
        "handle",
        "ident",
        "over",
        "package",
        "request",
        "silent",
        "source",
        "user",
    )  # fmt: skip

    def __init__(
        self, stack: Stack, transactions: Transactions, handle: str, package: str, dialog: Dialog,
        gone: Callable[["Subscription"], None], *, ident: str = "", user: str = "", source: str = "", entity: str = "",
    ) -> None:  # fmt: skip
        self._stack = stack
        self._transactions = transactions
        self._gone = gone
        self._machine: Server | None = None
        self._content: Content | None = None
        self._before: Content | None = None
        """What the watcher was told last; None = the next document must be whole."""
        self._busy = False
        """A NOTIFY waits for its answer."""
        self._due = False
        self._version = -1
        self._until = 0.0
        self._timer: Timer | None = None
        self.handle = handle
        self.package = package
        self.ident = ident
        self.dialog = dialog
        self.user = user
        self.source = source
        self.entity = entity
        self.request: Request | None = None
        """The SUBSCRIBE that waits for the house's word."""
        self.over = False
        self.silent = False
        """The house is told nothing of it: it belongs to a transfer."""

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, machine: Server, request: Request, seconds: int) -> None:
        """A SUBSCRIBE that the house has to decide about."""
        self._machine, self.request, self._until = machine, request, self._stack.now + seconds

    def decline(self, status: int) -> None:
        """The house says no."""
        self._answer(status)
        self._finish()

    def refresh(self, machine: Server, request: Request, seconds: int) -> None:
        """A SUBSCRIBE within the dialog: more time, or (0) the end; the whole state is told again."""
        self._until = self._stack.now + seconds
        self._machine, self.request = machine, request
        self._answer(200)
        self._before = None
        self._go_on()

    def grant(self, seconds: float) -> None:
        """Let it live so long without any SUBSCRIBE: what comes of a REFER."""
        self._until = self._stack.now + seconds
        self._watch()

    def _answer(self, status: int) -> None:
        machine, request = self._machine, self.request
        self._machine = self.request = None
        lines = f"Server: {self._stack.agent}\r\n"
        if status == 200:
            route = "".join([f"Record-Route: {value}\r\n" for value in request.fields.get("record-route", ())])
            contact = self._stack.contact(request.source, self.dialog.secure)
            lines = f"{route}{contact}Expires: {self._left}\r\n{lines}"
        machine.respond(respond(request, status, phrase(status), self.dialog.local_tag, lines))

    # -- telling ------------------------------------------------------------------------------------------------------

    def publish(self, content: Content | None) -> None:
        """This is how it is now; None = nothing to tell yet (pending). The first word accepts what was asked."""
        asked = self.request is not None
        if not asked and content == self._content:
            return
        self._content = content
        if asked:
            self._answer(200)
            self._go_on()
        else:
            self._due = True
            self._flow()

    def end(self, reason: str, content: Content | None = None) -> None:
        """Tell the end. ``reason``: timeout, noresource, deactivated, probation, rejected, giveup (RFC 6665 4.1.3)."""
        if self.over:
            return
        self._content = content or self._content
        self._notify(f"terminated;reason={reason}")
        self._finish()

    def _go_on(self) -> None:
        if self._left <= 0:
            self.end("timeout")
            return
        self._watch()
        self._due = True
        self._flow()

    def _watch(self) -> None:
        self._stack.cancel(self._timer)
        self._timer = self._stack.deadlines.set(self._until, self._expired)

    def _expired(self) -> None:
        self.end("timeout")

    @property
    def _left(self) -> int:
        return max(0, round(self._until - self._stack.now))

    def _flow(self) -> None:
        if self._due and not self._busy:
            self._due, self._busy = False, True
            state = "pending" if self._content is None else "active"
            self._notify(f"{state};expires={self._left}")

    def _notify(self, state: str) -> None:
        ident = f";id={self.ident}" if self.ident else ""
        body = self._body()
        kind = f"Content-Type: {TYPES[self.package]}{_VERSION if self.package == 'refer' else ''}\r\n" if body else ""
        contact = self._stack.contact(self.dialog.destination, self.dialog.secure)
        lines = (f"Event: {self.package}{ident}\r\nSubscription-State: {state}\r\n{contact}"
                 f"User-Agent: {self._stack.agent}\r\n{kind}")
        self._send(self.dialog.request("NOTIFY", lines, body))

    def _send(self, draft: Draft) -> None:
        self._transactions.request(draft, partial(self._heard, draft), self._failed)

    def _body(self) -> bytes:
        content, before = self._content, self._before
        self._before = content
        if isinstance(content, DialogInfo):
            self._version += 1
            return dialog_body(content, self.entity, self._version, before if isinstance(before, DialogInfo) else None)
        if isinstance(content, MessageSummary):
            return summary_body(content, self.entity)
        if isinstance(content, Presence):
            return presence_body(content, self.entity)
        return b"" if content is None else sipfrag_body(content)

    def _heard(self, draft: Draft, response: Response) -> None:
        again = renumbered(draft, response, self.dialog, self._stack.branch)
        if again is not None:
            self._send(again)
            return
        self._busy = False
        if response.status in _FATAL and not response.first("retry-after"):
            self._finish()
        elif not self.over:
            if response.status >= 300:
                self._before = None
            else:
                self.dialog.refresh(response)
            self._flow()

    def _failed(self, _: int) -> None:
        self._finish()

    def _finish(self) -> None:
        if self.over:
            return
        self.over = True
        self._stack.cancel(self._timer)
        self._gone(self)
        if not self.silent:
            self._stack.tell(Unsubscribed(self.handle))


_VERSION = ";version=2.0"
