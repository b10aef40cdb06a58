"""Callers are known from the contact store and from the records of their calls; many are asked for at once."""

import asyncio
from datetime import UTC

import pytest
from sqlalchemy import Engine, event

import switch.events as told
from cti.protocol import CustomerEntry
from switch.customers import Customers
from switch.journal import Entry
from switch.recognition import Recognition

NEW_YEAR = 1_767_225_600.0
"""2026-01-01 in UTC."""
DAY = 86400.0
NOON = NEW_YEAR + 100 * DAY + 12 * 3600


def call(number, at, caller="+44 20 7946 0018", direction="inbound", over=True):
    contact = f"c{number}"
    begun = Entry(number, at, told.ContactOffered(contact=contact, caller=caller, called="5000", direction=direction))
    ended = Entry(number + 1, at + 60, told.ContactEnded(contact=contact, ended_by="customer", cause="x"))
    return [begun, ended] if over else [begun]


@pytest.fixture
def callers(store):
    return Recognition(store, UTC, pause=0.0)


async def test_calls_are_counted_from_the_records(callers, store):
    for entries in (call(1, NEW_YEAR - DAY), call(3, NEW_YEAR), call(5, NOON - 13 * 3600), call(7, NOON - 3600),
                    call(9, NOON - 1800, direction="internal"), call(11, NOON - 900, caller="123"),
                    call(13, NOON - 60, caller="0044-20-7946-0018", over=False)):
        store.write(entries)
    await store.committed(13)
    found = await callers.ask("00442079460018", NOON)
    assert (found.calls_today, found.calls_year, found.last_call) == (1, 3, NOON - 3600)
    assert await callers.ask("", NOON) is None
    assert await callers.ask("999", NOON) is None


async def test_a_customer_who_never_called_is_known(callers, store):
    await Customers(store).put_all([CustomerEntry(number="999", name="New")])
    found = await callers.ask("999", NOON)
    assert (found.name, found.calls_year) == ("New", 0)


async def test_who_calls_during_a_question_is_asked_for_in_the_next_one(callers, store):
    asked = []
    event.listen(Engine, "before_cursor_execute",
                 lambda conn, cursor, statement, *rest: asked.append(statement) if "customers" in statement else None)
    await Customers(store).put_all([CustomerEntry(number=str(n), name=f"N{n}") for n in range(100, 150)])
    asked.clear()
    found = await asyncio.gather(*(callers.ask(str(n), NOON) for n in range(100, 150)))
    assert [each.name for each in found] == [f"N{n}" for n in range(100, 150)]
    assert len(asked) <= 2


async def test_a_store_that_does_not_answer_fails_each_question_and_the_next_one_is_asked_anew(callers, store, monkeypatch):
    async def broken(numbers, now):
        raise OSError("no disk")
    with monkeypatch.context() as trouble:
        trouble.setattr(callers, "_look_up", broken)
        for answer in await asyncio.gather(callers.ask("1", NOON), callers.ask("2", NOON), return_exceptions=True):
            assert isinstance(answer, OSError)
    assert await callers.ask("1", NOON) is None
