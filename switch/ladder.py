"""Which SIP messages belong to which contact: the raw material of a contact's timeline.

The wire only appends what passes to a list. Some time later, a few hundred messages at a time, their Call-IDs are looked up
and what belongs to a contact is made ready to be written; the rest (registrations, probes, strangers) is thrown away. A call
that was first asked for its password begins before its contact does, so what could become a call is kept for half a minute.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from switch.sip.effects import Address
from switch.sip.masking import masked_url
from switch.traces import SipMessage, Trace

MOST = 200
"""Messages of one session that are kept: enough for hours of refreshes, too few to fill a disk."""
AT_ONCE = 500
"""Messages that are read in one go: less than a millisecond."""
MOST_RAW = 20_000
"""Messages that may wait to be read; in a flood beyond that all of them are forgotten."""
PATIENCE = 32.0
"""Seconds for which a message may wait for its contact, and for which an ended contact may still get some (64*T1)."""
STRANGERS = 2000
"""Call-IDs that may wait for their contact."""
LONGEST = 200
_NO_CALL = (b"REGISTER", b"OPTIONS", b"SUBSCRIBE", b"PUBLISH", b"MESSAGE", b"NOTIFY")
_NAMED = {name: re.compile(rb"(?im)^(?:" + name + rb")[ \t]*:[ \t]*([^\r\n]*)")
          for name in (b"call-id|i", b"cseq", b"reason")}


class Raw(NamedTuple):
    at: float
    sent: bool
    address: Address
    data: bytes


class Owner:
    """Whose a session is."""

    __slots__ = ("contact", "count", "last", "party")

    def __init__(self, contact: str, party: str, now: float) -> None:
        self.contact = contact
        self.party = party
        self.last = now
        self.count = 0


class Ladder:
    """``note`` takes what passes on the wire; ``lost`` counts what a flood has washed away."""

    def __init__(self) -> None:
        self._raw: list[Raw] = []
        self.note: Callable[[Raw], None] = self._raw.append
        self.lost = 0
        self._owners: dict[str, Owner] = {}
        self._strangers: dict[str, list[Raw]] = {}
        self._swept = 0.0

    def __len__(self) -> int:
        """How many wait to be read."""
        return len(self._raw)

    def belongs(self, call_id: str, contact: str, party: str, now: float) -> None:
        """This session is the leg of this party."""
        self._owners[call_id] = Owner(contact, party, now)
        if (waited := self._strangers.pop(call_id, None)) is not None:
            self._raw[:0] = waited

    def contact_of(self, call_id: str) -> str:
        """Whose session this is; empty = nobody's, or not yet."""
        owner = self._owners.get(call_id)
        return owner.contact if owner is not None else ""

    def take(self, now: float, alive: Callable[[str], bool]) -> list[Trace]:
        """Read some of what waits; gives what belongs to contacts. ``alive``: whether a contact is still in the house."""
        if len(self._raw) > MOST_RAW:
            self.lost += len(self._raw)
            self._raw.clear()
        raw = self._raw[:AT_ONCE]
        del self._raw[:AT_ONCE]
        found: dict[str, list[SipMessage]] = {}
        for each in raw:
            self._read(each, found)
        if now - self._swept > PATIENCE:
            self._sweep(now, alive)
        return [Trace(contact, tuple(messages)) for contact, messages in found.items()]

    def _read(self, raw: Raw, found: dict[str, list[SipMessage]]) -> None:
        call_id = call_id_of(raw.data)
        owner = self._owners.get(call_id)
        if owner is None:
            self._keep(call_id, raw)
        elif owner.count < MOST:
            owner.count += 1
            owner.last = raw.at
            found.setdefault(owner.contact, []).append(message_of(raw, owner.party))

    def _keep(self, call_id: str, raw: Raw) -> None:
        """It may become a call yet."""
        if not call_id or _header(raw.data, b"CSeq", b"cseq").endswith(_NO_CALL):
            return
        waiting = self._strangers.setdefault(call_id, [])
        if len(waiting) < 20:
            waiting.append(raw)
        if len(self._strangers) > STRANGERS:
            del self._strangers[next(iter(self._strangers))]

    def _sweep(self, now: float, alive: Callable[[str], bool]) -> None:
        self._swept = now
        for call_id in [each for each, owner in self._owners.items()
                        if now - owner.last > PATIENCE and not alive(owner.contact)]:
            del self._owners[call_id]
        for call_id in [each for each, waiting in self._strangers.items() if now - waiting[0].at > PATIENCE]:
            del self._strangers[call_id]


def message_of(raw: Raw, party: str) -> SipMessage:
    """What is kept of a message: its first line, its CSeq, its Reason; without passwords and tokens."""
    address = raw.address
    first = raw.data[:raw.data.find(b"\r\n")]
    line = first[8:] if first.startswith(b"SIP/2.0 ") else first.removesuffix(b" SIP/2.0")
    has_reason = b"eason" in raw.data
    return SipMessage(raw.at, raw.sent, party, _place(address), _text(line),
                      _text(_header(raw.data, b"CSeq", b"cseq")),
                      _text(_header(raw.data, b"Reason", b"reason")) if has_reason else "")


def call_id_of(data: bytes) -> str:
    """The Call-ID of a message; empty = it has none."""
    return _header(data, b"Call-ID", b"call-id|i").decode("utf-8", "replace")


def _header(data: bytes, name: bytes, pattern: bytes) -> bytes:
    """The first value of a header, found by its usual spelling, else by any; empty = there is none."""
    end = data.find(b"\r\n\r\n")
    begin = data.find(b"\r\n" + name + b": ", 0, end)
    if begin >= 0:
        begin += len(name) + 4
        return data[begin:data.find(b"\r\n", begin)].strip()
    found = _NAMED[pattern].search(data, 0, end if end >= 0 else len(data))
    return found[1].strip() if found is not None else b""


@lru_cache(1024)
def _place(address: Address) -> str:
    return f"{address.transport} {address.host}:{address.port}"


@lru_cache(1024)
def _text(value: bytes) -> str:
    """As text; the same few words come again and again. To look for a password or a token costs ten times what all else
    does, so only where there can be one: a second colon before an ``@``, or a value that is assigned."""
    text = value[:LONGEST].decode("utf-8", "replace")
    if "=" in text or ("@" in text and text.partition("@")[0].count(":") > 1):
        text = masked_url(text)
    return text if text.isprintable() else "".join(each if each.isprintable() else "\ufffd" for each in text)
