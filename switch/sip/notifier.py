"""The notifier: who watches what (RFC 6665 section 4.2).

A SUBSCRIBE that reaches this file comes from somebody who has proved who they are. Whether the package is known, whether
the time is allowed and how many there may be is decided here; whether this person may watch that thing, by the house,
which is told Subscribed and answers in the same step.

Within a call the subscription shares the call's dialog (what REFER makes always does, and old phones subscribe so).
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from .dialog import Dialog
from .documents import TYPES, WATCHABLE, Content, MessageSummary, summary_body
from .effects import Address, Binding, Subscribed
from .errors import PeerError
from .headers import clean, param
from .message import Request
from .phrases import phrase
from .server import Server
from .stack import Stack
from .subscription import Subscription
from .transactions import Transactions
from .uri import Uri
from .writing import Draft, respond

ALLOW_EVENTS = f"Allow-Events: {', '.join((*WATCHABLE, 'refer'))}\r\n"
RETRY_SECONDS = 60
"""When somebody who watches too much may try again."""
Key = tuple[str, str, str, str]


class Limits(NamedTuple):
    """How long and how many."""

    least: int = 60
    """Seconds that a subscription lasts at least; less is answered with 423."""
    most: int = 3600
    """Seconds that it lasts at most; what is meant where none are named."""
    per_user: int = 200
    per_source: int = 2000
    """An office behind one address has many phones with many lamps."""


class Notifier:
    """All subscriptions of an endpoint."""

    def __init__(self, stack: Stack, transactions: Transactions, limits: Limits) -> None:
        self._stack = stack
        self._transactions = transactions
        self._limits = limits
        self._keys: dict[Key, Subscription] = {}
        self._handles: dict[str, Subscription] = {}
        self._users: dict[str, int] = {}
        self._sources: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    # -- from the wire ------------------------------------------------------------------------------------------------

    def begin(self, machine: Server, request: Request, user: str, dialog: Dialog | None = None) -> None:
        """A new subscription; ``dialog``: that of the call within which it is asked for."""
        try:
            package, ident = self._package(request)
            seconds = self._seconds(request)
            self._check_accept(request, package)
            self._check_room(user, request.source.host)
            if len(request.listed("contact")) != 1:
                raise PeerError(400, "Exactly one Contact needed")
            dialog = dialog or Dialog.answering(self._stack, request, self._stack.token())
        except PeerError as error:
            lines = f"Server: {self._stack.agent}\r\n{error.extra}"
            machine.respond(respond(request, error.status, error.reason, self._stack.token(), lines))
            return
        target = request.target
        entity = str(Uri(target.scheme, target.user, target.host, target.port))
        made = Subscription(
            self._stack, self._transactions, self._stack.token(), package, dialog, self._forget, ident=ident, user=user,
            source=request.source.host, entity=entity)  # fmt: skip
        self._keep(made)
        made.ask(machine, request, seconds)
        machine.wait(partial(made.decline, 500))
        self._stack.tell(Subscribed(made.handle, package, clean(target.user.partition(";")[0]), user))

    def find(self, request: Request) -> Subscription | None:
        """The subscription that a SUBSCRIBE within a dialog means. Raises PeerError 489."""
        package, ident = self._package(request, ("refer",))
        found = self._keys.get((request.call_id, request.to_tag, package, ident))
        return found if found is not None and found.dialog.remote_tag == request.from_tag else None

    def refresh(self, subscription: Subscription, request: Request) -> None:
        """More time for a subscription, or its end. Raises PeerError 400, 423, or 500 for a late copy."""
        dialog = subscription.dialog
        seconds = self._seconds(request)
        dialog.count(request)
        dialog.refresh(request)
        machine = self._transactions.serve(request)
        if subscription.request is None:
            subscription.refresh(machine, request, seconds)
        else:
            machine.respond(respond(request, 491, phrase(491)))

    def lost(self, address: Address) -> None:
        """A connection is closed: try what the watchers' Contacts say, from now on."""
        for subscription in self._keys.values():
            subscription.dialog.lost(address)

    def _package(self, request: Request, more: tuple[str, ...] = ()) -> tuple[str, str]:
        value = request.first("event")
        package = value.partition(";")[0].strip().lower()
        if package not in WATCHABLE and package not in more:
            raise PeerError(489, phrase(489), ALLOW_EVENTS)
        return package, clean(param(value[value.find(";") :], "id") or "") if ";" in value else ""

    def _seconds(self, request: Request) -> int:
        """The wish, never more than the most (RFC 6665 section 4.2.1.1). Raises PeerError 400 or 423."""
        text = request.first("expires")
        if not text:
            return self._limits.most
        if not (text.isascii() and text.isdigit()):
            raise PeerError(400, "Malformed Expires")
        seconds = min(int(text[:10]), self._limits.most)
        if 0 < seconds < min(self._limits.least, 3600):
            raise PeerError(423, phrase(423), f"Min-Expires: {self._limits.least}\r\n")
        return seconds

    def _check_accept(self, request: Request, package: str) -> None:
        ranges = [piece.partition(";")[0].strip().lower() for piece in request.listed("accept")]
        kind = TYPES[package]
        if ranges and not {kind, f"{kind.partition('/')[0]}/*", "*/*"} & set(ranges):
            raise PeerError(406, phrase(406), f"Accept: {kind}\r\n")

    def _check_room(self, user: str, source: str) -> None:
        if (self._users.get(user, 0) >= self._limits.per_user
                or self._sources.get(source, 0) >= self._limits.per_source):
            raise PeerError(503, "Too many subscriptions", f"Retry-After: {RETRY_SECONDS}\r\n")

    # -- from the house -----------------------------------------------------------------------------------------------

    def publish(self, handle: str, content: Content | None) -> None:
        """See Endpoint."""
        if (subscription := self._handles.get(handle)) is not None:
            subscription.publish(content)

    def end(self, handle: str, status: int, reason: str) -> None:
        """See Endpoint."""
        subscription = self._handles.get(handle)
        if subscription is not None and subscription.request is not None:
            subscription.decline(status)
        elif subscription is not None:
            subscription.end(reason)

    def end_all(self, reason: str) -> None:
        """The switch stops."""
        for subscription in list(self._keys.values()):
            subscription.end(reason)

    def refer(self, dialog: Dialog, ident: str, gone: Callable[[], None]) -> Subscription:
        """The subscription that an accepted REFER makes, in its dialog."""
        def forget(subscription: Subscription) -> None:
            self._forget(subscription)
            gone()

        made = Subscription(self._stack, self._transactions, self._stack.token(), "refer", dialog, forget, ident=ident)
        made.silent = True
        self._keep(made)
        return made

    def tell_phone(self, binding: Binding, content: MessageSummary) -> None:
        """A NOTIFY that nobody subscribed to, as desk phones of all makers take it to light their lamp."""
        stack, user = self._stack, str(Uri("sip", binding.user, self._stack.here.host(binding.source)))
        lines = (f"Event: message-summary\r\nSubscription-State: active\r\n{stack.contact(binding.source)}"
                 f"User-Agent: {stack.agent}\r\nContent-Type: {TYPES['message-summary']}\r\n")
        draft = Draft("NOTIFY", binding.contact, binding.source, stack.branch(), "", f"<{user}>;tag={stack.token()}",
                      f"<{user}>", stack.token(), 1, lines, summary_body(content, user))
        self._transactions.request(draft, _ignored, _ignored)

    # -- the tables ---------------------------------------------------------------------------------------------------

    def _keep(self, made: Subscription) -> None:
        key = _key(made)
        if (old := self._keys.get(key)) is not None:
            old.end("deactivated")
        self._keys[key] = self._handles[made.handle] = made
        if made.user:
            self._users[made.user] = self._users.get(made.user, 0) + 1
            self._sources[made.source] = self._sources.get(made.source, 0) + 1

    def _forget(self, subscription: Subscription) -> None:
        self._keys.pop(_key(subscription), None)
        self._handles.pop(subscription.handle, None)
        for table, name in ((self._users, subscription.user), (self._sources, subscription.source)):
            if name in table:
                table[name] -= 1
                if not table[name]:
                    del table[name]


def _key(subscription: Subscription) -> Key:
    dialog = subscription.dialog
    return dialog.call_id, dialog.local_tag, subscription.package, subscription.ident


def _ignored(_: object) -> None:
    """Whether the lamp lights is the phone's affair."""
