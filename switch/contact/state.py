"""What a contact is: plain data, so that it can be written down and taken up again.

A contact has two sides. The *caller side* is the leg that came first: a customer, or an agent who calls out. The *agent
side* is the leg that was found for them. While phones ring there may be several candidates (:class:`Ring`), each of
which may ring at several SIP bindings; the first 200 makes one of them the agent side.
"""

from dataclasses import dataclass, field

from ivr.interpreter import Walk
from ivr.prompts import Prompts
from ivr.tree import Tree
from media.orders import Stream
from switch.contact.changes import Consultation, Supervision, Transfer
from switch.events import Customer
from switch.settings import Media
from switch.sip.effects import Address

MERGE_SECONDS = 1.0
"""How long after a digit the same digit may still come the other way (RFC 4733 and INFO) and be the same press."""


@dataclass(slots=True)
class Outward:
    """A call to a number outside."""

    number: str
    """E.164, or an emergency number."""
    agent: str
    """On whose account; empty = the house's own."""
    left: list[str]
    """The trunks that have not been tried yet, in their order."""
    cut_at: float | None = None
    """When it has lasted as long as it may, POSIX seconds; None = it is not answered yet."""


@dataclass(frozen=True, slots=True)
class Fork:
    """An INVITE to one phone."""

    uri: str
    way: Address
    headers: tuple[tuple[str, str], ...]
    offer: bytes


@dataclass(slots=True, eq=False)
class Leg:
    """One party: one row of media, and the SIP session (while it rings: sessions) of its phone."""

    id: str
    party: str
    """The agent or number at the far end."""
    port: int
    """Our RTP port."""
    session: int
    """The session id of our SDP (RFC 8866 section 5.2)."""
    agent: str = ""
    """The agent whose phone this is; empty = somebody from outside."""
    trunk: str = ""
    """The trunk by which it comes or goes; empty = a phone of ours."""
    outward: Outward | None = None
    """Set while this is a call to a number outside."""
    side: str = ""
    """An address of the family in which it speaks; empty = not known yet."""
    peer: Address | None = None
    """Where its signalling comes from; None = where its agent's phones are registered."""
    rules: Media = field(default_factory=Media, repr=False)
    """What may be agreed on with it: that of the moment at which it began."""
    keys: dict[str, bytes] = field(default_factory=dict, repr=False)
    """Our SRTP keys that SDP has named, by suite."""
    call: str = ""
    """The SIP session that counts; empty while several ring."""
    forks: list[str] = field(default_factory=list)
    """The SIP sessions that ring."""
    invited: dict[str, Fork] = field(default_factory=dict)
    """What each phone of an agent was offered, by SIP session."""
    sent_on: list[str] = field(default_factory=list)
    """The addresses that a phone has sent the call on to (302)."""
    up: bool = False
    """Answered."""
    since: float = 0.0
    """When it began to ring, or was answered."""
    delivered: bool = False
    offer: bytes = b""
    """The SDP that we sent last, offer or answer."""
    stream: Stream | None = None
    on_hold: bool = False
    """This party put the other one on hold, by phone or by command."""
    held_since: float = 0.0
    muted: bool = False
    """This party hears the others and is not heard."""
    reservation: str = ""
    """The reservation that it came of."""
    reserved_by: str = ""
    """The queue that made the reservation; empty = the agent was called by number."""
    referred: bool = False
    """Out of the contact by a REFER of its own; its phone hears music until it has been told what came of it."""
    talked: bool = False
    """This party has spoken with the caller, and is not the caller."""
    presses: list[tuple[str, str, float]] = field(default_factory=list)
    """Presses of the last second that came one way only: digit, way, moment."""

    def press(self, digit: str, way: str, now: float) -> bool:
        """Whether this is a new press, and not the echo of one that came the other way."""
        self.presses = [press for press in self.presses if now - press[2] < MERGE_SECONDS]
        for index, (known, known_way, _) in enumerate(self.presses):
            if known == digit and known_way != way:
                del self.presses[index]
                return False
        self.presses.append((digit, way, now))
        return True


