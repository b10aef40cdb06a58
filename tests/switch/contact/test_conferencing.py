"""Conferences: who hears whom, who is muted and dropped, who stays when somebody leaves, and what the file says."""

import pytest

import media.orders as m
import switch.events as told
import switch.sip.effects as sip
from cti.records import fold
from switch.orders import (
    ClearCall,
    CompleteCall,
    ConferenceCall,
    ConsultCall,
    DropParty,
    HoldCall,
    MuteParty,
    OrderRefused,
    RequeueCall,
    RetrieveCall,
    TransferCall,
    UnmuteParty,
)


def bring_in(stage, number, by="1001"):
    """``by`` asks this agent into the talk."""
    phone = stage.agent(number, ready=False)
    stage.obey(ConsultCall(to=f"agent:{number}"), by)
    stage.run_for(0.1)
    phone.answer()
    stage.obey(ConferenceCall(), by)
    stage.run_for(0.1)
    return phone


def voices(stage, *phones):
    """How many each of these hears."""
    return [len(stage.hears(phone).voices) for phone in phones]


@pytest.fixture
def three(stage):
    caller, first = stage.talk()
    return caller, first, bring_in(stage, "1002")


def test_all_three_talk(stage, three):
    assert voices(stage, *three) == [2, 2, 2]
    assert stage.event(told.Conferenced).parties == ("+4930123", "1001", "1002")
    assert stage.events(told.ConsultationChanged)[-1].why == "conferenced"
    assert [(event.kind, event.owner) for event in stage.events(told.SegmentBegan)][-1] == ("talk", "1001")
    assert stage.exchange.snapshot(stage.now)["contacts"][0]["conference"] == ["+4930123", "1001", "1002"]
    three[0].hang_up()
    three[1].hang_up()
    stage.over()


def test_a_fourth_comes_in_while_the_others_go_on(stage, three):
    caller, first, second = three
    third = stage.agent("1003", ready=False)
    stage.obey(ConsultCall(to="agent:1003"), "1001")
    stage.run_for(0.1)
    third.answer()
    assert voices(stage, caller, second) == [1, 1] and stage.hears(caller).partner
    assert stage.hears(first).partner and stage.hears(third).partner
    stage.obey(ConferenceCall(), "1001")
    assert voices(stage, caller, first, second, third) == [3, 3, 3, 3]
    assert len(stage.events(told.Conferenced)[-1].parties) == 4
    stage.obey(ClearCall(), "1001")
    stage.run_for(0.1)
    assert all(phone.last(sip.Ended) for phone in (caller, first, second, third))
    stage.over()


@pytest.mark.parametrize("leaver", [1, 2], ids=["who had the contact", "who was brought in"])
def test_an_agent_leaves_and_the_last_two_are_joined(stage, three, leaver):
    caller = three[0]
    stays = three[3 - leaver]
    three[leaver].hang_up()
    assert voices(stage, caller, stays) == [1, 1]
    assert type(stage.orders(m.Join, m.Bridge)[-1]) is m.Join
    agent = ("1001", "1002")[2 - leaver]
    assert stage.contact.agent_leg.party == agent and stage.state(agent).state == "busy"
    assert stage.events(told.SegmentBegan)[-1].owner == agent
    caller.hang_up()
    stage.over()


def test_the_customer_leaves_and_the_agents_talk_on(stage, three):
    caller, first, second = three
    caller.hang_up()
    assert voices(stage, first, second) == [1, 1]
    assert stage.events(told.SegmentBegan)[-1].kind == "consult" and stage.events(told.RecordingSaved)
    stage.run_for(5)
    first.hang_up()
    assert second.last(sip.Ended) and stage.event(told.ContactEnded).ended_by == "customer"
    assert stage.state("1002").state == "after_call_work" and stage.state("1001").state == "after_call_work"
    stage.over()


def test_who_holds_leaves_the_others_talking(stage, three):
    caller, first, second = three
    stage.obey(HoldCall(), "1001")
    assert voices(stage, caller, second) == [1, 1] and stage.events(told.SegmentBegan)[-1].owner == "1002"
    stage.obey(HoldCall(), "1002")
    assert stage.hears(caller).background.endswith("music.wav")
    stage.obey(RetrieveCall(), "1002")
    stage.obey(RetrieveCall(), "1001")
    assert voices(stage, *three) == [2, 2, 2]
    caller.hang_up()
    first.hang_up()
    stage.over()


