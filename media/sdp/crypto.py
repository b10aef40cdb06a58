"""Keys for SRTP in session descriptions: ``a=crypto`` (RFC 4568), with the suites of RFC 7714.

    a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^31
             |           |                        key and salt                        lifetime

A line that asks for what we do not do (a key identifier, more keys than one, a session parameter that may not be passed
over) is no choice; another line may be. The key that stands in a line is for what its writer sends.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from media.orders import Keys
from media.srtp import SUITES

MODES = ("off", "offer", "require")
PLAIN = ("RTP/AVP", "RTP/AVPF")
SECURE = ("RTP/SAVP", "RTP/SAVPF")
_FEW = ("AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_80")
_LINE = re.compile(r"(\d{1,9})[ \t]+(\S+)[ \t]+inline:([A-Za-z0-9+/]+={0,2})(\|(?:2\^)?\d{1,15})?((?:[ \t]+\S+)*)", re.ASCII)
_HARMLESS = re.compile(r"-\S+|KDR=0|WSH=\d+", re.ASCII)
"""Session parameters that change nothing for us (RFC 4568 section 6.3)."""


@dataclass(frozen=True, slots=True)
class Crypto:
    """One ``a=crypto`` line that we can obey."""

    tag: int
    suite: str
    key: bytes = field(repr=False)
    """Master key and salt of whoever wrote the line."""

    def __str__(self) -> str:
        return f"a=crypto:{self.tag} {self.suite} inline:{b64encode(self.key).decode()}"


@dataclass(slots=True)
class Security:
    """What we are willing to do about keys in one session.

    mode: off = never, offer = where they can, require = or not at all. draw gives so many octets that nobody can guess.
    ours: the keys that we have named so far, by suite. agreed: what is in force.
    """

    mode: str
    draw: Callable[[int], bytes]
    ours: dict[str, bytes] = field(default_factory=dict, repr=False)
    agreed: Keys | None = None
    offered: str = ""
    """The mode of our offers, where it is another."""
    short: bool = False
    """Offer the best suite and the commonest one only: the offer has to fit into a datagram."""

    def key(self, suite: str) -> bytes:
        """Our key of a suite: the same as before, as long as nothing speaks against it."""
        if suite not in self.ours:
            self.ours[suite] = self.draw(SUITES[suite][1])
        return self.ours[suite]

    @property
    def offers(self) -> str:
        """The mode of our offers. What is in force is offered again, however it came."""
        mode = self.offered or self.mode
        return "offer" if mode == "off" and self.agreed is not None else mode

    def lines(self) -> list[Crypto]:
        """What we offer, the strongest first."""
        return [Crypto(tag, suite, self.key(suite)) for tag, suite in enumerate(_FEW if self.short else SUITES, 1)]

    def take(self, offered: Iterable[Crypto]) -> Crypto | None:
        """Our line for an answer to the first of theirs, and with it the keys; None = there is none.

        Whoever changes their key gets another of ours, too: no key outlives what it was agreed on with.
        """
        theirs = next(iter(offered), None)
        if theirs is None or self.mode == "off":
            self.agreed = None
            return None
        if self.agreed is not None and (self.agreed.suite, self.agreed.theirs) != (theirs.suite, theirs.key):
            self.ours.pop(theirs.suite, None)
        self.agreed = Keys(theirs.suite, self.key(theirs.suite), theirs.key)
        return Crypto(theirs.tag, theirs.suite, self.agreed.ours)


def read(value: str) -> Crypto | None:
    """The value of an ``a=crypto`` line; None when it cannot be obeyed."""
    found = _LINE.fullmatch(value.strip())
    if found is None or found[2].upper() not in SUITES:
        return None
    suite = found[2].upper()
    if not all(_HARMLESS.fullmatch(parameter) for parameter in found[5].split()):
        return None
    try:
        key = b64decode(found[3] + "=" * (-len(found[3]) % 4), validate=True)
    except (Error, ValueError):
        return None
    return Crypto(int(found[1]), suite, key) if len(key) == SUITES[suite][1] else None


def match(ours: Iterable[Crypto], theirs: Iterable[Crypto]) -> Keys | None:
    """What their answer makes of our lines: the same tag and suite as one of them; None = no keys."""
    offered = {line.tag: line for line in ours}
    for line in theirs:
        mine = offered.get(line.tag)
        if mine is not None and mine.suite == line.suite:
            return Keys(line.suite, mine.key, line.key)
    return None
