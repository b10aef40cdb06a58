"""The one writer of the store: everything waits in one line, and goes in whole transactions.

``put`` only appends to that line, so nothing in the house ever waits for a disk. The writer takes what has gathered
(every 50 ms, or at once when somebody waits for it) and commits journal, memory, records and cursors in one
transaction: after a crash the store shows one moment of the switch, never half of one. One ``put`` is never split
between two transactions.

What the writer has taken it does not lose. While the database is away (locked, full, gone) the line grows in memory
and the same batch is tried again, less and less often. A commit whose answer got lost may have happened: before a
batch is tried again the store is asked how far it got.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial

import structlog

from cti.record import ContactRecord
from cti.records import RecordFold
from switch.store_batch import Batch, Put
from switch.store_engine import Hand

BATCH = 1000
"""Entries in one transaction, about. Measured on two cores shared with other work (load 5), whole path with memory and
records, a put of ten entries each: SQLite 17,000-29,000 entries/s, PostgreSQL 14,000-19,000 (6,500-8,000 before its rows
went as arrays); 17-28 us of CPU an entry; one entry alone is safe after 2-5 ms.
A busy thousand-agent centre writes 200/s."""
PAUSE = 0.05
"""Seconds that entries may gather."""
BACK_OFF = (0.1, 5.0)
"""Seconds between attempts while the database is away: the first time, and at most."""

_log = structlog.get_logger("store")


class Writer:
    """``committed`` is the last number that is safe; ``lag`` the entries that wait."""

    def __init__(self, hand: Hand, lock: asyncio.Lock, epoch: int, committed: int, fold: RecordFold) -> None:
        self._hand = hand
        self._lock = lock
        self._epoch = epoch
        self._fold = fold
        self._recent: dict[str, ContactRecord] = {}
        self.committed = committed
        self.lag = 0
        self._line: deque[Put] = deque()
        self._batch: Batch | None = None
        self._put = self._done = 0
        self._callbacks: deque[tuple[int, Callable[[], None]]] = deque()
        self._numbers: list[tuple[int, asyncio.Future[None]]] = []
        self._work = asyncio.Event()
        self._hurried = False
        self._waiting: asyncio.Future[None] | None = None
        """While entries gather: done when it is enough."""
        self.away = False
        """Whether the last attempt to write failed."""
        self._closing = False
        self._task = asyncio.create_task(self._run(), name="store writer")

    def put(self, put: Put) -> None:
        """Stand in line. Never blocks, never raises."""
        self._line.append(put)
        self._put += 1
        self.lag += len(put.entries)
        self._work.set()

    @property
    def oldest(self) -> float | None:
        """The moment of the oldest entry that waits; None = none does."""
        if self._batch is not None and self._batch.entries:
            return self._batch.entries[0].at
        return next((put.entries[0].at for put in self._line if put.entries), None)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` when everything put so far is safe; at once when it is."""
        if self._done == self._put:
            callback()
            return
        self._callbacks.append((self._put, callback))
        self._hurry()

    async def reached(self, number: int) -> None:
        """Return when ``number``, and everything put before it and with it, is safe."""
        if number > self.committed:
            future = asyncio.get_running_loop().create_future()
            self._numbers.append((number, future))
            self._hurry()
            await future

    async def close(self, patience: float) -> None:
        """Write what waits and stop; give up after ``patience`` seconds, and say how much was lost."""
        self._closing = True
        self._work.set()
        self._hurry()
        done, _ = await asyncio.wait((self._task,), timeout=patience)
        if not done:
            self._task.cancel()
            await asyncio.wait((self._task,))
            _log.error("closed with entries that could not be written", entries=self.lag, committed=self.committed)
        await self._hand.close()

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            await self._gather()
            while self._line:
                await self._commit(self._next_batch())
            self._work.clear()
            if self._closing:
                return

    def _hurry(self) -> None:
        """Somebody waits."""
        self._hurried = True
        _finish(self._waiting)

    async def _gather(self) -> None:
        """Wait for more, but not when somebody waits. (By a bare future and a timer: ``asyncio.wait`` makes two tasks.)"""
        if not (self._closing or self._hurried):
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            timer = loop.call_later(PAUSE, _finish, self._waiting)
            await self._waiting
            timer.cancel()
        self._hurried = False

    def _next_batch(self) -> tuple[Batch, int]:
        batch, puts = Batch(self._fold, self._recent), 0
        while self._line and len(batch.entries) < BATCH:
            batch.take(self._line.popleft())
            puts += 1
        return batch, puts

    async def _commit(self, taken: tuple[Batch, int]) -> None:
        """Write one batch, however long that takes."""
        batch, puts = taken
        self._batch = batch
        wait, again = BACK_OFF[0], False
        while not await self._attempt(batch, again=again):
            await asyncio.sleep(wait)
            wait, again = min(2 * wait, BACK_OFF[1]), True
        self._done += puts
        self.lag -= len(batch.entries)
        if batch.entries:
            self.committed = batch.entries[-1].number
        self._batch = None
        self._tell()

    async def _attempt(self, batch: Batch, *, again: bool) -> bool:
        try:
            async with self._lock:
                await self._hand.run(partial(batch.write, epoch=self._epoch, again=again))
        except Exception as error:
            if not self.away:
                _log.error("cannot write; keeping everything in memory", error=str(error), entries=self.lag)
            self.away = True
            return False
        if self.away:
            _log.warning("writing again", entries=self.lag)
        self.away = False
        return True

    def _tell(self) -> None:
        """Tell those who waited."""
        while self._callbacks and self._callbacks[0][0] <= self._done:
            self._callbacks.popleft()[1]()
        waiting, self._numbers = self._numbers, []
        for number, future in waiting:
            if number > self.committed:
                self._numbers.append((number, future))
            elif not future.done():
                future.set_result(None)


def _finish(waiting: "asyncio.Future[None] | None") -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
