"""``shoal demo``: callers and agents as real SIP and RTP over loopback, the journal scrolling by.

They use a switch that runs already, if one answers at the configured address; otherwise they start one. The agents log
in through CTI like everybody's clients.
"""

import asyncio
import random
import sys
from collections import deque
from dataclasses import dataclass, field

import aiohttp

import switch.sip.effects as sip
from cti.watch import watch
from switch.addresses import local
from switch.settings import Settings
from switch.sip.effects import Address
from world.live import LivePhone

AGENTS = ("1001", "1002", "1003")
NAMES = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Hedy Lamarr", "Claude Shannon", "Mary Jackson", "Lin Huiyin")
SUPERVISOR = "2001"
CALL_EVERY = 7.0
"""Seconds between two callers."""
TALK = (8.0, 16.0)
"""Seconds that a talk lasts, from and to."""


@dataclass(eq=False)
class DemoAgent:
    """Rings for two seconds, answers, talks, hangs up."""

    number: str
    switch: Address
    rng: random.Random
    phone: LivePhone = field(init=False)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, password: str) -> None:
        self.phone = LivePhone(self.switch, f"en/digit-{int(self.number) % 10}.wav", self._hear, self.rng)
        await self.phone.open()
        self.phone.register(self.number, password)

    def _hear(self, told: sip.Told) -> None:
        if isinstance(told, sip.Offered):
            self.phone.ring(told.call)
            self._spawn(self._talk(told.call, told.sdp))

    async def _talk(self, call: str, offer: bytes) -> None:
        await asyncio.sleep(2.0)
        await self.phone.pick_up(call, offer)
        await asyncio.sleep(self.rng.uniform(*TALK))
        self.phone.hang_up(call)

    def _spawn(self, work: "asyncio.Future[None]") -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


@dataclass(eq=False)
class DemoCaller:
    """Dials, listens to the greeting, presses 1, talks until the agent hangs up."""

    switch: Address
    rng: random.Random
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, dials: str) -> None:
        phone = LivePhone(self.switch, "en/thank-you-for-waiting.wav", self._hear, self.rng)
        await phone.open()
        name = self.rng.choice(NAMES)
        call = await phone.dial(dials, f"+49301{NAMES.index(name):05d}", name)
        try:
            await asyncio.sleep(self.rng.uniform(4.0, 8.0))
            phone.press(call, "1")
            async with asyncio.timeout(90):
                await self.over.wait()
        except TimeoutError:
            phone.hang_up(call)
        finally:
            await asyncio.sleep(1.0)
            await phone.close()

    def _hear(self, told: sip.Told) -> None:
        if isinstance(told, sip.Ended | sip.Refused):
            self.over.set()


async def demo(settings: Settings, calls: int, arguments: list[str]) -> int:
    """Run until ``calls`` are over (0 = until Ctrl-C). ``arguments`` are those of ``shoal run``."""
    system = settings.system
    url = f"http://{local(system)}:{system.http.port}"
    running = await _answers(url)
    if running:
        print(f"-- using the switch that runs at {url}")
    started = None if running else await _start(url, arguments)
    password = settings.users[SUPERVISOR].password
    watching = asyncio.ensure_future(watch(url, SUPERVISOR, password, once=True))
    try:
        await _play(settings, url, calls)
        return 0
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        if started is not None:
            started.terminate()
            await started.wait()


async def _play(settings: Settings, url: str, calls: int) -> None:
    switch = Address("udp", settings.system.listen[0], settings.system.sip.port)
    rng = random.Random()
    agents = [DemoAgent(number, switch, rng) for number in AGENTS]
    for agent in agents:
        await agent.start(settings.users[agent.number].password)
    await asyncio.sleep(0.5)
    for agent in agents:
        await _log_in(url, agent.number, settings.users[agent.number].password)
    running: deque[asyncio.Task[None]] = deque()
    made = 0
    while calls == 0 or made < calls:
        running.append(asyncio.ensure_future(DemoCaller(switch, rng).call("5001" if made % 3 == 2 else "5000")))
        made += 1
        await asyncio.sleep(rng.uniform(0.3, 1.7) * CALL_EVERY)
    await asyncio.gather(*running)
    await asyncio.sleep(12.0)  # the last wrap-up is part of the story


async def _log_in(url: str, user: str, password: str) -> None:
    """What an agent's client does, in two requests."""
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{url}/auth/token", json={"user": user, "password": password}) as answer:
            token = (await answer.json())["token"]
        order = {"jsonrpc": "2.0", "id": 1, "method": "agent.logIn", "params": {}}
        async with http.post(f"{url}/api/v1/commands", json=order, headers={"Authorization": f"Bearer {token}"}) as answer:
            answer.raise_for_status()


async def _answers(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/health") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def _start(url: str, arguments: list[str]) -> asyncio.subprocess.Process:
    """Start a switch of our own and wait until it answers."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "switch", "run", *arguments, "--log", "warning")
    for _ in range(300):
        if await _answers(url):
            return process
        if process.returncode is not None:
            raise OSError("the switch did not start; its reason stands above")
        await asyncio.sleep(0.1)
    raise OSError("the switch did not answer within 30 seconds")
