"""Pressed keys, in and out."""

from media.dialling import _coded
from media.dtmf import parse
from media.orders import Join, Press, Pressed, Trouble
from tests.media.town import Town


def pair(**stream: object) -> Town:
    town = Town()
    town.open("a")
    town.open("b", **stream)
    town.obey(Join("a", "b"))
    town.talk(5)
    return town


def test_a_press_is_told_at_its_first_packet_and_once():
    town = pair()
    phone = town.phones["a"]
    begun = phone.timestamp
    told = town.step(phone.key(5, 160, begun=begun, move=160))
    assert told == [Pressed("a", "5")]
    for tick in range(2, 8):
        town.step(phone.key(5, 160 * min(tick, 5), tick > 5, begun, move=160))
    assert town.told == [Pressed("a", "5")]


def test_only_the_end_arrives():
    town = pair()
    phone = town.phones["a"]
    begun = phone.timestamp
    phone.timestamp += 800
    end = phone.key(11, 800, True, begun)
    town.step(end, end, end)
    assert town.told == [Pressed("a", "#")]


def test_the_partner_gets_the_key_and_no_sound_of_it():
    town = pair()
    phone = town.phones["a"]
    begun, keys, heard = phone.timestamp, [], []
    for tick in range(1, 12):
        both = [phone.key(7, 160 * min(tick, 8), tick > 8, begun), phone.say()] if tick < 9 else [phone.say()]
        town.step(*both)
        keys += town.events["b"]
        heard.append(town.hears("b"))
    assert len({event.timestamp for event in keys}) == 1
    assert [parse(event.payload).code for event in keys] == [7] * 8
    assert heard[1:8] == [b""] * 7  # audio is withheld while the key is sent
    assert not set(heard[2:9]) & set(phone.said[-11:-3])


def test_what_is_said_beside_a_key_is_not_heard_where_events_are_not_taken():
    town = pair(event_type=None)
    phone = town.phones["a"]
    begun, heard = phone.timestamp, []
    for tick in range(1, 9):
        town.step(phone.key(7, 160 * tick, False, begun), phone.say())
        assert town.events["b"] == []
        heard.append(town.hears("b"))
    assert not set(heard[1:]) & set(phone.said)
    assert heard[1] == _coded("7", 0)[1].tobytes()  # A tone of our own takes its place.


def test_digits_are_sent_and_the_stream_goes_on_after_them():
    town = pair()
    town.talk(1)
    before = town.heard["a"]
    town.obey(Press("a", "1d"))
    events, stream = [], []
    for _ in range(20):
        town.step()
        events += town.events["a"]
        stream += [*town.events["a"], *([town.heard["a"]] if "a" in town.heard else [])]
    assert [parse(event.payload).code for event in events] == [1] * 8 + [15] * 8
    assert [packet.sequence for packet in stream] == [(before.sequence + 1 + n) % 2**16 for n in range(20)]
    assert (stream[16].timestamp - before.timestamp) % 2**32 == 17 * 160
    assert {packet.payload_type for packet in events} == {101}


def test_what_cannot_be_pressed_is_trouble():
    town = pair(event_type=None)
    assert [type(told) for told in town.obey(Press("b", "1x"), Press("a", "1x"))] == [Trouble, Trouble]


def test_the_same_key_twice_is_two_presses():
    town = pair()
    phone = town.phones["a"]
    for _ in range(2):
        begun = phone.timestamp
        for tick in range(1, 6):
            town.step(phone.key(0, 160 * tick, tick == 5, begun, move=160))
        town.talk(3, "a")
    assert town.told == [Pressed("a", "0"), Pressed("a", "0")]
