"""Whatever happens in whatever order, these hold. The effects themselves are checked by the audit in ``centre``."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from switch.acd.errors import Refused
from switch.acd.rules import STRATEGIES, Overflow
from tests.switch.acd.centre import Centre

AGENTS = ("a1", "a2", "a3", "a4")
CONTACTS = tuple(f"c{number}" for number in range(8))
QUEUES = ("support", "sales")

agents, contacts, queues = st.sampled_from(AGENTS), st.sampled_from(CONTACTS), st.sampled_from(QUEUES)
needs = st.just({}) | st.just({"german": 2})
queue_rules = st.fixed_dictionaries({
    "strategy": st.sampled_from(STRATEGIES), "skills": needs, "ring_time": st.sampled_from((5.0, 20.0)),
    "retry": st.sampled_from((0.0, 1.0, 5.0)), "wrap_up": st.sampled_from((0.0, 10.0)),
    "max_size": st.sampled_from((2, 100)), "max_wait": st.sampled_from((None, 40.0)),
    "join_when_empty": st.booleans(), "leave_when_empty": st.booleans(), "exit_key": st.sampled_from(("", "1")),
    "overflow": st.sampled_from((None, Overflow("queue:sales"), Overflow("queue:sales", 30.0))),
    "priority": st.integers(0, 2), "ageing": st.sampled_from((0.0, 60.0)),
    "announce_every": st.sampled_from((0.0, 7.0)),
})
agent_rules = st.fixed_dictionaries({
    "queues": st.sampled_from(({"support": 1, "sales": 1}, {"support": 1, "sales": 2}, {"support": 2})),
    "skills": st.sampled_from(({}, {"german": 1}, {"german": 3})),
})
house = st.tuples(
    st.fixed_dictionaries({name: queue_rules for name in QUEUES}),
    st.fixed_dictionaries({name: agent_rules for name in AGENTS}),
)


class Day(RuleBasedStateMachine):
    """An arbitrary day."""

    def __init__(self):
        super().__init__()
        self.centre = Centre({name: {} for name in QUEUES},
                             {name: {"queues": dict.fromkeys(QUEUES, 1)} for name in AGENTS})
        self.talks = {}
        self.past = ["never was"]

    def attempt(self, command, *arguments, **options):
        try:
            return getattr(self.centre, command)(*arguments, **options)
        except Refused as refused:
            assert refused.code and refused.reason
            assert not self.centre.desk._out, "refused, and yet something was said"
            return []

    def note_talks(self):
        for view in self.centre.desk.agents():
            if view.state == "busy":
                self.talks[view.agent] = view.contact
        self.past += self.centre.audit.offers

    @initialize(rules=house)
    def open_the_doors(self, rules):
        self.centre.reload(*rules)
        self.centre.at_work(*AGENTS)

    @rule(agent=agents)
    def at_work(self, agent):
        self.attempt("phone", agent, True)
        self.attempt("log_in", agent)

    @rule(agent=agents, click=st.sampled_from((
        ("log_in", False, "coffee"), ("log_out",), ("set_ready",), ("set_not_ready", "lunch"), ("end_wrap_up",),
        ("extend_wrap_up", 5.0), ("extend_wrap_up", -1.0),
    )))
    def click(self, agent, click):
        command, *arguments = click
        if command == "log_in":
            self.attempt(command, agent, ready=arguments[0], reason=arguments[1])
        else:
            self.attempt(command, agent, *arguments)

    @rule(agent=agents, reachable=st.booleans())
    def phone(self, agent, reachable):
        self.attempt("phone", agent, reachable)

    @rule(agent=agents, contact=st.sampled_from(("x1", "x2")))
    def call_out(self, agent, contact):
        self.attempt("engage", agent, contact)

    @precondition(lambda self: self.talks)
    @rule(data=st.data(), wrap_up=st.sampled_from((None, 0.0, 15.0)))
    def hang_up(self, data, wrap_up):
        agent = data.draw(st.sampled_from(sorted(self.talks)))
        self.attempt("disengage", agent, self.talks.pop(agent), wrap_up=wrap_up)

    @rule(agent=agents, contact=contacts)
    def call_by_number(self, agent, contact):
        refusal = self.centre.desk.refusal(agent, contact)
        assert bool(refusal) != bool(self.attempt("offer", contact, agent))

    @rule(contact=contacts, queue=queues, priority=st.integers(0, 2), skills=needs, front=st.booleans(),
          earlier=st.sampled_from((None, 20.0)))
    def join(self, contact, queue, priority, skills, front, earlier):
        joined_at = None if earlier is None else self.centre.now - earlier
        self.attempt("join", contact, queue, priority=priority, skills=skills, front=front, joined_at=joined_at)

    @rule(contacts=st.lists(contacts, min_size=2, max_size=5, unique=True), queue=queues)
    def many_join(self, contacts, queue):
        for contact in contacts:
            self.attempt("join", contact, queue)

    @rule(contact=contacts, why=st.sampled_from(("abandoned", "transferred", "exit key")))
    def leave(self, contact, why):
        self.attempt("exit_key", contact, "1") if why == "exit key" else self.attempt("withdraw", contact, why)

    @precondition(lambda self: self.centre.audit.offers)
    @rule(data=st.data(), answer=st.sampled_from(("accept", "rejected", "no_answer", "unreachable", "ringing")))
    def phone_says(self, data, answer):
        self.past += self.centre.audit.offers
        offer = data.draw(st.sampled_from(sorted(self.centre.audit.offers)))
        if answer == "accept":
            assert self.attempt("accept", offer) is not None
        elif answer == "ringing":
            assert self.attempt("ringing", offer) == []
        else:
            self.attempt("reject", offer, why=answer)

    @rule(data=st.data(), accept=st.booleans())
    def phone_says_too_late(self, data, accept):
        offer = data.draw(st.sampled_from(self.past))
        if offer not in self.centre.audit.offers:
            assert self.attempt("accept" if accept else "reject", offer) == (None if accept else [])

    @rule(seconds=st.sampled_from((0.0, 1.0, 7.0, 30.0)))
    def time_passes(self, seconds):
        self.centre.pass_time(seconds)

    @rule(seconds=st.sampled_from((3.0, 60.0)))
    def the_house_slept(self, seconds):
        self.centre.now += seconds
        self.attempt("wake")

    @rule(rules=house, gone=st.sets(agents, max_size=1), closed=st.sets(queues, max_size=1))
    def reload(self, rules, gone, closed):
        self.centre.reload(
            {name: fields for name, fields in rules[0].items() if name not in closed},
            {name: fields for name, fields in rules[1].items() if name not in gone},
        )

    @invariant()
    def the_audit_agrees(self):
        self.note_talks()
        desk, audit = self.centre.desk, self.centre.audit
        names = [view.queue for view in desk.queues()]
        assert {place.contact: name for name in names for place in desk.waiting(name)} == audit.waiting
        assert {offer["reservation"] for offer in desk.snapshot()["reservations"]} == set(audit.offers)
        for view in desk.agents():
            assert view.state == audit.states.get(view.agent, "logged_out")
            assert (view.state == "reserved") == (view.agent in self.centre.offered())
            assert not self.centre.offer_of(view.agent) or view.reachable

    @invariant()
    def nobody_waits_for_a_free_agent(self):
        for queue in self.centre.desk._queues.values():
            shown = {waiting for line in queue.lines.values() for waiting in line.waiting}
            for waiting in queue.order:
                assert (waiting in shown) == (not waiting.reservations and waiting.retry_at is None)
            for waiting in shown:
                assert not [agent for agent in queue.agents.values() if agent.free and agent.has(waiting.needs)]

    @invariant()
    def the_order_is_priority_and_then_time(self):
        for queue in self.centre.desk._queues.values():
            ranks = [waiting.rank(self.centre.now) for waiting in queue.order]
            assert [round(first, 6) for first, *_ in ranks] == sorted(round(first, 6) for first, *_ in ranks)
            assert all(queue.position(waiting) == at for at, waiting in enumerate(queue.order, 1))

    @invariant()
    def the_deadline_is_the_earliest_of_all(self):
        desk = self.centre.desk
        things = [*desk._offers.waiting.values(), *desk._offers.open.values(), *desk._floor.agents.values()]
        assert desk.deadline == min((thing.due for thing in things if thing.due is not None), default=None)

    @invariant()
    def who_is_free_is_known(self):
        desk = self.centre.desk
        for queue in desk._queues.values():
            members = {number: agent for number, agent in desk._floor.agents.items()
                       if agent.serves(queue.name, queue.rules)}
            assert queue.agents == members
            assert set(queue.free) == {number for number, agent in members.items() if agent.free}
            assert set(queue.staffed) == {number for number, agent in members.items() if agent.staffed}
            for skills in (frozenset(), frozenset({("german", 2)})):
                assert queue.able(skills) == sum(agent.has(skills) for agent in queue.staffed.values())

    def teardown(self):
        """Everybody hangs up and the phones fall silent: nobody may be stuck in anything."""
        for agent, contact in self.talks.items():
            self.attempt("disengage", agent, contact)
        for agent in AGENTS:
            self.attempt("phone", agent, False)
        self.centre.pass_time(120)
        stuck = {view.agent: view.state for view in self.centre.desk.agents()}
        assert set(stuck.values()) <= {"ready", "not_ready", "logged_out"}, stuck
        for contact in CONTACTS:
            self.attempt("withdraw", contact, "withdrawn")
        assert self.centre.audit.waiting == {} == self.centre.audit.offers
        assert self.centre.desk.deadline is None


Day.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None, derandomize=True)
TestDay = Day.TestCase
