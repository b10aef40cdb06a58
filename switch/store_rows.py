"""Rows on their way into the store's tables.

A row is a tuple, its values in the order of the table's columns. SQLite gets it as it is, by text that was made once: what
SQLAlchemy does to each row, which none of our columns needs there, costs as much as SQLite itself. The journal's rows, which
are many, go several to a statement, for between two statements the driver takes and lets go of the interpreter.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, bindparam, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from cti.record import ContactRecord
from cti.records import amend
from switch.events import RecordingDeleted, RecordingSaved, RecordingStarted
from switch.journal import Entry
from switch.store_tables import (
    LASTING,
    clean,
    contact_records,
    journal,
    memory,
    record_of,
    recording_row,
    recordings,
    schema,
)

Row = tuple[Any, ...]

TOGETHER = 32
"""Rows of the journal in one statement. 350 entries a transaction, CPU for seven of them without the commit: 28 us one by
one, 21-26 us so; by ``json_each`` 54-61."""

_IN_COLUMNS = text("""
    INSERT INTO journal (number, at, kind, contact, agent, body) SELECT * FROM unnest(
    CAST(:number AS bigint[]), CAST(:at AS float8[]), CAST(:kind AS varchar[]), CAST(:contact AS varchar[]),
    CAST(:agent AS varchar[]), CAST(:body AS text[]))
""")
_FORGET = memory.delete().where(memory.c.name == bindparam("key"))
_FORGET_PLAIN = "DELETE FROM memory WHERE name = ?"
_OWNER = select(schema.c.epoch).with_for_update()
_OWNER_PLAIN = "SELECT epoch FROM schema"


def owner(db: Connection) -> int:
    """The epoch of the switch that the store belongs to; until the end of the transaction nobody can take it over."""
    return answered(db, _OWNER_PLAIN)[0][0] if db.dialect.name == "sqlite" else db.scalar(_OWNER)


def answered(db: Connection, sql: str, values: Mapping[str, Any] | Row = ()) -> list[Row]:
    """What SQLite answers, by the driver itself. Raises what SQLAlchemy would."""
    try:
        cursor = db.connection.cursor()
        cursor.execute(sql, values)
        return cursor.fetchall()
    except sqlite3.Error as error:
        raise OperationalError(sql, values, error) from error


def append(db: Connection, rows: Sequence[Row]) -> None:
    """Write the journal's rows; to PostgreSQL as six arrays in one statement."""
    if db.dialect.name == "postgresql":
        db.execute(_IN_COLUMNS, dict(zip(journal.c.keys(), map(list, zip(*rows, strict=True)), strict=True)))
        return
    whole = len(rows) - len(rows) % TOGETHER
    flat = [sum(rows[at:at + TOGETHER], ()) for at in range(0, whole, TOGETHER)]
    for sql, many in ((_appending(TOGETHER), flat), (_appending(1), rows[whole:])):
        if many:
            _execute(db, sql, many)


def put(db: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write rows, each in the place of the one with the same primary key."""
    if not rows:
        return
    if db.dialect.name == "sqlite":
        _execute(db, _putting(table), rows)
    else:
        names = table.c.keys()
        db.execute(upsert(db.dialect.name, table), [dict(zip(names, row, strict=True)) for row in rows])


def forget(db: Connection, names: Sequence[str]) -> None:
    """Take these names out of memory."""
    if names and db.dialect.name == "sqlite":
        _execute(db, _FORGET_PLAIN, [(name,) for name in names])
    elif names:
        db.execute(_FORGET, [{"key": name} for name in names])


@lru_cache
def upsert(dialect_name: str, table: Table) -> Insert:
    """An INSERT that replaces the row of the same primary key. Kept, for to build it costs more than to use it. Columns
    that never change are left alone, and so are the indexes that need to know of nothing else."""
    statement = (postgresql if dialect_name == "postgresql" else sqlite).insert(table)
    lasting = LASTING.get(table.name, ())
    new = {column.name: statement.excluded[column.name] for column in table.c
           if not column.primary_key and column.name not in lasting}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new)


@lru_cache
def _appending(rows: int) -> str:
    """OR ROLLBACK: with the usual ABORT SQLite would keep a journal of its own for each statement of several rows, in case
    that only the statement has to be taken back; that wrote twice as much."""
    one = f"({', '.join('?' * len(journal.c))})"
    return f"INSERT OR ROLLBACK INTO journal ({', '.join(journal.c.keys())}) VALUES {', '.join([one] * rows)}"


@lru_cache
def _putting(table: Table) -> str:
    """As text, with question marks in the order of the columns."""
    return str(upsert("sqlite", table).compile(dialect=sqlite.dialect(paramstyle="qmark")))


def _execute(db: Connection, sql: str, rows: Sequence[Row]) -> None:
    """By the driver itself. Raises what SQLAlchemy would."""
    try:
        db.connection.cursor().executemany(sql, rows)
    except sqlite3.Error as error:
        raise OperationalError(sql, None, error) from error


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
    begun, changed = [], []
    for entry in entries:
        event, kind = entry.event, type(entry.event)
        if kind is RecordingStarted:
            begun.append(recording_row(event, entry.at))
        elif kind is RecordingSaved:
            changed.append((recordings.c.seconds, event.recording, event.seconds))
        elif kind is RecordingDeleted:
            changed.append((recordings.c.deleted, event.recording, entry.at))
    put(db, recordings, begun)
    for column in (recordings.c.seconds, recordings.c.deleted):
        rows = [{"key": clean(name), "value": value} for each, name, value in changed if each is column]
        if rows:
            change = update(recordings).where(recordings.c.recording == bindparam("key"))
            db.execute(change.values({column: bindparam("value")}), rows)
