"""The figures of queues. A caller belongs to the interval in which they joined the queue, with all that came of it.

So offered = answered + abandoned + turned away + still here holds for every queue and interval, and no service level
can exceed 1. What an agent did for a caller (talk, hold, after-call work) is added when the agent is done with it.
"""

import msgspec

import switch.events as told
from cti.report_cells import Cells, ratio
from cti.stretches import Stretch, Stretches

SHORT = 5.0
"""Seconds: who hangs up sooner did not wait, they had misdialled."""


class QueueTally(msgspec.Struct):
    """What is counted. Sums of seconds and numbers of contacts."""

    offered: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    short: int = 0
    left: dict[str, int] = {}
    wait_answered: float = 0.0
    wait_longest: float = 0.0
    handled: int = 0
    talk: float = 0.0
    hold: float = 0.0
    acw: float = 0.0
    told: int = 0
    told_error: float = 0.0
    told_bias: float = 0.0
    reserved: int = 0
    accepted: int = 0
    unanswered: int = 0
    staffed: int = 0
    seen: int = 0


class QueueFigures(msgspec.Struct, kw_only=True):
    """One queue in one period; each figure is its formula in :data:`cti.reports.FORMULAS`. None = nothing to divide."""

    queue: str
    offered: int
    answered: int
    abandoned: int
    turned_away: int
    still_here: int
    left: dict[str, int]
    """Contacts by why they left."""
    overflowed: int
    timed_out: int
    service_level_seconds: float
    service_level: float | None
    service_level_answered: float | None
    service_level_handled: float | None
    service_level_patient: float | None
    abandonment_rate: float | None
    asa: float | None
    longest_wait: float
    aht: float | None
    talk: float | None
    hold: float | None
    acw: float | None
    ewt_error: float | None
    ewt_bias: float | None
    non_response: float | None
    staffed: float | None


class _Handling(msgspec.Struct):
    """What an agent does for a caller of a queue."""

    contact: str
    tally: QueueTally
    talk: float = 0.0
    hold: float = 0.0
    acw: float = 0.0
    acw_since: float | None = None


class QueueFold:
    """Fed with every event; O(open contacts) plus one tally per queue and interval."""

    def __init__(self, cells: Cells[QueueTally], limits: dict[str, float], default: float) -> None:
        self.cells = cells
        self._limits = limits
        self._default = default
        self._inside: dict[tuple[str, str], tuple[float, QueueTally]] = {}
        self._handling: dict[str, _Handling] = {}
        self._stretches = Stretches(self._stretched)
        self._offers: dict[str, QueueTally] = {}

    def limit(self, queue: str) -> float:
        """T of this queue's service level, seconds."""
        return self._limits.get(queue, self._default)

    def joined(self, event: told.ContactQueued, at: float) -> None:
        tally = self.cells.at(event.queue, at)
        self._inside[event.contact, event.queue] = (at, tally)
        tally.offered += 1
        tally.staffed += event.staffed
        tally.seen += 1

    def left(self, event: told.ContactDequeued, at: float) -> None:
        _, tally = self._inside.pop((event.contact, event.queue), (at, None))
        if tally is None:
            tally = self.cells.at(event.queue, at)
            tally.offered += 1
        tally.left[event.why] = tally.left.get(event.why, 0) + 1
        tally.wait_longest = max(tally.wait_longest, event.waited)
        if event.why == "abandoned":
            tally.abandoned += 1
            tally.short += event.waited < SHORT
        if event.why == "answered":
            self._answered(event, tally)

    def _answered(self, event: told.ContactDequeued, tally: QueueTally) -> None:
        tally.answered += 1
        tally.within += event.waited <= self.limit(event.queue)
        tally.wait_answered += event.waited
        if event.announced_wait is not None:
            tally.told += 1
            tally.told_error += abs(event.waited - event.announced_wait)
            tally.told_bias += event.waited - event.announced_wait
        self._handling[event.agent] = _Handling(event.contact, tally)

    def segment(self, event: told.SegmentBegan, at: float) -> None:
        self._stretches.segment(event, at)

    def conferenced(self, event: told.Conferenced, at: float) -> None:
        self._stretches.conferenced(event, at)

    def away(self, event: told.Held | told.LegEnded, at: float) -> None:
        self._stretches.away(event, at)

    def consulted(self, event: told.ConsultationChanged, at: float) -> None:
        self._stretches.consulted(event, at)

    def _stretched(self, stretch: Stretch, until: float) -> None:
        """What an agent did for a caller of a queue; whom a queue gave to be consulted talks with who asks."""
        handling = self._handling.get(stretch.agent)
        if handling is None or handling.contact != stretch.contact:
            return
        if stretch.kind == "consult":
            return  # who asks has the caller on hold meanwhile, and that is counted
        kind = "hold" if stretch.kind == "hold" else "talk"
        setattr(handling, kind, getattr(handling, kind) + until - stretch.since)

    def ended(self, event: told.ContactEnded, at: float) -> None:
        self._stretches.close(event.contact, at)
        if event.cause != "system_shutdown":
            return
        for place in [place for place in self._inside if place[0] == event.contact]:
            _, tally = self._inside.pop(place)
            tally.left["withdrawn"] = tally.left.get("withdrawn", 0) + 1
        for agent in [agent for agent, handling in self._handling.items() if handling.contact == event.contact]:
            self._done(agent, at)

    def agent_state(self, event: told.AgentStateChanged, at: float) -> None:
        handling = self._handling.get(event.agent)
        if handling is None:
            return
        if event.state == "after_call_work":
            handling.acw_since = at if handling.acw_since is None else handling.acw_since
        elif event.state != "busy" or event.contact not in ("", handling.contact):
            self._done(event.agent, at)

    def _done(self, agent: str, at: float) -> None:
        handling = self._handling[agent]
        self._stretches.close(handling.contact, at, agent)
        del self._handling[agent]
        tally = handling.tally
        tally.handled += 1
        tally.talk += handling.talk
        tally.hold += handling.hold
        tally.acw += at - handling.acw_since if handling.acw_since is not None else 0.0

    def reserved(self, event: told.ReservationCreated, at: float) -> None:
        if event.queue:
            self._offers[event.reservation] = self.cells.at(event.queue, at)

    def decided(self, event: told.ReservationEvent, at: float) -> None:
        tally = self._offers.pop(event.reservation, None)
        if tally is not None:
            tally.accepted += isinstance(event, told.ReservationAccepted)
            tally.unanswered += isinstance(event, told.ReservationTimedOut | told.ReservationRejected)

    def figures(self, tallies: dict[str, list[QueueTally]], now: float) -> list[QueueFigures]:
        """The figures of these queues over these intervals, ``now`` telling how long those still there have waited."""
        waits: dict[int, list[float]] = {}
        for since, tally in self._inside.values():
            waits.setdefault(id(tally), []).append(now - since)
        return [
            _figures(queue, Cells.total(QueueTally(), found), self.limit(queue),
                     [wait for tally in found for wait in waits.get(id(tally), ())])
            for queue, found in tallies.items()
        ]


