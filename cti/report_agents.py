"""The figures of agents, by the clock: every second belongs to the interval in which it passed, and a judgement of a talk to
that in which it was given. Who judges a talk again within the period takes the earlier score back."""

import msgspec

import switch.events as told
from cti.report_cells import Cells, ratio
from cti.stretches import Stretch, Stretches


class AgentTally(msgspec.Struct):
    """Seconds by state, and what was done in them."""

    ready: float = 0.0
    reserved: float = 0.0
    busy: float = 0.0
    after_call_work: float = 0.0
    not_ready: dict[str, float] = {}
    talk: float = 0.0
    hold: float = 0.0
    consult: float = 0.0
    longest: float = 0.0
    calls: int = 0
    offers: int = 0
    accepted: int = 0
    unanswered: int = 0
    scores: int = 0
    score: float = 0.0
    """Sum of the scores."""
    failed: int = 0


class AgentFigures(msgspec.Struct, kw_only=True):
    """One agent in one period. Seconds, but for ``calls``, ``offers``, ``scores`` and ``failed`` (numbers), the two ratios,
    and ``score``."""

    agent: str
    logged_in: float
    ready: float
    reserved: float
    busy: float
    not_ready: dict[str, float]
    """By reason; without a reason under an empty one."""
    talk: float
    hold: float
    consult: float
    """With another agent, asking or asked; the caller of who asks is on hold meanwhile."""
    acw: float
    longest: float
    """The longest stretch of talk, without a hold."""
    calls: int
    offers: int
    aht: float | None
    occupancy: float | None
    non_response: float | None
    scores: int = 0
    """How often a talk of theirs was judged."""
    score: float | None = None
    """The mean of these scores, 0 to 100."""
    failed: int = 0
    """How many of them are below the form's pass mark, or have a fatal error."""


class AgentFold:
    def __init__(self, cells: Cells[AgentTally]) -> None:
        self.cells = cells
        self._clocks: dict[str, tuple[str, str, float]] = {}
        """By agent: state, reason, since when."""
        self.stretches = Stretches(lambda stretch, until: self._stretched(self.cells, stretch, until))
        self._with: dict[str, set[str]] = {}
        """By contact: who has talked in it, and is not gone."""
        self._offers: dict[str, AgentTally] = {}
        self._judged: dict[tuple[str, ...], tuple[AgentTally, told.ContactScored]] = {}
        """The last word of each judge on each agent's talk."""

    def agent_state(self, event: told.AgentStateChanged, at: float) -> None:
        self._pass(self.cells, event.agent, at)
        self._clocks[event.agent] = (event.state, event.reason, at)

    def _pass(self, cells: Cells[AgentTally], agent: str, until: float) -> None:
        state, reason, since = self._clocks.get(agent, ("logged_out", "", until))
        if state == "logged_out":
            return
        for tally, seconds in cells.spread(agent, since, until):
            if state == "not_ready":
                tally.not_ready[reason] = tally.not_ready.get(reason, 0.0) + seconds
            else:
                setattr(tally, state, getattr(tally, state) + seconds)

    def segment(self, event: told.SegmentBegan, at: float) -> None:
        self._count(event.contact, self.stretches.segment(event, at), at)

    def conferenced(self, event: told.Conferenced, at: float) -> None:
        self._count(event.contact, self.stretches.conferenced(event, at), at)

    def _count(self, contact: str, agents: list[str], at: float) -> None:
        """Each is counted once, from the first word to the end of their leg."""
        known = self._with.setdefault(contact, set()) if agents else set()
        for agent in set(agents) - known:
            self.cells.at(agent, at).calls += 1
        known.update(agents)

    def held(self, event: told.Held, at: float) -> None:
        self.stretches.away(event, at)

    def left(self, event: told.LegEnded, at: float) -> None:
        self.stretches.away(event, at)
        self._with.get(event.contact, set()).discard(event.party)

    def consulted(self, event: told.ConsultationChanged, at: float) -> None:
        self.stretches.consulted(event, at)

    def _stretched(self, cells: Cells[AgentTally], stretch: Stretch, until: float) -> None:
        kind = "consult" if stretch.kind == "asked" else stretch.kind
        for tally, seconds in cells.spread(stretch.agent, stretch.since, until):
            setattr(tally, kind, getattr(tally, kind) + seconds)
        if kind == "talk" and until > max(stretch.since, cells.start):
            tally = cells.at(stretch.agent, max(stretch.since, cells.start))
            tally.longest = max(tally.longest, until - stretch.since)

    def ended(self, event: told.ContactEnded, at: float) -> None:
        self.stretches.close(event.contact, at)
        self._with.pop(event.contact, None)

    def reserved(self, event: told.ReservationCreated, at: float) -> None:
        tally = self._offers[event.reservation] = self.cells.at(event.agent, at)
        tally.offers += 1

    def decided(self, event: told.ReservationEvent, at: float) -> None:
        tally = self._offers.pop(event.reservation, None)
        if tally is not None:
            tally.accepted += isinstance(event, told.ReservationAccepted)
            tally.unanswered += isinstance(event, told.ReservationTimedOut | told.ReservationRejected)

    def scored(self, event: told.ContactScored, at: float) -> None:
        what = (event.contact, event.agent, event.form, event.by)
        if not self.cells.start <= at < self.cells.end:
            return
        if what in self._judged:
            _judge(*self._judged[what], -1)
        self._judged[what] = self.cells.at(event.agent, at), event
        _judge(*self._judged[what], 1)

    def going_on(self, now: float, only: str = "") -> Cells[AgentTally]:
        """What goes on now, up to ``now``; to be added to what was counted when it was over. ``only``: with this agent."""
        cells = Cells(AgentTally, self.cells.start, self.cells.end)
        for agent in (only,) if only else self._clocks:
            self._pass(cells, agent, now)
        for stretch in self.stretches:
            if only in ("", stretch.agent):
                self._stretched(cells, stretch, now)
        return cells

    def figures_of(self, agent: str, now: float) -> "AgentFigures":
        """One agent, up to ``now``."""
        tallies = [*self.cells.of(agent), *self.going_on(now, agent).of(agent)]
        return figures(agent, tallies)

    def is_agent(self, name: str) -> bool:
        return name in self._clocks


