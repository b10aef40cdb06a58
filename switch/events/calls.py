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
