"""Every size and count has an end, and what is beyond it the right answer."""

import random

import pytest

from switch.sip import limits
from switch.sip.effects import Address, Offered, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.guard import Guard, GuardRules
from switch.sip.parsing import parse

PEER = Address("udp", "198.51.100.7", 5060)
NOW = 1_000_000.0


@pytest.fixture
def endpoint():
    return Endpoint(realm="shoal", passwords={"1001": "demo-1001"}, rng=random.Random(1), host="192.0.2.1", port=5060,
                    guard=Guard(GuardRules(calls_per_source=3, transactions=100, bindings_per_user=2, half_open=5)))


def message(method="OPTIONS", number=1, extra="", body=b"", source=PEER, to="sip:5000@shoal"):
    return (f"{method} {to} SIP/2.0\r\nVia: SIP/2.0/UDP {source.host}:5060;branch=z9hG4bK{number}\r\n"
            f"From: <sip:a@b>;tag=1\r\nTo: <{to}>\r\nCall-ID: {number}@{source.host}\r\nCSeq: 1 {method}\r\n"
            f"Contact: <sip:a@{source.host}>\r\n{extra}Content-Length: {len(body)}\r\n\r\n").encode() + body


def status(endpoint, data, source=PEER, now=NOW):
    sent = [effect for effect in endpoint.receive(data, source, now) if isinstance(effect, Transmit)]
    return parse(sent[0].data).status if sent else None


@pytest.mark.parametrize(("extra", "answer"), [
    (f"X: {'x' * (limits.LINE_BYTES - 10)}\r\n", 200),
    (f"X: {'x' * limits.LINE_BYTES}\r\n", 513),
    (f"X: {'x' * 4000}\r\n {'x' * 4000}\r\n {'x' * 4000}\r\n", 513),
    (f"X: {'x' * 4000}\r\n" * 7, 200),
    (f"X: {'x' * 4000}\r\n" * 9, 513),
    ("X: x\r\n" * 240, 200),
    ("X: x\r\n" * 250, 513),
    ("Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n" * 69, 200),
    ("Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n" * 70, 483),
])
def test_the_head(endpoint, extra, answer):
    assert status(endpoint, message(extra=extra)) == answer


def test_vias_in_one_line_count_like_others(endpoint):
    many = message().replace(b"branch=z9hG4bK1", b"branch=z9hG4bK1" + b", SIP/2.0/UDP h" * 70)
    assert status(endpoint, many) == 483


def test_the_body(endpoint):
    tcp = PEER._replace(transport="tcp")
    assert status(endpoint, message(body=b"x" * limits.BODY_BYTES), tcp) == 200
    assert status(endpoint, message(number=2, body=b"x" * (limits.BODY_BYTES + 1)), tcp) == 513


def test_deep_nesting_costs_no_depth(endpoint):
    odd = '"' + "\\" * 2000 + "<" * 2000 + "(" * 1000
    assert status(endpoint, message(extra=f"Subject: {odd}\r\nRoute: {odd}\r\n")) == 200


def test_calls_from_one_source(endpoint):
    for number in range(3):
        assert status(endpoint, message("INVITE", number)) == 100
    assert status(endpoint, message("INVITE", 9)) == 503
    other = Address("udp", "198.51.100.8", 5060)
    assert status(endpoint, message("INVITE", 9, source=other), other) == 100


def test_calls_without_ack_from_all_strangers(endpoint):
    sources = [Address("udp", f"203.0.113.{number}", 5060) for number in range(7)]
    answers = [status(endpoint, message("INVITE", 1, source=source), source) for source in sources]
    assert answers == [100] * 5 + [503] * 2
    assert status(endpoint, message("INVITE", 2, source=sources[6]), sources[6], NOW + 33) == 100


def test_transactions_in_all(endpoint):
    endpoint.public = lambda _: True
    endpoint.guard.rules = GuardRules(calls_per_source=1000, transactions=100, half_open=1000)
    answers = [status(endpoint, message("INVITE", number)) for number in range(100)]
    assert answers == [100] * 90 + [503] * 10
    assert endpoint.counts()["transactions"] == 90


def test_places_of_one_user(endpoint):
    from switch.sip.digest import Answerer
    answerer = Answerer("1001", "demo-1001", random.Random(2))
    challenge = endpoint.receive(message("REGISTER", to="sip:1001@shoal"), PEER, NOW)[0]
    answerer.take(401, parse(challenge.data).fields["www-authenticate"])
    places = "".join(f"Contact: <sip:a@10.0.0.{number}>\r\n" for number in range(2))
    proof = answerer.line("REGISTER", "sip:shoal")
    assert status(endpoint, message("REGISTER", 2, places + proof, to="sip:1001@shoal")) == 403
    assert endpoint.counts()["bindings"] == 0


def test_a_refused_call_leaves_nothing_behind(endpoint):
    for number in range(3):
        endpoint.receive(message("INVITE", number), PEER, NOW)
    before = endpoint.counts()
    told = [news for number in range(10, 30) for news in endpoint.receive(message("INVITE", number), PEER, NOW)]
    assert not any(isinstance(news, Offered) for news in told)
    assert endpoint.counts() == before
