"""Stores to test with: SQLite in a temporary file, and a real PostgreSQL."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from switch.store import Store
from tests.switch.postgres import running

_databases = count(1)


@pytest.fixture(scope="session")
def server():
    with TemporaryDirectory(prefix="shoal-", ignore_cleanup_errors=True) as folder, running(Path(folder)) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request, tmp_path):
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/var/shoal.db"
    server = request.getfixturevalue("server")
    name = f"test{next(_databases)}"
    engine = create_async_engine(f"{server}postgres", isolation_level="AUTOCOMMIT")
    async with engine.connect() as db:
        await db.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return server + name


@pytest.fixture
async def store(url):
    opened = await Store.open(url, 1000.0)
    yield opened
    await opened.close(patience=1.0)
