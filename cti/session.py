"""One client's conversation, without its socket: text comes in with ``now``, effects go out.

::

    new ---- session.start ----> starting ---- begun ----> live ---- fell_behind ----> stale
     |  (10 s, else 4408)                                  |  ^                           |
     |                                                     |  +------ session.start ------+
     +-- bad token: 4401                                   +-- token expired: 4401

*starting*: the server looks for what the client missed, which may take a disk. *stale*: the client did not read, was
told ``session.resync``, and gets nothing until it starts anew. Commands are taken in ``live`` and ``stale`` alike: who
reads slowly may still hang up.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec

from cti.audience import View, view_of
from cti.commands import NOT_JSON, REFUSED, failure
from cti.house import Person
from cti.protocol import (
    FromSwitch,
    SessionError,
    SessionPing,
    SessionPong,
    SessionRenew,
    SessionRenewed,
    SessionStart,
    SessionTokenExpiring,
    to_json,
)
from cti.tokens import Claims, TokenRefused, Tokens
from cti.wrong import told

START_WITHIN = 10.0
WARN_BEFORE = 60.0
"""Seconds before the token's expiry at which the client is told."""

UNAUTHORIZED = 4401
TOO_SLOW_TO_START = 4408
NOT_TEXT = 1003


class State(Enum):
    NEW = "new"
    STARTING = "starting"
    LIVE = "live"
    STALE = "stale"
    CLOSED = "closed"


class Say(msgspec.Struct, frozen=True):
    """Write this message."""

    data: bytes


class Begin(msgspec.Struct, frozen=True):
    """Leave the stream, if in one; then find out what this client has to be told, and call ``begun``."""

    user: str
    view: View
    cursor: str
    expires_at: float


class Obey(msgspec.Struct, frozen=True):
    """Take this request, or batch of requests, to the house."""

    person: Person
    message: Any


class Close(msgspec.Struct, frozen=True):
    code: int
    reason: str


Effect = Say | Begin | Obey | Close

_session_messages = msgspec.json.Decoder(SessionStart | SessionRenew | SessionPing)


class Session:
    """``deadline``: when to call ``wake``, POSIX seconds; None = never."""

    def __init__(self, tokens: Tokens, find: Callable[[str], Person | None], now: float) -> None:
        self.state = State.NEW
        self.deadline: float | None = now + START_WITHIN
        self.person: Person | None = None
        self._claims: Claims | None = None
        self._tokens = tokens
        self._find = find
        self._expires_at = 0.0

    def receive(self, text: str | bytes, now: float) -> list[Effect]:
        """A text message of the client."""
        if self.state is State.CLOSED:
            return []
        try:
            message = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return [_say(failure(NOT_JSON, "not_json", "this is not JSON"))]
        if isinstance(message, dict) and "type" in message and "jsonrpc" not in message:
            return self._session_message(text, now)
        if self.person is None:
            id = message.get("id") if isinstance(message, dict) else None
            id = id if isinstance(id, int | float | str) else None
            return [_say(failure(REFUSED, "not_started", "say session.start first", id))]
        if not self._still(self.person):
            return self._close(UNAUTHORIZED, "your rights have changed")
        return [Obey(self.person, message)]

    def receive_binary(self) -> list[Effect]:
        return self._close(NOT_TEXT, "messages are text")

    def begun(self) -> None:
        """The client knows where it stands; events follow."""
        if self.state is State.STARTING:
            self.state = State.LIVE

    def fell_behind(self) -> None:
        """What waited for this client was dropped; it was told ``session.resync``."""
        if self.state is not State.CLOSED:
            self.state = State.STALE

    def wake(self, now: float) -> list[Effect]:
        if self.deadline is None or now < self.deadline:
            return []
        if self.state is State.NEW:
            return self._close(TOO_SLOW_TO_START, "no session.start came")
        if now >= self._expires_at:
            return self._close(UNAUTHORIZED, "the token has expired")
        self.deadline = self._expires_at
        return [_say(SessionTokenExpiring(expires_at=self._expires_at))]

    def _session_message(self, text: str | bytes, now: float) -> list[Effect]:
        try:
            message = _session_messages.decode(text)
        except msgspec.ValidationError as wrong:
            return [_say(SessionError(code="bad_message", reason=told(wrong)))]
        if isinstance(message, SessionPing):
            return [_say(SessionPong(id=message.id, at=now))]
        if isinstance(message, SessionRenew):
            return self._renew(message, now)
        return self._start(message, now)

    def _start(self, message: SessionStart, now: float) -> list[Effect]:
        if self.state is State.STARTING:
            return [_say(SessionError(code="starting", reason="the session.start before this one is not done yet"))]
        try:
            claims, person = self._identify(message.token, now)
        except TokenRefused as refused:
            return self._unauthorized(refused)
        self.person = person
        self.state = State.STARTING
        self._good_until(claims.exp)
        return [Begin(person.user, view_of(person, message.topics), message.cursor, self._expires_at)]

    def _renew(self, message: SessionRenew, now: float) -> list[Effect]:
        if self.person is None:
            return [_say(SessionError(code="not_started", reason="say session.start first"))]
        try:
            claims, person = self._identify(message.token, now)
        except TokenRefused as refused:
            return [_say(SessionError(code=refused.code, reason=refused.reason))]
        if person != self.person:
            return [_say(SessionError(code="other_person", reason="this token is another's, or your rights changed"))]
        self._good_until(claims.exp)
        return [_say(SessionRenewed(expires_at=self._expires_at))]

    def _identify(self, token: str, now: float) -> tuple[Claims, Person]:
        """Who holds the token, if they still are what it says."""
        claims = self._tokens.read(token, now)
        person = self._find(claims.sub)
        if person is None or (person.role, person.team) != (claims.role, claims.team):
            raise TokenRefused("bad_token", "the rights in this token are no longer yours")
        self._claims = claims
        return claims, person

    def _still(self, person: Person) -> bool:
        """Whether the person has the rights with which the session began (operations may have changed them)."""
        now = self._find(person.user)
        same = now is not None and (now.role, now.team) == (person.role, person.team)
        return same and self._claims is not None and self._tokens.good(self._claims)

    def _good_until(self, expires_at: float) -> None:
        self._expires_at = expires_at
        self.deadline = expires_at - WARN_BEFORE

    def _unauthorized(self, refused: TokenRefused) -> list[Effect]:
        return [
            _say(SessionError(code=refused.code, reason=refused.reason)), *self._close(UNAUTHORIZED, refused.reason)
        ]

    def _close(self, code: int, reason: str) -> list[Effect]:
        self.state = State.CLOSED
        self.deadline = None
        return [Close(code, reason)]


def _say(message: FromSwitch | Any) -> Say:
    return Say(to_json(message))
