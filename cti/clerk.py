"""Takes commands to the house and brings the answers back, each order once however often it is asked.

A client that loses its connection cannot know whether its command arrived; with a ``key`` it may simply ask again. The
clerk keeps what came of every key for ten minutes, per person; a repetition gets the same answer, or waits for it. An
order that is under way is not withdrawn when its client vanishes.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import structlog

from cti.commands import (
    NOT_A_REQUEST,
    OUR_FAULT,
    REFUSED,
    Answer,
    Asked,
    error,
    failure,
    read_command,
)
from cti.house import House, Person
from cti.protocol import CommandError, CommandFailure, CommandResult, Refusal, to_json
from switch.orders import Order, OrderRefused

KEPT_FOR = 600.0
KEPT_AT_MOST = 50_000

log = structlog.get_logger("cti")

Outcome = dict[str, Any] | CommandError


class Kept(NamedTuple):
    """What came, or will come, of a key."""

    until: float
    order: Order
    outcome: "asyncio.Future[Outcome]"


class Clerk:
    def __init__(self, house: House, clock: Callable[[], float]) -> None:
        self._house = house
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._tasks: set[asyncio.Task[Outcome]] = set()

    async def answer(self, person: Person, message: Any) -> bytes | None:
        """The answer to a request or a batch of them (obeyed in their order); None = only notifications."""
        if not isinstance(message, list):
            answer = await self._one(person, message)
            return None if answer is None else to_json(answer)
        if not message:
            return to_json(failure(NOT_A_REQUEST, "bad_request", "a batch has at least one request"))
        answers = [answer for request in message if (answer := await self._one(person, request)) is not None]
        return to_json(answers) if answers else None

    async def _one(self, person: Person, request: Any) -> Answer | None:
        asked = read_command(request, person, self._house.person)
        if isinstance(asked, CommandFailure):
            return asked
        outcome = await asyncio.shield(self._outcome(person, asked))
        if asked.id is msgspec.UNSET:
            return None
        if isinstance(outcome, CommandError):
            return CommandFailure(id=asked.id, error=outcome)
        return CommandResult(id=asked.id, result=outcome)

    def _outcome(self, person: Person, asked: Asked) -> "asyncio.Future[Outcome]":
        now = self._clock()
        self._forget(now)
        name = (person.user, asked.key)
        kept = self._kept.get(name) if asked.key else None
        if kept is None:
            task = self._begin(person, asked.order)
            if asked.key:
                self._kept[name] = Kept(now + KEPT_FOR, asked.order, task)
            return task
        if kept.order == asked.order:
            return kept.outcome
        other = asyncio.get_running_loop().create_future()
        reason = "this key was used for another command in the last ten minutes"
        other.set_result(error(REFUSED, Refusal(code="key_reused", reason=reason, field="key")))
        return other

    def _begin(self, person: Person, order: Order) -> "asyncio.Task[Outcome]":
        task = asyncio.create_task(self._submit(person, order))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _submit(self, person: Person, order: Order) -> Outcome:
        try:
            return await self._house.submit(order, person.user)
        except OrderRefused as refused:
            return error(REFUSED, Refusal(code=refused.code, reason=refused.reason))
        except Exception:
            log.exception("an order failed", order=order, by=person.user)
            return error(OUR_FAULT, Refusal(code="internal", reason="the switch could not do this; it is in its log"))

    def _forget(self, now: float) -> None:
        while self._kept:
            kept = next(iter(self._kept.values()))
            if kept.until > now and len(self._kept) < KEPT_AT_MOST:
                return
            self._kept.popitem(last=False)

    async def close(self) -> None:
        """Wait for the orders that are under way."""
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
