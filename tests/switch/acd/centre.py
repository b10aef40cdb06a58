"""A desk with a clock, and somebody beside it who checks every effect against the laws of the room."""

from random import Random

from switch.acd.agent import STATES
from switch.acd.desk import Desk
from switch.acd.effects import AgentChanged, Announce, Joined, Left, Release, Reserve
from switch.acd.rules import AgentRules, QueueRules

TURNED_AWAY = ("full", "no_agents", "closed")


class Audit:
    """What an outsider knows who has only heard the effects."""

    def __init__(self):
        self.states = {}
        self.told = {}
        self.waiting = {}
        self.offers = {}
        self.heard = {}

    def hear(self, effect):
        getattr(self, f"_{type(effect).__name__.lower()}")(effect)

    def _joined(self, told: Joined):
        assert told.contact not in self.waiting
        self.waiting[told.contact] = told.queue
        self.heard.pop(told.contact, None)

    def _left(self, told: Left):
        if told.contact in self.waiting:
            assert self.waiting.pop(told.contact) == told.queue
        else:
            assert told.why in TURNED_AWAY, "left twice, or never joined"
        assert told.waited >= 0

    def _announce(self, told: Announce):
        assert self.waiting[told.contact] == told.queue
        if told.expected_wait is None:
            return
        position, wait = self.heard.get(told.contact, (0, 0.0))
        assert told.position > position or told.expected_wait <= wait, "the announced wait rose"
        self.heard[told.contact] = (told.position, told.expected_wait)

    def _reserve(self, told: Reserve):
        assert told.reservation not in self.offers
        assert told.agent not in [offer.agent for offer in self.offers.values()], "two reservations for one agent"
        if told.queue:
            assert self.waiting[told.contact] == told.queue
            assert self.states.get(told.agent) == "ready", "offered to an agent who was not ready"
        self.offers[told.reservation] = told

    def _release(self, told: Release):
        offer = self.offers.pop(told.reservation)
        assert (offer.contact, offer.queue, offer.agent) == (told.contact, told.queue, told.agent)
        assert told.outcome in ("timeout", "rejected", "canceled", "rescinded")

    def _agentchanged(self, told: AgentChanged):
        assert told.state in STATES
        assert told.previous == self.states.get(told.agent, "logged_out")
        facts = (told.state, told.reason, told.contact, told.until, told.next, told.next_reason)
        assert facts != self.told.get(told.agent), "told twice"
        self.told[told.agent] = facts
        self.states[told.agent] = told.state
        if told.state == "busy":
            self._accepted(told)

    def _accepted(self, told: AgentChanged):
        """The talk that came of an offer: nothing else is said of its end."""
        for name, offer in list(self.offers.items()):
            if (offer.agent, offer.contact) == (told.agent, told.contact):
                del self.offers[name]


class Centre:
    """A desk and the moment; ``told`` is what the last input brought."""

    def __init__(self, queues=None, agents=None, seed=1, now=1000.0, **options):
        self.now = now
        self.audit = Audit()
        self.told = []
        queues = queues or {"support": {}}
        agents = agents or {}
        self.desk = Desk(*self.rules(queues, agents), Random(seed), **options)

    @staticmethod
    def rules(queues, agents):
        """Shorthand: fields of the rules as dicts; an agent serves ``support`` unless told otherwise."""
        return (
            {name: QueueRules(name=name, **fields) for name, fields in queues.items()},
            {number: AgentRules(number=number, **{"queues": {"support": 1}, **fields})
             for number, fields in agents.items()},
        )

    def __getattr__(self, name):
        """Every input of the desk, at this moment."""
        method = getattr(self.desk, name)

        def call(*arguments, **options):
            effects = method(*arguments, now=self.now, **options)
            return self.hear(effects)

        return call

    def hear(self, effects):
        for effect in effects or []:
            self.audit.hear(effect)
        self.told = effects
        return effects

    def at_work(self, *agents):
        """Phones up and logged in, one second apart, so that the first has been idle the longest."""
        for agent in agents:
            self.phone(agent, True)
            self.log_in(agent)
            self.now += 1

    def reload(self, queues, agents):
        return self.hear(self.desk.configure(*self.rules(queues, agents), self.now))

    def until(self, moment):
        """Let time pass, waking the desk whenever it asked for it. Everything that it said on the way."""
        said = []
        while self.desk.deadline is not None and self.desk.deadline <= moment:
            self.now = max(self.now, self.desk.deadline)
            said += self.wake()
        self.now = moment
        self.told = said
        return said

    def pass_time(self, seconds):
        return self.until(self.now + seconds)

    def state(self, agent):
        return self.desk.state(agent).state

    def offer_of(self, agent):
        """The open reservation of this agent."""
        return next((name for name, offer in self.audit.offers.items() if offer.agent == agent), None)

    def offered(self):
        """Who rings for whom."""
        return {offer.agent: offer.contact for offer in self.audit.offers.values()}

    def pick_up(self, agent):
        """The agent's phone is answered."""
        return self.accept(self.offer_of(agent))

    def order(self, queue="support"):
        return [place.contact for place in self.desk.waiting(queue)]


def of(kind, effects):
    """Only the effects of one kind."""
    return [effect for effect in effects if isinstance(effect, kind)]
