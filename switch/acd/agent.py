"""One agent: what binds them, and the state that follows from it.

No field says "busy". The state is read off four facts, in this order:

    a live leg in a contact ........ busy              until the leg is gone
    an open reservation ............ reserved          until its time is over, at the latest
    not logged in .................. logged_out
    a wrap-up ...................... after_call_work   until its moment has come
    what the agent asked for last .. ready, not_ready  (the *wish*)

The two facts in the middle end by themselves and the first is somebody's live call, so an agent cannot be stuck. A wish
that is spoken during a talk or an offer is simply kept: it comes to light when the facts above it are gone. A call made
during a wrap-up hides the wrap-up without ending it.

The phone is a second axis. An agent whose phone is unreachable keeps their state but is never offered a call.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from switch.acd.rules import AgentRules, QueueRules

Needs = frozenset[tuple[str, int]]
"""Skills, each with its least level."""

STATES = ("logged_out", "not_ready", "ready", "reserved", "busy", "after_call_work")


@dataclass(slots=True, eq=False)
class Reservation:
    """One contact offered to one agent."""

    id: str
    contact: str
    queue: str
    """Empty = nobody's: the agent is called by number."""
    agent: str
    ring_time: float
    """Seconds that the phone rings."""
    expires_at: float
    """When it has rung long enough (POSIX seconds)."""
    latest: float
    """The end of the lease: ``expires_at`` is never moved beyond it."""
    open: bool = True
    alarm: float | None = None

    @property
    def due(self) -> float | None:
        return self.expires_at if self.open else None


@dataclass(slots=True, eq=False)
class WrapUp:
    """The after-call work of one talk."""

    contact: str
    queue: str
    """Whose talk it was; empty = nobody's (a direct call)."""
    talked: float
    """Seconds of the talk before it."""
    began: float
    until: float


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent as a screen shows them. Moments are POSIX seconds."""

    agent: str
    name: str
    team: str
    state: str
    reason: str
    """Why not ready; empty in every other state."""
    since: float
    """When the state began."""
    until: float
    """When the wrap-up ends by itself; 0 in every other state."""
    contact: str
    """The contact of the talk, the offer or the wrap-up."""
    reachable: bool
    next: str
    """What follows a talk, an offer or a wrap-up, where it is not ready; empty in every other state."""
    next_reason: str
    wish: str
    """ready or not_ready: what the agent will be when nothing binds them any more."""
    wish_reason: str
    queues: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Agent:
    """One agent, in memory. The desk changes the facts; the state follows."""

    number: str
    rules: AgentRules
    order: int
    """Place in the configuration, for the strategies that go by it."""
    removed: bool = False
    """No longer in the configuration; vanishes when nothing binds them."""
    logged_in: bool = False
    reachable: bool = False
    wish: str = "not_ready"
    wish_reason: str = ""
    talk: str = ""
    """The contact of the live talk; empty = none."""
    talk_queue: str = ""
    """The queue that the talk came from; empty = a direct call."""
    talk_began: float = 0.0
    reservation: Reservation | None = None
    wrap_up: WrapUp | None = None
    since: float = 0.0
    idle_since: float = 0.0
    """When the last talk or wrap-up ended, or when the agent became ready; offers that came to nothing do not count."""
    calls: int = 0
    """Offers accepted since logging in."""
    talk_time: float = 0.0
    """Seconds of talk since logging in."""
    told: tuple[str, str, str, float, str, str] = field(default=("logged_out", "", "", 0.0, "", ""))
    """The facts, as the house was told last."""
    alarm: float | None = None

    @property
    def due(self) -> float | None:
        return self.wrap_up.until if self.wrap_up else None

    @property
    def state(self) -> str:
        if self.talk:
            return "busy"
        if self.reservation:
            return "reserved"
        if not self.logged_in:
            return "logged_out"
        return "after_call_work" if self.wrap_up else self.wish

    @property
    def facts(self) -> tuple[str, str, str, float, str, str]:
        """State, reason, contact, until, next, next reason: what a screen has to know."""
        state = self.state
        if state == "busy":
            return state, "", self.talk, 0.0, *self.after
        if state == "reserved":
            return state, "", self.reservation.contact, 0.0, *self.after
        if state == "after_call_work":
            return state, "", self.wrap_up.contact, self.wrap_up.until, *self.after
        return state, self.wish_reason if state == "not_ready" else "", "", 0.0, "", ""

    @property
    def after(self) -> tuple[str, str]:
        """State and reason when nothing binds the agent any more; empty = ready."""
        if not self.logged_in:
            return "logged_out", ""
        return ("", "") if self.wish == "ready" else (self.wish, self.wish_reason)

    @property
    def free(self) -> bool:
        """May be offered a call now."""
        return self.reachable and self.state == "ready"

    @property
    def staffed(self) -> bool:
        """Works off the queue: will be ready again as soon as nothing binds them."""
        return self.logged_in and self.reachable and self.wish == "ready"

    def has(self, needs: Iterable[tuple[str, int]]) -> bool:
        """Has every one of these skills, at this level or a higher one."""
        skills = self.rules.skills
        return all(skills.get(skill, 0) >= level for skill, level in needs)

    def serves(self, queue: str, rules: QueueRules) -> bool:
        """Is assigned to the queue and has its skills."""
        return not self.removed and queue in self.rules.queues and self.has(rules.skills.items())

    @property
    def view(self) -> AgentView:
        state, reason, contact, until, following, why = self.facts
        return AgentView(
            self.number, self.rules.name, self.rules.team, state, reason, self.since, until, contact,
            self.reachable, following, why, self.wish, self.wish_reason, tuple(self.rules.queues),
        )
