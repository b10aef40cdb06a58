"""Hints in a heap, against a plain search."""

from hypothesis import given
from hypothesis import strategies as st

from switch.acd.alarms import Alarms


class Thing:
    def __init__(self):
        self.due = None
        self.alarm = None


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 50), st.booleans()), max_size=400))
def test_like_a_plain_search(changes):
    alarms, things, now = Alarms(), [Thing() for _ in range(10)], 0
    for number, moment, wake in changes:
        things[number].due = moment
        alarms.touch(things[number])
        assert alarms.next == min((thing.due for thing in things if thing.due is not None), default=None)
        if wake:
            now = alarms.next if alarms.next is not None else now
            due = [thing for thing in things if thing.due is not None and thing.due <= now]
            said = alarms.due(now)
            assert len(said) == len(due) and set(said) == set(due)
            for thing in said:
                thing.due = None
                alarms.touch(thing)


def test_hints_that_nobody_agrees_with_are_dropped():
    alarms, thing = Alarms(), Thing()
    for moment in range(10_000):
        thing.due = moment
        alarms.touch(thing)
    assert len(alarms._heap) < 200
    assert alarms.next == 9_999
