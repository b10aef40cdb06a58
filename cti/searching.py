"""The search for contacts: what REST may be asked by, and how the answer becomes a table for spreadsheets.

A cell of the table that a spreadsheet would take for a formula is given an apostrophe first (``'+44...``), for numbers and
notes come from strangers.
"""

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

import msgspec
from aiohttp import web

from cti.answers import RestRefused, moment, number, text, truth
from cti.judged import mean_score, shares
from cti.record import OUTCOMES, ContactRecord

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_RANGES = {
    "length": ("shortest", "longest", 0.0, 1e9), "silence": ("silence_least", "silence_most", 0.0, 1.0),
    "cross_talk": ("cross_talk_least", "cross_talk_most", 0.0, 1.0), "survey": ("survey_least", "survey_most", 1.0, 5.0),
    "score": ("score_least", "score_most", 0.0, 100.0),
}
"""What has a lowest and a highest value: their names in the query, and what they may be."""
_TEXTS = ("queue", "caller", "number", "outcome", "code", "text")
FILTERS = (
    "agent", *_TEXTS, "time_from", "time_to", *(name for range_ in _RANGES.values() for name in range_[:2]),
    "recorded", "scored", "since", "until",
)
"""What a search may be asked by."""
COLUMNS = {
    "contact": "the name of the contact", "started": "when it was offered, where the calendar is",
    "direction": "inbound, outbound, internal", "caller": "the caller's number", "called": "the dialled number",
    "queues": "the queues that it stood in", "agents": "who talked with the caller", "outcome": "how it went",
    "codes": "what the agents said came of it", "seconds": "from the offering to the last hang-up",
    "waited": "seconds in queues", "talked": "seconds of talk", "held": "seconds on hold",
    "silence": "part of the recording in which nobody speaks", "cross_talk": "part in which both do",
    "survey": "what the caller said, 1 to 5", "score": "mean of the scores, 0 to 100", "fatal": "fatal errors",
    "recordings": "the names of its recordings", "notes": "what the agents wrote",
}
"""The columns of the table, each with what stands in it."""


def sought(request: web.Request) -> dict[str, Any]:
    """The filters that are given, in the shape of :meth:`cti.house.Store.contacts`. Raises :class:`RestRefused`."""
    filters: dict[str, Any] = {name: text(request, name) for name in _TEXTS}
    if filters["outcome"] and filters["outcome"] not in OUTCOMES:
        raise RestRefused(400, "bad_params", "outcome is one of: " + ", ".join(OUTCOMES), "outcome")
    filters |= {"since": moment(request, "since"), "until": moment(request, "until"), "time": _time(request)}
    for name, (least, most, lowest, highest) in _RANGES.items():
        limits = (number(request, least, lowest, highest), number(request, most, lowest, highest))
        filters[name] = limits if limits != (None, None) else None
    filters |= {name: truth(request, name) for name in ("recorded", "scored")}
    return {name: value for name, value in filters.items() if value not in (None, "")}


def _time(request: web.Request) -> tuple[int, int] | None:
    """Minutes of the day."""
    given = {name: text(request, name) for name in ("time_from", "time_to")}
    for name, value in given.items():
        if value and not _TIME.fullmatch(value):
            raise RestRefused(400, "bad_params", f"{name} is a time of day as 08:30", name)
    if not any(given.values()):
        return None
    first, last = given["time_from"] or "00:00", given["time_to"] or "24:00"
    return _minutes(first), _minutes(last)


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


def table(records: Iterable[dict[str, Any]], zone: tzinfo | None) -> str:
    """Records as CSV (RFC 4180), with a line of names."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for each in records:
        rows.writerow([safe(cell) for cell in _row(msgspec.convert(each, ContactRecord), zone)])
    return written.getvalue()


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell


def _row(record: ContactRecord, zone: tzinfo | None) -> list[Any]:
    silence, cross_talk = shares(record)
    seconds, survey, score = record.seconds, record.survey, mean_score(record)
    return [
        record.contact, f"{datetime.fromtimestamp(record.started, zone):%Y-%m-%d %H:%M:%S}", record.direction,
        record.caller, record.called, " ".join(record.queues), " ".join(record.agents), record.outcome,
        " ".join(dict.fromkeys(each.outcome for each in record.noted if each.outcome)), round(record.length, 1),
        *(round(seconds.get(kind, 0.0), 1) for kind in ("queue", "talk", "hold")),
        *("" if share is None else round(share, 4) for share in (silence, cross_talk)),
        "" if survey is None or survey.score is None else round(survey.score, 2),
        "" if score is None else round(score, 1),
        " ".join(dict.fromkeys(name for each in record.scores for name in each.fatal)), " ".join(record.recordings),
        "\n".join(each.note for each in record.noted if each.note),
    ]