@dataclass(slots=True)
class Ring:
    """One proposal to one agent: the reservation and the leg that rings for it."""

    reservation: str
    """Empty = it is no agent who is called, but a number outside."""
    agent: str
    queue: str
    """Empty = the agent is called by number."""
    leg: Leg
    expires_at: float
    pop_by: float | None
    """Ring at this moment even if no screen has said that it showed the pop; None = it rings."""
    status: int = 0
    """The last failure that a phone answered."""


@dataclass(slots=True)
class Returning:
    """An agent whose phone was lost in the talk, and who is waited for."""

    leg: Leg
    """The leg that takes the place of theirs, when a phone answers."""
    until: float
    """POSIX seconds."""


@dataclass(slots=True)
class Tape:
    """The recording of a contact: one file, whoever is on it."""

    id: str
    path: str
    """Relative to the recordings folder."""
    paused: bool = False
    finished: bool = False
    """Media was told to close the file."""
    saved: bool = False
    channels: tuple[str, str] = ("", "")
    """The legs on the left and on the right channel."""


@dataclass(slots=True)
class Asked:
    """The survey of a contact."""

    about: dict[str, object]
    """The fields that all its events have."""
    answers: dict[str, int] = field(default_factory=dict)
    """Scores by question."""
    over: bool = False


