"""Lamps: what a desk phone shows of colleagues and queues, from their live legs."""

from dataclasses import replace

import pytest

from switch.orders import SetState, TransferCall
from switch.sip.effects import Transmit
from tests.switch.watching.desk_phone import DeskPhone


def test_a_lamp_follows_a_colleague_through_a_call(stage):
    watcher = DeskPhone(stage, "1002")
    assert watcher.subscribe("1001") == 200 and watcher.lamp == []
    phone = stage.agent("1001")
    caller = stage.caller()
    assert watcher.lamp == [], "asked, but it does not ring yet"
    phone.ring()
    assert list(watcher.lines.values()) == [("early", "recipient", "")], "who calls is not for colleagues"
    phone.answer()
    assert watcher.lamp == ["confirmed"]
    caller.hang_up()
    assert watcher.lamp == []
    assert ' version="0" state="full"' in watcher.told[0][2]
    for version, (_, _, body) in enumerate(watcher.told[1:], 1):
        assert f' version="{version}" state="partial"' in body
    stage.over()


def test_the_lamp_changes_in_the_step_in_which_the_call_does(stage):
    watcher = DeskPhone(stage, "1002")
    watcher.subscribe("1001")
    caller, _ = stage.talk()
    before = stage.now
    caller.hang_up()
    sent = [(at, effect.data) for at, effect in stage.said if type(effect) is Transmit and at >= before]
    bye = [at for at, data in sent if data.startswith(b"SIP/2.0 200") and b" BYE" in data]
    assert bye and [at for at, data in sent if b"terminated</state>" in data] == [bye[0]]


def test_a_supervisor_sees_who_it_is(stage):
    watcher = DeskPhone(stage, "2001")
    watcher.subscribe("1001")
    stage.talk()
    ((state, direction, remote),) = watcher.lines.values()
    assert (state, direction, remote.partition("@")[0]) == ("confirmed", "recipient", "sip:+4930123")


def test_an_agent_who_calls_is_the_initiator(stage):
    watcher = DeskPhone(stage, "2001")
    watcher.subscribe("1001")
    phone = stage.agent("1001", ready=False)
    phone.dial("5000", user="1001")
    ((state, direction, remote),) = watcher.lines.values()
    assert (state, direction, remote.partition("@")[0]) == ("confirmed", "initiator", "sip:5000")
    phone.hang_up()
    assert watcher.lamp == []
    stage.over()


def test_who_begins_to_watch_in_the_middle_sees_what_is(stage):
    stage.talk()
    watcher = DeskPhone(stage, "1002")
    watcher.subscribe("1001")
    assert watcher.lamp == ["confirmed"]
    other = DeskPhone(stage, "1003", place=8)
    other.subscribe("1001")
    assert other.lamp == ["confirmed"]


def test_the_lamp_of_a_queue_says_whether_somebody_waits_and_talks(stage):
    watcher = DeskPhone(stage, "1002")
    assert watcher.subscribe("support") == 200
    first, second = stage.caller(place=2), stage.caller(place=3)
    assert watcher.lamp == ["early"]
    phone = stage.agent("1001")
    phone.ring()
    phone.answer()
    assert watcher.lamp == ["confirmed", "early"]
    second.hang_up()
    assert watcher.lamp == ["confirmed"]
    first.hang_up()
    phone.hang_up()
    assert watcher.lamp == []


def test_a_number_is_as_good_as_the_name(stage):
    watcher = DeskPhone(stage, "1002")
    assert watcher.subscribe("7000") == 200
    stage.caller(place=2)
    assert watcher.lamp == ["early"]
    assert watcher.subscribe("7002") == 200


@pytest.mark.parametrize("target", ["9999", "5000", "7001", "nobody"])
def test_what_is_not_there_cannot_be_watched(stage, target):
    watcher = DeskPhone(stage, "1002")
    assert watcher.subscribe(target) == 404
    assert not stage.exchange.house.board.watches and stage.exchange.counts()["sip_subscriptions"] == 0


def test_a_transfer_moves_the_light(stage):
    watcher = DeskPhone(stage, "1003")
    watcher.subscribe("1001")
    other = DeskPhone(stage, "1004", place=8)
    other.subscribe("1002")
    stage.talk()
    second = stage.agent("1002", ready=False)
    stage.obey(TransferCall(to="agent:1002"), "1001")
    stage.run_for(0.2)
    assert watcher.lamp == []
    second.ring()
    assert other.lamp == ["early"]
    second.answer()
    assert other.lamp == ["confirmed"]


def test_a_watcher_who_is_gone_leaves_nothing(stage):
    watcher = DeskPhone(stage, "1002")
    watcher.subscribe("1001")
    watcher.answers = 481
    stage.talk()
    house = stage.exchange.house
    assert not house.board.watches and not house.board.lamps and not house.board.lines and not house.board.present
    assert stage.exchange.counts()["sip_subscriptions"] == 0


def test_a_fetch_leaves_nothing(stage):
    watcher = DeskPhone(stage, "1002")
    stage.talk()
    assert watcher.subscribe("1001", expires=0) == 200
    assert watcher.told[0][1] == "terminated;reason=timeout" and watcher.lamp == ["confirmed"]
    assert not stage.exchange.house.board.watches


def test_presence_tells_phone_and_state(stage):
    watcher = DeskPhone(stage, "1002")
    assert watcher.subscribe("1001", "presence") == 200
    assert "<basic>closed</basic>" in watcher.told[-1][2] and "logged out" in watcher.told[-1][2]
    stage.agent("1001")
    assert "<basic>open</basic>" in watcher.told[-1][2] and "<note>ready</note>" in watcher.told[-1][2]
    stage.obey(SetState(state="not_ready", reason="lunch"), "1001")
    stage.run_for(0.1)
    assert "not ready (lunch)" in watcher.told[-1][2]
    assert watcher.subscribe("support", "presence") == 404


def test_when_the_switch_stops_watchers_are_told_to_come_back(stage):
    watcher = DeskPhone(stage, "1002")
    watcher.subscribe("1001")
    stage._do(stage.exchange.stop("stopped", stage.now))
    stage.run_for(0.1)
    assert watcher.told[-1][1] == "terminated;reason=probation;retry-after=10"


def test_nobody_may_have_more_lamps_than_allowed(build, settings):
    sip = replace(settings.system.sip, subscriptions_per_user=2)
    stage = build(system=replace(settings.system, sip=sip))
    watcher = DeskPhone(stage, "1002")
    assert [watcher.subscribe(target) for target in ("1001", "1003", "1004")] == [200, 200, 503]
    assert DeskPhone(stage, "1003", place=8).subscribe("1001") == 200
    assert watcher.subscribe("1005", expires=0) == 503
    stage.run_for(700)
    assert watcher.subscribe("1005") == 200
