"""Everything that the queue room tells the house. All frozen; moments are POSIX seconds, durations seconds."""

import msgspec


class Joined(msgspec.Struct, frozen=True):
    """The contact stands in the queue."""

    contact: str
    queue: str
    position: int
    """1 = next."""
    expected_wait: float | None
    staffed: int


class Left(msgspec.Struct, frozen=True):
    """The contact stands in the queue no more. ``destination`` is where the rule of the queue sends it, if it does."""

    contact: str
    queue: str
    why: str
    """answered, abandoned, timeout, no_agents, full, closed, exit_key, overflow, transferred, withdrawn, error."""
    waited: float
    announced_wait: float | None = None
    agent: str = ""
    destination: str = ""


class Announce(msgspec.Struct, frozen=True):
    """Time to tell this caller where they stand. The expected wait never rises unless someone got ahead."""

    contact: str
    queue: str
    position: int
    expected_wait: float | None


class Reserve(msgspec.Struct, frozen=True):
    """This agent is offered this contact: pop the screen, then ring the phone."""

    reservation: str
    contact: str
    queue: str
    agent: str
    expires_at: float


class Release(msgspec.Struct, frozen=True):
    """The reservation is over without a talk: stop ringing. (The house says accepted and completed itself.)"""

    reservation: str
    contact: str
    queue: str
    agent: str
    outcome: str
    """timeout, rejected, canceled (the caller went), rescinded (somebody else answered, the phone vanished, logged out,
    or the agent is in another call)."""
    why: str = ""


class AgentChanged(msgspec.Struct, frozen=True):
    agent: str
    state: str
    """logged_out, not_ready, ready, reserved, busy, after_call_work."""
    reason: str
    previous: str
    contact: str = ""
    until: float = 0.0
    next: str = ""
    """What follows a talk, an offer or a wrap-up, where it is not ready; empty in every other state."""
    next_reason: str = ""


Effect = Joined | Left | Announce | Reserve | Release | AgentChanged
