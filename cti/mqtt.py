"""Events for everybody who listens to a broker (MQTT 3.1.1, QoS 1), at least once each, in order.

The outbox is the journal itself and a cursor: nothing is queued here. While the broker is away the cursor stands still;
when it is back, what was missed is read from memory, or from the store when the absence was long. So a dead broker
costs no memory, slows nothing and loses nothing. After a lost connection the last batch may be sent again, with the
same ``id`` in each event.

Topics: ``<prefix>/v1/contacts/<contact>/<type>``, ``<prefix>/v1/agents/<agent>/<type>``, ``<prefix>/v1/switch/<type>``.
``agent.state`` is retained: who subscribes is told at once what each agent does.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import aiomqtt
import structlog

from switch.events import Event
from switch.journal import Entry, Journal
from switch.tail import following

CURSOR = "mqtt"
BATCH = 200
"""Messages that may wait for the broker's acknowledgement together."""
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
CONNECTED_WITHIN = 3.0
"""Seconds for connecting and for saying goodbye. A broker that dies in the handshake is noticed by this alone."""
ACKNOWLEDGED_WITHIN = 10.0
RETAINED = frozenset({"agent.state"})
_NOT_IN_TOPICS = re.compile(r"[/+#\x00-\x1f]")

log = structlog.get_logger("cti")


class Cursors(Protocol):
    """Where the number of the last entry that was exported survives a restart."""

    def get_cursor(self, name: str) -> int:
        """0 = none was ever set."""

    def set_cursor(self, name: str, number: int) -> None: ...


@dataclass(frozen=True)
class Broker:
    host: str
    port: int = 1883
    user: str = ""
    password: str = field(default="", repr=False)
    prefix: str = "shoal"


class Message(NamedTuple):
    topic: str
    payload: bytes
    retain: bool


def topic_of(event: Event, prefix: str) -> str:
    """Where an event is published."""
    kind = event.__struct_config__.tag
    for group, key in (("contacts", "contact"), ("agents", "agent")):
        subject = "" if kind in RETAINED and group == "contacts" else getattr(event, key, "")
        if subject:
            return f"{prefix}/v1/{group}/{_NOT_IN_TOPICS.sub('_', subject)}/{kind}"
    return f"{prefix}/v1/switch/{kind}"


class Export:
    """``encode``: an entry as a CloudEvent; ``entries(after, limit)``: what is no longer in memory, from the store."""

    def __init__(
        self, broker: Broker, journal: Journal, cursors: Cursors, *, encode: Callable[[Entry], bytes],
        entries: Callable[[int, int], Awaitable[list[Entry]]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._broker = broker
        self._journal = journal
        self._cursors = cursors
        self._encode = encode
        self._entries = entries
        self._sleep = sleep
        self._news = asyncio.Event()
        self.connected = False
        self.cursor = self._begin()

    @property
    def behind(self) -> int:
        """Entries that the broker has not acknowledged."""
        return self._journal.last - self.cursor

    def waiting(self, now: float) -> tuple[int, float]:
        """How many entries wait for the broker, and for how many seconds the oldest has; of one that memory no longer holds
        it is known only that it is older than all that memory holds."""
        if not self.behind:
            return 0, 0.0
        oldest = self._journal.at_of(max(self.cursor + 1, self._journal.first))
        return self.behind, max(0.0, now - oldest)

    def notify(self) -> None:
        """The journal has grown."""
        self._news.set()

    async def run(self) -> None:
        """Export until cancelled, whatever the broker does."""
        pause = FIRST_PAUSE
        while True:
            began = self.cursor
            try:
                await self._while_connected()
            except* (aiomqtt.MqttError, OSError) as wrong:
                log.warning("the broker is away", host=self._broker.host, why=_first(wrong), behind=self.behind)
            except* Exception:
                log.exception("the export failed", cursor=self.cursor)
            self.connected = False
            if asyncio.current_task().cancelling():  # a goodbye that failed has hidden it
                raise asyncio.CancelledError
            pause = FIRST_PAUSE if self.cursor > began else min(LONGEST_PAUSE, pause * 2)
            await self._sleep(pause)

    async def _while_connected(self) -> None:
        broker = self._broker
        client = aiomqtt.Client(
            broker.host, broker.port, username=broker.user or None, password=broker.password or None,
            timeout=CONNECTED_WITHIN, max_queued_outgoing_messages=2 * BATCH, max_inflight_messages=BATCH,
        )
        client.pending_calls_threshold = BATCH
        async with client:
            self.connected = True
            log.info("exporting to the broker", host=broker.host, port=broker.port, behind=self.behind)
            tasks = [asyncio.create_task(_until_lost(client)), asyncio.create_task(self._pump(client))]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            done.pop().result()

    async def _pump(self, client: aiomqtt.Client) -> None:
        while True:
            self._news.clear()
            while entries := await self._next():
                await self._publish(client, entries)
            await self._news.wait()

    async def _publish(self, client: aiomqtt.Client, entries: list[Entry]) -> None:
        """Send a batch and move on when all of it is acknowledged."""
        messages = [self._message(entry) for entry in entries]
        async with asyncio.TaskGroup() as group:
            for message in messages:
                group.create_task(
                    client.publish(
                        message.topic, message.payload, qos=1, retain=message.retain, timeout=ACKNOWLEDGED_WITHIN
                    )
                )
        self.cursor = entries[-1].number
        self._cursors.set_cursor(CURSOR, self.cursor)

    def _message(self, entry: Entry) -> Message:
        topic = topic_of(entry.event, self._broker.prefix)
        return Message(topic, self._encode(entry), entry.event.__struct_config__.tag in RETAINED)

    async def _next(self) -> list[Entry]:
        return await following(self._journal, self._entries, self.cursor, BATCH)

    def _begin(self) -> int:
        """Where to go on. The first export of all begins with this start of the switch, not with its whole past."""
        cursor = min(self._cursors.get_cursor(CURSOR) or self._journal.first - 1, self._journal.last)
        self._cursors.set_cursor(CURSOR, cursor)
        return cursor


async def _until_lost(client: aiomqtt.Client) -> None:
    """Nothing is subscribed to: this ends only with the connection, by :class:`aiomqtt.MqttError`."""
    async for _ in client.messages:
        pass


def _first(wrong: BaseException) -> str:
    """The innermost reason of a group of errors."""
    while isinstance(wrong, BaseExceptionGroup):
        wrong = wrong.exceptions[0]
    return str(wrong)
