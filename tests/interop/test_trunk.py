"""Two switches joined by a trunk: an agent of one calls an agent of the other; both are heard, and keys arrive."""

import asyncio
import contextlib
from contextlib import AsyncExitStack

import pytest

from switch.events import MediaQuality
from tests.interop.conftest import Parties, _need_pjsua2
from tests.interop.marks import tried
from tests.interop.parties import Screen, heard, nobody_left
from tests.interop.running import Switch, sound
from tests.interop.sound import SURE, likeness, mono
from tests.laws import check_laws
from tests.switch.sip.authorities import Authority

CALLER_SAYS = sound("en/demo-opening-hours")
AGENT_SAYS = sound("en/demo-payment-dates")
EAST, WEST = "+49301000", "+49891000"


def join(one, other, name, own, far, transport, **more):
    """What ``one`` knows of its trunk to ``other``."""
    one.configure("numbers.yaml", {5050: {"to": "extension:1002"}})
    one.configure("trunks.yaml", {
        "country": "49", "trunks": {name: {
            "host": "127.0.0.1", "port": other.sip_port, "transport": transport, "caller": own, "trusted": True,
            "sources": [f"127.0.0.1:{other.sip_port}"], "numbers": {own: 5050},
            "probe": {"every": 1, "down_after": 1}, **more}}})


def know(one, authority, name):
    """Let ``one`` show a certificate in which this name stands, and ask for such of others."""
    certificate, key = authority.sign(name, f"{name}.example", "127.0.0.1")
    one.configure("shoal.yaml", {
        "sip": {"tls": {"certificate": str(certificate), "key": str(key), "ca": str(authority.path)}},
        "media": {"srtp": "require"}})


@contextlib.asynccontextmanager
async def started(east, west, folder):
    """Both, each with parties."""
    try:
        east.start()
        west.start()
        async with AsyncExitStack() as stack:
            yield [Parties(switch, folder, stack) for switch in (east, west)]
        for switch in (east, west):
            await nobody_left(switch, within=40.0)
            switch.stop()
            assert not switch.complaints(), switch.complaints()
            check_laws(switch.journal(), finished=True)
    finally:
        east.kill()
        west.kill()


@pytest.fixture
async def pair(tmp_path):
    """East and west, who know each other by their addresses."""
    _need_pjsua2()
    east, west = Switch(tmp_path / "east"), Switch(tmp_path / "west")
    join(east, west, "west", EAST, WEST, "udp", outgoing={"form": "national"}, codecs=["PCMA"])
    join(west, east, "east", WEST, EAST, "udp", incoming={"bare": "national"}, outgoing={"form": "digits"})
    async with started(east, west, tmp_path) as both:
        yield both


@pytest.fixture
async def secret_pair(tmp_path):
    """East and west over TLS, who know each other by their certificates alone and speak to nobody without SRTP."""
    _need_pjsua2()
    east, west, authority = Switch(tmp_path / "east"), Switch(tmp_path / "west"), Authority(tmp_path)
    know(east, authority, "east")
    know(west, authority, "west")
    join(east, west, "west", EAST, WEST, "tls", port=west.sip_port + 1, sources=[], certificate="west.example",
         outgoing={"form": "national"})
    join(west, east, "east", WEST, EAST, "tls", port=east.sip_port + 1, sources=[], certificate="east.example",
         incoming={"bare": "national"}, outgoing={"form": "digits"})
    async with started(east, west, tmp_path) as both:
        yield both


async def connected(switch, trunk):
    """Wait until the trunk has answered."""
    screen = Screen("2001", switch.url)
    async with screen:
        if switch.health()["trunks"][trunk]["state"] != "up":
            await screen.wait(type="trunk.up", trunk=trunk)
    return switch.health()["trunks"][trunk]


@tried("Shoal", "UDP", "a call through two switches joined by a trunk, heard both ways, each key once")
async def test_a_call_through_two_switches_joined_by_a_trunk(pair):
    await through_both(*pair)


@tried("Shoal", "TLS, SRTP", "the same by certificates, encrypted from phone to phone")
async def test_a_call_through_two_switches_over_tls_with_srtp(secret_pair):
    east, west = secret_pair
    await through_both(east, west, transport="tls", srtp="require")
    for parties in (east, west):
        told = [entry.event for entry in parties.switch.journal() if isinstance(entry.event, MediaQuality)]
        assert len(told) == 2 and all(each.received > 100 and not each.unopened for each in told), told


