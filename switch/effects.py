"""Everything that the Exchange may ask of the world.

Besides these it asks for :class:`switch.sip.effects.Transmit`, for :class:`switch.sip.effects.Resolve` and for every order
of :mod:`media.orders`. A question (that one, :class:`ShowPop`, :class:`FindCustomer`, :class:`Fetch`, :class:`Measure`)
comes back as an input of the Exchange, which never waits for it without a deadline of its own.
"""

from typing import Any

import msgspec

from media.orders import AnyOrder
from switch.sip.effects import Resolve, Transmit, Watch


class Remember(msgspec.Struct, frozen=True):
    """Keep this value under this key across a crash; None = forget it."""

    key: str
    value: dict[str, Any] | None


class AfterCommit(msgspec.Struct, frozen=True):
    """Do this once everything that was written down before it is safe, or after a quarter of a second without a store."""

    effect: Transmit


class ShowPop(msgspec.Struct, frozen=True):
    """Bring the journal up to this entry to the agent's screens; answer with ``Exchange.popped``."""

    contact: str
    reservation: str
    agent: str
    number: int


class FindCustomer(msgspec.Struct, frozen=True):
    """Who is this caller? Answer with ``Exchange.customer``."""

    contact: str
    number: str


class Fetch(msgspec.Struct, frozen=True):
    """Ask the webhook of a tree; answer with ``Exchange.fetched``."""

    contact: str
    node: str
    method: str
    url: str
    headers: dict[str, str]
    body: dict[str, str] | None
    deadline: float
    """Seconds."""


class Measure(msgspec.Struct, frozen=True):
    """Measure who spoke when in this finished recording; answer with ``Exchange.measured``."""

    contact: str
    recording: str
    path: str
    """Relative to the recordings folder."""
    holds: dict[str, float]
    """The longest hold by party (caller, agent), seconds; given back with the answer."""


class Belongs(msgspec.Struct, frozen=True):
    """This SIP session (by its Call-ID) is the leg of this party of this contact: for the log and the contact's timeline."""

    call_id: str
    contact: str
    party: str


Effect = (
    Transmit | Resolve | Watch | AnyOrder | Remember | AfterCommit | ShowPop | FindCustomer | Fetch | Measure | Belongs
)  # fmt: skip