def test_mute_one_party(stage, three):
    caller, first, second = three
    stage.obey(MuteParty(party="1002"), "1001")
    assert voices(stage, caller, first, second) == [1, 1, 2]
    assert (stage.event(told.Muted).party, stage.event(told.Muted).by) == ("1002", "1001")
    assert [leg["muted"] for leg in stage.exchange.snapshot(stage.now)["contacts"][0]["legs"]] == [False, False, True]
    stage.obey(UnmuteParty(), "1002")
    assert voices(stage, *three) == [2, 2, 2]
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MuteParty(party="1001"), "1002")
    assert refused.value.code == "not_owner"
    with pytest.raises(OrderRefused) as refused:
        stage.obey(MuteParty(party="1009"), "1001")
    assert refused.value.code == "unknown_party"
    caller.hang_up()
    second.hang_up()
    stage.over()


def test_mute_in_a_talk_of_two(stage):
    caller, first = stage.talk()
    stage.obey(MuteParty(), "1001")
    assert voices(stage, caller, first) == [0, 1]
    stage.obey(UnmuteParty(), "1001")
    assert voices(stage, caller, first) == [1, 1]
    caller.hang_up()
    stage.over()


def test_drop_one_party(stage, three):
    caller, first, second = three
    with pytest.raises(OrderRefused):
        stage.obey(DropParty(party="1001"), "1002")
    stage.obey(DropParty(party="1002"), "1001")
    stage.run_for(0.1)
    assert second.last(sip.Ended) and voices(stage, caller, first) == [1, 1]
    with pytest.raises(OrderRefused) as refused:
        stage.obey(DropParty(), "1001")
    assert refused.value.code == "not_conferenced"
    caller.hang_up()
    stage.over()


def test_leave_a_conference_oneself(stage, three):
    caller, first, second = three
    stage.obey(DropParty(), "1001")
    stage.run_for(0.1)
    assert first.last(sip.Ended) and voices(stage, caller, second) == [1, 1]
    assert stage.state("1001").state == "after_call_work" and stage.contact.agent_leg.party == "1002"
    caller.hang_up()
    stage.over()


def test_a_conference_is_not_handed_on(stage, three):
    for order in (TransferCall(to="queue:sales"), RequeueCall()):
        with pytest.raises(OrderRefused) as refused:
            stage.obey(order, "1001")
        assert refused.value.code in ("conferenced", "no_agents")
    three[0].hang_up()
    three[1].hang_up()
    stage.over()


def test_a_place_in_a_conference_is_handed_on(stage, three):
    """Who consults in a conference and completes is replaced by whom they asked."""
    caller, first, second = three
    third = stage.agent("1003", ready=False)
    stage.obey(ConsultCall(to="agent:1003"), "1001")
    stage.run_for(0.1)
    with pytest.raises(OrderRefused) as refused:
        stage.obey(CompleteCall(), "1001")
    assert refused.value.code == "not_established"
    third.answer()
    stage.obey(CompleteCall(), "1001")
    stage.run_for(0.1)
    assert first.last(sip.Ended) and voices(stage, caller, second, third) == [2, 2, 2]
    caller.hang_up()
    second.hang_up()
    stage.over()


def test_a_conference_without_anybody_asked(stage):
    stage.talk()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(ConferenceCall(), "1001")
    assert refused.value.code == "not_consulting"


def test_the_file_says_what_the_customer_heard(stage, three):
    """Channels: caller, and what they hear of people. One agent; while they wait, nobody; then the sum of both."""
    caller, _, second = three
    records = stage.orders(m.Record)
    left, agent = records[0].left, records[0].right
    assert [(each.left, each.right) for each in records] == [(left, agent), (left, ""), (left, left)]
    second.hang_up()
    assert stage.orders(m.Record)[-1].right == agent
    caller.hang_up()
    stage.over()


def test_the_record_of_a_conference(stage, three):
    caller, first, _ = three
    stage.run_for(20)
    first.hang_up()
    stage.run_for(10)
    caller.hang_up()
    stage.over()
    (record,) = fold(stage.journal).values()
    assert {work.agent for work in record.wrap_ups} == {"1001", "1002"} and record.outcome == "answered"
    assert record.agents == ("1001", "1002")
