"""One transaction of the store: some entries, what is folded from them, and the memory and cursors given with them.

Written whole or not at all. Only the transaction that has raised the store's epoch may write, and the row of the
epoch is locked while it does: so two switches that were pointed at one store by mistake cannot weave their numbers
together.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import structlog
from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from cti.record import ContactRecord
from cti.records import RecordFold, amend, is_late
from switch.events import RecordingDeleted, RecordingSaved, RecordingStarted
from switch.journal import Entry
from switch.store_tables import (
    clean,
    contact_records,
    cursors,
    entry_row,
    journal,
    memory,
    record_of,
    record_row,
    recording_row,
    recordings,
    schema,
)

_log = structlog.get_logger("store")


class StoreError(Exception):
    """The store cannot be used; the message says why and what to do."""


class TakenOver(StoreError):
    """Another switch has opened this store since."""


class Put(NamedTuple):
    """What was handed in together and is never divided."""

    entries: Sequence[Entry]
    memory: Sequence[tuple[str, str | None]] = ()
    """Names and JSON; None = forget it."""
    cursors: Sequence[tuple[str, int]] = ()


class Batch:
    """Gathers puts with ``take``, writes them with ``write`` as often as it takes."""

    def __init__(self, fold: RecordFold) -> None:
        self._fold = fold
        self.entries: list[Entry] = []
        self._memory: dict[str, str | None] = {}
        self._cursors: dict[str, int] = {}
        self._records: dict[str, ContactRecord] = {}
        self._late: list[Entry] = []

    def take(self, put: Put) -> None:
        self.entries += put.entries
        self._memory.update(put.memory)
        self._cursors.update(put.cursors)
        for entry in put.entries:
            self._feed(entry)

    def _feed(self, entry: Entry) -> None:
        """Fold one entry. An entry that the fold cannot bear must not keep the journal from being written."""
        contact = getattr(entry.event, "contact", "")
        try:
            for record in self._fold.feed(entry):
                self._records[record.contact] = record
            if is_late(entry.event) and contact not in self._fold:
                if contact in self._records:
                    self._records[contact] = amend(self._records[contact], entry)
                else:
                    self._late.append(entry)
        except Exception:
            _log.exception("the record of a contact could not be computed", contact=contact, number=entry.number)
            self._fold.forget(contact)

    async def write(self, db: AsyncConnection, epoch: int, *, again: bool) -> None:
        """Write everything within the transaction of ``db``. ``again``: an attempt before this one may have succeeded.

        Raises :class:`TakenOver`, and whatever the database raises."""
        owner = await db.scalar(select(schema.c.epoch).with_for_update())
        if owner != epoch:
            raise TakenOver(f"this store was opened by another switch (epoch {owner}; this switch has {epoch})")
        if again and self.entries:
            last = await db.scalar(select(func.max(journal.c.number)))
            if last is not None and last >= self.entries[-1].number:
                return
        if self.entries:
            await insert_entries(db, self.entries)
            await self.write_folded(db)
        await self._write_memory(db)

    async def write_folded(self, db: AsyncConnection) -> None:
        """Write what the entries come to: records and recordings, but not the entries."""
        records = self._records | await self._amended(db)
        await upsert_records(db, list(records.values()))
        await write_recordings(db, self.entries)

    async def _amended(self, db: AsyncConnection) -> dict[str, ContactRecord]:
        """Records that were complete already, with their late entries."""
        return await amended(db, self._late) if self._late else {}

    async def _write_memory(self, db: AsyncConnection) -> None:
        kept = [{"name": clean(name), "value": value} for name, value in self._memory.items() if value is not None]
        gone = [{"key": clean(name)} for name, value in self._memory.items() if value is None]
        if kept:
            await db.execute(upsert(db, memory), kept)
        if gone:
            await db.execute(memory.delete().where(memory.c.name == bindparam("key")), gone)
        if self._cursors:
            rows = [{"name": name, "number": number} for name, number in self._cursors.items()]
            await db.execute(upsert(db, cursors), rows)


def upsert(db: AsyncConnection, table: Table) -> Any:
    """An INSERT that replaces the row of the same primary key."""
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    new = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new)


_IN_COLUMNS = text("""
    INSERT INTO journal (number, at, kind, contact, agent, body) SELECT * FROM unnest(
    CAST(:number AS bigint[]), CAST(:at AS float8[]), CAST(:kind AS varchar[]), CAST(:contact AS varchar[]),
    CAST(:agent AS varchar[]), CAST(:body AS text[]))
""")


async def insert_entries(db: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Write the journal's rows: to SQLite one by one within the call, to PostgreSQL as six arrays in one statement."""
    rows = [entry_row(entry) for entry in entries]
    if db.dialect.name == "postgresql":
        await db.execute(_IN_COLUMNS, {name: [row[name] for row in rows] for name in rows[0]})
    else:
        await db.execute(insert(journal), rows)


async def upsert_records(db: AsyncConnection, records: Sequence[ContactRecord]) -> None:
    if records:
        await db.execute(upsert(db, contact_records), [record_row(record) for record in records])


async def amended(db: AsyncConnection, late: Sequence[Entry]) -> dict[str, ContactRecord]:
    """The stored records of these late entries' contacts, with the entries added, by contact."""
    names = {clean(entry.event.contact) for entry in late}
    rows = await db.execute(select(contact_records.c.body).where(contact_records.c.contact.in_(names)))
    found: Mapping[str, ContactRecord] = {record.contact: record for record in map(record_of, rows.scalars())}
    records = dict(found)
    for entry in late:
        contact = entry.event.contact
        if contact in records:
            records[contact] = amend(records[contact], entry)
    return records


async def write_recordings(db: AsyncConnection, entries: Sequence[Entry]) -> None:
    """The rows of recordings, from their events."""
    begun = [recording_row(entry.event, entry.at) for entry in entries if type(entry.event) is RecordingStarted]
    saved = [{"key": clean(entry.event.recording), "value": entry.event.seconds} for entry in entries
             if type(entry.event) is RecordingSaved]
    deleted = [{"key": clean(entry.event.recording), "value": entry.at} for entry in entries
               if type(entry.event) is RecordingDeleted]
    if begun:
        await db.execute(upsert(db, recordings), begun)
    for column, rows in ((recordings.c.seconds, saved), (recordings.c.deleted, deleted)):
        if rows:
            change = update(recordings).where(recordings.c.recording == bindparam("key"))
            await db.execute(change.values({column: bindparam("value")}), rows)


def encoded(memory: Sequence[tuple[str, Mapping[str, Any] | None]]) -> list[tuple[str, str | None]]:
    """Memory as it is stored; encoded at once, so that what the house changes later does not change it."""
    return [(name, None if value is None else msgspec.json.encode(value).decode()) for name, value in memory]
