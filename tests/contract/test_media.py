"""The promises of media/orders.py, kept by media on paper and by the real worker alike.

The worker is one process for the whole suite; each test has legs of its own in it.
"""

import wave

import pytest

from media import orders
from media.orders import Played, Pressed, Recorded, Stream, Trouble


def test_seats_are_offered_before_anything_is_asked(stage):
    assert isinstance(stage.told[0], orders.Seats)
    assert len(stage.free) == len(set(stage.free)) > 10


def test_played_follows_the_last_sound(stage):
    (leg,) = stage.open("a")
    stage.obey(orders.Play(leg, "greeting", stage.sound("hello", "bye")))
    assert stage.until(lambda: "hello" in stage.hears(leg))
    assert stage.of(leg, Played) == []
    assert stage.until(lambda: "bye" in stage.hears(leg))
    assert stage.until(lambda: stage.of(leg))
    assert stage.of(leg) == [Played(leg, "greeting")]
    assert stage.until(lambda: stage.hears(leg) == set())


def test_nothing_to_play_is_played(stage):
    (leg,) = stage.open("a")
    stage.obey(orders.Play(leg, "nothing", ()))
    assert stage.until(lambda: stage.of(leg))
    assert stage.of(leg) == [Played(leg, "nothing")]


def test_a_stopped_play_is_silent_and_not_reported(stage):
    (leg,) = stage.open("a")
    stage.obey(orders.Play(leg, "greeting", stage.sound("hello")))
    assert stage.until(lambda: stage.hears(leg) == {"hello"})
    stage.obey(orders.Stop(leg, "another"))
    stage.obey(orders.Stop(leg, "greeting"))
    assert stage.until(lambda: stage.hears(leg) == set())
    stage.wait(0.25)
    assert stage.of(leg) == []


def test_stop_names_the_play_that_it_means(stage):
    (leg,) = stage.open("a")
    stage.obey(orders.Play(leg, "greeting", stage.sound("bye")), orders.Stop(leg, "another"))
    assert stage.until(lambda: stage.of(leg))
    assert stage.of(leg) == [Played(leg, "greeting")]


def test_a_replaced_play_is_not_reported(stage):
    (leg,) = stage.open("a")
    stage.obey(orders.Play(leg, "one", stage.sound("long")), orders.Play(leg, "two", stage.sound("bye")))
    assert stage.until(lambda: stage.of(leg))
    assert stage.of(leg) == [Played(leg, "two")]


def test_music_is_heard_under_the_foreground_and_after_it(stage):
    (leg,) = stage.open("a")
    stage.obey(orders.Music(leg, *stage.sound("music")))
    assert stage.until(lambda: stage.hears(leg) == {"music"})
    stage.obey(orders.Play(leg, "position", stage.sound("hello")))
    assert stage.until(lambda: stage.hears(leg) == {"music", "hello"})
    assert stage.until(lambda: stage.of(leg, Played))
    assert stage.until(lambda: stage.hears(leg) == {"music"})
    stage.obey(orders.Music(leg, ""))
    assert stage.until(lambda: stage.hears(leg) == set())


def test_a_join_stops_what_played_and_both_hear_each_other(stage):
    one, other = stage.open("a", "b")
    stage.obey(orders.Music(one, *stage.sound("music")), orders.Play(one, "position", stage.sound("long")))
    stage.obey(orders.Play(other, "whisper", stage.sound("long")))
    assert stage.until(lambda: stage.hears(one) == {"music", "long"} and stage.hears(other) == {"long"})
    stage.obey(orders.Join(one, other))
    assert stage.until(lambda: stage.hears(one) == {"b"} and stage.hears(other) == {"a"})
    stage.obey(orders.Part(other))
    assert stage.until(lambda: stage.hears(one) == stage.hears(other) == set())
    assert stage.of(one) + stage.of(other) == []


def test_music_that_is_ordered_in_a_join_is_heard_after_it(stage):
    one, other = stage.open("a", "b")
    stage.obey(orders.Join(one, other), orders.Music(one, *stage.sound("music")))
    assert stage.until(lambda: stage.hears(one) == {"b"})
    stage.obey(orders.Close(other))
    assert stage.until(lambda: stage.hears(one) == {"music"})


def test_who_is_joined_anew_leaves_the_old_partner(stage):
    one, other, third = stage.open("a", "b", "c")
    stage.obey(orders.Join(one, other), orders.Join(one, third))
    assert stage.until(lambda: stage.hears(one) == {"c"} and stage.hears(third) == {"a"})
    assert stage.hears(other) == set()
    stage.obey(orders.Close(third))
    assert stage.until(lambda: stage.hears(one) == set())


def hear(stage, **heard):
    """Wait until each of these legs hears these parties; a leg is named by its party."""
    return stage.until(lambda: all(
        stage.hears(leg) == set(parties)
        for name, parties in heard.items() for leg in stage.named if leg in stage.here and stage.named[leg] == name))


