"""A small centre that only writes its journal: seeded, plausible lives of contacts and agents, in no time.

It stands in for the switch where a test is about what is read out of a journal. Like the switch it tells the end of a
contact before the news that follows from it (the queue left, the reservation cancelled, the agent's wrap-up).
"""

import random
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush

import switch.events as told
from switch.journal import Entry, Journal

QUEUES = ("support", "sales")
NINE = 1_795_392_000.0 + 9 * 3600
"""Nine in the morning of a Monday, UTC."""


def day(seed: int, contacts: int = 40, agents: int = 4, mean_gap: float = 25.0, start: float = NINE) -> list[Entry]:
    """The whole journal of a centre to which ``contacts`` calls come, until everybody has hung up and logged out."""
    return Lives(random.Random(seed), contacts, agents, mean_gap, start).run()


class Lives:
    def __init__(self, rng: random.Random, contacts: int, agents: int, mean_gap: float, start: float) -> None:
        self.rng, self.now, self.start = rng, start, start
        self.journal, self.entries = Journal(), []
        self.line: dict[str, deque[str]] = {queue: deque() for queue in QUEUES}
        self.joined: dict[str, tuple[str, float]] = {}
        self.offer: dict[str, tuple[str, str]] = {}
        self.state: dict[str, str] = {str(1001 + each): "logged_out" for each in range(agents)}
        self.gone: set[str] = set()
        self.taped: set[str] = set()
        self.todo: list[tuple[float, int, Callable[[], None]]] = []
        self.count = 0
        self.tell(told.SwitchStarted(version="test", epoch=1))
        for agent in self.state:
            self.after(rng.uniform(0, 60), lambda agent=agent: self.becomes(agent, "ready"))
        moment = 0.0
        for index in range(contacts):
            moment += rng.expovariate(1 / mean_gap)
            self.after(moment, lambda index=index: self.arrive(f"c{index:04}"))

    def run(self) -> list[Entry]:
        while self.todo:
            self.now, _, step = heappop(self.todo)
            step()
        for agent in self.state:
            self.becomes(agent, "logged_out")
        return self.entries

    def tell(self, event: told.Event) -> None:
        self.entries.append(self.journal.append(event, self.now))

    def after(self, seconds: float, step: Callable[[], None]) -> None:
        self.count += 1
        heappush(self.todo, (self.now + seconds, self.count, step))

    def becomes(self, agent: str, state: str, contact: str = "", reason: str = "") -> None:
        previous, self.state[agent] = self.state[agent], state
        self.tell(told.AgentStateChanged(agent=agent, state=state, previous=previous, contact=contact, reason=reason))
        if state == "ready":
            self.after(0, self.match)

    # -- the caller ---------------------------------------------------------------------------------------------------

    def arrive(self, contact: str) -> None:
        caller = f"0044{self.rng.randrange(20):03}"
        self.tell(told.ContactOffered(contact=contact, caller=caller, called="5000"))
        self.segment(contact, "ivr", "main")
        self.tell(told.ContactAnswered(contact=contact))
        self.menu(contact, "top", 1)

    def menu(self, contact: str, menu: str, level: int) -> None:
        self.tell(told.MenuEntered(contact=contact, tree="main", version="1", menu=menu, level=level))
        self.after(self.rng.uniform(1, 12), lambda: self.choose(contact, menu, level))

    def choose(self, contact: str, menu: str, level: int) -> None:
        chance = self.rng.random()
        if chance < 0.1:
            self.leave_tree(contact, menu, "hung_up")
            self.end(contact, "customer")
        elif chance < 0.25:
            self.tell(told.MenuMissed(contact=contact, tree="main", menu=menu, why="wrong_key", digit="7"))
            self.menu(contact, menu, level)
        elif chance < 0.5 and level < 3:
            self.press(contact, menu, "2", "menu:more")
            self.menu(contact, "more", level + 1)
        elif chance < 0.58:
            self.press(contact, menu, "9", "goodbye")
            self.leave_tree(contact, menu, "goodbye")
            self.segment(contact, "closing", "goodbye")
            self.after(2, lambda: self.end(contact, "ivr"))
        else:
            queue = self.rng.choice(QUEUES)
            self.press(contact, menu, "1", f"queue:{queue}")
            self.leave_tree(contact, menu, f"queue:{queue}")
            self.join(contact, queue)

    def press(self, contact: str, menu: str, digit: str, leads_to: str) -> None:
        self.tell(told.DigitPressed(contact=contact, digit=digit, menu=menu))
        self.tell(told.OptionChosen(contact=contact, tree="main", menu=menu, digit=digit, leads_to=leads_to))

    def leave_tree(self, contact: str, menu: str, outcome: str) -> None:
        self.tell(told.TreeLeft(contact=contact, tree="main", version="1", menu=menu, outcome=outcome))

    def segment(self, contact: str, kind: str, owner: str) -> None:
        self.tell(told.SegmentBegan(contact=contact, kind=kind, owner=owner))

    def end(self, contact: str, by: str, agent: str = "") -> None:
        """The end, then the news that follows from it."""
        self.gone.add(contact)
        if agent:
            self.tell(told.LegEnded(contact=contact, leg=f"{contact}-2", party=agent, ended_by=by, cause="x"))
            self.tell(told.ReservationCompleted(contact=contact, reservation=self.offer.pop(contact)[1], agent=agent))
        self.tell(told.ContactEnded(contact=contact, ended_by=by, cause="normal_call_clearing"))
        if contact in self.joined:
            self.leave(contact, "abandoned")
            if contact in self.offer:
                self.unoffer(contact, told.ReservationCanceled, "ready")
        if agent:
            self.wrap_up(contact, agent)
        if contact in self.taped:
            self.tell(told.RecordingSaved(contact=contact, recording=contact, seconds=3.0))
            self.after(self.rng.uniform(0, 40), lambda: self.tell(told.SpeechMeasured(
                contact=contact, recording=contact, caller=told.PartySpeech(talk=1, silence=2),
                agent=told.PartySpeech(talk=2, silence=1), overlap=0.5, silence=0.5)))
        self.tell(told.MediaQuality(contact=contact, leg=f"{contact}-1", party="x", received=9, lost=0, late=0,
                                    jitter=0.0))

    # -- the queue ----------------------------------------------------------------------------------------------------

    def join(self, contact: str, queue: str) -> None:
        self.segment(contact, "queue", queue)
        if len(self.line[queue]) >= 3:
            self.tell(told.ContactDequeued(contact=contact, queue=queue, why="full", waited=0.0))
            self.segment(contact, "closing", "goodbye")
            self.after(2, lambda: self.end(contact, "system"))
            return
        self.line[queue].append(contact)
        self.joined[contact] = (queue, self.now)
        staffed = sum(state != "logged_out" for state in self.state.values())
        self.tell(told.ContactQueued(contact=contact, queue=queue, position=len(self.line[queue]), expected_wait=30.0,
                                     staffed=staffed))
        self.after(self.rng.expovariate(1 / 90), lambda: self.lose_patience(contact))
        self.after(0, self.match)

    def lose_patience(self, contact: str) -> None:
        if contact in self.joined and contact not in self.gone:
            if self.rng.random() < 0.8:
                self.end(contact, "customer")
            elif contact not in self.offer:
                self.leave(contact, "timeout")
                self.segment(contact, "voicemail", "box")
                self.after(5, lambda: self.message(contact))

    def message(self, contact: str) -> None:
        self.tell(told.VoicemailLeft(contact=contact, box="box", path="v.wav", seconds=5.0, caller="x"))
        self.end(contact, "customer")

    def leave(self, contact: str, why: str, agent: str = "") -> None:
        queue, since = self.joined.pop(contact)
        if contact in self.line[queue]:
            self.line[queue].remove(contact)
        self.tell(told.ContactDequeued(contact=contact, queue=queue, why=why, waited=self.now - since, agent=agent,
                                       announced_wait=self.rng.choice((None, 30.0))))

    def match(self) -> None:
        free = [agent for agent, state in self.state.items() if state == "ready"]
        waiting = [contact for line in self.line.values() for contact in line if contact not in self.offer]
        for agent, contact in zip(free, waiting, strict=False):
            self.reserve(agent, contact)

    def reserve(self, agent: str, contact: str) -> None:
        self.count += 1
        self.offer[contact] = (agent, f"r{self.count}")
        self.becomes(agent, "reserved", contact)
        self.tell(told.ReservationCreated(contact=contact, reservation=f"r{self.count}", agent=agent, expires_at=0.0,
                                          queue=self.joined[contact][0], pop=told.Pop(contact=contact, caller="x")))
        self.segment(contact, "ring", agent)
        offer = self.offer[contact]
        self.after(self.rng.uniform(1, 9), lambda: self.offer.get(contact) == offer and self.decide(contact, agent))

    def decide(self, contact: str, agent: str) -> None:
        if self.rng.random() < 0.2:
            self.unoffer(contact, told.ReservationTimedOut, "not_ready", "no_answer")
            self.segment(contact, "queue", self.joined[contact][0])
            self.after(30, lambda: self.becomes(agent, "ready"))
            self.after(0, self.match)
            return
        self.tell(told.ReservationAccepted(contact=contact, reservation=self.offer[contact][1], agent=agent))
        self.leave(contact, "answered", agent)
        self.becomes(agent, "busy", contact)
        self.tell(told.Established(contact=contact, leg=f"{contact}-2", party=agent))
        self.segment(contact, "talk", agent)
        if contact not in self.taped:
            self.taped.add(contact)
            self.tell(told.RecordingStarted(contact=contact, recording=contact, path=f"{contact}.wav", agent=agent,
                                            keep_until=self.now + 86400))
        self.after(self.rng.expovariate(1 / 60), lambda: self.talked(contact, agent))

    def unoffer(self, contact: str, outcome: type[told.ReservationEvent], state: str, reason: str = "") -> None:
        agent, reservation = self.offer.pop(contact)
        self.tell(outcome(contact=contact, reservation=reservation, agent=agent))
        self.becomes(agent, state, reason=reason)

    # -- the talk -----------------------------------------------------------------------------------------------------

    def talked(self, contact: str, agent: str) -> None:
        chance = self.rng.random()
        if chance < 0.2:
            self.segment(contact, "hold", agent)
            self.after(10, lambda: (self.segment(contact, "talk", agent), self.talked(contact, agent)))
        elif chance < 0.35:
            self.tell(told.Transferred(contact=contact, by=agent, to="queue:sales", note="please"))
            self.tell(told.LegEnded(contact=contact, leg=f"{contact}-2", party=agent, ended_by="agent", cause="x"))
            self.tell(told.ReservationCompleted(contact=contact, reservation=self.offer.pop(contact)[1], agent=agent))
            self.join(contact, "sales")
            self.wrap_up(contact, agent)
        else:
            self.end(contact, self.rng.choice(("customer", "agent")), agent)

    def wrap_up(self, contact: str, agent: str) -> None:
        self.becomes(agent, "after_call_work", contact)
        self.after(self.rng.uniform(0, 20), lambda: self.becomes(agent, "ready"))
