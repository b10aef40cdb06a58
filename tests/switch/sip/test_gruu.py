"""Phones that count their ways (RFC 5626) and have names of their own (RFC 5627), and connections that are used again."""

import random
import re

import pytest

from switch.sip.effects import Address, BindingsChanged, Offered, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.headers import param, parse_name_addr
from switch.sip.parsing import parse
from switch.sip.uri import parse_uri
from tests.wire.player import Player

URN = "urn:uuid:00000000-0000-1000-8000-000A95A0E128"
PHONE, MOVED = Address("tcp", "192.0.2.10", 40001), Address("tcp", "198.51.100.7", 40002)


class Town(Player):
    """The player of written dialogues, by hand."""

    def register(self, source=PHONE, reg_id=";reg-id=1", extra="Supported: outbound, gruu", contact="sip:1001@10.0.0.1:5060",
                 more="", expires=600, call_id="r", via=""):
        self.peer, self.pending = source, []
        instance = f';+sip.instance="<{URN}>"'
        block = ["To: <sip:1001@shoal.example>", "From: <sip:1001@shoal.example>;tag=r", f"Call-ID: {call_id}",
                 *extra.split("\n"),
                 f"Contact: <{contact};ob>;expires={expires}{instance}{reg_id}{more}"]
        if via:
            block.append(f"Via: SIP/2.0/TCP p.example;branch=z9hG4bKp{self.branch + 1}, {via}")
        self.send(">", "REGISTER sip:shoal.example", block)
        found = re.search(rb'nonce="([^"]*)"', self.pending[-1].data)
        self.nonce, self.pending = found[1].decode(), []
        self.send(">", "REGISTER sip:shoal.example", [*block, "Authorization: digest 1001 demo-1001 SHA-256 1"])
        self.told = [news for news in self.pending if isinstance(news, BindingsChanged)]
        answer = parse(next(effect for effect in self.pending if isinstance(effect, Transmit)).data)
        self.pending = []
        return answer

    def bindings(self):
        return self.endpoint.registrar.bindings("1001", self.now)

    def call(self, uri):
        self.peer = Address("udp", "192.0.2.77", 5060)
        self.pending = []
        self.send(">", f"INVITE {uri}", [f"Call-ID: call-{self.branch}"])
        return [news for news in self.pending if isinstance(news, Offered)] or [
            parse(effect.data).status for effect in self.pending]


@pytest.fixture
def town():
    return Town()


def names(answer):
    place = parse_name_addr(answer.listed("contact")[0])
    return param(place.params, "pub-gruu"), param(place.params, "temp-gruu")


def test_a_phone_that_comes_by_the_same_way_replaces_itself_wherever_it_is(town):
    answer = town.register()
    assert answer.status == 200 and answer.listed("require") == ["outbound"] and answer.first("flow-timer") == "120"
    assert 'reg-id=1' in answer.first("contact")
    town.register(MOVED, contact="sip:1001@10.9.9.9:7000", call_id="after")
    binding, = town.bindings()
    assert (binding.source, binding.contact) == (MOVED, "sip:1001@10.9.9.9:7000;ob")
    town.register(MOVED, contact="sip:1001@10.9.9.9:7000", call_id="after", expires=0)
    assert not town.bindings()


def test_of_two_ways_the_fresher_is_used_and_the_other_when_it_is_lost(town):
    town.register()
    answer = town.register(MOVED, ";reg-id=2", call_id="two", expires=900)
    assert len(answer.listed("contact")) == 2
    assert [binding.source for binding in town.bindings()] == [MOVED]
    town.endpoint.lost(MOVED, town.now)
    assert [binding.source for binding in town.bindings()] == [PHONE]


@pytest.mark.parametrize("more", [{"extra": "Supported: path"}, {"reg_id": ""}, {"reg_id": ";reg-id=0"},
                                  {"reg_id": ";reg-id=99999999999"}])  # fmt: skip
def test_who_does_not_speak_outbound_is_registered_as_ever(town, more):
    answer = town.register(**more)
    assert answer.status == 200 and not answer.first("require") and not answer.first("flow-timer")
    assert town.bindings()[0].reg_id == 0


def test_a_proxy_between_us_that_does_not_keep_the_way_is_named(town):
    assert town.register(via="SIP/2.0/TCP 192.0.2.10:40001;branch=z9hG4bKx").status == 439
    assert not town.bindings()


