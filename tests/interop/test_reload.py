"""The whole way of operations, while fifty calls are in progress, in menus, in queues and in talks: a mistake is saved and
refused, it is put right and published, taken back and published again; no call notices, new ones get what is new, and the
report says what was live."""

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import pytest
import world.live
from world.live import LivePhone

import switch.sip.effects as sip
from cti.asking import ask
from cti.publishing import rollback
from switch.loading import load
from switch.reporting import report_of
from switch.sip.effects import Address
from switch.speech.rendering import Render
from tests.interop.hearing import Ear, alike, said
from tests.interop.parties import PATIENCE, Screen, nobody_left, until
from tests.interop.running import ROOT, Switch
from tests.interop.sound import RATE, SURE, likeness
from tests.laws import check_laws

WAITING, IN_MENUS, TALKING = 20, 15, 15
AGENTS = [str(number) for number in range(3101, 3101 + TALKING)]
WITHIN = 4 * PATIENCE
SOUNDS = ("demo-main-menu", "demo-billing-menu", "demo-branches", "demo-opening-hours", "demo-payment-dates",
          "survey-satisfied", "survey-solved")
"""What people say: agents in English, callers in Mandarin."""
BEFORE, AFTER = 1.0, 1.5
"""Seconds around a moment at which something was published, in which it is listened to what everybody hears."""
VOICE = 0.4
"""A likeness from which on a voice is recognised that a phone of this process has sent: thirty of them keep their pace less
well than the switch does. Voices of others stay below 0.3."""


@dataclass(eq=False)
class Person:
    """Somebody at a phone on real sockets, who notes whatever happens to the call."""

    switch: Address
    number: str
    speaks: str
    """The sound that is their voice."""
    phone: LivePhone = field(init=False)
    call: str = ""
    told: list[object] = field(default_factory=list)
    tasks: list[asyncio.Task] = field(default_factory=list)
    _ear: Ear | None = None

    async def begin(self):
        self.phone = LivePhone(self.switch, f"{self.speaks}.wav", self.hear, random.Random(self.number))
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
    def ear(self):
        """It is kept when the call is over."""
        self._ear = self.phone._voices.get(self.call, self._ear)
        return self._ear


class Town:
    """A switch, its people, and an operator."""

    def __init__(self, switch):
        self.switch = switch
        self.people = []

    async def person(self, number):
        language = "en" if number in AGENTS else "zh"
        speaks = f"{language}/{SOUNDS[len(self.people) % len(SOUNDS)]}"
        self.people.append(await Person(Address("udp", "127.0.0.1", self.switch.sip_port), number, speaks).begin())
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
        return (await self.get("/snapshot"))["contacts"]

    async def where(self):
        """Every contact: what it is in, and its place there."""
        return {each["contact"]: (each["segment"]["kind"], each["segment"].get("owner", ""), each.get("position", 0))
                for each in await self.contacts()}

    async def get(self, path):
        return await ask(self.switch.url, "2001", "demo-2001", "GET", path)

    def edit(self, file, old, new):
        path = self.switch.config / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    async def shoal(self, *words):
        """What a command says, and its status."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "switch", *words, cwd=ROOT, stdout=pipe,
                                                       stderr=pipe)
        out, error = await process.communicate()
        return process.returncode, out.decode() + error.decode()


@contextlib.contextmanager
def on_time():
    """Fifty phones in one process keep their pace on a busy machine, too, where that is permitted; what they start does not
    go before others."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    try:
        yield
    finally:
        at_leisure()


def at_leisure():
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


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
        with on_time():
            yield made
        for person in made.people:
            await person.phone.close()
        switch.stop()
        assert not switch.complaints(), switch.complaints()
        check_laws(switch.journal(), finished=True)
    finally:
        switch.kill()


async def until_kinds(town, **wanted):
    for _ in range(200):
        kinds = Counter(kind for kind, _, _ in (await town.where()).values())
        if kinds == wanted:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{kinds} instead of {wanted}")