async def through_both(east, west, **phones):
    """An agent of east calls one of west."""
    assert (await connected(east.switch, "west"))["calls"] == 0
    caller, first = await east.agent("1001", ready=False, **phones)
    agent, second = await west.agent("1002", ready=True, **phones)
    by_caller, by_agent = await caller.record(), await agent.record()
    journal = await west.screen("2001")
    calling = asyncio.ensure_future(caller.call("0891000"))
    await agent.wait(event="incoming")
    await agent.answer()
    await calling
    made = await first.wait(type="call.established")
    taken = await second.wait(type="call.established")

    offered = await journal.wait(type="contact.offered")
    assert (offered["caller"], offered["called"], offered["trunk"]) == (EAST, "5050", "east"), "numbers made ours"
    went = await first.wait(type="call.originated")
    assert (went["party"], went["trunk"], went["presented"]) == (WEST, "west", EAST)
    assert east.switch.metrics()['shoal_trunk_calls{trunk="west"}'] == 1
    assert east.switch.health()["trunks"]["west"]["calls"] == west.switch.health()["trunks"]["east"]["calls"] == 1

    await caller.say(CALLER_SAYS)
    await agent.say(AGENT_SAYS)
    await caller.wait(event="said")
    await agent.wait(event="said")
    await heard(by_agent, 4.0)
    for digit in "4711#":
        await caller.do("press", digits=digit)
        await agent.wait(event="digit", digit=digit)
    await agent.do("press", digits="9")
    await caller.wait(event="digit", digit="9")
    await caller.hang_up()
    await second.wait(type="contact.ended", contact=taken["contact"])
    await first.wait(type="contact.ended", contact=made["contact"])
    await agent.wait(event="state", state="DISCONNECTED")
    for phone in (caller, agent):
        await phone.do("stop")

    assert likeness(mono(CALLER_SAYS), mono(by_agent)) > SURE, "the called hears the caller"
    assert likeness(mono(AGENT_SAYS), mono(by_caller)) > SURE, "the caller hears the called"
    assert [each["digit"] for each in agent.all(event="digit")] == list("4711#"), "each key once"


@tried("Shoal", "UDP", "a trunk that dies is noticed, and comes back")
async def test_a_trunk_that_dies_is_noticed_and_comes_back(pair):
    east, west = pair
    await connected(east.switch, "west")
    screen = await east.screen("2001")
    agent, desk = await east.agent("1001", ready=False)
    west.switch.stop()
    down = await screen.wait(type="trunk.down", trunk="west", within=80)
    assert down["sip_status"] in (408, 503)
    assert east.switch.metrics()['shoal_trunk_up{trunk="west"}'] == 0
    answer = await desk.ask("call.make", to="0891000")
    assert answer["error"]["data"]["code"] == "trunk_down", answer
    west.switch.start()
    await screen.wait(type="trunk.up", trunk="west", within=40)
    assert east.switch.health()["status"] == "ok" and not agent.all(event="incoming")


async def test_a_trunk_that_registers_and_proves_who_it_is(pair):
    """West is a provider: east is its subscriber 1003, and must show the password for the registration and each call."""
    east, west = pair
    east.switch.stop()
    east.switch.configure("trunks.yaml", {"trunks": {"west": {
        "register": {"user": "1003", "password": "demo-1003"},
        "outgoing": {"form": "e164", "strip": [WEST], "add": "1002"}}}})
    west.switch.stop()
    west.switch.configure("trunks.yaml", {"trunks": {"east": {"sources": [], "host": "192.0.2.1", "probe": {"every": 0}}}})
    for switch in (west.switch, east.switch):
        switch.start()
    journal = await west.screen("2001")
    if not [state for state in journal.all(type="session.snapshot")[-1]["snapshot"]["agents"]
            if state["agent"] == "1003" and state.get("phone") == "registered"]:
        await journal.wait(type="phone.registered", agent="1003", within=40)
    caller, desk = await east.agent("1001", ready=False)
    agent, _ = await west.agent("1002", ready=False)
    calling = asyncio.ensure_future(caller.call("0891000"))
    await agent.wait(event="incoming")
    await agent.answer()
    await calling
    offered = await journal.wait(type="contact.offered")
    assert (offered["caller"], offered["called"], offered["direction"]) == ("1003", "1002", "internal")
    assert east.switch.health()["trunks"]["west"]["registration"] == "registered"
    await agent.hang_up()
    await desk.wait(type="contact.ended")
