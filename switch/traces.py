"""A SIP message as the timeline of a contact keeps it: what it was, who said it, when. Bodies are not kept, and secrets
are masked before it comes here."""

from collections.abc import Sequence

import msgspec


class SipMessage(msgspec.Struct, frozen=True, array_like=True):
    """One message on the wire between the switch and one party."""

    at: float
    """POSIX seconds."""
    sent: bool
    """By the switch; else by the party."""
    party: str
    """The agent or number at the far end."""
    peer: str
    """Its address: ``udp 192.0.2.7:5060``."""
    line: str
    """``INVITE sip:5000@example.com``, ``180 Ringing``."""
    cseq: str = ""
    """``1 INVITE``."""
    reason: str = ""
    """The Reason header (RFC 3326), where there is one."""


class Trace(msgspec.Struct, frozen=True):
    """Some messages of one contact, in order, as they are written together."""

    contact: str
    messages: tuple[SipMessage, ...]


_decoder = msgspec.json.Decoder(tuple[SipMessage, ...])


def packed(messages: Sequence[SipMessage]) -> str:
    """As they are stored."""
    return msgspec.json.encode(messages).decode()


def unpacked(body: str) -> tuple[SipMessage, ...]:
    """And back."""
    return _decoder.decode(body)
