"""Where packets may come from, and where ours go to."""

from media.orders import Change, HeardAgain, Join, Open, Stream, Trouble, WentSilent
from tests.media.town import Phone, Town

OTHER = ("198.51.100.7", 7000)


def moved(packet: tuple, address: tuple) -> tuple:
    return (*packet[:2], address)


def test_we_send_to_where_packets_come_from():
    town = Town()
    phone = town.open("a")
    town.step()
    assert town.matrix.targets[0] == phone.address
    phone.address = OTHER
    town.talk(1)
    assert town.matrix.targets[0] == OTHER


def test_strangers_are_counted_and_dropped():
    town = Town()
    phone = town.open("a")
    town.open("b")
    town.obey(Join("a", "b"))
    town.talk(5)
    stranger = Phone(0, 0, 77)
    for _ in range(5):
        town.step(phone.say(), moved(stranger.say(), OTHER))
        assert town.hears("b") in phone.said
    assert town.matrix.parts.sources.strangers[0] == 5
    assert town.matrix.targets[0] == phone.address


def test_whom_signalling_named_wins_over_who_came_first():
    town = Town()
    phone = town.open("a")
    stranger = Phone(0, 0, 77)
    town.step(moved(stranger.say(), OTHER))
    assert town.matrix.targets[0] == OTHER
    town.step(phone.say())
    assert town.matrix.targets[0] == phone.address
    town.step(moved(stranger.say(), OTHER))
    assert town.matrix.targets[0] == phone.address


def test_after_three_silent_seconds_another_may_take_over():
    town = Town()
    phone = town.open("a")
    town.talk(3)
    for _ in range(140):
        town.step()
    town.step(moved(phone.say(), OTHER))
    assert town.matrix.targets[0] == phone.address
    for _ in range(20):
        town.step()
    town.step(moved(phone.say(), OTHER))
    assert town.matrix.targets[0] == OTHER


def test_a_change_unlocks_but_not_for_leftovers_of_before():
    town = Town()
    phone = town.open("a")
    town.talk(3)
    new = ("192.0.2.200", 5000)
    town.obey(Change("a", Stream(*new)))
    town.step(phone.say())
    assert town.matrix.targets[0] == new
    town.step(moved(phone.say(), ("192.0.2.200", 6000)))
    assert town.matrix.targets[0] == ("192.0.2.200", 6000)


def test_a_change_of_direction_only_keeps_the_learnt_target():
    town = Town()
    phone = town.open("a")
    named = phone.address
    phone.address = OTHER
    town.talk(3)
    town.obey(Change("a", Stream(*named, direction="sendonly")))
    town.step()
    assert town.matrix.targets[0] == OTHER
    assert "a" in town.heard


def test_without_an_address_the_first_packet_tells_it():
    town = Town()
    phone = Phone(0, 0, 1)
    town.phones["a"] = phone
    town.obey(Open("a", 40000), Change("a", Stream("0.0.0.0", 0)))
    town.step()
    assert town.heard == {}
    town.step(phone.say())
    assert town.matrix.targets[0] == phone.address
    assert "a" in town.heard


def test_a_host_that_is_no_address_is_trouble_but_packets_tell():
    town = Town()
    phone = Phone(0, 0, 1)
    town.phones["a"] = phone
    told = town.obey(Open("a", 40000, Stream("phone.example", 4000)))
    assert [type(report) for report in told] == [Trouble]
    town.step(phone.say())
    assert "a" in town.heard


def test_silence_is_told_once_and_its_end():
    town = Town(silence_after=1.0)
    town.open("a")
    town.talk(10)
    for _ in range(150):
        town.step()
    (told,) = town.told
    assert (type(told), told.leg) == (WentSilent, "a")
    assert 1.0 <= told.seconds <= 1.12
    town.obey(Change("a", Stream(*town.phones["a"].address)))
    for _ in range(100):
        town.step()
    town.talk(10)
    assert town.told[1:] == [HeardAgain("a")]


def test_silence_is_due_on_hold_and_before_the_stream_is_agreed_on():
    town = Town(silence_after=0.5)
    town.obey(Open("a", 40000))
    town.obey(Open("b", 40002, Stream("192.0.2.1", 4000, direction="sendonly")))
    town.obey(Open("c", 40004, Stream("192.0.2.1", 4002)))
    town.phones = {"a": None, "b": None, "c": None}
    for _ in range(50):
        town.step()
    assert [report.leg for report in town.told] == ["c"]


def test_in_the_first_second_the_host_of_signalling_wins_over_a_stranger():
    """Behind a NAT: SDP names an inside address, sound comes from where signalling comes from."""
    town = Town()
    phone = town.phones["a"] = Phone(0, 0, 1)
    town.obey(Open("a", 40000, Stream("10.0.0.5", 4000), peer="203.0.113.5"))
    stranger, home = Phone(0, 0, 77), ("203.0.113.5", 61_000)
    town.step(moved(stranger.say(), OTHER))
    assert town.matrix.targets[0] == OTHER
    town.step(moved(phone.say(), home))
    assert town.matrix.targets[0] == home
    for _ in range(100):
        town.step(moved(phone.say(), home), moved(stranger.say(), OTHER))
    assert town.matrix.targets[0] == home
    assert town.matrix.parts.sources.strangers[0] == 100
    assert town.matrix.parts.intake.received[0] == 102


def test_after_the_first_second_nobody_but_the_named_source_takes_over():
    town = Town()
    phone = town.phones["a"] = Phone(0, 0, 1)
    town.obey(Open("a", 40000, Stream("10.0.0.5", 4000), peer="203.0.113.5"))
    for _ in range(60):
        town.step(moved(phone.say(), OTHER))
    for _ in range(10):
        town.step(moved(phone.say(), OTHER), moved(Phone(0, 0, 77).say(), ("203.0.113.5", 61_000)))
    assert town.matrix.targets[0] == OTHER
    town.step(moved(phone.say(), ("10.0.0.5", 4000)))
    assert town.matrix.targets[0] == ("10.0.0.5", 4000)


def test_silence_opens_the_lock_to_the_same_stream_and_host_soon_and_to_others_late():
    town = Town()
    town.open("a")
    town.talk(60)
    stranger = Phone(0, 0, 77)
    stranger.ssrc = 5
    for number in range(10 * 50 - 1):
        town.step(*([moved(stranger.say(), OTHER)] if number % 10 == 0 else []))
        assert town.matrix.targets[0] == town.phones["a"].address
    for _ in range(3):
        town.step(moved(stranger.say(), OTHER))
    assert town.matrix.targets[0] == OTHER


def test_a_phone_that_is_silent_but_reports_keeps_its_place():
    town = Town()
    town.open("a")
    town.talk(60)
    stranger = Phone(0, 0, 77)
    stranger.ssrc = 5
    for number in range(600):
        if number % 100 == 0:
            town.matrix.parts.sources.reported[0] = town.now
        town.step(moved(stranger.say(), ("192.0.2.1", 9)))
    assert town.matrix.targets[0] == town.phones["a"].address
