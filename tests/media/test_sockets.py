"""What the sockets of rows gave in one step does not show in the next, whatever was done with it meanwhile."""

import socket
from random import Random

import pytest

from media.outgoing import Outgoing
from media.rtp import build
from media.sockets import Sockets


@pytest.fixture
def phones():
    """Two sockets of ours, and the phones that talk to them."""
    made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(4)]
    for each in made:
        each.bind(("127.0.0.1", 0))
        each.setblocking(False)
    for seat, phone in zip(made[:2], made[2:], strict=True):
        phone.connect(seat.getsockname())
    yield made[:2], made[2:]
    for each in made:
        each.close()


@pytest.mark.parametrize("settled", [(), (0,), (0, 1)])
def test_packets_that_are_added_to_a_step_are_gone_in_the_next(phones, settled):
    seats, others = phones
    targets = [other.getsockname() for other in others]
    sockets = Sockets(16, Outgoing(2, Random(1)))
    for row, seat in enumerate(seats):
        sockets.attach(row, seat)
    sockets.settle(settled, targets)
    for step in range(3):
        for row, other in enumerate(others):
            other.send(build(0, step, step * 160, row, bytes(160)))
        packets = sockets.receive()
        heard = {int(packets.rows[line]): packets.addresses[line] for line in range(packets.count) if packets.lengths[line]}
        assert heard == dict(enumerate(targets))
        assert len(packets.addresses) == packets.count
        packets.addresses.append(("192.0.2.1", 4000))
    for row in range(2):
        sockets.detach(row)
