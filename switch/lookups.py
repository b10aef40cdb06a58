"""Questions to the outside: who a caller is, what a webhook knows, who spoke in a recording. Each has a deadline.

Only the address that operations wrote is asked. A service that sends us elsewhere (3xx) has failed: it could have its
questions, with callers' numbers and the tokens in the headers, put to anybody, or make us ask what only we can reach.

The work that costs processor time (voice activity of a finished recording) is done by a process of its own at low
priority, so that neither signalling nor media feels it.
"""

import asyncio
import ctypes
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import aiohttp
import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from media.scheduling import ordinary
from media.speech import Measured
from media.waveform import measure
from switch.addresses import local
from switch.effects import Fetch, Measure
from switch.events import Customer
from switch.recognition import Recognition
from switch.settings import System
from switch.store import Store

log = structlog.get_logger("lookups")

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when its parent dies."""
MOST_BYTES = 64 * 1024
"""The longest answer of a webhook that is read."""


class Lookups:
    """Asks the store, HTTP servers, and the speech process."""

    def __init__(self, store: Store, system: System, recordings: Path) -> None:
        self._callers = Recognition(store, ZoneInfo(system.time_zone))
        self._settings = system.lookup
        self._own = f"http://{local(system)}:{system.http.port}"
        """Where addresses without a host lead to: the switch's own pages."""
        self._recordings = recordings
        self._http: aiohttp.ClientSession | None = None
        self._pool: ProcessPoolExecutor | None = None

    def configure(self, system: System) -> None:
        """New settings."""
        self._settings = system.lookup
        self._callers.zone = ZoneInfo(system.time_zone)

    async def start(self) -> None:
        """Open the HTTP session; to be called in the loop."""
        self._http = aiohttp.ClientSession()

    async def close(self) -> None:
        """Let go of everything."""
        await self._http.close()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def customer(self, number: str, now: float) -> "asyncio.Future[Customer | None]":
        """Who has this number: the contact store's answer, completed by the HTTP look-up where there is one. It raises
        what the store raises, where nobody else is asked."""
        known = self._callers.ask(number, now)
        return asyncio.ensure_future(self._completed(number, known)) if number and self._settings.url else known

    async def _completed(self, number: str, asked: "asyncio.Future[Customer | None]") -> Customer | None:
        try:
            known = await asyncio.shield(asked)
        except (SQLAlchemyError, OSError) as error:
            log.warning("the contact store does not answer", error=repr(error))
            known = None
        fields = (msgspec.to_builtins(known) if known is not None else {}) | await self._crm(number)
        return msgspec.convert(fields | {"number": number}, Customer) if fields else None

    async def _crm(self, number: str) -> dict[str, Any]:
        """What the HTTP look-up says of this number; nothing when it is late, or says what no customer is."""
        url = self._settings.url.replace("{number}", quote(number, safe=""))
        outcome, values = await self._ask("GET", url, {}, None, self._settings.deadline)
        if outcome != "found":
            return {}
        try:
            said = msgspec.to_builtins(msgspec.convert(values | {"number": number}, Customer, strict=False))
        except msgspec.ValidationError as error:
            log.warning("customer look-up answered something else", number=number, error=str(error))
            return {}
        return {name: value for name, value in said.items() if name in values}

    async def fetch(self, effect: Fetch) -> tuple[str, dict[str, str]]:
        """Ask a tree's webhook: found, not_found or failed, and the fields of its JSON answer as text."""
        url = f"{self._own}{effect.url}" if effect.url.startswith("/") else effect.url
        outcome, values = await self._ask(effect.method, url, effect.headers, effect.body, effect.deadline)
        return outcome, {name: _text(value) for name, value in values.items()
                         if isinstance(value, str | int | float | bool)}

    async def _ask(self, method: str, url: str, headers: dict[str, str], body: dict[str, str] | None,
                   deadline: float) -> tuple[str, dict[str, Any]]:
        try:
            timeout = aiohttp.ClientTimeout(total=deadline)
            asked = self._http.request(method, url, headers=headers, json=body, timeout=timeout, allow_redirects=False)
            async with asked as answer:
                if answer.status == 404:
                    return "not_found", {}
                if answer.status != 200:
                    raise aiohttp.ClientResponseError(answer.request_info, (), status=answer.status)
                values = msgspec.json.decode(await _whole(answer))
        except (TimeoutError, aiohttp.ClientError, ValueError, OSError) as error:
            log.warning("webhook failed", url=_shown(url), error=_why(error))
            return "failed", {}
        return ("found", values) if isinstance(values, dict) else ("failed", {})

    async def measure(self, effect: Measure) -> Measured | None:
        """Voice activity of a finished recording; None when the file cannot be read."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_stand_back)
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._pool, measure, self._recordings / effect.path)
        except Exception as error:
            if isinstance(error, BrokenProcessPool):
                self._pool = None
            log.warning("recording not measured", path=effect.path, error=repr(error))
            return None


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """The body, which may come in pieces; at most a little more than :data:`MOST_BYTES` of it."""
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > MOST_BYTES:
            break
    return bytes(body)


def _text(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(url: str) -> str:
    """An address without what may be secret in it: a password, and the query."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        return ""


def _why(error: Exception) -> str:
    """What went wrong. The library's own words hold the whole address and the headers, with the tokens in them."""
    if isinstance(error, aiohttp.ClientResponseError):
        return f"status {error.status}"
    return str(error) if isinstance(error, aiohttp.ClientConnectorError) else type(error).__name__


def _stand_back() -> None:
    """In the speech process: let everybody go first, leave it to the switch when to end, and end when it is killed."""
    ordinary()
    os.nice(10)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if not parent_process().is_alive():  # killed before that was said, of which nobody is told any more
        os._exit(1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
