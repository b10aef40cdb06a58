"""A contact as vCon (draft-ietf-vcon-vcon-core-04): JSON with the parties, the recordings, and what was found out of them.

The recording is attached (base64url) or linked: then it carries a hash of what the link gives, so that whoever fetches it
later (with a token) knows that it is the same. Speech figures, what callers and agents said of the talk and scores are
``analysis``; there is nothing that the parties sent each other, so ``attachments`` is empty. The version parameter of
earlier drafts is deprecated, and left out.
"""

import asyncio
import base64
import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cti.protocol import to_json
from cti.scoring import FormState

VENDOR, PRODUCT = "Shoal", "Shoal"
MEDIA = "audio/x-wav"
_OURS = uuid.UUID("8d2f9a52-6f0b-5c0e-9a6b-3c1f5b6a7e10")
"""The name space of our contacts: one contact has one identity, whenever it is asked for."""
_DISPOSITIONS = {"unanswered": "no-answer", "turned_away": "failed"}
"""How a contact without a talk ended, in the draft's words; else the caller hung up."""


class Tape(NamedTuple):
    """A recording, with its sound or where that is."""

    row: Mapping[str, Any]
    content: dict[str, str]
    """``body`` and ``encoding``, or ``url`` and ``content_hash``."""


async def taped(row: Mapping[str, Any], path: Path, origin: str, attached: bool) -> Tape:
    """Read the file: to attach it, or for its hash. Raises OSError."""
    data = await asyncio.to_thread(_attached if attached else _hashed, path)
    if attached:
        return Tape(row, {"body": data, "encoding": "base64url"})
    return Tape(row, {"url": f"{origin}/api/v1/recordings/{row['recording']}/audio", "content_hash": data})


def _attached(path: Path) -> str:
    return _plain(path.read_bytes())


def _hashed(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha512-{_plain(hashlib.file_digest(file, 'sha512').digest())}"


def _plain(octets: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def made(record: Mapping[str, Any], tapes: Sequence[Tape], now: float, names: Mapping[str, str],
         forms: Iterable[FormState]) -> dict[str, Any]:
    """The vCon of this record, as whoever asks may see it. ``names``: of its agents."""
    agents = list(record.get("agents", ()))
    told = {
        "uuid": _identity(record["contact"]), "created_at": moment(now),
        "subject": f"{record.get('direction', 'inbound')} call to {record.get('called', '')}",
        "parties": [_caller(record), *(_agent(agent, names) for agent in agents)],
        "dialog": [_dialog(tape, agents) for tape in tapes] or [_unheard(record, len(agents))],
        "analysis": [], "attachments": [],
    }
    dialogs = list(range(len(tapes))) if tapes else [0]
    told["analysis"] = [
        {"type": kind, "dialog": dialogs if len(dialogs) > 1 else dialogs[0], "vendor": VENDOR, "product": PRODUCT,
         "schema": f"shoal-{kind}", "mediatype": "application/json", "encoding": "json", "body": body}
        for kind, body in _analysis(record, forms)
    ]
    return told


def encoded(vcon: Mapping[str, Any]) -> bytes:
    return to_json(vcon)


def moment(at: float) -> str:
    """RFC 3339."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _identity(contact: str) -> str:
    """A version 8 UUID (RFC 9562), as the draft wishes: from the name of the contact."""
    octets = bytearray(hashlib.sha256(_OURS.bytes + contact.encode("utf-8", "surrogatepass")).digest()[:16])
    octets[6] = octets[6] & 0x0F | 0x80
    octets[8] = octets[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(octets)))


def _caller(record: Mapping[str, Any]) -> dict[str, str]:
    number, customer = record.get("caller", ""), record.get("customer") or {}
    name = customer.get("name") or record.get("caller_name", "")
    return {key: value for key, value in (("tel", _tel(number)), ("name", name)) if value}


def _agent(agent: str, names: Mapping[str, str]) -> dict[str, str]:
    return {"tel": _tel(agent), "name": names.get(agent, agent)}


def _tel(number: str) -> str:
    """A TEL URL (RFC 3966): what is no number with its country is one of this house. Empty for what is no number."""
    whole = f"+{number[2:]}" if number.startswith("00") else number
    if not re.fullmatch(r"\+?[0-9*#]+", whole):
        return ""
    return f"tel:{whole}" if whole.startswith("+") else f"tel:{whole};phone-context=shoal"


def _dialog(tape: Tape, agents: list[str]) -> dict[str, Any]:
    """Left is the caller, right whoever talks with them: the channels stand in the order of the parties."""
    row = tape.row
    heard = [1 + place for place in range(len(agents))]
    told = {
        "type": "recording", "start": moment(row["started"]), "parties": [0, heard] if len(heard) > 1 else [0, *heard],
        "originator": 0, "mediatype": MEDIA, "filename": Path(row["path"]).name, **tape.content,
    }
    return told if row.get("seconds") is None else told | {"duration": round(row["seconds"], 3)}


def _unheard(record: Mapping[str, Any], agents: int) -> dict[str, Any]:
    """Of what nothing is recorded, only that it was: a dialog without content."""
    told = {"type": "recording" if agents else "incomplete", "start": moment(record.get("started", 0.0)),
            "parties": list(range(1 + agents)), "originator": 0}
    if not agents:
        told["disposition"] = _DISPOSITIONS.get(record.get("outcome", ""), "hung-up")
    ended = record.get("ended", 0.0)
    return told | {"duration": round(ended - record["started"], 3)} if ended else told


def _analysis(record: Mapping[str, Any], forms: Iterable[FormState]) -> Iterable[tuple[str, Any]]:
    if record.get("speech"):
        yield "speech", {name: value for name, value in record["speech"].items() if name not in ("type", "contact")}
    if record.get("noted"):
        yield "outcome", {"outcome": record.get("outcome", ""), "noted": record["noted"]}
    if record.get("survey"):
        yield "survey", record["survey"]
    if record.get("way"):
        yield "way", record["way"]
    asked = {form.form: form for form in forms}
    for score in record.get("scores", ()):
        form = asked.get(score["form"])
        same = form is not None and form.version == score["version"]
        yield "score", score | ({"questions": msgspec.to_builtins(form.sections)} if same else {})
