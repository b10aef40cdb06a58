"""The queue as the caller lives it, the tree before it, the mailbox behind it; digits, whichever way they come."""

from dataclasses import replace

import pytest

import media.orders as m
import switch.events as told
import switch.sip.effects as sip
from ivr.texts import Saying, Speech
from switch.acd.rules import Overflow, QueuePrompt
from switch.effects import FindCustomer
from switch.events import Customer
from tests.switch.contact.stage import CUSTOMER, sounds


def played(stage):
    return [sounds(order) for order in stage.orders(m.Play)]


# -- the way in ---------------------------------------------------------------------------------------------------------


def test_through_the_tree_to_an_agent(stage):
    """Greeting, a key, the queue, the pop with the way."""
    phone = stage.agent("1001")
    stage.customers[CUSTOMER] = Customer(number=CUSTOMER, name="Cora Customer", open_complaints=2)
    caller = stage.caller("5000")
    assert played(stage) == [["welcome-demo", "demo-main-menu"]]
    stage.run_for(2)
    caller.press("1")
    pop = stage.event(told.ReservationCreated).pop
    assert [(step.menu, step.digit) for step in pop.way] == [("main", "1")]
    assert pop.customer.name == "Cora Customer" and pop.customer.open_complaints == 2
    assert pop.ivr_seconds == pytest.approx(2.1, abs=0.2) and pop.queue == "support"
    phone.answer()
    assert stage.hears(caller).partner
    caller.hang_up()
    stage.over()


def test_who_calls_a_queue_directly_is_looked_up_first(stage):
    """People are asked when it is known who calls, or when the look-up has had its time."""
    stage.silent.add(FindCustomer)
    phone = stage.agent("1001")
    stage.caller()
    assert not stage.events(told.ReservationCreated)
    stage.run_for(1)
    stage._do(stage.exchange.customer(stage.contact.id, Customer(number=CUSTOMER, name="Cora"), stage.now))
    assert stage.event(told.ReservationCreated).pop.customer.name == "Cora"
    phone.refuse(486)
    stage.caller(place=3)
    stage.run_for(2)
    assert len({event.contact for event in stage.events(told.ReservationCreated)}) == 1
    stage.run_for(1)
    assert len(stage.events(told.ContactQueued)) == 2


def test_the_caller_hangs_up_in_the_tree(stage):
    caller = stage.caller("5000")
    caller.hang_up()
    assert stage.event(told.TreeLeft).outcome == "hung_up"
    assert stage.event(told.ContactEnded).ended_by == "customer"
    stage.over()


def test_a_notice_is_played_before_the_queue(build):
    stage = build(support={"recording_notice": (QueuePrompt("demo-opening-hours"),)})
    phone = stage.agent("1001")
    stage.caller()
    assert played(stage) == [["demo-opening-hours"]]
    assert phone.last(sip.Offered) is None
    stage.run_for(30)
    assert phone.last(sip.Offered)


def test_a_queue_announces_in_its_own_words(build, tmp_path):
    """What nobody can know yet is not begun to be said."""
    own = (QueuePrompt(text="You are caller {position}."), QueuePrompt(text="Wait {wait}."))
    stage = build(support={"announcement": own, "announce_first": 5.0})
    words = {Saying("You are caller", "en"): str(tmp_path / "you.wav"), Saying("Wait", "en"): str(tmp_path / "wait.wav")}
    stage.exchange.house.prompts.take(Speech(words))
    stage.caller(place=2)
    stage.caller(place=3)
    stage.run_for(7)
    assert played(stage)[-2:] == [["you", "number-1"], ["you", "number-2"]]


# -- the way out --------------------------------------------------------------------------------------------------------


def test_the_exit_key(build):
    """The one of the shipped queue leads to its mailbox."""
    stage = build()
    caller = stage.caller()
    caller.press("5")
    assert stage.exchange.house.desk.queue("support", stage.now).waiting == 1
    caller.press("*")
    assert stage.event(told.ContactDequeued).why == "exit_key"
    assert played(stage)[-1][0] == "leave-message-after-tone"
    caller.hang_up()
    stage.over()


def test_a_full_queue_overflows_or_says_goodbye(build):
    stage = build(support={"max_size": 1})
    stage.caller(place=2)
    second = stage.caller(place=3)
    assert stage.event(told.ContactDequeued).why == "full"
    assert played(stage)[-1] == ["all-agents-busy", "goodbye"]
    stage.run_for(20)
    assert second.last(sip.Ended).how == "bye"


def test_the_longest_wait(build):
    stage = build(support={"max_wait": 30, "overflow": Overflow(to="voicemail:support")})
    caller = stage.caller()
    stage.run_for(31)
    assert stage.event(told.ContactDequeued).why == "timeout"
    assert played(stage)[-1][0] == "leave-message-after-tone"
    caller.hang_up()
    stage.over()


def test_nobody_is_logged_in(build):
    stage = build(support={"join_when_empty": False})
    caller = stage.caller()
    assert stage.event(told.ContactDequeued).why == "no_agents"
    assert played(stage)[-1] == ["no-agents", "goodbye"]
    stage.run_for(20)
    assert caller.last(sip.Ended)
    stage.over()


