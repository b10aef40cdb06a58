"""Several media workers: who talks together is together, the least loaded one gets the next call, and the death of one ends
its calls alone."""

import random

import pytest

import media.orders as m
import switch.events as told
import switch.sip.effects as sip
from media.paper import Paper
from switch.orders import CompleteCall, ConferenceCall, ConsultCall
from tests.laws import check_laws
from tests.switch.contact import test_any_conversation as any_conversation
from tests.switch.contact.stage import Stage, arrange


class Rooms(Stage):
    """A stage whose seats belong to workers in turn. Whatever puts legs together is looked at."""

    workers = 2

    def worker(self, port):
        return port // 2 % self.workers

    def of(self, phone):
        return self.worker(phone.rtp)

    def _hear(self, reports):
        for report in reports:
            if type(report) is m.Seats:
                for worker in range(self.workers):
                    ports = tuple(port for port in report.ports if self.worker(port) == worker)
                    self._do(self.exchange.media(m.Seats(ports), self.now, worker))
            else:
                super()._hear([report])
        self._stale = True

    def _obey_media(self, order):
        legs = {m.Join: lambda: (order.one, order.other), m.Bridge: lambda: order.legs,
                m.Record: lambda: (order.left, order.right)}.get(type(order), tuple)()
        assert len({self.worker(self.paper.rows[leg].port) for leg in legs if leg in self.paper.rows}) <= 1, order
        super()._obey_media(order)

    def dies(self, worker):
        """As the world tells it: nothing of its rows is heard any more."""
        for leg, row in list(self.paper.rows.items()):
            if self.worker(row.port) == worker:
                self.paper.obey(m.Close(leg), self.now)
        self._do(self.exchange.media_lost(self.now, worker))
        self.run_for(0.1)


@pytest.fixture
def rooms(settings):
    return Rooms(arrange(settings))


def test_calls_are_spread(rooms):
    callers = [rooms.caller(place=10 + number) for number in range(6)]
    assert [rooms.of(caller) for caller in callers] == [0, 1, 0, 1, 0, 1]
    for caller in callers[1::2]:
        caller.hang_up()
    rooms.run_for(1)
    assert [rooms.of(rooms.caller(place=20 + number)) for number in range(3)] == [1, 1, 1], "to who has the least to do"


def test_an_agent_is_rung_in_the_worker_of_the_caller(rooms):
    first, ann = rooms.talk("7000", "1001")
    second, ben = rooms.talk("7000", "1002", place=3)
    assert rooms.of(first) == rooms.of(ann) != rooms.of(second) == rooms.of(ben)
    assert rooms.hears(first).voices and rooms.hears(second).voices


def test_a_consultation_and_a_conference_stay_there(rooms):
    rooms.caller("7001", place=9)
    caller, first = rooms.talk()
    second = rooms.agent("1002", ready=False)
    rooms.obey(ConsultCall(to="agent:1002"), "1001")
    rooms.run_for(0.1)
    second.answer()
    assert {rooms.of(phone) for phone in (caller, first, second)} == {1}
    rooms.obey(ConferenceCall(), "1001")
    rooms.run_for(0.1)
    assert len(rooms.hears(caller).voices) == 2
    third = rooms.agent("1003", ready=False)
    rooms.obey(ConsultCall(to="agent:1003"), "1001")
    rooms.run_for(0.1)
    third.answer()
    rooms.obey(CompleteCall(), "1001")
    rooms.run_for(0.1)
    assert rooms.of(third) == 1 and len(rooms.hears(caller).voices) == 2


def test_a_worker_that_is_late_gets_nobody_new(rooms):
    rooms.exchange.house.seats.strained = frozenset({0})
    assert {rooms.of(rooms.caller(place=10 + number)) for number in range(4)} == {1}
    rooms.exchange.house.seats.strained = frozenset({0, 1})
    assert rooms.of(rooms.caller(place=20)) == 0, "where all are late, the one with the least to do"


def test_a_worker_that_dies_ends_its_own_calls(rooms):
    lost, ann = rooms.talk("7000", "1001")
    kept, ben = rooms.talk("7000", "1002", place=3)
    rooms.dies(rooms.of(lost))
    assert lost.last(sip.Ended).how == ann.last(sip.Ended).how == "bye"
    assert kept.last(sip.Ended) is None and rooms.hears(kept).voices and rooms.hears(ben).voices
    ended = rooms.event(told.ContactEnded)
    assert (ended.ended_by, ended.sip_status) == ("system", 500)
    assert [rooms.of(rooms.caller("5000", place=10 + number)) for number in range(3)] == [1, 1, 1]
    rooms._hear([m.Seats(tuple(range(42000, 42080, 2)))])
    assert rooms.of(rooms.caller("5000", place=20)) == 0, "another has come in its place"


def test_all_workers_die(rooms):
    phones = [*rooms.talk("7000", "1001"), *rooms.talk("7000", "1002", place=3)]
    for worker in range(2):
        rooms._do(rooms.exchange.media_lost(rooms.now, worker))
    rooms.paper = Paper(rooms.paper.seconds)
    rooms.run_for(0.1)
    assert all(phone.last(sip.Ended).how == "bye" for phone in phones)
    rooms.run_for(60)
    check_laws(rooms.journal, finished=True)
    assert not rooms.exchange.house.contacts and not rooms.exchange.house.rows


def test_a_worker_without_seats_is_full_for_who_is_there(rooms):
    """Nobody is joined across workers: an agent who cannot be seated beside the caller is not rung."""
    caller = rooms.caller()
    worker = rooms.of(caller)
    kept = [port for port in rooms.exchange.house.seats if rooms.worker(port) != worker]
    rooms.exchange.house.seats.clear()
    rooms.exchange.house.seats.extend(kept, 1 - worker)
    phone = rooms.agent("1001")
    rooms.run_for(1)
    assert phone.last(sip.Offered) is None and caller.last(sip.Ended) is None
    full = rooms.event(told.MediaFull)
    assert rooms.worker(full.first_port) == rooms.worker(full.last_port) == worker
    assert rooms.of(rooms.caller(place=3)) == 1 - worker, "new calls go where there is room"


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_said_nobody_is_joined_across_workers(settings, seed, monkeypatch):
    monkeypatch.setattr(Rooms, "workers", random.Random(seed).choice([2, 3]))
    monkeypatch.setattr(any_conversation, "Stage", Rooms)
    any_conversation.Conversations(settings, 100 + seed).over()
