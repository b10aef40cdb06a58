"""Bringing an older store up to date: numbered steps, each from one version of the tables to the next, in one transaction.

A step is written once and never changed, for it must do the same in ten years, whatever the tables are called then; so it is
SQL in words of its own. Either all steps are done or none: SQLite and PostgreSQL both take changes of tables back.

The store is saved first. A SQLite file is copied beside itself, when the switch starts or by ``shoal migrate``. What a
PostgreSQL server holds is for its operators to save, so there the switch does not begin by itself: it says what to do.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from switch.backup import copy_sqlite
from switch.store_batch import StoreError
from switch.store_engine import connect, transaction
from switch.store_tables import VERSION

Statement = str | Mapping[str, str]
"""SQL, or what it is in each dialect, where they have no common words."""
Steps = Mapping[int, Sequence[Statement]]
_LENGTH = {"sqlite": "(json_extract(body, '$.speech.caller.talk') + json_extract(body, '$.speech.caller.silence'))",
           "postgresql": "(CAST(CAST(body AS json) #>> '{speech,caller,talk}' AS float)"
                         " + CAST(CAST(body AS json) #>> '{speech,caller,silence}' AS float))"}
STEPS: Steps = {
    1: (
        "CREATE TABLE sip_messages (contact VARCHAR NOT NULL, at FLOAT NOT NULL, body TEXT NOT NULL, "
        "PRIMARY KEY (contact, at))",
        "CREATE INDEX sip_messages_at ON sip_messages (at)",
    ),
    2: (
        "ALTER TABLE contact_records ADD COLUMN codes TEXT DEFAULT '' NOT NULL",
        "ALTER TABLE contact_records ADD COLUMN notes TEXT DEFAULT '' NOT NULL",
        "ALTER TABLE contact_records ADD COLUMN silence FLOAT",
        "ALTER TABLE contact_records ADD COLUMN cross_talk FLOAT",
        "ALTER TABLE contact_records ADD COLUMN survey FLOAT",
        "ALTER TABLE contact_records ADD COLUMN score FLOAT",
        "ALTER TABLE contact_records ADD COLUMN recorded BOOLEAN DEFAULT FALSE NOT NULL",
        {"sqlite": "UPDATE contact_records SET "
                   f"silence = json_extract(body, '$.speech.silence') / nullif({_LENGTH['sqlite']}, 0), "
                   f"cross_talk = json_extract(body, '$.speech.overlap') / nullif({_LENGTH['sqlite']}, 0) "
                   "WHERE body LIKE '%\"speech\":%'",
         "postgresql": "UPDATE contact_records SET silence = "
                       f"CAST(CAST(body AS json) #>> '{{speech,silence}}' AS float) / nullif({_LENGTH['postgresql']}, 0), "
                       "cross_talk = "
                       f"CAST(CAST(body AS json) #>> '{{speech,overlap}}' AS float) / nullif({_LENGTH['postgresql']}, 0) "
                       "WHERE body LIKE '%\"speech\":%'"},
        {"sqlite": "UPDATE contact_records SET survey = json_extract(body, '$.survey.score') "
                   "WHERE body LIKE '%\"survey\":%'",
         "postgresql": "UPDATE contact_records SET survey = CAST(CAST(body AS json) #>> '{survey,score}' AS float) "
                       "WHERE body LIKE '%\"survey\":%'"},
        {"sqlite": "UPDATE contact_records SET codes = coalesce((SELECT '|' || "
                   "group_concat(json_extract(value, '$.outcome'), '|') || '|' FROM json_each(body, '$.noted') "
                   "WHERE json_extract(value, '$.outcome') <> ''), ''), notes = lower(coalesce((SELECT "
                   "group_concat(json_extract(value, '$.note'), char(10)) FROM json_each(body, '$.noted')), '')) "
                   "WHERE body LIKE '%\"noted\":%'",
         "postgresql": "UPDATE contact_records SET codes = coalesce((SELECT '|' || "
                       "string_agg(said ->> 'outcome', '|') || '|' FROM json_array_elements(CAST(body AS json) -> 'noted') "
                       "AS said WHERE said ->> 'outcome' <> ''), ''), notes = lower(coalesce((SELECT "
                       "string_agg(said ->> 'note', chr(10)) FROM json_array_elements(CAST(body AS json) -> 'noted') "
                       "AS said), '')) WHERE body LIKE '%\"noted\":%'"},
        "UPDATE contact_records SET recorded = TRUE WHERE EXISTS (SELECT 1 FROM recordings "
        "WHERE recordings.contact = contact_records.contact AND recordings.deleted = 0)",
        "DROP INDEX contact_records_started",
        "CREATE INDEX contact_records_search ON contact_records (started, contact, ended, outcome, queues, agents, codes, "
        "silence, cross_talk, survey, score, recorded)",
        "CREATE INDEX contact_records_noted ON contact_records (started) WHERE notes <> ''",
        "CREATE INDEX contact_records_scored ON contact_records (started) WHERE score IS NOT NULL",
    ),
}
"""Version -> what makes the next one of it."""

_log = structlog.get_logger("store")


async def at_start(engine: AsyncEngine, steps: Steps = STEPS, newest: int = VERSION) -> int:
    """What a switch does that opens a store: save and migrate a SQLite file. Gives the version that there was; 0 = none.

    Raises :class:`StoreError` for PostgreSQL tables of an older version."""
    version = await version_of(engine)
    if 0 < version < newest:
        if engine.dialect.name != "sqlite":
            raise StoreError(f"the store {engine.url} has tables of version {version}, this shoal needs version {newest}: "
                             "save it (pg_dump), then say `shoal migrate`")
        await _saved(engine, version)
        await migrate(engine, steps, newest)
    return version


async def by_hand(url: str) -> str:
    """``shoal migrate``: bring a store that no switch uses up to date; says what was done. Raises :class:`StoreError`."""
    engine = connect(url, make=False)
    try:
        version = await version_of(engine)
        if version in (0, VERSION):
            return f"nothing to do: {engine.url} " + ("has tables of this version" if version else "is empty")
        if version > VERSION:
            raise wrong_version(engine, version)
        saved = [f"saved as {await _saved(engine, version)}"] if engine.dialect.name == "sqlite" else []
        await migrate(engine)
        return "\n".join([*saved, f"{engine.url}: version {version} -> {VERSION}"])
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"cannot migrate the store {engine.url}: {error}") from error
    finally:
        await engine.dispose()


def wrong_version(engine: AsyncEngine, version: int) -> StoreError:
    """Why a store of this version is not used."""
    instead = ("start the switch, or say `shoal migrate`" if version < VERSION
               else "use the shoal that wrote it, or another store")
    return StoreError(f"the store {engine.url} has tables of version {version}, this shoal knows version {VERSION}: "
                      f"{instead}")


async def version_of(engine: AsyncEngine) -> int:
    """The version of the tables; 0 = there are none yet."""
    async with engine.connect() as db:
        return await db.run_sync(_version)


def _version(db: Connection) -> int:
    if not inspect(db).has_table("schema"):
        return 0
    return db.scalar(text("SELECT version FROM schema")) or 0


async def migrate(engine: AsyncEngine, steps: Steps = STEPS, newest: int = VERSION) -> None:
    """Do every step from the version that there is to the newest; all of them or none."""
    async with transaction(engine, writes=True) as db:
        for version in range(await db.run_sync(_version), newest):
            for statement in steps[version]:
                words = statement if isinstance(statement, str) else statement[engine.dialect.name]
                await db.execute(text(words))
            await db.execute(text("UPDATE schema SET version = :to"), {"to": version + 1})
            _log.info("the store was migrated", before=version, now=version + 1)


async def _saved(engine: AsyncEngine, version: int) -> Path:
    """A copy of a SQLite file beside it."""
    file = Path(engine.url.database)
    copy = file.with_name(f"{file.name}.version-{version}")
    await asyncio.to_thread(copy_sqlite, file, copy)
    _log.info("the store was saved before it is migrated", copy=str(copy))
    return copy
