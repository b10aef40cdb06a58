"""From settings to a running switch: every room is built here, tied to its neighbours, and let go of in reverse order.

``Front`` is what the CTI room sees of the house (:class:`cti.house.House`): the only place where the two meet.
"""

import asyncio
import hmac
import random
import secrets
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import make_url

from cti.archive import Archive
from cti.house import Person
from cti.mqtt import Exporter
from cti.server import Server
from cti.tokens import load_secret
from media.port import MediaPort
from switch.clock import Clock
from switch.exchange import Exchange
from switch.journal import Entry, Journal
from switch.lookups import Lookups
from switch.orders import Order
from switch.retention import Retention
from switch.settings import Settings
from switch.shell import Shell
from switch.sip.transport import Transport
from switch.store import Store

log = structlog.get_logger("shoal")


class Front:
    """The switch as its clients see it."""

    def __init__(self, shell: Shell, settings: Settings, archive: Archive) -> None:
        self._shell = shell
        self._settings = settings
        self.store = archive
        self.journal = shell.exchange.journal
        self.epoch = shell.exchange.epoch

    def snapshot(self) -> dict[str, Any]:
        """Everything that is now."""
        return self._shell.exchange.snapshot(self._shell.clock.now())

    async def submit(self, order: Order, by: str) -> dict[str, Any]:
        """Obey an order; answers when its consequence is safe."""
        return await self._shell.submit(order, by)

    def authenticate(self, user: str, password: str) -> Person | None:
        """Who this is; the comparison takes the same time whoever it is."""
        known = self._settings.users.get(user)
        right = hmac.compare_digest((known.password if known else secrets.token_hex(8)).encode(), password.encode())
        return self.person(user) if known is not None and right else None

    def person(self, user: str) -> Person | None:
        """Who has this number now."""
        known = self._settings.users.get(user)
        return None if known is None else Person(user, known.rules.name, known.role, known.rules.team)

    async def entries(self, after: int, limit: int) -> list[Entry]:
        """Entries that memory no longer holds."""
        return await self._shell.store.entries(after, limit)

    def health(self) -> dict[str, Any]:
        """Whether all is well, and what is not."""
        shell, trouble = self._shell, []
        if shell.store.lag > 1000:
            trouble.append(f"the store is {shell.store.lag} entries behind")
        if not shell.exchange.house.seats:
            trouble.append("media has no free seats")
        return {"status": "degraded" if trouble else "ok", "trouble": trouble, "version": version("shoal"),
                "epoch": self.epoch, "journal": self.journal.last, **self._load()}

    def counts(self) -> Mapping[str, float]:
        """Figures for Prometheus."""
        return {**self._shell.exchange.counts(), "store_lag_entries": self._shell.store.lag, **self._load()}

    def _load(self) -> dict[str, float]:
        load = self._shell.load
        if load is None:
            return {}
        return {"media_legs": load.legs, "media_late_p99_seconds": load.late_p99, "media_late_max_seconds": load.late_max}


def home(settings: Settings) -> Path:
    """The folder that relative paths in the settings are relative to: the one that holds ``config/``."""
    return settings.folder.resolve().parent


def store_url(settings: Settings) -> str:
    """The store's URL, an SQLite file placed under :func:`home`."""
    url = make_url(settings.system.store.url)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(home(settings) / url.database))
    return url.render_as_string(hide_password=False)


def recordings(settings: Settings) -> Path:
    """The folder of recordings."""
    return home(settings) / settings.system.store.recordings


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Server]:
    """A switch that runs until the block is left."""
    clock = Clock()
    store = await Store.open(store_url(settings), clock.now())
    shell = await _build(settings, clock, store)
    system = settings.system
    await shell.lookups.start()
    shell.transport.on_message, shell.transport.on_lost = shell.on_message, shell.on_lost
    await shell.start_media(system.media, recordings(settings))
    front = Front(shell, settings, Archive(store, recordings(settings)))
    server = Server(front, load_secret(home(settings) / "var" / "secret"), clock=clock.now,
                    token_hours=system.http.token_hours)
    exporter = Exporter(system.mqtt, front, store) if system.mqtt.host else None
    retention = Retention(store, recordings(settings), shell.write_down, clock.now)
    background = [asyncio.ensure_future(retention.run())]
    if exporter is not None:
        shell.readers.append(exporter)
        background.append(asyncio.ensure_future(exporter.run()))
    await _take_up(shell, store, clock)
    await server.start(system.listen, system.http.port)
    shell.readers.append(server)
    await shell.transport.start(system.listen, system.sip.port)
    try:
        yield server
    finally:
        shell.reflex(shell.exchange.stop("stopped", clock.now()))
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await server.close()
        await shell.transport.close()
        await shell.port.close()
        await shell.close()
        await shell.lookups.close()
        await store.close()


async def _build(settings: Settings, clock: Clock, store: Store) -> Shell:
    journal = Journal(store.last, store.at)
    rng = random.Random(secrets.randbits(64))
    folder = recordings(settings)
    exchange = Exchange(settings, settings.prompts, rng, recordings=str(folder), journal=journal, epoch=store.epoch)
    lookups = Lookups(store, settings.system.lookup, folder)
    return Shell(exchange, clock, Transport(), MediaPort(), store, lookups)


async def _take_up(shell: Shell, store: Store, clock: Clock) -> None:
    """Remember what was before the stop, and close what it cut off."""
    memory = await store.memory()
    open_contacts = [await store.entries_of(key.partition("/")[2]) for key in memory if key.startswith("contact/")]
    effects = shell.exchange.start(version("shoal"), memory, [entries for entries in open_contacts if entries],
                                   clock.now())
    shell.reflex(effects)


async def run(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    async with running(settings):
        system = settings.system
        log.info("listening", sip=f"{system.listen}:{system.sip.port} udp+tcp",
                 http=f"http://{system.listen}:{system.http.port}/", rtp=system.media.first_port)
        await stop.wait()
