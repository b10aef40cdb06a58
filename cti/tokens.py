"""Tokens: who a client is, signed, so that nothing has to be remembered (RFC 7519, HMAC with SHA-256).

The moment is handed in rather than asked of the wall by the library, so expiry can be tested without waiting.
"""

import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import jwt
import msgspec

from cti.house import Person

_ALGORITHM = "HS256"
TICKET_SECONDS = 600
LEAST = 32
"""Octets of a signing key."""


class TokenRefused(Exception):
    """``code`` is ``bad_token`` or ``token_expired``."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Claims(msgspec.Struct, frozen=True):
    """What a token says. Moments are POSIX seconds."""

    sub: str
    role: str
    team: str
    iat: int
    exp: int
    seal: str = ""
    """Says, to us alone, with which password it was asked for."""


def load_secret(path: Path) -> bytes:
    """The signing key from ``path``; made, with mode 0600, when there is none. Raises :class:`OSError`, also for a key that
    is too short to be one (RFC 7518 section 3.2): whoever guesses it is everybody."""
    try:
        secret = path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    else:
        if len(secret.strip()) < LEAST:
            raise OSError(f"the key in {path} has fewer than {LEAST} octets: delete the file, and another is made")
        return secret
    secret = secrets.token_hex(32).encode()
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secret)
    fresh.replace(path)  # at once, so that a start which is cut short leaves no half of a key
    return secret


class Tokens:
    """Issues and reads tokens that are good for ``hours``, but no longer than the password that they were asked for with.
    ``password``: what a user proves themselves with now, or anything that follows from it."""

    def __init__(self, secret: bytes, hours: float = 12.0, password: Callable[[str], bytes] = lambda _: b"") -> None:
        self._secret = secret
        self._seconds = hours * 3600
        self._password = password

    def issue(self, person: Person, now: float) -> tuple[str, int]:
        """A token and the moment at which it expires."""
        expires_at = int(now + self._seconds)
        claims = Claims(sub=person.user, role=person.role, team=person.team, iat=int(now), exp=expires_at,
                        seal=self._seal(person.user))
        return jwt.encode(msgspec.to_builtins(claims), self._secret, algorithm=_ALGORITHM), expires_at

    def ticket(self, person: Person, thing: str, now: float) -> tuple[str, int]:
        """A token that is good for one thing alone, for ten minutes, and the moment at which it expires."""
        expires_at = int(now + TICKET_SECONDS)
        claims = Claims(sub=person.user, role=person.role, team=person.team, iat=int(now), exp=expires_at,
                        seal=self._seal(person.user))
        return jwt.encode({**msgspec.to_builtins(claims), "aud": thing}, self._secret, algorithm=_ALGORITHM), expires_at

    def read(self, token: str, now: float, thing: str | None = None) -> Claims:
        """What the token says; of a ticket, where it is for this ``thing``. Raises :class:`TokenRefused`."""
        unchecked = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        try:
            claims = jwt.decode(token, self._secret, algorithms=[_ALGORITHM], options=unchecked, audience=thing)
            read = msgspec.convert(claims, Claims)
        except (jwt.PyJWTError, msgspec.ValidationError, ValueError, RecursionError):
            raise TokenRefused("bad_token", "this token is not one of ours") from None
        if read.exp <= now:
            raise TokenRefused("token_expired", "this token has expired")
        if not self.good(read):
            raise TokenRefused("bad_token", "the password has been changed since this token was given")
        return read

    def good(self, claims: Claims) -> bool:
        """Whether the password is still the one with which the token was asked for."""
        return hmac.compare_digest(claims.seal.encode(), self._seal(claims.sub).encode())

    def _seal(self, user: str) -> str:
        """Follows from the password, and nobody without our key can try passwords against it."""
        return hmac.digest(self._secret, b"seal\0" + user.encode() + b"\0" + self._password(user), "sha256").hex()[:32]
