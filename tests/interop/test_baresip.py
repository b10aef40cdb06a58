"""baresip with PCMA and MD5, which is all that it knows: as a caller who holds, and as an agent's phone."""

import numpy as np
import pytest

from tests.interop.baresip import Baresip
from tests.interop.marks import tried
from tests.interop.parties import heard, nobody_left, seconds_of
from tests.interop.running import sound
from tests.interop.sound import RATE, SURE, likeness, mono, repeated, stretch_of

SAYS = sound("en/demo-opening-hours")
OTHER_SAYS = sound("en/demo-payment-dates")


@pytest.fixture
def baresip(tool, own):
    program = tool("baresip")

    async def start(user, **options):
        phone = Baresip(program, user, own.switch.sip, own.folder, mono(SAYS), **options)
        return await own.stack.enter_async_context(phone)

    return start


@tried("baresip", "UDP", "PCMA; music while holding, both ways; a call in")
async def test_as_a_caller_who_holds_and_as_an_agent(own, baresip):
    own.switch.start()
    journal = await own.screen("2001")
    await _caller(own, baresip, journal)
    await _agent(own, baresip, journal)
    await nobody_left(own.switch, within=40)
    own.switch.stop()
    assert not own.switch.complaints(), own.switch.complaints()


async def _caller(own, baresip, journal):
    agent, screen = await own.agent("1001")
    at_agent = await agent.record()
    caller = await baresip("4930666666")
    await caller.call("5000")
    await journal.wait(type="ivr.menu_entered")
    await caller.do("sndcode", "1")
    await agent.wait(event="incoming")
    await agent.answer()
    contact = (await journal.wait(type="call.established"))["contact"]
    assert "m=audio" in caller.messages() and "PCMA" in caller.messages()
    await agent.say(OTHER_SAYS)
    await agent.wait(event="said")
    await heard(at_agent, 4.0)

    await caller.do("hold")
    await journal.wait(type="call.held", contact=contact)
    held = seconds_of(at_agent)
    await heard(at_agent, held + 3.0)
    await caller.do("resume")
    await journal.wait(type="call.retrieved", contact=contact)
    back = seconds_of(at_agent)
    await heard(at_agent, back + 3.0)
    await caller.do("hangup")
    await journal.wait(type="contact.ended", contact=contact)
    await agent.wait(event="state", state="DISCONNECTED")
    await agent.do("stop")

    samples, speech = mono(at_agent), np.tile(mono(SAYS), 3)
    assert repeated(mono(SAYS), samples) > SURE, "the agent hears the caller"
    music = np.tile(mono(sound("music")), 2)
    assert stretch_of(music, samples[int(held * RATE):int((held + 3) * RATE)]) > SURE, "and music while the caller holds"
    assert stretch_of(speech, samples[int(back * RATE):]) > SURE, "and the caller again"
    assert likeness(mono(OTHER_SAYS), mono(caller.heard())) > SURE, "the caller hears the agent"
    await screen.order("agent.logOut")


async def _agent(own, baresip, journal):
    agent = await baresip("1003", password="demo-1003")
    await journal.wait(type="phone.registered", agent="1003")
    assert "algorithm=MD5" in agent.messages()
    screen = await own.screen("1003")
    await screen.order("agent.logIn")
    caller = await own.phone("4930777777", codec="PCMA")
    at_caller = await caller.record()
    since = journal.mark()
    await caller.call("5000")
    await journal.wait(since=since, type="ivr.menu_entered")
    await caller.do("press", digits="1", info=True)
    pressed = await journal.wait(since=since, type="ivr.digit_pressed")
    assert pressed["digit"] == "1"
    await agent.wait(type="CALL_INCOMING")
    await agent.do("accept")
    contact = (await journal.wait(since=since, type="call.established"))["contact"]
    await caller.say(OTHER_SAYS)
    await caller.wait(event="said")
    await agent.do("hold")
    await journal.wait(since=since, type="call.held", contact=contact)
    held = seconds_of(at_caller)
    await heard(at_caller, held + 3.0)
    await agent.do("hangup")
    ended = await journal.wait(since=since, type="contact.ended", contact=contact)
    assert ended["ended_by"] == "agent"
    await caller.wait(event="state", state="DISCONNECTED")
    await caller.do("stop")
    samples = mono(at_caller)
    assert repeated(mono(SAYS), samples) > SURE, "the caller hears the agent"
    music = np.tile(mono(sound("music")), 2)
    assert stretch_of(music, samples[int(held * RATE):int((held + 3) * RATE)]) > SURE, "and music while the agent holds"
    assert likeness(mono(OTHER_SAYS), mono(agent.heard())) > SURE, "the agent hears the caller"
    await screen.order("agent.logOut")
    await agent.quit()
    gone = await journal.wait(since=since, type="phone.unregistered", agent="1003")
    assert gone["why"] == "unregistered"
