"""The desk: the queue room's one face towards the house.

Inputs come in with ``now`` (POSIX seconds), effects go out; between two inputs nobody who can be offered waits while
somebody who can take them is free. The inputs about agents are in :class:`~switch.acd.seats.Seats`; the work is
done by three parts: :class:`~switch.acd.floor.Floor` (agents and what the house is told of them),
:class:`~switch.acd.queue.Queue` (order), :class:`~switch.acd.offers.Offers` (reservations).

Two kinds of wrong input. What a *person* asks and cannot have raises :class:`Refused` and changes nothing. What comes
from a *phone* may simply be late, because the caller hung up or somebody else answered in the same instant: a contact
that waits no more, a leg that is gone, a reservation that is over are answered with ``[]``. Only :meth:`Desk.accept`
says it differently, with None, because somebody has just picked up a phone that must now be hung up.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from random import Random

from switch.acd.agent import STATES, Reservation
from switch.acd.effects import Effect, Joined, Left
from switch.acd.errors import Refused
from switch.acd.matching import STRATEGIES
from switch.acd.queue import Place, Queue, QueueView
from switch.acd.rules import AgentRules, QueueRules
from switch.acd.seats import Seats
from switch.acd.waiting import Waiting

OUTCOMES = {"rejected": "rejected", "no_answer": "timeout", "unreachable": "rescinded"}
"""What becomes of a reservation, by what the house says of the phone."""
NOT_READY_AFTER = ("no_answer", "unreachable")


class Desk(Seats):
    """All queues, all agents, all who wait.

    ``lease``: seconds for which a reservation may outlive the ring time when the phone begins to ring late
    (see :meth:`ringing`); at its end the reservation is over, whatever else happens or does not.
    """

    def __init__(
        self, queues: Mapping[str, QueueRules], agents: Mapping[str, AgentRules], rng: Random, lease: float = 5.0
    ) -> None:
        super().__init__(rng, lease)
        self._joined = 0
        self.rules: dict[str, AgentRules] = {}
        """The agents of the configuration, by number."""
        self.configure(queues, agents, 0.0)

    @property
    def deadline(self) -> float | None:
        """When :meth:`wake` wants to be called, POSIX seconds; None = never."""
        return self._alarms.next

    def configure(
        self, queues: Mapping[str, QueueRules], agents: Mapping[str, AgentRules], now: float
    ) -> list[Effect]:
        """A reload. Who waits keeps their place, who is logged in stays so; offers that ring ring on.

        Callers of a queue that is gone leave as ``closed``. An agent who is gone is logged out, after the talk if there
        is one. Raises :class:`Refused` (unknown_strategy).
        """
        for name, rules in queues.items():
            if rules.strategy not in STRATEGIES:
                raise Refused("unknown_strategy", f"Queue {name}: there is no strategy {rules.strategy}.")
        staffed = [queue for queue in self._queues.values() if not queue.empty]
        for name in [name for name in self._queues if name not in queues]:
            self._send_away(self._queues.pop(name), "closed", now)
        for name, rules in queues.items():
            self._queues.setdefault(name, Queue(name, rules)).reconfigure(rules)
        self.rules = dict(agents)
        self._floor.configure(agents, now)
        for agent in [agent for agent in self._floor.agents.values() if agent.removed]:
            self._take_back(agent, "logged_out", now)
        self._send_away_if_empty(staffed, now)
        for waiting in self._offers.waiting.values():
            self._alarms.touch(waiting)
        for queue in self._queues.values():
            self._offers.look(queue.lines.values())
        return self._done(now)

    def wake(self, now: float) -> list[Effect]:
        """The deadline has come: end what is over, announce what is due."""
        for thing in self._alarms.due(now):
            if thing.due is None or thing.due > now:
                self._alarms.touch(thing)
            elif isinstance(thing, Waiting):
                self._offers.wake(thing, now)
            elif isinstance(thing, Reservation):
                self._no_answer(thing, "no_answer", now)
            else:
                self._floor.finish_wrap_up(thing, now)
                self._floor.tell(thing, now)
            self._offers.match(now)
        return self._done(now)

    # -- callers ---------------------------------------------------------------------------------------------------

    def join(
        self, contact: str, queue: str, now: float, *, priority: int = 0, skills: Mapping[str, int] | None = None,
        joined_at: float | None = None, caller: str = "", front: bool = False, avoid: str = "",
    ) -> list[Effect]:
        """The caller wants to wait. Effects: Joined, and Reserve at once where somebody is free; or Left.

        ``joined_at``: since when they wait (POSIX seconds), where they come from another queue; they are served as if
        they had waited here since. ``front``: before everybody, and even if the queue is full or closed. ``avoid``: an
        agent who is asked only when there is nobody else. Raises :class:`Refused` (waiting) when they wait already. A queue
        that does not exist (any more) is answered with Left as ``closed``.
        """
        if contact in self._offers.waiting:
            raise Refused("waiting", f"Contact {contact} waits in a queue already.")
        there = self._queues.get(queue)
        refused = self.refuses(queue)
        if refused and not (front and there and refused in ("full", "closed")):
            return [Left(contact, queue, refused, 0.0, destination=there.leads(refused) if there else "")]
        self._joined += 1
        waiting = Waiting(
            contact, there, self._joined, now, min(now, joined_at) if joined_at is not None else now, priority,
            frozenset((skills or {}).items()), caller, front, tried={avoid} if avoid else set(),
        )
        self._offers.enter(waiting)
        position, needs = there.position(waiting), waiting.needs
        self._out.append(Joined(contact, queue, position, there.prospect(position, needs), there.able(needs)))
        return self._done(now)

    def set_closed(self, queue: str, closed: bool, now: float) -> list[Effect]:
        """The hours of a queue are over, or begin. Callers who wait stay, or go as ``closed``, as its rules say."""
        there = self._queues.get(queue)
        if there is None or closed == (there.closed_at is not None):
            return []
        there.closed_at = now if closed else None
        for waiting in there.order:
            self._alarms.touch(waiting)
        return self.wake(now)

    def refuses(self, queue: str) -> str:
        """Why nobody may join this queue now: closed (or there is none), full, no_agents. Empty = they may."""
        there = self._queues.get(queue)
        return there.refuses() if there else "closed"

    def withdraw(self, contact: str, why: str, now: float) -> list[Effect]:
        """The caller is gone from the queue, because of somebody outside it: abandoned, transferred, withdrawn ..."""
        waiting = self._offers.waiting.get(contact)
        if waiting:
            self._offers.leave(waiting, why, now)
        return self._done(now)

    def pull_forward(self, contact: str, now: float) -> list[Effect]:
        """The caller stands at the head of their queue from now on. Raises :class:`Refused` (not_waiting)."""
        waiting = self._offers.waiting.get(contact)
        if waiting is None:
            raise Refused("not_waiting", f"Contact {contact} waits in no queue.")
        waiting.queue.pull(waiting, now)
        return self._done(now)

    def exit_key(self, contact: str, digit: str, now: float) -> list[Effect]:
        """The caller pressed a digit; it ends the waiting when it is the exit key of their queue."""
        waiting = self._offers.waiting.get(contact)
        if waiting and digit and digit == waiting.queue.rules.exit_key:
            self._offers.leave(waiting, "exit_key", now, waiting.queue.rules.exit_to)
        return self._done(now)

    # -- reservations ----------------------------------------------------------------------------------------------

    def ringing(self, reservation: str, now: float) -> list[Effect]:
        """The phone rings from now on. The ring time counts from here, so that a look-up or a notice to the caller
        before the first ring does not eat it up; but not beyond the lease."""
        offer = self._offers.open.get(reservation)
        if offer:
            self._offers.ringing(offer, now)
        return self._done(now)

    def accept(self, reservation: str, now: float) -> list[Effect] | None:
        """The agent picked up. None = the offer no longer stands: hang the phone up."""
        offer = self._offers.open.get(reservation)
        if offer is None:
            return None
        self._offers.accept(offer, now)
        return self._done(now)

    def reject(
        self, reservation: str, now: float, why: str = "rejected", after_no_answer: bool = True
    ) -> list[Effect]:
        """The phone did not lead to a talk: rejected, no_answer or unreachable. The caller keeps their place.

        After no_answer and unreachable the agent becomes not ready with that reason, or else the next callers would
        have to wait for the same silent phone; not so when ``after_no_answer`` is False, nor after a call by number.
        """
        offer = self._offers.open.get(reservation)
        if offer is None:
            return []
        if why in NOT_READY_AFTER and after_no_answer:
            self._no_answer(offer, why, now)
        else:
            self._offers.fail(offer, OUTCOMES.get(why, "rejected"), why, now)
        return self._done(now)

    def _no_answer(self, offer: Reservation, why: str, now: float) -> None:
        agent = self._floor.agents[offer.agent]
        if offer.queue and agent.wish == "ready":
            agent.wish, agent.wish_reason = "not_ready", why
        self._offers.fail(offer, OUTCOMES.get(why, "rejected"), why, now)

    # -- what screens ask ------------------------------------------------------------------------------------------

    def queue(self, name: str, now: float | None = None) -> QueueView:
        """As at ``now``, by default at the latest moment that the desk heard of. Raises :class:`Refused`."""
        return self._find(name).view(self._now if now is None else now)

    def queues(self) -> list[QueueView]:
        """All of them, as at the latest moment that the desk heard of."""
        return [queue.view(self._now) for queue in self._queues.values()]

    def waiting(self, queue: str) -> list[Place]:
        """All who wait, in order. Raises :class:`Refused` (unknown_queue)."""
        return self._find(queue).places

    def position(self, contact: str) -> int | None:
        """1 = next; None = the contact waits nowhere."""
        waiting = self._offers.waiting.get(contact)
        return waiting.queue.position(waiting) if waiting else None

    def snapshot(self) -> dict[str, object]:
        """Everything as plain data: agents, queues with those who wait, open reservations."""
        return {
            "agents": [asdict(view) for view in self.agents()],
            "queues": [
                asdict(queue.view(self._now)) | {"callers": [place._asdict() for place in queue.places]}
                for queue in self._queues.values()
            ],
            "reservations": [
                {"reservation": offer.id, "contact": offer.contact, "queue": offer.queue, "agent": offer.agent,
                 "expires_at": offer.expires_at}
                for offer in self._offers.open.values()
            ],
        }

    def counts(self) -> dict[str, int]:
        """How many wait, how many reservations are open, how many agents are in each state."""
        states = Counter(agent.state for agent in self._floor.agents.values())
        return {
            "waiting": len(self._offers.waiting), "reservations": len(self._offers.open),
            **{state: states[state] for state in STATES},
        }

    def _find(self, name: str) -> Queue:
        queue = self._queues.get(name)
        if queue is None:
            raise Refused("unknown_queue", f"There is no queue {name}.")
        return queue
