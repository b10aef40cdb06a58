"""From settings to a running switch: every room is built here, tied to its neighbours, and let go of in reverse order."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from cti import demonstration
from cti.mqtt import Broker, Export
from cti.server import Server
from cti.tokens import load_secret
from cti.watchers import Watchers
from media.scheduling import SIGNALLING, Priority, go_first, pin
from switch.addresses import EVERY, announced
from switch.archive import Archive
from switch.certificates import machine_names, self_signed
from switch.checks import demo_passwords
from switch.clock import Clock
from switch.exchange import Exchange
from switch.followups.dispatch import Dispatch
from switch.front import Front
from switch.journal import Journal
from switch.loading import CACHE
from switch.lookups import Lookups
from switch.publisher import Publisher
from switch.pulse import Pulse
from switch.retention import sweep
from switch.service import Service
from switch.settings import Settings
from switch.shell import Shell
from switch.sip.tls import Files, Identity, TlsError
from switch.sip.transport import addresses
from switch.store import FORGET, Store
from switch.versions import Versions
from switch.workers import here

log = structlog.get_logger("shoal")
IN_TIME = 0.02
"""Seconds by which a beat of the loop may be late and signalling still keep its pace."""
_LOOK_SECONDS = 5.0
"""How often it is looked whether certificates have changed."""


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
async def running(settings: Settings, load: Callable[[], Settings]) -> AsyncIterator[Front]:
    """A switch that runs until the block is left. ``load`` reads the settings anew."""
    clock, system = Clock(), settings.system
    workers, places = here(system.media)
    pin(set(places.switch))
    store = await Store.open(store_url(settings), clock.now())
    async with AsyncExitStack() as rooms:
        rooms.push_async_callback(store.close)
        shell = _build(settings, clock, store)
        shell.trace()
        await shell.lookups.start()
        rooms.push_async_callback(shell.lookups.close)
        rooms.push_async_callback(shell.close)
        await shell.media.start(workers, places.workers)
        rooms.push_async_callback(shell.media.close)
        await _take_up(shell, store, clock)
        versions = Versions(home(settings) / "var" / "versions")
        publisher = Publisher(shell, settings, load, versions, home(settings) / CACHE, clock.now)
        await publisher.start()
        priority = Priority(bool(places.workers) and system.media.real_time == "auto", SIGNALLING, alone=True)
        rooms.callback(priority.leave)  # while Python tidies up, nobody hears the kernel's signal
        pulse = Pulse(Service(os.environ), lambda: shell.overdue, told=partial(_beat, shell, priority))
        pulse.start()
        rooms.callback(pulse.stop)
        identity = _identity(settings, clock.now())
        front = await _open_doors(rooms, shell, settings, publisher, pulse, identity)
        shell.transport.identity = identity if system.sip.tls_port else None
        await shell.transport.start(system.listen, system.sip.port, system.sip.tls_port or None)
        front.condition.listening = True
        if identity is not None:
            rooms.callback(asyncio.ensure_future(_watch(identity)).cancel)
        rooms.push_async_callback(shell.transport.close)
        rooms.callback(shell.stop)
        rooms.callback(asyncio.ensure_future(publisher.watch()).cancel)
        try:
            yield front
        finally:
            front.condition.stopping = True


def _build(settings: Settings, clock: Clock, store: Store) -> Shell:
    folder = recordings(settings)
    exchange = Exchange(settings, settings.prompts, random.SystemRandom(), recordings=str(folder),
                        journal=Journal(store.last, store.at), epoch=store.epoch)
    return Shell(exchange, clock, store, Lookups(store, settings.system, folder))


async def _open_doors(rooms: AsyncExitStack, shell: Shell, settings: Settings, publisher: Publisher,
                      pulse: Pulse, identity: Identity | None) -> Front:
    """The readers of the journal: screens, broker, and the sweep of old recordings."""
    system, clock, store, folder = settings.system, shell.clock, shell.store, recordings(settings)
    archive = Archive(store, folder, *_days_and_levels(settings), clock.now, shell.exchange.journal)
    shell.takers.append(lambda taken: archive.configure(*_days_and_levels(taken)))
    front = Front(shell, archive, publisher, pulse)
    server = Server(front, load_secret(home(settings) / "var" / "secret"), clock=clock.now,
                    token_hours=system.http.token_hours,
                    more=demonstration.routes({user: settings.users[user].role for user in demo_passwords(settings)}))
    _let_in(server, settings)
    shell.takers.append(lambda taken: _let_in(server, taken))
    tls = (system.http.tls_port, identity.pages) if system.http.tls_port else None
    await server.start(addresses(system.listen), system.http.port, tls)
    rooms.push_async_callback(server.close)
    shell.questions.screens = server
    shell.takers.append(lambda _: server.configured())
    shell.readers.append(server)
    work = [_sweep(shell, folder), _follow_up(shell, front, settings)]
    if system.mqtt.host:
        export = Export(Broker(**asdict(system.mqtt)), shell.exchange.journal, store, entries=store.entries,
                        encode=server.hub.encoded)
        shell.readers.append(export)
        front.outboxes["mqtt"] = export.waiting
        work.append(export.run())
    for task in [asyncio.ensure_future(each) for each in work]:
        rooms.callback(task.cancel)
    return front


def _beat(shell: Shell, priority: Priority, lag: float, busy: float) -> None:
    """Who has run wild and was made ordinary gets its priority back when it is in time again. Threads that were started
    since are ordinary: one that held the interpreter and got no core would hold signalling up."""
    shell.on_beat(lag, busy)
    if lag < IN_TIME:
        priority.take()
    if priority.real_time:
        go_first()


def _follow_up(shell: Shell, front: Front, settings: Settings) -> Coroutine[Any, Any, None]:
    """The sending of follow-ups."""
    dispatch = Dispatch(settings.followups, home(settings), shell.exchange.journal, shell.store, shell.store.entries,
                        shell.write_down, shell.clock.now)
    shell.takers.append(lambda taken: dispatch.configure(taken.followups))
    shell.readers.append(dispatch)
    front.outboxes["followups"] = dispatch.waiting
    return dispatch.run()


def _let_in(server: Server, settings: Settings) -> None:
    """Who may see how the switch does."""
    server.watchers = Watchers(settings.system.http.status_token, settings.system.http.status_from)


def _days_and_levels(settings: Settings) -> tuple[ZoneInfo, dict[str, float]]:
    """Where days begin, and the T of each queue's service level."""
    return ZoneInfo(settings.system.time_zone), {name: rules.service_level for name, rules in settings.queues.items()}


