"""The customers that operations keep: a table as CSV becomes entries, with every mistake named by its line."""

import csv
import io

import msgspec

from cti.protocol import CustomerEntry, ImportMistake

COLUMNS = CustomerEntry.__struct_fields__
MOST_MISTAKES = 100
MOST_COMPLAINTS = 10_000


class ImportRefused(Exception):
    """The table cannot be read at all."""


def read_csv(data: bytes) -> tuple[list[CustomerEntry], list[ImportMistake]]:
    """A CSV table with a heading (``number`` and any of the other columns; tags separated by ``;``).

    UTF-8, with or without a byte order mark; comma or semicolon. Raises :class:`ImportRefused`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise ImportRefused(f"the table is not UTF-8 (byte {wrong.start})") from None
    heading = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in heading else ",", strict=True)
    _check_heading(rows)
    entries, mistakes = [], []
    try:
        for row in rows:
            try:
                entries.append(_entry(row))
            except ValueError as wrong:
                mistakes.append(ImportMistake(line=rows.line_num, reason=str(wrong)))
    except csv.Error as wrong:
        raise ImportRefused(f"line {rows.line_num}: {wrong}") from None
    return entries, mistakes[:MOST_MISTAKES]


def _check_heading(rows: csv.DictReader) -> None:
    try:
        names = rows.fieldnames or []
    except csv.Error as wrong:
        raise ImportRefused(f"line 1: {wrong}") from None
    rows.fieldnames = names = [name.strip().lower() for name in names]
    if "number" not in names:
        raise ImportRefused("the first line names the columns, and one of them is number")
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise ImportRefused(f"unknown column {unknown[0]!r}; there are {', '.join(COLUMNS)}")


def _entry(row: dict[str | None, str | None]) -> CustomerEntry:
    if None in row:
        raise ValueError("more fields than columns")
    values = {name: value.strip() for name, value in row.items() if value}
    if not values.get("number"):
        raise ValueError("number is empty")
    tags = tuple(tag for each in values.pop("tags", "").split(";") if (tag := each.strip()))
    entry = msgspec.convert(values | {"tags": tags}, CustomerEntry, strict=False)
    if not 0 <= entry.open_complaints <= MOST_COMPLAINTS:
        raise ValueError(f"open_complaints must be from 0 to {MOST_COMPLAINTS}")
    return entry
