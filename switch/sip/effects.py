"""Everything that the SIP room may ask of the world, and everything that it tells the house.

``call`` is the handle of one INVITE session (one leg): a random string made by the endpoint for a call that comes in,
chosen by the house for a call that goes out.
"""

from typing import Literal

import msgspec

from .identity import NOTHING_CLAIMED, Claims
from .places import PORTS as PORTS
from .places import SECURE as SECURE
from .places import WEB as WEB
from .places import Address as Address
from .places import Naptr as Naptr
from .places import Question as Question
from .places import Records as Records
from .places import Srv as Srv


class Transmit(msgspec.Struct, frozen=True):
    """Send these bytes there."""

    destination: Address
    data: bytes
    name: str = ""
    """Whom a certificate must name when a TLS connection is opened for this; empty = the address itself."""


class Resolve(msgspec.Struct, frozen=True):
    """Ask the DNS; answer with ``Endpoint.resolved``, with no records where there are none or nobody knows."""

    question: Question


class Watch(msgspec.Struct, frozen=True):
    """The peer of this connection has promised to say something at least so often (RFC 5626 section 4.4.1): when it does
    not, the connection is dead, and ``Endpoint.lost`` is to be told."""

    address: Address
    seconds: float


# -- news of calls ----------------------------------------------------------------------------------------------------


class Offered(msgspec.Struct, frozen=True):
    """An INVITE outside any dialog has come in. The house answers with ring, answer, refuse or challenge."""

    call: str
    caller: str
    """User part of From; empty when anonymous."""
    caller_name: str
    called: str
    """User part of the Request-URI."""
    source: Address
    user: str | None
    """Who proved their identity by digest; None = no credentials came (wrong ones never get this far)."""
    sdp: bytes | None
    """The offer; None = the offer is expected in our 200."""
    user_agent: str = ""
    replaces: str = ""
    """The call whose place this one wants to take (RFC 3891); empty = none."""
    claims: Claims = NOTHING_CLAIMED
    """What the INVITE says beside From of who calls and through whom; to be believed of trusted peers only."""
    instance: str = ""
    """The one phone of the called user that is meant (``Binding.instance`` in lower case, RFC 5627); empty = all."""
    hops: int = 70
    """How often it may still be passed on (Max-Forwards); 70 where the INVITE says nothing."""


class Progressed(msgspec.Struct, frozen=True):
    """A provisional response (180, 183 ...) to a call that goes out; also, as 183, the answer to our UPDATE before it."""

    call: str
    status: int
    sdp: bytes | None = None


class Answered(msgspec.Struct, frozen=True):
    """The first 200 to a call that goes out; its ACK is on its way. Or the answer to an offer of ours: the 200 to a
    re-INVITE or UPDATE, the PRACK to a reliable 1xx."""

    call: str
    sdp: bytes | None


class Refused(msgspec.Struct, frozen=True):
    """A call that goes out has failed for good (also 408 when nobody spoke, 487 after hang_up, 503 no transport)."""

    call: str
    status: int
    reason: str
    contacts: tuple[str, ...] = ()
    """Where a 3xx points, the best first; never followed here."""
    retry_after: int = 0
    """Seconds for which a 503 wants to be left alone (RFC 3261 section 21.5.4); 0 = it does not say."""


class Acknowledged(msgspec.Struct, frozen=True):
    """The ACK to our 200; carries the answer where our 200 carried the offer."""

    call: str
    sdp: bytes | None = None


class Ended(msgspec.Struct, frozen=True):
    """The far end ended the call: CANCEL, BYE, no ACK, a dialog that is lost (481, 408 inside it), a session that nobody
    has refreshed (RFC 4028)."""

    call: str
    how: Literal["cancel", "bye", "no_ack", "lost", "expired"]
    q850: int = 16
    """From the Reason header (RFC 3326) where one came; 16 = normal clearing."""


class Stranded(msgspec.Struct, frozen=True):
    """The websocket of a call's phone is closed, so neither side can say anything to the other any more. The call stands
    until the house ends it."""

    call: str


