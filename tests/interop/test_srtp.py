"""Phones that insist on SRTP, and one that would like it, with one that has none: they hear each other, and no packet is
lost to a wrong key."""

import asyncio
import re

import pytest

from tests.interop.baresip import Baresip
from tests.interop.marks import tried
from tests.interop.parties import heard, nobody_left, seconds_of
from tests.interop.running import sound
from tests.interop.sound import SURE, likeness, mono, repeated

SAYS = sound("en/demo-opening-hours")
OTHER_SAYS = sound("en/demo-payment-dates")


def _judge(journal, legs, unopened=0):
    """What came; and what the far ends told, where a report of theirs came before the end."""
    told = journal.all(type="media.quality")
    assert len(told) == legs
    for each in told:
        assert each.get("unopened", 0) <= unopened
        assert (each.get("replayed", 0), each.get("intruders", 0)) == (0, 0)
        assert each["received"] > 100
        assert each["mos"] > 4
        assert each.get("far_mos", 5) > 4


async def _there_and_back(journal, legs):
    """Each far end has told how it hears us, and by what it says of our reports we know the way: RTCP under SRTP, too, is
    read both ways. ``poor_below`` of 4.4, which no call reaches, has the switch tell of it while the call is up."""
    told = {}
    while len(told) < legs:
        one = await journal.wait(type="media.poor", way="sent", leg=lambda leg: leg not in told, within=40)
        told[one["leg"]] = one
    assert all(0 <= each["round_trip"] < 2 and each["loss"] < 0.1 for each in told.values()), told


@tried("pjsua2", "UDP, SRTP", "SRTP insisted on by both phones, offered and required by the switch, heard both ways")
@pytest.mark.parametrize("srtp", ["offer", "require"])
async def test_pjsua2_at_both_ends_with_keys(own, srtp):
    own.switch.configure("shoal.yaml", {"media": {"srtp_without_tls": True, "srtp": srtp, "poor_below": 4.4}})
    own.switch.configure("numbers.yaml", {5050: {"to": "extension:1001"}})
    own.switch.start()
    journal = await own.screen("2001")
    agent, _ = await own.agent("1001", srtp="require")
    caller = await own.phone("4930777777", codec="PCMA", srtp="require")
    calling = asyncio.ensure_future(caller.call("5050"))
    ring = await agent.wait(event="incoming")
    assert "a=crypto" in ring["message"]
    await agent.answer()
    await calling
    at_caller, at_agent = await caller.record(), await agent.record()
    await agent.say(OTHER_SAYS)
    await caller.say(SAYS)
    await agent.wait(event="said")
    await caller.wait(event="said")
    assert likeness(mono(OTHER_SAYS), mono(at_caller)) > SURE, "the caller hears the agent"
    assert likeness(mono(SAYS), mono(at_agent)) > SURE, "the agent hears the caller"
    if srtp == "require":
        await _there_and_back(journal, 2)
    await caller.hang_up()
    await journal.wait(type="contact.ended")
    await nobody_left(own.switch, within=40)
    _judge(journal, 2)
    assert "inline:" not in own.switch.said()
    own.switch.stop()
    assert not own.switch.complaints(), own.switch.complaints()


@tried("baresip", "UDP, SRTP", "SRTP insisted on by the caller, heard both ways")
async def test_baresip_as_a_caller_who_insists(own, tool):
    own.switch.configure("numbers.yaml", {5050: {"to": "extension:1001"}})
    own.switch.start()
    journal = await own.screen("2001")
    agent, _ = await own.agent("1001")
    phone = Baresip(tool("baresip"), "4930666667", own.switch.sip, own.folder, mono(SAYS), srtp="srtp-mand")
    caller = await own.stack.enter_async_context(phone)
    await caller.do("dial", f"sip:5050@{own.switch.sip}")
    await agent.wait(event="incoming")
    await agent.answer()
    await journal.wait(type="call.established")
    assert "RTP/SAVP" in caller.messages()
    at_agent = await agent.record()
    await agent.say(OTHER_SAYS)
    await agent.wait(event="said")
    await heard(at_agent, seconds_of(at_agent) + 6.0)
    await caller.do("hangup")
    await journal.wait(type="contact.ended")
    await agent.do("stop")
    assert repeated(mono(SAYS), mono(at_agent)) > SURE, "the agent hears the caller"
    assert likeness(mono(OTHER_SAYS), mono(caller.heard())) > SURE, "the caller hears the agent"
    await nobody_left(own.switch, within=40)
    _judge(journal, 2, unopened=2)  # baresip opens its NAT with a packet in the clear
    own.switch.stop()
    assert not own.switch.complaints(), own.switch.complaints()


@tried("baresip", "TLS, SRTP", "SRTP insisted on by an agent's phone, which is asked for it after its 488; heard both ways")
async def test_baresip_as_an_agents_phone_that_insists(parties, switch, tool):
    """On the shipped configuration, where SRTP is offered to phones on TLS beside plain RTP."""
    journal = await parties.screen("2001")
    phone = Baresip(tool("baresip"), "1003", switch.sips, parties.folder, mono(SAYS), password="demo-1003", transport="tls",
                    srtp="srtp-mand")
    agent = await parties.stack.enter_async_context(phone)
    await journal.wait(type="phone.registered", agent="1003")
    caller, _ = await parties.agent("1002", ready=False)
    at_caller = await caller.record()
    calling = asyncio.ensure_future(caller.call("1003"))
    await agent.wait(type="CALL_INCOMING")
    await agent.do("accept")
    await calling
    assert re.search(r"^SIP/2.0 488 ", agent.messages(), re.M) and "RTP/SAVP " in agent.messages()
    await caller.say(OTHER_SAYS)
    await caller.wait(event="said")
    await heard(at_caller, 6.0)
    await caller.hang_up()
    await journal.wait(type="contact.ended")
    await caller.do("stop")
    assert repeated(mono(SAYS), mono(at_caller)) > SURE, "the caller hears the agent"
    assert likeness(mono(OTHER_SAYS), mono(agent.heard())) > SURE, "the agent hears the caller"
