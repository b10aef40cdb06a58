"""Globally routable user agent URIs (RFC 5627): names under which one phone of a user is reached, and no other.

A phone that says ``Supported: gruu`` and names its instance is told two at each registration. The public one names user
and instance, for all who can read. The temporary one names neither; a new one is told each time, and all of them are good
as long as the phone stays registered in the same call. Both lead here, where the binding is looked up.
"""

from collections import deque
from typing import NamedTuple
from urllib.parse import quote, unquote

from .headers import NameAddr, quoted
from .headers import params as params_of
from .stack import Stack
from .uri import Uri, bracketed

_KEPT = 8
"""Temporary names of one phone that are still good; a phone uses one or two."""
_PREFIX = "tgruu."
_SAFE = ":-_.!~*'()[]/+$"
_MOST = 2**31


class Phone(NamedTuple):
    """One phone of one user. ``instance``: without its angle brackets, lower case (RFC 8141: a URN is compared so)."""

    user: str
    instance: str


class Gruus:
    """All temporary names."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._phones: dict[str, Phone] = {}
        self._tokens: dict[Phone, tuple[str, deque[str]]] = {}

    def __len__(self) -> int:
        return len(self._phones)

    def parameters(self, phone: Phone, call_id: str, domain: str) -> str:
        """What the Contact of a 200 says of this phone, with a new temporary name."""
        known, tokens = self._tokens.get(phone, (call_id, deque()))
        if known != call_id:
            self.forget(phone)
            tokens = deque()
        token = self._stack.token()
        tokens.append(token)
        self._phones[token] = phone
        self._tokens[phone] = (call_id, tokens)
        if len(tokens) > _KEPT:
            del self._phones[tokens.popleft()]
        host = bracketed(domain)
        public = f"sip:{quote(phone.user, safe='')}@{host};gr={quote(phone.instance, safe=_SAFE)}"
        return f";pub-gruu={quoted(public)};temp-gruu={quoted(f'sip:{_PREFIX}{token}@{host};gr')}"

    def forget(self, phone: Phone) -> None:
        """The phone is gone, or has begun anew: its temporary names lead nowhere."""
        for token in self._tokens.pop(phone, ("", ()))[1]:
            del self._phones[token]

    def phone(self, uri: Uri) -> Phone | None:
        """Which phone a URI with ``gr`` means; None = a name that we never gave, or do not know any more."""
        if uri.user.startswith(_PREFIX):
            return self._phones.get(uri.user.removeprefix(_PREFIX))
        instance = uri.param("gr")
        return Phone(uri.user, unquote(instance)) if instance and uri.user else None


def instance_of(place: NameAddr) -> str:
    """The instance that a Contact names (RFC 5626 section 4.1), as it was written; empty where there is none."""
    if "+sip.instance" not in place.params.lower():
        return ""
    text = params_of(place.params).get("+sip.instance", "")
    inner = text[1:-1] if text.startswith("<") and text.endswith(">") else ""
    return inner if len(inner) < 256 and inner.isascii() and inner.isprintable() and " " not in inner else ""


def flow_of(place: NameAddr) -> int:
    """The ``reg-id`` of a Contact (RFC 5626 section 4.2); 0 where there is none that is right."""
    text = params_of(place.params).get("reg-id", "") if "reg-id" in place.params.lower() else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) < _MOST else 0