@dataclass(slots=True)
class Contact:
    """A customer's whole interaction, first sign to last hang-up."""

    id: str
    caller: str
    caller_name: str
    called: str
    direction: str
    offered_at: float
    diverted_from: str = ""
    """The number that led the call on to us, as a peer that we know says it."""
    hops: int = 70
    """How often a call that is made for it may be passed on (Max-Forwards, RFC 7332); below 0 = it may not be made."""
    withheld: bool = False
    """The agent who calls does not want to be shown outside."""
    answered_at: float = 0.0
    """0 = not yet."""
    instance: str = ""
    """The one phone of the called agent that is meant (RFC 5627); empty = all of them."""
    legs: dict[str, Leg] = field(default_factory=dict)
    """Every leg whose row is open, by id."""
    closing: dict[str, Leg] = field(default_factory=dict)
    """Legs that are over, until media has told how they were."""
    worker: int | None = None
    """The media worker in which all its legs are; None = it has not had any."""
    caller_leg: Leg | None = None
    agent_leg: Leg | None = None
    """Who has the contact."""
    others: list[Leg] = field(default_factory=list)
    """Further parties of the talk: then it is a conference."""
    consultation: Consultation | None = None
    supervisions: list[Supervision] = field(default_factory=list)
    """Supervisors in the talk, or on the way into it."""
    transfer: Transfer | None = None
    returning: Returning | None = None
    """Set while an agent's phone is lost."""
    hearing: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """What each leg of the talk was last made to hear (see :mod:`switch.contact.mixing`)."""
    conferring: tuple[str, ...] = ()
    """The parties of the conference, as they were told last."""
    gone: tuple[str, int] | None = None
    """The customer has left two agents behind who talk on: who ended it, and the Q.850 cause."""
    destination: str = ""
    """Where a call that still waits for its own phone (an agent's click) or its ACK goes next."""
    closed_said: tuple[str, ...] = ()
    """The files that are heard before it goes there, since the number is closed."""
    closed_to: str = ""
    """Where it goes when that was heard."""
    heard: bool = False
    """The caller has our 200, and hears us."""
    known: bool = False
    """It was asked who calls, and answered."""
    known_by: float = 0.0
    """When that is waited for no longer."""
    segment: tuple[str, str] = ("", "")
    """Kind and owner."""
    segment_since: float = 0.0
    wake_at: float | None = None
    """A moment that the contact itself waits for (the end of a voice mail)."""
    # the tree
    walk: Walk | None = None
    tree: Tree | None = None
    prompts: Prompts | None = field(default=None, repr=False)
    """The sounds that the tree began with."""
    collected: dict[str, str] = field(default_factory=dict)
    way: list[tuple[str, str, float]] = field(default_factory=list)
    """Menus passed: menu, digit, seconds in it."""
    ivr_seconds: float = 0.0
    language: str = "en"
    # the queue
    queue: str = ""
    """The queue that it stands in; empty = none."""
    next_queue: str = ""
    """The queue that it joins when the notice has been heard."""
    priority: int = 0
    skills: dict[str, int] = field(default_factory=dict)
    queued_at: float = 0.0
    """When it joined this queue."""
    turned_away: set[str] = field(default_factory=set)
    """Queues that did not let it in since it stood in one."""
    waits_since: float = 0.0
    """When it joined the first of the queues that have passed it on."""
    rings: dict[str, Ring] = field(default_factory=dict)
    served_queue: str = ""
    """The queue whose rules the talk follows: the last one that led to an agent, also after a transfer to another."""
    notified: bool = False
    # the talk
    customer: Customer = field(default_factory=Customer)
    note: str = ""
    note_by: str = ""
    returned: str = ""
    """Why the caller is led to somebody again, in a word; as in :class:`~switch.events.Pop`."""
    returned_by: str = ""
    referral: str = ""
    """The SIP call whose phone has asked for the transfer that is under way, and is told its outcome."""
    referrer: Leg | None = None
    """Its leg, until that phone has hung up; None = it has, or there is none."""
    tape: Tape | None = None
    record: bool | None = None
    """Whether the talk is recorded; None = not decided yet."""
    holds: dict[str, float] = field(default_factory=dict)
    """The longest hold by who held (caller, agent), seconds."""
    box: str = ""
    """The voice mailbox that is being spoken to."""
    message: Tape | None = None
    """The voice mail."""
    # what may follow the call
    trees: list[str] = field(default_factory=list)
    """The trees that it came through."""
    outcomes: dict[str, str] = field(default_factory=dict)
    """What agents have said came of it, by agent."""
    chose: set[tuple[str, str]] = field(default_factory=set)
    """Trees, and where options that were taken in them lead."""
    gave_up: tuple[str, str] = ("", "")
    """Tree and menu in which the caller hung up."""
    abandoned: str = ""
    """The queue in which the caller hung up."""
    talked_with: str = ""
    """The agent who had the talk last."""
    survey: Asked | None = None
    """What the caller is asked, or was, after the talk."""
    ended: bool = False

    @property
    def deadline(self) -> float | None:
        """When to wake this contact, POSIX seconds; None = never."""
        moments = [self.wake_at, self.walk.deadline if self.walk is not None else None]
        if self.returning is not None:
            moments.append(self.returning.until)
        for ring in self.rings.values():
            moments.append(ring.pop_by)
        for leg in self.legs.values():
            if leg.outward is not None:
                moments.append(leg.outward.cut_at)
        return min([moment for moment in moments if moment is not None], default=None)

    @property
    def over(self) -> bool:
        """Whether nothing is expected any more: every row is closed and the recording saved."""
        return self.ended and not self.legs and not self.closing and all(
            tape is None or tape.saved for tape in (self.tape, self.message))

    @property
    def parties(self) -> list[Leg]:
        """Who is in the talk, the caller first; none while there is no talk."""
        if self.agent_leg is None:
            return []
        return [leg for leg in (self.caller_leg, self.agent_leg, *self.others) if leg.up]

    def hand_over(self, note: str, by: str, returned: str = "", returned_by: str = "") -> None:
        """What the next screen is told of how the caller came there."""
        self.note, self.note_by, self.returned, self.returned_by = note, by, returned, returned_by

    def replace(self, old: Leg, new: Leg | None) -> None:
        """Somebody's place in the talk is taken by somebody else, or (None) by whoever is next."""
        line = [leg for leg in (self.caller_leg, self.agent_leg, *self.others) if leg is not None]
        if old is self.caller_leg or new is None:  # the first who is left becomes the caller side
            line = [leg for leg in line if leg is not old] + ([new] if new is not None else [])
        else:
            line[line.index(old)] = new
        self.caller_leg, self.agent_leg = line[0], line[1] if len(line) > 1 else None
        self.others = line[2:]
