"""Rows with a browser at the far end: checks, keys, and then the same sound as everybody's; without keys, nothing."""

import msgspec
import pytest

from media import stun
from media.orders import Change, Close, Join, Pressed, Quality, Trouble, Unkeyed
from tests.media.browser import OTHER, WEB, BrowserTown, check
from tests.media.town import Town

STRANGER = ("203.0.113.9", 4000)


def talking(**more):
    town = BrowserTown()
    browser, plain = town.browse("a", **more), town.open("b")
    town.obey(Join("a", "b"))
    assert town.meet("a")
    return town, browser, plain


@pytest.mark.parametrize("active", [False, True], ids=["they begin", "we begin"])
def test_the_sound_of_a_browser_is_bit_exact_both_ways(active):
    town, browser, plain = talking(web=msgspec.structs.replace(WEB, active=active))
    heard = {"a": [], "b": []}
    for _ in range(20):
        town.step(browser.seal(browser.say()), plain.say())
        heard["a"] += [packet.payload for packet in town.opened("a")]
        heard["b"].append(town.hears("b"))
    assert heard["b"][1:] == browser.said[:19]
    assert heard["a"][1:] == plain.said[:19]
    assert "a" not in town.heard, "nothing is sent in the clear"


def test_a_lossy_net_only_takes_longer():
    town = BrowserTown()
    town.browse("a")
    town.loss = 0.4
    browser = town.phones["a"]
    for _ in range(400):
        town.step(browser.check())
        town.flow(browser)
        if browser.handshake.keys and town.matrix.parts.sources.locked[0]:
            break
    assert browser.handshake.keys


def test_until_there_are_keys_nothing_is_heard_and_nothing_sent():
    town = BrowserTown()
    browser, plain = town.browse("a"), town.open("b")
    town.obey(Join("a", "b"))
    for _ in range(3):
        town.step(browser.check(), browser.say(), plain.say())
        assert town.last.events == []
        assert "a" not in town.heard
        assert {letter.octets[0] for letter in town.sent if letter.row == 0} == {1}, "answers to checks alone"
    assert town.matrix.parts.intake.received[0] == 0
    assert town.matrix.legs.rows == {"a": 0, "b": 1}


def test_a_key_press_arrives_once():
    town, browser, _ = talking()
    town.step(browser.seal(browser.say()))
    begun = browser.timestamp
    told = []
    for duration in (160, 320, 480):
        told += town.step(browser.seal(browser.key(5, duration, begun=begun)))
    for _ in range(3):
        told += town.step(browser.seal(browser.key(5, 480, end=True, begun=begun)))
    assert told == [Pressed("a", "5")]


@pytest.mark.parametrize("octets", [
    check(password="x" * 22), check(name="evtj"), check(name="other:h6vY"), b"\x00\x01" + bytes(18), b"\x00",
    check()[:-1], check()[:-4] + bytes(4), b"\x16\xfe\xfd" + bytes(60), b"\x40" + bytes(30),
], ids=range(9))  # fmt: skip
def test_a_stranger_gets_no_answer_and_is_counted(octets):
    town = BrowserTown()
    town.browse("a")
    town.step((0, octets, STRANGER))
    assert town.sent == []
    assert town.matrix.parts.sources.strangers[0] == (octets[0] < 64)


def test_a_stranger_cannot_send_into_the_handshake_or_take_the_sound():
    town, browser, _ = talking()
    hello = (browser.row, b"\x16\xfe\xfd" + bytes(60), STRANGER)
    town.step(hello, (0, b"\x80\x00" + bytes(170), STRANGER), (0, check(password="y" * 22), STRANGER))
    assert town.sent == []
    assert town.matrix.targets[0] == browser.address
    assert town.matrix.parts.sealed.unopened[0] == 1


def test_whom_the_certificate_does_not_fit_is_told_of_and_never_heard():
    town = BrowserTown()
    browser = town.browse("a", shown=OTHER)
    assert not town.meet("a")
    (unkeyed,) = town.told
    assert isinstance(unkeyed, Unkeyed) and unkeyed.final
    assert "certificate" in unkeyed.why
    town.step(browser.say())
    assert town.last.events == []
    assert town.matrix.parts.intake.received[0] == 0


def test_a_far_end_that_falls_silent_in_the_handshake_is_told_of_until_somebody_hangs_up():
    town = BrowserTown()
    browser = town.browse("a")
    town.step(browser.check())
    town.flow(browser)
    town.loss = 1.0
    for _ in range(480):
        town.step()
    assert not [report for report in town.told if isinstance(report, Unkeyed)], "not before ten seconds"
    for _ in range(250):
        town.step()
    told = [report for report in town.told if isinstance(report, Unkeyed)]
    assert set(told) <= {Unkeyed("a", "the far end does not go on with it", final) for final in (False, True)}
    assert told[-1].final and 2 <= len(told) <= 5, "every other second"
    told.clear()
    town.obey(Close("a"))
    town.told.clear()
    for _ in range(250):
        town.step()
    assert not [report for report in town.told if isinstance(report, Unkeyed)]


def test_a_browser_whose_network_lets_nothing_through_is_told_of():
    town = BrowserTown()
    town.browse("a")
    for _ in range(505):
        town.step()
    (told,) = [report for report in town.told if isinstance(report, Unkeyed)]
    assert told == Unkeyed("a", "its network lets nothing through to our port: no check of ICE came", False)


def test_a_browser_that_is_there_and_does_not_begin_is_told_of():
    town = BrowserTown()
    browser = town.browse("a")
    for _ in range(505):
        town.step(browser.check())
    (told,) = [report for report in town.told if isinstance(report, Unkeyed)]
    assert told == Unkeyed("a", "the far end does not begin the handshake", False)


