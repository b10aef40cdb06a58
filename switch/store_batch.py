"""One transaction of the store: some entries, what is folded from them, and the memory and cursors given with them.

Written whole or not at all. Only the transaction that has raised the store's epoch may write, and the row of the
epoch is locked while it does: so two switches that were pointed at one store by mistake cannot weave their numbers
together.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import structlog
from sqlalchemy import Connection, Dialect, Executable, Insert, Table, bindparam, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

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
    sip_messages,
)
from switch.traces import Trace, packed

_log = structlog.get_logger("store")

RECENT = 1000
"""Complete records that are kept in memory. How a leg sounded is told some steps after the contact's end, nearly always in
a later transaction; to read the record back then costs more than to write it."""


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
    traces: Sequence[Trace] = ()


class Batch:
    """Gathers puts with ``take``, writes them with ``write`` as often as it takes.

    ``recent``: records that were complete not long ago, kept from batch to batch, for their late entries."""

    def __init__(self, fold: RecordFold, recent: dict[str, ContactRecord] | None = None) -> None:
        self._fold = fold
        self._recent = {} if recent is None else recent
        self.entries: list[Entry] = []
        self._memory: dict[str, str | None] = {}
        self._cursors: dict[str, int] = {}
        self._traces: list[Trace] = []
        self._records: dict[str, ContactRecord] = {}
        self._late: list[Entry] = []

    def take(self, put: Put) -> None:
        self.entries += put.entries
        self._memory.update(put.memory)
        self._cursors.update(put.cursors)
        self._traces += put.traces
        for entry in put.entries:
            self._feed(entry)

    def _feed(self, entry: Entry) -> None:
        """Fold one entry. An entry that the fold cannot bear must not keep the journal from being written."""
        contact = getattr(entry.event, "contact", "")
        try:
            for record in self._fold.feed(entry):
                self._keep(record)
            if is_late(entry.event) and contact not in self._fold:
                if contact in self._recent:
                    self._keep(amend(self._recent[contact], entry))
                else:
                    self._late.append(entry)
        except Exception:
            _log.exception("the record of a contact could not be computed", contact=contact, number=entry.number)
            self._fold.forget(contact)

    def _keep(self, record: ContactRecord) -> None:
        self._records[record.contact] = record
        if record.complete:
            self._recent[record.contact] = record
            if len(self._recent) > RECENT:
                del self._recent[next(iter(self._recent))]

    def write(self, db: Connection, epoch: int, *, again: bool) -> None:
        """Write everything within the transaction of ``db``. ``again``: an attempt before this one may have succeeded.

        Raises :class:`TakenOver`, and whatever the database raises."""
        owner = db.scalar(_OWNER)
        if owner != epoch:
            raise TakenOver(f"this store was opened by another switch (epoch {owner}; this switch has {epoch})")
        if again and self.entries:
            last = db.scalar(select(func.max(journal.c.number)))
            if last is not None and last >= self.entries[-1].number:
                return
        if self.entries:
            insert_entries(db, self.entries)
            self.write_folded(db)
        self._write_memory(db)

    def write_folded(self, db: Connection) -> None:
        """Write what the entries come to: records and recordings, but not the entries."""
        records = self._records | self._amended(db)
        upsert_records(db, list(records.values()))
        write_recordings(db, self.entries)

    def _amended(self, db: Connection) -> dict[str, ContactRecord]:
        """Records that were complete already, with their late entries."""
        return amended(db, self._late) if self._late else {}

    def _write_memory(self, db: Connection) -> None:
        kept = [{"name": clean(name), "value": value} for name, value in self._memory.items() if value is not None]
        gone = [{"key": clean(name)} for name, value in self._memory.items() if value is None]
        if kept:
            many(db, upsert(db.dialect.name, memory), kept)
        if gone:
            many(db, _FORGET, gone)
        if self._cursors:
            rows = [{"name": name, "number": number} for name, number in self._cursors.items()]
            many(db, upsert(db.dialect.name, cursors), rows)
        if self._traces:
            rows = [{"contact": each.contact, "at": each.messages[0].at, "body": clean(packed(each.messages))}
                    for each in self._traces]
            many(db, upsert(db.dialect.name, sip_messages), rows)


@lru_cache
def upsert(dialect_name: str, table: Table) -> Insert:
    """An INSERT that replaces the row of the same primary key. Kept, for to build it costs more than to use it."""
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    statement = dialect.insert(table)
    new = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new)


_OWNER = select(schema.c.epoch).with_for_update()
_APPEND = insert(journal)
_FORGET = memory.delete().where(memory.c.name == bindparam("key"))
_IN_COLUMNS = text("""
    INSERT INTO journal (number, at, kind, contact, agent, body) SELECT * FROM unnest(
    CAST(:number AS bigint[]), CAST(:at AS float8[]), CAST(:kind AS varchar[]), CAST(:contact AS varchar[]),
    CAST(:agent AS varchar[]), CAST(:body AS text[]))
