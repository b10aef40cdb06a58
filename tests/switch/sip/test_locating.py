"""Where names lead (RFC 3263 section 4), with the zone of the RFC's own examples and some bad ones."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.effects import Address, Naptr, Question, Srv
from switch.sip.locating import PATIENCE, Locator, in_order, locate

ALL = ("udp", "tcp", "tls")
ZONE = {
    ("example.com", "NAPTR"): (
        Naptr(90, 50, "s", "SIP+D2T", "_sip._tcp.example.com"),
        Naptr(100, 50, "s", "SIP+D2U", "_sip._udp.example.com"),
        Naptr(50, 50, "s", "SIPS+D2T", "_sips._tcp.example.com"),
        Naptr(10, 50, "u", "E2U+sip", ""),
    ),
    ("_sips._tcp.example.com", "SRV"): (Srv(0, 1, 5061, "secure.example.com"),),
    ("_sip._tcp.example.com", "SRV"): (Srv(1, 1, 5070, "two.example.com"), Srv(0, 1, 5060, "one.example.com")),
    ("_sip._udp.example.com", "SRV"): (Srv(0, 1, 5060, "one.example.com"),),
    ("example.com", "A"): ("192.0.2.99",),
    ("one.example.com", "A"): ("192.0.2.1", "192.0.2.11"), ("one.example.com", "AAAA"): ("2001:db8::1",),
    ("two.example.com", "A"): ("192.0.2.2",), ("secure.example.com", "A"): ("192.0.2.3",),
    ("_sip._udp.bare.example", "SRV"): (Srv(0, 0, 5080, "one.example.com"),),
    ("none.example", "A"): ("192.0.2.4",), ("_sip._udp.none.example", "SRV"): (Srv(0, 0, 0, "."),),
    ("odd.example", "NAPTR"): ("192.0.2.1", Naptr(1, 1, "s", "SIP+D2X", "x")), ("odd.example", "A"): ("192.0.2.5",),
}  # fmt: skip


def found(target, transports=ALL, six=False):
    search = locate(Address(*target), random.Random(1), transports, six)
    asked = next(search)
    try:
        while True:
            asked = search.send({question: ZONE.get(question, ()) for question in asked})
    except StopIteration as end:
        return [f"{place.transport} {place.host}:{place.port}" for place in end.value]


@pytest.mark.parametrize(("target", "places"), [
    (("", "example.com", 0), ["tls 192.0.2.3:5061", "tcp 192.0.2.1:5060", "tcp 192.0.2.11:5060", "tcp 192.0.2.2:5070",
                              "udp 192.0.2.1:5060", "udp 192.0.2.11:5060"]),
    (("tcp", "example.com", 0), ["tcp 192.0.2.1:5060", "tcp 192.0.2.11:5060", "tcp 192.0.2.2:5070"]),
    (("tls", "example.com", 0), ["tls 192.0.2.3:5061"]),
    (("", "example.com", 5080), ["udp 192.0.2.99:5080"]),
    (("tls", "example.com", 5080), ["tls 192.0.2.99:5080"]),
    (("", "two.example.com", 0), ["udp 192.0.2.2:5060"]),
    (("tls", "two.example.com", 0), ["tls 192.0.2.2:5061"]),
    (("", "bare.example", 0), ["udp 192.0.2.1:5080", "udp 192.0.2.11:5080"]),
    (("udp", "none.example", 0), []),
    (("", "odd.example", 0), ["udp 192.0.2.5:5060"]),
    (("", "nowhere.example", 0), []),
])  # fmt: skip
def test_targets(target, places):
    assert found(target) == places


def test_what_we_do_not_speak_is_left_out_and_ipv6_comes_first():
    assert found(("", "example.com", 0), ("udp",), six=True) == [
        "udp 2001:db8::1:5060", "udp 192.0.2.1:5060", "udp 192.0.2.11:5060"]


SRVS = st.lists(st.builds(Srv, st.integers(0, 3), st.integers(0, 65535), st.just(5060), st.sampled_from("abcdef")))


@given(SRVS, st.integers(0, 1000))
def test_the_order_has_everybody_once_and_priorities_rise(records, seed):
    ordered = in_order(records, random.Random(seed))
    assert Counter(ordered) == Counter(records)
    assert [record.priority for record in ordered] == sorted(record.priority for record in records)


def test_weights_are_shares():
    rng, records = random.Random(1), [Srv(0, 70, 1, "a"), Srv(0, 30, 1, "b"), Srv(0, 0, 1, "c")]
    firsts = Counter(in_order(records, rng)[0].target for _ in range(2000))
    assert 1300 < firsts["a"] < 1500 and 500 < firsts["b"] < 700 and 0 < firsts["c"] < 60


class Desk:
    """A locator whose questions a test answers."""

    def __init__(self):
        self.asked, self.timers, self.ends = [], [], []
        self.locator = Locator(lambda seconds, action: self.timers.append((seconds, action)),
                               lambda effect: self.asked.append(effect.question), random.Random(1), ALL, False)

    def answer_all(self):
        while self.asked:
            question = self.asked.pop(0)
            self.locator.answer(question, ZONE.get(question, ()))


def test_a_question_is_asked_once_whoever_waits():
    desk = Desk()
    for _ in range(3):
        desk.locator.find(Address("tcp", "example.com", 0), desk.ends.append)
    assert desk.asked == [Question("_sip._tcp.example.com", "SRV")]
    desk.answer_all()
    assert len(desk.ends) == 3 and desk.ends[0] == desk.ends[2] and len(desk.ends[0]) == 3
    desk.locator.answer(Question("_sip._tcp.example.com", "SRV"), ())
    assert len(desk.locator) == 0


def test_what_nobody_answers_is_nothing():
    desk = Desk()
    desk.locator.find(Address("", "example.com", 5060), desk.ends.append)
    (seconds, action), = desk.timers
    action()
    assert seconds == PATIENCE and desk.ends == [[]] and len(desk.locator) == 0


RECORDS = st.one_of(
    st.builds(Naptr, st.integers(0, 9), st.integers(0, 9), st.sampled_from(["s", "S", "u", ""]),
              st.sampled_from(["SIP+D2U", "sips+d2t", "x"]), st.sampled_from(["a", "example.com", ""])),
    st.builds(Srv, st.integers(0, 9), st.integers(0, 9), st.integers(0, 70000), st.sampled_from(["a", ".", ""])),
    st.sampled_from(["192.0.2.1", "2001:db8::1"]),
)  # fmt: skip


@given(st.lists(st.lists(RECORDS, max_size=40), max_size=8), st.sampled_from(["", *ALL]), st.sampled_from([0, 5060]))
def test_any_answers_end_the_search(answers, transport, port):
    desk = Desk()
    desk.locator.find(Address(transport, "example.com", port), desk.ends.append)
    rounds = 0
    while desk.asked:
        rounds += 1
        desk.locator.answer(desk.asked.pop(0), tuple(answers[rounds % len(answers)]) if answers else ())
    assert len(desk.ends) == 1 and len(desk.ends[0]) <= 24 and len(desk.locator) == 0 and rounds < 80
