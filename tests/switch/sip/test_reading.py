"""Reading messages: nothing that anybody sends may surprise the house, or take long."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip import headers
from switch.sip.effects import Address, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.errors import PeerError
from switch.sip.headers import clean, parse_name_addr, parse_via, quoted, split, unquoted
from switch.sip.message import Request, Response
from switch.sip.parsing import parse
from switch.sip.uri import Uri, parse_uri
from switch.sip.writing import respond

PEER = Address("udp", "192.0.2.10", 5070)
INVITE = (
    b"INVITE sip:5000@shoal SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bK1;rport\r\nMax-Forwards: 70\r\n"
    b'From: "A, \\"B\\"" <sip:alice%40x@example.org;user=phone>;tag=a\r\nTo: <sip:5000@shoal>\r\nCall-ID: c1\r\n'
    b"CSeq: 1 INVITE\r\nContact: <sip:alice@192.0.2.10:5070;ob>\r\nRecord-Route: <sip:192.0.2.50;lr>\r\n"
    b'Reason: Q.850;cause=16;text="x"\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n'
)
AUTHORIZATION = (
    b'Proxy-Authorization: Digest username="1001", realm="shoal", nonce="1.2.3", uri="sip:5000", response="00", '
    b"nc=00000001, cnonce=c, qop=auth, algorithm=MD5\r\n"
)
SEEDS = [
    INVITE,
    INVITE.replace(b"CSeq", AUTHORIZATION + b"CSeq"),
    INVITE.replace(b"INVITE", b"REGISTER").replace(b"CSeq", AUTHORIZATION[6:] + b"CSeq"),
    INVITE.replace(b"INVITE", b"BYE").replace(b"shoal>\r\n", b"shoal>;tag=b\r\n"),
    INVITE.replace(b"INVITE", b"OPTIONS").replace(b"\r\nTo", b"\r\n To"),
    INVITE.replace(b"INVITE sip:5000@shoal SIP/2.0", b"SIP/2.0 200 OK"),
    b"",
]


def endpoint():
    return Endpoint(realm="shoal", passwords={"1001": "x"}, rng=random.Random(1), host="192.0.2.1", port=5060)


@st.composite
def mutated(draw):
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 0, 1, 3, 20]))
        piece = st.one_of(st.binary(max_size=6), st.sampled_from([b"\r\n", b'"', b"<", b">", b",", b";", b":", b"%", b" "]))
        data[place : place + length] = draw(piece)
    return bytes(data)


@given(st.one_of(st.binary(max_size=300), mutated()))
def test_the_parser_raises_nothing_but_its_own_error(data):
    try:
        message = parse(data)
    except PeerError:
        return
    assert isinstance(message, (Request, Response))


@given(st.lists(st.one_of(st.binary(max_size=60), mutated()), max_size=4), st.integers(0, 3))
def test_an_endpoint_survives_everything_and_keeps_nothing(datagrams, what):
    end = endpoint()
    now = 1_000_000.0
    for data in datagrams:
        effects = end.receive(data, PEER, now)
        for effect in effects:
            if isinstance(effect, Transmit):
                parse(effect.data)
            else:
                check_text(effect)
                call = getattr(effect, "call", None)
                end.answer(call, b"v=0\r\n", now) if what == 1 else end.challenge(call, now) if what == 2 else None
    while end.deadline is not None:
        end.wake(end.deadline)
    assert not any(end.counts().values())


def check_text(news):
    """What goes up to the house can be written down as JSON, on one line."""
    for name in ("caller", "caller_name", "called", "user_agent", "content_type"):
        text = getattr(news, name, "")
        assert not any(ord(char) < 32 for char in text)
        text.encode("utf-8")


@given(
    st.sampled_from(["sip", "sips"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), max_size=12),
    st.one_of(st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True), st.ip_addresses().map(str)),
    st.one_of(st.none(), st.integers(1, 65535)),
    st.sampled_from(["", ";ob", ";transport=tcp;lr", ";user=phone"]),
)
def test_uris_come_back_as_they_were_written(scheme, user, host, port, params):
    uri = Uri(scheme, user, host, port, params)
    assert parse_uri(str(uri)) == uri


@given(st.text(max_size=30))
def test_quoted_strings_come_back(text):
    assert unquoted(quoted(text)) == clean(text)
    assert parse_name_addr(f"{quoted(text)} <sip:a@b>;tag=1").display == clean(text)


@given(st.lists(st.sampled_from(['"a,b"', "<sip:x,y@z>", "plain", '"q\\",\\\\"', "<a>;p=1"]), max_size=6))
def test_lists_are_cut_only_between_their_members(members):
    assert split(" , ".join(members)) == members


def test_requests_are_read_whatever_their_shape():
    request = parse(INVITE)
    assert (request.method, request.uri, request.sdp) == ("INVITE", "sip:5000@shoal", b"v=0\r\n")
    assert request.from_.display == 'A, "B"'
    assert (request.from_tag, request.to_tag, request.cseq) == ("a", "", (1, "INVITE"))
    assert parse_uri(request.from_.uri).user == "alice@x"
    assert parse(b"\r\n\r\n" + INVITE).body == b"v=0\r\n"
    assert parse(INVITE.split(b"Content-Type")[0].rstrip()).cseq.number == 1
    assert parse(INVITE.replace(b"\r\n", b"\n")).from_tag == "a"


@pytest.mark.parametrize("bad", [b"\0", b"\r", b"\r \r"])
def test_control_characters_in_the_head_are_a_mistake(bad):
    request = parse(INVITE.replace(b"Max-Forwards", b"X: a" + bad + b"b\r\nMax-Forwards"))
    assert request.flaw


@pytest.mark.parametrize(
    "text", ["sip:", "sip:a@", "sip:a@b:0", "sip:a@b:70000", "sip:a b@c", "<sip:a@b>", "tel:", "", "sip", ":", "sip:a@b@:1"]
)
def test_what_is_no_uri(text):
    with pytest.raises(PeerError) as error:
        parse_uri(text)
    assert error.value.status == 400


def test_other_schemes_are_told_apart_from_nonsense():
    with pytest.raises(PeerError) as error:
        parse_uri("mailto:a@b")
    assert error.value.status == 416


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("SIP/2.0/UDP phone;branch=z9hG4bK1", "phone", None),
        ("sip / 2.0 / tcp [2001:db8::1]:5062 ; branch = z9hG4bK1", "2001:db8::1", 5062),
        ("SIP/2.0/UDP a-b_c.example : 99;branch=z9hG4bK1;rport", "a-b_c.example", 99),
    ],
)
def test_hops(text, host, port):
    via = parse_via(text)
    assert (via.host, via.port, via.branch) == (host, port, "z9hG4bK1")


FILLINGS = ['"', "<", "\\", '\\"', ",", ";", " ", "(", "a=", ";tag", '"\\', "<;", "%", "@", ":", "\t\r\n "]
HEADERS = ["Via: SIP/2.0/UDP a", "From: ", "Contact: ", "Proxy-Authorization: Digest a", "Reason: Q.850;", "X"]


@pytest.mark.parametrize("filling", FILLINGS)
def test_hostile_lines_take_milliseconds(filling):
    """Nothing is asserted: a scan that is not linear makes this test take minutes, and nobody will miss that."""
    for header in HEADERS:
        line = (header + filling * (60_000 // len(filling))).encode()
        endpoint().receive(INVITE.replace(b"Max-Forwards: 70", line), PEER, 1.0)
        endpoint().receive(INVITE.replace(b"INVITE sip", line + b"\r\nINVITE sip", 1), PEER, 1.0)


def test_names_of_headers_have_one_spelling_here():
    assert {headers.canonical(name) for name in ("v", "V", " Via ", "VIA", "via")} == {"via"}


def test_what_is_handed_back_has_no_line_end_of_its_own():
    """A bare line end within a header is the beginning of another header to some who read our answer."""
    for torn in (b"\r", b"\0"):
        for padding in (b"", b"X: " + b"x" * 9000 + b"\r\n"):
            message = parse(b"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1" + torn
                            + b"Evil: 1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n" + padding + b"\r\n")
            message.arrive(Address("udp", "192.0.2.1", 5060))
            assert message.flaw
            assert torn not in respond(message, 400, "No").replace(b"\r\n", b"")


def test_a_uri_of_strange_octets_can_be_written_again():
    assert str(parse_uri(b"sip:1\xb03@shoal".decode("utf-8", "surrogateescape"))) == "sip:1%B03@shoal"
