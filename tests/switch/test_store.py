"""The store keeps what it took, in order, and says when it is safe: the same suite over SQLite and PostgreSQL."""

import asyncio
import signal
import subprocess
import sys
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

import switch.events as told
from cti.records import fold
from cti.reports import report
from switch import store_writer
from switch.journal import Entry
from switch.store import Store, StoreError
from switch.store_engine import Hand, transaction
from switch.store_tables import contact_records, journal, record_of, recordings, schema
from tests.laws import check_laws
from tests.switch.lives import NINE, day


def menus(first, count, contact="c"):
    return [Entry(number, 1000.0 + number, told.MenuEntered(contact=contact, tree="t", version="1", menu="m", level=1))
            for number in range(first, first + count)]


async def write_day(store, entries, size=7):
    for start in range(0, len(entries), size):
        store.write(entries[start:start + size])
    await store.committed(entries[-1].number)


async def stored_records(store):
    async with store.engine.connect() as db:
        bodies = (await db.execute(select(contact_records.c.body))).scalars().all()
    return {record.contact: record for record in map(record_of, bodies)}


async def reopened(store, url):
    await store.close()
    return await Store.open(url, 2000.0)


# -- what is written -------------------------------------------------------------------------------------------------


async def test_entries_come_back_as_they_were(store, url):
    entries = day(1)
    await write_day(store, entries)
    assert await store.entries(0, 10_000) == entries
    assert await store.entries(5, 3) == entries[5:8]
    assert [entry async for page in store.entries_between(0, 1e12) for entry in page] == entries
    start, end = entries[10].at, entries[50].at
    assert [entry async for page in store.entries_between(start, end) for entry in page] == [
        entry for entry in entries if start <= entry.at < end]
    contact = "c0003"
    of = await store.entries_of(contact)
    assert of == [entry for entry in entries if getattr(entry.event, "contact", "") == contact]
    again = await reopened(store, url)
    assert (again.epoch, again.last, again.at) == (2, entries[-1].number, entries[-1].at)
    await again.close()


async def test_pages_hang_together(store, monkeypatch):
    monkeypatch.setattr("switch.store.PAGE", 10)
    await write_day(store, menus(1, 35))
    pages = [page async for page in store.entries_between(1003.0, 1e9)]
    assert [len(page) for page in pages] == [10, 10, 10, 3]
    assert [entry.number for page in pages for entry in page] == list(range(3, 36))
    assert [page async for page in store.entries_between(1e9, 1e10)] == []


async def test_memory_is_kept_changed_and_forgotten(store, url):
    value = {"state": "ready"}
    store.write(menus(1, 1), [("agent/1", value), ("agent/2", {"state": "busy"}), ("contact/a", {})])
    value["state"] = "changed by its owner later"
    store.write(menus(2, 1), [("agent/2", None), ("contact/a", {"at": 1.5})])
    await store.committed(2)
    assert await store.memory() == {"agent/1": {"state": "ready"}, "contact/a": {"at": 1.5}}
    store.write([], [("agent/1", None)])
    again = await reopened(store, url)
    assert await again.memory("agent/") == {}
    assert await again.memory("contact/") == {"contact/a": {"at": 1.5}}
    await again.close()


async def test_callbacks_come_after_the_commit_and_in_order(store):
    called = []
    store.after_commit(lambda: called.append("nothing waits"))
    assert called == ["nothing waits"]
    store.write(menus(1, 1))
    done = asyncio.get_running_loop().create_future()
    store.after_commit(lambda: called.append("first"))
    store.write([], [("a", {})])
    store.after_commit(lambda: done.set_result(called.append("second")))
    assert called == ["nothing waits"]
    await done
    assert called == ["nothing waits", "first", "second"]
    assert await store.memory() == {"a": {}}
    assert store.lag == 0


async def test_cursors_survive(store, url):
    assert store.get_cursor("mqtt") == 0
    store.set_cursor("mqtt", 7)
    store.set_cursor("mqtt", 9)
    again = await reopened(store, url)
    assert again.get_cursor("mqtt") == 9
    await again.close()


async def test_text_that_no_database_takes_is_taken(store):
    event = told.ContactOffered(contact="a\0b", caller="\udcff\0", called="5000")
    store.write([Entry(1, 1.0, event), Entry(2, 2.0, told.ContactEnded(contact="a\0b", ended_by="x", cause="y"))])
    await store.committed(2)
    assert [entry.event.called for entry in await store.entries(0, 1)] == ["5000"]
    assert len(await stored_records(store)) == 1


# -- a database that is away -----------------------------------------------------------------------------------------


async def test_nothing_is_lost_while_the_database_is_away(store, monkeypatch):
    monkeypatch.setattr(store_writer, "BACK_OFF", (0.0, 0.0))
    attempts, seen_away, write = [], [], Hand.run

    async def away(hand, work):
        attempts.append(1)
        seen_away.append(store.away)
        if len(attempts) < 5:
            raise OperationalError("x", {}, Exception("database is locked"))
        await write(hand, work)
    monkeypatch.setattr(Hand, "run", away)
    for number in range(1, 100):
        store.write(menus(number, 1), [("last", {"number": number})])
    assert store.lag == 99
    await store.committed(99)
    assert len(attempts) >= 5
    assert seen_away[:5] == [False, True, True, True, True] and not store.away
    check_laws([Entry(e.number, e.at, told.SwitchStopped(reason="x")) for e in await store.entries(0, 1000)], True)
    assert (await store.memory())["last"] == {"number": 99}
    assert store.lag == 0