class Reoffered(msgspec.Struct, frozen=True):
    """A re-INVITE has come in, or an offer in UPDATE, PRACK or a reliable 1xx. The house answers with ``answer`` or
    ``refuse`` on the same call, at once: before the first answer the call's own INVITE waits behind it."""

    call: str
    sdp: bytes | None


class Informed(msgspec.Struct, frozen=True):
    """An INFO within the call (its 200 is already on its way)."""

    call: str
    content_type: str
    body: bytes


class Referred(msgspec.Struct, frozen=True):
    """A REFER within the call: its phone wants the other party led elsewhere. The house answers with ``refer_outcome``."""

    call: str
    target: str
    """User part of Refer-To."""
    replaces: str = ""
    """The call of the same phone that is to be put together with this one; ``unknown`` = there is no such call here;
    empty = the target is to be called."""
    referred_by: str = ""
    """User part of Referred-By, as the phone says it."""


# -- news of watchers -------------------------------------------------------------------------------------------------


class Subscribed(msgspec.Struct, frozen=True):
    """Somebody wants to watch something. The house answers in the same step, with ``publish`` or ``end_subscription``."""

    subscription: str
    package: Literal["message-summary", "dialog", "presence"]
    target: str
    """User part of the Request-URI."""
    user: str
    """Who it is, proved by digest."""


class Unsubscribed(msgspec.Struct, frozen=True):
    """A subscription is over, whoever ended it."""

    subscription: str


# -- news of phones ---------------------------------------------------------------------------------------------------


class Binding(msgspec.Struct, frozen=True):
    """One place where a user can be reached (RFC 3261 section 10)."""

    user: str
    contact: str
    """The contact URI, as registered."""
    source: Address
    """Where the REGISTER really came from: requests to this binding go there (RFC 3581, RFC 5626)."""
    expires_at: float
    """POSIX seconds."""
    call_id: str
    cseq: int
    user_agent: str = ""
    instance: str = ""
    """The URN that names the device, whatever its address (RFC 5626 section 4.1)."""
    reg_id: int = 0
    """Which of the device's ways to us this is; 0 = it does not count them."""


class BindingsChanged(msgspec.Struct, frozen=True):
    """The bindings of a user are now these; empty = the phone is gone."""

    user: str
    bindings: tuple[Binding, ...]
    why: Literal["registered", "refreshed", "unregistered", "expired", "removed"]


class RegistrationState(msgspec.Struct, frozen=True):
    """How a registration of ours with somebody else's registrar stands (when this endpoint is a phone or a trunk)."""

    user: str
    state: Literal["registered", "unregistered", "failed"]
    """``failed`` is not the end: it is tried again, until it is taken back."""
    status: int
    """The registrar's last word; 408 and 503 where there was none."""
    expires: float
    """Seconds that the registrar has granted; 0 unless registered."""
    registrar: Address
    place: Address | None = None
    """Where it answered, where it is known by name; None = it did not."""


class Probed(msgspec.Struct, frozen=True):
    """What a peer said to our OPTIONS."""

    name: str
    """The name under which it was asked."""
    status: int
    """Its answer; 408 when it gave none, 503 when there was no way to it."""
    place: Address | None = None
    """Where it answered, where it was asked by name; None = it did not."""


class Banned(msgspec.Struct, frozen=True):
    """An address is not heard any more."""

    source: str
    why: Literal["wrong_password", "scanner", "garbage", "nowhere"]
    """Its last offence."""
    until: float
    """POSIX seconds."""


class Forgiven(msgspec.Struct, frozen=True):
    """And is again."""

    source: str
    why: Literal["served", "lifted", "forgotten"]
    by: str = ""
    """Who lifted it."""


Told = (
    Offered | Progressed | Answered | Refused | Acknowledged | Ended | Stranded | Reoffered | Informed | Referred
    | Subscribed | Unsubscribed | BindingsChanged | RegistrationState | Probed
    | Banned | Forgiven
)  # fmt: skip
Effect = Transmit | Resolve | Watch | Told
