"""One seat for IPv4 and IPv6."""

import random
import socket

import pytest

from media.rtp import number
from media.seats import Seats


def test_an_address_is_the_same_however_a_socket_writes_it():
    assert number("::ffff:192.0.2.1", 5004) == number("192.0.2.1", 5004) != number("2001:db8::1", 5004)


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_seat_of_every_address_hears_and_reaches_both_families(family, host):
    first = random.randrange(15_000, 20_000, 2)
    try:
        seats = Seats("::", first, first + 40, 46)
        port = seats.announce(0.0)[0]
    except (OSError, IndexError):
        pytest.skip("no IPv6 here")
    seat = seats.take(port)
    with socket.socket(family, socket.SOCK_DGRAM) as phone:
        phone.bind((host, 0))
        phone.settimeout(5)
        phone.sendto(b"hello", (host, port))
        seat.sound.setblocking(True)
        _, source = seat.sound.recvfrom(100)
        assert number(*source[:2]) == number(*phone.getsockname()[:2])
        seat.sound.sendto(b"named", phone.getsockname()[:2])
        seat.sound.connect(phone.getsockname()[:2])
        seat.sound.send(b"settled")
        assert [phone.recv(100), phone.recv(100)] == [b"named", b"settled"]
    seat.close()
    seats.close()
