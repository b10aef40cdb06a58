"""Who is calling? Asked for every call, so it is asked for many at once.

A question to the database costs about the same for one number as for fifty. So there is one question at a time, at most
every 50 ms, for all who have called since the last one; somebody who calls when nobody did just before is asked for
at once. (Measured with SIPp at 100 calls a second: 0.4 ms of CPU a call together, 3.6 ms one by one.)
"""

import asyncio
from datetime import datetime, tzinfo
from functools import partial

import msgspec
from sqlalchemy import Connection, text

from switch.customers import customer_made
from switch.events import Customer
from switch.store import Store
from switch.store_rows import answered
from switch.store_tables import normalise

PAUSE = 0.05
"""Seconds between the beginnings of two questions."""

_ASKED = """
    SELECT asked.value, c.number, c.name, c.tags, c.language, c.open_complaints, c.url,
    count(*) FILTER (WHERE r.started >= :day), count(*) FILTER (WHERE r.started >= :year), max(r.started)
    FROM {numbers} LEFT JOIN customers AS c ON c.number = asked.value LEFT JOIN contact_records AS r
    ON r.number = asked.value AND r.direction = 'inbound' AND r.started <= :now AND r.ended > 0
    GROUP BY asked.value, c.number
"""
_IN_SQLITE = _ASKED.format(numbers="json_each(:numbers) AS asked")
_IN_POSTGRESQL = text(_ASKED.format(numbers="unnest(CAST(:numbers AS varchar[])) AS asked(value)"))


class Recognition:
    """Answers :meth:`ask` from the contact store and the records of past calls.

    ``zone``: where a day begins. ``pause``: seconds between the beginnings of two questions."""

    def __init__(self, store: Store, zone: tzinfo, pause: float = PAUSE) -> None:
        self._store = store
        self._pause = pause
        self.zone = zone
        self._now = 0.0
        self._asked: dict[str, asyncio.Future[Customer | None]] = {}
        self._task: asyncio.Task[None] | None = None

    def ask(self, number: str, now: float) -> "asyncio.Future[Customer | None]":
        """What is known of this number at ``now`` (POSIX seconds); None = nothing. All who ask for one number share the
        answer, so it is not to be cancelled. It raises what the store raises."""
        self._now = max(self._now, now)
        number = normalise(number)
        answer = self._asked.get(number)
        if answer is None:
            answer = asyncio.get_running_loop().create_future()
            if not number:
                answer.set_result(None)
                return answer
            self._asked[number] = answer
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._ask())
        return answer

    async def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        while self._asked:
            asked, self._asked = self._asked, {}
            again = loop.time() + self._pause
            try:
                known = await self._look_up(list(asked), self._now)
            except Exception as error:
                for answer in asked.values():
                    answer.set_exception(error)
            else:
                for number, answer in asked.items():
                    answer.set_result(known.get(number))
            await asyncio.sleep(max(0.0, again - loop.time()))

    async def _look_up(self, numbers: list[str], now: float) -> dict[str, Customer]:
        midnight = datetime.fromtimestamp(now, self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        moments = {"day": midnight.timestamp(), "year": midnight.replace(month=1, day=1).timestamp(), "now": now}
        return await self._store.questions.run(partial(_known, numbers, moments))


def _known(numbers: list[str], moments: dict[str, float], db: Connection) -> dict[str, Customer]:
    """One question, whose words are always the same, however many are asked for: to make and to read two with a place for
    each number cost more than to answer them. (``python -m bench.storing``, in turns on a busy machine, five callers a
    question: 197-289 us of CPU a call in two, 86-105 in one.)"""
    if db.dialect.name == "sqlite":
        rows = answered(db, _IN_SQLITE, {"numbers": msgspec.json.encode(numbers).decode(), **moments})
    else:
        rows = db.execute(_IN_POSTGRESQL, {"numbers": numbers, **moments})
    return {row[0]: _customer(*row) for row in rows if row[1] is not None or row[9] is not None}


def _customer(asked: str, number: str | None, name: str, tags: str, language: str, complaints: int, url: str,
              today: int, year: int, last: float | None) -> Customer:
    known = Customer(number=asked) if number is None else customer_made(number, name, tags, language, complaints, url)
    return known if last is None else msgspec.structs.replace(known, calls_today=today, calls_year=year, last_call=last)
