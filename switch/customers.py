"""The contact store: who a caller is, and how often they have called.

What people know of a customer (name, tags, language, complaints, a page to open) is the table ``customers``, filled
by import or by REST. How often and when somebody called is not kept there: it is counted from the records, so it
cannot go stale. Numbers are compared as :func:`~switch.store_tables.normalise` writes them.

An import is checked whole before its first row is written, and tells all its mistakes at once, each with its line.
"""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

import msgspec
import yaml
from sqlalchemy import Row, func, or_, select

from switch.events import Customer
from switch.store import Store
from switch.store_batch import upsert
from switch.store_engine import transaction
from switch.store_tables import clean, contact_records, customers, normalise

FIELDS = ("number", "name", "tags", "language", "open_complaints", "url")
MOST_COMPLAINTS = 10_000
CHUNK = 500
"""Customers in one transaction of an import: the journal never waits longer than these take."""


class History(NamedTuple):
    calls_today: int
    calls_year: int
    last_call: float
    """POSIX seconds; 0 = never."""


class ImportRefused(ValueError):
    """Nothing was imported. ``mistakes``: one sentence each, beginning with its line."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class Customers:
    """The customers of one store. ``zone``: where a day and a year begin; None = this machine's."""

    def __init__(self, store: Store, zone: tzinfo | None = None) -> None:
        self._store = store
        self._zone = zone

    async def find(self, number: str, now: float) -> Customer | None:
        """What the pop says of this caller: the contact store and the history together; None = nothing is known."""
        known, history = await self.get(number), await self.history(number, now)
        if known is None and not history.last_call:
            return None
        return msgspec.structs.replace(known or Customer(number=number), **history._asdict())

    async def get(self, number: str) -> Customer | None:
        """The customer with this number, without history."""
        async with self._store.engine.connect() as db:
            row = (await db.execute(select(customers).where(customers.c.number == normalise(number)))).one_or_none()
        return None if row is None else _customer(row)

    async def history(self, number: str, now: float) -> History:
        """The calls of this number that are over, up to ``now`` (POSIX seconds)."""
        here = datetime.fromtimestamp(now, self._zone)
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        started = contact_records.c.started
        query = select(
            func.count().filter(started >= midnight.timestamp()),
            func.count().filter(started >= midnight.replace(month=1, day=1).timestamp()),
            func.coalesce(func.max(started), 0.0),
        ).where(contact_records.c.number == normalise(number), contact_records.c.direction == "inbound",
                started <= now, contact_records.c.ended > 0)
        async with self._store.engine.connect() as db:
            return History(*(await db.execute(query)).one()) if normalise(number) else History(0, 0, 0.0)

    async def search(self, text: str = "", limit: int = 50, offset: int = 0) -> list[Customer]:
        """Customers whose name or number contains ``text``, by name."""
        query = select(customers).order_by(customers.c.name, customers.c.number).limit(limit).offset(offset)
        if text:
            query = query.where(or_(customers.c.name.icontains(text, autoescape=True),
                                    customers.c.number.contains(normalise(text), autoescape=True)))
        async with self._store.engine.connect() as db:
            return [_customer(row) for row in await db.execute(query)]

    async def put(self, customer: Customer) -> None:
        """Write one customer, replacing the one of the same number."""
        await self._write([customer])

    async def put_all(self, given: Iterable[Mapping[str, Any]]) -> int:
        """Check these, then write them; how many. Raises :class:`ImportRefused`."""
        found = read(enumerate(given, 1), what="customer")
        async for _ in self._written(found):
            pass
        return len(found)

    async def import_csv(self, text: str) -> AsyncIterator[tuple[int, int]]:
        """Import comma-separated lines under a heading of :data:`FIELDS`; yields (written, all) as it goes.

        Several tags are separated by ``;``. Raises :class:`ImportRefused` before anything is written."""
        found = read_csv(text)
        async for progress in self._written(found):
            yield progress

    async def import_yaml(self, text: str) -> AsyncIterator[tuple[int, int]]:
        """Import a YAML list of mappings with the keys of :data:`FIELDS`; else as :meth:`import_csv`."""
        found = read_yaml(text)
        async for progress in self._written(found):
            yield progress

    async def _written(self, found: Sequence[Customer]) -> AsyncIterator[tuple[int, int]]:
        for start in range(0, len(found), CHUNK):
            await self._write(found[start:start + CHUNK])
            yield min(start + CHUNK, len(found)), len(found)

    async def _write(self, found: Sequence[Customer]) -> None:
        async with self._store.writing, transaction(self._store.engine, writes=True) as db:
            await db.execute(upsert(db, customers), [_row(customer) for customer in found])


