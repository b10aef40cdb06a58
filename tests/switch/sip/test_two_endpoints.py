"""Two endpoints and a bad network between them: whatever is lost, doubled or late, both sides come to the same end.

The caller's side and the called side are the same code in both parts; hypothesis chooses what the people do and when, the
seed chooses what the network does. Laws: nothing is left afterwards; each call that began ended once on each side; both
agree on whether it was answered; nothing is told of a call after its end.
"""

import random
from collections import defaultdict
from functools import partial
from heapq import heappop, heappush

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from switch.sip.effects import (
    Acknowledged,
    Address,
    Answered,
    BindingsChanged,
    Ended,
    Offered,
    Referred,
    Refused,
    RegistrationState,
    Reoffered,
    Transmit,
)
from switch.sip.endpoint import Endpoint
from tests.garbage import garbage

SDP = b"v=0\r\n"


class Net:
    """Endpoints by address; datagrams arrive late, twice or never. ``loss`` and ``doubled``: probabilities."""

    def __init__(self, seed, loss, doubled, transport="udp"):
        self.rng = random.Random(seed)
        self.loss, self.doubled = loss, doubled
        self.transport = transport
        self.now = 1_000_000.0
        self.wire = []
        self.count = 0
        self.ends = {}
        self.told = defaultdict(list)
        self.hooks = {}
        self.plans = []

    def add(self, name, host, **more):
        place = Address(self.transport, host, 5060)
        self.ends[place] = (name, Endpoint(realm="shoal", rng=self.rng, host=host, port=5060, **more))
        return place, self.ends[place][1]

    def at(self, delay, action):
        self.count += 1
        heappush(self.plans, (self.now + delay, self.count, action))

    def take(self, place, effects):
        for effect in effects:
            if isinstance(effect, Transmit):
                self.carry(place, effect)
            else:
                name = self.ends[place][0]
                self.told[name].append(effect)
                if name in self.hooks:
                    self.hooks[name](effect)

    def carry(self, source, effect):
        lossy = self.transport == "udp"
        if lossy and self.rng.random() < self.loss:
            return
        for _ in range(2 if lossy and self.rng.random() < self.doubled else 1):
            self.count += 1
            delay = self.rng.expovariate(20) if lossy else 0.01
            heappush(self.wire, (self.now + delay, self.count, source, effect))

    def run(self, until=None):
        while True:
            moments = [end.deadline for _, end in self.ends.values() if end.deadline is not None]
            moments += [line[0] for line in (*self.wire[:1], *self.plans[:1])]
            if not moments or (until is not None and min(moments) > until):
                return
            self.now = max(self.now, min(moments))
            self.step()

    def step(self):
        if self.plans and self.plans[0][0] <= self.now:
            heappop(self.plans)[2]()
        elif self.wire and self.wire[0][0] <= self.now:
            _, _, source, effect = heappop(self.wire)
            if effect.destination in self.ends:
                end = self.ends[effect.destination][1]
                self.take(effect.destination, end.receive(effect.data, source, self.now))
        else:
            for place, (_, end) in self.ends.items():
                if end.deadline is not None and end.deadline <= self.now:
                    self.take(place, end.wake(self.now))


