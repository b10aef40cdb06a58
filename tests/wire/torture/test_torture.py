"""The torture messages of RFC 4475 and RFC 5118 against a whole endpoint, and what each was made to try.

A REGISTER is sent once more with the right password when it was challenged: what the message is worth shows only then.
"""

import random
import re

import pytest

from switch.sip.digest import Answerer
from switch.sip.effects import Address, Offered, Progressed, Refused, Resolve, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.headers import params, parse_via
from switch.sip.message import Request
from switch.sip.parsing import parse
from switch.sip.uri import parse_uri
from tests.wire.torture.messages import read

RFC4475, RFC5118 = read("rfc4475"), read("rfc5118")
EVERY = [*RFC4475.values(), *RFC5118.values()]
USERS = ("user", "j.user", "watson", "null-\0-null")
PEER = Address("udp", "192.0.2.10", 5070)
NOW = 1_000_000.0


class Stand:
    """An endpoint, and what it did with a message."""

    def __init__(self):
        self.endpoint = Endpoint(realm="shoal", passwords=dict.fromkeys(USERS, "secret"), rng=random.Random(3),
                                 host="192.0.2.1", port=5060)
        self.told = []
        self.answers = []

    def take(self, data):
        effects = self.endpoint.receive(data, PEER, NOW)
        self.told = [effect for effect in effects if not isinstance(effect, Transmit)]
        self.answers = [parse(effect.data) for effect in effects if isinstance(effect, Transmit)]

    @property
    def status(self):
        return self.answers[-1].status if self.answers else None

    def prove(self, data):
        """The same REGISTER with the password."""
        answerer = Answerer(parse_uri(parse(data).to.uri).user, "secret", random.Random(1))
        answerer.take(401, self.answers[-1].fields["www-authenticate"])
        line = answerer.line("REGISTER", "sip:example.com").encode().replace(b'"null- -null"', b'"null-\\\0-null"')
        self.take(re.sub(rb"branch=z9", b"branch=z9hG4bKproof-z9", data).replace(b"\r\n", b"\r\n" + line, 1))


@pytest.mark.parametrize("torture", EVERY, ids=lambda torture: torture.name)
def test_every_message_gets_the_answer_that_the_rfc_wants(torture):
    stand = Stand()
    stand.take(torture.data)
    if torture.answer == "offered":
        assert [type(news) for news in stand.told] == [Offered]
        assert stand.status == 100
    elif torture.answer in ("dropped", "heard"):
        assert not stand.told
        assert not stand.answers
    else:
        assert stand.status == int(torture.answer)
        assert not stand.told


@pytest.mark.parametrize("torture", EVERY, ids=lambda torture: torture.name)
def test_the_same_bytes_once_more_get_the_same_answer(torture):
    stand = Stand()
    stand.take(torture.data)
    answers = [(answer.status, answer.fields) for answer in stand.answers]
    stand.take(torture.data)
    assert [(answer.status, answer.fields) for answer in stand.answers] == answers
    assert not stand.told


@pytest.mark.parametrize("torture", EVERY, ids=lambda torture: torture.name)
def test_nothing_is_left_of_it(torture):
    stand = Stand()
    stand.take(torture.data)
    while (moment := stand.endpoint.deadline) is not None:
        stand.endpoint.wake(moment)
    assert not any(stand.endpoint.counts().values())


@pytest.mark.parametrize("name", ["escnull", "dblreq", "cparam01", "cparam02", "regescrt", "ipv6-good", "port-ambiguous"])
def test_a_well_formed_register_binds_with_the_password(name):
    registered(name)


def registered(name):
    stand, data = Stand(), {**RFC4475, **RFC5118}[name].data
    stand.take(data)
    stand.prove(data)
    assert stand.status == 200
    return stand


def request(name):
    found = parse({**RFC4475, **RFC5118}[name].data)
    assert isinstance(found, Request)
    assert not found.flaw
    found.check()
    return found


def test_wsinv_is_read_right():
    found = request("wsinv")
    assert found.to_tag == "1918181833n"
    assert found.from_tag == "98asjd8"
    assert found.from_.display == 'J Rosenberg \\"'
    assert (found.cseq.number, found.cseq.method) == (9, "INVITE")
    assert found.first("max-forwards") == "0068"
    assert [parse_via(via).host for via in found.listed("via")] == ["192.0.2.2", "spindle.example.com", "192.168.255.111"]
    assert found.via.branch == "390skdjuw"
    assert found.first("subject") == ""
    assert found.first("newfangledheader") == "newfangled value continued newfangled value"
    assert found.first("unknownheaderwithunusualvalue") == ";;,,;;,;"
    assert found.contact == "sip:jdrosen@example.com"
    assert found.sdp.startswith(b"v=0")
    assert len(found.sdp) == 150


