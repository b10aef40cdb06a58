"""Supervisors: who hears whom, what the file has, who learns of it, and what becomes of them when somebody leaves."""

from dataclasses import replace

import pytest

import media.orders as m
import switch.events as told
import switch.sip.effects as sip
from cti.records import fold
from switch.acd.rules import Supervision
from switch.orders import (
    BargeIn,
    CancelConsult,
    ClearCall,
    ConsultCall,
    HoldCall,
    MonitorCall,
    OrderRefused,
    RetrieveCall,
    StopMonitoring,
    TakeOverCall,
    TransferCall,
    WhisperCall,
)
from tests.switch.contact.stage import Telephone, sounds

BOSS = "2001"


@pytest.fixture
def boss(stage):
    phone = Telephone(stage, "10.0.9.1")
    phone.register(BOSS)
    return phone


def enter(stage, boss, order):
    stage.obey(order, BOSS)
    stage.run_for(0.1)
    boss.ring()
    boss.answer()


def whom(stage, phone, **others):
    """Which of these this phone hears."""
    voices = stage.hears(phone).voices
    return {name for name, other in others.items() if stage._legs.get(other.rtp) in voices}


def matrix(stage, **phones):
    """By phone: whom it hears."""
    return {name: "".join(sorted(whom(stage, phone, **phones))) for name, phone in phones.items()}


def test_who_monitors_hears_both_and_is_heard_by_nobody(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, MonitorCall(agent="1001"))
    assert matrix(stage, a=a, b=boss, c=c) == {"a": "c", "b": "ac", "c": "a"}
    began = stage.event(told.SupervisionBegan)
    assert (began.by, began.agent, began.kind, began.tell_agent) == (BOSS, "1001", "monitor", False)
    assert not stage.events(told.Conferenced) and not [play for play in stage.orders(m.Play) if play.play == "supervision"]
    (shown,) = stage.exchange.snapshot(stage.now)["contacts"][0]["supervisions"]
    assert (shown["by"], shown["state"], shown["tell_agent"]) == (BOSS, "established", False)
    stage.obey(StopMonitoring(), BOSS)
    stage.run_for(0.1)
    assert boss.last(sip.Ended) and matrix(stage, a=a, c=c) == {"a": "c", "c": "a"}
    assert type(stage.orders(m.Join, m.Bridge)[-1]) is m.Join
    c.hang_up()
    stage.over()
    (record,) = fold(stage.journal).values()
    assert [(each.by, each.kind) for each in record.supervisions] == [(BOSS, "monitor")]
    assert record.supervisions[0].ended > record.supervisions[0].began and record.agents == ("1001",)


def test_who_whispers_is_heard_by_the_agent_alone_and_not_in_the_file(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, WhisperCall(agent="1001"))
    assert matrix(stage, a=a, b=boss, c=c) == {"a": "bc", "b": "ac", "c": "a"}
    tape = stage.orders(m.Record)[-1]
    assert {tape.left, tape.right} == {stage._legs[c.rtp], stage._legs[a.rtp]}
    assert stage.event(told.SupervisionBegan).tell_agent, "the agent hears it, and may know who it is"
    c.hang_up()
    stage.over()


def test_from_one_kind_to_the_next_without_ringing_anew(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, MonitorCall(agent="1001"))
    for order, heard in ((WhisperCall, {"a": "bc", "b": "ac", "c": "a"}), (BargeIn, {"a": "bc", "b": "ac", "c": "ab"}),
                         (MonitorCall, {"a": "c", "b": "ac", "c": "a"}), (BargeIn, {"a": "bc", "b": "ac", "c": "ab"})):
        stage.obey(order(agent="1001"), BOSS)
        stage.run_for(0.1)
        assert matrix(stage, a=a, b=boss, c=c) == heard, order
    assert [event.kind for event in stage.events(told.SupervisionChanged)] == ["whisper", "barge", "monitor", "barge"]
    assert len([told for told in boss.told if type(told) is sip.Offered]) == 1
    caller = stage._legs[c.rtp]
    assert (stage.orders(m.Record)[-1].left, stage.orders(m.Record)[-1].right) == (caller, caller), "what the caller hears"
    with pytest.raises(OrderRefused) as refused:
        stage.obey(BargeIn(agent="1001"), BOSS)
    assert refused.value.code == "unchanged"
    c.hang_up()
    stage.over()
    assert boss.last(sip.Ended) and stage.events(told.SupervisionEnded)[-1].why == "left"


def test_take_over_frees_the_agent(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, TakeOverCall(agent="1001"))
    assert matrix(stage, b=boss, c=c) == {"b": "c", "c": "b"} and a.last(sip.Ended)
    assert stage.state("1001").state == "after_call_work" and stage.contact.agent_leg.party == BOSS
    assert stage.events(told.SegmentBegan)[-2:][0].owner == BOSS or stage.events(told.SegmentBegan)[-1].owner == BOSS
    stage.obey(HoldCall(), BOSS)
    assert stage.hears(c).background.endswith("music.wav")
    stage.obey(RetrieveCall(), BOSS)
    stage.obey(ClearCall(), BOSS)
    stage.run_for(0.1)
    assert c.last(sip.Ended) and boss.last(sip.Ended)
    stage.over()
    (record,) = fold(stage.journal).values()
    assert record.agents == ("1001", BOSS) and record.supervisions[-1].kind == "take_over"


