"""How the store's two databases are spoken to alike.

SQLite wants its pragmas at each connection, and a transaction that will write must say so at its beginning (``BEGIN
IMMEDIATE``): one that first reads and then writes could find that somebody else wrote in between. Python's driver
would rather guess; it is told not to.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from switch.store_batch import StoreError
from switch.store_tables import metadata

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
    event.listen(engine.sync_engine, "connect", _pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@asynccontextmanager
async def transaction(engine: AsyncEngine, *, writes: bool) -> AsyncIterator[AsyncConnection]:
    """A transaction, committed at the end of the block unless that raises."""
    async with engine.connect() as db:
        await db.execution_options(writes=writes)
        async with db.begin():
            yield db


async def create_tables(engine: AsyncEngine) -> None:
    """Make the tables that are not there yet."""
    async with transaction(engine, writes=True) as db:
        await db.run_sync(metadata.create_all)
