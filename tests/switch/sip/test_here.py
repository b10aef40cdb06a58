"""What peers are told of where we are."""

import random

import pytest

from switch.sip.effects import Address, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.here import NearAndFar

BOTH = ("2001:db8::1", "192.0.2.1")


def invited(peer, hosts=BOTH, uri="sip:bob@x", **more):
    endpoint = Endpoint(realm="shoal", passwords={}, rng=random.Random(1), host=hosts, port=5060, tls_port=5061)
    effects = endpoint.invite("c", uri, Address(*peer), 1.0, caller="5000", sdp=b"v=0\r\n", **more)
    assert isinstance(effects[0], Transmit)
    return effects[0].data.decode()


@pytest.mark.parametrize(("peer", "via", "contact"), [
    (("udp", "192.0.2.9", 5060), "SIP/2.0/UDP 192.0.2.1:5060;branch=", "sip:192.0.2.1:5060"),
    (("tcp", "192.0.2.9", 5060), "SIP/2.0/TCP 192.0.2.1:5060;alias;branch=", "sip:192.0.2.1:5060;transport=tcp"),
    (("tls", "192.0.2.9", 5061), "SIP/2.0/TLS 192.0.2.1:5061;alias;branch=", "sip:192.0.2.1:5061;transport=tls"),
    (("udp", "2001:db8::9", 5060), "SIP/2.0/UDP [2001:db8::1]:5060;branch=", "sip:[2001:db8::1]:5060"),
    (("tls", "2001:db8::9", 5061), "SIP/2.0/TLS [2001:db8::1]:5061;alias;", "sip:[2001:db8::1]:5061;transport=tls"),
])  # fmt: skip
def test_each_peer_hears_its_own_family_and_transport(peer, via, contact):
    text = invited(peer)
    assert f"\r\nVia: {via}" in text and f"\r\nContact: <{contact}>\r\n" in text


def test_a_peer_of_a_family_that_we_do_not_have_hears_the_one_we_have():
    assert "Via: SIP/2.0/UDP 192.0.2.1:5060;" in invited(("udp", "2001:db8::9", 5060), ["192.0.2.1"])


def test_who_is_called_securely_is_told_a_secure_address():
    assert "Contact: <sips:192.0.2.1:5061>\r\n" in invited(("tls", "192.0.2.9", 5061), uri="sips:bob@192.0.2.9")


INVITE = (
    "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/TLS {host}:5061;branch=z9hG4bK1{more}\r\nFrom: <sip:a@b>;tag=a\r\nTo: <{uri}>\r\n"
    "Call-ID: c\r\nCSeq: 1 INVITE\r\nContact: <{contact}>\r\n{lines}Content-Length: 0\r\n\r\n"
)


def answered(host="192.0.2.9", via=None, uri="sip:5000@shoal", contact="sip:a@192.0.2.9", lines="", more=""):
    endpoint = Endpoint(realm="shoal", passwords={}, rng=random.Random(1), host=BOTH, port=5060, tls_port=5061)
    text = INVITE.format(uri=uri, host=via or host, contact=contact, lines=lines, more=more)
    source = Address("tls", host, 40000)
    offered = next(news for news in endpoint.receive(text.encode(), source, 1.0) if not isinstance(news, Transmit))
    return endpoint.answer(offered.call, b"v=0\r\n", 1.0)[0].data.decode()


@pytest.mark.parametrize("more", [
    {"uri": "sips:5000@shoal"}, {"contact": "sips:a@192.0.2.9"}, {"lines": "Record-Route: <sips:p.example.com;lr>\r\n"},
])  # fmt: skip
def test_a_secure_request_is_answered_with_a_secure_contact(more):
    assert "\r\nContact: <sips:192.0.2.1:5061>\r\n" in answered(**more)


def test_a_secure_contact_behind_a_plain_route_asks_for_nothing():
    text = answered(contact="sips:a@192.0.2.9", lines="Record-Route: <sip:p.example.com;lr>\r\n")
    assert "\r\nContact: <sip:192.0.2.1:5061;transport=tls>\r\n" in text


def test_received_names_a_family_six_address_without_brackets_and_only_where_it_differs():
    assert ";received=2001:db8::9\r\n" in answered("2001:db8::9", via="[2001:db8::8]")
    assert ";received=" not in answered("2001:db8::9", via="[2001:DB8:0::9]")
    assert ";received=fe80::9\r\n" in answered("fe80::9%eth0", via="phone.example")


def test_behind_a_nat_neighbours_are_told_the_inside():
    here = NearAndFar(["203.0.113.9"], ["192.168.1.5"], lambda host: host.startswith("192.168."), 5060, 5061)
    near, far = Address("tcp", "192.168.7.7", 5060), Address("tcp", "198.51.100.1", 5060)
    assert (here.host(near), here.host(far)) == ("192.168.1.5", "203.0.113.9")
    assert here.contact(near) == "sip:192.168.1.5:5060;transport=tcp"
    assert here.sent_by(far) == "203.0.113.9:5060"
    assert "192.168.1.5" in here.via(near) and "203.0.113.9" in here.via(far)