def test_who_overflows_to_another_queue_keeps_the_time_of_waiting(build):
    """They are served before somebody who came there in the meantime."""
    stage = build(support={"overflow": Overflow(to="queue:billing", after=30)})
    first = stage.caller("7000", place=2)
    stage.run_for(20)
    second = stage.caller("7003", place=3)
    stage.run_for(15)
    phone = stage.agent("1003")
    phone.answer()
    assert stage.hears(first).partner and not stage.hears(second).partner
    left = stage.events(told.ContactDequeued)
    assert [(event.queue, event.why) for event in left] == [("support", "overflow"), ("billing", "answered")]
    first.hang_up()
    second.hang_up()
    stage.over()


def test_overflow_to_an_agent_who_is_not_there(build):
    """Whoever led the caller there is not asked again for ever: they are told, and the call ends."""
    stage = build(support={"overflow": Overflow(to="extension:1005", after=10)})
    caller = stage.caller()
    stage.run_for(60)
    assert caller.last(sip.Ended).how == "bye"
    stage.over()


# -- the mailbox --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["#", "hang up", "too long"])
def test_a_voice_mail(stage, how):
    caller = stage.caller("7001")
    stage.run_for(15)
    (tape,) = stage.paper.tapes.values()
    if how == "hang up":
        caller.hang_up()
    elif how == "too long":
        stage.run_for(180)
    else:
        caller.press("5#")
        assert played(stage)[-1] == ["message-saved", "goodbye"]
    left = stage.event(told.VoicemailLeft)
    assert left.box == "support" and left.caller == CUSTOMER and tape.path.endswith(left.path)
    stage.over()


def test_a_message_that_did_not_reach_the_disk_is_not_called_saved(stage):
    caller = stage.caller("7001")
    stage.run_for(15)
    (tape,) = stage.paper.tapes.values()
    tape.began = stage.now + 1  # a recorder whose disk is full says that it holds nothing
    caller.press("#")
    assert played(stage)[-1] == ["call-failed", "goodbye"]
    assert not stage.events(told.VoicemailLeft)
    stage.over()


def test_who_hangs_up_before_the_tone_leaves_nothing(stage):
    caller = stage.caller("7001")
    caller.hang_up()
    assert not stage.events(told.VoicemailLeft) and not stage.orders(m.Record)
    stage.over()


# -- digits -------------------------------------------------------------------------------------------------------------


def info(caller, digit, kind="application/dtmf-relay"):
    """A digit by INFO, as many phones send it beside RFC 4733."""
    body = f"Signal={digit}\r\nDuration=160\r\n".encode() if kind.endswith("relay") else digit.encode()
    _call = caller.phone.endpoint._room.calls[caller.call]
    caller.phone.endpoint._stack.now = caller.stage.now
    _call.request(_call.dialog, "INFO", f"Content-Type: {kind}\r\n", body)
    caller.stage.act(caller.phone, caller.phone.endpoint._stack.take())
    caller.stage.run_for(0.01)


def digits(stage):
    return [event.digit for event in stage.events(told.DigitPressed)]


def test_a_press_that_comes_both_ways_is_one(stage):
    caller = stage.caller()
    info(caller, "1")
    stage.press(caller.rtp, "1")
    assert digits(stage) == ["1"]


def test_two_quick_presses_that_come_both_ways_are_two(stage):
    caller = stage.caller()
    info(caller, "1")
    info(caller, "1")
    stage.press(caller.rtp, "1")
    stage.press(caller.rtp, "1")
    assert digits(stage) == ["1", "1"]
    stage.run_for(2)
    for _ in range(2):
        stage.press(caller.rtp, "2")
        info(caller, "2")
    assert digits(stage) == ["1", "1", "2", "2"]


def test_info_alone_will_do(stage):
    caller = stage.caller()
    for digit, kind in (("7", "application/dtmf"), ("10", "application/dtmf-relay"), ("x", "application/dtmf"),
                        ("1", "text/plain")):
        info(caller, digit, kind)
    assert digits(stage) == ["7", "*"]


def test_info_in_a_talk_is_pressed_for_the_other(stage):
    caller, phone = stage.talk()
    info(caller, "5")
    assert stage.hears(phone).digits == "5"


def test_a_secret_is_masked_in_journal_and_pop(settings, build):
    """What is typed into a collection marked secret goes to the webhook, and nowhere else."""
    tree = settings.trees["main"]
    secret = replace(tree.collections["account"], secret=True, confirm=False)
    stage = build(trees={"main": replace(tree, collections={"account": secret})})
    asked = []
    stage.webhook = lambda fetch: (asked.append(fetch.url), ("failed", {}))[1]
    stage.agent("1001")
    caller = stage.caller("5000")
    caller.press("2")
    stage.run_for(1)
    caller.press("4711#")
    stage.run_for(20)
    assert asked and "4711" in asked[0]
    assert stage.event(told.DigitsCollected).value == "xxxx"
    assert stage.event(told.ReservationCreated).pop.collected["account"] == "xxxx"
    assert "4711" not in repr(stage.journal)
    assert digits(stage)[1:5] == ["x", "x", "x", "x"]
