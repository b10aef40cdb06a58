"""What has happened, in the past tense: the only things that the journal holds.

Everybody outside the switch (screens, MQTT, records, reports) reads these and nothing else, so every figure that a
manager sees can be recomputed from them. An event says *what*, never *when* or *which number*: the journal's
:class:`~switch.journal.Entry` adds both.

Shapes: identifiers are strings; moments are POSIX seconds (float); durations are seconds (float). The tag (``type``)
is the name that clients see. Segments are told by their beginnings alone: a ``contact.segment`` ends the one before it,
so the tiling of a contact has no gap and no overlap by construction.
"""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", gc=False):
    """The root of all events. (What is frozen makes no cycles, so the garbage collector need not look at the journal
    that is kept in memory.)"""


class ContactEvent(Event, frozen=True, kw_only=True):
    """An event in the life of one contact."""

    contact: str


# -- the switch ------------------------------------------------------------------------------------------------------


class SwitchStarted(Event, frozen=True, kw_only=True, tag="switch.started"):
    version: str
    epoch: int
    """How many times this store has been opened by a switch; the first half of a CTI cursor."""


class SwitchStopped(Event, frozen=True, kw_only=True, tag="switch.stopped"):
    reason: str


# -- the contact -----------------------------------------------------------------------------------------------------


class ContactOffered(ContactEvent, frozen=True, kw_only=True, tag="contact.offered"):
    caller: str
    """Number or user part of who calls; empty when withheld."""
    caller_name: str = ""
    called: str
    direction: str = "inbound"
    """inbound (from outside or a phone to a service number), outbound (an agent calls out), internal (agent to agent)."""


class ContactAnswered(ContactEvent, frozen=True, kw_only=True, tag="contact.answered"):
    """The switch picked up (inbound) or the called party did (outbound, internal)."""


class SegmentBegan(ContactEvent, frozen=True, kw_only=True, tag="contact.segment"):
    kind: str
    """ivr, queue, ring, talk, hold, wrap_up, voicemail, closing. Tiles the contact together with its neighbours."""
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


# -- the IVR ---------------------------------------------------------------------------------------------------------


class MenuEntered(ContactEvent, frozen=True, kw_only=True, tag="ivr.menu_entered"):
    tree: str
    version: str
    menu: str
    level: int


class DigitPressed(ContactEvent, frozen=True, kw_only=True, tag="ivr.digit_pressed"):
    """Digits of a collection marked secret are written as ``x``."""

    digit: str
    menu: str = ""


class OptionChosen(ContactEvent, frozen=True, kw_only=True, tag="ivr.option_chosen"):
    tree: str
    menu: str
    digit: str
    leads_to: str


class MenuMissed(ContactEvent, frozen=True, kw_only=True, tag="ivr.menu_missed"):
    tree: str
    menu: str
    why: str
    """silence or wrong_key."""
    digit: str = ""


class DigitsCollected(ContactEvent, frozen=True, kw_only=True, tag="ivr.digits_collected"):
    name: str
    value: str
    """Masked with ``x`` when the collection is secret."""


class LookedUp(ContactEvent, frozen=True, kw_only=True, tag="ivr.looked_up"):
    node: str
    outcome: str
    """found, not_found, failed, timeout."""
    seconds: float


class TreeLeft(ContactEvent, frozen=True, kw_only=True, tag="ivr.left"):
    tree: str
    version: str
    menu: str
    """The last menu that the caller was in."""
    outcome: str
    """queue:support, extension:1001, voicemail:support, goodbye, hung_up."""


# -- the queue -------------------------------------------------------------------------------------------------------


class ContactQueued(ContactEvent, frozen=True, kw_only=True, tag="queue.joined"):
    queue: str
    position: int
    expected_wait: float | None = None
    """Seconds; None = nobody is staffed, or nothing is known yet."""
    priority: int = 0
    skills: dict[str, int] = {}
    staffed: int = 0


class WaitAnnounced(ContactEvent, frozen=True, kw_only=True, tag="queue.wait_announced"):
    queue: str
    position: int
    expected_wait: float | None = None


class ContactDequeued(ContactEvent, frozen=True, kw_only=True, tag="queue.left"):
    queue: str
    why: str
    """answered, abandoned, timeout, no_agents, full, closed, exit_key, callback, overflow, transferred, withdrawn, error."""
    waited: float
    """Seconds from the joining of this queue."""
    announced_wait: float | None = None
    """The first wait that this caller was told, to compare with ``waited`` (``ewt_error``)."""
    agent: str = ""
    """Who answered, where somebody did."""


# -- reservation and pop ---------------------------------------------------------------------------------------------


class Step(msgspec.Struct, frozen=True):
    """One step of a caller's way through the tree."""

    menu: str
    digit: str
    seconds: float


class Pop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an agent's screen shows before the phone rings."""

    contact: str
    caller: str
    caller_name: str = ""
    """As the caller's phone or network says it; what is known of them is in ``customer``."""
    called: str = ""
    queue: str = ""
    customer: Customer = Customer()
    way: tuple[Step, ...] = ()
    collected: dict[str, str] = {}
    """Digits that the caller typed and answers that were looked up, by name; secrets masked."""
    ivr_seconds: float = 0.0
    wait_seconds: float = 0.0
    note: str = ""
    note_by: str = ""
    url: str = ""


class ReservationEvent(ContactEvent, frozen=True, kw_only=True):
    reservation: str
    agent: str
    queue: str = ""


