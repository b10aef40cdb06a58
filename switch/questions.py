"""What the exchange asks of the world, each by a task of its own or by a callback, and how the answer comes back to it.

Nothing here can hurt a call: the exchange has a deadline for each question, and one that fails is written to the log.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

import structlog
from structlog.contextvars import bind_contextvars

from switch.clock import Clock
from switch.effects import Effect, Fetch, FindCustomer, Measure, ShowPop
from switch.events import Customer
from switch.exchange import Exchange
from switch.lookups import Lookups
from switch.sip.effects import Resolve
from switch.sip.resolver import Resolver

log = structlog.get_logger("shell")


class Screens(Protocol):
    """Who shows pops."""

    async def pop(self, agent: str, number: int) -> None:
        """Return when this agent's screens have been told everything up to this entry."""


class Questions:
    """Those that are open. ``reflex`` is given what follows from an answer."""

    def __init__(self, exchange: Exchange, clock: Clock, lookups: Lookups,
                 reflex: Callable[[list[Effect]], None]) -> None:
        self.screens: Screens | None = None
        self._exchange = exchange
        self._clock = clock
        self._lookups = lookups
        self._reflex = reflex
        self._resolver = Resolver()
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many have a task."""
        return len(self._tasks)

    def resolve(self, effect: Resolve) -> None:
        """Where a name leads to."""
        async def ask() -> None:
            records = await self._resolver.ask(effect.question)
            self._reflex(self._exchange.resolved(effect.question, records, self._clock.now()))
        self.spawn(ask())

    def show_pop(self, effect: ShowPop) -> None:
        """Have the screens been told?"""
        async def ask() -> None:
            bind_contextvars(contact=effect.contact)
            if self.screens is not None:
                await self.screens.pop(effect.agent, effect.number)
            self._reflex(self._exchange.popped(effect.reservation, effect.contact, self._clock.now()))
        self.spawn(ask(), contact=effect.contact)

    def find_customer(self, effect: FindCustomer) -> None:
        """Who has this number? Without a task: nearly all are answered together, one after the other."""
        self._lookups.customer(effect.number, self._clock.now()).add_done_callback(partial(self._found, effect.contact))

    def _found(self, contact: str, answer: "asyncio.Future[Customer | None]") -> None:
        if answer.cancelled():
            return
        if (error := answer.exception()) is not None:
            log.warning("the contact store does not answer", contact=contact, error=repr(error))
        self._reflex(self._exchange.customer(contact, None if error else answer.result(), self._clock.now()))

    def fetch(self, effect: Fetch) -> None:
        """What does somebody else's server say?"""
        async def ask() -> None:
            bind_contextvars(contact=effect.contact)
            outcome, values = await self._lookups.fetch(effect)
            self._reflex(self._exchange.fetched(effect.contact, effect.node, outcome, values, self._clock.now()))
        self.spawn(ask(), contact=effect.contact)

    def measure(self, effect: Measure) -> None:
        """Who spoke for how long in this recording?"""
        async def ask() -> None:
            bind_contextvars(contact=effect.contact)
            figures = await self._lookups.measure(effect)
            if figures is not None:
                self._reflex(self._exchange.measured(effect, figures, self._clock.now()))
        self.spawn(ask(), contact=effect.contact)

    def spawn(self, work: Awaitable[None], **about: str) -> None:
        """Run this beside the calls; its failure is written down and hurts nobody."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, about))

    def _done(self, about: dict[str, str], task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a question to the world failed", exc_info=task.exception(), **about)

    async def close(self) -> None:
        """Nobody waits for an answer any more."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