def test_intmeth_is_read_right():
    found = request("intmeth")
    assert found.method == found.cseq.method == "!interesting-Method0123456789_*+`.%indeed'~"
    assert found.target.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
    assert found.to.display == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert found.from_.uri == "sip:mundane@example.com"
    assert found.from_tag == "_token~1'+`*%!-."
    assert found.first("extensionheader-!.%*+_`'~") == "\ufeff大停電"


def test_intmeth_goes_back_as_it_came():
    stand = Stand()
    stand.take(RFC4475["intmeth"].data)
    for name in ("to", "from", "call-id", "cseq"):
        assert stand.answers[0].first(name).startswith(parse(RFC4475["intmeth"].data).first(name))


def test_a_zero_byte_that_nothing_quotes_is_refused():
    data = RFC4475["lwsdisp"].data.replace(b"caller<", b"call\0er<")
    stand = Stand()
    stand.take(data)
    assert stand.status == 400


def test_escaped_characters_are_those_characters_in_users_alone():
    found = request("esc01")
    assert (found.target.scheme, found.target.user, found.target.host) == ("sip", "sips:user@example.com", "example.net")
    assert parse_uri(found.to.uri).user == "user"
    assert parse_uri(found.from_.uri).user == "I have spaces"
    assert request("esc02").first("contact") == "<sip:alias1@host1.example.com>"
    assert len(request("esc02").fields["contact"]) == 2


def test_escaped_zero_bytes_do_not_end_a_name():
    stand = registered("escnull")
    assert len(stand.endpoint.registrar.bindings("null-\0-null", NOW)) == 2


def test_semicolons_in_a_user_are_part_of_it():
    assert request("semiuri").target.user == "user;par=u@example.net"


def test_what_follows_the_body_is_not_read():
    assert request("dblreq").method == "REGISTER"
    assert request("dblreq").body == b""


def test_every_via_of_longreq_goes_back_in_order():
    stand = Stand()
    stand.take(RFC4475["longreq"].data)
    hosts = [parse_via(via).host for via in stand.answers[0].listed("via")]
    assert hosts == [*[f"sip{number}.example.com" for number in range(33, 0, -1)], "host.example.com"]


def test_parameters_without_brackets_are_the_headers_and_within_them_the_uris():
    for name, contact in (("cparam01", "sip:+19725552222@gw1.example.net"),
                          ("cparam02", "sip:+19725552222@gw1.example.net;unknownparam")):
        stand = registered(name)
        assert [binding.contact for binding in stand.endpoint.registrar.bindings("watson", NOW)] == [contact]


def test_headers_in_a_contact_are_kept_and_not_obeyed():
    stand = registered("regescrt")
    binding, = stand.endpoint.registrar.bindings("user", NOW)
    assert binding.contact == "sip:user@example.com?Route=%3Csip:sip.example.com%3E"
    sent = parse(stand.endpoint.invite("c", binding.contact, PEER, NOW, caller="5000", sdp=b"v=0\r\n")[0].data)
    assert sent.uri == "sip:user@example.com"
    assert "route" not in sent.fields


def test_a_question_mark_in_a_contact_without_brackets_is_refused():
    stand, data = Stand(), RFC4475["regbadct"].data
    stand.take(data)
    assert stand.status == 401
    stand.prove(data)
    assert stand.status == 400
    assert not stand.endpoint.registrar.bindings("user", NOW)


def test_an_unknown_scheme_of_credentials_is_as_if_none_had_come():
    stand, data = Stand(), RFC4475["regaut01"].data
    stand.take(data)
    stand.prove(data)
    assert stand.status == 200


def test_the_cookie_alone_is_no_name_of_a_transaction():
    stand, data = Stand(), RFC4475["badbranch"].data.replace(b"OPTIONS", b"INVITE").replace(
        b"l: 0", b"m: <sip:caller@192.0.2.1>\r\nl: 0")
    stand.take(data)
    other = data.replace(b"Call-ID: bad", b"Call-ID: other")
    stand.take(other)
    assert [type(news) for news in stand.told] == [Offered]
    stand.take(other)
    assert not stand.told


def test_unsupported_options_are_named_and_those_for_proxies_are_not():
    stand = Stand()
    stand.take(RFC4475["bext01"].data)
    assert stand.answers[0].listed("unsupported") == ["nothingSupportsThis", "nothingSupportsThisEither"]


def test_what_would_be_understood_is_said():
    stand = Stand()
    stand.take(RFC4475["invut"].data)
    assert stand.answers[0].first("accept") == "application/sdp, multipart/mixed"


