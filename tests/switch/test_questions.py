"""What the world answers comes back to the exchange; what it fails to answer hurts nobody."""

import asyncio

import pytest
from structlog.testing import capture_logs

from switch.clock import Clock
from switch.effects import Fetch, FindCustomer, Measure, ShowPop
from switch.events import Customer
from switch.questions import Questions


class Exchange:
    """Writes down what it is told."""

    def __init__(self):
        self.told = []

    def __getattr__(self, name):
        return lambda *told: self.told.append((name, *told[:-1])) or []


class Lookups:
    """``answer`` stands for whatever is asked; an exception is raised."""

    def __init__(self):
        self.answer = None

    def customer(self, number, now):
        future = asyncio.get_running_loop().create_future()
        if isinstance(self.answer, Exception):
            future.set_exception(self.answer)
        else:
            future.set_result(self.answer)
        return future

    async def fetch(self, effect):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    measure = fetch


@pytest.fixture
def exchange():
    return Exchange()


@pytest.fixture
def lookups():
    return Lookups()


@pytest.fixture
def followed():
    return []


@pytest.fixture
def questions(exchange, lookups, followed):
    return Questions(exchange, Clock(), lookups, followed.append)


async def answered(questions):
    while questions:
        await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_a_customer_is_told_of_without_a_task(questions, exchange, lookups):
    lookups.answer = Customer(number="123", name="Ada")
    questions.find_customer(FindCustomer("c1", "123"))
    assert not questions
    await answered(questions)
    assert exchange.told == [("customer", "c1", lookups.answer)]


async def test_contacts_that_cannot_be_read_are_unknown_callers(questions, exchange, lookups):
    lookups.answer = OSError("disk")
    with capture_logs() as said:
        questions.find_customer(FindCustomer("c1", "123"))
        await answered(questions)
    assert exchange.told == [("customer", "c1", None)]
    assert [line["event"] for line in said] == ["the contact store does not answer"]


async def test_a_pop_without_any_screens_is_shown_at_once(questions, exchange, followed):
    questions.show_pop(ShowPop("c1", "r1", "1001", 5))
    assert len(questions) == 1
    await answered(questions)
    assert exchange.told == [("popped", "r1", "c1")] and followed == [[]]


async def test_the_screens_come_first(questions, exchange):
    told = asyncio.Event()

    class Screens:
        async def pop(self, agent, number):
            assert (agent, number) == ("1001", 5)
            await told.wait()

    questions.screens = Screens()
    questions.show_pop(ShowPop("c1", "r1", "1001", 5))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not exchange.told
    told.set()
    await answered(questions)
    assert exchange.told == [("popped", "r1", "c1")]


async def test_a_recording_that_cannot_be_measured_has_no_figures(questions, exchange):
    questions.measure(Measure("c1", "rec1", "r.wav", {}))
    await answered(questions)
    assert not exchange.told


async def test_a_question_that_fails_is_written_down_and_hurts_nobody(questions, exchange, lookups):
    lookups.answer = ValueError("nonsense")
    with capture_logs() as said:
        questions.fetch(Fetch("c1", "look-up", "GET", "http://127.0.0.1/", {}, None, 1.0))
        await answered(questions)
    assert not exchange.told
    assert [(line["event"], line["contact"]) for line in said] == [("a question to the world failed", "c1")]


async def test_who_closes_waits_for_no_answer(questions, exchange, lookups):
    async def never():
        await asyncio.Event().wait()

    questions.spawn(never())
    await questions.close()
    assert not questions and not exchange.told
