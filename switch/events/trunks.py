"""Events of trunks and of calls that go out by them."""

from switch.events.calls import LegEvent
from switch.events.root import ContactEvent, Event


class TrunkUp(Event, frozen=True, kw_only=True, tag="trunk.up"):
    """The trunk answers when it is asked whether it is there."""

    trunk: str
    sip_status: int = 0


class TrunkDown(Event, frozen=True, kw_only=True, tag="trunk.down"):
    """The trunk does not answer; calls go by others until it does."""

    trunk: str
    sip_status: int = 0
    """What it said last: 408 = nothing, 503 = there is no way to it, or it says so itself."""


class TrunkRegistered(Event, frozen=True, kw_only=True, tag="trunk.registered"):
    """The provider knows where we are."""

    trunk: str
    expires: float = 0.0
    """Seconds for which it was granted; it is renewed in time."""


class TrunkUnregistered(Event, frozen=True, kw_only=True, tag="trunk.unregistered"):
    """The provider does not, or no longer, know where we are."""

    trunk: str
    sip_status: int = 0
    """What it said last; 408 = nothing."""


class Originated(LegEvent, frozen=True, kw_only=True, tag="call.originated"):
    """A call to a number outside was handed to a trunk; once more for each trunk that is tried."""

    trunk: str
    agent: str = ""
    """On whose account; empty = the house's own (a tree, a queue)."""
    presented: str = ""
    """The number that is shown to the called: ours, or the caller's whose call is led on; empty = withheld."""


class Failed(LegEvent, frozen=True, kw_only=True, tag="call.failed"):
    """A trunk did not bring the call to its end; another one may be tried next."""

    trunk: str
    sip_status: int = 0
    cause: str = ""
    """Q.850 name."""


class EmergencyCalled(ContactEvent, frozen=True, kw_only=True, tag="call.emergency"):
    """Somebody called an emergency number."""

    number: str
    agent: str = ""


class TollRefused(Event, frozen=True, kw_only=True, tag="toll.refused"):
    """A call out was refused, because it could cost too much."""

    agent: str = ""
    number: str
    why: str
    """toll_country, toll_blocked, toll_hours, toll_spike, toll_calls, toll_minutes, toll_at_once."""


class TollSpike(Event, frozen=True, kw_only=True, tag="toll.spike"):
    """Calls abroad became too many in too short a time; further ones are refused until then."""

    agent: str = ""
    """Who made the last one."""
    calls: int
    until: float
    """POSIX seconds."""