def test_a_choice_from_another_address_moves_the_sound_there():
    town, browser, _ = talking()
    town.step(browser.check())
    browser.address = ("198.51.100.7", 6000)
    town.step(browser.check(chosen=False))
    assert town.matrix.targets[0] == ("192.0.2.1", 4000)
    town.step(browser.check())
    assert town.matrix.targets[0] == browser.address
    town.step(browser.seal(browser.say()))
    assert town.matrix.parts.intake.received[0] == 1
    assert town.sent == []


def test_what_is_on_its_way_when_another_address_is_chosen_is_left_over_and_no_intruder():
    town, browser, _ = talking()
    town.step(browser.check())
    town.step(browser.seal(browser.say()))
    before, browser.address = browser.address, ("198.51.100.7", 6000)
    town.step(browser.check(priority=7))
    after, browser.address = browser.address, before
    town.step(browser.seal(browser.say()))
    browser.address = after
    town.step(browser.seal(browser.say()))
    assert (town.matrix.parts.intake.received[0], town.matrix.parts.sources.strangers[0]) == (2, 0)
    assert town.matrix.targets[0] == after
    browser.address = before
    for _ in range(60):
        town.step()
    town.step(browser.seal(browser.say()))
    assert town.matrix.parts.sources.strangers[0] == 1, "a second later it would be one"


def test_hold_and_resume_keep_the_way_and_the_keys():
    town, browser, plain = talking()
    stream = town.matrix.legs.find("a").stream
    town.obey(Change("a", msgspec.structs.replace(stream, direction="recvonly")))
    town.step(browser.seal(browser.say()), plain.say())
    assert town.opened("a") == []
    town.obey(Change("a", stream))
    town.step(browser.seal(browser.say()), plain.say())
    town.step(browser.seal(browser.say()), plain.say())
    assert len(town.opened("a")) == 1
    assert town.matrix.targets[0] == browser.address
    assert town.matrix.parts.sealed.unopened[0] == 0


def test_in_a_restart_of_ice_old_checks_count_until_the_first_choice_by_the_new():
    town, browser, _ = talking()
    old = browser.web
    new = msgspec.structs.replace(old, ufrag="abcd", password="z" * 22, theirs="9uB6")
    town.obey(Change("a", msgspec.structs.replace(town.matrix.legs.find("a").stream, web=new)))
    browser.answers.clear()
    town.step(browser.check())
    browser.web = new
    town.step(browser.check())
    assert all(answer.is_signed_with(web.password) for answer, web in zip(browser.answers, (old, new), strict=True))
    browser.web, at = old, browser.address
    browser.address = ("198.51.100.7", 6000)
    town.step(browser.check())
    assert browser.answers[-1].is_signed_with(old.password)
    assert town.matrix.targets[0] == at
    assert town.matrix.parts.sources.strangers[0] == 0
    browser.address = at
    town.step(browser.seal(browser.say()))
    assert town.matrix.parts.intake.received[0] == 1, "the keys are the same"


def test_another_certificate_is_another_handshake_and_another_stream():
    town, browser, plain = talking()
    town.step(browser.seal(browser.say()), plain.say())
    (before,) = town.opened("a")
    new = msgspec.structs.replace(WEB, fingerprints=(OTHER.fingerprint,))
    town.obey(Change("a", msgspec.structs.replace(town.matrix.legs.find("a").stream, web=new)))
    town.step(browser.seal(browser.say()), plain.say())
    assert town.last.events == []
    assert town.matrix.targets[0] is None
    again = type(browser)(0, new, shown=OTHER)
    town.phones["a"] = again
    assert town.meet("a")
    town.step(plain.say())
    (after,) = town.opened("a")
    assert after.ssrc != before.ssrc


def test_the_end_is_said_and_the_row_is_anybodys():
    town, browser, _ = talking()
    told = town.obey(Close("a"))
    assert isinstance(told[0], Quality)
    assert 21 in {letter.octets[0] for letter in town.matrix.letters()}, "close_notify"
    town.step((0, check(), browser.address))
    assert town.matrix.letters() == []
    assert not town.matrix.parts.browsers
    assert not town.matrix.parts.sealed


def test_reports_go_the_same_way_sealed():
    town, browser, _ = talking()
    for _ in range(600):
        town.step(browser.seal(browser.say()))
        reports = [letter for letter in town.sent if 192 <= letter.octets[1] < 224 and letter.row == 0]
        if reports:
            break
    assert reports[0].target == browser.address
    assert browser.far.open(0, reports[0].octets, town.now)[1] in (200, 201)


def test_without_a_certificate_no_browser_is_spoken_with():
    town = Town()
    town.open("a", web=WEB)
    assert isinstance(town.told[0], Trouble)


def test_rows_without_a_browser_are_not_looked_at():
    town, _, plain = talking()
    odd = (1, check(), plain.address)
    town.step(odd)
    assert town.sent == []
    assert town.matrix.parts.sources.strangers[1] == 0


def test_a_browser_may_move_so_its_socket_is_never_tied():
    town, browser, plain = talking()
    for _ in range(400):
        town.step(browser.seal(browser.say()), plain.say())
    assert town.matrix.settled(town.now) == [1]


def test_an_answer_tells_where_the_check_came_from():
    town = BrowserTown()
    browser = town.browse("a")
    town.step(browser.check(transaction=b"abcdefghijkl"))
    (answer,) = browser.answers
    assert (answer.kind, answer.transaction) == (stun.SUCCESS, b"abcdefghijkl")
    assert answer.attributes[stun.XOR_MAPPED] == stun.place(*browser.address, b"abcdefghijkl")
