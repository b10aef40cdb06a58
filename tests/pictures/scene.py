"""The moment that the pictures show, played at a running switch: agents in every state, callers who talk and who wait, and a
talk that was recorded and judged. Phones are real SIP and RTP over loopback; what agents click goes through CTI.
"""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from world.live import LivePhone

import switch.sip.effects as sip
from switch.sip.effects import Address
from tests.interop.parties import Screen
from tests.interop.running import Switch
from tests.pictures import past, stage
from tests.pictures.cast import Cast

HERO, COLLEAGUE, ELDER = "1001", "1007", "1002"
"""Whose desktop is looked at; who is asked; who is with somebody all the time."""
DIRECT = {"support": "5004", "billing": "5005", "sales": stage.SALES}
JUDGED = {"opening.greeting": 1, "talk.listening": 5, "talk.clarity": 5, "talk.tone": 4, "solution.right": 5,
          "solution.hold": 0, "solution.summary": 1, "opening.identity": 1}
PATIENCE = 180.0
"""Seconds for what takes long on a machine that does other things too."""
STEPS = 10
"""How often a scene says how far it is."""
TALK = 52.0
"""Seconds of the talk that is listened to."""


class Handset:
    """One phone. ``picks_up``: whether it answers what rings; ``rang`` and ``over`` tell what happened."""

    def __init__(self, switch: Switch, sound: str, rng: random.Random, picks_up: bool = True) -> None:
        self.picks_up = picks_up
        self.call, self._offer = "", b""
        self.up, self.over = asyncio.Event(), asyncio.Event()
        self.phone = LivePhone(Address("udp", "127.0.0.1", switch.sip_port), sound, self._hear, rng)
        self._tasks: list[asyncio.Task[None]] = []

    def _hear(self, told: sip.Told) -> None:
        if isinstance(told, sip.Offered):
            self.call, self._offer = told.call, told.sdp
            self.phone.ring(told.call)
            if self.picks_up:
                self._tasks.append(asyncio.ensure_future(self.answer()))
        elif isinstance(told, sip.Answered):
            self.up.set()
        elif isinstance(told, sip.Ended | sip.Refused):
            self.over.set()

    async def answer(self) -> None:
        """Pick up what rings."""
        await asyncio.sleep(0.6)
        await self.phone.pick_up(self.call, self._offer)
        self.up.set()