class Town:
    """A phone that calls, a switch that answers, and plans for both. ``offer``: what the phone's INVITE says, None = the
    switch shall offer. ``thinks``: seconds until an offer within the call is answered; ``refuses``: how probably it is
    refused. ``more``: settings of both."""

    def __init__(self, net, offer=SDP, thinks=0.3, refuses=0.0, headers=(), **more):
        self.net, self.offer, self.thinks, self.refuses, self.headers = net, offer, thinks, refuses, headers
        self.phone_at, self.phone = net.add("phone", "192.0.2.10", passwords={}, **more)
        self.switch_at, self.switch = net.add("switch", "192.0.2.1", passwords={"1001": "demo-1001"}, **more)
        self.handle = None
        self.reaction = lambda call: None
        net.hooks["switch"] = self.switch_hears
        net.hooks["phone"] = self.phone_hears

    def call(self):
        effects = self.phone.invite("c", "sip:5000@192.0.2.1", self.switch_at, self.net.now, caller="1", sdp=self.offer,
                                    headers=self.headers)
        self.net.take(self.phone_at, effects)

    def switch_does(self, verb, *words, **more):
        if self.handle is not None:
            effects = getattr(self.switch, verb)(self.handle, *words, now=self.net.now, **more)
            self.net.take(self.switch_at, effects)

    def phone_does(self, verb, *words):
        self.net.take(self.phone_at, getattr(self.phone, verb)("c", *words, now=self.net.now))

    def phone_refers(self):
        """By the phone's own keys, once it has a call."""
        leg = self.phone._room.calls.get("c")
        if leg is not None and leg.dialog is not None:
            self.phone._stack.now = self.net.now
            leg.request(leg.dialog, "REFER", "Refer-To: <sip:1002@192.0.2.1>\r\nContact: <sip:1@192.0.2.10>\r\n")
            self.net.take(self.phone_at, self.phone._stack.take())

    def switch_hears(self, news):
        if isinstance(news, Offered):
            assert self.handle is None, "one call, however often its INVITE came"
            self.handle = news.call
            self.reaction(news.call)
        elif isinstance(news, Reoffered):
            self.think(self.switch_does)
        elif isinstance(news, Referred):
            for delay, status in enumerate((202, 180, 200)):
                self.net.at(self.thinks + delay, partial(self.switch_does, "refer_outcome", status))

    def phone_hears(self, news):
        if isinstance(news, Reoffered):
            self.think(self.phone_does)
        elif isinstance(news, Answered) and self.offer is None:
            self.phone_does("answer", SDP)

    def think(self, who):
        verb, word = ("refuse", 488) if self.net.rng.random() < self.refuses else ("answer", SDP)
        if self.thinks:
            self.net.at(self.thinks, partial(who, verb, word))
        else:
            who(verb, word)


WORDS = {"answer": (SDP,), "reinvite": (SDP,), "refuse": (486,)}
ACTS = st.sampled_from([
    "ring", "ring early", "answer", "answer", "refuse", "hang_up", "reinvite",
    "phone hang_up", "phone reinvite", "phone refers",
])


@settings(max_examples=120, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    loss=st.sampled_from([0.0, 0.1, 0.3]),
    doubled=st.sampled_from([0.0, 0.3]),
    transport=st.sampled_from(["udp", "udp", "tcp", "tls"]),
    acts=st.lists(st.tuples(ACTS, st.sampled_from([0.0, 0.02, 0.1, 0.5, 2.0, 6.0])), max_size=9),
    timer=st.sampled_from([0, 0, 90]),
    phone=st.fixed_dictionaries({
        "offer": st.sampled_from([SDP, SDP, None]), "thinks": st.sampled_from([0.0, 0.0, 0.3]),
        "headers": st.sampled_from([(), (("Require", "100rel"),)]),
    }),
)
@example(  # a NOTIFY overtakes the BYE
    seed=0, loss=0.3, doubled=0.0, transport="udp", acts=[("answer", 0.0), ("phone refers", 0.1), ("hang_up", 2.0)],
    timer=0, phone={"offer": SDP, "thinks": 0.0, "headers": ()})
def test_whatever_happens_both_sides_come_to_the_same_end(seed, loss, doubled, transport, acts, timer, phone):
    net = Net(seed, loss, doubled, transport)
    town = Town(net, **phone, refuses=0.2, session_expires=timer)

    def live_on(call):
        delay = 0.0
        for act, pause in acts:
            delay += pause
            net.at(delay, plan(town, act))
        net.at(delay + (400 if timer else 20), lambda: town.switch_does("hang_up"))

    town.reaction = live_on
    with garbage() as objects:
        town.call()
        net.run()
        assert not any(town.phone.counts().values()), town.phone.counts()
        assert not any(town.switch.counts().values()), town.switch.counts()
    assert objects == [0]
    check_news(net.told["phone"], caller=True, alone="phone hang_up" not in [act for act, _ in acts])
    check_news(net.told["switch"], caller=False, alone=False)
    if any(isinstance(news, Acknowledged) for news in net.told["switch"]):
        assert "phone hang_up" in [act for act, _ in acts] or is_answered(net.told["phone"])


def plan(town, act):
    """What somebody does, as something to call."""
    if act == "phone refers":
        return town.phone_refers
    if act == "ring early":
        return partial(town.switch_does, "ring", sdp=SDP)
    verb = act.removeprefix("phone ")
    return partial(town.phone_does if act.startswith("phone ") else town.switch_does, verb, *WORDS.get(verb, ()))


