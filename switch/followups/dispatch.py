"""The reader of the journal that sends follow-ups, and writes down what became of them.

Like the export to MQTT it has a cursor and no queue of its own. Everything happens in tasks of its own, with deadlines, so
that nothing that a gateway does is ever felt in a call. A try that a crash has cut off is made again: at least once, with
the same id.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import structlog

from switch.events import Event
from switch.followups.outbox import AWAY, Outbox, Waiting
from switch.followups.rules import Followups
from switch.followups.sending import Came, send
from switch.journal import Journal
from switch.tail import Stored, following

CURSOR = "followups"
BATCH = 500
LONGEST_SLEEP = 60.0
SELDOM = 1000
"""Entries after which the cursor is kept: what is read twice is sent once, as its end is read, too."""
log = structlog.get_logger("followups")


class Cursors(Protocol):
    """Where the number of the last entry that is done survives a restart."""

    def get_cursor(self, name: str) -> int: ...
    def set_cursor(self, name: str, number: int) -> None: ...


class Dispatch:
    """``home``: the folder that holds ``config/``; ``write_down``: puts an event into the journal."""

    def __init__(self, followups: Followups, home: Path, journal: Journal, cursors: Cursors, stored: Stored,
                 write_down: Callable[[Event], None], now: Callable[[], float]) -> None:
        self.outbox = Outbox(followups)
        self._home, self._journal, self._cursors, self._stored = home, journal, cursors, stored
        self._write_down, self._now = write_down, now
        self._news = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.outbox.seen = self._kept = min(cursors.get_cursor(CURSOR) or max(1, journal.first - 1), journal.last)
        cursors.set_cursor(CURSOR, self._kept)

    def notify(self) -> None:
        """The journal has grown. Where there are no rules, nothing in it is urgent."""
        if self.outbox.followups.rules or self.outbox.waiting:
            self._news.set()

    def configure(self, followups: Followups) -> None:
        """New settings: what waits is sent by them."""
        self.outbox.followups = followups
        self._news.set()

    def waiting(self, now: float) -> tuple[int, float]:
        """How many are to be sent, and for how many seconds the oldest has been due."""
        return len(self.outbox.waiting), self.outbox.oldest(now)

    def state(self) -> list[dict[str, Any]]:
        """What is still to be sent, the oldest first."""
        return [{"followup": each.event.followup, "contact": each.event.contact, "rule": each.event.rule,
                 "sender": each.event.sender, "to": each.event.to, "at": each.at, "due": each.due, "tries": each.tries,
                 "why": each.why} for each in self.outbox.waiting.values()]

    async def run(self) -> None:
        """Send until cancelled, whatever the gateways do."""
        try:
            async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
                while True:
                    self._news.clear()
                    try:
                        await self._step(http)
                    except Exception:  # whatever it is, what is queued must be tried again
                        log.exception("follow-ups failed")
                        await asyncio.sleep(1.0)
                    await self._sleep()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _step(self, http: aiohttp.ClientSession) -> None:
        while entries := await following(self._journal, self._stored, self.outbox.seen, BATCH):
            for entry in entries:
                self.outbox.feed(entry)
        now = self._now()
        for event in self.outbox.expired(now):
            self._write_down(event)
        for each in self.outbox.take(now):
            task = asyncio.create_task(self._send(http, each))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self.outbox.cursor >= self._kept + SELDOM:
            self._kept = self.outbox.cursor
            self._cursors.set_cursor(CURSOR, self._kept)

    async def _send(self, http: aiohttp.ClientSession, each: Waiting) -> None:
        event = each.event
        sender = self.outbox.followups.sender(event.sender)
        try:
            came = Came(AWAY, f"no sender {event.sender}") if sender is None else await send(http, sender, self._home, each)
        except Exception:
            log.exception("a follow-up failed", followup=event.followup)
            came = Came(AWAY, "error")
        if came.why:
            log.warning("follow-up not sent", followup=event.followup, sender=event.sender, why=came.why, tries=each.tries)
        for told in self.outbox.done(event.followup, came.outcome, came.why, self._now(), came.retry_after):
            self._write_down(told)
        self._news.set()

    async def _sleep(self) -> None:
        moment = self.outbox.next(self._now())
        seconds = LONGEST_SLEEP if moment is None else min(LONGEST_SLEEP, max(0.01, moment - self._now()))
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return