HANDLERS = {
    told.ContactQueued: QueueFold.joined,
    told.ContactDequeued: QueueFold.left,
    told.SegmentBegan: QueueFold.segment,
    told.Conferenced: QueueFold.conferenced,
    told.Held: QueueFold.away,
    told.LegEnded: QueueFold.away,
    told.ConsultationChanged: QueueFold.consulted,
    told.ContactEnded: QueueFold.ended,
    told.AgentStateChanged: QueueFold.agent_state,
    told.ReservationCreated: QueueFold.reserved,
    told.ReservationAccepted: QueueFold.decided,
    told.ReservationRejected: QueueFold.decided,
    told.ReservationTimedOut: QueueFold.decided,
    told.ReservationCanceled: QueueFold.decided,
    told.ReservationRescinded: QueueFold.decided,
}


def _figures(queue: str, sums: QueueTally, limit: float, waits: list[float]) -> QueueFigures:
    return QueueFigures(
        queue=queue, offered=sums.offered, answered=sums.answered, abandoned=sums.abandoned, still_here=len(waits),
        turned_away=sum(sums.left.values()) - sums.answered - sums.abandoned, left=dict(sums.left),
        overflowed=sums.left.get("overflow", 0), timed_out=sums.left.get("timeout", 0),
        service_level_seconds=limit,
        service_level=ratio(sums.within, sums.offered),
        service_level_answered=ratio(sums.within, sums.answered),
        service_level_handled=ratio(sums.within, sums.answered + sums.abandoned),
        service_level_patient=ratio(sums.within, sums.offered - sums.short),
        abandonment_rate=ratio(sums.abandoned, sums.offered),
        asa=ratio(sums.wait_answered, sums.answered), longest_wait=max([sums.wait_longest, *waits]),
        aht=ratio(sums.talk + sums.hold + sums.acw, sums.handled),
        talk=ratio(sums.talk, sums.handled), hold=ratio(sums.hold, sums.handled), acw=ratio(sums.acw, sums.handled),
        ewt_error=ratio(sums.told_error, sums.told), ewt_bias=ratio(sums.told_bias, sums.told),
        non_response=ratio(sums.unanswered, sums.accepted + sums.unanswered),
        staffed=ratio(sums.staffed, sums.seen),
    )
