"""What records and reports say of consultations, transfers and conferences: who talked how long, who was asked."""

from datetime import UTC

import pytest

import switch.events as told
from cti.records import fold
from cti.reports import report
from switch.orders import AlternateCall, CompleteCall, ConferenceCall, ConsultCall, SetState, TransferCall
from tests.switch.contact.stage import START

NEAR = {"abs": 0.5}


def figures(stage):
    told = report(stage.journal, START - 1, stage.now + 1, UTC, {})
    return {each.agent: each for each in told.agents}, {each.queue: each for each in told.queues}


def asked(stage, to="agent:1002", second=None):
    """1001 has talked for 10 s, asks for 5 s, and is answered after 3 s."""
    caller, first = stage.talk()
    second = second or stage.agent("1002", ready=False)
    stage.run_for(10)
    stage.obey(ConsultCall(to=to), "1001")
    stage.run_for(3)
    second.answer()
    stage.run_for(5)
    return caller, first, second


def test_an_attended_transfer(stage):
    caller, _, _ = asked(stage)
    stage.obey(CompleteCall(), "1001")
    stage.run_for(20)
    caller.hang_up()
    stage.over()
    (record,) = fold(stage.journal).values()
    (consult,) = record.consults
    assert (consult.by, consult.party, consult.outcome) == ("1001", "1002", "transferred")
    assert consult.answered - consult.began == pytest.approx(3.1, **NEAR)
    assert record.seconds["consult"] == pytest.approx(5, **NEAR) and record.seconds["hold"] == pytest.approx(8, **NEAR)
    assert [(talk.agent, round(talk.ended - talk.began)) for talk in record.talks] == [("1001", 10), ("1002", 20)]
    assert [(each.outcome, each.party) for each in record.transfers] == [("completed", "1002")]
    agents, queues = figures(stage)
    assert (agents["1001"].calls, agents["1002"].calls) == (1, 1)
    assert agents["1001"].talk == pytest.approx(10, **NEAR) and agents["1001"].hold == pytest.approx(8, **NEAR)
    assert agents["1001"].consult == agents["1002"].consult == pytest.approx(5, **NEAR)
    assert agents["1002"].talk == pytest.approx(20, **NEAR)
    assert queues["support"].talk == pytest.approx(10, **NEAR) and queues["support"].hold == pytest.approx(8, **NEAR)


def test_a_queue_that_was_asked_has_handled_it(stage):
    """Its agent has spoken with who asked, and then with the caller: both are its talk."""
    second = stage.agent("1004", ready=False)
    caller, _ = stage.talk()
    stage.obey(ConsultCall(to="queue:sales"), "1001")
    stage.run_for(2)
    stage.obey(SetState(state="ready"), "1004")
    stage.run_for(0.1)
    second.answer()
    stage.run_for(5)
    stage.obey(AlternateCall(), "1001")
    stage.run_for(5)
    stage.obey(AlternateCall(), "1001")
    stage.run_for(5)
    stage.obey(CompleteCall(), "1001")
    stage.run_for(10)
    caller.hang_up()
    stage.over()
    _, queues = figures(stage)
    assert (queues["sales"].offered, queues["sales"].answered) == (1, 1)
    assert queues["sales"].talk == pytest.approx(20, abs=1)


def test_a_conference(stage):
    caller, first, _ = asked(stage)
    stage.obey(ConferenceCall(), "1001")
    stage.run_for(20)
    first.hang_up()
    stage.run_for(10)
    caller.hang_up()
    stage.over()
    (record,) = fold(stage.journal).values()
    assert [(talk.agent, round(talk.ended - talk.began)) for talk in record.talks] == [
        ("1001", 10), ("1001", 20), ("1002", 30)]
    assert record.consults[0].outcome == "conferenced"
    agents, _ = figures(stage)
    assert agents["1001"].talk == pytest.approx(30, **NEAR) and agents["1002"].talk == pytest.approx(30, **NEAR)
    assert (agents["1001"].calls, agents["1002"].calls) == (1, 1)
    assert {each.agent for each in record.wrap_ups} == {"1001", "1002"}


def test_a_transfer_that_failed(build):
    stage = build(support={"wrap_up": 0})
    caller, first = stage.talk()
    second = stage.agent("1002", ready=False)
    stage.run_for(10)
    stage.obey(TransferCall(to="agent:1002"), "1001")
    stage.run_for(0.1)
    second.refuse(486)
    stage.run_for(0.1)
    first.answer()
    stage.run_for(10)
    caller.hang_up()
    stage.over()
    (record,) = fold(stage.journal).values()
    assert [(each.outcome, each.party, each.why) for each in record.transfers] == [("failed", "1002", "rejected")]
    assert [round(talk.ended - talk.began) for talk in record.talks] == [10, 10]
    assert figures(stage)[0]["1001"].calls == 2


def test_the_caller_who_leaves_two_agents_has_not_talked_with_them(stage):
    caller, first, _ = asked(stage)
    caller.hang_up()
    stage.run_for(60)
    first.hang_up()
    stage.over()
    (record,) = fold(stage.journal).values()
    assert sum(talk.ended - talk.began for talk in record.talks) == pytest.approx(10, **NEAR)
    assert [segment.kind for segment in record.segments][-2:] == ["consult", "wrap_up"]
    assert record.ended_by == "customer" and stage.event(told.ContactEnded)