def check_news(told, caller, alone):
    """``alone``: this side never hung up by itself, so it must have been told of the end."""
    ends = [place for place, news in enumerate(told) if is_end(news, caller and not is_answered(told[:place]))]
    assert len(ends) == 1 if alone else len(ends) <= 1
    assert not ends or ends[0] == len(told) - 1, "nothing is told after the end"


def is_end(news, unanswered):
    return isinstance(news, Ended) or (unanswered and isinstance(news, Refused))


def is_answered(told):
    return any(isinstance(news, Answered) for news in told)


@pytest.mark.parametrize("seed", range(30))
def test_an_answered_call_is_answered_on_both_sides(seed):
    net = Net(seed, loss=0.3, doubled=0.2)
    town = Town(net)
    town.reaction = lambda call: net.at(1.0, lambda: town.switch_does("answer", SDP))
    town.call()
    net.run(until=net.now + 40)
    answered = [news for news in net.told["phone"] if isinstance(news, Answered)]
    acknowledged = [news for news in net.told["switch"] if isinstance(news, Acknowledged)]
    assert len(answered) == len(acknowledged) == 1
    town.phone_does("hang_up")
    net.run()
    assert [type(news) for news in net.told["switch"]] == [Offered, Acknowledged, Ended]
    assert not any(town.switch.counts().values())


@pytest.mark.parametrize("seed", range(10))
def test_a_phone_stays_registered_through_loss_and_is_gone_when_it_says_so(seed):
    net = Net(seed, loss=0.2, doubled=0.2)
    town = Town(net)
    net.take(town.phone_at, town.phone.register("1001", "demo-1001", town.switch_at, 120, net.now))
    for _ in range(20):
        net.run(until=net.now + 60)
        net.now += 0.001
        assert len(town.switch.registrar.bindings("1001", net.now)) == 1
    net.take(town.phone_at, town.phone.register("1001", "demo-1001", town.switch_at, 0, net.now))
    net.run()
    assert net.told["phone"][-1].state == "unregistered"
    assert net.told["switch"][-1].bindings == ()
    assert not any(town.switch.counts().values()) and not any(town.phone.counts().values())


def test_a_wrong_password_fails_and_is_not_hammered():
    net = Net(1, loss=0.0, doubled=0.0)
    town = Town(net)
    net.take(town.phone_at, town.phone.register("1001", "wrong", town.switch_at, 120, net.now))
    net.run(until=net.now + 100)
    states = [news.state for news in net.told["phone"] if isinstance(news, RegistrationState)]
    assert states == ["failed"] * len(states) and 2 <= len(states) <= 5
    assert not [news for news in net.told["switch"] if isinstance(news, BindingsChanged)]


def test_an_interval_too_brief_is_lengthened():
    net = Net(1, loss=0.0, doubled=0.0)
    town = Town(net)
    net.take(town.phone_at, town.phone.register("1001", "demo-1001", town.switch_at, 10, net.now))
    net.run(until=net.now + 5)
    assert net.told["phone"] == [RegistrationState("1001", "registered", 200, 60.0, town.switch_at, town.switch_at)]


def test_a_registration_without_a_registrar_fails_and_goes_on_trying():
    net = Net(1, loss=1.0, doubled=0.0)
    town = Town(net)
    net.take(town.phone_at, town.phone.register("1001", "demo-1001", town.switch_at, 120, net.now))
    net.run(until=net.now + 40)
    assert net.told["phone"] == [RegistrationState("1001", "failed", 408, 0.0, town.switch_at)]
    net.loss = 0.0
    net.run(until=net.now + 40)
    assert net.told["phone"][-1].state == "registered"


def test_glare_is_settled_by_itself():
    net = Net(3, loss=0.0, doubled=0.0)
    town = Town(net)
    town.reaction = lambda call: town.switch_does("answer", SDP)
    town.call()
    net.run(until=net.now + 2)
    town.phone_does("reinvite", b"v=1\r\n")
    town.switch_does("reinvite", b"v=2\r\n")
    net.run(until=net.now + 10)
    for side in ("phone", "switch"):
        assert sum(isinstance(news, Reoffered) for news in net.told[side]) == 1
        assert not any(isinstance(news, (Refused, Ended)) for news in net.told[side])
    town.switch_does("hang_up")
    net.run()
    assert not any(town.switch.counts().values()) and not any(town.phone.counts().values())
