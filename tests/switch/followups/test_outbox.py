"""The outbox: what is tried when, and what becomes of what cannot be sent."""

from switch.events import FollowupFailed, FollowupQueued, FollowupSent
from switch.followups.outbox import AWAY, REFUSED, TAKEN, Outbox
from switch.followups.rules import Followups, Sender
from switch.journal import Entry

NOW = 1_900_000_000.0


def queued(name, sender="gate", due=0.0):
    return FollowupQueued(contact="c", followup=name, rule="r", kind="sms", sender=sender, to="+49151", text="hi", due=due)


def outbox(*events, **rules):
    box = Outbox(Followups(senders={"gate": Sender(url="http://x", pause=10, **rules)}))
    for number, event in enumerate(events, 1):
        box.feed(Entry(number, NOW, event))
    return box


def names(found):
    return [each.event.followup for each in found]


def test_what_is_sent_is_told_once():
    box = outbox(queued("a"))
    assert names(box.take(NOW)) == ["a"] and box.take(NOW) == []
    (sent,) = box.done("a", TAKEN, "", NOW + 1)
    assert (sent.followup, sent.tries) == ("a", 1)
    box.feed(Entry(2, NOW, sent))
    assert box.cursor == 2 and box.next(NOW) is None and box.done("a", TAKEN, "", NOW) == []


def test_a_sender_that_is_away_rests_longer_each_time_and_one_tries_whether_it_is_back():
    box = outbox(queued("a"), queued("b"), queued("c", "file"))
    assert names(box.take(NOW)) == ["a", "b", "c"]
    assert box.done("a", AWAY, "TimeoutError", NOW) == box.done("b", AWAY, "TimeoutError", NOW) == []
    assert box.take(NOW + 9) == [] and box.next(NOW) == NOW + 10
    for pause in (20, 40, 80):
        moment = box.next(NOW)
        (one,) = box.take(moment)
        assert box.done(one.event.followup, AWAY, "status 503", moment) == []
        assert box.next(moment) == moment + pause
    (one,) = box.take(box.next(NOW))
    box.done(one.event.followup, TAKEN, "", NOW)
    assert one.tries == 5 and len(box.take(NOW + 1e4)) == 1, "the other one goes at once"


def test_retry_after_is_obeyed():
    box = outbox(queued("a"))
    box.take(NOW)
    box.done("a", AWAY, "status 429", NOW, retry_after=300)
    assert box.next(NOW) == NOW + 300


def test_what_is_refused_is_told_and_hinders_nobody():
    box = outbox(queued("a"), queued("b"))
    box.take(NOW)
    (failed,) = box.done("a", REFUSED, "status 422", NOW)
    assert (type(failed), failed.why, failed.tries) == (FollowupFailed, "status 422", 1)
    assert names(box.waiting.values()) == ["b"]


def test_after_so_many_hours_it_is_a_dead_letter():
    box = outbox(queued("a"), give_up=1.0)
    box.take(NOW)
    box.done("a", AWAY, "status 503", NOW)
    assert box.expired(NOW + 3599) == [] and box.oldest(NOW + 3599) == 3599
    (failed,) = box.expired(NOW + 3601)
    assert (failed.why, failed.tries) == ("status 503", 1)


def test_quiet_hours_do_not_count():
    box = outbox(queued("a", due=NOW + 7200), queued("b"), give_up=1.0)
    assert names(box.take(NOW)) == ["b"] and box.oldest(NOW) == 0
    box.done("b", TAKEN, "", NOW)
    assert box.expired(NOW + 7200) == [] and names(box.take(NOW + 7200)) == ["a"]


def test_the_cursor_stands_before_the_oldest_that_is_open():
    box = outbox(queued("a"), queued("b"), FollowupSent(contact="c", followup="b", rule="r"))
    assert box.cursor == 0
    again = outbox(queued("a"), queued("b"), FollowupSent(contact="c", followup="b", rule="r"))
    assert names(again.take(NOW)) == ["a"]
    again.feed(Entry(4, NOW, FollowupFailed(contact="c", followup="a", rule="r", why="x")))
    assert again.cursor == 4


def test_a_sender_that_is_gone_from_the_file_is_waited_for():
    box = outbox(queued("a", "gone"))
    box.take(NOW)
    box.done("a", AWAY, "no sender gone", NOW)
    box.followups = Followups(senders={"gone": Sender()})
    assert names(box.take(NOW + 600)) == ["a"]
