"""The store: where the journal, and what is computed from it, survives.

SQLite in one file by default (write-ahead log; a killed process loses nothing that was committed, a power cut at most
the last moments), PostgreSQL by URL; both through the same statements. Writing is in :mod:`switch.store_writer`.
Reading comes in pages, so that a report over a month never holds the loop for longer than one page takes.

A switch opens the store with :meth:`Store.open`, which raises the *epoch*; a command that only looks uses
:meth:`Store.look`, which changes nothing and may run beside the switch.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Self

import msgspec
from sqlalchemy import Select, func, or_, select, tuple_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cti.records import RecordFold
from switch import migrations
from switch.journal import Entry
from switch.store_batch import Batch, Put, StoreError, encoded
from switch.store_engine import Hand, connect, create_tables, transaction
from switch.store_tables import (
    VERSION,
    contact_records,
    cursors,
    entry_of,
    journal,
    memory,
    recordings,
    schema,
    sip_messages,
)
from switch.store_writer import Writer
from switch.traces import SipMessage, Trace, unpacked

PAGE = 500
"""Entries read at once: about 10 ms."""
FORGET = 5000
"""Rows thrown away in one transaction."""
MOST_BEHIND = 10_000
"""Entries that may wait before SIP messages are no longer taken."""


class Store:
    """``epoch``: how many times a switch opened it; ``last`` and ``at``: number and moment of the last entry then."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.writing = asyncio.Lock()
        """Whoever writes holds this: SQLite has one writer, and the parts of one switch should not fight for it."""
        self.questions = Hand(engine, writes=False)
        """For who asks often, in few words."""
        self.epoch = self.last = 0
        self.at = 0.0
        self._cursors: dict[str, int] = {}
        self._writer: Writer | None = None

    # -- opening and closing ------------------------------------------------------------------------------------------

    @classmethod
    async def open(cls, url: str, now: float) -> Self:
        """Open for a switch at ``now`` (POSIX seconds), making folder and tables where there are none.

        A store with older tables is saved, then brought up to date, see :mod:`switch.migrations`. Raises
        :class:`StoreError` when it cannot be reached, or a newer version wrote it."""
        return await cls._opened(url, now)

    @classmethod
    async def look(cls, url: str) -> Self:
        """Open for reading alone, beside whoever writes. Raises :class:`StoreError`, also when there is no store."""
        return await cls._opened(url, None)

    @classmethod
    async def _opened(cls, url: str, now: float | None) -> Self:
        store = cls(connect(url, make=now is not None))
        try:
            if now is not None:
                await migrations.at_start(store.engine)
                await create_tables(store.engine)
            async with transaction(store.engine, writes=now is not None) as db:
                await store._take_over(db, now)
                fold = await _unfinished(db)
        except (SQLAlchemyError, OSError) as error:
            await store.engine.dispose()
            raise StoreError(f"cannot open the store {store.engine.url}: {error}") from error
        except StoreError:
            await store.engine.dispose()
            raise
        if now is not None:
            store._writer = Writer(Hand(store.engine, writes=True), store.writing, store.epoch, store.last, fold)
        return store

    async def _take_over(self, db: AsyncConnection, now: float | None) -> None:
        row = (await db.execute(select(schema).with_for_update())).one_or_none()
        version, self.epoch = (row.version, row.epoch) if row else (VERSION, 0)
        if version != VERSION:
            raise migrations.wrong_version(self.engine, version)
        if now is not None:
            self.epoch += 1
            values = {"version": VERSION, "epoch": self.epoch, "opened": now}
            await db.execute(update(schema).values(values) if row else schema.insert().values(values))
        newest = select(journal.c.number, journal.c.at).order_by(journal.c.number.desc()).limit(1)
        self.last, self.at = (await db.execute(newest)).one_or_none() or (0, 0.0)
        self._cursors = {row.name: row.number for row in await db.execute(select(cursors))}

    async def close(self, patience: float = 5.0) -> None:
        """Write what waits, for at most ``patience`` seconds, and let go of the database."""
        if self._writer is not None:
            await self._writer.close(patience)
        await self.questions.close()
        await self.engine.dispose()

    # -- writing ------------------------------------------------------------------------------------------------------

    def write(self, entries: Sequence[Entry], memory: Sequence[tuple[str, Mapping[str, Any] | None]] = ()) -> None:
        """Take these entries, and this memory (None = forget the name), to be committed together, in order.

        Never blocks and never raises for the database's sake: what cannot be written now waits in memory."""
        self._writer.put(Put(tuple(entries), encoded(memory)))

    def write_traces(self, traces: Sequence[Trace]) -> None:
        """Take what passed on the wire; it is not worth the memory while the store is far behind."""
        if self.lag < MOST_BEHIND:
            self._writer.put(Put((), traces=traces))

    async def committed(self, number: int) -> None:
        """Return when everything up to entry ``number`` and the memory given with it is safe."""
        await self._writer.reached(number)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once, when all that was given to :meth:`write` so far is safe: at once if it is."""
        self._writer.after_commit(callback)

    @property
    def lag(self) -> int:
        """Entries that were taken and are not safe yet."""
        return self._writer.lag if self._writer is not None else 0

    @property
    def oldest(self) -> float | None:
        """The moment of the oldest of them; None = there is none."""
        return self._writer.oldest if self._writer is not None else None

    @property
    def away(self) -> bool:
        """Whether the database cannot be written to now; everything waits in memory."""
        return self._writer is not None and self._writer.away

    def get_cursor(self, name: str) -> int:
        """How far this reader of the journal has got; 0 = it has seen nothing."""
        return self._cursors.get(name, 0)

    def set_cursor(self, name: str, number: int) -> None:
        """Remember how far this reader has got. Written like entries: after a crash it may stand a little earlier."""
        self._cursors[name] = number
        self._writer.put(Put((), cursors=((name, number),)))

    # -- reading ------------------------------------------------------------------------------------------------------

    async def memory(self, prefix: str = "") -> dict[str, dict[str, Any]]:
        """What was committed as memory under names that begin with ``prefix``."""
        async with self.engine.connect() as db:
            rows = (await db.execute(select(memory))).all()
        return {row.name: msgspec.json.decode(row.value) for row in rows if row.name.startswith(prefix)}

    async def entries(self, after: int, limit: int = PAGE) -> list[Entry]:
        """The first ``limit`` committed entries after number ``after``."""
        return await self._read(select(journal).where(journal.c.number > after).limit(limit))

    async def entries_of(self, contact: str) -> list[Entry]:
        """All entries of one contact."""
        return await self._read(select(journal).where(journal.c.contact == contact))

    async def contacts_named(self, beginning: str) -> list[str]:
        """Contacts whose name begins so, ten at most, the newest first; an exact name alone; for the empty text the newest
        of all."""
        table = contact_records.c
        query = select(table.contact).order_by(table.started.desc()).limit(10 if beginning else 1)
        async with self.engine.connect() as db:
            found = (await db.execute(query.where(table.contact.startswith(beginning, autoescape=True)))).scalars().all()
        return [beginning] if beginning in found else list(found)

    async def messages_of(self, contact: str) -> list[SipMessage]:
        """The SIP messages of one contact, as they passed."""
        query = select(sip_messages.c.body).where(sip_messages.c.contact == contact).order_by(sip_messages.c.at)
        async with self.engine.connect() as db:
            return [message for body in (await db.execute(query)).scalars() for message in unpacked(body)]

    async def forget_messages(self, before: float) -> int:
        """Throw away what passed before this moment (POSIX seconds), some thousands at most; how many rows went."""
        old = select(sip_messages.c.contact, sip_messages.c.at).where(sip_messages.c.at < before).limit(FORGET)
        rows = tuple_(sip_messages.c.contact, sip_messages.c.at).in_(old)
        async with self.writing, transaction(self.engine, writes=True) as db:
            return (await db.execute(sip_messages.delete().where(rows))).rowcount

    async def entries_between(self, start: float, end: float) -> AsyncIterator[list[Entry]]:
        """The entries with ``start <= at < end`` (POSIX seconds), in pages."""
        async with self.engine.connect() as db:
            after = await db.scalar(select(func.min(journal.c.number)).where(journal.c.at >= start))
        after = None if after is None else after - 1
        while after is not None:
            query = select(journal).where(journal.c.number > after, journal.c.at < end).limit(PAGE)
            page = await self._read(query)
            if page:
                yield page
            after = page[-1].number if len(page) == PAGE else None

    async def last_before(self, moment: float) -> int:
        """The number of the last entry before ``moment`` (POSIX seconds); 0 = there is none."""
        async with self.engine.connect() as db:
            return await db.scalar(select(func.max(journal.c.number)).where(journal.c.at < moment)) or 0

    async def of_kinds(self, kinds: Sequence[str], since: float) -> list[Entry]:
        """The entries of these kinds from ``since`` (POSIX seconds) on."""
        return await self._read(select(journal).where(journal.c.at >= since, journal.c.kind.in_(kinds)))

    async def standing(self, moment: float) -> list[Entry]:
        """What a report that begins at ``moment`` must know of the time before it, in order: each agent's last state,
        and the whole life so far of each contact that was open."""
        agents = select(func.max(journal.c.number)).where(journal.c.agent != "", journal.c.at < moment)
        running = select(contact_records.c.contact).where(
            contact_records.c.started < moment,
            or_(contact_records.c.ended >= moment, contact_records.c.ended == 0, contact_records.c.complete.is_(False)))
        return await self._read(select(journal).where(journal.c.at < moment, or_(
            journal.c.number.in_(agents.group_by(journal.c.agent)), journal.c.contact.in_(running))))

    async def rebuild_records(self) -> int:
        """Throw away all records and recordings' rows and compute them from the journal anew; gives its last number.

        The writer waits meanwhile: some seconds for each hundred thousand entries."""
        fold, last = RecordFold(), 0
        async with self.writing, transaction(self.engine, writes=True) as db:
            await db.execute(contact_records.delete())
            await db.execute(recordings.delete())
            query = select(journal).order_by(journal.c.number).limit(PAGE)
            while page := [entry_of(row) for row in await db.execute(query.where(journal.c.number > last))]:
                batch, last = Batch(fold), page[-1].number
                batch.take(Put(page))
                await db.run_sync(batch.write_folded)
        return last

    async def _read(self, query: Select) -> list[Entry]:
        async with self.engine.connect() as db:
            rows = (await db.execute(query.order_by(journal.c.number))).all()
        return [entry_of(row) for row in rows]


async def _unfinished(db: AsyncConnection) -> RecordFold:
    """The fold of the contacts whose records were not complete when the store was last written."""
    fold = RecordFold()
    waiting = select(contact_records.c.contact).where(contact_records.c.complete.is_(False))
    first = select(func.min(journal.c.number)).where(journal.c.contact.in_(waiting)).scalar_subquery()
    rows = await db.execute(select(journal).order_by(journal.c.number).where(or_(
        journal.c.contact.in_(waiting), (journal.c.agent != "") & (journal.c.number >= first))))
    for row in rows:
        fold.feed(entry_of(row))
    return fold