def test_outbound_may_be_required_and_nothing_else(town):
    assert town.register(extra="Supported: outbound\nRequire: outbound, gruu").status == 200


def test_a_way_over_udp_stays_with_udp_and_is_told_no_time(town):
    source = Address("udp", "192.0.2.10", 40001)
    assert not town.register(source).first("flow-timer")
    effects = town.endpoint.invite("c", "sip:1001@10.0.0.1", source, town.now, caller="5", sdp=b"v=0\r\n" + b"a=x\r\n" * 400)
    assert effects[0].destination == source


def test_a_public_name_leads_to_one_phone(town):
    public, _ = names(town.register())
    assert public == f"sip:1001@shoal.example;gr={URN.lower()}"
    offered, = town.call(public)
    assert (offered.called, offered.instance) == ("1001", URN.lower())
    assert town.bindings()[0].instance.lower() == offered.instance
    offered, = town.call("sip:1001@shoal.example")
    assert offered.instance == ""


def test_temporary_names_tell_nothing_lead_to_the_phone_and_end_with_it(town):
    first = names(town.register())[1]
    second = names(town.register())[1]
    assert first != second and "1001" not in first and URN.lower() not in first and first.endswith(";gr")
    for name in (first, second):
        offered, = town.call(name)
        assert (offered.called, offered.instance) == ("1001", URN.lower())
    third = names(town.register(call_id="rebooted"))[1]
    phones = town.endpoint.registrar.gruus
    assert phones.phone(parse_uri(first)) is None and phones.phone(parse_uri(third)) is not None
    town.register(call_id="rebooted", expires=0)
    assert len(phones) == 0


def test_temporary_names_do_not_pile_up(town):
    for _ in range(30):
        town.register()
    assert len(town.endpoint.registrar.gruus) == 8
    town.pass_time(7200)
    assert len(town.endpoint.registrar.gruus) == 0


def test_who_does_not_ask_for_names_gets_none(town):
    answer = town.register(extra="Supported: outbound")
    assert "gruu=" not in answer.first("contact") and f'+sip.instance="<{URN}>"' in answer.first("contact")


def test_what_is_restored_keeps_its_way(town):
    town.register()
    other = Town()
    other.endpoint.registrar.restore(town.bindings())
    other.register(MOVED, call_id="after")
    assert [binding.source for binding in other.bindings()] == [MOVED]


# -- RFC 5923 ---------------------------------------------------------------------------------------------------------

OPTIONS = "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/{transport} {host}{alias};branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n" \
          "To: <sip:x>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n\r\n"


@pytest.mark.parametrize(("transport", "host", "alias", "proved", "reused"), [
    ("tcp", "192.0.2.20:5070", ";alias", (), True),
    ("tcp", "192.0.2.20:5070", "", (), False),
    ("tcp", "192.0.2.21:5070", ";alias", (), False),
    ("tls", "192.0.2.20:5070", ";alias", (), False),
    ("tls", "192.0.2.20:5070", ";alias", ("192.0.2.20",), True),
    ("tls", "Gate.Example:5070", ";alias", ("gate.example",), True),
    ("tls", "gate.example:5070", ";alias", ("other.example",), False),
])  # fmt: skip
def test_a_peer_that_says_alias_and_is_who_it_says_gets_our_requests_by_its_own_connection(
    transport, host, alias, proved, reused
):
    endpoint = Endpoint(realm="r", passwords={}, rng=random.Random(1), host="192.0.2.1", port=5060)
    here, place = Address(transport, "192.0.2.20", 50000), Address(transport, "192.0.2.20", 5070)
    if proved:
        endpoint.proved(here, proved)
    endpoint.receive(OPTIONS.format(transport=transport.upper(), host=host, alias=alias).encode(), here, 1.0)
    sent = endpoint.invite("c", "sip:1@x", place, 1.0, caller="5", sdp=b"v=0\r\n")[0]
    assert sent.destination == (here if reused else place)
    endpoint.lost(here, 1.0)
    sent = endpoint.invite("d", "sip:1@x", place, 1.0, caller="5", sdp=b"v=0\r\n")[0]
    assert sent.destination == place and endpoint.names(here) == ()
