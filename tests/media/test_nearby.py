"""Seats for this machine alone, under every address that it has."""

import random
import socket

import pytest

from media.nearby import keep_near, own_address
from media.seats import Seats


@pytest.fixture
def port():
    """Of a seat that is near, until the test ends."""
    first = random.randrange(20_000, 24_000, 2)
    seats = Seats("127.0.0.1", first, first + 40, near=True)
    seat = seats.take(seats.announce(0.0)[0])
    seat.sound.settimeout(5)
    yield seat.sound
    seat.close()
    seats.close()


@pytest.mark.parametrize("host", ["127.0.0.1", pytest.param(own_address(), marks=pytest.mark.skipif(
    not own_address(), reason="this machine has no address but loopback"))])  # fmt: skip
def test_whoever_is_on_this_machine_is_heard_and_answered_from_where_they_sent_to(port, host):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as browser:
        browser.bind((host, 0))
        browser.settimeout(5)
        browser.sendto(b"check", (host, port.getsockname()[1]))
        octets, source = port.recvfrom(100)
        assert (octets, source) == (b"check", browser.getsockname())
        port.sendto(b"answer", source)
        assert browser.recvfrom(100) == (b"answer", (host, port.getsockname()[1]))


def test_what_comes_by_another_device_is_not_heard():
    other = next((name for _, name in socket.if_nameindex() if name != "lo"), None)
    if other is None:
        pytest.skip("this machine has one device only")
    heard = []
    for device in ("lo", other):
        seat, peer = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        with seat, peer:
            assert keep_near(seat, device)
            seat.bind(("127.0.0.1", 0))
            seat.setblocking(False)
            peer.sendto(device.encode(), seat.getsockname())
            try:
                heard.append(seat.recv(100))
            except BlockingIOError:
                heard.append(b"")
    assert heard == [b"lo", b""]


def test_where_nothing_can_be_kept_out_nobody_is_let_in(monkeypatch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as seat:
        assert not keep_near(seat, "no such device")
    monkeypatch.setattr("media.seats.keep_near", lambda _: False)
    first = random.randrange(20_000, 24_000, 2)
    seats = Seats("127.0.0.1", first, first + 40, near=True)
    with seats.take(seats.announce(0.0)[0]).sound as sound:
        assert sound.getsockname()[0] == "127.0.0.1"
    seats.close()
