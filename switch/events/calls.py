"""Events of one leg of a contact: a party's SIP session with its row in media."""

from switch.events.root import ContactEvent


class LegEvent(ContactEvent, frozen=True, kw_only=True):
    leg: str
    party: str
    """The agent or number at the far end of the leg."""


class Delivered(LegEvent, frozen=True, kw_only=True, tag="call.delivered"):
    """The phone of this party rings."""


class Established(LegEvent, frozen=True, kw_only=True, tag="call.established"):
    """This party and the caller hear each other."""


class Held(LegEvent, frozen=True, kw_only=True, tag="call.held"):
    """This party has put the others on hold, or consults somebody while they wait."""


class Retrieved(LegEvent, frozen=True, kw_only=True, tag="call.retrieved"):
    pass


class Muted(LegEvent, frozen=True, kw_only=True, tag="call.muted"):
    """This party hears the others, and is not heard."""

    by: str


class Unmuted(LegEvent, frozen=True, kw_only=True, tag="call.unmuted"):
    by: str


class Conferenced(ContactEvent, frozen=True, kw_only=True, tag="call.conferenced"):
    """These parties, three or more, hear each other. Told anew whenever it is others."""

    parties: tuple[str, ...]
    """Agents and numbers, the caller first."""


class Diverted(ContactEvent, frozen=True, kw_only=True, tag="call.diverted"):
    """An agent whose phone rang sent the caller on without picking up (`call.deflect`)."""

    by: str
    to: str
    note: str = ""


class ConsultationChanged(ContactEvent, frozen=True, kw_only=True, tag="consultation.state"):
    """A consultation has begun, got on, or ended."""

    consultation: str
    by: str
    """Who consults."""
    to: str
    """Whom they asked for."""
    state: str
    """initiated, queued, ringing, established, held (they speak with the caller meanwhile), completed, canceled, failed."""
    party: str = ""
    """Who was found."""
    why: str = ""
    """Of completed: transferred, conferenced. Of canceled: caller_left, cleared; empty = taken back. Of failed: busy,
    rejected, timeout, unreachable, logged_out, no_agents, full, closed, overflow, cleared (the consulted hung up)."""


class TransferChanged(ContactEvent, frozen=True, kw_only=True, tag="transfer.state"):
    """The caller is on the way to somebody else, is there, or could not be brought there."""

    transfer: str
    kind: str
    """blind, attended, requeue, deflect."""
    by: str
    """Who had the caller, or was offered them."""
    to: str
    state: str
    """initiated, ringing, completed, canceled, failed."""
    party: str = ""
    """Who rings, has taken the caller, or has not."""
    why: str = ""
    """Of failed: as with a consultation. The caller then goes back to ``by``, or to the head of the queue they came from."""


class Transferred(ContactEvent, frozen=True, kw_only=True, tag="call.transferred"):
    """Whoever had the caller has let go of them; ``transfer.state`` tells what comes of it."""

    by: str
    to: str
    """queue:NAME, agent:NUMBER or a number."""
    note: str = ""


class LegEnded(LegEvent, frozen=True, kw_only=True, tag="call.leg_ended"):
    ended_by: str
    cause: str
    sip_status: int = 0


class PhoneLost(LegEvent, frozen=True, kw_only=True, tag="call.phone_lost"):
    """The connection of this party's phone was lost in the middle of the talk; it is waited for, and rung again."""

    until: float
    """When it is waited for no longer, POSIX seconds."""


class MediaSilent(LegEvent, frozen=True, kw_only=True, tag="media.silent"):
    """No packet came from this party while one was due."""

    seconds: float


class MediaHeard(LegEvent, frozen=True, kw_only=True, tag="media.heard"):
    """Packets come again."""


class MediaQuality(LegEvent, frozen=True, kw_only=True, tag="media.quality"):
    received: int
    lost: int
    late: int
    """Packets that came too late to be heard."""
    jitter: float
    """Seconds (RFC 3550 section 6.4.1)."""
    burst: float = 0.0
    """Packets that were lost in a row, on average."""
    mos: float | None = None
    """How well this party was heard: an opinion score of 1 to 4.4, estimated by the E-model (ITU-T G.107)."""
    round_trip: float | None = None
    """Seconds there and back, by RTCP."""
    far_lost: int | None = None
    """Of our packets, how many did not reach this party; this and what follows by its own reports (RTCP)."""
    far_loss: float | None = None
    """The same, of 1."""
    far_jitter: float | None = None
    """Seconds."""
    far_mos: float | None = None
    """How well this party heard us."""
    intruders: int = 0
    """Packets from somewhere else, which were dropped."""
    unopened: int = 0
    """Packets that the agreed key did not open (SRTP), which were dropped."""
    replayed: int = 0
    """Packets that came a second time (SRTP), which were dropped."""


class MediaPoor(LegEvent, frozen=True, kw_only=True, tag="media.poor"):
    """For the last seconds, this party was hard to understand, or could hardly understand us."""

    way: str
    """heard = what comes from this party, sent = what it gets."""
    mos: float
    loss: float
    """Of 1, with what came too late."""
    jitter: float
    """Seconds."""
    round_trip: float | None = None
    """Seconds."""


class MediaFair(LegEvent, frozen=True, kw_only=True, tag="media.fair"):
    """It is understood again."""

    way: str


class MediaTimedOut(LegEvent, frozen=True, kw_only=True, tag="media.timed_out"):
    """Nothing has come from this party for so long that it is taken for gone, and hung up on."""

    seconds: float


class MediaUnkeyed(LegEvent, frozen=True, kw_only=True, tag="media.unkeyed"):
    """The phone of this party, in a browser, and we could not agree on keys, so neither hears anything: it is hung up on.
    Who was with an agent is led to the head of their queue."""

    why: str
    """A sentence for whoever looks after the network."""


class MediaIntruded(LegEvent, frozen=True, kw_only=True, tag="media.intruder"):
    """Somebody else sends packets to this party's port. They are dropped; told once a minute at most."""

    host: str
    port: int
    packets: int
    """All that were dropped so far."""


class MediaTrouble(ContactEvent, frozen=True, kw_only=True, tag="media.trouble"):
    """A sound is missing, a disk is full: the call went on without."""

    what: str
