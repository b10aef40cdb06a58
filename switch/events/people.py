"""Events of agents and of their phones."""

from switch.events.root import Event


class AgentStateChanged(Event, frozen=True, kw_only=True, tag="agent.state"):
    agent: str
    state: str
    """logged_out, not_ready, ready, reserved, busy, after_call_work."""
    reason: str = ""
    previous: str = ""
    contact: str = ""
    until: float = 0.0
    """When an after_call_work ends by itself (POSIX seconds); 0 = not limited."""
    next: str = ""
    """What follows a call, an offer or a wrap-up, where it is not ready: not_ready, logged_out."""
    next_reason: str = ""


class PhoneRegistered(Event, frozen=True, kw_only=True, tag="phone.registered"):
    agent: str
    bindings: int
    user_agent: str = ""


class PhoneUnregistered(Event, frozen=True, kw_only=True, tag="phone.unregistered"):
    agent: str
    why: str
    """unregistered, expired, unreachable, removed (there is no such user any more)."""
