"""The guard alone, with simulated time: who is heard, who is banned and for how long, and that nothing grows."""

import pytest

from switch.sip.effects import Address, Banned, Forgiven
from switch.sip.guard import Guard, GuardRules
from switch.sip.guard.rules import CROWD, SOURCES

HERE = Address("udp", "198.51.100.7", 5060)
OTHER_PORT = HERE._replace(port=61000)


def at(number, transport="udp"):
    return Address(transport, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 5060)


@pytest.fixture
def guard():
    return Guard(GuardRules())


def guess(guard, times, now=0.0, source=HERE, user="1001", proven=True):
    """Wrong passwords, and what is told of them."""
    guard.news.clear()
    for _ in range(times):
        guard.wrong_password(source, user, proven, now)
    news, guard.news = guard.news, []
    return news


# -- rates ------------------------------------------------------------------------------------------------------------


def test_new_requests_are_dear_and_messages_cheap(guard):
    admitted = sum(guard.hears(HERE, 0.0) and guard.admits(HERE, "", 0.0) for _ in range(2000))
    assert admitted in (399, 400)
    assert not guard.hears(HERE, 0.0)
    assert sum(guard.hears(HERE, 1.0) and guard.admits(HERE, "", 1.0) for _ in range(2000)) in (39, 40)
    assert guard.unheard > 1000


def test_repetitions_and_messages_within_calls_are_cheap(guard):
    assert sum(guard.hears(HERE, 0.0) for _ in range(5000)) in (3999, 4000)


def test_one_source_does_not_slow_another(guard):
    while guard.hears(HERE, 0.0):
        pass
    assert guard.hears(at(1), 0.0)
    assert guard.admits(at(1), "", 0.0)


def test_all_strangers_together_have_a_limit_that_phones_do_not_feel(guard):
    guard.prove(HERE, 100.0)
    admitted = sum(guard.hears(at(number), 0.0) and guard.admits(at(number), "", 0.0) for number in range(5000))
    assert admitted == 600
    assert guard.admits(HERE, "", 0.0)


def test_all_strangers_together_are_read_so_far_and_phones_and_streams_all_the_same(guard):
    guard.prove(HERE, 100.0)
    heard = sum(guard.hears(at(number % 9000), 0.0) for number in range(20000))
    assert heard == 2 * CROWD * guard.rules.strangers and guard.unheard == 20000 - heard
    assert guard.hears(HERE, 0.0) and guard.hears(at(1, "tcp"), 0.0) and not guard.hears(at(1), 0.0)
    assert sum(guard.hears(at(number), 1.0) for number in range(9000)) == CROWD * guard.rules.strangers


def test_who_is_allowed_is_never_slowed_nor_banned():
    guard = Guard(GuardRules(allow=("198.51.100.0/24", "2001:db8::/32")))
    for source in (HERE, Address("udp", "2001:db8::7", 5060), Address("udp", "::ffff:198.51.100.9", 5060)):
        assert all(guard.hears(source, 0.0) and guard.admits(source, "friendly-scanner", 0.0) for _ in range(5000))
        assert guess(guard, 100, source=source) == []


def test_a_trunk_whose_address_is_learnt_later_is_trusted_from_then_on(guard):
    assert guard.hears(HERE, 0.0) and not guard.knows(HERE, 0.0)
    guard.trusted = {HERE.host}.__contains__
    assert guard.admits(HERE, "", 0.0) and guard.knows(HERE, 0.0)


def test_scanners_are_never_answered_and_others_are(guard):
    for agent in ("friendly-scanner", "sipcli/v1.8", "VaxSIPUserAgent/3.1", "Mozilla sundayddr", "SIPVicious"):
        assert not guard.admits(HERE, agent, 0.0)
    for agent in ("", "Yealink SIP-T46S 66.84.0.15", "baresip v3.1.0", "Linphone/5.2", "Asterisk PBX 20"):
        assert guard.admits(HERE, agent, 0.0)


