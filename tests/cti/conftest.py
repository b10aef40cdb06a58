import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession

from cti.server import Server

from .fake_house import SECRET, FakeHouse, Switch


@asynccontextmanager
async def running(house: FakeHouse, **options) -> AsyncIterator[Switch]:
    options = {"clock": time.time, "window": 0.001} | options
    server = Server(house, SECRET, **options)
    house.server = server
    port = await server.start("127.0.0.1", 0)
    async with ClientSession() as http:
        yield Switch(house=house, server=server, http=http, url=f"http://127.0.0.1:{port}")
    await server.close()


@pytest.fixture
def run() -> Callable[..., Switch]:
    """``async with run(house) as switch``."""
    return running


@pytest.fixture
async def switch() -> AsyncIterator[Switch]:
    async with running(FakeHouse()) as one:
        yield one
