"""Where the switch is, and what it tells whom."""

from dataclasses import replace

import pytest

from switch.addresses import alone, announced, local, media_host, of_family, side
from switch.settings import Media, System


@pytest.mark.parametrize(("listen", "address", "told", "found", "media"), [
    (("127.0.0.1",), (), ("127.0.0.1",), "127.0.0.1", "127.0.0.1"),
    (("2001:db8::5",), (), ("2001:db8::5",), "[2001:db8::5]", "2001:db8::5"),
    (("::",), ("192.0.2.5", "2001:db8::5"), ("192.0.2.5", "2001:db8::5"), "[::1]", "::"),
    (("192.0.2.5", "2001:db8::5"), (), ("192.0.2.5", "2001:db8::5"), "192.0.2.5", "::"),
    (("192.0.2.5", "192.0.2.6"), (), ("192.0.2.5", "192.0.2.6"), "192.0.2.5", "0.0.0.0"),
    (("0.0.0.0",), (), (), "127.0.0.1", "0.0.0.0"),
])  # fmt: skip
def test_listening(listen, address, told, found, media):
    system = replace(System(), listen=listen, media=Media(address=address))
    assert (announced(system), local(system), media_host(system)) == (told, found, media)


@pytest.mark.parametrize(("listen", "so"), [
    (("127.0.0.1",), True), (("127.0.0.1", "::1"), True), (("localhost",), True), (("127.0.0.1", "192.0.2.5"), False),
    (("0.0.0.0",), False), (("::",), False), (("shoal.example",), False),
])  # fmt: skip
def test_who_listens_to_loopback_only_is_alone(listen, so):
    assert alone(replace(System(), listen=listen)) is so


def test_each_peer_is_told_its_own_family():
    both = ("192.0.2.5", "2001:db8::5")
    assert [of_family(both, peer) for peer in ("10.0.0.1", "2001:db8::9", "")] == [both[0], both[1], both[0]]
    assert of_family(both[1:], "10.0.0.1") == both[1]


def test_the_family_of_the_offer_comes_before_that_of_who_brings_it():
    offers = [b"v=0\r\nc=IN IP6 2001:db8::1\r\n", b"v=0\r\nc=IN IP4 10.0.0.1\r\n", b"v=0\r\n", None]
    peers = [":" in side(offer, "2001:db8::9") for offer in offers]
    assert peers == [True, False, True, True] and ":" in side(offers[0], "10.0.0.1")
