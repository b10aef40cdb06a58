"""Which address whom is told."""

from dataclasses import replace

import pytest

from switch.addresses import Places
from switch.media_checks import mistakes
from switch.mistakes import Mistake
from switch.settings import Media, System

NAT = Media(address=("203.0.113.9",), local_networks=("192.168.0.0/16", "fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "told"),
    [("198.51.100.1", "203.0.113.9"), ("192.168.7.7", "192.168.1.5"), ("", "203.0.113.9"), ("phone.example", "203.0.113.9")],
)
def test_neighbours_are_told_the_inside_and_others_the_outside(peer, told):
    assert Places(System(listen=("192.168.1.5",), media=NAT)).host(peer) == told


def test_a_local_address_stands_for_listening_everywhere():
    media = replace(NAT, local_address="192.168.1.6")
    assert Places(System(listen=("::",), media=media)).host("192.168.7.7") == "192.168.1.6"


def test_of_two_families_each_peer_is_told_its_own():
    places = Places(System(listen=("::",), media=Media(address=("203.0.113.9", "2001:db8::9"))))
    assert [places.host(peer) for peer in ("198.51.100.1", "2001:db8::1")] == ["203.0.113.9", "2001:db8::9"]


@pytest.mark.parametrize(
    ("media", "place"),
    [
        (Media(first_port=40001), ("first_port",)), (Media(first_port=40000, last_port=40000), ("last_port",)),
        (Media(local_networks=("192.168.0.0/99",)), ("local_networks", "0")),
        (Media(local_address="here"), ("local_address",)),
        (Media(address=("203.0.113.9",), local_networks=("10.0.0.0/8",)), ("local_networks",)),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_where_it_stands(media, place):
    def at(*keys):
        return lambda what, instead: Mistake("/".join(keys), 0, what, instead)

    listen = ("0.0.0.0",) if media.address else ("127.0.0.1",)
    assert [mistake.file for mistake in mistakes(System(listen=listen, media=media), at)] == ["/".join(place)]


def test_what_fits_is_no_mistake():
    assert list(mistakes(System(media=NAT), lambda *_: None)) == []
