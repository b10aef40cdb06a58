"""Pages in a real browser, at a running switch."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.interop.conftest import Parties, own
from tests.interop.wire import Wire
from tests.pages.browsing import Chromium

__all__ = ["own"]


class Held(Wire):
    """A wire that keeps each INVITE until ``ready`` says so, or for ``MOST`` seconds: what a screen shows before the phone
    rings can be seen so on a machine that has no time for either of them. ``came``: when the INVITEs came (loop's time)."""

    MOST = 15.0

    def __init__(self, switch_port: int, ready: Callable[[], bool]) -> None:
        super().__init__(switch_port)
        self.ready = ready
        self.kept: list[float] = []
        self._calls: set[bytes] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def to_phone(self, data: bytes) -> None:
        if not data.startswith(b"INVITE"):
            return super().to_phone(data)
        call = data.partition(b"\r\nCall-ID:")[2].partition(b"\r\n")[0]
        if call not in self._calls:
            self._calls.add(call)
            task = asyncio.ensure_future(self._keep(data))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return None

    async def _keep(self, invite: bytes) -> None:
        loop = asyncio.get_running_loop()
        came = loop.time()
        while not self.ready() and loop.time() < came + self.MOST:
            await asyncio.sleep(0.005)
        self.kept.append(loop.time() - came)
        super().to_phone(invite)


@pytest.fixture
async def chromium(own: Parties) -> AsyncIterator[Chromium]:
    """A browser for the pages of the test's own switch, which is started before a page is opened."""
    async with Chromium(own.switch.url) as browser:
        yield browser
