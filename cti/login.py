"""Who asks: passwords against tokens, tokens against persons.

A wrong password and a user who does not exist get the same answer. Each failure makes the next answer to the same
source a little later, up to some seconds; others are not slowed, because waiting is all that happens meanwhile. No
account is ever locked: that would let anybody lock an agent out.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from cti.answers import RestRefused, answer
from cti.house import House, Person
from cti.protocol import TokenRequest, TokenResponse
from cti.tokens import Claims, TokenRefused, Tokens
from cti.wrong import field_of, told

FIRST_DELAY = 0.1
LONGEST_DELAY = 3.0
FORGIVEN_AFTER = 300.0
MOST_SOURCES = 10_000
MOST_BODY = 64 * 1024
"""Octets of one message."""
MOST_AT_ONCE = 20
"""Attempts of one source that may be waiting for their answer."""


class Patience:
    """How long each source has to wait for its next answer. Pure."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def delay(self, source: str, now: float) -> float:
        count, at = self._failures.get(source, (0, now))
        if not count or now - at > FORGIVEN_AFTER:
            return 0.0
        return min(LONGEST_DELAY, FIRST_DELAY * 2 ** (min(count, 16) - 1))

    def failed(self, source: str, now: float) -> None:
        count, at = self._failures.pop(source, (0, now))
        self._failures[source] = (1 if now - at > FORGIVEN_AFTER else count + 1, now)
        if len(self._failures) > MOST_SOURCES:
            self._failures.popitem(last=False)

    def succeeded(self, source: str) -> None:
        self._failures.pop(source, None)


class Login:
    def __init__(
        self, house: House, tokens: Tokens, clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._house = house
        self._tokens = tokens
        self._clock = clock
        self._sleep = sleep
        self._patience = Patience()
        self._waiting: dict[str, int] = {}

    async def token(self, request: web.Request) -> web.Response:
        """``POST /auth/token``."""
        asked = await read_body(request, TokenRequest)
        source = request.remote or ""
        if self._waiting.get(source, 0) >= MOST_AT_ONCE:
            raise RestRefused(429, "too_many", "too many attempts at once")
        await self._wait(source)
        person = self._house.authenticate(asked.user, asked.password)
        if person is None:
            self._patience.failed(source, self._clock())
            raise RestRefused(401, "bad_credentials", "user or password is wrong")
        self._patience.succeeded(source)
        return self._issue(person)

    async def renew(self, request: web.Request) -> web.Response:
        """``POST /auth/renew``: whoever works on need not say the password again."""
        return self._issue(self.person(request))

    def _issue(self, person: Person) -> web.Response:
        token, expires_at = self._tokens.issue(person, self._clock())
        return answer(TokenResponse(token=token, expires_at=expires_at, user=person.user, name=person.name,
                                    role=person.role))

    def person(self, request: web.Request) -> Person:
        """Who the bearer token says (RFC 6750). Raises :class:`RestRefused`."""
        return self._known(self.claims(request))

    def claims(self, request: web.Request) -> Claims:
        """What the bearer token says; of whom, :meth:`person` asks. Raises :class:`RestRefused`."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise RestRefused(401, "no_token", "say who you are: Authorization: Bearer <token>")
        return self._read(token.strip())

    def ticket(self, person: Person, thing: str) -> tuple[str, int]:
        """What opens one thing alone, for what can show no header (a sound in a page), and until when."""
        return self._tokens.ticket(person, thing, self._clock())

    def person_for(self, request: web.Request, thing: str) -> Person:
        """Who the ticket for this thing says, or else the bearer token. Raises :class:`RestRefused`."""
        ticket = request.query.get("ticket", "")
        return self._known(self._read(ticket, thing)) if ticket else self.person(request)

    def _read(self, token: str, thing: str | None = None) -> Claims:
        try:
            return self._tokens.read(token, self._clock(), thing)
        except TokenRefused as refused:
            raise RestRefused(401, refused.code, refused.reason) from None

    def _known(self, claims: Claims) -> Person:
        person = self._house.person(claims.sub)
        if person is None or (person.role, person.team) != (claims.role, claims.team):
            raise RestRefused(401, "bad_token", "the rights in this token are no longer yours")
        return person

    async def _wait(self, source: str) -> None:
        delay = self._patience.delay(source, self._clock())
        if not delay:
            return
        self._waiting[source] = self._waiting.get(source, 0) + 1
        try:
            await self._sleep(delay)
        finally:
            self._waiting[source] -= 1
            if not self._waiting[source]:
                del self._waiting[source]


async def read_body(request: web.Request, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """The JSON body as this message. Raises :class:`RestRefused`. Strangers may say this, so no more is read than such a
    message can have."""
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > MOST_BODY:
            raise RestRefused(413, "too_large", f"the body has more than {MOST_BODY} octets")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as wrong:
        raise RestRefused(400, "bad_params", told(wrong), field_of(wrong)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RestRefused(400, "not_json", "the body is not JSON") from None
