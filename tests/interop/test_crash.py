"""``kill -9``: of the switch in the middle of a call, and of its media worker."""

import json
import os
import signal
import time
from pathlib import Path

from tests.interop.parties import MEASURED, nobody_left, until
from tests.interop.running import sound
from tests.interop.sound import RATE, SURE, likeness, mono, read_wav
from tests.laws import check_laws

CALLER_SAYS = sound("en/demo-opening-hours")
AGENT_SAYS = sound("en/demo-payment-dates")
NO_HURRY = ("queues.yaml", {"support": {"wrap_up": "10 min"}})
"""The wrap-up is ended by the agent, however long it took until then."""


async def talk(caller, agent, journal):
    """From dialling to the talk; gives the contact."""
    since = journal.mark()
    await caller.call("5000")
    await journal.wait(since=since, type="ivr.menu_entered")
    rings = agent.mark()
    await caller.do("press", digits="1")
    await agent.wait(since=rings, event="incoming")
    await agent.answer()
    return (await journal.wait(since=since, type="call.established"))["contact"]


async def test_a_killed_switch_takes_up_where_it_was(own):
    own.switch.configure(*NO_HURRY)
    own.switch.start()
    journal = await own.screen("2001")
    agent, screen = await own.agent("1001")
    _, idle = await own.agent("1002", ready=False)
    await idle.order("agent.setState", state="not_ready", reason="lunch")
    caller = await own.phone("4930444444")
    contact = await talk(caller, agent, journal)
    started = await journal.wait(type="recording.started", contact=contact)
    began = time.time()
    await caller.say(CALLER_SAYS)
    await agent.say(AGENT_SAYS)
    file = own.switch.recordings / started["path"]
    await until(lambda: time.time() > began + 4.2 and file.exists(), "four seconds are recorded")
    children = own.switch.children()

    lasted = time.time() - began
    own.switch.kill()
    seen = journal.cursor
    await until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "the media worker went too")
    left, right = read_wav(file).T
    assert len(left) / RATE > lasted - 1.0, "at most a second is lost"
    assert likeness(mono(CALLER_SAYS)[RATE:3 * RATE], left) > SURE
    assert likeness(mono(AGENT_SAYS)[RATE:3 * RATE], right) > SURE

    own.switch.start()
    since = journal.mark()
    await journal.disconnect()
    hello = await journal.connect()
    assert hello["type"] == "session.resumed", "nothing was missed"
    assert seen.startswith("1:") and own.switch.health()["epoch"] == 2
    ended = await journal.wait(since=since, type="contact.ended", contact=contact)
    assert (ended["cause"], ended["ended_by"]) == ("system_shutdown", "system")
    saved = await journal.wait(MEASURED, since, type="recording.saved", contact=contact)
    assert abs(saved["seconds"] - len(left) / RATE) < 0.05

    states = {each["agent"]: each for each in await journal.get("/api/v1/agents")}
    assert states["1001"]["state"] == "ready" and states["1001"]["phone"] == "registered"
    assert (states["1002"]["state"], states["1002"]["reason"]) == ("not_ready", "lunch")
    for phone in (caller, agent):
        await phone.hang_up()  # they do not know yet
    for each in (screen, idle):
        await each.disconnect()
        await each.connect()

    registrations = agent.messages().count("\nREGISTER sip:")
    await talk(caller, agent, journal)
    assert agent.messages().count("\nREGISTER sip:") == registrations, "the phone was found without registering anew"
    await caller.hang_up()
    await journal.wait(MEASURED, type="recording.measured")
    await nobody_left(own.switch)
    await screen.order("agent.endWrapUp")
    own.switch.stop()
    entries = own.switch.journal()
    check_laws(entries, finished=True)
    assert not own.switch.complaints(), own.switch.complaints()


async def test_what_an_agent_says_after_a_kill_is_followed(own):
    """The caller has hung up, the switch dies, the agent's after-call work goes on with the next one."""
    own.switch.configure("queues.yaml", {"support": {"wrap_up": "2 min", "outcomes": {"call_back": "Call back"}}})
    rule = {"when": {"outcome": "call_back"}, "send": "webhook", "text": "Call {caller} back"}
    own.switch.configure("followups.yaml", {"rules": {"back": rule}})
    own.switch.start()
    journal = await own.screen("2001")
    agent, screen = await own.agent("1001")
    caller = await own.phone("4930444444")
    contact = await talk(caller, agent, journal)
    await caller.hang_up()
    await until(lambda: any(entry.event.__struct_config__.tag == "contact.segment" and entry.event.kind == "wrap_up"
                            for entry in own.switch.journal()), "it is on the disk that the agent works on it")
    own.switch.kill()
    own.switch.start()
    for each in (screen, journal):
        await each.disconnect()
        await each.connect()
    states = {each["agent"]: each for each in await journal.get("/api/v1/agents")}
    assert (states["1001"]["state"], states["1001"]["contact"]) == ("after_call_work", contact)
    await screen.order("contact.note", outcome="call_back")
    file = own.switch.folder / "var" / "followups.jsonl"
    await until(lambda: file.exists() and file.read_text().endswith("\n"), "it is sent")
    (line,) = map(json.loads, file.read_text().splitlines())
    assert (line["rule"], line["contact"], line["text"]) == ("back", contact, "Call 4930444444 back")
    await screen.order("agent.endWrapUp")
    own.switch.stop()
    check_laws(own.switch.journal(), finished=True)
    assert not own.switch.complaints(), own.switch.complaints()


async def test_a_killed_media_worker_ends_calls_and_is_replaced(own):
    own.switch.configure(*NO_HURRY)
    own.switch.start()
    journal = await own.screen("2001")
    agent, screen = await own.agent("1001")
    caller = await own.phone("4930555555")
    contact = await talk(caller, agent, journal)
    started = await journal.wait(type="recording.started", contact=contact)
    begins = time.time()
    await caller.say(CALLER_SAYS)
    file = own.switch.recordings / started["path"]
    await until(lambda: time.time() > begins + 3.0 and file.exists(), "three seconds are recorded")
    worker = own.switch.children()
    assert len(worker) == 1
    lasted = time.time() - begins
    os.kill(worker[0], signal.SIGKILL)
    for phone in (caller, agent):
        await phone.wait(event="state", state="DISCONNECTED")
    ended = await journal.wait(type="contact.ended", contact=contact)
    assert ended["ended_by"] == "system"
    saved = await journal.wait(MEASURED, type="recording.saved", contact=contact)  # how long it is, the measuring tells
    left, _ = read_wav(file).T
    assert len(left) / RATE > lasted - 1.0 and abs(saved["seconds"] - len(left) / RATE) < 0.05
    await screen.order("agent.endWrapUp")
    await until(lambda: own.switch.health().get("status") == "ok" and own.switch.metrics()["shoal_seats"],
                "another worker serves")

    path = await caller.record()
    since = journal.mark()
    await caller.call("5000")
    await journal.wait(since=since, type="ivr.menu_entered")
    greeting = mono(sound("en/welcome-demo"))
    await until(lambda: path.exists() and path.stat().st_size > 16_000 * 3.5, "the greeting is heard")
    await caller.hang_up()
    await caller.do("stop")
    assert likeness(greeting, mono(path)) > SURE
    await nobody_left(own.switch)
    own.switch.stop()
    check_laws(own.switch.journal(), finished=True)
    assert not own.switch.complaints(("the media worker died",)), own.switch.complaints()
