"""Who takes part: softphones (processes of their own) and screens (CTI clients), each with an inbox to wait on."""

import asyncio
import contextlib
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from tests.interop.running import Switch

PROGRAM = Path(__file__).with_name("softphone.py")
PATIENCE = 40.0
"""Seconds to wait for something that should come at once, on a machine that does other things too."""
LOOK_EVERY = 0.05
"""Seconds between two looks: who looks all the time takes the time from those who are looked at."""
MEASURED = 90.0
"""Seconds to wait for the measuring of a recording, which gives way to everything else that the machine does."""
FIRST = ("nice", "-n", "-20") if os.geteuid() == 0 else ()
"""What a phone's command begins with. A real one has a processor of its own; here it goes before whatever else the machine
does, where that is permitted, or its ear would be the first to suffer."""


class Inbox:
    """What somebody has seen so far, in order."""

    def __init__(self, whose: str) -> None:
        self.whose = whose
        self.items: list[dict[str, Any]] = []
        self._changed = asyncio.Event()

    def put(self, item: dict[str, Any]) -> None:
        self.items.append(item)
        self._changed.set()

    def mark(self) -> int:
        """Where the inbox ends now, for ``since``."""
        return len(self.items)

    def all(self, since: int = 0, **wanted: object) -> list[dict[str, Any]]:
        """Everything that has these fields."""
        return [item for item in self.items[since:] if _fits(item, wanted)]

    async def wait(self, within: float = PATIENCE, since: int = 0, **wanted: object) -> dict[str, Any]:
        """The first item with these fields (a callable value is asked), come or to come. Fails after ``within`` seconds."""
        ends = time.monotonic() + within
        while True:
            self._changed.clear()
            if found := self.all(since, **wanted):
                return found[0]
            try:
                await asyncio.wait_for(self._changed.wait(), max(0.0, ends - time.monotonic()))
            except TimeoutError:
                seen = "\n  ".join(json.dumps(item)[:300] for item in self.items[since:][-40:])
                raise AssertionError(f"{self.whose} waited {within} s for {wanted}; saw\n  {seen}") from None


def _fits(item: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(name in item and (value(item[name]) if callable(value) else item[name] == value)
               for name, value in wanted.items())


async def until(true: Callable[[], Any], what: str, within: float = PATIENCE) -> Any:
    """Wait for something that can only be looked at (a file that grows, a page); gives what it said."""
    ends = time.monotonic() + within
    while not (said := true()):
        assert time.monotonic() < ends, f"waited {within} s until {what}"
        await asyncio.sleep(LOOK_EVERY)
    return said


async def nobody_left(switch: Switch, within: float = PATIENCE) -> None:
    """Wait until nobody is on the line any more. Fails with what is still alive."""
    ends = time.monotonic() + within
    while left := switch.left_over():
        assert time.monotonic() < ends, f"still alive after {within} s: {left}"
        await asyncio.sleep(LOOK_EVERY)


async def heard(path: Path, seconds: float, within: float = PATIENCE) -> None:
    """Wait until this recording of a softphone is that long."""
    await until(lambda: seconds_of(path) >= seconds, f"{path.name} has {seconds} s", within)


def seconds_of(path: Path) -> float:
    """How much a softphone has written into its recording (16 bit; written in blocks)."""
    return path.stat().st_size / 16_000 if path.exists() else 0.0


def moment(event: dict[str, Any]) -> float:
    """When an event happened, by the switch's clock (POSIX seconds, to a millisecond)."""
    return datetime.fromisoformat(event["time"]).timestamp()


class Softphone(Inbox):
    """A pjsua2 phone. Used as ``async with``; leaves the line when the block ends."""

    def __init__(self, user: str, server: str, folder: Path, *, password: str = "", codec: str = "PCMU",
                 transport: str = "udp", srtp: str = "off", mailbox: bool = False) -> None:
        super().__init__(f"phone {user}")
        self.user, self.server, self.folder, self.transport = user, server, folder, transport
        self.log = folder / f"phone-{user}.log"
        self._arguments = ["--user", user, "--password", password, "--server", server, "--log", str(self.log),
                           "--codec", codec, "--srtp", srtp, "--transport", transport,
                           *(["--mailbox"] if mailbox else [])]
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Softphone":
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *FIRST, sys.executable, str(PROGRAM), *self._arguments, stdin=pipe, stdout=pipe, stderr=pipe, limit=1 << 20)
        self._reader = asyncio.ensure_future(self._read())
        await self.wait(event="started")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            self._process.kill()
            raise AssertionError(f"{self.whose} did not end") from None
        await self._reader
        error = (await self._process.stderr.read()).decode(errors="replace")
        assert self._process.returncode == 0, f"{self.whose} ended with {self._process.returncode}: {error[-2000:]}"

    async def _read(self) -> None:
        async for line in self._process.stdout:
            if line.startswith(b"{"):  # PJSIP prints some lines before it knows its log file
                self.put(json.loads(line))

    async def do(self, name: str, **arguments: object) -> None:
        """Give a command; returns when the phone has obeyed."""
        since = self.mark()
        self._process.stdin.write(json.dumps({"do": name, **arguments}).encode() + b"\n")
        await self._process.stdin.drain()
        answer = await self.wait(since=since, did=name) if not self.all(since, failed=name) else None
        assert answer is not None, self.all(since, failed=name)

    async def register(self, within: float = PATIENCE) -> "Softphone":
        await self.do("register")
        said = await self.wait(within, event="registered")
        assert said["status"] == 200, said
        return self

    async def call(self, number: str, within: float = PATIENCE) -> None:
        """Dial, and wait until somebody answers."""
        since = self.mark()
        await self.do("call", uri=f"sip:{number}@{self.server};transport={self.transport}")
        await self.wait(within, since, event="state", state="CONFIRMED")

    async def answer(self, within: float = PATIENCE) -> None:
        since = self.mark()
        await self.do("answer")
        await self.wait(within, since, event="state", state="CONFIRMED")

    async def hang_up(self, within: float = PATIENCE) -> None:
        since = self.mark()
        await self.do("hangup")
        await self.wait(within, since, event="state", state="DISCONNECTED")

    async def record(self, name: str = "") -> Path:
        """Record what is heard from now on (or from when a call comes up); gives the file."""
        path = self.folder / f"{name or 'heard-by-' + self.user}.wav"
        await self.do("record", path=str(path))
        return path

    async def say(self, path: Path) -> None:
        """Begin to say a sound file; ``wait(event="said")`` tells its end."""
        await self.do("say", path=str(path))

    def messages(self) -> str:
        """Every SIP message of this phone, as its own log has them."""
        return self.log.read_text(errors="replace")


