"""Questions to web services: the answer, the answer that does not come, what is done with it."""

from dataclasses import replace

import pytest

from ivr.effects import LookUp
from ivr.interpreter import Walk
from ivr.tree import Destination, Lookup, Menu, Tree


@pytest.fixture
def asked(call, tree):
    """A caller who waits for the answer about account 123."""
    caller = call(tree)
    for line in ("start", "press 2", "press 123#", "press 1"):
        caller.do(*line.split())
    return caller


def test_the_answer_is_spoken_after_the_prompt(asked):
    asked.read("""
        wait 1
        found balance=1205.50
        < answer of balance: found after 1
        heard
        < say balance-is [1205.50]
        heard
        < passed lookup balance by then: menu:main
        < menu main on level 1
        < say welcome main-menu""")
    assert asked.walk.shown == {"account": "123", "balance": "1205.50"}


def test_an_answer_after_the_prompt_is_spoken_at_once(asked):
    asked.read("""
        heard
        wait 1
        found balance=7
        < answer of balance: found after 1
        < say balance-is [7]""")


def test_the_first_branch_that_fits_is_taken(asked):
    asked.read("""
        heard
        found balance=7 tier=GOLD
        < answer of balance: found after 0
        < say balance-is [7]
        heard
        < passed lookup balance by branches.gold: queue:gold
        < leave main for queue:gold""")


def test_nothing_found(asked):
    asked.read("""
        heard
        not_found
        < answer of balance: not_found after 0
        < passed lookup balance by not_found: menu:main
        < say no-such-account
        heard
        < menu main on level 1
        < say welcome main-menu""")


def test_a_failure(asked):
    asked.read("""
        heard
        failed
        < answer of balance: failed after 0
        < passed lookup balance by failed: queue:broken
        < leave main for queue:broken""")


def test_an_answer_that_does_not_come_in_time(asked):
    asked.read("""
        heard
        wait 1.9
        wait 0.1
        < answer of balance: timeout after 2
        < passed lookup balance by failed: queue:broken
        < leave main for queue:broken
        found balance=7""")


def test_no_answer_in_time_does_not_cut_the_prompt_short(asked):
    asked.read("""
        wait 2
        < answer of balance: timeout after 2
        wait 2
        heard
        < passed lookup balance by failed: queue:broken
        < leave main for queue:broken""")


def test_an_answer_is_not_lost_with_the_report_of_the_prompt(asked):
    asked.read("""
        wait 1
        found balance=7
        < answer of balance: found after 1
        wait 2
        wait 118
        < say balance-is [7]""")


def test_a_key_changes_nothing_here_but_zero_is_a_person(asked):
    asked.read("""
        press 5
        press 0
        < hush
        < chose 0 in main: queue:support
        < leave main for queue:support""")


def test_a_second_answer_and_one_to_another_question_are_ignored(asked):
    asked.do("found", "balance=7")
    assert asked.walk.looked_up("balance", "found", {"balance": "8"}, asked.now) == []
    assert asked.walk.looked_up("other", "found", {}, asked.now) == []
    assert asked.walk.variables["balance"] == "7"


def test_an_answer_that_repeats_a_secret_does_not_show_it(asked):
    asked.do("heard")
    asked.do("found", "pin=0815")
    assert asked.walk.shown == {"account": "123"} and asked.walk.variables["pin"] == "0815"


def question(node: Lookup, **variables: str) -> LookUp:
    menu = Menu(options={"1": Destination(lookup="it")})
    walk = Walk(Tree(menus={"main": menu}, lookups={"it": node}), variables)
    walk.start(0.0)
    return next(effect for effect in walk.press("1", 0.0) if isinstance(effect, LookUp))


def test_variables_are_filled_in_so_that_they_cannot_break_out():
    node = Lookup(
        "http://x/{who}?a={none}", "POST", {"X-Who": "{who}"}, {"name": "{who}", "of": "{who}-{who}"}, deadline=3.0
    )
    asked = question(node, who="a/b&c\r\nX: y")
    assert asked.url == "http://x/a%2Fb%26c%0D%0AX%3A%20y?a="
    assert asked.headers == {"X-Who": "a/b&cX: y"}
    assert asked.body == {"name": "a/b&c\r\nX: y", "of": "a/b&c\r\nX: y-a/b&c\r\nX: y"}
    assert (asked.method, asked.deadline) == ("POST", 3.0)


def test_nothing_is_said_and_nothing_is_known(call, tree):
    bare = replace(tree.lookups["balance"], prompts=(), speak=(), then=None)
    caller = call(replace(tree, lookups={"balance": bare}))
    for line in ("start", "press 2", "press 123#", "press 1"):
        caller.do(*line.split())
    caller.read("""
        found
        < answer of balance: found after 0
        < passed lookup balance by then: queue:support
        < leave main for queue:support""")
