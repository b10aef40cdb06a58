"""What is now: the shapes of a snapshot. Moments are POSIX seconds (float), durations seconds."""

import msgspec

from switch.events import Customer, Pop


class AgentState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    agent: str
    name: str = ""
    team: str = ""
    state: str
    """logged_out, not_ready, ready, reserved, busy, after_call_work."""
    reason: str = ""
    since: float = 0.0
    """When this state began."""
    contact: str = ""
    until: float = 0.0
    """When an after_call_work ends by itself; 0 = not limited."""
    phone: str = "unregistered"
    """The second axis: registered, unregistered, unreachable."""
    queues: dict[str, int] = {}
    """The queues that the agent serves, each with its tier."""
    skills: dict[str, int] = {}
    next: str = ""
    """What follows a call, an offer or a wrap-up, where it is not ready: not_ready, logged_out."""
    next_reason: str = ""
    auto_answer: bool = False
    """Whether `call.answer` may have the phone pick up."""


class Colleague(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody whom a call may be led to."""

    agent: str
    name: str = ""
    team: str = ""
    state: str
    """logged_out, not_ready, ready, reserved, busy, after_call_work."""
    phone: str = "unregistered"
    """registered, unregistered, unreachable."""


class QueueState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    queue: str
    waiting: int = 0
    oldest: float = 0.0
    """When the one who waits longest joined; 0 = nobody waits."""
    staffed: int = 0
    """Agents of this queue who are logged in, reachable and willing: ready now, or when their call is over."""
    ready: int = 0
    """Agents of this queue who are free."""
    expected_wait: float | None = None
    """Seconds that a caller who joined now would wait; None = unknown."""
    closed: bool = False
    """By its hours, or by hand."""
    closed_by: str = ""
    """Who closed it by hand."""
    closed_why: str = ""
    """What they said why."""
    closed_until: float = 0.0
    """When its hours rule again, POSIX seconds; 0 = when somebody opens it."""
    thresholds: dict[str, float] = {}
    """From when on its figures are amber or red (`thresholds` of `queues.yaml`)."""
    outcomes: dict[str, str] = {}
    """What agents may say came of a talk (`contact.note`): codes, each with the words for it."""


class LegState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    leg: str
    party: str
    """The agent or number at the far end."""
    state: str
    """ringing, established, held."""
    since: float = 0.0
    trunk: str = ""
    """The trunk that it comes or goes by; empty = a phone of ours."""
    muted: bool = False
    """Hears the others, and is not heard."""


class SegmentState(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    """ivr, queue, ring, talk, hold, consult, wrap_up, survey, voicemail, closing."""
    owner: str
    began: float


class ConsultationState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One party of the call asks somebody, while the others wait."""

    consultation: str
    by: str
    to: str
    state: str
    """initiated, queued, ringing, established, held."""
    since: float
    """When it was initiated."""
    party: str = ""
    """Who was found; empty = nobody yet."""


class TransferState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The caller is on the way from one to another."""

    transfer: str
    kind: str
    """blind, attended, requeue, deflect."""
    by: str
    to: str
    state: str
    """initiated, ringing, failed (the caller is on the way back)."""
    note: str = ""


class ReturningState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The phone of an agent was lost in the middle of the talk; it is waited for, and rung again."""

    party: str
    until: float
    """When it is waited for no longer."""


class SupervisionState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A supervisor in somebody else's talk."""

    by: str
    agent: str
    kind: str
    """monitor, whisper, barge, take_over."""
    leg: str
    state: str
    """ringing (their phone rings), established."""
    since: float
    tell_agent: bool = False
    """Whether the agent may know; if not, agents are not shown it."""


class ContactState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    contact: str
    caller: str
    caller_name: str = ""
    called: str
    direction: str = "inbound"
    offered_at: float
    answered_at: float = 0.0
    """0 = not answered yet."""
    segment: SegmentState | None = None
    agent: str = ""
    """Who has the contact now; empty = nobody."""
    queue: str = ""
    position: int = 0
    """Place in that queue; 0 = does not wait."""
    legs: tuple[LegState, ...] = ()
    consultation: ConsultationState | None = None
    transfer: TransferState | None = None
    returning: ReturningState | None = None
    supervisions: tuple[SupervisionState, ...] = ()
    conference: tuple[str, ...] = ()
    """The parties of a conference, three or more."""
    customer: Customer = Customer()
    recording: str = ""
    """The recording that runs; empty = none."""
    recording_paused: bool = False


class ReservationState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    reservation: str
    contact: str
    agent: str
    queue: str = ""
    state: str = "pending"
    """pending or accepted."""
    expires_at: float
    pop: Pop


class TrunkState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    trunk: str
    state: str
    """unknown (not asked yet; it is used), up, down."""
    since: float = 0.0
    """When this state began."""
    registration: str = ""
    """registered, unregistered, failed; empty = it does not register."""
    calls: int = 0
    """Calls that it has now, in and out."""


class HoursState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    hours: str
    """A name of `hours.yaml`."""
    open: bool
    why: str = ""
    """The rule: `mon-fri 08:00-18:00`, a holiday's name, `closed now by 2001`."""
    by: str = ""
    """Who did it by hand; empty = the calendar."""
    until: float | None = None
    """When that changes by itself, POSIX seconds; None = not by itself, or not within two years."""
    time_zone: str = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The whole switch as its clients see it, at one number of the journal."""

    agents: tuple[AgentState, ...] = ()
    queues: tuple[QueueState, ...] = ()
    contacts: tuple[ContactState, ...] = ()
    """Those in progress, and those in wrap-up."""
    reservations: tuple[ReservationState, ...] = ()
    trunks: tuple[TrunkState, ...] = ()
    """For supervisors."""
    hours: tuple[HoursState, ...] = ()
    """With queues."""
    reasons: dict[str, str] = {}
    """Why agents are not ready (`agent.setState`): words to offer, by code. Any other reason is taken as well."""
