"""One queue: who waits, in which order, and who works it off.

Callers who may be offered at this moment (not ringing anywhere, not pausing after an offer that failed) stand in
*lines*, one for each set of skills that callers ask for. Everybody in a line can be served by the same agents, so the
matching looks at the heads of lines only, never at all callers.
"""

from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from switch.acd.agent import Agent, Needs
from switch.acd.expected_wait import HandlingTime, Patience, expected_wait
from switch.acd.rules import QueueRules
from switch.acd.waiting import Waiting

_key = attrgetter("key")


class Place(NamedTuple):
    """One who waits, as a screen shows them."""

    contact: str
    position: int
    """1 = next."""
    joined_at: float
    priority: int


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue as a wallboard shows it. The agents are those who serve it and have its skills."""

    queue: str
    waiting: int
    longest_wait: float
    """Seconds that the one who has waited longest has waited; 0 = nobody waits."""
    oldest: float
    """When that one began to wait (POSIX seconds); 0 = nobody waits."""
    expected_wait: float | None
    """Seconds, for one who would join now; None = nobody is staffed."""
    logged_in: int
    staffed: int
    """Logged in, phone reachable, and willing: ready now or as soon as the talk, offer or wrap-up is over."""
    ready: int
    """Free to be offered a call: ready, with a phone that can ring."""
    reserved: int
    busy: int
    after_call_work: int
    not_ready: int


@dataclass(slots=True, eq=False)
class Line:
    """Those of one queue who can be offered now and ask for the same skills, in order."""

    queue: "Queue"
    needs: Needs
    waiting: list[Waiting] = field(default_factory=list)


class Queue:
    """One queue."""

    def __init__(self, name: str, rules: QueueRules) -> None:
        self.name = name
        self.rules = rules
        self.order: list[Waiting] = []
        self.lines: dict[Needs, Line] = {}
        self.agents: dict[str, Agent] = {}
        """Those who serve it and have its skills."""
        self.free: dict[str, Agent] = {}
        """Those of them who can be offered a call now."""
        self.staffed: dict[str, Agent] = {}
        """Those of them who work it off, free or not (see :attr:`Agent.staffed`)."""
        self.closed_at: float | None = None
        """Since when its hours are over, POSIX seconds; None = it is open."""
        self._able: dict[Needs, int] = {}
        """How many of the staffed have these skills, as long as the staffed are the same."""
        self.last_asked = -1
        """Whose turn it was last (round_robin)."""
        self.handling = HandlingTime(rules.handling_time)
        self.patience = Patience(10 * rules.handling_time)

    def add(self, waiting: Waiting) -> None:
        waiting.sort()
        insort(self.order, waiting, key=_key)

    def remove(self, waiting: Waiting) -> None:
        self.hide(waiting)
        del self.order[self.position(waiting) - 1]

    def pull(self, waiting: Waiting, now: float) -> None:
        """They stand before everybody from now on."""
        line = self.lines.get(waiting.needs)
        shown = line is not None and waiting in line.waiting
        self.remove(waiting)
        waiting.front, waiting.pulled_at = True, now
        self.add(waiting)
        if shown:
            self.show(waiting)

    def position(self, waiting: Waiting) -> int:
        """1 = next."""
        return bisect_left(self.order, waiting.key, key=_key) + 1

    def show(self, waiting: Waiting) -> Line:
        """The caller can be offered from now on."""
        line = self.lines.setdefault(waiting.needs, Line(self, waiting.needs))
        insort(line.waiting, waiting, key=_key)
        return line

    def hide(self, waiting: Waiting) -> None:
        """The caller cannot be offered from now on, if they could."""
        line = self.lines.get(waiting.needs)
        if not line:
            return
        at = bisect_left(line.waiting, waiting.key, key=_key)
        if at < len(line.waiting) and line.waiting[at] is waiting:
            del line.waiting[at]
            if not line.waiting:
                del self.lines[waiting.needs]

    def reconfigure(self, rules: QueueRules) -> None:
        """New rules; everybody keeps the moment at which they joined, and the order follows from it as before."""
        self.rules = rules
        self.handling.assume(rules.handling_time)
        for waiting in self.order:
            waiting.sort()
        self.order.sort(key=_key)
        for line in self.lines.values():
            line.waiting.sort(key=_key)

    @property
    def destination(self) -> str:
        """Where those go who cannot or should not wait here; empty = the rules do not say."""
        return self.rules.overflow.to if self.rules.overflow else ""

    @property
    def empty(self) -> bool:
        """Nobody is logged in."""
        return not any(agent.logged_in for agent in self.agents.values())

    def leads(self, why: str) -> str:
        """Where those go who leave for this reason; empty = the rules do not say."""
        return self.rules.closed_to if why == "closed" and self.closed_at is not None else self.destination

    def refuses(self) -> str:
        """Why nobody may join now; empty = they may."""
        if self.closed_at is not None:
            return "closed"
        if len(self.order) >= self.rules.max_size:
            return "full"
        return "no_agents" if not self.rules.join_when_empty and self.empty else ""

    def seat(self, agent: Agent) -> None:
        """The agent serves this queue and something about them changed."""
        self.agents[agent.number] = agent
        if agent.staffed != (agent.number in self.staffed):
            self._able.clear()
        for group, inside in ((self.free, agent.free), (self.staffed, agent.staffed)):
            if inside:
                group[agent.number] = agent
            else:
                group.pop(agent.number, None)

    def unseat(self, number: str) -> None:
        """The agent serves this queue no more."""
        for group in (self.agents, self.free, self.staffed):
            group.pop(number, None)
        self._able.clear()

    def able(self, needs: Needs) -> int:
        """How many of the staffed have these skills."""
        if not needs:
            return len(self.staffed)
        if needs not in self._able:
            self._able[needs] = sum(agent.has(needs) for agent in self.staffed.values())
        return self._able[needs]

    def estimate(self, position: int, needs: Needs) -> float | None:
        """Expected wait in seconds at ``position`` (1 = next); None when nobody who is able is staffed."""
        return expected_wait(position, self.able(needs), self.handling.seconds, self.patience.rate)

    def prospect(self, position: int, needs: Needs) -> float | None:
        """The same for one who joins in this instant: 0 when somebody who is able is free."""
        free = any(agent.has(needs) for agent in self.free.values())
        return 0.0 if free else self.estimate(position, needs)

    def view(self, now: float) -> QueueView:
        states = Counter(agent.state for agent in self.agents.values())
        oldest = min((waiting.joined_at for waiting in self.order), default=0.0)
        return QueueView(
            self.name, len(self.order), max(0.0, now - oldest) if self.order else 0.0, oldest,
            self.prospect(len(self.order) + 1, frozenset()),
            len(self.agents) - states["logged_out"], len(self.staffed),
            len(self.free), states["reserved"],
            states["busy"], states["after_call_work"], states["not_ready"],
        )

    @property
    def places(self) -> list[Place]:
        """All who wait, in order."""
        return [
            Place(waiting.contact, position, waiting.joined_at, waiting.priority)
            for position, waiting in enumerate(self.order, 1)
        ]
