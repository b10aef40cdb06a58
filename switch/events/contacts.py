"""Events in the life of a contact: its beginning, its segments, its end, and who it is."""

import msgspec

from switch.events.root import ContactEvent


class ContactOffered(ContactEvent, frozen=True, kw_only=True, tag="contact.offered"):
    caller: str
    """Number or user part of who calls; empty when withheld."""
    caller_name: str = ""
    called: str
    diverted_from: str = ""
    """The number that was called before and led the call on to us (Diversion, History-Info); empty = none."""
    direction: str = "inbound"
    """inbound (from outside or a phone to a service number), outbound (an agent calls out), internal (agent to agent)."""
    trunk: str = ""
    """The trunk that it came by; empty = none."""


class ContactAnswered(ContactEvent, frozen=True, kw_only=True, tag="contact.answered"):
    """The switch picked up (inbound) or the called party did (outbound, internal)."""

    leg: str = ""
    """The leg of the one who called."""


class SegmentBegan(ContactEvent, frozen=True, kw_only=True, tag="contact.segment"):
    kind: str
    """ivr, queue, ring, talk, hold, consult (two agents talk on after the caller has left), wrap_up, survey,
    voicemail, closing. Tiles the contact together with its neighbours."""
    owner: str
    """The tree, the queue, the agent or the number that has the contact now."""


class ContactEnded(ContactEvent, frozen=True, kw_only=True, tag="contact.ended"):
    """The last hang-up. Said exactly once for each offered contact. A ``wrap_up`` segment may follow."""

    ended_by: str
    """customer, agent, supervisor, ivr, network, system."""
    cause: str
    """Q.850 name, e.g. normal_call_clearing, no_answer, call_rejected, system_shutdown."""
    sip_status: int = 0
    """The raw SIP status, where one was received or sent; 0 = none."""
    csta_cause: str = "normal"


class CustomerFound(ContactEvent, frozen=True, kw_only=True, tag="contact.customer"):
    """Who the caller is, as the contact store or the HTTP look-up said it."""

    customer: "Customer"


class Customer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    number: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    calls_today: int = 0
    calls_year: int = 0
    last_call: float = 0.0
    """POSIX seconds; 0 = never before."""
    open_complaints: int = 0
    url: str = ""
    """What the agent's screen should open."""


class ContactNoted(ContactEvent, frozen=True, kw_only=True, tag="contact.noted"):
    """An agent says what came of the contact; what this agent said of it before no longer holds."""

    agent: str
    outcome: str = ""
    """A code of the queue's `outcomes`."""
    note: str = ""
