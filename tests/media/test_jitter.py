"""The delay that comes about: loss, lateness, reordering, clocks that differ, silence, other packet times."""

from random import Random

import numpy as np
import pytest

from media.g711 import DECODE
from media.jitter import Jitter
from media.orders import Close as CloseLeg
from media.orders import Join, Quality
from media.ring import Ring
from media.shim import built
from tests.media.town import Phone, Town, silence


def bridge(payload_type: int = 0) -> tuple[Town, Phone]:
    """Somebody who talks (a) and somebody who hears them (b)."""
    town = Town()
    phone = town.open("a", payload_type)
    town.open("b", payload_type)
    town.obey(Join("a", "b"))
    return town, phone


def hear(town: Town, *packets: tuple) -> bytes:
    town.step(*packets)
    return town.hears("b")


def test_packets_that_change_places_are_put_in_order():
    town, phone = bridge()
    heard = [hear(town, phone.say()) for _ in range(3)]
    one, two = phone.say(), phone.say()
    heard += [hear(town, two), hear(town, one)]
    heard += [hear(town, phone.say()) for _ in range(5)]
    assert [frame for frame in heard if frame in phone.said][-8:-1] == phone.said[-9:-2]
    assert phone.said[3] in heard or town.matrix.parts.ring.late[0] == 1


def test_two_packets_in_one_step_are_played_in_two():
    town, phone = bridge()
    heard = [hear(town, phone.say()) for _ in range(3)]
    one, two = phone.say(), phone.say()
    heard += [hear(town, two, one), hear(town), hear(town, phone.say()), hear(town, phone.say())]
    assert heard[1:] == phone.said[:6]


def test_a_lost_packet_is_stood_for_by_the_one_before_fading():
    town, phone = bridge()
    town.talk(5, "a")
    phone.say()
    heard = [hear(town, phone.say()) for _ in range(3)]
    assert [heard[0], heard[2]] == [phone.said[4], phone.said[6]]
    loud, faded = (np.abs(DECODE[0][np.frombuffer(frame, np.uint8)].astype(int)).mean() for frame in heard[:2])
    assert 0.5 < faded / loud < 0.7


def test_after_three_frames_of_nothing_there_is_silence():
    town, _ = bridge()
    town.talk(5, "a")
    hear(town)
    repeated = [hear(town) for _ in range(3)]
    assert silence() not in repeated
    assert hear(town) == silence()
    assert hear(town) == silence()


def test_loss_does_not_grow_the_delay():
    town, phone = bridge()
    town.talk(5, "a")
    for step in range(500):
        packet = phone.say()
        hear(town, *([] if step % 7 == 0 or step % 11 == 0 else [packet]))
    assert hear(town, phone.say()) in phone.said[-4:]


def test_a_late_packet_grows_the_delay_and_calm_takes_it_back():
    town, phone = bridge()
    heard = [hear(town, phone.say()) for _ in range(10)]
    late = [phone.say() for _ in range(3)]
    heard += [hear(town), hear(town), hear(town, *late[:2]), hear(town, late[2], phone.say())]
    heard += [hear(town, phone.say()) for _ in range(6)]
    assert [frame for frame in heard if frame in phone.said] == phone.said[:-2]
    for _ in range(1700):
        heard = hear(town, phone.say())
    assert heard in phone.said[-2:]


def test_a_stall_is_cut_to_sixty_milliseconds():
    town, phone = bridge()
    town.talk(10, "a")
    held_back = [phone.say() for _ in range(10)]
    for _ in range(10):
        hear(town)
    hear(town, *held_back)
    town.talk(3, "a")
    assert town.hears("b") in phone.said[-4:]


def test_a_duplicate_is_neither_late_nor_heard_twice():
    town, phone = bridge()
    heard, before = [], None
    for _ in range(20):
        packet = phone.say()
        heard.append(hear(town, packet, *([before] if before else [packet])))
        before = packet
    assert heard[1:] == phone.said[:19]
    assert town.matrix.parts.ring.late[0] == 0


def test_clocks_that_differ_cost_a_frame_now_and_then_and_no_delay():
    """Five minutes of far ends whose clocks are 400 ppm off either way: six frames too many, six too few."""
    steps, rows = 15_000, np.arange(2)
    ring = Ring(2)
    jitter = Jitter(ring)
    random = np.random.default_rng(3)
    due = []
    for ppm in (400, -400):
        sent_at = 0.005 + np.arange(steps + 100) * 0.02 / (1 + ppm / 1e6)
        arrives = np.maximum.accumulate(sent_at + random.uniform(0, 0.004, len(sent_at)))
        due.append(np.searchsorted(arrives, np.arange(1, steps + 1) * 0.02))
    sent = np.zeros(2, np.int64)
    for row in rows:
        ring.write(row, ring.place(row, 0), bytes(160))
    gaps, delays = np.zeros(2, int), []
    for step in range(steps):
        while (late := rows[sent < np.array([due[0][step], due[1][step]])]).size:
            ahead = ring.ahead(late, (sent[late] * 160).astype(np.uint32)) // 160
            words = (sent[late, None] % 251).astype(np.uint8).repeat(160, 1)
            ring.put(late, ahead + ring.play[late], words)
            sent[late] += 1
        heard = jitter.take(2)[:2, 0]
        delay = (sent - 1 - heard) % 251
        gaps += delay > 10
        delays.append(np.where(delay > 10, 1, delay))
    late_delays = np.array(delays)[1000:]
    assert (gaps <= 8).all()
    assert late_delays.max() <= 2
    assert ring.top[0] - ring.play[0] <= 2


