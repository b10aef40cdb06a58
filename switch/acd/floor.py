"""The agents' side of the desk: who is at work, and telling the house so.

Whoever changes a fact about an agent calls :meth:`Floor.tell` afterwards. It reads the state off the facts, tells the
house exactly when something that a screen shows has changed, and keeps the queues' lists of free agents right. Nobody
else does any of the three, so a change cannot be told twice or forgotten.
"""

from collections.abc import Mapping

from switch.acd.agent import Agent, WrapUp
from switch.acd.alarms import Alarms
from switch.acd.effects import AgentChanged, Effect
from switch.acd.errors import Refused
from switch.acd.queue import Queue
from switch.acd.rules import AgentRules


class Floor:
    """All agents. What it has to say is appended to ``out``."""

    def __init__(self, queues: dict[str, Queue], alarms: Alarms, out: list[Effect]) -> None:
        self.agents: dict[str, Agent] = {}
        self.freed: list[Agent] = []
        """Who became free since somebody last matched."""
        self._queues = queues
        self._alarms = alarms
        self._out = out
        self._free: set[str] = set()
        self._seats: dict[str, list[Queue]] = {}

    def find(self, number: str) -> Agent:
        """Raises :class:`Refused` when there is no such agent."""
        agent = self.agents.get(number)
        if agent is None or agent.removed:
            raise Refused("unknown_agent", f"There is no agent {number}.")
        return agent

    def seats(self, agent: Agent) -> list[Queue]:
        """The queues that the agent serves and has the skills for."""
        return self._seats.get(agent.number, [])

    def configure(self, rules: Mapping[str, AgentRules], now: float) -> None:
        """New rules for everybody; whoever is no longer in them is logged out, after the talk if there is one."""
        for number, agent in list(self.agents.items()):
            if number not in rules:
                agent.removed = True
                self.leave(agent, now)
        for order, (number, agent_rules) in enumerate(rules.items()):
            agent = self.agents.setdefault(number, Agent(number, agent_rules, order))
            agent.rules, agent.order, agent.removed = agent_rules, order, False
            self._seat(agent)

    def _seat(self, agent: Agent) -> None:
        for queue in self._queues.values():
            queue.unseat(agent.number)
        self._seats[agent.number] = [
            queue for queue in self._queues.values() if agent.serves(queue.name, queue.rules)
        ]
        for queue in self.seats(agent):
            queue.seat(agent)

    def tell(self, agent: Agent, now: float) -> None:
        """Something about the agent changed."""
        facts, before = agent.facts, agent.told
        if facts != before:
            if facts[0] != before[0]:
                agent.since = now
            agent.told = facts
            state, reason, *others = facts
            self._out.append(AgentChanged(agent.number, state, reason, before[0], *others))
        self._alarms.touch(agent)
        for queue in self.seats(agent):
            queue.seat(agent)
        self._note_free(agent)
        if agent.removed and facts[0] == "logged_out":
            del self.agents[agent.number]

    def _note_free(self, agent: Agent) -> None:
        if not agent.free:
            self._free.discard(agent.number)
        elif agent.number not in self._free:
            self._free.add(agent.number)
            self.freed.append(agent)

    def arrive(self, agent: Agent) -> None:
        """The agent takes the seat; the counts that strategies go by begin anew."""
        if not agent.logged_in:
            agent.logged_in, agent.calls, agent.talk_time = True, 0, 0.0

    def leave(self, agent: Agent, now: float) -> None:
        """The agent leaves the seat; a talk goes on."""
        self.finish_wrap_up(agent, now)
        agent.logged_in, agent.wish, agent.wish_reason = False, "not_ready", ""
        if agent.removed:
            for queue in self._seats.pop(agent.number, []):
                queue.unseat(agent.number)
        self.tell(agent, now)

    def want(self, agent: Agent, wish: str, reason: str, now: float) -> None:
        """Keep the wish; it ends a wrap-up that the agent is in, and waits for a talk or an offer to end."""
        if agent.wish != wish:
            agent.idle_since = now
        agent.wish, agent.wish_reason = wish, reason
        if agent.state == "after_call_work":
            self.finish_wrap_up(agent, now)
        self.tell(agent, now)

    def talk(self, agent: Agent, contact: str, queue: str, now: float) -> None:
        """A leg of the agent is live in the contact."""
        agent.talk, agent.talk_queue, agent.talk_began = contact, queue, now

    def hang_up(self, agent: Agent, wrap_up: float | None, now: float) -> None:
        """The talk is over; ``wrap_up`` in seconds, None = as the queue of the talk says."""
        talked = max(0.0, now - agent.talk_began)
        contact, name, queue = agent.talk, agent.talk_queue, self._queues.get(agent.talk_queue)
        agent.talk, agent.talk_queue = "", ""
        agent.talk_time += talked
        agent.idle_since = now
        if wrap_up is None:
            wrap_up = queue.rules.wrap_up if queue else 0.0
        if wrap_up > 0 and agent.logged_in:
            self.finish_wrap_up(agent, now)
            agent.wrap_up = WrapUp(contact, name, talked, now, now + wrap_up)
        elif queue:
            queue.handling.learn(talked)
        self.tell(agent, now)

    def finish_wrap_up(self, agent: Agent, now: float) -> None:
        """End the wrap-up, if there is one, and learn how long the call took in all."""
        done, agent.wrap_up = agent.wrap_up, None
        if done is None:
            return
        agent.idle_since = now
        if queue := self._queues.get(done.queue):
            queue.handling.learn(done.talked + max(0.0, min(now, done.until) - done.began))
