"""Every message of the CTI protocol ``cti.v1`` and of REST.

One definition serves three ends: msgspec validates and encodes by it, and the AsyncAPI and OpenAPI documents are made
from it (:mod:`cti.documents`), so that what is documented is what is spoken. Events and orders are not repeated here:
they are :data:`switch.events.KINDS` and :data:`switch.orders.ORDERS`.

Moments are POSIX seconds (float), durations seconds.
"""

import re
from typing import Any, Literal

import msgspec

from cti.report_queues import QueueFigures
from cti.states import Snapshot

SUBPROTOCOL = "cti.v1"
MOST_BYTES = 64 * 1024
"""The longest message that a client may send."""

Topic = Literal["agents", "queues", "contacts", "mine", "all", "figures"]


# -- what a client says -----------------------------------------------------------------------------------------------


class FromClient(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """The root of session messages of a client."""


class SessionStart(FromClient, frozen=True, kw_only=True, tag="session.start"):
    """The first message; also a later one, to change topics or to begin anew after ``session.resync``."""

    token: str
    topics: tuple[Topic, ...] = ("all",)
    cursor: str = ""
    """``epoch:number`` of the last event seen; empty = none yet, send a snapshot."""


class SessionRenew(FromClient, frozen=True, kw_only=True, tag="session.renew"):
    """A fresh token of the same person, before the old one expires."""

    token: str


class SessionPing(FromClient, frozen=True, kw_only=True, tag="session.ping"):
    """Are you there? At any time; for clients that cannot send a ping of the websocket itself, which pages cannot."""

    id: int | str = ""
    """Comes back with the answer."""


class HoursWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How opening hours are closed or opened by hand."""

    until: str | float = ""
    """`18:00`, `Monday 08:00`, `2030-12-24 18:00` where the calendar is, or POSIX seconds; empty = without an end."""
    why: str = ""


class StopWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long calls that are up may go on before the switch stops."""

    seconds: float | None = None
    """At most so long; 0 = everybody is hung up on at once; null = as long as `drain` in `shoal.yaml` says."""
    to_the_end: bool = False
    """However long they last."""


class StopState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the switch is being stopped."""

    stopping: bool
    """Whether new calls are refused."""
    calls: int
    """How many are up."""
    until: float | None = None
    """When whoever is still there is hung up on, POSIX seconds; null = when the last call has ended."""
    process: int = 0
    """The switch's process, on its machine."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON-RPC 2.0 request. Without ``id`` it is a notification and gets no answer."""

    jsonrpc: Literal["2.0"]
    method: str
    params: dict[str, Any] = {}
    """The fields of the order, by name; ``key`` makes it idempotent for ten minutes."""
    id: int | float | str | msgspec.UnsetType | None = msgspec.UNSET


# -- what the switch says ---------------------------------------------------------------------------------------------


class FromSwitch(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """The root of session messages of the switch."""


class SessionSnapshot(FromSwitch, frozen=True, kw_only=True, tag="session.snapshot"):
    """Forget what you knew: this is what is. Events after ``cursor`` follow."""

    cursor: str
    user: str
    name: str
    """What people call this user; empty = nobody wrote it down."""
    role: str
    expires_at: float
    """When the token expires."""
    snapshot: Snapshot


class SessionResumed(FromSwitch, frozen=True, kw_only=True, tag="session.resumed"):
    """What you knew holds. The events that you missed follow, then the new ones, without a gap."""

    cursor: str
    """The last event of the journal when this was said: up to here you are catching up."""
    user: str
    name: str
    role: str
    expires_at: float


class SessionResync(FromSwitch, frozen=True, kw_only=True, omit_defaults=True, tag="session.resync"):
    """What you know is no longer right, and events are not sent any more: send ``session.start`` again, without a cursor."""

    cursor: str
    """The last event of the journal when this was said."""
    why: str = "slow"
    """slow (you did not read fast enough, and what waited for you was dropped), configured (new settings hold: queues,
    outcomes, reasons, names or forms are others; supervisors hear of it by `configuration.published`)."""


class SessionTokenExpiring(FromSwitch, frozen=True, kw_only=True, tag="session.token_expiring"):
    expires_at: float


class SessionRenewed(FromSwitch, frozen=True, kw_only=True, tag="session.renewed"):
    expires_at: float


class QueueNow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A queue as the wallboard shows it."""

    queue: str
    waiting: int = 0
    oldest: float = 0.0
    """When the one who waits longest began to; 0 = nobody waits."""
    expected_wait: float | None = None
    staffed: int = 0
    ready: int = 0
    busy: int = 0
    closed: bool = False
    closed_by: str = ""
    """Who closed it by hand."""
    today: QueueFigures | None = None
    """Today so far, as the report says it; None = nobody has joined it today."""


class Figures(FromSwitch, frozen=True, kw_only=True, tag="figures"):
    """For supervisors who asked for the topic `figures` (`all` is without it): sent when something has happened, at most
    once a second. Also `GET /api/v1/figures`."""

    at: float
    queues: tuple[QueueNow, ...]
    agents: dict[str, int]
    """How many agents are in each state."""


class SessionPong(FromSwitch, frozen=True, kw_only=True, omit_defaults=True, tag="session.pong"):
    """Yes."""

    id: int | str = ""
    at: float
    """The clock of the switch."""


class SessionError(FromSwitch, frozen=True, kw_only=True, tag="session.error"):
    """A session message that could not be taken; where the switch closes as well, its close code says why."""

    code: str
    reason: str


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    """A word for programs: busy, forbidden, bad_params ..."""
    reason: str
    """A sentence for people."""
    field: str = ""
    """The parameter that is wrong, where it is one."""


class CommandError(msgspec.Struct, frozen=True, kw_only=True):
    code: int
    """-32700 not JSON, -32600 not a request, -32601 unknown method, -32602 bad parameters, -32603 our fault,
    -32000 refused."""
    message: str
    data: Refusal


class CommandResult(msgspec.Struct, frozen=True, kw_only=True):
    """The order was obeyed and its consequence is durable."""

    jsonrpc: str = "2.0"
    id: int | float | str | None
    result: dict[str, Any]


class CommandFailure(msgspec.Struct, frozen=True, kw_only=True):
    jsonrpc: str = "2.0"
    id: int | float | str | None
    error: CommandError


# -- REST -------------------------------------------------------------------------------------------------------------


class TokenRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    user: str
    password: str


class TokenResponse(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    expires_at: float
    user: str
    name: str
    role: str


class PhonePass(msgspec.Struct, frozen=True, kw_only=True):
    """What the phone in a browser registers with, in the words of SIP's digest. It ends with the token that asked."""

    user: str
    uri: str
    """The address to register."""
    login: str
    """The user name of the digest; not the user's own."""
    password: str
    realm: str
    expires_at: float
    """POSIX seconds."""


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """An address that opens without a token: for a sound in a page, which can show no header."""

    url: str
    expires_at: float


class CustomerEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people keep about a customer; how often they called is counted, not kept."""

    number: str = ""
    """As dialled or shown; spaces and punctuation mean nothing."""
    name: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    open_complaints: int = 0
    url: str = ""
    """What the agent's screen should open."""


class ImportMistake(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    reason: str


class ImportResult(msgspec.Struct, frozen=True, kw_only=True):
    """Lines with a mistake are left out, all others are written."""

    imported: int
    mistakes: tuple[ImportMistake, ...] = ()


class BanState(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is not heard, except for phones that are registered from there and calls in progress."""

    source: str
    """IP address."""
    since: float
    """POSIX seconds."""
    until: float
    """POSIX seconds."""
    why: str
    """The last offence: wrong_password, scanner, garbage, nowhere."""


class Flaw(msgspec.Struct, frozen=True):
    """A mistake in the configuration."""

    file: str
    line: int
    """The first line is 1; 0 = the file as a whole."""
    what: str
    instead: str
    """What to write."""


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """What came of publishing the configuration."""

    version: int
    """The version that holds now."""
    published: bool
    """Whether there is a new one; it is false, too, when nothing had changed, or when it was only looked."""
    changes: tuple[str, ...] = ()
    """The difference, in words."""
    restart: tuple[str, ...] = ()
    """What of it holds only when the switch is started anew."""


class VersionState(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration that was published."""

    version: int
    at: float
    """POSIX seconds."""
    by: str
    """A user, `signal`, `start`, or who saved a file."""
    changes: tuple[str, ...]
    """The difference to the version before, in words."""


class PublicationRefused(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration cannot be used; everything stays as it was."""

    error: Refusal
    mistakes: tuple[Flaw, ...]


class RestError(msgspec.Struct, frozen=True, kw_only=True):
    error: Refusal


_encoder = msgspec.json.Encoder()
_SURROGATES = re.compile("[\ud800-\udfff]")


def to_json(message: Any) -> bytes:
    """A message as JSON. What came into the house as broken UTF-8 leaves it as U+FFFD."""
    try:
        return _encoder.encode(message)
    except UnicodeEncodeError:
        return _encoder.encode(_clean(msgspec.to_builtins(message)))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_clean(name): _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list | tuple) else value
