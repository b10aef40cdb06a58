"""The figures of now, pushed: what waits, and today so far, as a report over the same entries says it.

They are computed once for all who want them (topic ``figures``, supervisors), when something has happened, and at most
once a second: one frame, the same bytes for everybody. Who comes is told the last ones at once.
"""

import asyncio
from collections.abc import Callable, Hashable

import structlog

from cti.house import House
from cti.line import text_frame
from cti.protocol import to_json

EVERY = 1.0
"""Seconds between two frames, at least."""
SOON = 0.1
"""Seconds that the first one waits for what happens together with it."""

log = structlog.get_logger("cti")
Client = Hashable


class Feed:
    """``send``: write a frame to a client."""

    def __init__(self, house: House, send: Callable[[Client, bytes], None]) -> None:
        self._house = house
        self._send = send
        self._clients: set[Client] = set()
        self._frame = b""
        self._sent_at = 0.0
        self._stirred = False
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def join(self, client: Client) -> None:
        self._clients.add(client)
        if self._frame:
            self._send(client, self._frame)
        self.stir()

    def leave(self, client: Client) -> None:
        self._clients.discard(client)
        if not self._clients:
            self._frame = b""

    def stir(self) -> None:
        """Something has happened."""
        if not self._clients:
            return
        self._stirred = True
        if self._timer is None and self._task is None:
            loop = asyncio.get_running_loop()
            delay = max(SOON, self._sent_at + EVERY - loop.time())
            self._timer = loop.call_later(delay, self._begin)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        self._timer, self._stirred = None, False
        self._task = asyncio.get_running_loop().create_task(self._tell())
        self._task.add_done_callback(self._done)

    async def _tell(self) -> None:
        self._frame = text_frame(to_json(await self._house.figures()))
        self._sent_at = asyncio.get_running_loop().time()
        for client in list(self._clients):
            self._send(client, self._frame)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._task = None
        if task.cancelled():
            return
        if (wrong := task.exception()) is not None:
            log.error("the figures could not be computed", exc_info=wrong)
            self._sent_at = asyncio.get_running_loop().time()
        if self._stirred:
            self.stir()
