"""Between the two sides: callers who wait, agents who are free, and the reservations that tie one to the other.

An offer that fails costs the caller nothing: they keep their place, are out of their line for the retry time of the
queue, and stand in it again. Facts about an agent are changed *before* their reservation is closed, so that the one
AgentChanged that follows is already the right one.
"""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from random import Random

from switch.acd.agent import Agent, Reservation
from switch.acd.alarms import Alarms
from switch.acd.effects import Announce, Effect, Left, Release, Reserve
from switch.acd.floor import Floor
from switch.acd.matching import choose, lines_for
from switch.acd.queue import Line
from switch.acd.waiting import Waiting

GAVE_UP = ("abandoned", "exit_key")
"""Reasons for leaving that tell how patient callers are."""


class Offers:
    """All who wait and all open reservations. What it has to say is appended to ``out``."""

    def __init__(self, floor: Floor, alarms: Alarms, out: list[Effect], rng: Random, lease: float) -> None:
        self.waiting: dict[str, Waiting] = {}
        self.open: dict[str, Reservation] = {}
        self._floor = floor
        self._alarms = alarms
        self._out = out
        self._rng = rng
        self._lease = lease
        self._lines: dict[Line, None] = {}

    # -- callers ---------------------------------------------------------------------------------------------------

    def enter(self, waiting: Waiting) -> None:
        """The caller stands in the queue and can be offered."""
        self.waiting[waiting.contact] = waiting
        waiting.queue.add(waiting)
        self.show(waiting)

    def show(self, waiting: Waiting) -> None:
        """The caller can be offered from now on."""
        waiting.retry_at = None
        self.look([waiting.queue.show(waiting)])
        self._alarms.touch(waiting)

    def leave(self, waiting: Waiting, why: str, now: float, destination: str = "") -> None:
        """The caller stands in the queue no more; phones that ring for them stop."""
        self._remove(waiting, why, now, destination=destination)
        for reservation in list(waiting.reservations.values()):
            self._close(reservation, "canceled", why, now)

    def _remove(self, waiting: Waiting, why: str, now: float, agent: str = "", destination: str = "") -> None:
        queue, waited = waiting.queue, max(0.0, now - waiting.entered_at)
        queue.remove(waiting)
        queue.patience.learn(waited, why in GAVE_UP)
        del self.waiting[waiting.contact]
        waiting.gone = True
        self._alarms.touch(waiting)
        self._out.append(Left(waiting.contact, queue.name, why, waited, waiting.first_announced, agent, destination))

    def wake(self, waiting: Waiting, now: float) -> None:
        """Something is due for this caller: the end of the waiting, another offer, an announcement."""
        leaves = waiting.leaves
        if leaves and leaves[0] <= now:
            self.leave(waiting, leaves[1], now, waiting.queue.leads(leaves[1]))
            return
        if waiting.retry_at is not None and waiting.retry_at <= now:
            self.show(waiting)
        if waiting.announce_at is not None and waiting.announce_at <= now:
            position = waiting.queue.position(waiting)
            wait = waiting.announce(position, waiting.queue.estimate(position, waiting.needs), now)
            self._out.append(Announce(waiting.contact, waiting.queue.name, position, wait))
        self._alarms.touch(waiting)

    # -- reservations ----------------------------------------------------------------------------------------------

    def look(self, lines: Iterable[Line]) -> None:
        """Something about these lines changed: the next matching looks at them."""
        self._lines.update(dict.fromkeys(lines))

    def match(self, now: float) -> None:
        """Offer until nobody who could be offered is left, or nobody who could take them is free."""
        for agent in self._floor.freed:
            self.look(lines_for(agent, self._floor.seats(agent)))
        self._floor.freed.clear()
        heads = [(line.waiting[0].rank(now), line) for line in self._lines if line.waiting]
        self._lines.clear()
        heapify(heads)
        while heads:
            _, line = heappop(heads)
            agents = choose(line.waiting[0], self._rng)
            if agents:
                self._reserve(line.waiting[0], agents, now)
            if agents and line.waiting:
                heappush(heads, (line.waiting[0].rank(now), line))

    def _reserve(self, waiting: Waiting, agents: list[Agent], now: float) -> None:
        waiting.queue.hide(waiting)
        for agent in agents:
            offer = self.propose(waiting.contact, agent, waiting.queue.name, waiting.queue.rules.ring_time, now)
            waiting.reservations[offer.id] = offer

    def propose(self, contact: str, agent: Agent, queue: str, ring_time: float, now: float) -> Reservation:
        """Offer a contact to one agent; ``queue`` is empty when the agent is called by number."""
        name, expires_at = f"r{self._rng.getrandbits(48):012x}", now + ring_time
        offer = Reservation(name, contact, queue, agent.number, ring_time, expires_at, expires_at + self._lease)
        self.open[name] = agent.reservation = offer
        self._alarms.touch(offer)
        self._out.append(Reserve(name, contact, queue, agent.number, expires_at))
        self._floor.tell(agent, now)
        return offer

    def accept(self, reservation: Reservation, now: float) -> None:
        """The agent talks; whoever else was ringing for the same caller stops."""
        agent = self._floor.agents[reservation.agent]
        self._forget(reservation)
        self._floor.talk(agent, reservation.contact, reservation.queue, now)
        if reservation.queue:
            agent.calls += 1
            waiting = self.waiting[reservation.contact]
            self._remove(waiting, "answered", now, agent=agent.number)
            for other in list(waiting.reservations.values()):
                self._close(other, "rescinded", "answered", now)
        self._floor.tell(agent, now)

    def fail(self, reservation: Reservation, outcome: str, why: str, now: float) -> None:
        """The offer came to nothing; the caller waits on and is offered again after the retry time."""
        self._close(reservation, outcome, why, now)
        if not reservation.queue:
            return
        waiting = self.waiting[reservation.contact]
        waiting.tried.add(reservation.agent)
        if waiting.reservations:
            return
        if waiting.queue.rules.retry > 0:
            waiting.retry_at = now + waiting.queue.rules.retry
            self._alarms.touch(waiting)
        else:
            self.show(waiting)

    def cancel(self, reservation: Reservation, now: float) -> None:
        """Whoever called this agent by number is gone."""
        self._close(reservation, "canceled", "abandoned", now)

    def _close(self, reservation: Reservation, outcome: str, why: str, now: float) -> None:
        self._forget(reservation)
        agent = self._floor.agents[reservation.agent]
        self._out.append(Release(reservation.id, reservation.contact, reservation.queue, agent.number, outcome, why))
        self._floor.tell(agent, now)

    def _forget(self, reservation: Reservation) -> None:
        reservation.open = False
        self._alarms.touch(reservation)
        del self.open[reservation.id]
        self._floor.agents[reservation.agent].reservation = None
        waiting = self.waiting.get(reservation.contact)
        if waiting:
            waiting.reservations.pop(reservation.id, None)

    def ringing(self, reservation: Reservation, now: float) -> None:
        """The phone rings from now on: the ring time counts from here, within the lease."""
        reservation.expires_at = min(max(reservation.expires_at, now + reservation.ring_time), reservation.latest)
        self._alarms.touch(reservation)
