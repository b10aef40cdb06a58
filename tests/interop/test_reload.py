"""Operations publish while fifty calls are in progress, in menus, in queues and in talks: no call notices."""

import asyncio
import random
import signal
from collections import Counter
from dataclasses import dataclass, field

import pytest
import world.live
from world.live import LivePhone, Voice

import switch.sip.effects as sip
from cti.asking import ask
from cti.publishing import rollback
from switch.sip.effects import Address
from tests.interop.parties import PATIENCE, Screen, nobody_left, until
from tests.interop.running import Switch
from tests.laws import check_laws

WAITING, IN_MENUS, TALKING = 20, 15, 15
AGENTS = [str(number) for number in range(3101, 3101 + TALKING)]
WITHIN = 4 * PATIENCE


class Ear(Voice):
    """A voice that listens, too: which streams it hears, and how much of each."""

    def __init__(self, sound, rng):
        super().__init__(sound, rng)
        self.heard = Counter()

    def datagram_received(self, data, _):
        if len(data) > 12 and not 64 <= data[1] & 0x7F < 96:
            self.heard[data[8:12]] += 1


@dataclass(eq=False)
class Person:
    """Somebody at a phone on real sockets, who notes whatever happens to the call."""

    switch: Address
    number: str
    phone: LivePhone = field(init=False)
    call: str = ""
    told: list[object] = field(default_factory=list)
    tasks: list[asyncio.Task] = field(default_factory=list)

    async def begin(self):
        self.phone = LivePhone(self.switch, "en/demo-main-menu.wav", self.hear, random.Random(self.number))
        await self.phone.open()
        return self

    def hear(self, told):
        self.told.append(type(told).__name__)
        if isinstance(told, sip.Offered):
            self.call = told.call
            self.phone.ring(told.call)
            self.tasks.append(asyncio.ensure_future(self.phone.pick_up(told.call, told.sdp)))

    async def dial(self, number):
        self.call = await self.phone.dial(number, self.number, "Zoe")

    @property
    def heard(self):
        return self.phone._voices[self.call].heard


class Town:
    """A switch, its people, and an operator."""

    def __init__(self, switch):
        self.switch = switch
        self.people = []

    async def person(self, number):
        self.people.append(await Person(Address("udp", "127.0.0.1", self.switch.sip_port), number).begin())
        return self.people[-1]

    async def agent(self, number):
        agent = await self.person(number)
        agent.phone.register(number, f"demo-{number}")
        await until(lambda: "RegistrationState" in agent.told, f"{number} is registered", WITHIN)
        command = {"jsonrpc": "2.0", "id": 1, "method": "agent.logIn", "params": {"ready": True}}
        assert "result" in await ask(self.switch.url, number, f"demo-{number}", "POST", "/commands", json=command)

    async def callers(self, count, number):
        found = [await self.person(f"+49{number}{len(self.people):03}") for _ in range(count)]
        for caller in found:
            await caller.dial(number)
            await asyncio.sleep(0.02)
        return found

    async def contacts(self):
        return (await ask(self.switch.url, "2001", "demo-2001", "GET", "/snapshot"))["contacts"]

    async def where(self):
        """Every contact: what it is in, and its place there."""
        return {each["contact"]: (each["segment"]["kind"], each["segment"].get("owner", ""), each.get("position", 0))
                for each in await self.contacts()}

    def edit(self, file, old, new):
        path = self.switch.config / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))


@pytest.fixture
async def town(tmp_path, monkeypatch):
    monkeypatch.setattr(world.live, "Voice", Ear)
    switch = Switch(tmp_path / "switch")
    switch.configure("agents.yaml", {number: {"name": number, "password": f"demo-{number}", "queues": {"talks": 1}}
                                     for number in AGENTS})
    switch.configure("queues.yaml", {"talks": {"wrap_up": "0 s", "announce_every": 0}, "lines": {"announce_every": 0}})
    switch.configure("numbers.yaml", {7001: {"to": "queue:talks"}, 7002: {"to": "queue:lines"}})
    made = Town(switch)
    made.edit("ivr/main.yaml", "wait: 5 s", "wait: 60 s")  # until all are in it
    try:
        switch.start()
        yield made
        for person in made.people:
            await person.phone.close()
        switch.stop()
        assert not switch.complaints(), switch.complaints()
        check_laws(switch.journal(), finished=True)
    finally:
        switch.kill()


async def in_progress(town):
    """Fifty calls; those in menus begin last, for no menu waits for ever."""
    for agent in AGENTS:
        await town.agent(agent)
    await town.callers(TALKING, "7001")
    await town.callers(WAITING, "7002")
    await until_kinds(town, talk=TALKING, queue=WAITING)
    menus = await town.callers(IN_MENUS, "5000")
    await until_kinds(town, talk=TALKING, queue=WAITING, ivr=IN_MENUS)
    return menus


async def until_kinds(town, **wanted):
    for _ in range(200):
        kinds = Counter(kind for kind, _, _ in (await town.where()).values())
        if kinds == wanted:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{kinds} instead of {wanted}")


async def test_fifty_calls_do_not_notice(town):
    async with Screen("2001", town.switch.url) as screen:
        menus = await in_progress(town)
        before, told = await town.where(), [list(person.told) for person in town.people]
        heard = [Counter(person.heard) for person in town.people]

        since = screen.mark()
        town.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
        town.edit("ivr/main.yaml", "1: {queue: support}", "1: {queue: billing}")
        town.edit("agents.yaml", "demo-3101", "another")
        event = await screen.wait(WITHIN, since, type="configuration.published")
        assert event["changes"] == ["agent 3101: password has changed", "queue support: wrap-up 10 s -> 20 s",
                                    "tree main: option 1 now leads to queue billing"]

        town.edit("queues.yaml", "wrap_up: 20 s", "wrap_up: soon")
        event = await screen.wait(WITHIN, since, type="configuration.refused")
        assert event["mistakes"][0]["file"] == "queues.yaml" and event["mistakes"][0]["line"] > 1

        text = await rollback(town.switch.url, "2001", "demo-2001", 1)
        assert "back to version 1" in text
        town.edit("ivr/main.yaml", "1: {queue: support}", "1: {queue: billing}")
        town.switch._process.send_signal(signal.SIGHUP)
        event = await screen.wait(WITHIN, since, type="configuration.published", version=4)
        assert event["changes"] == ["tree main: option 1 now leads to queue billing"]

        assert await town.where() == before, "nobody has moved"
        assert [person.told for person in town.people] == told, "no phone was told anything"
        assert screen.all(since, type="contact.ended") == []
        for person, streams in zip(town.people, heard, strict=True):
            assert set(person.heard) == set(streams) and sum(person.heard.values()) > sum(streams.values()) + 50

        late = (await town.callers(1, "5000"))[0]
        await until_kinds(town, talk=TALKING, queue=WAITING, ivr=IN_MENUS + 1)
        for caller in (*menus, late):
            caller.phone.press(caller.call, "1")
        await until_kinds(town, talk=TALKING, queue=WAITING + IN_MENUS + 1)
        queues = Counter(owner for kind, owner, _ in (await town.where()).values() if kind == "queue")
        assert queues == {"lines": WAITING, "support": IN_MENUS, "billing": 1}, "each keeps the tree that it began with"

        for person in town.people:
            if person.call:
                person.phone.hang_up(person.call)
        await nobody_left(town.switch, 40.0)