def _judge(tally: AgentTally, event: told.ContactScored, sign: int) -> None:
    tally.scores += sign
    tally.score += sign * event.score
    tally.failed += sign * (not event.passed)


HANDLERS = {
    told.AgentStateChanged: AgentFold.agent_state,
    told.SegmentBegan: AgentFold.segment,
    told.Conferenced: AgentFold.conferenced,
    told.Held: AgentFold.held,
    told.LegEnded: AgentFold.left,
    told.ConsultationChanged: AgentFold.consulted,
    told.ContactEnded: AgentFold.ended,
    told.ReservationCreated: AgentFold.reserved,
    told.ReservationAccepted: AgentFold.decided,
    told.ReservationRejected: AgentFold.decided,
    told.ReservationTimedOut: AgentFold.decided,
    told.ReservationCanceled: AgentFold.decided,
    told.ReservationRescinded: AgentFold.decided,
    told.ContactScored: AgentFold.scored,
}


def figures(agent: str, tallies: list[AgentTally]) -> AgentFigures:
    """The figures of one agent over these intervals."""
    sums = Cells.total(AgentTally(), tallies)
    working, idle = sums.busy + sums.after_call_work, sums.ready + sums.reserved
    return AgentFigures(
        agent=agent, logged_in=working + idle + sum(sums.not_ready.values()), ready=sums.ready,
        reserved=sums.reserved, busy=sums.busy, not_ready=sums.not_ready, talk=sums.talk, hold=sums.hold,
        consult=sums.consult, acw=sums.after_call_work, longest=sums.longest, calls=sums.calls, offers=sums.offers,
        aht=ratio(sums.talk + sums.hold + sums.after_call_work, sums.calls),
        occupancy=ratio(working, working + idle),
        non_response=ratio(sums.unanswered, sums.accepted + sums.unanswered),
        scores=sums.scores, score=ratio(sums.score, sums.scores), failed=sums.failed,
    )