def _identity(settings: Settings, now: float) -> Identity | None:
    """What is shown and believed on the TLS ports; None = no TLS. Raises TlsError."""
    system, folder = settings.system, home(settings)
    if not (system.sip.tls_port or system.http.tls_port):
        return None
    tls = system.sip.tls
    if tls.certificate:
        certificate, key = folder / tls.certificate, folder / tls.key
    else:
        names = machine_names([*announced(system), *(host for host in system.listen if host not in EVERY)])
        certificate, key = self_signed(folder / "var", names, now)
    return Identity(Files(certificate, key, folder / tls.ca if tls.ca else None, tls.clients, tls.check_servers, tls.oldest))


async def _watch(identity: Identity) -> None:
    """Take up new certificates as they come."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            if identity.look():
                log.info("the certificates were read anew")
        except TlsError as error:
            log.warning("new certificates cannot be used; the old ones stay", why=str(error))


async def _sweep(shell: Shell, folder: Path) -> None:
    """Delete what has been kept long enough, now and every hour."""
    while True:
        try:
            for event in await sweep(shell.store, folder, shell.clock.now()):
                shell.write_down(event)
            if days := shell.exchange.house.settings.system.store.trace_days:
                while await shell.store.forget_messages(shell.clock.now() - 86400 * days) == FORGET:
                    await asyncio.sleep(1)
        except (OSError, SQLAlchemyError) as error:
            log.warning("old recordings were not swept", error=repr(error))
        await asyncio.sleep(3600)


async def _take_up(shell: Shell, store: Store, clock: Clock) -> None:
    """Remember what was before the stop, and close what it cut off."""
    memory = await store.memory()
    open_contacts = [await store.entries_of(key.partition("/")[2]) for key in memory if key.startswith("contact/")]
    effects = shell.exchange.start(version("shoal"), memory, [entries for entries in open_contacts if entries],
                                   clock.now())
    shell.reflex(effects)
