"""A call to a name, through all its places (RFC 3263 section 4.3), and one that is too long for UDP (RFC 3261 18.1.1)."""

import random

import pytest

from switch.sip.effects import Acknowledged, Address, Answered, Refused, Resolve, Srv, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.parsing import parse
from tests.garbage import garbage

FIRST, SECOND = Address("udp", "192.0.2.1", 5060), Address("udp", "192.0.2.2", 5070)
NAME = Address("", "carrier.example", 0)
ZONE = {
    ("_sip._udp.carrier.example", "SRV"): (Srv(1, 0, 5060, "one.carrier.example"), Srv(2, 0, 5070, "two.carrier.example")),
    ("_sip._tcp.edge.example", "SRV"): (Srv(1, 0, 5080, "two.carrier.example"),),
    ("_sips._tcp.secure.example", "SRV"): (Srv(1, 0, 5061, "one.carrier.example"),),
    ("one.carrier.example", "A"): (FIRST.host,), ("two.carrier.example", "A"): (SECOND.host,),
}  # fmt: skip
LONG = b"v=0\r\n" + b"a=x\r\n" * 300


class Caller:
    def __init__(self, destination=NAME, sdp=b"v=0\r\n", **more):
        self.endpoint = Endpoint(realm="r", passwords={}, rng=random.Random(1), host="192.0.2.9", port=5060)
        self.now, self.sent, self.told, self.asked = 1000.0, [], [], []
        self.take(self.endpoint.invite("c", "sip:1@carrier.example", destination, self.now, caller="5", sdp=sdp, **more))

    def take(self, effects):
        for effect in effects:
            if isinstance(effect, Transmit):
                self.sent.append(effect)
            elif isinstance(effect, Resolve):
                self.asked.append(effect.question)
                self.take(self.endpoint.resolved(effect.question, ZONE.get(effect.question, ()), self.now))
            else:
                self.told.append(effect)

    @property
    def last(self):
        return parse(self.sent[-1].data)

    def answer(self, status, lines="", to=None):
        transmit = to or self.sent[-1]
        asked = parse(transmit.data)
        head = "".join(f"{name}: {asked.first(name)}\r\n" for name in ("via", "from", "call-id", "cseq"))
        text = f"SIP/2.0 {status} X\r\n{head}To: {asked.first('to')};tag=b\r\n{lines}Content-Length: 0\r\n\r\n"
        self.take(self.endpoint.receive(text.encode(), transmit.destination, self.now))

    def wait(self, seconds):
        end = self.now + seconds
        while (deadline := self.endpoint.deadline) is not None and deadline <= end:
            self.now = deadline
            self.take(self.endpoint.wake(self.now))
        self.now = end

    def lose(self, address):
        self.take(self.endpoint.lost(address, self.now))

    def left(self):
        self.wait(36000)
        return {name: count for name, count in self.endpoint.counts().items() if count}

    def invites(self):
        return [each for each in self.sent if each.data.startswith(b"INVITE")]


def test_503_leads_to_the_next_place_with_a_new_branch_and_the_last_word_is_told():
    caller = Caller()
    assert caller.sent[0].destination == FIRST
    first = caller.last
    caller.answer(503)
    assert caller.sent[1].data.startswith(b"ACK") and caller.sent[2].destination == SECOND
    assert caller.last.via.branch != first.via.branch
    assert (caller.last.call_id, caller.last.cseq) == (first.call_id, first.cseq)
    caller.answer(503)
    assert caller.told == [Refused("c", 503, "X")]
    assert not caller.left()


def test_silence_leads_to_the_next_place():
    caller = Caller()
    caller.wait(33)
    assert {each.destination for each in caller.sent[:7]} == {FIRST} and caller.sent[-1].destination == SECOND
    caller.answer(200, "Contact: <sip:1@192.0.2.2>\r\n")
    assert caller.last.method == "ACK" and caller.sent[-1].destination == SECOND
    caller.take(caller.endpoint.hang_up("c", caller.now))
    assert caller.last.method == "BYE" and caller.sent[-1].destination == SECOND
    caller.answer(200)
    assert not caller.left()


@pytest.mark.parametrize("status", [486, 404, 500, 603])
def test_any_other_answer_is_the_answer(status):
    caller = Caller()
    caller.answer(status)
    assert caller.told == [Refused("c", status, "X")] and len(caller.invites()) == 1


