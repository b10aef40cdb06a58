"""What is special about paper; the promises that it shares with the worker are in tests/contract."""

import random

from hypothesis import given
from hypothesis import strategies as st

from media import orders
from media.orders import Stream
from media.paper import Paper
from media.paper_rows import Hearing

LENGTHS = {"/hello.wav": 2.0, "/bye.wav": 1.0, "/music.wav": 30.0}


def seconds(path: str) -> float:
    if path not in LENGTHS:
        raise FileNotFoundError(path)
    return LENGTHS[path]


def paper(*legs: str) -> Paper:
    media = Paper(seconds)
    (seats,) = media.wake(0.0)
    for leg, port in zip(legs, seats.ports, strict=False):
        assert media.obey(orders.Open(leg, port, Stream("192.0.2.7", 4000)), 0.0) == []
    return media


def test_seats_are_offered_before_anything_is_asked():
    media = Paper(seconds)
    assert media.deadline == 0.0
    (seats,) = media.wake(5.0)
    assert len(set(seats.ports)) == 1000
    assert media.deadline is None


def test_seats_never_run_out():
    media = Paper(seconds)
    free = [port for report in media.wake(0.0) for port in report.ports]
    for number in range(2500):
        if media.deadline == 0.0:
            free += [port for report in media.wake(0.0) for port in report.ports]
        assert media.obey(orders.Open(f"leg-{number}", free.pop()), 0.0) == []
    assert len(media.rows) == 2500


def test_a_play_lasts_as_long_as_its_sounds():
    media = paper("a")
    media.obey(orders.Play("a", "p1", ("/hello.wav", "/bye.wav")), 10.0)
    assert media.deadline == 13.0
    assert media.hears("a").foreground == ("/hello.wav", "/bye.wav")
    assert media.wake(12.9) == []
    assert media.wake(13.0) == [orders.Played("a", "p1")]
    assert (media.deadline, media.hears("a")) == (None, Hearing())


def test_a_new_play_replaces_one_that_is_not_reported():
    media = paper("a")
    media.obey(orders.Play("a", "p1", ("/hello.wav",)), 0.0)
    media.obey(orders.Play("a", "p2", ("/bye.wav",)), 1.5)
    assert media.wake(9.0) == [orders.Played("a", "p2")]


def test_music_is_ducked_under_a_foreground_and_gone_in_a_join():
    media = paper("a", "b")
    media.obey(orders.Music("a", "/music.wav"), 0.0)
    assert media.hears("a") == Hearing(background="/music.wav")
    media.obey(orders.Play("a", "p", ("/bye.wav",)), 0.0)
    assert media.hears("a") == Hearing(("/bye.wav",), "/music.wav", ducked=True)
    media.obey(orders.Join("a", "b"), 0.5)
    assert (media.hears("a"), media.hears("b")) == (Hearing(voices=("b",)), Hearing(voices=("a",)))
    assert media.wake(9.0) == []
    media.obey(orders.Music("b", "/music.wav"), 10.0)
    assert media.hears("b") == Hearing(voices=("a",))
    media.obey(orders.Part("a"), 10.0)
    assert (media.hears("a"), media.hears("b")) == (Hearing(), Hearing(background="/music.wav"))


def test_a_join_takes_both_out_of_what_they_were_in():
    media = paper("a", "b", "c")
    media.obey(orders.Join("a", "b"), 0.0)
    media.obey(orders.Join("b", "c"), 1.0)
    assert [media.hears(leg).partner for leg in "abc"] == ["", "c", "b"]
    media.obey(orders.Close("c"), 2.0)
    assert media.hears("b") == Hearing()


def test_silence_is_reported_once_and_so_is_its_end():
    media = paper("a")
    media.fall_silent("a", 10.0)
    assert media.deadline == 13.0
    assert media.wake(13.0) == [orders.WentSilent("a", 3.0)]
    assert media.deadline is None
    assert media.speak_again("a", 20.0) == [orders.HeardAgain("a")]
    media.fall_silent("a", 30.0)
    assert media.speak_again("a", 31.0) == []
    assert media.wake(60.0) == []


