"""Digits that callers type."""

from dataclasses import replace

import pytest

TO_ACCOUNT = """
    start
    < menu main on level 1
    < say welcome main-menu
    press 2
    < hush
    < chose 2 in main: collect:account
    < say account-please"""
TO_PIN = """
    start
    < menu main on level 1
    < say welcome main-menu
    press 4
    < hush
    < chose 4 in main: menu:billing
    < say going-to-billing
    heard
    < menu billing on level 2
    < say billing-menu
    heard
    press 2
    < chose 2 in billing: collect:pin
    < say pin-please"""
CONFIRM = "press-1-to-confirm press-2-to-try-again"


@pytest.fixture
def account(call, tree):
    caller = call(tree)
    caller.read(TO_ACCOUNT)
    return caller


def test_the_terminator_ends_the_typing_and_zero_is_a_digit(account):
    account.read(f"""
        press 1
        < hush
        press 00#
        < say you-entered [100] {CONFIRM}
        press 1
        < hush
        < collected account: 100
        < passed collect account by then: lookup:balance
        < ask GET http://bank/100
        < say one-moment""")
    assert account.walk.variables["account"] == account.walk.shown["account"] == "100"


def test_the_greatest_length_ends_the_typing(account):
    account.read(f"""
        press 123456
        < hush
        < say you-entered [123456] {CONFIRM}""")


def test_a_pause_after_enough_digits_ends_the_typing(account):
    account.read(f"""
        press 123
        < hush
        wait 4
        wait 1
        < say you-entered [123] {CONFIRM}""")


def test_every_digit_gives_new_time(account):
    account.read("""
        press 1
        < hush
        wait 4
        press 2
        wait 4
        press 3
        wait 4""")


def test_star_begins_again(account):
    account.read(f"""
        press 99*123#
        < hush
        < say you-entered [123] {CONFIRM}""")


def test_too_few_digits_are_asked_for_again_and_then_given_up(account):
    account.read("""
        press 1#
        < hush
        < missed account: wrong_key
        < say try-again account-please
        heard
        wait 5
        < missed account: silence
        < passed collect account by failed: voicemail:lost
        < leave main for voicemail:lost""")


def test_what_is_not_confirmed_is_asked_for_again_and_not_kept(account):
    account.read(f"""
        press 123#2
        < hush
        < say you-entered [123] {CONFIRM}
        < hush
        < missed account: wrong_key
        < say try-again account-please""")
    assert "account" not in account.walk.variables
    account.read(f"""
        press 4567#
        < hush
        < say you-entered [4567] {CONFIRM}
        heard
        wait 5
        < missed account: silence
        < passed collect account by failed: voicemail:lost
        < leave main for voicemail:lost""")


def test_while_confirming_zero_is_a_person(account):
    account.read(f"""
        press 123#0
        < hush
        < say you-entered [123] {CONFIRM}
        < hush
        < chose 0 in main: queue:support
        < leave main for queue:support""")


def test_a_secret_is_known_to_the_walk_alone(call, tree):
    caller = call(tree)
    caller.read(TO_PIN)
    assert caller.walk.secret
    caller.read("""
        press 0815
        < hush
        < collected pin: xxxx (secret)
        < passed collect pin by then: menu:main
        < menu main on level 1
        < say welcome main-menu""")
    assert caller.walk.variables["pin"] == "0815"
    assert caller.walk.shown == {"pin": "xxxx"}
    assert not caller.walk.secret


def test_without_terminator_and_failed_silence_leads_to_a_person(call, tree):
    pin = replace(tree.collections["pin"], terminator="", retries=0)
    caller = call(replace(tree, collections={"pin": pin}))
    caller.read(TO_PIN)
    caller.read("""
        heard
        wait 5
        < missed pin: silence
        < passed collect pin by failed: queue:support
        < leave billing for queue:support""")
