"""The desk's agents' side: what agents, their phones and their calls tell the desk.

An agent's click that cannot be obeyed raises :class:`Refused` and changes nothing. A leg that is gone already is no
mistake but a late message, and is answered with ``[]``.
"""

from random import Random

from switch.acd.agent import Agent, AgentView, WrapUp
from switch.acd.alarms import Alarms
from switch.acd.effects import Effect
from switch.acd.errors import Refused
from switch.acd.floor import Floor
from switch.acd.offers import Offers
from switch.acd.queue import Queue

LONGEST_EXTENSION = 86400.0
"""Seconds by which a wrap-up can be extended at once."""


class Seats:
    """The inputs about agents; :class:`~switch.acd.desk.Desk` adds those about callers."""

    def __init__(self, rng: Random, lease: float) -> None:
        self._queues: dict[str, Queue] = {}
        self._out: list[Effect] = []
        self._alarms = Alarms()
        self._floor = Floor(self._queues, self._alarms, self._out)
        self._offers = Offers(self._floor, self._alarms, self._out, rng, lease)
        self._now = 0.0

    def log_in(self, agent: str, now: float, ready: bool = True, reason: str = "") -> list[Effect]:
        """The agent takes the seat; one who has it already becomes ready or not ready."""
        someone = self._floor.find(agent)
        self._floor.arrive(someone)
        self._floor.want(someone, "ready" if ready else "not_ready", "" if ready else reason, now)
        return self._done(now)

    def log_out(self, agent: str, now: float) -> list[Effect]:
        """The agent leaves the seat; ends a wrap-up, takes an offer back. Raises :class:`Refused` (busy)."""
        someone = self._floor.find(agent)
        if not someone.logged_in:
            return []
        if someone.talk:
            raise Refused("busy", f"Agent {agent} is in a call and can log out when it is over.")
        seats = self._floor.seats(someone)
        self._floor.leave(someone, now)
        self._take_back(someone, "logged_out", now)
        self._send_away_if_empty(seats, now)
        return self._done(now)

    def set_ready(self, agent: str, now: float) -> list[Effect]:
        """At once, or when the talk or the offer is over; ends a wrap-up. Raises :class:`Refused` (logged_out)."""
        self._floor.want(self._at_work(agent), "ready", "", now)
        return self._done(now)

    def set_not_ready(self, agent: str, reason: str, now: float) -> list[Effect]:
        """At once, or when the talk or the offer is over; ends a wrap-up. Raises :class:`Refused` (logged_out)."""
        self._floor.want(self._at_work(agent), "not_ready", reason, now)
        return self._done(now)

    def phone(self, agent: str, reachable: bool, now: float) -> list[Effect]:
        """The agent's phone can be rung, or cannot; it cannot until this was said first."""
        someone = self._floor.find(agent)
        someone.reachable = reachable
        self._floor.tell(someone, now)
        if not reachable:
            self._take_back(someone, "unreachable", now)
        return self._done(now)

    def engage(self, agent: str, contact: str, now: float) -> list[Effect]:
        """A leg of the agent is live in this contact. Raises :class:`Refused` (busy) when one is in another.

        An open offer of this very contact is accepted by that; an offer of another one is taken back.
        """
        someone = self._floor.find(agent)
        if someone.talk and someone.talk != contact:
            raise Refused("busy", f"Agent {agent} is in another call.")
        if someone.talk:
            return []
        if someone.reservation and someone.reservation.contact == contact:
            self._offers.accept(someone.reservation, now)
            return self._done(now)
        self._floor.talk(someone, contact, "", now)
        self._floor.tell(someone, now)
        self._take_back(someone, "busy", now)
        return self._done(now)

    def disengage(self, agent: str, contact: str, now: float, wrap_up: float | None = None) -> list[Effect]:
        """The agent's last leg in the contact is gone; ``wrap_up`` in seconds, None = as the queue of the talk says."""
        someone = self._floor.agents.get(agent)
        if not someone or not contact or someone.talk != contact:
            return []
        self._floor.hang_up(someone, wrap_up, now)
        return self._done(now)

    def extend_wrap_up(self, agent: str, seconds: float, now: float) -> list[Effect]:
        """So many seconds more. Raises :class:`Refused` (not_in_wrap_up, bad_seconds)."""
        someone = self._in_wrap_up(agent)
        if not 0 < seconds <= LONGEST_EXTENSION:
            raise Refused("bad_seconds", "A wrap-up is extended by more than 0 seconds and at most a day.")
        someone.wrap_up.until += seconds
        self._floor.tell(someone, now)
        return self._done(now)

    def end_wrap_up(self, agent: str, now: float) -> list[Effect]:
        """Done. Raises :class:`Refused` (not_in_wrap_up)."""
        someone = self._in_wrap_up(agent)
        self._floor.finish_wrap_up(someone, now)
        self._floor.tell(someone, now)
        return self._done(now)

    def restore(self, agent: str, state: str, reason: str, since: float, now: float, work: str = "",
                until: float = 0.0) -> list[Effect]:
        """After a restart: what the agent was, without the call; who was in one is ready again. ``work``: the contact of an
        after-call work that goes on until ``until``, and is followed by ``state``."""
        someone = self._floor.find(agent)
        if state == "logged_out":
            return []
        self._floor.arrive(someone)
        someone.wish = "not_ready" if state == "not_ready" else "ready"
        someone.wish_reason = reason if someone.wish == "not_ready" else ""
        if work and until > now:
            someone.wrap_up = WrapUp(work, "", 0.0, now, until)
        self._floor.tell(someone, now)
        someone.since = someone.idle_since = min(since, now)
        return self._done(now)

    def state(self, agent: str) -> AgentView:
        """Raises :class:`Refused` (unknown_agent)."""
        return self._floor.find(agent).view

    def agents(self) -> list[AgentView]:
        """Everybody."""
        return [agent.view for agent in self._floor.agents.values()]

    # -- an agent called by number ---------------------------------------------------------------------------------

    def refusal(self, agent: str, contact: str) -> str:
        """Why the contact cannot be offered to this agent by number now: unknown, busy, unreachable, waiting.

        Empty = it can. Whether the agent is ready does not matter, as nobody is sent by a queue; a wrap-up is hidden
        by the call and comes back after it. ``waiting``: the contact stands in a queue and must leave it first.
        """
        someone = self._floor.agents.get(agent)
        if someone is None or someone.removed:
            return "unknown"
        if someone.talk or someone.reservation:
            return "busy"
        if not someone.reachable:
            return "unreachable"
        return "waiting" if contact in self._offers.waiting else ""

    def offer(self, contact: str, agent: str, now: float, ring_time: float = 20.0) -> list[Effect]:
        """Offer the contact to this agent, outside all queues: the effects are those of any offer, ``queue`` empty.

        When it fails, the agent is what they were before. Raises :class:`Refused` with the code of :meth:`refusal`.
        """
        code = self.refusal(agent, contact)
        if code:
            raise Refused(code, f"Contact {contact} cannot be offered to agent {agent}: {code}.")
        self._offers.propose(contact, self._floor.find(agent), "", ring_time, now)
        return self._done(now)

    def withdraw_offer(self, reservation: str, now: float) -> list[Effect]:
        """Whoever called the agent by number is gone."""
        offer = self._offers.open.get(reservation)
        if offer and not offer.queue:
            self._offers.cancel(offer, now)
        return self._done(now)

    # -- the parts together ----------------------------------------------------------------------------------------

    def _done(self, now: float) -> list[Effect]:
        """Match, and hand over what is to be said."""
        self._now = max(self._now, now)
        self._offers.match(now)
        effects = self._out.copy()
        self._out.clear()
        return effects

    def _at_work(self, agent: str) -> Agent:
        someone = self._floor.find(agent)
        if not someone.logged_in:
            raise Refused("logged_out", f"Agent {agent} is not logged in.")
        return someone

    def _in_wrap_up(self, agent: str) -> Agent:
        someone = self._floor.find(agent)
        if someone.state != "after_call_work":
            raise Refused("not_in_wrap_up", f"Agent {agent} is not in after-call work.")
        return someone

    def _take_back(self, agent: Agent, why: str, now: float) -> None:
        """The offer to this agent ends, if there is one; the caller is offered to somebody else."""
        if agent.reservation:
            self._offers.fail(agent.reservation, "rescinded", why, now)

    def _send_away(self, queue: Queue, why: str, now: float) -> None:
        for waiting in list(queue.order):
            self._offers.leave(waiting, why, now, queue.destination)

    def _send_away_if_empty(self, queues: list[Queue], now: float) -> None:
        """The last agent of these queues may have logged out."""
        for queue in queues:
            if queue.rules.leave_when_empty and queue.empty:
                self._send_away(queue, "no_agents", now)