def test_jitter_widens_the_buffer_to_at_most_sixty_milliseconds():
    town, phone = bridge()
    random = Random(5)
    pending: list[tuple[int, tuple]] = []
    delays = []
    for step in range(1200):
        pending.append((step + random.choice((0, 0, 0, 1, 2)), phone.say()))
        now = [packet for moment, packet in pending if moment == step]
        pending = [(moment, packet) for moment, packet in pending if moment > step]
        heard = hear(town, *now)
        if heard in phone.said[-10:]:
            delays.append(len(phone.said) - phone.said.index(heard, max(0, len(phone.said) - 10)))
    assert 2 <= np.median(delays[500:]) <= 4
    assert len(delays) > 1150


def test_another_ssrc_goes_on_without_a_gap():
    town, phone = bridge()
    town.talk(10, "a")
    phone.ssrc, phone.timestamp, phone.sequence = 99, 12345, 7
    heard = town.talk(10, "a")
    assert heard == phone.said[9:19]
    assert town.matrix.parts.intake.lost(0) == 0


def test_a_jump_in_time_goes_on_without_a_gap():
    town, phone = bridge()
    town.talk(10, "a")
    phone.timestamp += 1_000_000
    assert town.talk(10, "a") == phone.said[9:19]
    phone.timestamp -= 3_000_000
    assert town.talk(10, "a") == phone.said[19:29]


@pytest.mark.parametrize("steps", [7, 40, 500])
def test_silence_on_their_side_does_not_change_the_delay(steps):
    town, phone = bridge()
    town.talk(10, "a")
    for _ in range(steps):
        hear(town)
    phone.timestamp += 160 * steps
    heard = town.talk(6, "a")
    assert heard[2:] == phone.said[11:15] or heard[2:] == phone.said[12:16]


@pytest.mark.parametrize("samples", [80, 240, 320, 480])
def test_other_packet_times_are_cut_into_frames(samples):
    town, phone = bridge()
    heard, owed = b"", 0
    for _ in range(60):
        owed += 160
        packets = []
        while owed >= samples:
            packets.append(phone.say(samples=samples))
            owed -= samples
        heard += hear(town, *packets)
    said = b"".join(phone.said)
    assert heard[-160 * 30 : -160 * 10] in said


@pytest.mark.parametrize("payload", [b"", bytes(1000)])
def test_odd_lengths_harm_nobody(payload):
    town, phone = bridge()
    town.talk(5, "a")
    hear(town, phone.packet(0, payload, 160))
    town.talk(20, "a")
    assert town.hears("b") in phone.said[-4:]


def test_quality_counts_what_was_received_lost_and_late():
    town, phone = bridge()
    town.talk(20, "a")
    packets = [phone.say() for _ in range(10)]
    for packet in packets[:4] + packets[6:]:
        hear(town, packet)
    hear(town, packets[4])
    told = town.obey(CloseLeg("a"))
    assert told == [Quality("a", 29, 1, 1, told[0].jitter, burst=1.0)]


def test_nothing_that_comes_in_can_stop_a_step():
    town, _ = bridge()
    random = Random(9)
    address = town.phones["a"].address
    for _ in range(300):
        junk = [(0, bytes([random.choice((0x80, 0x90, 0xB1))]) + random.randbytes(random.randrange(400)), address)]
        town.step(*junk * 3)


@pytest.mark.skipif(built is None, reason="the shim was not built")
@pytest.mark.parametrize("seed", range(12))
def test_frames_are_taken_in_c_as_in_numpy(seed):
    """Rows of every kind: steady, lossy, late, bursting, silent for long, and never heard."""
    random, rows = Random(seed), 6
    rings = Ring(rows), Ring(rows)
    sides = Jitter(rings[0], built), Jitter(rings[1], None)
    waiting: list[tuple[int, int, bytes, int]] = []
    for step in range(700):
        for row in range(rows - 1):
            if row == 4 and step // 100 % 2:
                continue
            if random.random() > (0.0, 0.1, 0.0, 0.02, 0.01)[row]:
                delay = (0, 0, random.choice([0, 0, 0, 1, 2]), 8 if 200 < step < 208 else 0, 0)[row]
                waiting.append((step + delay, row, bytes([random.randrange(256)]) * 160, step * 160))
        for _, row, payload, timestamp in [each for each in waiting if each[0] == step]:
            for ring in rings:
                if (sample := ring.place(row, timestamp)) is not None:
                    ring.write(row, sample, payload)
        waiting = [each for each in waiting if each[0] > step]
        said = [side.take(rows)[:rows].copy() for side in sides]
        assert np.array_equal(*said)
        for name in ("play", "top", "held", "margin", "late"):
            assert np.array_equal(*(getattr(ring, name) for ring in rings)), name
        assert np.array_equal(sides[0]._missed, sides[1]._missed)
    assert rings[0].margin.max() > 1 and rings[0].late.sum() > 0
