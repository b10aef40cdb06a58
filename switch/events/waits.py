"""Events of a queue, of an offer to an agent, and what the agent's screen is told with it."""

import msgspec

from switch.events.contacts import Customer
from switch.events.root import ContactEvent


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
    diverted_from: str = ""
    """The number that the caller dialled, where it led them on to us."""
    queue: str = ""
    customer: Customer = Customer()
    way: tuple[Step, ...] = ()
    collected: dict[str, str] = {}
    """Digits that the caller typed and answers that were looked up, by name; secrets masked."""
    ivr_seconds: float = 0.0
    wait_seconds: float = 0.0
    note: str = ""
    """What a colleague wrote who sent the caller on, or asks."""
    note_by: str = ""
    returned: str = ""
    """Why the caller is led to somebody again: phone_lost and no_keys (in the talk with ``returned_by``), or why
    ``returned_by`` did not take them (busy, rejected, timeout, unreachable ...); empty = they are not."""
    returned_by: str = ""
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
