"""Who hears whom, and what plays: the matrix from orders and packets to packets."""

from itertools import pairwise

import numpy as np

from media import orders
from media.g711 import CONVERT, DECODE, ENCODE
from media.mixer import DUCKED
from media.orders import Change, Close, Join, Music, Open, Part, Play, Played, Stop, Stream, Trouble
from tests.media.town import Town, silence


def steady(level: int, frames: int) -> np.ndarray:
    return np.full(160 * frames, level)


def nearest(level: float) -> int:
    return int(DECODE[0][ENCODE[0][np.int16(level).view(np.uint16)]])


def test_a_bridge_of_one_codec_is_bit_exact():
    town = Town()
    town.open("a")
    town.open("b")
    town.obey(Join("a", "b"))
    heard = town.talk(50)
    said = town.phones["a"].said
    assert heard[1:] == said[:49]


def test_a_bridge_between_codecs_converts():
    town = Town()
    town.open("a", 0)
    town.open("b", 8)
    town.obey(Join("a", "b"))
    heard = town.talk(10)
    assert heard[-1] == CONVERT[0][np.frombuffer(town.phones["a"].said[-2], np.uint8)].tobytes()
    assert town.hears("a") == CONVERT[1][np.frombuffer(town.phones["b"].said[-2], np.uint8)].tobytes()
    assert town.heard["b"].payload_type == 8


def test_who_hears_nobody_hears_silence_without_a_pause():
    town = Town()
    town.open("a")
    town.open("b", 8)
    stream = []
    for _ in range(5):
        town.step()
        stream.append(town.heard["a"])
        assert (town.hears("a"), town.hears("b")) == (silence(0), silence(8))
    assert [packet.marker for packet in stream] == [True, False, False, False, False]
    assert {packet.ssrc for packet in stream} == {stream[0].ssrc}
    for before, after in pairwise(stream):
        assert (after.sequence - before.sequence) % 2**16 == 1
        assert (after.timestamp - before.timestamp) % 2**32 == 160


def test_a_join_goes_on_with_the_stream():
    town = Town()
    town.open("a")
    town.open("b")
    town.step()
    before = town.heard["b"]
    town.obey(Join("a", "b"))
    town.step()
    after = town.heard["b"]
    assert (after.ssrc, after.marker) == (before.ssrc, False)
    assert (after.timestamp - before.timestamp) % 2**32 == 160


def test_a_prompt_alone_is_copied_and_told_when_heard():
    town = Town()
    town.open("a")
    town.add_sound("one", steady(1000, 2))
    town.add_sound("two", np.full(200, 3000))
    town.obey(Play("a", "menu", ("one", "two")))
    levels = []
    for _ in range(5):
        town.step()
        levels.append(tuple(town.samples("a")[[0, 159]]))
    one, two = nearest(1000), nearest(3000)
    assert levels == [(one, one), (one, one), (two, two), (two, 0), (0, 0)]
    assert town.told == [Played("a", "menu")]


def test_music_is_ducked_by_a_ramp_of_one_frame_each_way():
    town = Town()
    town.open("a")
    town.add_sound("music", steady(8000, 3))
    town.add_sound("voice", steady(0, 3))
    town.obey(Music("a", "music"))
    town.step()
    assert (town.samples("a") == nearest(8000)).all()
    town.obey(Play("a", "position", ("voice",)))
    town.step()
    falling = town.samples("a")
    assert (np.diff(falling) <= 0).all()
    assert abs(falling[0] - 8000) < 400
    assert abs(falling[-1] - 8000 * DUCKED) < 100
    town.step()
    assert (town.samples("a") == nearest(8000 * DUCKED)).all()
    town.step()
    assert town.told == [Played("a", "position")]
    town.step()
    rising = town.samples("a")
    assert (np.diff(rising) >= 0).all()
    town.step()
    assert (town.samples("a") == nearest(8000)).all()


def test_loud_voice_over_loud_music_is_clipped_not_wrapped():
    town = Town()
    town.open("a")
    town.add_sound("music", steady(32000, 3))
    town.add_sound("voice", steady(32000, 3))
    town.obey(Music("a", "music"), Play("a", "p", ("voice",)))
    town.step()
    assert (town.samples("a") > 30000).all()


