"""From settings to a running switch: every room is built here, tied to its neighbours, and let go of in reverse order.

``Front`` is what the CTI room sees of the house (:class:`cti.house.House`): the only place where the two meet.
"""

import asyncio
import gc
import hashlib
import hmac
import os
import random
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from cti import demonstration
from cti.house import Person
from cti.mqtt import Broker, Export
from cti.protocol import Figures
from cti.scoring import FormState, Judged, ScoreWish
from cti.server import Server
from cti.tokens import load_secret
from cti.watchers import Watchers
from media.scheduling import pin
from switch import figures_now, gauges, opening
from switch.addresses import EVERY, announced, local
from switch.archive import Archive
from switch.certificates import machine_names, self_signed
from switch.checks import demo_passwords
from switch.clock import Clock
from switch.events import Event
from switch.exchange import Exchange
from switch.followups.dispatch import Dispatch
from switch.health import Health
from switch.held import held
from switch.journal import Entry, Journal
from switch.language.choosing import of_request
from switch.loading import CACHE
from switch.lookups import Lookups
from switch.orders import Order
from switch.publisher import Outcome, Publisher
from switch.pulse import Pulse
from switch.quality import judging
from switch.retention import sweep
from switch.service import Service
from switch.settings import Settings
from switch.shell import Shell
from switch.sip.tls import Files, Identity, TlsError
from switch.sip.transport import addresses
from switch.sip.uri import bracketed
from switch.sip.websocket import Socket, Websocket
from switch.store import FORGET, Store
from switch.trees.pictures import SHAPES, picture
from switch.versions import Version, Versions
from switch.workers import here

log = structlog.get_logger("shoal")

_LOOK_SECONDS = 5.0
"""How often it is looked whether certificates have changed."""


_DRAIN_SECONDS = 0.2
"""How often it is looked whether the last call has ended."""


class Front:
    """The switch as its clients see it."""

    def __init__(self, shell: Shell, archive: Archive, publisher: Publisher, pulse: Pulse) -> None:
        self._shell = shell
        self.pulse = pulse
        self.condition = Health(shell, publisher, pulse)
        self.health, self.live, self.ready = self.condition.whole, self.condition.live, self.condition.ready
        self.outboxes: dict[str, gauges.Outbox] = {}
        """What waits to be sent out, by where."""
        self.publisher = publisher
        self.store = archive
        self.journal = shell.exchange.journal
        self.epoch = shell.exchange.epoch

    def snapshot(self) -> dict[str, Any]:
        """Everything that is now."""
        return self._shell.exchange.snapshot(self._shell.clock.now())

    async def figures(self) -> Figures:
        """What waits, and today so far."""
        return figures_now.figures(self._shell.exchange.house, await self.store.queues_today(), self._shell.clock.now())

    async def submit(self, order: Order, by: str) -> dict[str, Any]:
        """Obey an order; answers when its consequence is safe."""
        return await self._shell.submit(order, by)

    def authenticate(self, user: str, password: str) -> Person | None:
        """Who this is; the comparison takes the same time whoever it is."""
        known = self._shell.exchange.house.settings.users.get(user)
        right = hmac.compare_digest(_sum(known.password if known else secrets.token_hex(8)), _sum(password))
        return self.person(user) if known is not None and right else None

    def take_phone(self, host: str, port: int, secure: bool, socket: Socket) -> Websocket | None:
        """A websocket for SIP has been opened from there; None = there is no room for it."""
        return self._shell.transport.take(host, port, secure, socket)

    def phone_pass(self, user: str, until: float) -> dict[str, str]:
        """What a page of this user's may register with as a phone, until that moment."""
        made = self._shell.exchange.phone_pass(user, until, self._shell.clock.now())
        system = self._shell.exchange.house.settings.system
        uri = f"sip:{quote(user, safe='')}@{bracketed(announced(system)[0])}"
        return {"uri": uri, "login": made.name, "password": made.password, "realm": system.sip.realm}

    def password_mark(self, user: str) -> bytes:
        """Another one for each password."""
        known = self._shell.exchange.house.settings.users.get(user)
        return _sum(known.password) if known is not None else b""

    def person(self, user: str) -> Person | None:
        """Who has this number now."""
        known = self._shell.exchange.house.settings.users.get(user)
        return None if known is None else Person(user, known.rules.name, known.role, known.rules.team)

    async def write_down(self, event: Event) -> None:
        """Something that a client did and that belongs in the journal; returns when it is safe."""
        self._shell.write_down(event)
        await self._shell.store.committed(self.journal.last)

    def zone(self) -> ZoneInfo:
        """Where the calendar is."""
        return ZoneInfo(self._shell.exchange.house.settings.system.time_zone)

    def quality_forms(self, queues: Collection[str] | None) -> list[FormState]:
        """The forms by which talks of these queues are judged; None = all forms."""
        return judging.forms(self._shell.exchange.house.settings.quality, queues)

    def judge(self, wish: ScoreWish, queues: Collection[str], agents: Collection[str],
              recordings: Collection[str]) -> Judged:
        """What this judgement comes to. Raises OrderRefused."""
        return judging.judge(self._shell.exchange.house.settings.quality, wish, queues, agents, recordings)

    def bans(self) -> list[dict[str, Any]]:
        """Which addresses are not heard."""
        return [ban._asdict() for ban in self._shell.exchange.bans()]

    @property
    def settings(self) -> Settings:
        """Those that hold now."""
        return self._shell.exchange.house.settings

    def lift_ban(self, source: str, by: str) -> bool:
        """Hear an address again; whether it was banned."""
        return self._shell.lift_ban(source, by)

    def hours_week(self, name: str, at: str) -> str | None:
        """The week of these opening hours as a picture, and how they stand; None = there are none of this name."""
        return opening.week(self._shell.exchange.house.doors, name, at, self._shell.clock.now())

    async def publish(self, by: str, preview: bool) -> Outcome:
        """Publish what the files of the configuration say, or only look what would come of it."""
        return await self.publisher.publish(by, preview=preview)

    async def drain(self, seconds: float, enough: asyncio.Event) -> None:
        """Take no new calls, and wait until the last has ended, for so many seconds, or until it is enough."""
        house = self._shell.exchange.house
        self.condition.stopping = house.draining = True
        log.info("draining", calls=len(house.calls), seconds=seconds)
        ends = self._shell.clock.now() + seconds
        while house.calls and self._shell.clock.now() < ends and not enough.is_set():
            await asyncio.sleep(_DRAIN_SECONDS)

    async def rollback(self, number: int, by: str) -> Outcome:
        """Write the files of a version back and publish them. Raises LookupError."""
        return await self.publisher.rollback(number, by)

    def versions(self) -> list[Version]:
        """All that were published, the newest first."""
        return self.publisher.versions.all()[::-1]

    async def entries(self, after: int, limit: int) -> list[Entry]:
        """Entries that memory no longer holds."""
        return await self._shell.store.entries(after, limit)

    async def tree_figures(self, tree: str, day: str) -> list[dict[str, Any]] | None:
        """What callers did in a tree, version by version."""
        if tree not in self._shell.exchange.house.settings.trees:
            return None
        report = await self.store.report(first=day or self._today(), last=day or self._today())
        return [each for each in report["trees"] if each["tree"] == tree]

    async def tree_picture(self, tree: str, day: str, shape: str, language: str = "", accepted: str = "") -> str | None:
        """The tree as it is published now, with these figures; in the language that is asked for, or accepted."""
        figures = await self.tree_figures(tree, day)
        settings = self._shell.exchange.house.settings
        if figures is None or shape not in SHAPES:
            return None
        words = of_request(language, accepted, settings.system.language)
        return picture(settings.trees[tree], settings.prompts, shape, figures, day or f"{self._today()} so far", words)

    def _today(self) -> str:
        zone = ZoneInfo(self._shell.exchange.house.settings.system.time_zone)
        return datetime.fromtimestamp(self._shell.clock.now(), zone).date().isoformat()

    async def held(self) -> dict[str, Any]:
        """What there is of everything that must be given back."""
        return await held(self._shell)

    def counts(self) -> Mapping[str, gauges.Figure]:
        """Figures for Prometheus."""
        return gauges.figures(self._shell, self.pulse, self.outboxes)