def test_everybody_in_a_bridge_hears_all_others_and_not_themselves(stage):
    a, b, c = stage.here = stage.open("a", "b", "c")
    stage.obey(orders.Music(a, *stage.sound("music")), orders.Play(b, "whisper", stage.sound("long")))
    assert stage.until(lambda: stage.hears(a) == {"music"} and stage.hears(b) == {"long"})
    stage.obey(orders.Bridge("bridge", (a, b, c)))
    assert hear(stage, a="bc", b="ac", c="ab")
    assert stage.of(b) == []


def test_who_leaves_a_bridge_leaves_the_others_together(stage):
    """By Part, by Close, by a join with somebody else; the last one hears silence."""
    a, b, c, d = stage.here = stage.open("a", "b", "c", "d")
    stage.obey(orders.Bridge("bridge", (a, b, c, d)))
    assert hear(stage, a="bcd", d="abc")
    stage.obey(orders.Part(d))
    assert hear(stage, a="bc", b="ac", c="ab", d="")
    stage.obey(orders.Join(c, d))
    assert hear(stage, a="b", b="a", c="d", d="c")
    stage.obey(orders.Close(a))
    stage.here.remove(a)
    assert hear(stage, b="", c="d", d="c")


def test_a_bridge_given_again_changes_who_is_in_it(stage):
    a, b, c, d = stage.here = stage.open("a", "b", "c", "d")
    stage.obey(orders.Join(a, b), orders.Bridge("bridge", (a, b, c)))
    assert hear(stage, a="bc", b="ac", c="ab")
    stage.obey(orders.Bridge("bridge", (b, c, d)))
    assert hear(stage, a="", b="cd", c="bd", d="bc")
    stage.obey(orders.Bridge("bridge", (b, d)))
    assert hear(stage, a="", b="d", c="", d="b")
    stage.obey(orders.Bridge("bridge", (a, b, d)))
    assert hear(stage, a="bd", b="ad", d="ab")
    stage.obey(orders.Bridge("bridge", ()))
    assert hear(stage, a="", b="", d="")


def test_who_is_muted_hears_and_is_not_heard(stage):
    a, b, c = stage.here = stage.open("a", "b", "c")
    stage.obey(orders.Bridge("bridge", (a, b, c), muted=(b,)))
    assert hear(stage, a="c", b="ac", c="a")
    stage.obey(orders.Bridge("bridge", (a, b), muted=(b,)))
    assert hear(stage, a="", b="a", c="")
    stage.obey(orders.Bridge("bridge", (a, b)))
    assert hear(stage, a="b", b="a")


def test_a_whisper_is_heard_by_one(stage):
    """A supervisor who listens, whispers to one of the two, breaks in; and the two alone again."""
    a, b, c = stage.here = stage.open("a", "b", "c")
    stage.obey(orders.Join(a, b), orders.Bridge("bridge", (a, b, c), muted=(c,)))
    assert hear(stage, a="b", b="a", c="ab")
    stage.obey(orders.Bridge("bridge", (a, b, c), muted=(c,), whispers=((c, a),)))
    assert hear(stage, a="bc", b="a", c="ab")
    stage.press(c, "7")
    assert stage.until(lambda: stage.digits(a) == "7") and stage.digits(b) == ""
    stage.obey(orders.Bridge("bridge", (a, b, c)))
    assert hear(stage, a="bc", b="ac", c="ab")
    stage.obey(orders.Bridge("bridge", (a, b, c), muted=(c,), whispers=((c, b),)), orders.Close(c))
    stage.here.remove(c)
    assert hear(stage, a="b", b="a")


def test_a_whisper_to_who_is_not_there_is_heard_by_nobody(stage):
    a, b, c = stage.here = stage.open("a", "b", "c")
    stage.obey(orders.Bridge("bridge", (a, b, c), muted=(c,), whispers=((c, "nobody"), (a, b))))
    assert hear(stage, a="b", b="a", c="ab")


def test_a_foreground_and_a_key_in_a_bridge(stage):
    a, b, c = stage.here = stage.open("a", "b", "c")
    stage.obey(orders.Bridge("bridge", (a, b, c)))
    assert hear(stage, a="bc")
    stage.obey(orders.Play(a, "whisper", stage.sound("hello")))
    assert stage.until(lambda: stage.hears(a) == {"b", "c", "hello"})
    assert stage.until(lambda: stage.of(a)) and stage.of(a) == [Played(a, "whisper")]
    stage.press(b, "7")
    assert stage.until(lambda: stage.digits(a) == stage.digits(c) == "7")
    assert stage.digits(b) == ""