@pytest.mark.parametrize("status", [200, 486, 503])
def test_nothing_of_it_waits_for_the_garbage_collector(status):
    caller = Caller()
    caller.answer(486)
    with garbage() as objects:
        caller.take(caller.endpoint.invite("d", "sip:1@carrier.example", NAME, caller.now, caller="5", sdp=b"v=0\r\n"))
        caller.answer(status, "Contact: <sip:1@192.0.2.1>\r\n")
        if status == 503:
            caller.answer(503)
        if status == 200:
            caller.take(caller.endpoint.hang_up("d", caller.now))
            caller.answer(200)
        assert not caller.left()
    assert objects == [0]


def test_who_hangs_up_cancels_where_it_is_and_goes_no_further():
    caller = Caller()
    caller.answer(503)
    caller.answer(180)
    caller.take(caller.endpoint.hang_up("c", caller.now))
    assert caller.last.method == "CANCEL" and caller.sent[-1].destination == SECOND
    assert caller.last.via.branch == parse(caller.invites()[-1].data).via.branch
    caller.answer(487, to=caller.invites()[-1])
    assert len(caller.invites()) == 2 and not caller.left()


def test_who_hangs_up_before_the_first_answer_does_not_begin_anew_elsewhere():
    caller = Caller()
    caller.take(caller.endpoint.hang_up("c", caller.now))
    caller.answer(100)
    assert caller.last.method == "CANCEL"
    caller.answer(503, to=caller.invites()[0])
    assert len(caller.invites()) == 1 and not caller.left()


def test_a_name_that_leads_nowhere():
    caller = Caller(Address("", "nowhere.example", 0))
    assert caller.told == [Refused("c", 503, "Service Unavailable")] and not caller.sent and not caller.left()


def test_an_address_asks_nobody():
    assert not Caller(FIRST).asked


def test_tls_to_a_name_must_prove_the_name_and_is_told_our_secure_door():
    caller = Caller(Address("tls", "secure.example", 0))
    sent = caller.sent[0]
    assert (sent.destination, sent.name) == (Address("tls", FIRST.host, 5061), "secure.example")
    assert caller.last.first("via").startswith("SIP/2.0/TLS 192.0.2.9:5061;")
    assert caller.last.first("contact") == "<sip:192.0.2.9:5061;transport=tls>"
    caller.lose(sent.destination)
    assert caller.told == [Refused("c", 503, "Service Unavailable")] and not caller.left()


def test_a_proof_goes_to_the_place_that_asked_for_it():
    caller = Caller(credentials=("5", "secret"))
    caller.answer(503)
    caller.answer(401, 'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5, qop="auth"\r\n')
    assert caller.sent[-1].destination == SECOND and caller.last.first("authorization")


def test_a_route_by_name_is_located_for_ack_and_bye():
    caller = Caller(FIRST)
    caller.answer(200, "Contact: <sip:1@10.0.0.1>\r\nRecord-Route: <sip:two.carrier.example:5070;lr>\r\n")
    assert caller.last.method == "ACK" and caller.sent[-1].destination == SECOND
    caller.take(caller.endpoint.hang_up("c", caller.now))
    assert caller.last.method == "BYE" and caller.sent[-1].destination == SECOND
    assert caller.last.first("route") == "<sip:two.carrier.example:5070;lr>"


def test_a_route_that_nobody_knows_is_gone_by_the_way_that_we_came():
    caller = Caller(FIRST)
    caller.answer(200, "Contact: <sip:1@10.0.0.1>\r\nRecord-Route: <sip:inside.invalid;lr>\r\n")
    assert caller.last.method == "ACK" and caller.sent[-1].destination == FIRST


def test_too_long_for_udp_goes_by_tcp():
    caller = Caller(FIRST, LONG)
    assert caller.sent[0].destination == FIRST._replace(transport="tcp")
    assert caller.last.first("via").startswith("SIP/2.0/TCP ")
    caller.answer(180)
    caller.take(caller.endpoint.hang_up("c", caller.now))
    assert caller.last.method == "CANCEL" and caller.sent[-1].destination.transport == "tcp"


