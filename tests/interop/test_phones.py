"""One day with each phone over each transport: as a caller, as an agent's phone, with the phone's own keys.

What is in ``DAYS`` stands in ``docs/interop.md``.
"""

import asyncio
import re
from dataclasses import dataclass

import pytest

from tests.interop.baresip import Baresip
from tests.interop.handsets import BaresipKeys, LinphoneKeys, Pjsua2Keys
from tests.interop.linphone import Linphone
from tests.interop.parties import until
from tests.interop.running import sound
from tests.interop.sound import RATE, SURE, likeness, mono, repeated

SAYS = sound("en/demo-opening-hours")
OTHER_SAYS = sound("en/demo-payment-dates")
GREETING = sound("en/welcome-demo")


@dataclass(frozen=True)
class Life:
    """A day: which phone, over what, with what. ``keys``: how digits are sent."""

    phone: str
    transport: str
    codec: str
    srtp: bool = False
    keys: str = "events"
    attended: bool = False

    def __str__(self) -> str:
        return f"{self.phone}-{self.transport}-{self.codec}{'-srtp' if self.srtp else ''}"


DAYS = [
    Life("linphone", "udp", "PCMU", keys="info", attended=True),
    Life("linphone", "tcp", "opus"),
    Life("linphone", "tls", "G722", srtp=True),
    Life("baresip", "udp", "opus"),
    Life("baresip", "tcp", "PCMA"),
    Life("baresip", "tls", "G722", srtp=True),
    Life("pjsua2", "udp", "G722"),
    Life("pjsua2", "tcp", "PCMA", keys="info"),
    Life("pjsua2", "tls", "PCMU", srtp=True, attended=True),
]


async def handset(life, parties, switch, tool):
    """The phone of agent 1003."""
    who = {"password": "demo-1003", "transport": life.transport, "codec": life.codec}
    server, enter = switch.sips if life.transport == "tls" else switch.sip, parties.stack.enter_async_context
    if life.phone == "linphone":
        phone = Linphone(tool("linphonec"), "1003", server, parties.folder, SAYS, srtp=life.srtp, press=life.keys, **who)
        return LinphoneKeys(await enter(phone))
    if life.phone == "baresip":
        phone = Baresip(tool("baresip"), "1003", server, parties.folder, mono(SAYS), srtp="srtp" if life.srtp else "",
                        info=life.keys == "info", **who)
        return BaresipKeys(await enter(phone))
    return Pjsua2Keys(await parties.phone("1003", srtp="offer" if life.srtp else "off", **who), SAYS, life.keys == "info")


@pytest.mark.parametrize("life", DAYS, ids=str)
async def test_a_day(parties, switch, tool, life):
    journal = await parties.screen("2001")
    other, desk = await parties.agent("1002")
    phone = await handset(life, parties, switch, tool)
    await journal.wait(type="phone.registered", agent="1003")
    await as_a_caller(phone, other, journal)
    agreed(life, phone.phone.messages())
    await desk.order("agent.setState", state="not_ready", reason="lunch")
    screen = await parties.screen("1003")
    await screen.order("agent.logIn")
    parties.stack.push_async_callback(screen.log_out)
    caller = await parties.phone("4930765432")
    await as_an_agent(phone, caller, other, journal)
    if life.attended:
        await screen.ask("agent.endWrapUp")
        await both_together(phone, caller, other, journal)


def agreed(life, messages):
    """The call was made with what the day is called by: the answer of the switch says so, and so does the digit."""
    answer = re.search(r"o=shoal .*?m=audio \d+ (\S+) (\d+).*?\n\r?\n", messages, re.S)
    name = {"0": "PCMU", "8": "PCMA", "9": "G722"}.get(answer[2]) or re.search(rf"rtpmap:{answer[2]} (\w+)", answer[0])[1]
    assert name == life.codec
    assert ("a=crypto" in answer[0]) == life.srtp, answer[0]
    assert re.search(rf"^Via: SIP/2.0/{life.transport.upper()} ", messages, re.M)
    assert bool(re.search(r"^INFO sip", messages, re.M)) == (life.keys == "info")


async def as_a_caller(phone, other, journal):
    """The greeting is heard, a digit arrives once, both hear each other, hold and resume are understood."""
    at_other, since = await other.record(), journal.mark()
    await phone.dial("5000")
    await journal.wait(since=since, type="ivr.menu_entered")
    await until(lambda: len(phone.heard()) > 3.5 * RATE, "the greeting was heard")
    await phone.press("1")
    await other.wait(event="incoming")
    await other.answer()
    contact = (await journal.wait(since=since, type="call.established"))["contact"]
    await other.say(OTHER_SAYS)
    await other.wait(event="said")
    await phone.hold()
    await journal.wait(since=since, type="call.held", contact=contact)
    await phone.resume()
    await journal.wait(since=since, type="call.retrieved", contact=contact)
    await phone.hang_up()
    await journal.wait(since=since, type="contact.ended", contact=contact)
    await other.wait(event="state", state="DISCONNECTED")
    await other.do("stop")
    assert [each["digit"] for each in journal.all(since, type="ivr.digit_pressed")] == ["1"], "once"
    assert likeness(mono(GREETING), phone.heard()) > SURE, "the greeting"
    assert likeness(mono(OTHER_SAYS), phone.heard()) > SURE, "the phone hears the agent"
    assert repeated(mono(SAYS), mono(at_other)) > SURE, "the agent hears the phone"


async def a_caller(phone, caller, journal):
    since = journal.mark()
    await caller.call("5000")
    await journal.wait(since=since, type="ivr.menu_entered")
    await caller.do("press", digits="1")
    await phone.pick_up()
    return since, (await journal.wait(since=since, type="call.established"))["contact"]


async def as_an_agent(phone, caller, other, journal):
    """Calls come in; hold; a blind transfer by the phone's key."""
    at_caller = await caller.record("at-caller")
    since, contact = await a_caller(phone, caller, journal)
    await caller.say(OTHER_SAYS)
    await caller.wait(event="said")
    await phone.hold()
    await journal.wait(since=since, type="call.held", contact=contact)
    await phone.resume()
    await journal.wait(since=since, type="call.retrieved", contact=contact)
    assert likeness(mono(OTHER_SAYS), phone.heard()) > SURE, "the phone hears the caller"
    mark = other.mark()
    await phone.blind("1002")
    await other.wait(event="incoming", since=mark)
    await other.answer()
    await journal.wait(since=since, type="transfer.state", state="completed", contact=contact)
    await caller.hang_up()
    await other.wait(event="state", state="DISCONNECTED", since=mark)
    await caller.do("stop")
    assert repeated(mono(SAYS), mono(at_caller)) > SURE, "the caller hears the phone"


async def both_together(phone, caller, other, journal):
    """Hold, call the colleague, put both calls together."""
    since, contact = await a_caller(phone, caller, journal)
    await phone.hold()
    await journal.wait(since=since, type="call.held", contact=contact)
    mark = other.mark()
    dialling = asyncio.ensure_future(phone.dial("1002"))
    await other.wait(event="incoming", since=mark)
    await other.answer()
    await dialling
    await phone.attended()
    await journal.wait(since=since, type="transfer.state", state="completed", contact=contact)
    at_caller = await caller.record("after-both")
    await other.say(OTHER_SAYS)
    await other.wait(event="said", since=mark)
    await caller.hang_up()
    await other.wait(event="state", state="DISCONNECTED", since=mark)
    await caller.do("stop")
    assert likeness(mono(OTHER_SAYS), mono(at_caller)) > SURE, "the caller hears the colleague"
