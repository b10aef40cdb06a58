"""One contact from its first sign to its last, in time order: SIP messages of every party, and what the journal says of it
(menus and digits, queues, offers, talks, commands and refusals, sound, recordings).

A message that came stands before what it caused, one that was sent stands after; both have the moment of one step. Digits
that a tree collects in secret were never written down.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from cti.story import sentence
from switch.journal import Entry
from switch.traces import SipMessage


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened."""

    at: float
    """POSIX seconds."""
    after: float
    """Seconds from the first line."""
    text: str
    """For people: a sentence, or the first line of a SIP message."""
    number: int = 0
    """Of the journal's entry; 0 = this is a SIP message."""
    type: str = "sip"
    """The event, by its name, or ``sip``."""
    event: dict[str, Any] = {}
    """The event, as everybody else is told it."""
    party: str = ""
    """Of a SIP message: the agent or number at the far end."""
    peer: str = ""
    """Its address: ``udp 192.0.2.7:5060``."""
    sent: bool = False
    """By the switch; else by the party."""
    cseq: str = ""
    reason: str = ""
    """The Reason header of a SIP message."""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, in order. ``parties``: who spoke SIP, the caller first."""

    contact: str
    parties: tuple[str, ...]
    lines: tuple[Line, ...]


def timeline_of(contact: str, entries: Sequence[Entry], messages: Iterable[SipMessage]) -> Timeline:
    """Put together what the journal and the wire say of one contact."""
    who = next((f"caller {entry.event.caller}" for entry in entries
                if entry.event.__struct_config__.tag == "contact.offered" and entry.event.caller), "the caller")
    wire = list(messages)
    moments = [entry.at for entry in entries[:1]] + [message.at for message in wire]
    first = min(moments, default=0.0)
    rows = [((message.at, 2 * message.sent, place), _said(message, first)) for place, message in enumerate(wire)]
    rows += [((entry.at, 1, place), _told(entry, first, who)) for place, entry in enumerate(entries)]
    rows.sort(key=lambda row: row[0])
    lines = tuple(line for _, line in rows)
    return Timeline(contact=contact, parties=tuple(dict.fromkeys(line.party for line in lines if line.type == "sip")),
                    lines=lines)


def _said(message: SipMessage, first: float) -> Line:
    return Line(at=message.at, after=round(message.at - first, 6), text=message.line, party=message.party,
                peer=message.peer, sent=message.sent, cseq=message.cseq, reason=message.reason)


def _told(entry: Entry, first: float, who: str) -> Line:
    return Line(at=entry.at, after=round(entry.at - first, 6), text=sentence(entry.event, who), number=entry.number,
                type=entry.event.__struct_config__.tag, event=msgspec.to_builtins(entry.event))
