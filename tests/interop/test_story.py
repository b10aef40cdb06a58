"""The whole story with real phones: greeted, queued, popped, answered, heard, recorded, counted."""

import itertools
import re
from datetime import UTC, datetime

from tests.interop.parties import MEASURED, heard, seconds_of
from tests.interop.running import sound
from tests.interop.sound import SURE, found, likeness, mono, read_wav

CALLER_SAYS = sound("en/demo-opening-hours")
AGENT_SAYS = sound("en/demo-payment-dates")

async def test_a_caller_is_greeted_waits_reaches_an_agent_and_is_recorded(parties, switch):
    journal = await parties.screen("2001")
    before = await counted(journal)
    screen = await parties.screen("1001")
    wire = await parties.watched(lambda: screen.all(type="reservation.created"))
    agent = await parties.phone("1001", wire.server)
    await screen.order("agent.logIn")
    caller = await parties.phone("4930123456")
    assert re.search(r"^REGISTER (.|\n)*?^Authorization: Digest .*algorithm=SHA-256", agent.messages(), re.M)

    by_caller, by_agent = await caller.record(), await agent.record()
    await caller.call("5000")
    await journal.wait(type="ivr.menu_entered", menu="main")
    await heard(by_caller, 3.5)  # the greeting, whole
    await caller.do("press", digits="1")

    offer = await screen.wait(type="reservation.created")
    contact = offer["contact"]
    await agent.wait(event="incoming")
    assert wire.looks == [[offer]], "the pop was there before the INVITE"
    pop = offer["pop"]
    assert (pop["caller"], pop["called"], pop["queue"]) == ("4930123456", "5000", "support")
    assert [(step["menu"], step["digit"]) for step in pop["way"]] == [("main", "1")]
    assert pop["ivr_seconds"] > 3
    waits = seconds_of(by_caller)
    await heard(by_caller, waits + 1.5)  # some music

    await agent.answer()
    await journal.wait(type="call.established", contact=contact)
    await journal.wait(type="recording.started", contact=contact)
    await caller.say(CALLER_SAYS)
    await agent.say(AGENT_SAYS)
    await caller.wait(event="said")
    await agent.wait(event="said")
    await heard(by_agent, 6.5)
    await caller.hang_up()

    ended = await journal.wait(type="contact.ended", contact=contact)
    assert (ended["ended_by"], ended["cause"]) == ("customer", "normal_call_clearing")
    await agent.wait(event="state", state="DISCONNECTED")
    saved = await journal.wait(type="recording.saved", contact=contact)
    await screen.wait(type="agent.state", state="after_call_work")
    await screen.order("agent.endWrapUp")
    await screen.wait(type="agent.state", state="ready", previous="after_call_work")
    await screen.order("agent.logOut")
    speech = await journal.wait(MEASURED, type="recording.measured", contact=contact)
    for phone in (caller, agent):
        await phone.do("stop")

    # what was heard
    at_caller, at_agent = mono(by_caller), mono(by_agent)
    said_by_caller, said_by_agent = mono(CALLER_SAYS), mono(AGENT_SAYS)
    greeting, began = found(mono(sound("en/welcome-demo")), at_caller)
    assert greeting > SURE and began < 8000, "the greeting comes at once"
    assert likeness(said_by_caller, at_agent) > SURE, "the agent hears the caller"
    assert likeness(said_by_agent, at_caller) > SURE, "the caller hears the agent"
    music = at_caller[int((waits + 0.5) * 8000):int((waits + 1.3) * 8000)]
    assert likeness(music, mono(sound("music"))) > SURE, "the caller waits in music"

    # what was recorded
    rows = await journal.get(f"/api/v1/recordings?contact={contact}")
    assert [row["recording"] for row in rows] == [saved["recording"]]
    tape = parties.folder / "tape.wav"
    tape.write_bytes(await journal.get(f"/api/v1/recordings/{saved['recording']}/audio"))
    left, right = read_wav(tape).T
    assert abs(len(left) / 8000 - saved["seconds"]) < 0.02
    assert likeness(said_by_caller, left) > SURE and likeness(said_by_agent, right) > SURE
    assert likeness(said_by_caller, right) < 0.5 and likeness(said_by_agent, left) < 0.5
    assert speech["caller"]["talk"] > 2 and speech["agent"]["talk"] > 2 and speech["overlap"] > 1

    # what was written down
    record = await screen.get(f"/api/v1/contacts/{contact}")
    segments = record["segments"]
    assert [segment["kind"] for segment in segments] == ["ivr", "queue", "ring", "talk", "wrap_up"]
    assert all(one["ended"] == other["began"] for one, other in itertools.pairwise(segments))
    assert segments[0]["began"] == record["started"] and segments[3]["ended"] == record["ended"]
    after = await counted(journal)
    assert {name: after[name] - before.get(name, 0) for name in after} == {"offered": 1, "answered": 1, "calls": 1}


async def counted(journal):
    """What the report of the day counts: callers of the queue and talks of the agent."""
    report = await journal.get(f"/api/v1/reports?day={datetime.now(UTC):%Y-%m-%d}")
    queue = next((each for each in report["queues"] if each["queue"] == "support"), {})
    agent = next((each for each in report["agents"] if each["agent"] == "1001"), {})
    return {"offered": queue.get("offered", 0), "answered": queue.get("answered", 0), "calls": agent.get("calls", 0)}
