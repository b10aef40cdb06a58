"""Proof of identity: digest with SHA-256 and MD5 (RFC 7616, RFC 8760, RFC 3261 section 22), both sides.

A nonce is not remembered when it is given out, it is recognised when it comes back: it holds its own moment, something
random, and a seal over both and the host that asked. Only nonces that were used with the right password are remembered,
with the count they came with, until they expire; so nobody without a password can make us remember anything.

Whether a user exists must not show (not in words, not in time): for an unknown user the same sums are done with a
password that nobody knows. Also, an expired nonce is only called stale to those who know the password.

The ``uri`` parameter is hashed as it came and not compared with the Request-URI: common testers and proxies rewrite the
latter, and what the comparison is for, using an answer twice, is prevented by the count.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b, md5, sha256
from hmac import compare_digest
from random import Random
from typing import NamedTuple

from .headers import quoted, split, unquoted
from .passes import Pass, Passes

_HASHES = {"SHA-256": sha256, "MD5": md5}
ALGORITHMS = tuple(_HASHES)
"""What we can, the stronger first."""
NONCES = 65536
"""Used nonces that are remembered; each is some 150 bytes and belongs to somebody with a password."""
_STUMBLES = re.compile(r"baresip v[01]\.|SIPp", re.IGNORECASE)
"""Phones that do not ignore a challenge that they do not know, as they should, but give up: these see MD5 alone."""
_PARAMETER = re.compile(r'\s*([^\s=,"<>]+)\s*=\s*(?:"([^"\\]*)"|([^\s,"<>]*))\s*(?:,|\Z)')
"""One parameter as nearly everybody writes it, with the comma behind it."""
_NEEDED = ("username", "realm", "nonce", "uri", "response", "nc", "cnonce")


class Verdict(NamedTuple):
    """What the credentials of a request were worth."""

    user: str | None
    """Who it is; None = not proved."""
    came: bool
    """Whether there were credentials for our realm at all."""
    stale: bool = False
    """Right, but for a nonce that is too old or used: ask again without asking the human."""
    claimed: str = ""
    """Who they said they were."""
    proven: bool = False
    """Whether they had a nonce that we gave to their host: their address is not forged."""


class Challenger:
    """The side that asks. ``lifetime``: seconds that a nonce may be used. ``algorithms``: what may prove it, in the order
    in which it is asked for. A phone should take the first that it knows (RFC 8760 section 2.4); some that know MD5 only
    give up when they see another, first or anywhere."""

    __slots__ = ("_algorithms", "_floor", "_key", "_lifetime", "_nobody", "_qop", "_rng", "_used", "realm")

    def __init__(
        self, realm: str, rng: Random, lifetime: float = 300.0, algorithms: tuple[str, ...] = ALGORITHMS,
        qop: tuple[str, ...] = ("auth",),
    ) -> None:
        self.realm = realm
        self._algorithms = algorithms
        self._rng = rng
        self._lifetime = lifetime
        self._key = rng.randbytes(32)
        self._nobody = rng.randbytes(16).hex()
        self._qop = ",".join(qop)
        self._used: dict[str, tuple[float, int]] = {}
        self._floor = -1.0
        """Nonces from before this moment are stale, unless they are among the used ones."""

    def challenges(
        self, header: str, host: str, now: float, stale: bool = False, user_agent: str = "", request: str = "",
        web: bool = False,
    ) -> str:  # fmt: skip
        """The lines that ask for proof; ``header``: which of both names; ``user_agent``: what the phone calls itself.

        ``web``: it is a browser's; their phones know MD5 alone, and look at the first challenge alone.
        ``request``: what is the same in all copies of one request; half a minute long they get the same nonce."""
        stumbles = web or ("MD5" in self._algorithms and _STUMBLES.match(user_agent))
        algorithms = ("MD5",) if stumbles else self._algorithms
        if request:
            moment = f"{int(now // 32) * 32000:x}"
            salt = self._seal(moment, request, host)[:12]
        else:
            moment, salt = f"{int(now * 1000):x}", f"{self._rng.getrandbits(48):012x}"
        nonce = f"{moment}.{salt}.{self._seal(moment, salt, host)}"
        end = f', stale=true, qop="{self._qop}"\r\n' if stale else f', qop="{self._qop}"\r\n'
        start = f'{header}: Digest realm={quoted(self.realm)}, nonce="{nonce}"'
        return "".join([f"{start}, algorithm={algorithm}{end}" for algorithm in algorithms])

    def check(
        self, values: Iterable[str], method: str, passwords: Mapping[str, str], host: str, now: float, body: bytes = b"",
        passes: Passes | None = None,
    ) -> Verdict:  # fmt: skip
        """Judge the values of an Authorization or Proxy-Authorization header. ``body``: what auth-int signs. ``passes``:
        what else is good as a password, by MD5, too, whatever is asked of others."""
        for value in values:
            answer = digest_params(value)
            if answer is not None and answer.get("realm") == self.realm:
                shown = passes.find(answer.get("username", ""), now) if passes is not None else None
                return self._judge(answer, method, passwords, host, now, body, shown)
        return Verdict(None, came=False)

    def _judge(
        self, answer: dict[str, str], method: str, passwords: Mapping[str, str], host: str, now: float, body: bytes,
        shown: Pass | None,
    ) -> Verdict:  # fmt: skip
        algorithm = answer.get("algorithm", "MD5").upper()
        user = answer.get("username", "")
        known = algorithm in self._algorithms or (shown is not None and algorithm == "MD5")
        usable = known and answer.get("qop") in ("auth", "auth-int")
        if not usable or any(not answer.get(name) for name in _NEEDED):
            return Verdict(None, came=True, claimed=user)
        password = passwords.get(user) if shown is None else shown.password
        right = response(algorithm, answer, self._nobody if password is None else password, method, body)
        issued = self._issued(answer["nonce"], host)
        same = compare_digest(right.encode(), answer["response"].lower().encode("utf-8", "surrogateescape"))
        if not same or password is None:
            return Verdict(None, came=True, claimed=user, proven=issued is not None)
        if issued is None or not self._fresh(answer["nonce"], answer["nc"], issued, now):
            return Verdict(None, came=True, stale=True, claimed=user)
        return Verdict(user if shown is None else shown.user, came=True, claimed=user)

    def _issued(self, nonce: str, host: str) -> float | None:
        """The moment at which we gave this nonce to this host; None = we did not."""
        moment, _, rest = nonce.partition(".")
        salt, _, seal = rest.partition(".")
        if compare_digest(self._seal(moment, salt, host).encode(), seal.encode("utf-8", "surrogateescape")):
            return int(moment, 16) / 1000
        return None

    def _fresh(self, nonce: str, count: str, issued: float, now: float) -> bool:
        """Whether it is new enough, and this count of it is. The table cannot grow without end: beyond ``NONCES`` the
        oldest is forgotten, and with it everything that was issued before it is stale."""
        try:
            number = int(count, 16)
        except ValueError:
            return False
        known, expires = self._used.pop(nonce, None), issued + self._lifetime
        if known is None and issued <= self._floor:
            return False
        if now > expires or (known is not None and number <= known[1]) or number < 1:
            if known is not None:
                self._used[nonce] = known
            return False
        self._used[nonce] = (expires, number)
        while len(self._used) > NONCES or self._used[next(iter(self._used))][0] < now:
            oldest = next(iter(self._used))
            self._floor = max(self._floor, self._used.pop(oldest)[0] - self._lifetime)
        return True

    def _seal(self, moment: str, salt: str, host: str) -> str:
        text = f"{moment}.{salt}.{host}".encode("utf-8", "surrogateescape")
        return blake2b(text, key=self._key, digest_size=16).hexdigest()


class Answerer:
    """The side that is asked: one user's password and the nonce it has been given last."""

    __slots__ = ("_challenge", "_count", "_doubted", "_header", "_password", "_rng", "user")

    def __init__(self, user: str, password: str, rng: Random) -> None:
        self.user = user
        self._password = password
        self._rng = rng
        self._challenge: dict[str, str] = {}
        self._count = 0
        self._doubted = False
        self._header = ""

    def take(self, status: int, values: Iterable[str]) -> bool:
        """Note the strongest challenge of a 401 or 407.

        Returns whether it is worth answering: not when the last answer was simply wrong.
        """
        offers = [offer for value in values if (offer := digest_params(value)) is not None]
        known = [offer for offer in offers if offer.get("algorithm", "MD5").upper() in _HASHES]
        if not known or any(not offer.get("nonce") for offer in known):
            return False
        best = max(known, key=lambda offer: offer.get("algorithm", "MD5").upper() == "SHA-256")
        wrong = self._doubted and best.get("stale", "").lower() != "true"
        self._challenge, self._count = best, 0
        self._header = "Authorization" if status == 401 else "Proxy-Authorization"
        return not wrong

    def trust(self) -> None:
        """The answer was accepted: a later challenge is a new question, not a verdict."""
        self._doubted = False

    def line(self, method: str, uri: str, body: bytes = b"") -> str:
        """The header line that answers, empty while nobody has asked. ``body`` is signed where the peer insists."""
        asked = self._challenge
        if not asked:
            return ""
        self._count += 1
        self._doubted = True
        algorithm = asked.get("algorithm", "MD5")
        answer = {"username": self.user, "realm": asked.get("realm", ""), "nonce": asked["nonce"], "uri": uri}
        if "qop" in asked:
            answer |= {"cnonce": f"{self._rng.getrandbits(64):016x}", "nc": f"{self._count:08x}"}
            offered = [each.strip() for each in asked["qop"].lower().split(",")]
            answer["qop"] = "auth-int" if "auth" not in offered and "auth-int" in offered else "auth"
        answer["response"] = response(algorithm.upper(), answer, self._password, method, body)
        pieces = [f"{name}={value if name in ('nc', 'qop') else quoted(value)}" for name, value in answer.items()]
        pieces.append(f"algorithm={algorithm}")
        if "opaque" in asked:
            pieces.append(f"opaque={quoted(asked['opaque'])}")
        return f"{self._header}: Digest {', '.join(pieces)}\r\n"