class ReservationCreated(ReservationEvent, frozen=True, kw_only=True, tag="reservation.created"):
    expires_at: float
    pop: Pop


class ReservationAccepted(ReservationEvent, frozen=True, kw_only=True, tag="reservation.accepted"):
    pass


class ReservationRejected(ReservationEvent, frozen=True, kw_only=True, tag="reservation.rejected"):
    sip_status: int = 0


class ReservationTimedOut(ReservationEvent, frozen=True, kw_only=True, tag="reservation.timeout"):
    pass


class ReservationCanceled(ReservationEvent, frozen=True, kw_only=True, tag="reservation.canceled"):
    """The caller hung up or left the queue while the agent's phone rang."""


class ReservationRescinded(ReservationEvent, frozen=True, kw_only=True, tag="reservation.rescinded"):
    """The switch took the offer back (somebody else answered, the agent's phone vanished)."""

    why: str


class ReservationCompleted(ReservationEvent, frozen=True, kw_only=True, tag="reservation.completed"):
    """The talk that came of it is over."""


# -- the call --------------------------------------------------------------------------------------------------------


class LegEvent(ContactEvent, frozen=True, kw_only=True):
    leg: str
    party: str
    """The agent or number at the far end of the leg."""


class Delivered(LegEvent, frozen=True, kw_only=True, tag="call.delivered"):
    """The phone of this party rings."""


class Established(LegEvent, frozen=True, kw_only=True, tag="call.established"):
    """This party and the caller hear each other."""


class Held(LegEvent, frozen=True, kw_only=True, tag="call.held"):
    pass


class Retrieved(LegEvent, frozen=True, kw_only=True, tag="call.retrieved"):
    pass


class Transferred(ContactEvent, frozen=True, kw_only=True, tag="call.transferred"):
    by: str
    to: str
    """queue:NAME, agent:NUMBER or a number."""
    note: str = ""


class LegEnded(LegEvent, frozen=True, kw_only=True, tag="call.leg_ended"):
    ended_by: str
    cause: str
    sip_status: int = 0


# -- media and recording ---------------------------------------------------------------------------------------------


class MediaSilent(LegEvent, frozen=True, kw_only=True, tag="media.silent"):
    """No packet came from this party while one was due."""

    seconds: float


class MediaHeard(LegEvent, frozen=True, kw_only=True, tag="media.heard"):
    """Packets come again."""


class MediaQuality(LegEvent, frozen=True, kw_only=True, tag="media.quality"):
    received: int
    lost: int
    late: int
    jitter: float
    """Seconds (RFC 3550 section 6.4.1)."""


class MediaTrouble(ContactEvent, frozen=True, kw_only=True, tag="media.trouble"):
    """A sound is missing, a disk is full: the call went on without."""

    what: str


class RecordingEvent(ContactEvent, frozen=True, kw_only=True):
    recording: str


class RecordingStarted(RecordingEvent, frozen=True, kw_only=True, tag="recording.started"):
    path: str
    """Relative to the recordings folder."""
    agent: str = ""
    queue: str = ""
    keep_until: float = 0.0
    """POSIX seconds; 0 = for ever."""


class RecordingPaused(RecordingEvent, frozen=True, kw_only=True, tag="recording.paused"):
    by: str = ""


class RecordingResumed(RecordingEvent, frozen=True, kw_only=True, tag="recording.resumed"):
    by: str = ""


class RecordingSaved(RecordingEvent, frozen=True, kw_only=True, tag="recording.saved"):
    seconds: float


class RecordingDeleted(RecordingEvent, frozen=True, kw_only=True, tag="recording.deleted"):
    why: str
    """retention."""


class PartySpeech(msgspec.Struct, frozen=True, kw_only=True):
    talk: float
    silence: float
    longest_hold: float = 0.0


class SpeechMeasured(RecordingEvent, frozen=True, kw_only=True, tag="recording.measured"):
    """Voice activity of the finished recording: seconds of talk and silence per party, of both at once, of neither."""

    caller: PartySpeech
    agent: PartySpeech
    overlap: float
    silence: float


class VoicemailLeft(ContactEvent, frozen=True, kw_only=True, tag="voicemail.left"):
    box: str
    path: str
    seconds: float
    caller: str


# -- agents and phones -----------------------------------------------------------------------------------------------


class AgentStateChanged(Event, frozen=True, kw_only=True, tag="agent.state"):
    agent: str
    state: str
    """logged_out, not_ready, ready, reserved, busy, after_call_work."""
    reason: str = ""
    previous: str = ""
    contact: str = ""
    until: float = 0.0
    """When an after_call_work ends by itself (POSIX seconds); 0 = not limited."""


class PhoneRegistered(Event, frozen=True, kw_only=True, tag="phone.registered"):
    agent: str
    bindings: int
    user_agent: str = ""


class PhoneUnregistered(Event, frozen=True, kw_only=True, tag="phone.unregistered"):
    agent: str
    why: str
    """unregistered, expired, unreachable."""


class CommandObeyed(Event, frozen=True, kw_only=True, tag="command.obeyed"):
    """Somebody at a CTI client told the switch to do this."""

    by: str
    command: str
    contact: str = ""
    agent: str = ""


def _concrete(root: type[Event]) -> list[type[Event]]:
    """Every event that can be written: the classes that have a tag of their own."""
    found = []
    for child in root.__subclasses__():
        children = _concrete(child)
        found += children or [child]
    return found


KINDS: dict[str, type[Event]] = {kind.__struct_config__.tag: kind for kind in _concrete(Event)}
"""Every event by the name that clients see."""