def test_nobody_is_silent_who_may_not_speak():
    media = paper("a")
    media.obey(orders.Change("a", Stream("192.0.2.7", 4000, direction="sendonly")), 0.0)
    media.fall_silent("a", 1.0)
    assert (media.deadline, media.press("a", "1", 2.0)) == (None, [])
    media.obey(orders.Change("a", Stream("192.0.2.7", 4000)), 5.0)
    assert media.wake(8.0) == [orders.WentSilent("a", 3.0)]


def test_packets_are_counted_while_they_come():
    media = paper("a")
    media.fall_silent("a", 4.0)
    media.speak_again("a", 5.0)
    quality, seats = media.obey(orders.Close("a"), 7.0)
    assert (quality.received, quality.lost) == (300, 0)
    assert seats == orders.Seats((40000,))


def test_a_recording_changes_hands_and_goes_on():
    media = paper("a", "b", "c")
    media.obey(orders.Record("r", "/r.wav", "a", "b"), 1.0)
    media.obey(orders.Pause("r"), 2.0)
    assert media.tapes["r"].paused
    media.obey(orders.Resume("r"), 3.0)
    media.obey(orders.Record("r", "/r.wav", "a", "c"), 4.0)
    assert (media.tapes["r"].right, media.tapes["r"].paused) == ("c", False)
    assert media.obey(orders.Finish("r"), 6.0) == [orders.Recorded("r", 5.0)]


def test_what_cannot_be_done_is_told():
    media = paper("a")
    nobody = (
        orders.Play("x", "p", ()), orders.Join("a", "x"), orders.Join("a", "a"), orders.Finish("x"), orders.Pause("x"),
        orders.Open("a", 40002), orders.Open("b", 40000), orders.Music("a", "/none.wav"),
        orders.Play("a", "p", ("/none.wav",)),
    )  # fmt: skip
    for order in nobody:
        assert [type(report) for report in media.obey(order, 0.0)] == [orders.Trouble]
    assert media.hears("a").partner == ""
    assert media.wake(0.0) == [orders.Played("a", "p")]


def test_the_far_end_hears_the_keys_that_are_pressed_for_it():
    media = paper("a")
    media.obey(orders.Press("a", "12"), 0.0)
    media.obey(orders.Press("a", "#"), 1.0)
    assert media.hears("a").digits == "12#"


def test_a_pressed_key_reaches_the_partner():
    media = paper("a", "b")
    media.obey(orders.Join("a", "b"), 0.0)
    assert media.press("a", "5", 1.0) == [orders.Pressed("a", "5")]
    assert (media.hears("a").digits, media.hears("b").digits) == ("", "5")


def test_to_end_what_is_over_is_no_trouble():
    media = paper("a")
    media.obey(orders.Close("a"), 0.0)
    for order in (orders.Stop("a"), orders.Part("a"), orders.Close("a")):
        assert media.obey(order, 1.0) == []


@given(st.integers(0, 2**32))
def test_whatever_is_ordered_joins_are_mutual_and_each_play_ends_at_most_once(seed):
    rng, names, now = random.Random(seed), "abcd", 0.0
    media = Paper(seconds)
    seats = [port for report in media.wake(0.0) for port in report.ports]
    played: list[orders.Played] = []
    for number in range(60):
        one, other = rng.sample(names, 2)
        order = rng.choice(
            [
                orders.Open(one, rng.choice(seats[:6])), orders.Play(one, f"p{number}", ("/hello.wav", "/bye.wav")),
                orders.Stop(one), orders.Join(one, other), orders.Part(one), orders.Music(one, "/music.wav"),
                orders.Close(one), orders.Change(one, Stream("192.0.2.7", 4000)),
            ]
        )  # fmt: skip
        media.obey(order, now)
        now += rng.random() * 2
        played += [report for report in media.wake(now) if isinstance(report, orders.Played)]
        partners = {leg: row.partner for leg, row in media.rows.items() if row.partner}
        assert all(partners.get(other) == leg for leg, other in partners.items())
    assert len({report.play for report in played}) == len(played)
    assert all(row.port not in media._free for row in media.rows.values())
