"""``shoal watch``: the stream of events as a person reads it. Also an example of a whole CTI client.

It remembers the ``id`` of the last event, so that a connection that breaks leaves no gap in what is told.
"""

import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
import msgspec

from cti.protocol import SUBPROTOCOL
from cti.story import Story
from switch.events import KINDS
from switch.journal import Entry
from switch.language.words import PLAIN, Words

LONGEST_PAUSE = 10.0


class WatchRefused(Exception):
    """The switch does not let us in; the message says why."""


def entry_of(event: dict[str, Any]) -> Entry | None:
    """The entry behind a CloudEvent; None for a kind that this version does not know."""
    kind = KINDS.get(event["type"])
    if kind is None:
        return None
    at = datetime.fromisoformat(event["time"]).timestamp()
    return Entry(int(event["id"].partition(":")[2]), at, msgspec.convert(event["data"], kind))


async def watch(
    url: str, user: str, password: str, *, topics: tuple[str, ...] = ("all",), tell: Callable[[str], None] = print,
    colour: bool | None = None, once: bool = False, words: Words = PLAIN,
) -> None:
    """Tell every event that ``user`` may see, a line each, until cancelled; ``once``: until the switch goes.

    ``url``: of the switch, ``http://127.0.0.1:8080``. ``colour``: None = when standard output is a terminal. Raises
    :class:`WatchRefused`; with ``once`` also :class:`aiohttp.ClientError` when the switch cannot be reached."""
    story = Story(colour=sys.stdout.isatty() if colour is None else colour, words=words)
    def turned(line: str) -> None:
        tell(words(line) if line.startswith("--") else line)
    watcher = Watcher(url.rstrip("/"), user, password, topics, turned, story)
    pause = 1.0
    async with aiohttp.ClientSession() as http:
        while True:
            try:
                await watcher.follow(http)
                pause = 1.0
            except aiohttp.InvalidURL:
                raise WatchRefused(f"{url!r} is no address of a switch; write http://host:port") from None
            except (aiohttp.ClientError, OSError) as wrong:
                if once:
                    raise
                turned(f"-- the switch cannot be reached: {wrong}; trying again")
            if once:
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)


class Watcher:
    """Follows the switch over any number of connections."""

    def __init__(
        self, url: str, user: str, password: str, topics: tuple[str, ...], tell: Callable[[str], None], story: Story
    ) -> None:
        self._url = url
        self._who = {"user": user, "password": password}
        self._topics = topics
        self._tell = tell
        self._story = story
        self._cursor = ""

    async def follow(self, http: aiohttp.ClientSession) -> None:
        """One connection, to its end."""
        token = await self._token(http)
        async with http.ws_connect(f"{self._url}/cti/v1", protocols=(SUBPROTOCOL,), max_msg_size=0) as socket:
            await socket.send_json(self._start(token))
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await self._take(message.json(), http, socket)

    async def _token(self, http: aiohttp.ClientSession) -> str:
        async with http.post(f"{self._url}/auth/token", json=self._who) as response:
            if response.status in (400, 401):
                raise WatchRefused((await response.json())["error"]["reason"])
            response.raise_for_status()
            return (await response.json())["token"]

    def _start(self, token: str) -> dict[str, Any]:
        return {"type": "session.start", "token": token, "topics": list(self._topics), "cursor": self._cursor}

    async def _take(self, message: Any, http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        if isinstance(message, list):
            for event in message:
                self._event(event)
            return
        match message.get("type"):
            case "session.snapshot":
                self._cursor = message["cursor"]
                self._snapshot(message["snapshot"])
            case "session.resync":
                self._cursor = ""
                self._tell("-- some events were missed")
                await socket.send_json(self._start(await self._token(http)))
            case "session.token_expiring":
                await socket.send_json({"type": "session.renew", "token": await self._token(http)})
            case "session.error":
                raise WatchRefused(message["reason"])

    def _event(self, event: dict[str, Any]) -> None:
        self._cursor = event["id"]
        entry = entry_of(event)
        self._tell(f"-- {event['type']} (of a newer switch)" if entry is None else self._story.line(entry))

    def _snapshot(self, snapshot: dict[str, Any]) -> None:
        for contact in snapshot["contacts"]:
            self._story.meet(contact["contact"], contact["caller"])
        waiting = sum(queue.get("waiting", 0) for queue in snapshot["queues"])
        at_work = sum(agent["state"] != "logged_out" for agent in snapshot["agents"])
        self._tell(f"-- {at_work} agents at work, {len(snapshot['contacts'])} contacts, {waiting} waiting")