def test_where_no_tcp_is_it_goes_by_udp_and_that_is_remembered_for_an_hour():
    caller = Caller(FIRST, LONG)
    caller.lose(FIRST._replace(transport="tcp"))
    assert caller.sent[-1].destination == FIRST and caller.last.first("via").startswith("SIP/2.0/UDP ")
    caller.answer(200, "Contact: <sip:1@192.0.2.1>\r\n")
    assert isinstance(caller.told[-1], Answered)
    for seconds, transport in ((0, "udp"), (3601, "tcp")):
        caller.wait(seconds)
        caller.take(caller.endpoint.invite("d", "sip:1@x", FIRST, caller.now, caller="5", sdp=LONG))
        assert caller.sent[-1].destination == FIRST._replace(transport=transport)


def test_a_long_request_to_a_name_tries_both_ways_at_each_place():
    caller = Caller(sdp=LONG)
    ways = []
    for _ in range(2):
        ways.append(caller.sent[-1].destination)
        caller.lose(ways[-1])
        ways.append(caller.sent[-1].destination)
        caller.answer(503)
    tcp = [place._replace(transport="tcp") for place in (FIRST, SECOND)]
    assert ways == [tcp[0], FIRST, tcp[1], SECOND]
    assert caller.told == [Refused("c", 503, "X")] and not caller.left()


def test_a_short_request_asks_and_measures_nothing():
    caller = Caller(FIRST, b"v=0\r\n" + b"a=x\r\n" * 120)
    assert caller.sent[0].destination == FIRST and len(caller.sent[0].data) < 1300
    assert not [news for news in caller.told if isinstance(news, Acknowledged)]


@pytest.mark.parametrize(("said", "seconds"), [
    ("60", 60), ("60 (busy);duration=3600", 60), ("soon", 0), ("-5", 0), ("999999999", 3600)])
def test_a_place_that_asks_to_be_left_alone_is_not_the_first_for_so_long(said, seconds):
    caller = Caller()
    caller.answer(503, f"Retry-After: {said}\r\n")
    caller.answer(486)

    def goes_first(handle):
        caller.take(caller.endpoint.invite(handle, "sip:1@carrier.example", NAME, caller.now, caller="5", sdp=b"v=0\r\n"))
        place = caller.sent[-1].destination
        caller.answer(486)
        return place

    assert goes_first("d") == (SECOND if seconds else FIRST)
    if seconds:
        caller.wait(seconds - 1)
        assert goes_first("e") == SECOND
        caller.wait(2)
        assert goes_first("f") == FIRST
    assert not caller.left()


def test_where_every_place_wants_to_be_left_alone_they_are_tried_all_the_same():
    caller = Caller()
    caller.answer(503, "Retry-After: 60\r\n")
    caller.answer(503, "Retry-After: 50\r\n")
    assert caller.told == [Refused("c", 503, "X", (), 50)]
    caller.take(caller.endpoint.invite("d", "sip:1@carrier.example", NAME, caller.now, caller="5", sdp=b"v=0\r\n"))
    assert caller.sent[-1].destination == FIRST


@pytest.mark.parametrize(("sent_by", "places"), [
    ("edge.example", [Address("tcp", "192.0.2.7", 5060), Address("tcp", SECOND.host, 5080)]),
    ("edge.example:5066", [Address("tcp", "192.0.2.7", 5066)]),
    ("192.0.2.7:5066", [Address("tcp", "192.0.2.7", 5066)]),
])
def test_an_answer_whose_connection_is_lost_goes_to_where_it_was_asked_from_and_then_by_name(sent_by, places):
    """RFC 3261 section 18.2.2, RFC 3263 section 5: a name without a port by its SRV records."""
    phone = Caller()
    source = Address("tcp", "192.0.2.7", 40000)
    request = (f"INVITE sip:5000@shoal SIP/2.0\r\nVia: SIP/2.0/TCP {sent_by};branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
               "To: <sip:5000@shoal>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@192.0.2.7>\r\n\r\n").encode()
    phone.take(phone.endpoint.receive(request, source, phone.now))
    call = phone.told[-1].call
    phone.lose(source)
    phone.take(phone.endpoint.refuse(call, 486, phone.now))
    refusal = phone.sent[-1]
    assert (refusal.destination, phone.last.status) == (places[0], 486)
    for place in places[1:]:
        phone.lose(refusal.destination)
        assert (phone.sent[-1].destination, phone.sent[-1].data) == (place, refusal.data)
    phone.lose(places[-1])
    phone.answer(200, to=phone.sent[0])
    phone.take(phone.endpoint.hang_up("c", phone.now))
    assert phone.left() == {}
