"""An older store is saved, then brought up to date step by step; all steps or none, and what was in it stays."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from switch import events as told
from switch.journal import Entry
from switch.migrations import STEPS, at_start, by_hand, migrate, version_of
from switch.store import Store, StoreError
from switch.store_engine import connect, transaction
from switch.store_tables import VERSION

ENTRY = Entry(1, 1001.0, told.MenuEntered(contact="c", tree="t", version="1", menu="m", level=1))


async def of_version_one(url):
    """A store as it was before SIP messages were kept, with something in it."""
    store = await Store.open(url, 1000.0)
    store.write([ENTRY], [("agent/1", {"state": "ready"})])
    await store.committed(1)
    await store.close()
    engine = connect(url, make=False)
    await back_to_one(engine)
    await engine.dispose()


async def back_to_one(engine):
    """Take away what later versions brought."""
    async with transaction(engine, writes=True) as db:
        for name in ("search", "noted", "scored"):
            await db.execute(text(f"DROP INDEX contact_records_{name}"))
        for name in ("codes", "notes", "silence", "cross_talk", "survey", "score", "recorded"):
            await db.execute(text(f"ALTER TABLE contact_records DROP COLUMN {name}"))
        await db.execute(text("CREATE INDEX contact_records_started ON contact_records (started)"))
        await db.execute(text("DROP TABLE sip_messages"))
        await db.execute(text("UPDATE schema SET version = 1"))


async def shape(url):
    """Tables, columns and indexes."""
    def look(db):
        seen = inspect(db)
        return {name: (sorted((column["name"], str(column["type"]).replace("DOUBLE PRECISION", "FLOAT"), column["nullable"])
                              for column in seen.get_columns(name)),
                       sorted(index["name"] for index in seen.get_indexes(name)),
                       seen.get_pk_constraint(name)["constrained_columns"]) for name in seen.get_table_names()}
    engine = connect(url, make=False)
    async with engine.connect() as db:
        found = await db.run_sync(look)
    await engine.dispose()
    return found


def test_there_is_a_step_to_every_version():
    assert sorted(STEPS) == list(range(1, VERSION))


async def test_an_older_store_becomes_what_a_new_one_is(url):
    await (await Store.open(url, 1.0)).close()
    wanted = await shape(url)
    await of_version_one(url)
    assert await shape(url) != wanted
    said = await by_hand(url)
    assert said.endswith(f"version 1 -> {VERSION}")
    assert await shape(url) == wanted
    assert "nothing to do" in await by_hand(url)
    store = await Store.open(url, 2000.0)
    assert await store.entries(0) == [ENTRY]
    assert await store.memory() == {"agent/1": {"state": "ready"}}
    await store.close()


async def test_what_was_in_records_is_found_in_their_new_columns(url):
    party = told.PartySpeech(talk=60.0, silence=40.0)
    events = [
        told.ContactOffered(contact="c", caller="1", called="2"),
        told.RecordingStarted(contact="c", recording="r", path="r.wav"),
        told.SurveyStarted(contact="c", survey="s", version="1", agent="1001", queue="q"),
        told.SurveyEnded(contact="c", survey="s", version="1", agent="1001", queue="q", outcome="completed", score=4.5),
        told.ContactNoted(contact="c", agent="1001", outcome="solved", note="A Refund"),
        told.ContactNoted(contact="c", agent="1002", outcome="complaint"),
        told.ContactEnded(contact="c", ended_by="customer", cause="normal_call_clearing"),
        told.SpeechMeasured(contact="c", recording="r", caller=party, agent=party, overlap=5.0, silence=20.0),
        told.ContactOffered(contact="d", caller="1", called="2"),
        told.ContactEnded(contact="d", ended_by="customer", cause="normal_call_clearing"),
    ]
    columns = ("SELECT contact, codes, trim(notes), silence, cross_talk, survey, score, recorded FROM contact_records "
               "ORDER BY contact")
    store = await Store.open(url, 1000.0)
    store.write([Entry(1 + place, 1001.0, event) for place, event in enumerate(events)])
    await store.committed(len(events))
    async with store.engine.connect() as db:
        wanted = [tuple(row) for row in await db.execute(text(columns))]
    await store.close()
    engine = connect(url, make=False)
    await back_to_one(engine)
    await migrate(engine)
    async with engine.connect() as db:
        found = [tuple(row) for row in await db.execute(text(columns))]
    await engine.dispose()
    assert wanted[0][1:6] == ("|solved|complaint|", "a refund", 0.2, 0.05, 4.5)
    assert [(*row[:2], row[2].strip(), *row[3:]) for row in found] == wanted


async def test_a_switch_saves_and_migrates_a_file_by_itself(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path}/shoal.db"
    await of_version_one(url)
    with pytest.raises(StoreError, match=r"tables of version 1, .* say `shoal migrate`"):
        await Store.look(url)
    store = await Store.open(url, 2000.0)
    assert await store.entries(0) == [ENTRY] and await store.messages_of("c") == []
    await store.close()
    copy = tmp_path / "shoal.db.version-1"
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT version FROM schema").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM journal").fetchone() == (1,)


async def test_what_a_server_holds_is_saved_by_its_operators_first(url):
    if url.startswith("sqlite"):
        return  # the test before this one
    await of_version_one(url)
    with pytest.raises(StoreError, match=r"save it \(pg_dump\), then say `shoal migrate`"):
        await Store.open(url, 2000.0)


async def test_a_step_that_fails_leaves_everything_as_it_was(url):
    await of_version_one(url)
    before = await shape(url)
    engine = connect(url, make=False)
    steps = STEPS | {VERSION: ("CREATE TABLE further (x INTEGER)", "ALTER TABLE nothing ADD COLUMN y INTEGER")}
    with pytest.raises(SQLAlchemyError):
        await migrate(engine, steps, VERSION + 1)
    assert await version_of(engine) == 1
    await engine.dispose()
    assert await shape(url) == before


async def test_several_steps_are_one_way(tmp_path):
    """A store of a made-up past: each of its steps is done once, in order."""
    engine = connect(f"sqlite+aiosqlite:///{tmp_path}/old.db", make=True)
    async with transaction(engine, writes=True) as db:
        await db.execute(text("CREATE TABLE schema (version INTEGER PRIMARY KEY, epoch INTEGER, opened FLOAT)"))
        await db.execute(text("INSERT INTO schema VALUES (1, 7, 1.0)"))
    steps = {1: ("CREATE TABLE log (line TEXT)",), 2: ("ALTER TABLE log ADD COLUMN at FLOAT DEFAULT 0 NOT NULL",),
             3: ("INSERT INTO log VALUES ('three', 3.0)", "UPDATE log SET at = at + 1")}
    assert await at_start(engine, steps, 4) == 1
    async with engine.connect() as db:
        assert (await db.execute(text("SELECT * FROM log"))).all() == [("three", 4.0)]
        assert (await db.execute(text("SELECT version, epoch FROM schema"))).all() == [(4, 7)]
    await engine.dispose()
    assert (tmp_path / "old.db.version-1").exists()


async def test_a_newer_store_is_not_touched(url):
    await (await Store.open(url, 1.0)).close()
    engine = connect(url, make=False)
    async with transaction(engine, writes=True) as db:
        await db.execute(text("UPDATE schema SET version = 99"))
    await engine.dispose()
    with pytest.raises(StoreError, match="use the shoal that wrote it"):
        await by_hand(url)