class Screen(Inbox):
    """A CTI client. Events are flat: their fields with ``number``, ``time`` and ``seen`` (POSIX seconds)."""

    def __init__(self, user: str, url: str) -> None:
        super().__init__(f"screen of {user}")
        self.user, self.url = user, url
        self.cursor = ""
        self.token = ""
        self._ids = itertools.count(1)
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Screen":
        self._session = aiohttp.ClientSession()
        self.token = (await self.post("/auth/token", {"user": self.user, "password": f"demo-{self.user}"}))["token"]
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()
        await self._session.close()

    async def connect(self) -> dict[str, Any]:
        """Open the line, with the cursor where there is one; gives the first answer (snapshot or resumed)."""
        self._socket = await self._session.ws_connect(f"{self.url}/cti/v1", protocols=("cti.v1",))
        since = self.mark()
        self._reader = asyncio.ensure_future(self._read(self._socket))
        start = {"type": "session.start", "token": self.token, "topics": ["all"], "cursor": self.cursor}
        await self._socket.send_json(start)
        return await self.wait(since=since, type=lambda kind: kind in ("session.snapshot", "session.resumed"))

    async def log_out(self) -> None:
        """Leave the seat, if the line still stands."""
        if not self._socket.closed:
            await self.ask("agent.logOut")

    async def disconnect(self) -> None:
        await self._socket.close()
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            said = json.loads(message.data)
            for each in said if isinstance(said, list) else [said]:
                self._take(each)

    def _take(self, said: dict[str, Any]) -> None:
        if "specversion" in said:
            self.cursor = said["id"]
            said = {**said["data"], "number": int(said["id"].partition(":")[2]), "time": said["time"]}
        elif said.get("type") == "session.snapshot":
            self.cursor = said["cursor"]
        self.put({**said, "seen": time.time()})

    async def order(self, method: str, **params: object) -> dict[str, Any]:
        """Give an order; its result. Fails when it is refused."""
        answer = await self.ask(method, **params)
        assert "result" in answer, f"{method} {params}: {answer}"
        return answer["result"]

    async def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Give an order; the whole answer."""
        id = next(self._ids)
        await self._socket.send_json({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        return await self.wait(jsonrpc="2.0", id=id)

    async def get(self, path: str) -> Any:
        """A page of REST."""
        async with self._session.get(self.url + path, headers={"Authorization": f"Bearer {self.token}"}) as answer:
            body = await answer.read()
            assert answer.status == 200, f"{path}: {answer.status} {body[:500]}"
            return json.loads(body) if "json" in answer.content_type else body

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        async with self._session.post(self.url + path, json=body) as answer:
            assert answer.status == 200, f"{path}: {answer.status} {await answer.text()}"
            return await answer.json()

    async def refused(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """The status and the body of a refusal."""
        async with self._session.post(self.url + path, json=body) as answer:
            return answer.status, await answer.json()
