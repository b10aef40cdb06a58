"""What is over, for those who ask: records, recordings, customers and reports, as plain dictionaries.

This is the object behind REST and the pages. It reads the store and changes nothing but the contact store.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, tzinfo
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Row, Select, Table, select

from cti.protocol import CustomerEntry
from cti.record import ContactRecord
from cti.report_agents import AgentFigures
from cti.report_queues import QueueFigures
from cti.reports import Report, ReportFold, days
from media import waveform
from media.sounds import SoundError
from switch import finding
from switch.customers import Customers
from switch.finding import Sought
from switch.journal import Entry, Journal
from switch.recognition import Recognition
from switch.store import Store
from switch.store_tables import contact_records, record_of, recordings
from switch.today import Today
from switch.traces import SipMessage


class Archive:
    """``folder``: where the recordings lie; ``zone``: where days begin; ``service_levels``: T by queue, in seconds;
    ``now``: asked for the moment (POSIX seconds). ``journal``: what is not in the store yet."""

    def __init__(self, store: Store, folder: Path, zone: tzinfo, service_levels: Mapping[str, float],
                 now: Callable[[], float], journal: Journal | None = None) -> None:
        self._store = store
        self._folder = folder
        self._zone = zone
        self._now = now
        self._people = Customers(store)
        self._callers = Recognition(store, zone)
        self._today = Today(store, journal)
        self.service_levels = service_levels

    def configure(self, zone: tzinfo, service_levels: Mapping[str, float]) -> None:
        """New settings."""
        self._zone = self._callers.zone = zone
        self.service_levels = service_levels

    async def contact(self, contact: str) -> dict[str, Any] | None:
        """The record of one contact."""
        found = await self._records(select(contact_records.c.body).where(contact_records.c.contact == contact))
        return msgspec.to_builtins(found[0]) if found else None

    async def timeline(self, contact: str) -> tuple[list[Entry], list[SipMessage]]:
        """Every entry and every SIP message of one contact."""
        return await self._store.entries_of(contact), await self._store.messages_of(contact)

    async def contacts(self, sought: Sought | None = None, *, limit: int = 50, offset: int = 0,
                       **filters: Any) -> list[dict[str, Any]]:
        """Records that fit all the filters that are given (the fields of :class:`~switch.finding.Sought`), newest first."""
        sought = (sought or Sought())._replace(**filters)
        found = await self._records(finding.contacts(sought, self._zone, self._now(), limit, offset))
        return [msgspec.to_builtins(record) for record in found]

    async def recordings(
        self, *, contact: str = "", agents: Collection[str] | None = None, queue: str = "",
        since: float | None = None, until: float | None = None, limit: int = 50, offset: int = 0,
    ) -> list[dict[str, Any]]:
        """Rows of recordings that fit, newest first, the deleted ones too: ``agent`` is who was recorded first,
        ``agents`` everybody who is heard."""
        query = _page(_recordings(), recordings, since, until, limit, offset)
        if contact:
            query = query.where(recordings.c.contact == contact)
        if agents is not None:
            query = query.where(finding.had(agents))
        if queue:
            query = query.where(recordings.c.queue == queue)
        async with self._store.engine.connect() as db:
            return [_recording(row) for row in await db.execute(query)]

    async def recording(self, recording: str) -> dict[str, Any] | None:
        """One row of :meth:`recordings`."""
        async with self._store.engine.connect() as db:
            row = (await db.execute(_recordings().where(recordings.c.recording == recording))).one_or_none()
        return None if row is None else _recording(row)

    async def recording_path(self, recording: str) -> Path | None:
        """The sound file; None when it is deleted, or never was."""
        row = await self.recording(recording)
        if row is None or row["deleted"]:
            return None
        path = (self._folder / row["path"]).resolve()
        return path if path.is_relative_to(self._folder.resolve()) and path.is_file() else None

    async def shape(self, recording: str, points: int) -> dict[str, Any] | None:
        """The picture of a recording (:func:`media.waveform.drawn`); None when its sound is gone, or cannot be read."""
        path = await self.recording_path(recording)
        if path is None:
            return None
        try:
            return waveform.drawn(await asyncio.to_thread(waveform.shape, path), points)
        except SoundError:
            return None

    async def customers(self, *, text: str = "", limit: int = 50, offset: int = 0) -> list[dict[str, Any]]:
        """Customers whose number or name contains ``text``, by name."""
        return [msgspec.to_builtins(customer) for customer in await self._people.search(text, limit, offset)]

    async def customer(self, number: str) -> dict[str, Any] | None:
        """One customer and how often they called, in the shape of :class:`switch.events.Customer`."""
        if await self._people.get(number) is None:
            return None
        return msgspec.to_builtins(await asyncio.shield(self._callers.ask(number, self._now())))

    async def take_customers(self, customers: Sequence[CustomerEntry]) -> tuple[int, list[str]]:
        """Write those that can be; how many, and what is wrong with the others."""
        return await self._people.take(customers)

    async def put_customers(self, customers: Sequence[CustomerEntry]) -> int:
        """Write these, each replacing the one of the same number; how many. Raises :class:`ValueError`."""
        return await self._people.put_all(customers)

    async def report(self, *, first: str, last: str) -> dict[str, Any]:
        """The figures of the days from ``first`` to ``last`` (YYYY-MM-DD, both included).

        Raises :class:`ValueError` for what is no day."""
        return msgspec.to_builtins(await self.figures(first, last))

    async def figures(self, first: str, last: str) -> Report:
        """The same as a :class:`~cti.reports.Report`. Who joined before the end is followed for an hour more."""
        start, end = days(date.fromisoformat(first), date.fromisoformat(last), self._zone)
        fold = ReportFold(start, end, self._zone, self.service_levels)
        for entry in await self._store.standing(start):
            fold.feed(entry)
        async for page in self._store.entries_between(start, end + 3600):
            for entry in page:
                fold.feed(entry)
        return fold.report(max(self._now(), start))

    async def agent_today(self, agent: str) -> AgentFigures:
        """The figures of one agent, today so far."""
        now = self._now()
        fold = await asyncio.shield(self._today.fold(now, self._zone, self.service_levels))
        return fold.agent(agent, now)

    async def queues_today(self) -> dict[str, QueueFigures]:
        """The figures of the queues, today so far, by name: as :meth:`report` says them."""
        now = self._now()
        fold = await asyncio.shield(self._today.fold(now, self._zone, self.service_levels))
        return {row.queue: row for row in fold.queues(now)}

    async def _records(self, query: Select) -> list[ContactRecord]:
        async with self._store.engine.connect() as db:
            return [record_of(body) for body in (await db.execute(query)).scalars()]


def _page(query: Select, table: Table, since: float | None, until: float | None, limit: int, offset: int) -> Select:
    if since is not None:
        query = query.where(table.c.started >= since)
    if until is not None:
        query = query.where(table.c.started < until)
    return query.order_by(table.c.started.desc(), table.primary_key.columns[0]).limit(limit).offset(offset)


def _recordings() -> Select:
    heard = contact_records.c.agents.label("agents")
    joined = recordings.outerjoin(contact_records, contact_records.c.contact == recordings.c.contact)
    return select(recordings, heard).select_from(joined)


def _recording(row: Row) -> dict[str, Any]:
    return {**row._mapping, "agents": [agent for agent in (row.agents or "").split("|") if agent]}