class Scene:
    """Used as ``async with``: the switch runs, and everybody is where the pictures want them when ``play`` has returned."""

    def __init__(self, folder: Path, cast: Cast, step: Callable[[str], None]) -> None:
        self.cast, self.step = cast, step
        self.switch = stage.build(folder, cast)
        self.rng = random.Random(cast.language)
        self.phones: dict[str, Handset] = {}
        self.judged = ""
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Scene":
        await past.live(self.switch, self.cast, time.time())
        self.step("a day has been lived")
        self.switch.start()
        self._stack.callback(self.switch.kill)
        self.boss = await self._stack.enter_async_context(Screen("2001", self.switch.url))
        self.step("the switch runs")
        return self

    async def __aexit__(self, *_: object) -> None:
        for handset in self.phones.values():
            await handset.phone.close()
        await self._stack.aclose()

    # -- what people do -----------------------------------------------------------------------------------------------

    async def sit(self, agent: str, sound: str = "demo-payment-dates", picks_up: bool = True) -> Handset:
        """This agent's phone is registered, and the agent is ready."""
        handset = await self._plug_in(agent, sound, picks_up)
        await self.boss.order("agent.logIn", agent=agent)
        return handset

    async def _plug_in(self, agent: str, sound: str = "", picks_up: bool = False) -> Handset:
        handset = await self._handset(agent, sound or "demo-payment-dates", picks_up)
        since = self.boss.mark()
        handset.phone.register(agent, f"demo-{agent}")
        await self.boss.wait(since=since, type="phone.registered", agent=agent)
        return handset

    async def leave(self, agent: str) -> None:
        """The seat is empty again, and its phone is gone."""
        await self.boss.order("agent.logOut", agent=agent)
        await self.phones.pop(agent).phone.close()

    async def dial(self, customer: int, number: str) -> Handset:
        """This customer calls."""
        known = self.cast.known[customer]
        handset = await self._handset(f"customer {customer}", "demo-opening-hours", picks_up=False)
        handset.call = await handset.phone.dial(number, past.number(self.cast, self.place(customer)), known.name)
        return handset

    async def talk(self, agent: str, customer: int, queue: str) -> str:
        """This agent takes a call of this customer; gives the contact."""
        await self.sit(agent)
        since = self.boss.mark()
        await self.dial(customer, DIRECT[queue])
        return (await self.boss.wait(since=since, type="call.established", party=agent))["contact"]

    def place(self, customer: int) -> int:
        """Which of the numbers this customer has."""
        return 3 * (1 + 5 * customer)

    async def _handset(self, name: str, sound: str, picks_up: bool) -> Handset:
        handset = Handset(self.switch, f"{self.cast.language}/{sound}.wav", self.rng, picks_up)
        self.phones[name] = handset
        await handset.phone.open()
        return handset

    # -- the play -----------------------------------------------------------------------------------------------------

    async def play(self) -> None:
        """Everybody to their places."""
        await self._write_customers()
        for agent in past.RESTING:
            await self._plug_in(agent)
        judged = await self.talk(HERO, 1, "support")
        recording = asyncio.ensure_future(self._talk_with_a_hold(judged))
        self.step("a talk is recorded")
        for agent, customer, queue in (("1004", 2, "billing"), ("1008", 3, "billing"), (ELDER, 4, "support"),
                                       ("1003", 5, "sales"), ("1006", 6, "support")):
            await self.talk(agent, customer, queue)
            self.step("somebody talks")
        done = await self.talk("1012", 7, "billing")
        await recording
        self.judged = await self._judge(judged)
        self.phones["1012"].phone.hang_up(self.phones["1012"].call)
        await self.boss.wait(type="contact.ended", contact=done)
        self.step("a talk is judged")
        await self.sit("1005")
        for customer in (8, 9, 10):
            await self.dial(customer, DIRECT["billing"])
            await self.boss.wait(type="queue.joined", position=customer - 7, queue=self.cast.named("billing"))
        self.step("callers wait")

    async def _write_customers(self) -> None:
        for place, known in enumerate(self.cast.known):
            row = {"name": known.name, "tags": list(known.tags), "language": self.cast.language,
                   "open_complaints": known.complaints}
            await self._send("PUT", f"/api/v1/customers/{past.number(self.cast, self.place(place))}", row)

    async def _talk_with_a_hold(self, contact: str) -> None:
        await asyncio.sleep(TALK / 2)
        await self.boss.order("call.hold", agent=HERO)
        await asyncio.sleep(7)
        await self.boss.order("call.retrieve", agent=HERO)
        await asyncio.sleep(TALK / 2)
        self.phones["customer 1"].phone.hang_up(self.phones["customer 1"].call)
        await self.boss.wait(within=PATIENCE, type="recording.measured", contact=contact)
        await self.boss.order("contact.note", agent=HERO, outcome="solved", note=self.cast.notes[0])
        await self.leave(HERO)

    async def _judge(self, contact: str) -> str:
        """This talk, and some of earlier days."""
        while not (record := await self.boss.get(f"/api/v1/contacts/{contact}")).get("complete"):
            await asyncio.sleep(0.1)
        comment = {"recording": record["recordings"][0], "at": 12.5, "text": self.cast.remark}
        found = await self.boss.get(f"/api/v1/contacts?agent={HERO}&recorded=yes&limit=40")
        token = (await self.boss.post("/auth/token", {"user": "3001", "password": "demo-3001"}))["token"]
        earlier = [row["contact"] for row in found if row["contact"] != contact][5:9]
        for each in (*earlier, contact):
            marks = dict(JUDGED) if each == contact else {
                question: min(mark, self.rng.choice((3, 4, 5, 5))) for question, mark in JUDGED.items()}
            await self._send("POST", f"/api/v1/contacts/{each}/scores", {
                "form": "service", "agent": HERO, "answers": marks, "note": self.cast.verdict if each == contact else "",
                "remarks": [comment] if each == contact else []}, token)
        return contact

    async def _send(self, method: str, path: str, body: dict[str, Any], token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token or self.boss.token}"}
        async with self.boss._session.request(method, self.switch.url + path, json=body, headers=headers) as answer:
            assert answer.status < 300, f"{path}: {answer.status} {await answer.text()}"
