"""How the store's two databases are spoken to alike.

SQLite wants its pragmas at each connection, and a transaction that will write must say so at its beginning (``BEGIN
IMMEDIATE``): one that first reads and then writes could find that somebody else wrote in between. Python's driver
would rather guess; it is told not to.

Who writes much to a SQLite store, or asks it often, has a connection and a thread of its own, and a transaction goes
there whole: through the asynchronous driver each statement of it costs four changes of threads. Measured in turns on a
busy machine, the entries of one short call, five calls a transaction: 1.15-1.64 ms of CPU statement by statement,
0.34-0.48 ms in one piece. Since then (``python -m bench.storing``, in turns, load 15): writing, look-ups and messages of a
call together 709-990 us at 100 calls a second, 340-353 at 1,000; with rows as tuples, one question for callers and a
connection that stays 444-499 and 253-280.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from switch.store_batch import StoreError
from switch.store_tables import metadata

T = TypeVar("T")

BUSY = 250
"""Milliseconds that SQLite waits for another process's lock; after that the writer tries again by itself."""


def connect(url: str, *, make: bool) -> AsyncEngine:
    """An engine for this SQLAlchemy URL; ``make``: a SQLite file, and its folder, may be made.

    Raises :class:`StoreError` for a URL that cannot be used."""
    try:
        parsed = make_url(url)
        if parsed.drivername == "sqlite+aiosqlite":
            return _sqlite(parsed.database or "", url, make=make)
        if parsed.drivername == "postgresql+asyncpg":
            return create_async_engine(url, pool_size=5, connect_args={"timeout": 5, "command_timeout": 60})
    except ArgumentError as error:
        raise StoreError(f"the store's URL {url!r} cannot be read: {error}") from error
    except ModuleNotFoundError as error:
        raise StoreError(f"the store {parsed} needs {error.name}: pip install 'shoal[postgresql]'") from error
    raise StoreError(f"the store cannot be {parsed.drivername!r}: write sqlite+aiosqlite:///FILE or "
                     f"postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE")


def _sqlite(file: str, url: str, *, make: bool) -> AsyncEngine:
    path = Path(file)
    if not file or file == ":memory:":
        raise StoreError("the store must be a file: write sqlite+aiosqlite:///FILE")
    if not make and not path.exists():
        raise StoreError(f"there is no store at {path}: has the switch run here?")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the store's folder {path.parent}: {error}") from error
    engine = create_async_engine(url, pool_size=5)
    _tell_apart(engine.sync_engine)
    return engine


def _tell_apart(engine: Engine) -> None:
    """Have this engine say at its beginning whether a transaction writes."""
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin)


def _pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    words = "BEGIN IMMEDIATE" if writes else "BEGIN"
    try:  # by the driver: SQLAlchemy's way of saying these words costs as much as four rows
        connection.connection.cursor().execute(words)
    except sqlite3.Error as error:
        raise OperationalError(words, None, error) from error


@asynccontextmanager
async def transaction(engine: AsyncEngine, *, writes: bool) -> AsyncIterator[AsyncConnection]:
    """A transaction, committed at the end of the block unless that raises."""
    async with engine.connect() as db:
        await db.execution_options(writes=writes)
        async with db.begin():
            yield db


class Hand:
    """Runs whole transactions, one after the other; to SQLite in a thread of its own."""

    def __init__(self, engine: AsyncEngine, *, writes: bool) -> None:
        self._engine = engine
        self._writes = writes
        self._own: Engine | None = None
        self._db: Connection | None = None
        if engine.dialect.name == "sqlite":
            own = create_engine(engine.url.set(drivername="sqlite"), pool_size=1)
            _tell_apart(own)
            self._own = own.execution_options(writes=writes)
            self._thread = ThreadPoolExecutor(1, "store")

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction, committed when it returns. Raises what ``work`` or the database raises."""
        if self._own is not None:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)
        async with transaction(self._engine, writes=self._writes) as db:
            return await db.run_sync(work)

    async def close(self) -> None:
        """Let go of the database; a transaction under way is finished first."""
        if self._own is not None:
            await asyncio.to_thread(self._thread.shutdown)
            self._let_go()
            self._own.dispose()

    def _run(self, work: Callable[[Connection], T]) -> T:
        """The connection is kept until something goes wrong with it."""
        try:
            if self._db is None:
                self._db = self._own.connect()
            with self._db.begin():
                return work(self._db)
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()


async def create_tables(engine: AsyncEngine) -> None:
    """Make the tables that are not there yet."""
    async with transaction(engine, writes=True) as db:
        await db.run_sync(metadata.create_all)