async def test_a_commit_whose_answer_was_lost_is_not_made_twice(store, monkeypatch):
    monkeypatch.setattr(store_writer, "BACK_OFF", (0.0, 0.0))
    lost, write = [], Hand.run

    async def forgetful(hand, work):
        await write(hand, work)
        if len(lost) < 2:
            lost.append(1)
            raise OperationalError("x", {}, Exception("connection lost"))
    monkeypatch.setattr(Hand, "run", forgetful)
    entries = day(2, contacts=5)
    store.write(entries)
    await store.committed(entries[-1].number)
    assert await store.entries(0, 10_000) == entries
    assert await stored_records(store) == fold(entries)


async def test_a_switch_whose_store_was_taken_over_writes_no_more(store, url):
    successor = await Store.open(url, 2000.0)
    successor.write(menus(1, 1, "successor"))
    await successor.committed(1)
    store.write(menus(1, 1, "predecessor"))
    await store.close(patience=0.1)
    assert store.lag == 1
    assert [entry.event.contact for entry in await successor.entries(0)] == ["successor"]
    await successor.close()


async def test_a_newer_schema_is_refused_in_a_sentence(store, url):
    async with transaction(store.engine, writes=True) as db:
        await db.execute(update(schema).values(version=99))
    with pytest.raises(StoreError, match="tables of version 99, this shoal knows version 3"):
        await Store.open(url, 2000.0)


@pytest.mark.parametrize(("bad", "says"), [
    ("sqlite+aiosqlite://", "must be a file"),
    ("mysql://x/y", "cannot be 'mysql'"),
    ("nonsense", "cannot be read"),
    ("postgresql+asyncpg://nobody@127.0.0.1:1/x", "cannot open the store"),
    ("sqlite+aiosqlite:////proc/nowhere/x.db", "cannot make the store's folder"),
])
async def test_a_store_that_cannot_be_opened_says_why(bad, says):
    with pytest.raises(StoreError, match=says):
        await Store.open(bad, 1.0)


async def test_looking_needs_a_store_and_changes_nothing(store, url, tmp_path):
    await write_day(store, menus(1, 3))
    looking = await Store.look(url)
    assert (looking.epoch, looking.last) == (1, 3)
    assert len(await looking.entries(0)) == 3
    await looking.close()
    with pytest.raises(StoreError, match="there is no store"):
        await Store.look(f"sqlite+aiosqlite:///{tmp_path}/nothing.db")


KILLED = """
import asyncio, sys
sys.path.insert(0, {root!r})
from switch.store import Store
from tests.switch.test_store import menus
async def main():
    store = await Store.open({url!r}, 1.0)
    for number in range(1, 100_000):
        store.write(menus(number, 1), [("last", {{"number": number}})])
        if number % 10 == 0:
            await store.committed(number)
            print(number, flush=True)
asyncio.run(main())
"""


async def test_what_was_acknowledged_survives_kill_minus_nine(url):
    script = KILLED.format(root=str(Path(__file__).parents[2]), url=url)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        acknowledged = [int(process.stdout.readline()) for _ in range(20)][-1]
        process.send_signal(signal.SIGKILL)
    store = await Store.open(url, 2.0)
    numbers = [entry.number for entry in await store.entries(0, 100_000)]
    assert store.last >= acknowledged
    assert numbers == list(range(1, store.last + 1))
    assert await store.memory() == {"last": {"number": store.last}}
    await store.close()


# -- what is computed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
async def test_records_are_the_fold_of_the_journal_and_can_be_made_anew(store, seed):
    entries = day(seed, contacts=20)
    await write_day(store, entries)
    written = await stored_records(store)
    assert written == fold(entries)
    async with store.engine.connect() as db:
        tapes = (await db.execute(select(recordings).order_by(recordings.c.recording))).all()
    assert tapes and all(tape.seconds == 3.0 and not tape.deleted for tape in tapes)
    assert await store.rebuild_records() == entries[-1].number
    assert await stored_records(store) == written
    async with store.engine.connect() as db:
        assert (await db.execute(select(recordings).order_by(recordings.c.recording))).all() == tapes


@pytest.mark.parametrize("cut", [60, 150, 260])
async def test_records_go_on_after_a_crash(store, url, cut):
    entries = day(4, contacts=20)
    await write_day(store, entries[:cut])
    again = await reopened(store, url)
    await write_day(again, entries[cut:])
    assert await stored_records(again) == fold(entries)
    await again.close()


async def test_a_report_from_the_middle_of_the_day_needs_only_what_stands(store):
    entries = day(5, contacts=30)
    await write_day(store, entries)
    start, end = NINE + 400, NINE + 3600
    standing = await store.standing(start)
    rest = [entry async for page in store.entries_between(start, end) for entry in page]
    assert len(standing) < len([entry for entry in entries if entry.at < start])
    everything = [entry for entry in entries if entry.at < end]
    assert report([*standing, *rest], start, end, UTC, {}) == report(everything, start, end, UTC, {})


async def test_one_put_is_never_divided(store, monkeypatch):
    monkeypatch.setattr(store_writer, "BATCH", 3)
    for first in range(1, 21, 2):
        store.write(menus(first, 2), [("last", {"number": first + 1})])
    await store.committed(20)
    async with store.engine.connect() as db:
        assert await db.scalar(select(func.count()).select_from(journal)) == 20
