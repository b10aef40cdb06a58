"""The tables of the store, and how the house's values become their rows.

``journal`` is the truth. ``contact_records`` and ``recordings`` are computed from it (columns for searching and for
people with SQL, the whole record as JSON in ``body``); ``memory`` is what the switch needs to take up its work after
a crash; ``customers`` is the one table that people fill. Text columns of the journal exist to be indexed: ``contact``
finds a contact's life, ``agent`` the last known state of a person.
"""

import re
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    text,
)

from cti.judged import searchable
from cti.record import ContactRecord
from switch.events import AgentStateChanged, Event, RecordingStarted
from switch.journal import Entry, decode, encode

VERSION = 3
"""Raised whenever a table changes, together with a step in :mod:`switch.migrations`."""

metadata = MetaData()

schema = Table(
    "schema", metadata,
    Column("version", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("opened", Float, nullable=False),
)

journal = Table(
    "journal", metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("kind", String, nullable=False),
    Column("contact", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("body", Text, nullable=False),
)
Index("journal_at", journal.c.at)
Index("journal_contact", journal.c.contact, sqlite_where=text("contact <> ''"), postgresql_where=text("contact <> ''"))
Index("journal_agent", journal.c.agent, journal.c.number, sqlite_where=text("agent <> ''"),
      postgresql_where=text("agent <> ''"))

memory = Table(
    "memory", metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

cursors = Table(
    "cursors", metadata,
    Column("name", String, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

customers = Table(
    "customers", metadata,
    Column("number", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("tags", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("open_complaints", Integer, nullable=False),
    Column("url", Text, nullable=False),
)

contact_records = Table(
    "contact_records", metadata,
    Column("contact", String, primary_key=True),
    Column("complete", Boolean, nullable=False),
    Column("direction", String, nullable=False),
    Column("started", Float, nullable=False),
    Column("ended", Float, nullable=False),
    Column("caller", String, nullable=False),
    Column("number", String, nullable=False),
    Column("called", String, nullable=False),
    Column("queues", Text, nullable=False),
    Column("agents", Text, nullable=False),
    Column("outcome", String, nullable=False),
    *(Column(f"{kind}_seconds", Float, nullable=False) for kind in ("ivr", "queue", "ring", "talk", "hold", "wrap_up")),
    Column("codes", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("silence", Float),
    Column("cross_talk", Float),
    Column("survey", Float),
    Column("score", Float),
    Column("recorded", Boolean, nullable=False),
    Column("body", Text, nullable=False),
)
_found = contact_records.c
Index("contact_records_search", _found.started, _found.contact, _found.ended, _found.outcome, _found.queues, _found.agents,
      _found.codes, _found.silence, _found.cross_talk, _found.survey, _found.score, _found.recorded)
Index("contact_records_noted", _found.started, sqlite_where=text("notes <> ''"), postgresql_where=text("notes <> ''"))
Index("contact_records_scored", _found.started, sqlite_where=text("score IS NOT NULL"),
      postgresql_where=text("score IS NOT NULL"))
Index("contact_records_number", contact_records.c.number, contact_records.c.started)
Index("contact_records_open", contact_records.c.contact, sqlite_where=text("complete = 0"),
      postgresql_where=text("NOT complete"))

recordings = Table(
    "recordings", metadata,
    Column("recording", String, primary_key=True),
    Column("contact", String, nullable=False),
    Column("path", Text, nullable=False),
    Column("agent", String, nullable=False),
    Column("queue", String, nullable=False),
    Column("started", Float, nullable=False),
    Column("keep_until", Float, nullable=False),
    Column("seconds", Float),
    Column("deleted", Float, nullable=False),
)
Index("recordings_contact", recordings.c.contact)
Index("recordings_due", recordings.c.keep_until, sqlite_where=text("deleted = 0"), postgresql_where=text("deleted = 0"))

sip_messages = Table(
    "sip_messages", metadata,
    Column("contact", String, primary_key=True),
    Column("at", Float, primary_key=True),
    Column("body", Text, nullable=False),
)
Index("sip_messages_at", sip_messages.c.at)

LASTING = {"contact_records": ("direction", "started", "caller", "number", "called")}
"""What is known of a row when it is made and never changes."""

_record_encoder = msgspec.json.Encoder()
_record_decoder = msgspec.json.Decoder(ContactRecord)
_SURROGATES = re.compile("[\ud800-\udfff]")
_PUNCTUATION = re.compile(r"[\s().\-/]")


def entry_row(entry: Entry) -> tuple[Any, ...]:
    """The columns of ``journal``."""
    event = entry.event
    agent = clean(event.agent) if type(event) is AgentStateChanged else ""
    return (entry.number, entry.at, event.__struct_config__.tag, clean(getattr(event, "contact", "")), agent, _body(event))


def entry_of(row: Row) -> Entry:
    return Entry(row.number, row.at, decode(row.kind, row.body))


def _body(event: Event) -> str:
    try:
        return encode(event).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_cleaned(msgspec.to_builtins(event))).decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _cleaned(each) for key, each in value.items()}
    return [_cleaned(each) for each in value] if isinstance(value, list | tuple) else value


def clean(value: str) -> str:
    """Text that every database takes: what came in as broken UTF-8, and NUL, as U+FFFD."""
    if value.isascii() and "\0" not in value:
        return value
    return _SURROGATES.sub("\ufffd", value).replace("\0", "\ufffd")


def record_row(record: ContactRecord) -> tuple[Any, ...]:
    """The columns of ``contact_records``."""
    seconds, found = record.seconds.get, searchable(record)
    return (
        clean(record.contact), record.complete, record.direction, record.started, record.ended, clean(record.caller),
        normalise(record.caller), clean(record.called), listed(record.queues), listed(record.agents), record.outcome,
        seconds("ivr", 0.0), seconds("queue", 0.0), seconds("ring", 0.0), seconds("talk", 0.0), seconds("hold", 0.0),
        seconds("wrap_up", 0.0), listed(found.codes), clean(found.notes), found.silence, found.cross_talk, found.survey,
        found.score, found.recorded, _record_body(record),
    )


def _record_body(record: ContactRecord) -> str:
    try:
        return _record_encoder.encode(record).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_cleaned(msgspec.to_builtins(record))).decode()


def record_of(body: str) -> ContactRecord:
    return _record_decoder.decode(body)


def recording_row(event: RecordingStarted, at: float) -> tuple[Any, ...]:
    """The columns of ``recordings``."""
    return (clean(event.recording), clean(event.contact), clean(event.path), clean(event.agent), clean(event.queue), at,
            event.keep_until, None, 0.0)


def listed(names: tuple[str, ...]) -> str:
    """Names in one column, so that ``%|name|%`` finds each: ``|1001|1002|``."""
    return clean(f"|{'|'.join(names)}|") if names else ""


def normalise(number: str) -> str:
    """A number as the contact store knows it: ``00`` and ``+`` mean the same, spaces and punctuation mean nothing.

    >>> normalise("0044 (20) 7946-0018")
    '+442079460018'
    """
    kept = number.lower() if number.isascii() and number.isalnum() else _PUNCTUATION.sub("", clean(number)).lower()
    return "+" + kept[2:] if kept.startswith("00") and kept[2:].isdigit() else kept