def read_csv(text: str) -> list[Customer]:
    """The customers in a CSV file. Raises :class:`ImportRefused`."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), skipinitialspace=True)
    if "number" not in (reader.fieldnames or ()):
        raise ImportRefused([f"line 1: the heading has no column 'number'; it may have {', '.join(FIELDS)}"])
    try:
        return read((reader.line_num, {key: value for key, value in row.items() if value}) for row in reader)
    except csv.Error as error:
        raise ImportRefused([f"line {reader.line_num}: {error}"]) from error


def read_yaml(text: str) -> list[Customer]:
    """The customers in a YAML file. Raises :class:`ImportRefused`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        rows = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ImportRefused([f"line {mark.line + 1 if mark else 1}: {getattr(error, 'problem', error)}"]) from error
    if not isinstance(rows, list):
        raise ImportRefused(["line 1: write a list of customers, each beginning with '- number: ...'"])
    return read(zip((node.start_mark.line + 1 for node in root.value), rows, strict=True))


def read(rows: Iterable[tuple[int, Any]], what: str = "line") -> list[Customer]:
    """Check numbered rows, all of them, before any is used. Raises :class:`ImportRefused`."""
    found, mistakes, seen = [], [], {}
    for line, row in rows:
        try:
            customer = _checked(row)
            first = seen.setdefault(normalise(customer.number), line)
            if first != line:
                raise ValueError(f"the number {customer.number} is in {what} {first} already")
            found.append(customer)
        except (ValueError, msgspec.ValidationError) as error:
            mistakes.append(f"{what} {line}: {error}")
    if mistakes:
        raise ImportRefused(mistakes)
    return found


def _checked(row: Any) -> Customer:
    if not isinstance(row, Mapping):
        raise ValueError("write a customer as keys and values, beginning with 'number: ...'")
    unknown = [str(key) for key in row if key not in FIELDS]
    if unknown:
        raise ValueError(f"nobody knows {', '.join(unknown)}; a customer has {', '.join(FIELDS)}")
    values = {key: value for key, value in row.items() if value is not None}
    if isinstance(values.get("tags"), str):
        values["tags"] = [tag.strip() for tag in values["tags"].split(";") if tag.strip()]
    if not isinstance(values.get("number"), str) or not normalise(values["number"]):
        raise ValueError("number is missing, or is no text; write it in quotes, as '+44 20 7946 0018'")
    customer = msgspec.convert(values, Customer, strict=False)
    if not 0 <= customer.open_complaints <= MOST_COMPLAINTS:
        raise ValueError(f"open_complaints must be a number from 0 to {MOST_COMPLAINTS}")
    return customer


def _row(customer: Customer) -> dict[str, Any]:
    return {
        "number": normalise(customer.number), "name": clean(customer.name),
        "tags": clean("\n".join(customer.tags)), "language": clean(customer.language),
        "open_complaints": customer.open_complaints, "url": clean(customer.url),
    }


def _customer(row: Row) -> Customer:
    return Customer(number=row.number, name=row.name, tags=tuple(filter(None, row.tags.split("\n"))),
                    language=row.language, open_complaints=row.open_complaints, url=row.url)
