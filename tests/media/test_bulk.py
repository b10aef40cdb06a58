"""Many sockets at once: the loops in C and the loops in Python do the same."""

import socket

import numpy as np
import pytest

from media import bulk
from media.rtp import Packets
from media.seats import BothFamilies

SHIMS = [
    pytest.param(None, id="python"),
    pytest.param(bulk.built, id="c", marks=pytest.mark.skipif(bulk.built is None, reason="the shim was not built")),
]


@pytest.fixture
def ends():
    """Ours and theirs: three pairs of connected sockets."""
    pairs = []
    for _ in range(3):
        ours, theirs = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for end in (ours, theirs):
            end.bind(("127.0.0.1", 0))
            end.setblocking(False)
        ours.connect(theirs.getsockname())
        theirs.connect(ours.getsockname())
        pairs.append((ours, theirs))
    yield [ours for ours, _ in pairs], [theirs for _, theirs in pairs]
    for ours, theirs in pairs:
        ours.close()
        theirs.close()


@pytest.mark.parametrize("shim", SHIMS)
def test_one_packet_of_each_is_read_into_its_line(ends, shim):
    ours, theirs = ends
    packets = Packets.room_for(3)
    read = bulk.receiver(ours, packets, shim)
    theirs[0].send(b"first")
    theirs[2].send(b"third")
    theirs[2].send(b"one more")
    assert not len(read())
    assert packets.lengths[:3].tolist() == [5, 0, 5]
    assert bytes(packets.data[0, :5]) == b"first" and bytes(packets.data[2, :5]) == b"third"
    read()
    assert packets.lengths[:3].tolist() == [0, 0, 8] and bytes(packets.data[2, :8]) == b"one more"


@pytest.mark.skipif(bulk.built is None, reason="the shim was not built")
def test_what_else_there_is_is_read_into_the_lines_behind(ends):
    ours, theirs = ends
    packets, plain = Packets.room_for(5), bytes(172)
    read = bulk.receiver(ours, packets)
    for _ in range(40):
        for each in theirs:
            each.send(plain)
        assert not len(read())
        assert packets.lengths[:3].tolist() == [172, 172, 172]
    theirs[1].send(plain)
    theirs[1].send(b"a stall is over")
    waits = [read().tolist() for _ in range(3)]  # where nothing came once it is looked closely
    assert waits[-1] == [] and packets.lengths[:3].tolist() == [0, 0, 0]
    for _ in range(4):
        theirs[2].send(b"four")
    assert read().tolist() == [2, 2]
    assert packets.lengths.tolist() == [0, 0, 4, 4, 4] and bytes(packets.data[4, :4]) == b"four"
    assert read().tolist() == [] and packets.lengths[:3].tolist() == [0, 0, 4]


@pytest.mark.skipif(bulk.built is None, reason="the shim was not built")
def test_a_packet_too_many_does_not_wait_for_ever(ends):
    """The clock of a far end runs a little fast: it never falls silent, and once in minutes has two packets in a step."""
    ours, theirs = ends
    read, found = bulk.receiver(ours, Packets.room_for(9)), []
    for step in range(80):
        for each in theirs:
            each.send(bytes(172))
        if step == 30:
            theirs[0].send(bytes(172))
        found.append(len(read()))
    assert sum(found) == 1 and 1 in found[30:46]


@pytest.mark.parametrize("shim", SHIMS)
def test_a_far_end_that_is_gone_costs_nobody_else_a_packet(ends, shim):
    ours, theirs = ends
    theirs[0].close()
    octets = np.arange(40, dtype=np.uint8).reshape(4, 10)
    sender, rows = bulk.sender(octets, shim), np.array([3, 0, 1])
    for row, seat in zip(rows.tolist(), ours, strict=True):
        sender.seat(row, seat)
    read = bulk.receiver(ours, packets := Packets.room_for(3), shim)
    for _ in range(3):  # the refusal of the first one comes back as an error of the next call, reading or sending
        sender.send(rows)
        theirs[1].send(b"here")
        read()
        assert packets.lengths[:3].tolist() == [0, 4, 0]
        assert theirs[1].recv(20) == bytes(range(10)) and theirs[2].recv(20) == bytes(range(10, 20))


@pytest.mark.parametrize("shim", SHIMS)
@pytest.mark.parametrize(("host", "ours", "target"), [
    ("127.0.0.1", "127.0.0.1", "127.0.0.1"), ("::1", "::1", "::1"), ("127.0.0.1", "::", "127.0.0.1"),
    ("127.0.0.1", "127.0.0.1", "localhost"),
])  # fmt: skip
def test_a_socket_that_is_not_connected_sends_to_an_address(shim, host, ours, target):
    kind = BothFamilies if ours == "::" else socket.socket
    with (socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as theirs,
          kind(socket.AF_INET6 if ":" in ours else socket.AF_INET, socket.SOCK_DGRAM) as seat):
        if ours == "::":
            seat.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        seat.bind((ours, 0))
        theirs.bind((host, 0))
        theirs.setblocking(False)
        sender, rows = bulk.sender(np.arange(20, dtype=np.uint8).reshape(2, 10), shim), np.array([1])
        sender.seat(1, seat, (target, theirs.getsockname()[1]))
        sender.send(rows)
        assert theirs.recv(20) == bytes(range(10, 20))
        sender.seat(1, seat, (target, 0))
        sender.send(rows)
        sender.forget(1)
        sender.send(rows)
        with pytest.raises(BlockingIOError):
            theirs.recv(20)


@pytest.mark.parametrize("shim", SHIMS)
def test_nobody_is_no_mistake(shim):
    bulk.receiver([], Packets.room_for(0), shim)()
    bulk.sender(np.zeros((0, 172), np.uint8), shim).send(np.zeros(0, np.int64))
