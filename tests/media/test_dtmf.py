from hypothesis import given
from hypothesis import strategies as st

from media.dtmf import DIGITS, Event, Presses, Typing, build, parse

EVENT = st.builds(Event, st.integers(0, 255), st.booleans(), st.integers(0, 63), st.integers(0, 65535))


@given(st.binary(max_size=8))
def test_any_octets_are_an_event_or_none(octets):
    assert (parse(octets) is None) == (len(octets) < 4)


@given(EVENT)
def test_what_is_built_is_read(event):
    assert parse(build(event)) == event


@given(st.lists(st.sampled_from(DIGITS), min_size=1, max_size=12), st.data())
def test_each_press_is_told_once_whatever_is_lost_repeated_or_late(keys, data):
    """Each press has six packets; some arrive, in any order within two presses, some twice."""
    packets = []
    for place, key in enumerate(keys):
        mine = [(place, Event(DIGITS.index(key), tick > 2, 10, min(tick + 1, 4) * 160)) for tick in range(6)]
        some = data.draw(st.lists(st.sampled_from(mine), min_size=1, max_size=8))
        packets += some
    swaps = data.draw(st.lists(st.integers(0, max(0, len(packets) - 2)), max_size=6))
    for swap in swaps:
        packets[swap : swap + 2] = reversed(packets[swap : swap + 2])
    presses = Presses()
    told = [(place, presses.receive(event, 1000 + place * 1280, 7)) for place, event in packets]
    assert sorted((place, digit) for place, digit in told if digit) == list(enumerate(keys))


def test_what_is_no_key_is_not_told():
    assert Presses().receive(Event(16, False, 10, 160), 1, 1) == ""


def test_a_key_held_longer_than_the_field_can_say_is_one_press():
    presses = Presses()
    assert presses.receive(Event(5, False, 10, 65535), 2**32 - 100, 1) == "5"
    assert presses.receive(Event(5, False, 10, 160), 65435, 1) == ""
    assert presses.receive(Event(5, False, 10, 160), 90000, 1) == "5"


def test_typing_takes_eight_steps_a_digit():
    typing = Typing()
    typing.add("1#")
    sent = [typing.step(1000 + 160 * step) for step in range(17)]
    assert sent[16] is None
    first, second = sent[:8], sent[8:16]
    assert {packet.timestamp for packet in first} == {1000}
    assert {packet.timestamp for packet in second} == {1000 + 8 * 160}
    assert [packet.marker for packet in first] == [True] + [False] * 7
    events = [parse(packet.payload) for packet in first]
    assert [event.duration for event in events] == [160, 320, 480, 640, 800, 800, 800, 800]
    assert [event.end for event in events] == [False] * 5 + [True] * 3
    assert {parse(packet.payload).code for packet in second} == {DIGITS.index("#")}