# -- bans -------------------------------------------------------------------------------------------------------------


def test_ten_wrong_passwords_are_a_ban_and_each_is_twice_as_long_to_a_day(guard):
    now, lengths = 0.0, []
    for _ in range(13):
        assert guess(guard, 9, now) == []
        banned, = guess(guard, 1, now)
        assert banned == Banned(HERE.host, "wrong_password", banned.until)
        lengths.append(banned.until - now)
        assert not guard.hears(HERE, now) and not guard.hears(OTHER_PORT, now)
        now = banned.until
        guard.served(HERE.host, now)
        assert guard.news == [Forgiven(HERE.host, "served")]
        assert guard.hears(HERE, now)
        guard.news.clear()
    assert lengths[:4] == [60, 120, 240, 480]
    assert lengths[-2:] == [86400, 86400]


def test_steps_are_forgiven_over_time(guard):
    banned, = guess(guard, 10)
    guard.served(HERE.host, banned.until)
    again, = guess(guard, 10, 1000.0)
    assert again.until == 1000.0 + 120
    guard.served(HERE.host, again.until)
    guard.news.clear()
    later = again.until + 2 * 21600
    last, = guess(guard, 10, later)
    assert last.until == later + 60


def test_strikes_are_forgotten(guard):
    assert guess(guard, 9) == []
    assert guess(guard, 9, 9 * 300.0) == []
    assert len(guess(guard, 1, 9 * 300.0)) == 1


def test_a_served_ban_is_not_ended_too_early(guard):
    guess(guard, 10)
    guard.served(HERE.host, 59.0)
    assert not guard.hears(HERE, 59.0)


def test_an_operator_lifts_a_ban_and_its_steps(guard):
    guess(guard, 10)
    assert [ban.source for ban in guard.bans()] == [HERE.host]
    assert guard.lift(HERE.host, "2001")
    assert guard.news == [Forgiven(HERE.host, "lifted", "2001")]
    assert not guard.lift(HERE.host, "2001") and guard.bans() == []
    guard.news.clear()
    assert guess(guard, 10, 1.0)[0].until == 61.0


def test_forged_packets_ban_nobody_for_long(guard):
    """Without a nonce of ours, ten guesses are two strikes; fifty are a short ban that does not grow."""
    assert guess(guard, 10, proven=False) == []
    for now in (0.0, 1000.0, 2000.0):
        told = guess(guard, 60, now, proven=False)
        assert [ban.until - now for ban in told] == [60.0]
        guard.served(HERE.host, now + 60)
        guard.news.clear()


def test_forged_packets_ban_no_crowd(guard):
    """A thousand addresses that an attacker names in one second: sixty of them, for a minute."""
    told = [news for number in range(1000) for news in guess(guard, 50, source=at(number), proven=False)]
    assert len(told) == 60


def test_a_connection_is_proof_enough(guard):
    assert len(guess(guard, 10, source=at(1, "tcp"), proven=False)) == 1


def test_a_registered_phone_behind_a_banned_address_is_heard(guard):
    guard.prove(HERE, 3600.0)
    guess(guard, 10, source=OTHER_PORT)
    assert not guard.hears(OTHER_PORT, 1.0)
    assert guard.hears(HERE, 1.0) and guard.admits(HERE, "", 1.0)
    later = guard.bans()[0].until - 1
    assert guard.hears(HERE, later)


def test_a_phone_is_no_longer_vouched_for_when_its_binding_expires(guard):
    guard.prove(HERE, 30.0)
    guess(guard, 10, source=OTHER_PORT)
    assert guard.hears(HERE, 29.0) and not guard.hears(HERE, 31.0)
    assert guard.familiar(HERE.host, 29.0) and not guard.familiar(HERE.host, 31.0)