def test_take_over_while_listening(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, BargeIn(agent="1001"))
    stage.obey(TakeOverCall(agent="1001"), BOSS)
    stage.run_for(0.1)
    assert matrix(stage, b=boss, c=c) == {"b": "c", "c": "b"} and a.last(sip.Ended)
    assert stage.event(told.SupervisionEnded).why == "taken_over"
    boss.hang_up()
    assert c.last(sip.Ended)
    stage.over()


def test_it_is_announced_where_the_settings_say_so(build):
    said = Supervision(monitor="announced", whisper="announced", sound="beep")
    stage = build(support={"supervision": said})
    boss = Telephone(stage, "10.0.9.1")
    boss.register(BOSS)
    c, a = stage.talk()
    enter(stage, boss, MonitorCall(agent="1001"))
    plays = [play for play in stage.orders(m.Play) if play.play == "supervision"]
    assert {play.leg for play in plays} == {stage._legs[c.rtp], stage._legs[a.rtp]}
    assert sounds(plays[0]) == ["beep"] and stage.event(told.SupervisionBegan).tell_agent
    stage.obey(WhisperCall(agent="1001"), BOSS)
    plays = [play for play in stage.orders(m.Play) if play.play == "supervision"]
    assert [play.leg for play in plays[2:]] == [stage._legs[a.rtp]], "the caller is told nothing of a whisper"
    c.hang_up()
    stage.over()


def test_the_house_says_it_where_the_queue_does_not(build, settings):
    system = replace(settings.system, supervision=Supervision(barge="silent"))
    stage = build(system=system)
    boss = Telephone(stage, "10.0.9.1")
    boss.register(BOSS)
    c, _ = stage.talk()
    enter(stage, boss, BargeIn(agent="1001"))
    assert not [play for play in stage.orders(m.Play) if play.play == "supervision"]
    c.hang_up()
    stage.over()


