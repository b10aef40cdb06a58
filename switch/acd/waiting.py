"""One caller in one queue.

Effective priority is ``priority + waited / ageing``: it grows with every second, for everybody. Within one queue it
grows equally fast, so the order of two callers never changes while they wait: it is the order of

    joined_at - priority * ageing

(a point of priority counts as having come ``ageing`` seconds earlier). That number is computed once, as the ``key``;
the queue is a list sorted by it, and no timer is needed for ageing. Without ageing the order is priority, then join
time. Between queues, which may age at different paces, the effective priority of the moment decides (``rank``).
"""

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from switch.acd.agent import Needs, Reservation

if TYPE_CHECKING:
    from switch.acd.queue import Queue


@dataclass(slots=True, eq=False)
class Waiting:
    """One caller in one queue."""

    contact: str
    queue: "Queue"
    number: int
    """Counts all who ever joined; decides between two who joined in the same instant."""
    entered_at: float
    """When they came into this queue; its own rules (longest wait, overflow, announcements) count from here."""
    joined_at: float
    """When they began to wait, perhaps in another queue; the order counts from here."""
    asked_priority: int = 0
    """On top of the queue's own."""
    needs: Needs = frozenset()
    caller: str = ""
    front: bool = False
    """Before everybody else, whatever their priority."""
    pulled_at: float | None = None
    """When they were put at the head; None = they were not."""
    gone: bool = False
    retry_at: float | None = None
    """Pausing until then, after an offer that failed."""
    tried: set[str] = field(default_factory=set)
    """Agents whose offer failed; they are asked again only when there is nobody else."""
    reservations: dict[str, Reservation] = field(default_factory=dict)
    announced_at: float | None = None
    first_announced: float | None = None
    told: tuple[int, float] | None = None
    """Position and expected wait as the caller heard them last."""
    key: tuple[float, float, int] = (0.0, 0.0, 0)
    alarm: float | None = None

    @property
    def priority(self) -> int:
        return self.queue.rules.priority + self.asked_priority

    def rank(self, now: float) -> tuple[float, float, int]:
        """The least is served first, across queues: effective priority, then join time."""
        ageing = self.queue.rules.ageing
        effective = inf if self.front else self.priority + ((now - self.joined_at) / ageing if ageing else 0.0)
        return -effective, self._after, self.number

    def sort(self) -> None:
        """Compute the place in the queue from the rules (see the top of this file)."""
        ageing = self.queue.rules.ageing
        first = self.joined_at - self.priority * ageing if ageing else float(-self.priority)
        self.key = (-inf if self.front else first, self._after, self.number)

    @property
    def _after(self) -> float:
        """Among those at the head, who was put there last is before the others."""
        return self.joined_at if self.pulled_at is None else -self.pulled_at

    @property
    def leaves(self) -> tuple[float, str] | None:
        """When and why the rules of the queue end the waiting; None = never."""
        rules, ends = self.queue.rules, []
        if self._must_go:
            ends.append((self.queue.closed_at, "closed"))
        if rules.max_wait is not None:
            ends.append((self.entered_at + rules.max_wait, "timeout"))
        if rules.overflow and rules.overflow.after is not None:
            ends.append((self.entered_at + rules.overflow.after, "overflow"))
        return min(ends, default=None)

    @property
    def _must_go(self) -> bool:
        """The queue has closed behind them and keeps nobody, but those whose agent's phone rings, or who have talked."""
        lead_away = self.queue.closed_at is not None and self.queue.rules.at_closing == "lead_away"
        return lead_away and not self.reservations and not self.front

    @property
    def announce_at(self) -> float | None:
        rules = self.queue.rules
        if rules.announce_every <= 0:
            return None
        if self.announced_at is None:
            return self.entered_at + rules.announce_first
        return self.announced_at + rules.announce_every

    @property
    def due(self) -> float | None:
        if self.gone:
            return None
        leaves = self.leaves
        moments = (self.retry_at, self.announce_at, leaves[0] if leaves else None)
        return min((moment for moment in moments if moment is not None), default=None)

    def announce(self, position: int, wait: float | None, now: float) -> float | None:
        """The expected wait that the caller hears: not longer than what they heard, unless someone got ahead."""
        self.announced_at = now
        if wait is None:
            return None
        if self.told and position <= self.told[0]:
            wait = min(wait, self.told[1])
        self.told = (position, wait)
        if self.first_announced is None:
            self.first_announced = wait
        return wait
