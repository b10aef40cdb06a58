"""One follow-up leaves the house: as a line in a file, or as an HTTP request. What came of it is told in one word.

Secrets are read here, at the last moment, and are nowhere else: not in the journal, not in the store, not in the log.
"""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import aiohttp

from switch.followups.deciding import fill
from switch.followups.outbox import AWAY, REFUSED, TAKEN, Waiting
from switch.followups.rules import Sender

NEVER = frozenset({400, 410, 413, 422})
"""Statuses that say that this message, not the way to it, is wrong."""
MOST_RETRY = 86400.0


class Came(NamedTuple):
    """What a try came to."""

    outcome: str
    why: str = ""
    retry_after: float = 0.0


async def send(http: aiohttp.ClientSession, sender: Sender, home: Path, each: Waiting) -> Came:
    """Send it; raises nothing. Redirections are answers like any other that was not expected."""
    try:
        values = _values(each)
        if not sender.url:
            await asyncio.to_thread(_write, home / sender.file, values)
            return Came(TAKEN)
        values |= _secrets(sender, home)
        return await _ask(http, sender, each, values)
    except _NoSecret as error:
        return Came(AWAY, str(error))
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        return Came(AWAY, type(error).__name__)


async def _ask(http: aiohttp.ClientSession, sender: Sender, each: Waiting, values: dict[str, str]) -> Came:
    url = fill(sender.url, {name: quote(value, safe="") for name, value in values.items()})
    headers = {name: _one_line(fill(value, values)) for name, value in sender.headers.items()}
    headers["Idempotency-Key"] = each.event.followup
    body = {name: fill(value, values) for name, value in sender.body.items()} or _values(each)
    how = {"data": body} if sender.encoding == "form" else {"json": nested(body)}
    timeout = aiohttp.ClientTimeout(total=sender.timeout)
    async with http.request(sender.method, url, headers=headers, timeout=timeout, allow_redirects=False,
                            **({} if sender.method == "GET" else how)) as answer:
        if answer.status in sender.expect:
            return Came(TAKEN)
        why = f"status {answer.status}"
        return Came(REFUSED if answer.status in NEVER else AWAY, why, _seconds(answer.headers.get("Retry-After", "")))


def nested(body: Mapping[str, str]) -> dict[str, object]:
    """``message.to`` is ``to`` in ``message``."""
    whole: dict[str, object] = {}
    for name, value in body.items():
        *path, last = name.split(".")
        there = whole
        for step in path:
            inner = there.setdefault(step, {})
            there = inner if isinstance(inner, dict) else there
        there[last] = value
    return whole


def _values(each: Waiting) -> dict[str, str]:
    event = each.event
    return event.values | {"id": event.followup, "rule": event.rule, "to": event.to, "text": event.text,
                           "at": f"{each.at:.3f}"}


class _NoSecret(Exception):
    """A secret is not where it should be; the message names it, and where it was looked for."""


def _secrets(sender: Sender, home: Path) -> dict[str, str]:
    found = {}
    for name, secret in sender.secrets.items():
        if secret.environment:
            value, where = os.environ.get(secret.environment, ""), f"the environment ({secret.environment})"
        else:
            value, where = _read(home / secret.file), secret.file
        if not value:
            raise _NoSecret(f"secret {name} is not in {where}")
        found[name] = value
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _write(path: Path, values: Mapping[str, str]) -> None:
    """One line, on the disk before it counts as sent; for nobody else to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": values["at"], **values}, ensure_ascii=False) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode("utf-8", "replace"))
        os.fdatasync(handle)
    finally:
        os.close(handle)


def _one_line(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def _seconds(text: str) -> float:
    """Retry-After in seconds (RFC 9110 section 10.2.3); a date counts as nothing said."""
    return min(float(text), MOST_RETRY) if text.isascii() and text.isdecimal() and len(text) < 10 else 0.0
