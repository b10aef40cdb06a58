"""The figures of today so far: the report's own fold, kept in memory and fed with what is new whenever somebody asks.

The first question of a day reads the day from the store; each further one reads what has been written since, from memory
where there is a journal, so that it knows of what has just happened.
"""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from cti.reports import ReportFold, days
from switch.journal import Entry, Journal
from switch.store import PAGE, Store


class Today:
    """``fold(...)`` is the fold of the day that ``now`` is in."""

    def __init__(self, store: Store, journal: Journal | None = None) -> None:
        self._store = store
        self._journal = journal
        self._fold: ReportFold | None = None
        self._day: tuple[object, ...] = ()
        self._number = 0
        self._lock = asyncio.Lock()

    async def fold(self, now: float, zone: tzinfo, service_levels: Mapping[str, float]) -> ReportFold:
        """Everything that is in the store of the day in which ``now`` (POSIX seconds) is where ``zone`` is."""
        day = datetime.fromtimestamp(now, zone).date()
        async with self._lock:
            if self._fold is None or self._day != (day, zone, service_levels):
                await self._begin(day, zone, service_levels)
            while True:
                if self._journal is not None and self._number >= self._journal.first - 1:
                    self._take(self._journal.since(self._number))
                    return self._fold
                page = await self._store.entries(self._number, PAGE)
                self._take(page)
                if len(page) < PAGE:
                    return self._fold

    async def _begin(self, day: date, zone: tzinfo, service_levels: Mapping[str, float]) -> None:
        start, end = days(day, day, zone)
        fold, self._fold = ReportFold(start, end, zone, service_levels), None
        for entry in await self._store.standing(start):
            fold.feed(entry)
        self._number = await self._store.last_before(start)
        self._fold, self._day = fold, (day, zone, dict(service_levels))

    def _take(self, page: list[Entry]) -> None:
        for entry in page:
            self._fold.feed(entry)
            self._number = entry.number
