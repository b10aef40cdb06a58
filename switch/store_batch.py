"""One transaction of the store: some entries, what is folded from them, and the memory and cursors given with them.

Written whole or not at all. Only the transaction that has raised the store's epoch may write, and the row of the
epoch is locked while it does: so two switches that were pointed at one store by mistake cannot weave their numbers
together.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import structlog
from sqlalchemy import Connection, func, select

from cti.record import ContactRecord
from cti.records import RecordFold, amend, is_late
from switch.journal import Entry
from switch.store_rows import amended, append, forget, owner, put, write_recordings
from switch.store_tables import clean, contact_records, cursors, entry_row, journal, memory, record_row, sip_messages
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
        now = owner(db)
        if now != epoch:
            raise TakenOver(f"this store was opened by another switch (epoch {now}; this switch has {epoch})")
        if again and self.entries:
            last = db.scalar(select(func.max(journal.c.number)))
            if last is not None and last >= self.entries[-1].number:
                return
        if self.entries:
            append(db, [entry_row(entry) for entry in self.entries])
            self.write_folded(db)
        self._write_memory(db)

    def write_folded(self, db: Connection) -> None:
        """Write what the entries come to: records and recordings, but not the entries."""
        records = self._records | (amended(db, self._late) if self._late else {})
        put(db, contact_records, list(map(record_row, records.values())))
        write_recordings(db, self.entries)

    def _write_memory(self, db: Connection) -> None:
        put(db, memory, [(clean(name), value) for name, value in self._memory.items() if value is not None])
        forget(db, [clean(name) for name, value in self._memory.items() if value is None])
        put(db, cursors, list(self._cursors.items()))
        put(db, sip_messages, [(each.contact, each.messages[0].at, clean(packed(each.messages))) for each in self._traces])


def encoded(memory: Sequence[tuple[str, Mapping[str, Any] | None]]) -> list[tuple[str, str | None]]:
    """Memory as it is stored; encoded at once, so that what the house changes later does not change it."""
    return [(name, None if value is None else msgspec.json.encode(value).decode()) for name, value in memory]