def test_a_bridge_with_a_leg_that_is_gone_is_one_of_the_others(stage):
    a, b = stage.here = stage.open("a", "b")
    before = len(stage.of("nobody", Trouble))
    stage.obey(orders.Bridge("bridge", (a, "nobody", b)))
    assert stage.until(lambda: len(stage.of("nobody", Trouble)) == before + 1)
    assert hear(stage, a="b", b="a")


def test_one_press_is_told_once_and_reaches_the_partner(stage):
    one, other = stage.open("a", "b")
    stage.obey(orders.Join(one, other))
    assert stage.until(lambda: stage.hears(one) == {"b"} and stage.hears(other) == {"a"})
    stage.press(one, "5")
    assert stage.until(lambda: stage.digits(other) == "5")
    stage.wait(0.1)
    assert stage.of(one) == [Pressed(one, "5")]
    assert stage.of(other) == []


def test_digits_are_pressed_for_the_far_end(stage):
    (leg,) = stage.open("a")
    stage.obey(orders.Press(leg, "1#"))
    assert stage.until(lambda: stage.digits(leg) == "1#")


def test_a_recording_goes_on_without_its_legs_until_it_is_finished(stage, tmp_path):
    one, other = stage.open("a", "b")
    name, path = f"recording-{one}", tmp_path / "recording.wav"
    stage.obey(orders.Record(name, str(path), one), orders.Record(name, str(path), one, other))
    stage.obey(orders.Pause(name))
    stage.wait(0.1)
    stage.obey(orders.Resume(name), orders.Close(one))
    stage.wait(0.1)
    stage.obey(orders.Finish(name))
    assert stage.until(lambda: stage.of(name))
    (recorded,) = stage.of(name)
    assert recorded == Recorded(name, recorded.seconds)
    assert recorded.seconds >= 0.1
    if path.exists():
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getnframes()) == (2, round(recorded.seconds * 8000))


def test_a_missing_sound_is_told_and_the_others_are_played(stage):
    (leg,) = stage.open("a")
    stage.obey(orders.Play(leg, "greeting", stage.sound("none", "bye")))
    assert stage.until(lambda: stage.of(leg, Played))
    assert [type(told) for told in stage.of(leg)] == [Trouble, Played]


def test_silence_is_told_once_and_so_is_its_end(stage):
    (leg,) = stage.open("a")
    stage.wait(0.1)
    stage.hush(leg, True)
    assert stage.until(lambda: stage.of(leg))
    stage.wait(0.2)
    stage.hush(leg, False)
    assert stage.until(lambda: len(stage.of(leg)) > 1)
    assert [type(told) for told in stage.of(leg)] == [orders.WentSilent, orders.HeardAgain]


def test_who_may_not_send_is_not_missed(stage):
    (leg,) = stage.open("a", direction="sendonly")
    stage.hush(leg, True)
    stage.obey(orders.Music(leg, *stage.sound("music")))
    stage.wait(0.5)
    assert (stage.hears(leg), stage.of(leg)) == ({"music"}, [])


def test_nothing_is_sent_to_who_may_not_hear(stage):
    (leg,) = stage.open("a", direction="recvonly")
    stage.obey(orders.Play(leg, "greeting", stage.sound("bye")))
    assert stage.until(lambda: stage.of(leg))
    assert (stage.hears(leg), stage.of(leg)) == (set(), [Played(leg, "greeting")])


def test_a_closed_leg_tells_its_quality_and_ends_quietly(stage):
    (leg,) = stage.open("a")
    stage.wait(0.3)
    stage.obey(orders.Play(leg, "greeting", stage.sound("long")), orders.Close(leg))
    assert stage.until(lambda: stage.of(leg))
    stage.obey(orders.Stop(leg), orders.Part(leg), orders.Close(leg))
    stage.wait(0.1)
    (quality,) = stage.of(leg)
    assert (type(quality), quality.received > 5) == (orders.Quality, True)


@pytest.mark.parametrize(
    "order",
    [
        orders.Open("stranger", 1), orders.Change("stranger", Stream("127.0.0.1", 9)), orders.Press("stranger", "1"),
        orders.Play("stranger", "p", ()), orders.Join("stranger", "other"), orders.Music("stranger", ""),
    ],
    ids=lambda order: type(order).__name__,
)  # fmt: skip
def test_what_cannot_be_done_is_trouble(stage, order):
    before = len(stage.of("stranger", Trouble))
    stage.obey(order)
    assert stage.until(lambda: len(stage.of("stranger", Trouble)) == before + 1)


def test_a_leg_cannot_be_opened_twice_nor_on_a_seat_that_is_taken(stage):
    (leg,) = stage.open("a")
    stage.obey(orders.Open(leg, stage.free[0]))
    assert stage.until(lambda: len(stage.of(leg, Trouble)) == 1)
    (other,) = stage.open("b")
    assert stage.of(other) == []


def test_a_seat_that_was_left_is_offered_again(stage):
    assert stage.until(lambda: stage.left in stage.free)
