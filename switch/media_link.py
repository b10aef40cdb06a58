"""The switch's side of media: its workers are started, heard, and started again when they die."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

import media.orders
from ivr.prompts import SHIPPED
from media.nearby import own_address
from media.port import MediaError
from media.ports import MediaPorts
from media.sdp.formats import G711
from switch.addresses import alone, media_host
from switch.clock import Clock
from switch.effects import Effect
from switch.exchange import Exchange
from switch.workers import Workers

log = structlog.get_logger("shell")

PAUSE = 5.0
"""Seconds between two attempts to start a worker."""


class MediaLink:
    """``reflex`` is given what follows from what a worker says; ``spawn`` runs what takes time."""

    def __init__(self, exchange: Exchange, clock: Clock, reflex: Callable[[list[Effect]], None],
                 spawn: Callable[[Awaitable[None]], None]) -> None:
        self.workers = Workers()
        """How they keep up."""
        self._exchange = exchange
        self._clock = clock
        self._reflex = reflex
        self._spawn = spawn
        self._ports = MediaPorts(self.on_reports, self.on_died)
        self.order = self._ports.send
        self.close = self._ports.close

    async def start(self, workers: int, cores: Sequence[int] = ()) -> None:
        """Start so many, each on its core where there are ``cores``. Raises :class:`media.port.MediaError`."""
        system = self._exchange.house.settings.system
        rules, near = system.media, alone(system)
        own = own_address() if near else ""
        self._exchange.house.nearby = (own,) if own else ()
        await self._ports.start(workers=workers, cores=cores, real_time=rules.real_time == "auto",
                                host=media_host(system), near=near, first_port=rules.first_port,
                                last_port=rules.last_port, silence_after=rules.silence_after, timeout=rules.timeout,
                                poor_below=rules.poor_below, dscp=rules.dscp, tones=rules.tones,
                                transcodes=not set(rules.codecs) <= set(G711), preload=(SHIPPED,))
        self.workers.wanted = len(self._ports.pids)
        for worker in range(self.workers.wanted):
            self.workers.up(worker, self._clock.now())

    def on_reports(self, reports: list[media.orders.AnyReport], worker: int) -> None:
        """A worker tells something."""
        for report in reports:
            now = self._clock.now()
            if type(report) is media.orders.Load:
                self.workers.hear(worker, report, now)
                self._reflex(self._exchange.media_load(worker, report, now))
            else:
                self._reflex(self._exchange.media(report, now, worker))

    def on_died(self, worker: int) -> None:
        """Its calls, now without sound, are ended, and another is started."""
        log.error("the media worker died; starting another", worker=worker)
        self.workers.gone(worker)
        self._reflex(self._exchange.media_lost(self._clock.now(), worker))
        self._spawn(self._start_again(worker))

    async def _start_again(self, worker: int) -> None:
        """Until there is one: a machine that is short of memory now may have some later."""
        while True:
            try:
                await self._ports.start_again(worker)
                return self.workers.up(worker, self._clock.now())
            except (MediaError, OSError) as error:
                log.error("no media worker could be started; trying again", why=str(error), worker=worker)
            await asyncio.sleep(PAUSE)
