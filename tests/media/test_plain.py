"""What is stored of a step's packets in C is what is stored in NumPy, and the same packets are left."""

from random import Random

import numpy as np
import pytest

from media.plain import Columns, storing
from media.ring import Ring
from media.rtp import Packets, build, number
from media.shim import built
from media.sources import Sources

HERE, THERE = ("192.0.2.1", 4000), ("192.0.2.2", 4000)
ROWS = 6

pytestmark = pytest.mark.skipif(built is None, reason="the shim was not built")


class Side:
    """One way to store, with columns of its own."""

    def __init__(self, shim: object) -> None:
        self.ring, self.sources, self.columns = Ring(ROWS), Sources(ROWS), Columns(ROWS)
        for row in range(ROWS - 1):  # the last one expects nobody
            self.ring.place(row, 2**32 - 800)
            self.sources.locked[row] = number(*HERE)
            self.columns.expected[row], self.columns.ssrc[row], self.columns.highest[row] = 0x8000, 7, 0x1FFF0
        self.store = storing(self.columns, self.ring, self.sources, shim)

    def state(self) -> list[np.ndarray]:
        columns, ring = self.columns, self.ring
        return [columns.received, columns.highest, columns.transit, columns.jitter, self.sources.heard, ring.stamps,
                ring.top, ring.frames]  # fmt: skip


def one(random: Random, row: int, step: int) -> tuple[int, bytes, tuple]:
    """A packet, mostly as it should be, with mistakes of every kind."""
    moved = random.choice([0, 0, 0, 1, -1, 3, 20, -60])
    timestamp = (step + moved) * 160 - 800 + random.choice([0] * 9 + [1, 80])
    ssrc, kind = random.choice([7] * 9 + [8]), random.choice([0] * 9 + [8, 101])
    octets = build(kind, 0xFFF0 + step + moved, timestamp, ssrc, random.randbytes(random.choice([160] * 9 + [80, 161, 0])),
                   marker=random.random() < 0.1)  # fmt: skip
    octets = random.choice([octets] * 9 + [b"", octets[:11], bytes([0x90]) + octets[1:]])
    return row, octets, random.choice([HERE] * 9 + [THERE])


@pytest.mark.parametrize("seed", range(20))
def test_both_ways_are_the_same(seed):
    random, sides = Random(seed), (Side(built), Side(None))
    for step in range(60):
        packets = Packets.of([one(random, row, step) for row in range(ROWS) if random.random() < 0.9], spare=3)
        in_c, in_numpy = (side.store(packets, 1000 + 0.02 * step).tolist() if packets.count else [] for side in sides)
        assert in_c == in_numpy
        for side in sides:
            side.ring.play[:] += 1
            side.ring.hushed[2] = step + 2 if step % 7 == 0 else 0
        for ours, theirs in zip(*(side.state() for side in sides), strict=True):
            assert np.array_equal(ours, theirs)
    assert sides[0].columns.received.sum() > 30


def test_a_packet_that_comes_twice_in_a_step_is_counted_once():
    side = Side(built)
    packet = (0, build(0, 0xFFF1, 2**32 - 640, 7, bytes(160)), HERE)
    assert not len(side.store(Packets.of([packet, packet]), 1000.0))
    assert side.columns.received[0] == 1
