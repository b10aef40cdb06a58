"""Timers and repetition."""

from functools import partial
from random import Random

from switch.sip.here import Here
from switch.sip.stack import Stack
from switch.sip.timers import Repeat, Timers


class Clockwork:
    t1 = 0.5

    def __init__(self):
        self.timers = Timers()
        self.now = 0.0
        self.said = []

    def after(self, seconds, action):
        return self.timers.set(self.now + seconds, action)

    def cancel(self, timer):
        self.timers.cancel(timer)

    def say(self):
        self.said.append(self.now)

    def run(self, until):
        while (moment := self.timers.next) is not None and moment <= until:
            self.now = moment
            self.timers.run(moment)
        self.now = until


def test_appointments_are_kept_in_order_and_once():
    clock = Clockwork()
    for seconds in (3.0, 1.0, 2.0, 1.0):
        clock.after(seconds, clock.say)
    gone = clock.after(1.5, clock.say)
    clock.cancel(gone)
    clock.cancel(gone)
    clock.cancel(None)
    assert len(clock.timers) == 4
    clock.run(10)
    assert clock.said == [1.0, 1.0, 2.0, 3.0]
    assert clock.timers.next is None and len(clock.timers) == 0


def test_what_is_called_off_does_not_pile_up():
    clock = Clockwork()
    last = clock.after(1000, clock.say)
    for _ in range(10_000):
        clock.cancel(clock.after(32, clock.say))
    assert len(clock.timers._heap) < 1000
    assert len(clock.timers) == 1
    clock.run(1000)
    assert clock.said == [1000] and last.action is None


def test_pauses_double_up_to_the_longest():
    clock = Clockwork()
    repeat = Repeat(clock, clock.say)
    clock.run(20)
    assert clock.said == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5]
    repeat.stop()
    repeat.stop()
    clock.run(60)
    assert len(clock.said) == 7


def test_after_a_provisional_response_it_is_the_longest_pause_at_once():
    clock = Clockwork()
    repeat = Repeat(clock, clock.say)
    clock.run(0.6)
    repeat.slow_down()
    clock.run(10)
    assert clock.said == [0.5, 1.5, 5.5, 9.5]


def test_a_repetition_may_stop_itself():
    clock = Clockwork()
    repeat = Repeat(clock, lambda: (clock.say(), repeat.stop()))
    clock.run(20)
    assert clock.said == [0.5] and len(clock.timers) == 0


def test_what_only_waits_for_late_copies_is_forgotten_together():
    stack, gone, woken = Stack(Random(1), Here(["192.0.2.1"], 5060), 0.5, "test"), [], []
    for stack.now in (0.0, 0.01, 0.02, 0.1, 9.0):
        stack.linger(partial(gone.append, stack.now))
    while (moment := stack.deadlines.next) is not None:
        stack.now = moment
        stack.deadlines.run(moment)
        woken.append((moment, len(gone)))
    assert woken == [(32.0, 1), (32.25, 4), (41.0, 5)]
