"""A switch from its start to its end, as a process: signals, the garbage collector, and what the supervisor of processes is
told. The rooms are built in :mod:`switch.building`."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

import structlog

from media.scheduling import go_first
from switch.addresses import local
from switch.building import running
from switch.publisher import Outcome
from switch.service import Service
from switch.settings import Settings

log = structlog.get_logger("shoal")


def _collect_seldom() -> None:
    """What stands when all doors are open stands to the end, so the garbage collector need not look at it again. A call
    leaves it nothing to do (``tests/bench/test_garbage.py``); what does is a client whose websocket broke (some 50 objects
    of aiohttp's). With Python's own thresholds a whole collection came every few seconds at 300 calls a second; with
    these every eight minutes or so with 800 calls up, agents' screens vanishing, and takes 70 ms then (51,000 objects)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 5, 100)


def _share_quickly() -> None:
    """The store's thread may keep the interpreter for half a millisecond, not for five, while a message waits. With 200
    callers waiting, from an agent's BYE to their next INVITE, three pairs of runs on a shared machine: 7.5, 3.6, 5.2 ms
    at the median became 5.0, 2.8, 2.9. What p99 gained, the noise does not let us say."""
    sys.setswitchinterval(0.0005)


def _on_signal(number: int, do: Callable[[], object]) -> None:
    with suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(number, do)


async def run(settings: Settings, load: Callable[[], Settings]) -> None:
    """Run until SIGINT, SIGTERM, or an operator's word (:mod:`switch.stopping`); what comes before the doors are open counts
    when they are. SIGHUP publishes the files as they are, read by ``load``."""
    early: list[int] = []
    asked: set[asyncio.Task[Outcome]] = set()
    for number in (signal.SIGINT, signal.SIGTERM):
        _on_signal(number, lambda number=number: early.append(number))
    async with running(settings, load) as front:
        for number in (signal.SIGINT, signal.SIGTERM):
            _on_signal(number, lambda number=number: front.stopping.signal(number))
        _on_signal(signal.SIGHUP, lambda: asked.add(asyncio.ensure_future(front.publish("signal", False))))
        _collect_seldom()
        _share_quickly()
        system = settings.system
        if system.media.real_time == "auto":
            go_first()  # as late as this, for what we have started is not to inherit it
        log.info("listening", on=", ".join(system.listen), sip=f"{system.sip.port} udp+tcp", tls=system.sip.tls_port,
                 http=f"http://{local(system)}:{system.http.port}/", https=system.http.tls_port, rtp=system.media.first_port)
        service = Service(os.environ)
        service.tell("READY=1")
        for number in early:
            front.stopping.signal(number)
        await front.stopping.asked.wait()
        service.tell("STOPPING=1")
        await front.stopping.over()
