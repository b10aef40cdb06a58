"""Who gets whom.

Two questions that are easily mixed up:

- *Which of several callers?* The order decides: highest effective priority, then longest wait.
- *Which of several free agents?* First those who have not failed this caller already, then the lowest tier, then the
  strategy of the queue. The rule of each strategy fits in the one sentence of its docstring.

The desk matches after every change, so between two changes there is never both a caller who could be offered and a free
agent who could take them. A change therefore concerns few lines: the line of a caller who may be offered again, or
those that an agent who became free can serve. Only their heads are compared.
"""

from collections.abc import Callable, Iterable
from random import Random

from switch.acd.agent import Agent
from switch.acd.queue import Line, Queue
from switch.acd.waiting import Waiting

Strategy = Callable[[list[Agent], Queue, Random], list[Agent]]


def longest_idle(agents: list[Agent], queue: Queue, rng: Random) -> list[Agent]:
    """Whoever has been free for the longest time; an offer that came to nothing does not count as work."""
    return [min(agents, key=lambda agent: (agent.idle_since, agent.order))]


def fewest_calls(agents: list[Agent], queue: Queue, rng: Random) -> list[Agent]:
    """Whoever has accepted the fewest calls since logging in; of equals, the longest idle."""
    return [min(agents, key=lambda agent: (agent.calls, agent.idle_since, agent.order))]


def least_talk_time(agents: list[Agent], queue: Queue, rng: Random) -> list[Agent]:
    """Whoever has talked for the least time since logging in; of equals, the longest idle."""
    return [min(agents, key=lambda agent: (agent.talk_time, agent.idle_since, agent.order))]


def round_robin(agents: list[Agent], queue: Queue, rng: Random) -> list[Agent]:
    """The next one, in the order of the configuration, after whoever was asked last."""
    chosen = min(agents, key=lambda agent: (agent.order <= queue.last_asked, agent.order))
    queue.last_asked = chosen.order
    return [chosen]


def linear(agents: list[Agent], queue: Queue, rng: Random) -> list[Agent]:
    """Always the first who is free, in the order of the configuration."""
    return [min(agents, key=lambda agent: agent.order)]


def ring_all(agents: list[Agent], queue: Queue, rng: Random) -> list[Agent]:
    """Everybody who is free, at once; whoever accepts first has the call."""
    return sorted(agents, key=lambda agent: agent.order)


def random(agents: list[Agent], queue: Queue, rng: Random) -> list[Agent]:
    """Anybody."""
    return [rng.choice(agents)]


STRATEGIES: dict[str, Strategy] = {
    strategy.__name__: strategy
    for strategy in (longest_idle, fewest_calls, least_talk_time, round_robin, linear, ring_all, random)
}


def choose(waiting: Waiting, rng: Random) -> list[Agent]:
    """Who is offered this caller now; empty = nobody who could take them is free."""
    queue = waiting.queue
    able = [agent for agent in queue.free.values() if agent.has(waiting.needs)]
    if not able:
        return []
    fresh = [agent for agent in able if agent.number not in waiting.tried]
    if not fresh:
        waiting.tried.clear()
        fresh = able
    tier = min(agent.rules.queues[queue.name] for agent in fresh)
    return STRATEGIES[queue.rules.strategy](
        [agent for agent in fresh if agent.rules.queues[queue.name] == tier], queue, rng
    )


def lines_for(agent: Agent, queues: Iterable[Queue]) -> list[Line]:
    """Where callers stand whom this agent could take."""
    return [line for queue in queues for line in queue.lines.values() if agent.has(line.needs)]