def response(algorithm: str, answer: Mapping[str, str], password: str, method: str, body: bytes = b"") -> str:
    """The sum of RFC 7616 section 3.4.1; without qop that of RFC 2069, which some old peers still ask for."""
    make = _HASHES[algorithm]

    def digest(*parts: str) -> str:
        return make(":".join(parts).encode("utf-8", "surrogateescape")).hexdigest()

    secret = digest(answer["username"], answer["realm"], password)
    asked = digest(method, answer["uri"])
    if answer.get("qop") == "auth-int":
        asked = digest(method, answer["uri"], make(body).hexdigest())
    if not answer.get("qop"):
        return digest(secret, answer["nonce"], asked)
    return digest(secret, answer["nonce"], answer["nc"], answer["cnonce"], answer["qop"], asked)


def digest_params(value: str) -> dict[str, str] | None:
    """The parameters of ``Digest a=b, c="d"`` in lower-case names; None for other schemes."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        return None
    found: dict[str, str] = {}
    end = 0
    while each := _PARAMETER.match(rest, end):
        name, text, word = each.groups()
        found.setdefault(name.lower(), word if text is None else text)
        end = each.end()
    if end == len(rest):
        return found
    found.clear()
    for piece in split(rest):  # written in some way that is seldom: escapes, empty pieces
        name, _, text = piece.partition("=")
        found.setdefault(name.strip().lower(), unquoted(text.strip()))
    return found
