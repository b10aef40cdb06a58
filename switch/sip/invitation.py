"""How an INVITE of ours looks: whom it is for, from whom it comes, and what it must not carry on."""

from typing import NamedTuple

from .effects import Address
from .headers import clean, quoted
from .stack import ALLOW, SDP, SUPPORTED, Stack
from .uri import Uri
from .writing import Draft

_ANONYMOUS = Uri("sip", "anonymous", "anonymous.invalid")


class Invitation(NamedTuple):
    """Whom a new call is for and from whom it comes."""

    uri: str
    destination: Address
    caller: str
    """User part; empty = anonymous (RFC 3323)."""
    caller_name: str
    sdp: bytes
    """Empty: the peer shall offer."""
    headers: tuple[tuple[str, str], ...]
    domain: str
    """What stands behind the caller in From; empty = our own address."""
    hops: int

    def draft(self, stack: Stack, tag: str, terms: str) -> Draft:
        """The INVITE. ``terms``: its lines about the session timer. Text from the house cannot break out of its line.

        Headers that a Contact carries are not sent along (RFC 3261 section 19.1.5): a Route among them would make us
        write to whomever a phone names.
        """
        uri = clean(self.uri).partition("?")[0]
        domain = self.domain or stack.here.host(self.destination)
        address = Uri("sip", self.caller, domain) if self.caller else _ANONYMOUS
        name = self.caller_name if self.caller else "Anonymous"
        extra = "".join([f"{clean(name)}: {clean(value)}\r\n" for name, value in self.headers])
        contact = stack.contact(self.destination, self.uri[:5].lower() == "sips:")
        lines = f"{contact}{ALLOW}{SUPPORTED}{terms}User-Agent: {stack.agent}\r\n{extra}"
        return Draft(
            "INVITE", uri, self.destination, stack.branch(), "",
            f"{quoted(name) + ' ' if name else ''}<{address}>;tag={tag}", f"<{uri}>", stack.token(), 1,
            lines + (SDP if self.sdp else ""), self.sdp, hops=self.hops,
        )  # fmt: skip
