"""What supervisors do to queues by hand."""

import switch.events as told
from switch.orders import CloseQueue, OpenQueue, PullForward
from tests.switch.contact.test_recovery import heir
from tests.switch.contact.test_supervising import BOSS, refusal


def test_pull_a_caller_forward(stage):
    callers = [stage.caller(place=place, caller=f"+4930{place}") for place in (2, 3, 4)]
    waiting = list(stage.exchange.house.contacts)
    stage.obey(PullForward(contact=waiting[2]), BOSS)
    stage.obey(PullForward(contact=waiting[1]), BOSS)
    assert [event.position for event in stage.events(told.ContactPulled)] == [1, 1]
    places = [stage.exchange.house.desk.position(contact) for contact in waiting]
    assert places == [3, 1, 2] and [event.contact for event in stage.events(told.ContactPulled)] == waiting[:0:-1]
    assert refusal(stage, PullForward(contact="nobody")) == "not_waiting"
    phone = stage.agent("1001")
    phone.answer()
    assert stage.state("1001").contact == waiting[1]
    for caller in callers:
        caller.hang_up()
    stage.over()


def test_close_a_queue_by_hand(stage):
    stage.agent("1001")
    stage.obey(CloseQueue(queue="support", why="fire drill"), BOSS)
    assert [queue["closed_by"] for queue in stage.exchange.snapshot(stage.now)["queues"] if queue["closed"]] == [BOSS]
    caller = stage.caller()
    assert stage.event(told.ContactDequeued).why == "closed"
    stage.obey(OpenQueue(queue="support"), BOSS)
    assert not [queue for queue in stage.exchange.snapshot(stage.now)["queues"] if queue["closed"]]
    assert [type(event) for event in stage.events(told.QueueClosed, told.QueueOpened)] == [told.QueueClosed,
                                                                                               told.QueueOpened]
    assert refusal(stage, CloseQueue(queue="suport")) == "unknown_queue"
    caller.hang_up()
    stage.over()


def test_close_a_queue_by_hand_until_a_moment(stage):
    until = stage.now + 600
    stage.obey(CloseQueue(queue="support", why="storm", until=until), BOSS)
    (seen,) = [queue for queue in stage.exchange.snapshot(stage.now)["queues"] if queue["closed"]]
    assert (seen["closed_by"], seen["closed_why"], seen["closed_until"]) == (BOSS, "storm", until)
    assert refusal(stage, CloseQueue(queue="billing", until=stage.now - 1)) == "bad_moment"
    assert refusal(stage, CloseQueue(queue="billing", until="soon")) == "bad_moment"
    again = heir(stage)
    assert again.house.shut.rules("support", until - 1).by == BOSS and again.house.desk.refuses("support") == "closed"
    again.wake(until + 1)
    assert again.house.desk.refuses("support") == "" and not again.house.shut
    (last,) = again.journal.since(again.journal.last - 1)
    assert last.event == told.QueueOpened(queue="support", by="", why="its time is over")
    stage.run_for(599)
    assert stage.exchange.house.desk.refuses("support") == "closed"
    stage.run_for(2)
    assert stage.exchange.house.desk.refuses("support") == "" and "queue/support" not in stage.memory
    assert [event.by for event in stage.events(told.QueueOpened)] == [""]
    stage.over()
