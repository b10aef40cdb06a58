"""What a stolen password can cost, and no more."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.trunks.ledger import ABROAD, REASONS, Ledger
from switch.trunks.rules import Allowance, Outside, Spike, Toll

NOON = 1_900_000_800.0 // 86400 * 86400 + 43200
HOME, ABROAD_NUMBER = "+4930123456", "+12125550100"


def ledger(country="49", **toll):
    return Ledger(Outside(country=country, toll=Toll(**toll)), UTC)


def asked(book, number, agent="1001", at_once=0, is_open=True, now=NOON):
    return book.refusal(agent, number, at_once, is_open, now)


@pytest.mark.parametrize(("number", "why"), [
    (HOME, ""), ("+33123456789", "toll_country"), ("+499001234567", "toll_blocked"), ("+491371234567", "toll_blocked"),
    ("+881612345678", "toll_country"),
])
def test_only_the_own_country_and_no_premium_number(number, why):
    assert asked(ledger(), number) == why


def test_country_code_one_is_not_one_tariff():
    assert asked(ledger("1"), "+12125550100") == ""
    assert asked(ledger("1"), "+18765550100") == "toll_blocked" and asked(ledger("1"), "+19005550100") == "toll_blocked"
    assert asked(ledger("1", countries=("+1", "+1876")), "+18765550100") == ""


def test_the_longer_prefix_decides():
    book = ledger(countries=("+49", "+33", "+49900"), blocked=("+336", "+33"))
    assert asked(book, "+499001234567") == "" and asked(book, "+33612345678") == "toll_blocked"
    assert asked(book, "+33123456789") == "toll_blocked", "as long: no"
    everywhere = ledger(countries=("+",))
    assert asked(everywhere, "+33123456789") == "" and asked(everywhere, "+88161234567") == "toll_blocked"


def test_hours_and_calls_at_once():
    assert asked(ledger(), HOME, is_open=False) == "toll_hours"
    assert asked(ledger(), HOME, at_once=1) == "" and asked(ledger(), HOME, at_once=2) == "toll_at_once"
    assert asked(ledger(agents={"1001": Allowance(at_once=3)}), HOME, at_once=2) == ""
    assert asked(ledger(), HOME, agent="", at_once=99) == "", "the house's own calls"


def test_calls_of_a_day_and_the_next_day():
    book = ledger(each_agent=Allowance(calls_per_day=2))
    for _ in range(2):
        assert asked(book, HOME) == ""
        book.began("1001", HOME, NOON)
    assert asked(book, HOME) == "toll_calls" and asked(book, HOME, agent="1002") == ""
    assert asked(book, HOME, now=NOON + 43200) == ""


def test_a_day_begins_where_the_switch_is():
    book = Ledger(Outside(country="49", toll=Toll(each_agent=Allowance(calls_per_day=1))), ZoneInfo("Asia/Shanghai"))
    book.began("1001", HOME, NOON)
    assert asked(book, HOME, now=NOON + 3.9 * 3600) == "toll_calls" and asked(book, HOME, now=NOON + 4.1 * 3600) == ""


def test_minutes_of_a_day_and_the_call_that_reaches_them():
    book = ledger(each_agent=Allowance(minutes_per_day=10, at_once=2), longest_call=300)
    assert book.answered("1001", "a", NOON) == NOON + 300
    assert book.ended("1001", "a", NOON + 300) and not book.ended("1001", "a", NOON + 301)
    assert book.answered("1001", "b", NOON + 400) == NOON + 700
    assert asked(book, HOME, at_once=1, now=NOON + 699) == ""
    assert asked(book, HOME, at_once=1, now=NOON + 700) == "toll_minutes"
    book.ended("1001", "b", NOON + 500)
    assert book.answered("1001", "c", NOON + 500) == NOON + 700
    assert book.answered("", "tree", NOON) == NOON + 300


def test_many_calls_abroad_stop_further_ones_for_a_while():
    book = ledger(countries=("+",), spike=Spike(calls=3, within=60, pause=600))
    assert [book.began("1001", ABROAD_NUMBER, NOON + step) for step in (0, 10, 20)] == [False, False, True]
    assert asked(book, ABROAD_NUMBER, now=NOON + 21) == "toll_spike" and asked(book, HOME, now=NOON + 21) == ""
    assert asked(book, ABROAD_NUMBER, now=NOON + 620) == ""
    assert [book.began("1001", ABROAD_NUMBER, NOON + 700 + step) for step in (0, 31, 62, 63)] == [False, False, False, True]


def test_a_restart_gives_nobody_another_day():
    book = ledger(countries=("+",), each_agent=Allowance(calls_per_day=2, minutes_per_day=10), spike=Spike(calls=2))
    book.began("1001", ABROAD_NUMBER, NOON)
    book.answered("1001", "a", NOON)
    book.began("1001", ABROAD_NUMBER, NOON)
    after = ledger(countries=("+",), each_agent=Allowance(calls_per_day=3, minutes_per_day=10), spike=Spike(calls=2))
    for key in ("1001", ABROAD):
        after.restore(key, book.plain(key), NOON + 600)
    assert asked(after, ABROAD_NUMBER, now=NOON + 600) == "toll_spike"
    assert asked(after, HOME, now=NOON + 600) == "toll_minutes", "the call that was cut off is charged"
    assert after.plain("1001")["calls"] == 2


@given(st.lists(st.tuples(st.sampled_from(["call", "end"]), st.floats(1, 3000)), max_size=60))
def test_nobody_ever_has_more_calls_or_minutes_than_a_day_gives(acts):
    """Whoever keeps to the answers: the call is made when it is not refused, and cleared when it is said to be."""
    book = ledger(each_agent=Allowance(calls_per_day=10, minutes_per_day=60))
    now, running, calls, talked = NOON, None, 0, 0.0
    for number, (act, seconds) in enumerate(acts):
        now = min(now + seconds, NOON + 43000)
        if running is not None and (act == "end" or now >= running[1]):
            call, until, since = running
            moment = min(now, until)
            book.ended("1001", call, moment)
            talked, running = talked + moment - since, None
        elif running is None and not asked(book, HOME, now=now):
            calls += 1
            book.began("1001", HOME, now)
            running = (str(number), book.answered("1001", str(number), now), now)
    assert calls <= 10 and talked <= 3600 + 1


def test_every_reason_has_a_sentence():
    assert all(reason and not reason.endswith(".") for reason in REASONS.values())
