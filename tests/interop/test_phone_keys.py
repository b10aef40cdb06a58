"""What agents do by the keys of their phones: transfers, lamps and the mailbox, with real phones."""

from tests.interop.marks import tried
from tests.interop.parties import heard, seconds_of
from tests.interop.running import sound
from tests.interop.sound import SURE, likeness, mono

SAYS = sound("en/demo-opening-hours")


async def a_talk(parties, switch, number="1001"):
    """A caller with an agent, by number."""
    first, screen = await parties.agent(number)
    caller = await parties.phone("4930444444")
    await caller.call("5000")
    await caller.wait(event="media", active=True)
    await caller.do("press", digits="1")
    await first.wait(event="incoming")
    await first.answer()
    contact = (await screen.wait(type="call.established"))["contact"]
    return caller, first, screen, contact


@tried("pjsua2", "UDP", "blind transfer (REFER), heard after it")
async def test_blind_transfer_by_the_phones_key(parties, switch):
    second, _ = await parties.agent("1002", ready=False)
    caller, first, _, _ = await a_talk(parties, switch)
    at_caller = await caller.record()
    await first.do("refer", uri=f"sip:1002@{switch.sip}")
    await second.wait(event="incoming")
    await second.answer()
    await first.wait(event="transfer", status=200, final=True)
    await first.wait(event="state", state="DISCONNECTED")
    mark = seconds_of(at_caller)
    await second.say(SAYS)
    await second.wait(event="said")
    await heard(at_caller, mark + 1.0)
    await caller.hang_up()
    await second.wait(event="state", state="DISCONNECTED")
    await caller.do("stop")
    assert likeness(mono(SAYS), mono(at_caller)) > SURE


@tried("pjsua2", "UDP", "blind transfer that fails: told, the call stays")
async def test_a_blind_transfer_to_nowhere_is_told_and_the_call_stays(parties, switch):
    caller, first, _, _ = await a_talk(parties, switch)
    await first.do("refer", uri=f"sip:4999@{switch.sip}")
    told = await first.wait(event="transfer", final=True)
    assert told["status"] == 404
    at_caller = await caller.record()
    await first.say(SAYS)
    await first.wait(event="said")
    await first.hang_up()
    await caller.wait(event="state", state="DISCONNECTED")
    await caller.do("stop")
    assert likeness(mono(SAYS), mono(at_caller)) > SURE


@tried("pjsua2", "UDP", "attended transfer (REFER with Replaces), heard after it")
async def test_attended_transfer_by_the_phones_keys(parties, switch):
    """Hold, call the colleague, put both calls together (REFER with Replaces)."""
    second, _ = await parties.agent("1002", ready=False)
    caller, first, screen, contact = await a_talk(parties, switch)
    await first.do("hold")
    await screen.wait(type="call.held", contact=contact)
    await first.do("call", uri=f"sip:1002@{switch.sip}")
    await second.wait(event="incoming")
    await second.answer()
    await screen.wait(type="consultation.state", state="established")
    at_caller = await caller.record()
    await first.do("refer_both")
    told = await first.wait(event="transfer", final=True)
    assert told["status"] == 200
    await screen.wait(type="transfer.state", state="completed", contact=contact)
    await second.say(SAYS)
    await second.wait(event="said")
    await caller.hang_up()
    await second.wait(event="state", state="DISCONNECTED")
    await caller.do("stop")
    assert likeness(mono(SAYS), mono(at_caller)) > SURE


@tried("pjsua2", "UDP", "lamps (presence) and message waiting")
async def test_a_lamp_and_the_mailbox(parties, switch):
    """A phone watches a colleague (presence), and its mailbox."""
    watcher = await parties.phone("1003", mailbox=True)
    await watcher.wait(event="mailbox")
    await watcher.do("watch", uri=f"sip:1004@{switch.sip}")
    seen = await watcher.wait(event="buddy", sub="ACTIVE")
    assert seen["state"] != 1, "nobody is there yet"
    mark = watcher.mark()
    await parties.agent("1004")
    await watcher.wait(event="buddy", since=mark, state=1, note="ready")
    caller = await parties.phone("4930555555")
    mark = watcher.mark()
    await caller.call("5000")
    await caller.wait(event="media", active=True)
    await caller.do("press", digits="4")
    at_caller = await caller.record()
    await heard(at_caller, seconds_of(at_caller) + 6.0)
    await caller.say(SAYS)
    await heard(at_caller, seconds_of(at_caller) + 3.0)
    await caller.hang_up()
    told = await watcher.wait(event="mailbox", since=mark)
    assert "Messages-Waiting: yes" in told["message"]
