"""The contact store: who a caller is, and how often they have called.

What people know of a customer (name, tags, language, complaints, a page to open) is the table ``customers``, filled
by import or by REST. How often and when somebody called is not kept there: :mod:`switch.recognition` counts it from the
records, so it cannot go stale. Numbers are compared as :func:`~switch.store_tables.normalise` writes them.

An import, by file or by REST, takes what is right, names all that is not, and says by its outcome whether there was any.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml
from sqlalchemy import Row, or_, select

from cti.customers import MOST_COMPLAINTS, ImportRefused, read_csv
from cti.protocol import CustomerEntry, ImportMistake
from cti.wrong import told
from switch import syntax
from switch.events import Customer
from switch.language.words import PLAIN, Words
from switch.store import Store
from switch.store_batch import StoreError
from switch.store_engine import connect, create_tables, transaction
from switch.store_rows import upsert
from switch.store_tables import clean, customers, normalise

CHUNK = 500
"""Customers in one transaction: the journal never waits longer than these take."""


class Customers:
    """The customers of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, number: str) -> Customer | None:
        """The customer with this number, without history."""
        async with self._store.engine.connect() as db:
            row = (await db.execute(select(customers).where(customers.c.number == normalise(number)))).one_or_none()
        return None if row is None else customer_of(row)

    async def search(self, text: str = "", limit: int = 50, offset: int = 0) -> list[Customer]:
        """Customers whose name or number contains ``text``, by name."""
        query = select(customers).order_by(customers.c.name, customers.c.number).limit(limit).offset(offset)
        if text:
            query = query.where(or_(customers.c.name.icontains(text, autoescape=True),
                                    customers.c.number.contains(normalise(text), autoescape=True)))
        async with self._store.engine.connect() as db:
            return [customer_of(row) for row in await db.execute(query)]

    async def put_all(self, entries: Sequence[CustomerEntry]) -> int:
        """Write these, each replacing the one of the same number; how many.

        Raises :class:`ValueError` when one of them cannot be written; then none is."""
        rows = list({row["number"]: row for row in map(_row, entries)}.values())
        for start in range(0, len(rows), CHUNK):
            async with self._store.writing, transaction(self._store.engine, writes=True) as db:
                await db.execute(upsert(db.dialect.name, customers), rows[start:start + CHUNK])
        return len(rows)


    async def take(self, entries: Sequence[CustomerEntry]) -> tuple[int, list[str]]:
        """Write those of an import that can be; how many, and what is wrong with the others."""
        good, mistakes = sorted_out(entries)
        return await self.put_all(good), mistakes


def sorted_out(entries: Sequence[CustomerEntry]) -> tuple[list[CustomerEntry], list[str]]:
    """What can be written, and what is wrong with the rest. Of a number that is there twice the first counts."""
    good: dict[str, CustomerEntry] = {}
    mistakes = []
    for entry in entries:
        try:
            number = _row(entry)["number"]
        except ValueError as error:
            mistakes.append(str(error))
            continue
        if number in good:
            mistakes.append(f"the number {entry.number} is there twice; the first was taken")
        good.setdefault(number, entry)
    return list(good.values()), mistakes


async def import_file(url: str, file: Path, words: Words = PLAIN) -> int:
    """``shoal customers FILE``: import a ``.csv`` or ``.yaml`` file into the store at ``url``; gives the exit status.

    Writes what is right, names all mistakes, each with its line where it has one, and then ends with 1. May run beside the
    switch."""
    try:
        entries, mistakes = read_file(file)
        engine = connect(url, make=True)
        await create_tables(engine)
        await engine.dispose()
        store = await Store.look(url)
    except (ImportRefused, StoreError, OSError) as error:
        print(words(str(error)), file=sys.stderr)
        return 1
    for start in range(0, len(entries), CHUNK):
        await Customers(store).put_all(entries[start:start + CHUNK])
        print(words(f"{min(start + CHUNK, len(entries))} of {len(entries)} customers written"))
    await store.close()
    for mistake in mistakes:
        print(words(mistake), file=sys.stderr)
    if mistakes:
        print(words(f"{len(mistakes)} could not be imported"), file=sys.stderr)
    return 1 if mistakes else 0


def read_file(file: Path) -> tuple[list[CustomerEntry], list[str]]:
    """The customers in this file that can be written, and what is wrong with the others. Raises :class:`ImportRefused` for
    what is no such file, and :class:`OSError`."""
    read = read_yaml if file.suffix in (".yaml", ".yml") else read_csv
    try:
        entries, mistakes = read(file.read_bytes())
    except ImportRefused as refused:
        raise ImportRefused(f"{file}: {refused}") from None
    lines = [f"{file}:{mistake.line}: {mistake.reason}" for mistake in mistakes]
    good, more = sorted_out(entries)
    return good, [*lines, *(f"{file}: {mistake}" for mistake in more)]


def read_yaml(data: bytes) -> tuple[list[CustomerEntry], list[ImportMistake]]:
    """A YAML list of customers, each a mapping with the fields of :class:`~cti.protocol.CustomerEntry`.

    Raises :class:`ImportRefused` for what is no such list."""
    try:
        root, rows = yaml.compose(data, Loader=yaml.SafeLoader), yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        why = syntax.said(getattr(error, "problem", None) or "")
        raise ImportRefused(f"line {mark.line + 1 if mark else 1}: {why}") from None
    if not isinstance(rows, list):
        raise ImportRefused("line 1: write a list of customers, each beginning with '- number: ...'")
    entries, mistakes = [], []
    for node, row in zip(root.value, rows, strict=True):
        try:
            entries.append(_entry(row))
        except msgspec.ValidationError as error:
            mistakes.append(ImportMistake(line=node.start_mark.line + 1, reason=told(error)))
        except ValueError as error:
            mistakes.append(ImportMistake(line=node.start_mark.line + 1, reason=str(error)))
    return entries, mistakes


def _entry(row: object) -> CustomerEntry:
    if not isinstance(row, dict):
        raise ValueError("write a customer as fields, beginning with 'number: ...'")
    if not isinstance(row.get("number"), str) or not normalise(row["number"]):
        raise ValueError("number is missing or is no text; write it in quotes: number: '+44 20 7946 0018'")
    return msgspec.convert({key: value for key, value in row.items() if value is not None}, CustomerEntry)


def _row(entry: CustomerEntry) -> dict[str, Any]:
    if not normalise(entry.number):
        raise ValueError(f"{entry.number!r} is no number")
    if not 0 <= entry.open_complaints <= MOST_COMPLAINTS:
        raise ValueError(f"open_complaints of {entry.number} must be from 0 to {MOST_COMPLAINTS}")
    return {
        "number": normalise(entry.number), "name": clean(entry.name), "tags": clean("\n".join(entry.tags)),
        "language": clean(entry.language), "url": clean(entry.url),
        "open_complaints": entry.open_complaints,
    }


def customer_of(row: Row) -> Customer:
    return customer_made(row.number, row.name, row.tags, row.language, row.open_complaints, row.url)


def customer_made(number: str, name: str, tags: str, language: str, complaints: int, url: str) -> Customer:
    return Customer(number=number, name=name, tags=tuple(filter(None, tags.split("\n"))), language=language,
                    open_complaints=complaints, url=url)