def test_music_goes_round():
    town = Town()
    town.open("a")
    town.add_sound("music", np.repeat([1000, 2000, 3000], 160))
    town.obey(Music("a", "music"))
    levels = []
    for _ in range(7):
        town.step()
        levels.append(int(town.samples("a")[0]))
    once = [nearest(level) for level in (1000, 2000, 3000)]
    assert levels == once + once + once[:1]


def test_what_plays_stops_in_the_frame_of_the_join():
    town = Town()
    town.open("a")
    town.open("b")
    town.add_sound("music", steady(8000, 3))
    town.add_sound("voice", steady(4000, 300))
    town.obey(Music("a", "music"), Play("a", "position", ("voice",)))
    town.talk(5)
    town.obey(Join("a", "b"))
    town.talk(1)
    assert town.hears("a") == town.phones["b"].said[-2]
    town.obey(Part("b"))
    town.talk(1)
    assert town.hears("a") == town.hears("b") == silence()
    assert town.told == []


def test_a_stop_is_heard_in_the_next_frame():
    town = Town()
    town.open("a")
    town.add_sound("voice", steady(4000, 300))
    town.obey(Play("a", "p", ("voice",)))
    town.step()
    town.obey(Stop("a", "another"))
    town.step()
    assert (town.samples("a") == nearest(4000)).all()
    town.obey(Stop("a", "p"))
    town.step()
    assert town.hears("a") == silence()


def test_a_whisper_is_mixed_over_the_partner():
    town = Town()
    town.open("a")
    town.open("b")
    town.add_sound("beep", steady(1000, 1))
    town.obey(Join("a", "b"))
    loud = bytes(ENCODE[0][np.full(160, 2000, np.uint16)])
    for _ in range(3):
        town.step(town.phones["a"].say(loud), town.phones["b"].say(loud))
    town.obey(Play("b", "beep", ("beep",)))
    town.step(town.phones["a"].say(loud))
    assert (np.abs(town.samples("b") - 3000) < 100).all()
    town.step(town.phones["a"].say(loud))
    assert town.hears("b") == loud
    assert town.told == [Played("b", "beep")]


def test_missing_sounds_are_told_and_end_the_play():
    town = Town()
    town.open("a")
    told = town.obey(Play("a", "p", ("missing",)))
    assert [type(report) for report in told] == [Trouble, Played]
    assert town.obey(Play("a", "q", ())) == [Played("a", "q")]
    assert [type(report) for report in town.obey(Music("a", "missing"))] == [Trouble]


def test_a_held_leg_is_not_sent_to_and_what_it_sends_is_not_heard():
    town = Town()
    town.open("a")
    town.open("b")
    town.obey(Join("a", "b"))
    town.talk(3)
    town.obey(Change("a", Stream(*town.phones["a"].address, direction="inactive")))
    town.talk(8)
    assert "a" not in town.heard
    assert town.hears("b") == silence()


def test_a_row_that_is_left_is_clean_for_the_next_leg():
    town = Town()
    town.open("a")
    town.open("b")
    town.obey(Join("a", "b"))
    town.talk(5)
    town.obey(Close("a"))
    town.step()
    assert town.hears("b") == silence()
    assert town.obey(Open("c", 40000, Stream("192.0.2.9", 9000))) == []
    assert town.matrix.legs.rows["c"] == 0
    phone = town.phones["a"]
    town.phones = {"c": phone, "b": town.phones["b"]}
    town.step()
    assert town.hears("c") == silence()
    assert town.matrix.targets[0] == ("192.0.2.9", 9000)


def test_a_codec_that_is_not_known_is_trouble():
    town = Town()
    told = town.obey(Open("a", 40000, Stream("192.0.2.1", 4000, codec="G729", payload_type=18)))
    assert [type(report) for report in told] == [Trouble]
    assert town.obey(orders.Close("a"))[0] == orders.Quality("a", 0, 0, 0, 0.0)