def test_while_the_agent_holds_and_consults_the_supervisor_stays_beside_them(stage, boss):
    c, a = stage.talk()
    other = stage.agent("1002", ready=False)
    enter(stage, boss, MonitorCall(agent="1001"))
    stage.obey(HoldCall(), "1001")
    assert stage.hears(c).background.endswith("music.wav") and stage.hears(boss).background
    stage.obey(RetrieveCall(), "1001")
    stage.obey(ConsultCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    other.answer()
    assert matrix(stage, a=a, b=boss, c=c, o=other) == {"a": "o", "b": "ao", "c": "", "o": "a"}
    stage.obey(CancelConsult(), "1001")
    assert matrix(stage, a=a, b=boss, c=c) == {"a": "c", "b": "ac", "c": "a"}
    c.hang_up()
    stage.over()


def test_the_agent_leaves(stage, boss):
    """A listener goes with them; who has broken in has the caller."""
    c, _ = stage.talk()
    enter(stage, boss, MonitorCall(agent="1001"))
    stage.obey(TransferCall(to="queue:support"), "1001")
    stage.run_for(0.1)
    assert boss.last(sip.Ended) and stage.event(told.SupervisionEnded).why == "agent_left"
    c.hang_up()
    stage.run_for(30)
    stage.over()


def test_the_agent_hangs_up_on_a_supervisor_who_has_broken_in(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, BargeIn(agent="1001"))
    a.hang_up()
    assert matrix(stage, b=boss, c=c) == {"b": "c", "c": "b"}
    assert stage.event(told.SupervisionEnded).why == "agent_left" and stage.contact.agent_leg.party == BOSS
    boss.hang_up()
    assert c.last(sip.Ended)
    stage.over()


@pytest.mark.parametrize("order", [MonitorCall, WhisperCall, BargeIn])
def test_the_supervisor_hangs_up_and_the_talk_goes_on(stage, boss, order):
    c, a = stage.talk()
    enter(stage, boss, order(agent="1001"))
    boss.hang_up()
    assert matrix(stage, a=a, c=c) == {"a": "c", "c": "a"} and stage.event(told.SupervisionEnded).why == "hung_up"
    c.hang_up()
    stage.over()


def test_a_supervisor_who_does_not_answer_disturbs_nobody(stage, boss):
    c, a = stage.talk()
    stage.obey(MonitorCall(agent="1001"), BOSS)
    stage.run_for(0.1)
    boss.refuse(486)
    assert stage.event(told.SupervisionEnded).why == "rejected" and matrix(stage, a=a, c=c) == {"a": "c", "c": "a"}
    stage.obey(MonitorCall(agent="1001"), BOSS)
    stage.run_for(0.1)
    stage.obey(ClearCall(), BOSS)
    stage.run_for(0.1)
    assert stage.events(told.SupervisionEnded)[-1].why == "stopped"
    stage.obey(MonitorCall(agent="1001"), BOSS)
    stage.run_for(0.1)
    c.hang_up()
    stage.over()
    assert not stage.events(told.SupervisionBegan)


def refusal(stage, order, by=BOSS):
    with pytest.raises(OrderRefused) as refused:
        stage.obey(order, by)
    return refused.value.code


def test_what_cannot_be(stage, boss):
    assert refusal(stage, MonitorCall(agent="1001")) == "no_call"
    assert refusal(stage, MonitorCall(agent=BOSS)) == "bad_agent"
    assert refusal(stage, StopMonitoring()) == "not_supervising"
    c, _ = stage.talk()
    assert refusal(stage, MonitorCall(agent="1001", contact="other")) == "no_call"
    assert refusal(stage, MonitorCall(agent="1001"), "2002") == "unreachable"
    enter(stage, boss, MonitorCall(agent="1001"))
    assert refusal(stage, MonitorCall(agent="1001")) == "unchanged"
    c.hang_up()
    stage.over()


def crowd(stage, boss, *orders):
    """Further supervisors, each with a phone, each entering by an order."""
    phones = []
    for place, order in enumerate(orders, 2):
        phone = Telephone(stage, f"10.0.9.{place}")
        phone.register(f"100{place + 1}")
        phones.append(phone)
        stage.obey(order, f"100{place + 1}")
        stage.run_for(0.1)
        phone.ring()
        phone.answer()
    return phones


def test_several_supervisors_are_in_one_talk_and_each_goes_alone(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, MonitorCall(agent="1001"))
    second, third = crowd(stage, boss, WhisperCall(agent="1001"), WhisperCall(agent="1001"))
    assert matrix(stage, c=c, a=a, b=boss, s=second, t=third) == {"c": "a", "a": "cst", "b": "ac", "s": "ac", "t": "ac"}
    assert [(each.by, each.kind) for each in stage.contact.supervisions] == [
        ("2001", "monitor"), ("1003", "whisper"), ("1004", "whisper")]
    stage.obey(BargeIn(agent="1001"), "1003")
    assert matrix(stage, c=c, a=a, b=boss, s=second, t=third) == {"c": "as", "a": "cst", "b": "acs", "s": "ac", "t": "acs"}
    stage.obey(StopMonitoring(), BOSS)
    stage.run_for(0.1)
    assert boss.last(sip.Ended) is not None and len(stage.contact.supervisions) == 2
    assert matrix(stage, c=c, a=a, s=second, t=third) == {"c": "as", "a": "cst", "s": "ac", "t": "acs"}
    second.hang_up()
    assert matrix(stage, c=c, a=a, t=third) == {"c": "a", "a": "ct", "t": "ac"}
    assert stage.events(told.SupervisionEnded)[-1].by == "1003"
    a.hang_up()
    assert third.last(sip.Ended) is not None and {each.by for each in stage.events(told.SupervisionEnded)} == {
        "2001", "1003", "1004"}
    assert len(fold(stage.journal)[stage.event(told.ContactOffered).contact].supervisions) == 4
    stage.over()


def test_who_takes_over_sends_the_other_supervisors_of_that_agent_home(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, MonitorCall(agent="1001"))
    (second,) = crowd(stage, boss, MonitorCall(agent="1001"))
    stage.obey(TakeOverCall(agent="1001"), BOSS)
    stage.run_for(0.1)
    assert matrix(stage, c=c, b=boss) == {"c": "b", "b": "c"}
    assert second.last(sip.Ended) is not None and a.last(sip.Ended) is not None
    whys = {each.by: each.why for each in stage.events(told.SupervisionEnded)}
    assert whys == {"2001": "taken_over", "1003": "agent_left"}
    c.hang_up()
    stage.over()


def test_who_has_broken_in_stays_with_the_caller_and_the_listener_goes(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, BargeIn(agent="1001"))
    (second,) = crowd(stage, boss, MonitorCall(agent="1001"))
    assert matrix(stage, c=c, a=a, b=boss, s=second) == {"c": "ab", "a": "bc", "b": "ac", "s": "abc"}
    a.hang_up()
    assert matrix(stage, c=c, b=boss) == {"c": "b", "b": "c"}
    assert second.last(sip.Ended) is not None
    c.hang_up()
    stage.over()


def test_more_than_four_are_told_who_is_there(stage, boss, monkeypatch):
    monkeypatch.setattr("switch.contact.supervising.MOST", 1)
    c, _ = stage.talk()
    enter(stage, boss, MonitorCall(agent="1001"))
    with pytest.raises(OrderRefused, match="1 supervisors at most are in one call; these are: 2001") as refused:
        stage.obey(MonitorCall(agent="1001"), "1003")
    assert refused.value.code == "supervised"
    c.hang_up()
    stage.over()


def test_a_silent_listener_who_holds_tells_nobody(stage, boss):
    c, a = stage.talk()
    enter(stage, boss, MonitorCall(agent="1001"))
    boss.reinvite("sendonly")
    assert not stage.events(told.Held) and matrix(stage, a=a, c=c) == {"a": "c", "c": "a"}
    boss.reinvite("sendrecv")
    assert matrix(stage, a=a, b=boss, c=c) == {"a": "c", "b": "ac", "c": "a"}
    c.hang_up()
    stage.over()