async def in_talks_and_queues(town):
    for agent in AGENTS:
        await town.agent(agent)
    await town.callers(TALKING, "7001")
    await town.callers(WAITING, "7002")
    await until_kinds(town, talk=TALKING, queue=WAITING)


async def in_menus(town):
    """They begin last, for no menu waits for ever."""
    menus = await town.callers(IN_MENUS, "5000")
    await until_kinds(town, talk=TALKING, queue=WAITING, ivr=IN_MENUS)
    return menus


async def a_mistake_is_refused(town, screen):
    """It is saved; the switch goes on with what it has, and says where the mistake is, as `shoal check` does."""
    since = screen.mark()
    town.edit("ivr/main.yaml", "1: {queue: support}", "1: {queue: suport}")
    event = await screen.wait(WITHIN, since, type="configuration.refused")
    (mistake,) = event["mistakes"]
    status, text = await town.shoal("check", "--config", str(town.switch.config))
    assert status == 1 and text.startswith(f"ivr/main.yaml:{mistake['line']}: ") and "did you mean `support`?" in text
    assert (await town.get("/configuration/versions"))[0]["version"] == 1


async def it_is_put_right(town, screen):
    """Three files are saved together; gives the moment, by the loop's clock."""
    since = screen.mark()
    town.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
    town.edit("ivr/main.yaml", "1: {queue: suport}", "1: {queue: billing}")
    town.edit("agents.yaml", "demo-3101", "another")
    event = await screen.wait(WITHIN, since, type="configuration.published")
    assert event["changes"] == ["agent 3101: password has changed", "queue support: wrap-up 10 s -> 20 s",
                                "tree main: option 1 now leads to queue billing"]
    return moment_of(event)


async def it_is_taken_back(town, screen, number):
    since = screen.mark()
    assert "back to version 1" in await rollback(town.switch.url, "2001", "demo-2001", 1)
    return moment_of(await screen.wait(WITHIN, since, type="configuration.published", version=number))


async def it_is_published_by_a_signal(town, screen, number):
    since = screen.mark()
    town.edit("ivr/main.yaml", "1: {queue: support}", "1: {queue: billing}")
    town.switch._process.send_signal(signal.SIGHUP)
    event = await screen.wait(WITHIN, since, type="configuration.published", version=number)
    assert event["changes"] == ["tree main: option 1 now leads to queue billing"]


def moment_of(event):
    return asyncio.get_running_loop().time() - (time.time() - datetime.fromisoformat(event["time"]).timestamp())


async def pairs(town):
    """Who talks with whom."""
    people = {person.number: person for person in town.people}
    return [(people[each["agent"]], people[each["caller"]]) for each in await town.contacts()
            if each["segment"]["kind"] == "talk"]


def who_hears_what(town, talks):
    """All who talk or wait, the sound in which what they heard must be found, and how surely."""
    talking = [person for pair in talks for person in pair]
    hears = [(one, said(other.speaks), VOICE) for pair in talks for one, other in (pair, pair[::-1])]
    music = said("music")
    hears += [(person, music, SURE) for person in town.people[:TALKING * 2 + WAITING] if person not in talking]
    return hears


def nothing_was_missed(hears, moment):
    """Around this moment everybody goes on to hear what they heard, where it was, without a gap, and nobody else."""
    lame = {}
    for person, source, least in hears:
        heard = person.ear.between(moment - BEFORE, moment + AFTER)
        sure = alike(heard, source)
        if len(heard) < 0.9 * (BEFORE + AFTER) * RATE or sure < least:
            lame[person.number] = f"{len(heard) / RATE:.2f} s, likeness {sure:.2f} of {least}"
    assert not lame, lame
    (one, *_), (_, source, _) = hears[0], hears[2]
    assert alike(one.ear.between(moment - BEFORE, moment + AFTER), source) < VOICE, "one hears who talks to another"


