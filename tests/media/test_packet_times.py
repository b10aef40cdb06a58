"""Packets of 10 to 60 ms, in and out: the same speech comes out as went in."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest

from media import g711, orders
from media.rtp import parse
from tests.media.speech import likeness, speech
from tests.media.town import Town

TIMES = pytest.mark.parametrize("ms", [10, 20, 30, 40, 50, 60])
TYPES = pytest.mark.parametrize("payload_type", [0, 8])


def words(samples, payload_type=0):
    return g711.ENCODE[1 if payload_type == 8 else 0][samples.view(np.uint16)].tobytes()


def samples(payload, payload_type=0):
    return g711.DECODE[1 if payload_type == 8 else 0][np.frombuffer(payload, np.uint8)]


def listen(town, leg):
    """The packets of the last step to a leg that does not get them every 20 ms."""
    row = town.matrix.legs.rows[leg]
    return [parse(octets) for place, octets in town.last.events if place == row]


def say(town, payload_type, ms, jitter=0, lost=0.0, seconds=6.0):
    """A phone speaks in packets of this length, which come up to ``jitter`` ms late. What the partner heard."""
    random, phone, heard = Random(ms), town.open("a", payload_type), []
    town.open("b", payload_type)
    town.obey(orders.Join("a", "b"))
    size, data = 8 * ms, words(speech(seconds), payload_type)
    packets = [phone.say(data[at : at + size], size) for at in range(0, len(data) // size * size, size)]
    arrivals = [(number + 1) * ms + random.uniform(0, jitter) for number in range(len(packets))]
    kept = [random.random() >= lost for _ in packets]
    for step in range(int(50 * seconds)):
        due = [number for number, at in enumerate(arrivals) if step * 20 <= at < step * 20 + 20 and kept[number]]
        town.step(*(packets[number] for number in due))
        heard.append(samples(town.hears("b"), payload_type))
    return np.concatenate(heard)


@TIMES
@TYPES
def test_speech_of_any_packet_time_comes_through_bit_by_bit(ms, payload_type):
    heard = say(Town(), payload_type, ms)
    sent = samples(words(speech(6.0), payload_type), payload_type)[:-8000]
    found, delay = likeness(sent, heard)
    assert found > 0.9999
    assert np.array_equal(heard[delay : delay + len(sent)], sent)
    assert delay <= 8 * (ms + 60)


@TIMES
def test_jitter_of_15_ms_leaves_speech_alone(ms):
    heard = say(Town(), 0, ms, jitter=15, seconds=8.0)
    assert likeness(speech(8.0)[16000:-8000], heard, 24000)[0] > 0.97


@TIMES
@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_what_goes_out_has_the_time_that_was_agreed_on_and_is_the_same_speech(ms, codec):
    town, payload_type = Town(), 8 if codec == "PCMA" else 0
    town.open("b", payload_type, ptime=ms)
    town.add_sound("prompt", speech(3.0))
    town.obey(orders.Play("b", "p", ("prompt",)))
    got = []
    for _ in range(160):
        town.step()
        got += listen(town, "b") if ms != 20 else [town.heard["b"]]
    assert {len(packet.payload) for packet in got} == {8 * ms}
    assert [packet.marker for packet in got] == [True] + [False] * (len(got) - 1)
    for before, after in pairwise(got):
        assert (after.sequence - before.sequence) % 2**16 == 1
        assert (after.timestamp - before.timestamp) % 2**32 == 8 * ms
    heard = b"".join(packet.payload for packet in got)
    assert heard.startswith(words(speech(3.0), payload_type))


def test_a_phone_may_ask_for_another_time_in_the_call():
    town = Town()
    phone = town.open("a", ptime=30)
    got = []
    for ptime in (30, 60, 20, 10):
        town.obey(orders.Change("a", orders.Stream(*phone.address, ptime=ptime)))
        for _ in range(6):
            town.step()
            got += listen(town, "a") or ([town.heard["a"]] if "a" in town.heard else [])
    sizes = [len(packet.payload) for packet in got]
    assert sizes == [240] * 4 + [480] * 2 + [160] * 6 + [80] * 12
    assert len({packet.ssrc for packet in got}) == 1
    assert {(after.sequence - before.sequence) % 2**16 for before, after in pairwise(got)} == {1}


def test_keys_between_packets_of_60_ms_keep_their_place():
    town = Town()
    town.open("a", ptime=60)
    town.step()
    town.obey(orders.Press("a", "4"))
    got = []
    for _ in range(12):
        town.step()
        got += listen(town, "a")
    assert [packet.payload_type for packet in got] == [0] + [101] * 8 + [0]
    assert len(got[0].payload) == 160
    assert [after.sequence - before.sequence for before, after in pairwise(got)] == [1] * 9
    assert got[1].timestamp - got[0].timestamp == 160