# -- users ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["1001", "nobody"])
def test_guesses_for_one_user_from_many_addresses_have_a_limit_and_registered_phones_none(guard, user):
    guard.prove(HERE, 1e9)
    for number in range(20):
        assert guard.may_try(at(number), user, 0.0)
        guess(guard, 1, source=at(number), user=user)
    assert not guard.may_try(at(99), user, 0.0)
    assert guard.may_try(HERE, user, 0.0)
    assert guard.may_try(at(99), "1002", 0.0)
    assert guard.may_try(at(99), user, 200.0)


# -- calls ------------------------------------------------------------------------------------------------------------


def test_calls_without_their_ack_have_a_limit_that_time_and_acks_open(guard):
    for number in range(200):
        assert guard.may_call(at(number), 0, 0.0)
        guard.opened((str(number), "tag"), at(number), 32.0, 0.0)
    assert not guard.may_call(at(999), 0, 0.0)
    guard.acknowledged(("7", "tag"))
    assert guard.may_call(at(999), 0, 0.0)
    guard.opened(("x", "tag"), at(999), 32.0, 0.0)
    assert not guard.may_call(at(999), 0, 31.0)
    assert guard.may_call(at(999), 0, 33.0)
    guard.prove(HERE, 100.0)
    assert guard.may_call(HERE, 199, 0.0) and not guard.may_call(HERE, 200, 0.0)


def test_the_last_transactions_are_for_those_we_know(guard):
    guard.prove(HERE, 100.0)
    assert guard.has_room(at(1), 2 * 32 * 2000, 0.0), "two of each of 2,000 calls a second, for 32 seconds"
    assert not guard.has_room(at(1), 135_000, 0.0)
    assert guard.has_room(HERE, 135_000, 0.0) and not guard.has_room(HERE, 150_000, 0.0)


# -- a million forged addresses ---------------------------------------------------------------------------------------


def test_a_flood_from_forged_addresses_leaves_the_tables_as_large_as_they_may_be(guard):
    guard.prove(HERE, 1e9)
    for number in range(3 * SOURCES):
        source = at(number)
        guard.hears(source, number / 1000)
        guard.misdeed(source, "garbage", number / 1000)
        guard.wrong_password(source, str(number), False, number / 1000)
    assert len(guard._young) + len(guard._old) <= SOURCES
    assert len(guard._bans._offenders) <= SOURCES
    assert len(guard._users) <= 4096
    assert guard.proved(HERE, 1.0) and guard.hears(HERE, 1e3)


def test_who_is_banned_stays_so_while_others_are_forgotten(guard):
    guess(guard, 10)
    for number in range(2 * SOURCES):
        guard.hears(at(number), 1.0)
    assert not guard.hears(HERE, 2.0)


def test_a_ban_that_has_no_room_is_told_to_be_over(guard):
    guess(guard, 10)
    for number in range(SOURCES):
        guard.misdeed(at(number), "garbage", 1.0)
    assert guard.news == [Forgiven(HERE.host, "forgotten")]
    assert guard.hears(HERE, 2.0)


def test_the_figures(guard):
    guess(guard, 10)
    guard.hears(HERE, 1.0)
    assert guard.counts() == {
        "guard_banned": 1, "guard_sources": 1, "guard_unheard_total": 1, "guard_refused_total": 0,
        "guard_wrong_passwords_total": 10,
    }


def test_who_has_proved_to_be_a_trunk_is_heard_over_that_connection_whatever_others_of_its_address_do(guard):
    trunk = Address("tls", HERE.host, 40000)
    guard.certified = lambda source: source == trunk
    guess(guard, 100)
    assert not guard.hears(HERE, 0.0) and not guard.hears(trunk._replace(port=40001), 0.0)
    assert all(guard.hears(trunk, 0.0) and guard.admits(trunk, "sipvicious", 0.0) for _ in range(3000))
    assert guard.knows(trunk, 0.0) and guard.may_call(trunk, 10_000, 0.0) and not guard.may_call(HERE, 10_000, 0.0)
    guard.certified = lambda source: False
    assert not guard.hears(trunk, 0.0) and not guard.knows(trunk, 0.0)