def menus_speak_on(menus, moment, pressed):
    """Each menu goes on to speak through it; or it was late, and each has been heard out before a key was pressed."""
    whole, lame = said("en/welcome-demo", "en/demo-main-menu"), {}
    for person in menus:
        sure = alike(person.ear.between(moment - BEFORE, moment + AFTER), whole)
        if sure < SURE and (sure := likeness(whole, person.ear.between(0.0, pressed))) < SURE:
            lame[person.number] = sure
    assert not lame, lame


async def test_fifty_calls_do_not_notice(town):
    async with Screen("2001", town.switch.url) as screen:
        await in_talks_and_queues(town)
        await a_mistake_is_refused(town, screen)
        menus, talks = await in_menus(town), await pairs(town)
        before, told = await town.where(), [list(person.told) for person in town.people]
        heard, since = [Counter(person.ear.heard) for person in town.people], screen.mark()
        moments = [await it_is_put_right(town, screen)]
        late = (await town.callers(1, "5000"))[0]
        await until_kinds(town, talk=TALKING, queue=WAITING, ivr=IN_MENUS + 1)
        moments.append(await it_is_taken_back(town, screen, 3))
        latest = (await town.callers(1, "5000"))[0]
        await it_is_published_by_a_signal(town, screen, 4)
        await asyncio.sleep(max(0.0, moments[-1] + AFTER - asyncio.get_running_loop().time()))
        places = (await town.where()).items()
        assert {contact: place for contact, place in places if contact in before} == before, "nobody has moved"
        assert [person.told for person in town.people[:len(told)]] == told, "no phone was told anything"
        assert screen.all(since, type="contact.ended") == []
        for person, streams in zip(town.people, heard, strict=False):
            assert set(person.ear.heard) == set(streams), "it is one stream from its beginning to its end"

        pressed = asyncio.get_running_loop().time()
        for caller in (*menus, late, latest):
            caller.phone.press(caller.call, "1")
        await until_kinds(town, talk=TALKING, queue=WAITING + IN_MENUS + 2)
        queues = Counter(owner for kind, owner, _ in (await town.where()).values() if kind == "queue")
        assert queues == {"lines": WAITING, "support": IN_MENUS + 1, "billing": 1}, "each keeps the tree that it began with"
        hears = who_hears_what(town, talks)
        for person in town.people:
            if person.call:
                person.phone.hang_up(person.call)
        await nobody_left(town.switch, 40.0)
        live = await figures(town)
        at_leisure()
        for moment in moments:
            nothing_was_missed(hears, moment)
        menus_speak_on(menus, moments[0], pressed)
    await the_report_says_what_was_live(town, live)


async def figures(town):
    """Of today, as the running switch tells them."""
    today, report = await town.get("/figures"), await town.get(f"/reports?day={datetime.now(UTC):%Y-%m-%d}")
    assert {row["queue"]: row["today"] for row in today["queues"] if row.get("today")} == {
        row["queue"]: row for row in report["queues"]}
    assert await town.get("/trees/main") == [row for row in report["trees"] if row["tree"] == "main"]
    return report


async def the_report_says_what_was_live(town, live):
    """Next day: the switch has been stopped, and the report is read from what it has written."""
    town.switch.stop()
    settings = load(town.switch.config, render=Render.NONE)
    report = msgspec.to_builtins(await report_of(settings, datetime.fromtimestamp(live["start"], UTC).date()))
    assert (report["trees"], report["queues"]) == (live["trees"], live["queues"])
    first, second = sorted((row for row in report["trees"] if row["tree"] == "main"), key=lambda row: -row["walks"])
    assert [(row["walks"], row["outcomes"]) for row in (first, second)] == [
        (IN_MENUS + 1, {"queue:support": IN_MENUS + 1}), (1, {"queue:billing": 1})]
    counted = {row["queue"]: row["offered"] for row in report["queues"]}
    assert counted == {"talks": TALKING, "lines": WAITING, "support": IN_MENUS + 1, "billing": 1}