def test_what_is_missing_is_not_made_up():
    stand = Stand()
    stand.take(RFC4475["insuf"].data)
    answer = stand.answers[0]
    assert answer.first("cseq") == "193942 INVITE"
    assert not answer.fields.keys() & {"from", "to", "call-id"}


def test_a_caller_of_before_rfc_3261_can_be_hung_up_on():
    stand = Stand()
    stand.take(RFC4475["inv2543"].data)
    call = stand.told[0].call
    assert stand.told[0].caller == "+13035551111"
    stand.endpoint.answer(call, b"v=0\r\n", NOW)
    ack = RFC4475["inv2543"].data.partition(b"Content-Type")[0].replace(b"INVITE", b"ACK")
    tag = stand.endpoint._room.calls[call].dialog.local_tag.encode()
    stand.take(ack.replace(b"user=phone\r\nCall-ID", b"user=phone;tag=" + tag + b"\r\nCall-ID") + b"\r\n")
    effects = stand.endpoint.hang_up(call, NOW)
    while isinstance(effects[0], Resolve):  # the route is a name, which nobody knows
        effects = [answer for effect in effects for answer in stand.endpoint.resolved(effect.question, (), NOW)]
    bye = parse(effects[0].data)
    assert (bye.method, bye.to_tag) == ("BYE", "")
    assert bye.first("to").startswith("<sip:+13035551111@ift.client.example.net")


@pytest.mark.parametrize(("name", "status"), [("unreason", 200), ("noreason", 100)])
def test_a_reason_may_be_anything_or_nothing(name, status):
    """Our own INVITE gets the response, with the names that our transaction needs."""
    stand = Stand()
    sent = parse(stand.endpoint.invite("c", "sip:user@example.edu", PEER, NOW, caller="user", sdp=b"v=0\r\n")[0].data)
    head, _, body = RFC4475[name].data.partition(b"\r\n\r\n")
    start = head.split(b"\r\n")[0]
    lines = [f"{key}: {sent.first(key)}".encode() for key in ("via", "from", "call-id", "cseq")]
    contact = [b"To: <sip:user@example.edu>;tag=2229", b"Contact: <sip:user@192.0.2.198>", b"Content-Type: application/sdp"]
    stand.take(b"\r\n".join([start, *lines, *contact]) + b"\r\n\r\n" + body)
    assert stand.endpoint.counts()["dialogs"] == (1 if status == 200 else 0)
    assert not any(isinstance(news, Refused | Progressed) for news in stand.told)
    assert parse(RFC4475[name].data).status == status


def test_a_response_with_two_vias_or_a_monstrous_cseq_is_not_taken_for_ours():
    for change in (b"\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23", b""):
        stand = Stand()
        sent = parse(stand.endpoint.invite("c", "sip:user@example.edu", PEER, NOW, caller="user", sdp=b"v=0\r\n")[0].data)
        cseq = sent.first("cseq") if change else "9292394834772304023312 INVITE"
        data = (f"SIP/2.0 503 No\r\nVia: {sent.first('via')}".encode() + change + f"\r\nFrom: {sent.first('from')}\r\n"
                f"To: <sip:user@example.edu>;tag=2\r\nCall-ID: {sent.call_id}\r\nCSeq: {cseq}\r\n\r\n".encode())
        stand.take(data)
        assert not stand.told
        assert not stand.answers


def test_ipv6_ports_and_addresses_are_told_apart():
    assert (request("port-ambiguous").target.host, request("port-ambiguous").target.port) == ("2001:db8::10:5070", None)
    assert (request("port-unambiguous").target.host, request("port-unambiguous").target.port) == ("2001:db8::10", 5070)
    vias = [parse_via(via) for via in request("mult-ip-in-header").listed("via")]
    assert [via.host for via in vias] == ["2001:db8::9:1", "192.0.2.1", "2001:db8::9:255"]
    assert [via.port for via in vias] == [6050, None, None]
    mapped = request("ipv4-mapped-ipv6")
    assert (mapped.via.host, mapped.via.port) == ("::ffff:192.0.2.10", 19823)
    assert parse_uri(mapped.contact).host == "::ffff:192.0.2.2"


@pytest.mark.parametrize("name", ["via-received-param-with-delim", "via-received-param-no-delim"])
def test_received_is_what_we_saw_whatever_stood_there(name):
    stand = Stand()
    stand.take(RFC5118[name].data)
    via = parse_via(stand.answers[0].first("via"))
    assert params(via.params)["received"] == PEER.host
    assert via.branch.startswith("z9hG4bKas3")