def _sum(password: str) -> bytes:
    """Of one length whatever the password is, so that the comparison does not even tell its length."""
    return hashlib.blake2b(password.encode("utf-8", "surrogatepass")).digest()


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
        shell.write_ladder()
        await shell.lookups.start()
        rooms.push_async_callback(shell.lookups.close)
        rooms.push_async_callback(shell.close)
        await shell.start_media(workers, places.workers)
        rooms.push_async_callback(shell.port.close)
        await _take_up(shell, store, clock)
        versions = Versions(home(settings) / "var" / "versions")
        publisher = Publisher(shell, settings, load, versions, home(settings) / CACHE, clock.now)
        await publisher.start()
        pulse = Pulse(Service(os.environ), lambda: shell.overdue, told=shell.on_beat)
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
                    more=demonstration.ROUTES if demo_passwords(settings) else ())
    _let_in(server, settings)
    shell.takers.append(lambda taken: _let_in(server, taken))
    tls = (system.http.tls_port, identity.pages) if system.http.tls_port else None
    await server.start(addresses(system.listen), system.http.port, tls)
    rooms.push_async_callback(server.close)
    shell.screens = server
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


def _collect_seldom() -> None:
    """What stands when all doors are open stands to the end, so the garbage collector need not look at it again; and of
    what comes later nearly nothing is in a cycle. With Python's own thresholds a whole collection came every few
    seconds at 300 calls a second and stopped the house for 118-255 ms each time (measured; signalling only, for media
    is another process); with these it comes once in some 10 minutes of such a load."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 5, 2_000)


def _share_quickly() -> None:
    """The store's thread may keep the interpreter for half a millisecond, not for five, while a message waits. With 200
    callers waiting, from an agent's BYE to their next INVITE, three pairs of runs on a shared machine: 7.5, 3.6, 5.2 ms
    at the median became 5.0, 2.8, 2.9. What p99 gained, the noise does not let us say."""
    sys.setswitchinterval(0.0005)


async def run(settings: Settings, load: Callable[[], Settings]) -> None:
    """Run until SIGINT, or SIGTERM, which lets calls go on for `drain` seconds (a second signal does not). SIGHUP publishes
    the files as they are, read by ``load``."""
    stop, at_once = asyncio.Event(), asyncio.Event()

    def told(number: int) -> None:
        if stop.is_set() or number == signal.SIGINT:
            at_once.set()
        stop.set()
    loop = asyncio.get_running_loop()
    asked: set[asyncio.Task[Outcome]] = set()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, told, number)
    async with running(settings, load) as front:
        with suppress(NotImplementedError):
            loop.add_signal_handler(signal.SIGHUP, lambda: asked.add(loop.create_task(front.publish("signal", False))))
        _collect_seldom()
        _share_quickly()
        system = settings.system
        log.info("listening", on=", ".join(system.listen), sip=f"{system.sip.port} udp+tcp", tls=system.sip.tls_port,
                 http=f"http://{local(system)}:{system.http.port}/", https=system.http.tls_port, rtp=system.media.first_port)
        service = Service(os.environ)
        service.tell("READY=1")
        await stop.wait()
        service.tell("STOPPING=1")
        if not at_once.is_set():
            await front.drain(front.settings.system.drain, at_once)
