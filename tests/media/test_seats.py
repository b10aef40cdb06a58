"""Seats: sockets that are bound before a call needs them."""

import pytest

from media.seats import REST, Seats
from tests.interop.ports import media_port


@pytest.fixture
def three():
    """Three seats, of ports for many more."""
    first = media_port()
    seats = Seats("127.0.0.1", first, first + 40, most=3)
    yield seats
    seats.close()


def test_no_more_are_offered_than_there_can_be_legs(three):
    ports = three.announce(0.0)
    assert len(ports) == len(set(ports)) == 3
    taken = [three.take(port) for port in ports]
    assert all(taken) and three.announce(1.0) == ()
    three.leave(ports[0], taken[0], 1.0)
    assert three.announce(1.0) == () and three.take(ports[0]) is None, "packets of the old call may be on their way"
    assert three.announce(1.0 + REST) == (ports[0],)
    for port, seat in zip(ports[1:], taken[1:], strict=True):
        three.leave(port, seat, 2.0)
