"""ICE, the lite half of it (RFC 8445 section 2.5): whoever can be reached by everybody need not search for a way. Pure.

The far end tries its ways to us with binding requests that are signed with our password; we answer each, and the one
with USE-CANDIDATE is the way that it chose. As long as it goes on asking, it agrees to be sent to (RFC 7675); that is for
its own good, and we need not ask in turn: it would have to be a full agent for that.

A request that is not signed with our password gets no answer, not even the error of RFC 8489 section 9.1.3: a stranger
learns nothing, not so much as that somebody is here.

In a restart (RFC 8445 section 9) both sides name new passwords. What is signed with the old ones is answered still, for
sound goes on meanwhile and the far end may be slow to forget; but once it has chosen with the new, it no longer chooses
with the old.

Some name every way that they try as the one they choose, and mean the best of them that works (aggressive nomination, RFC
5245 section 8.1.1.2; Firefox on a machine with two networks). Others name one, and later another when that is better or
the first has failed (Chromium), again and again while it lasts. So a way of a lower priority than the chosen one has to be
named twice: not by the same request, which may have been sent anew for want of an answer.
"""

from typing import NamedTuple

from media import stun
from media.rtp import Address, plain_host

_KNOWN = frozenset((stun.USERNAME, stun.PRIORITY, stun.USE_CANDIDATE, 0x001C, 0x001D, 0x001E, 0x8002))
"""What a request must be understood in; of these the signatures by SHA-256 of RFC 8489 stand beside that by SHA-1."""
_VALID = 16
"""Ways of the far end that are known at most."""


class Credentials(NamedTuple):
    """What both sides have named: a request's user name is ours, a colon and theirs."""

    ufrag: str
    password: str
    theirs: str


class Checked(NamedTuple):
    """What became of a datagram."""

    answer: bytes
    """To be sent to where it came from; empty = none."""
    chosen: bool
    """The far end chose this way."""
    strange: bool
    """It is from nobody who knows our password."""


_STRANGE = Checked(b"", False, True)


class _Choice(NamedTuple):
    """The way that was chosen with these credentials, and how well the far end likes it."""

    address: Address
    priority: int


class Lite:
    """One stream's agent. ``valid`` are the addresses from which a signed request has come, each with the transaction
    that named it while a better one was chosen."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.valid: dict[Address, bytes] = {}
        self._former: Credentials | None = None
        self._choice: _Choice | None = None

    def agree(self, credentials: Credentials) -> None:
        """These count from now on; where they are others, the far end begins anew."""
        if credentials != self.credentials:
            self._former, self.credentials, self._choice = self.credentials, credentials, None
            self.valid = dict.fromkeys(self.valid, b"")

    def receive(self, octets: bytes, address: Address) -> Checked:
        """A datagram that looks like STUN."""
        message = stun.read(octets)
        if message is None or message.kind != stun.BINDING:
            return _STRANGE
        known = self._whose(message)
        if known is None:
            return _STRANGE
        unknown = [number for number in message.attributes if number < stun.OPTIONAL and number not in _KNOWN]
        if unknown:
            listed = b"".join(number.to_bytes(2, "big") for number in unknown)
            return self._refuse(message, known, 420, "Unknown Attribute", [(stun.UNKNOWN, listed)])
        if stun.CONTROLLED in message.attributes:  # Beside a full agent the lite one never leads (section 6.1.1).
            return self._refuse(message, known, 487, "Role Conflict")
        if address not in self.valid and len(self.valid) >= _VALID:
            self.valid.pop(next(iter(self.valid)))
        self.valid.setdefault(address, b"")
        chosen = stun.USE_CANDIDATE in message.attributes and self._chooses(message, address, known)
        place = stun.place(plain_host(address[0]), address[1], message.transaction)
        answer = stun.write(stun.SUCCESS, message.transaction, [(stun.XOR_MAPPED, place)], known.password)
        return Checked(answer, chosen, False)

    def _chooses(self, message: stun.Message, address: Address, known: Credentials) -> bool:
        """Whether this way, which was named, counts."""
        priority, choice = int.from_bytes(message.attributes.get(stun.PRIORITY, b"")), self._choice
        if known is not self.credentials:
            return choice is None
        if choice is not None and address != choice.address and priority < choice.priority:
            before = self.valid[address]
            self.valid[address] = before or message.transaction
            if before in (b"", message.transaction):
                return False
        self._choice = _Choice(address, priority)
        self.valid[address] = b""
        return True

    def _whose(self, message: stun.Message) -> Credentials | None:
        """The credentials with which it is signed; None = with none of ours. Of the name only our half counts (RFC 8445
        section 7.3): in a restart, theirs may be of before or after."""
        name, colon, _ = message.attributes.get(stun.USERNAME, b"").decode("utf-8", "replace").partition(":")
        for known in (self.credentials, self._former):
            if known is not None and colon and name == known.ufrag and message.is_signed_with(known.password):
                return known
        return None

    @staticmethod
    def _refuse(message: stun.Message, known: Credentials, code: int, reason: str,
                more: list[tuple[int, bytes]] | None = None) -> Checked:  # fmt: skip
        attributes = [(stun.ERROR_CODE, stun.error(code, reason)), *(more or [])]
        return Checked(stun.write(stun.ERROR, message.transaction, attributes, known.password), False, False)