""")


def many(db: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute this for each of the rows, which have the same names. To SQLite they go as the driver wants them: what
    SQLAlchemy does to each row, which none of our columns needs there, costs as much as SQLite itself."""
    if db.dialect.name != "sqlite":
        db.execute(statement, rows)
        return
    sql, names = _plain(statement, db.dialect, tuple(rows[0]))
    db.exec_driver_sql(sql, [tuple(map(row.__getitem__, names)) for row in rows])


@lru_cache
def _plain(statement: Executable, dialect: Dialect, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A statement as text, and which value goes to which of its question marks."""
    compiled = statement.compile(dialect=dialect, column_keys=names)
    return str(compiled), tuple(compiled.positiontup)


def insert_entries(db: Connection, entries: Sequence[Entry]) -> None:
    """Write the journal's rows: to SQLite one by one within the call, to PostgreSQL as six arrays in one statement."""
    rows = [entry_row(entry) for entry in entries]
    if db.dialect.name == "postgresql":
        db.execute(_IN_COLUMNS, {name: [row[name] for row in rows] for name in rows[0]})
    else:
        many(db, _APPEND, rows)


def upsert_records(db: Connection, records: Sequence[ContactRecord]) -> None:
    if records:
        many(db, upsert(db.dialect.name, contact_records), [record_row(record) for record in records])


def amended(db: Connection, late: Sequence[Entry]) -> dict[str, ContactRecord]:
    """The stored records of these late entries' contacts, with the entries added, by contact."""
    names = {clean(entry.event.contact) for entry in late}
    rows = db.execute(select(contact_records.c.body).where(contact_records.c.contact.in_(names)))
    found: Mapping[str, ContactRecord] = {record.contact: record for record in map(record_of, rows.scalars())}
    records = dict(found)
    for entry in late:
        contact = entry.event.contact
        if contact in records:
            records[contact] = amend(records[contact], entry)
    return records


def write_recordings(db: Connection, entries: Sequence[Entry]) -> None:
    """The rows of recordings, from their events."""
    begun = [recording_row(entry.event, entry.at) for entry in entries if type(entry.event) is RecordingStarted]
    saved = [{"key": clean(entry.event.recording), "value": entry.event.seconds} for entry in entries
             if type(entry.event) is RecordingSaved]
    deleted = [{"key": clean(entry.event.recording), "value": entry.at} for entry in entries
               if type(entry.event) is RecordingDeleted]
    if begun:
        db.execute(upsert(db.dialect.name, recordings), begun)
    for column, rows in ((recordings.c.seconds, saved), (recordings.c.deleted, deleted)):
        if rows:
            change = update(recordings).where(recordings.c.recording == bindparam("key"))
            db.execute(change.values({column: bindparam("value")}), rows)


def encoded(memory: Sequence[tuple[str, Mapping[str, Any] | None]]) -> list[tuple[str, str | None]]:
    """Memory as it is stored; encoded at once, so that what the house changes later does not change it."""
    return [(name, None if value is None else msgspec.json.encode(value).decode()) for name, value in memory]
