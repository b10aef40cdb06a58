"""What becomes of a talk while it changes hands: plain data, on the contact for as long as it is open.

::

    Consultation                                          Transfer

    initiated -> queued -> ringing -> established         initiated -> ringing -> completed
        |           |         |        |      ^              |            |
        |           |         |        v      |              +------------+-----> failed(why): back to who had
        |           |         |       held ---+              |                    the caller, or to the queue
        v           v         v        v                     +-----> canceled: the caller hung up
      failed(why), canceled(why)    completed(conferenced, transferred)

Every arrow is an event in the journal (``consultation.state``, ``transfer.state``). There is at most one of each on a
contact, and what agents are doing is never stored here: it is read off legs and reservations.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from switch.routing import Destination

if TYPE_CHECKING:
    from switch.contact.state import Leg


@dataclass(slots=True)
class Consultation:
    """One party of a talk asks somebody else, while the others wait."""

    id: str
    by: "Leg"
    """Who consults: their leg in the talk."""
    mouth: "Leg"
    """The leg by which they speak with the consulted: the same one, or a second call of the same phone."""
    to: str
    """As it was asked for."""
    target: Destination
    note: str
    began: float
    state: str = "initiated"
    """initiated, queued, ringing, established, held (the consulting party speaks with the caller meanwhile)."""
    leg: "Leg | None" = None
    """The consulted, once they have answered."""
    joined_at: float = 0.0
    """When it joined the queue, where it asks one."""

    @property
    def up(self) -> bool:
        """Whether the consulted have answered."""
        return self.leg is not None

    @property
    def queue(self) -> str:
        """The queue that is asked; empty = a person by number."""
        return self.target.target if self.target.kind == "queue" else ""


@dataclass(slots=True)
class Supervision:
    """One supervisor in one talk (:mod:`switch.contact.supervising`)."""

    by: str
    agent: str
    """Whose talk it is."""
    kind: str
    """monitor, whisper, barge, take_over."""
    leg: "Leg"
    """The supervisor's."""
    began: float
    up: bool = False
    """The supervisor has picked up."""
    told: bool = False
    """The agent has learnt of it."""


@dataclass(slots=True)
class Transfer:
    """The caller is on the way to somebody else, and whoever had them has let go."""

    id: str
    kind: str
    """blind, attended (of a consultation that had not been answered), requeue, deflect."""
    by: str
    to: str
    note: str
    agent: str
    """Whom the caller goes back to when it fails; empty = nobody."""
    queue: str
    """Where the caller goes then if that agent cannot take them, to the head of the line; empty = nowhere."""
    state: str = "initiated"
    """initiated, ringing, failed (the caller is on the way back)."""
