"""What agents do from their screens, heard on real phones: hold, pause, transfer with a note, call out."""

import numpy as np

from tests.interop.parties import heard, moment, seconds_of
from tests.interop.running import sound
from tests.interop.sound import RATE, SURE, likeness, mono, read_wav, rms, stretch_of

CALLER_SAYS = sound("en/demo-main-menu")
FIRST_SAYS = sound("en/demo-payment-dates")
SECOND_SAYS = sound("en/demo-opening-hours")
NOTE = "wants a refund for the second order"


async def test_hold_pause_and_transfer_with_a_note(parties, switch):
    """One call through two agents: caller holds the line, a card number stays out of the file, the note comes first."""
    first, screen = await parties.agent("1001")
    second, other = await parties.agent("1002", ready=False)
    caller, journal = await parties.phone("4930333333"), await parties.screen("2001")
    at_caller, at_second = await caller.record(), await second.record()
    await caller.call("5000")
    await journal.wait(type="ivr.menu_entered")
    await caller.do("press", digits="1")
    await first.wait(event="incoming")
    await first.answer()
    contact = (await screen.wait(type="call.established"))["contact"]

    # hold: music for the caller, then the agent again
    await screen.order("call.hold")
    await screen.wait(type="call.held", contact=contact)
    held = seconds_of(at_caller)
    await heard(at_caller, held + 2.5)
    await screen.order("call.retrieve")
    await screen.wait(type="call.retrieved", contact=contact)
    await caller.do("say", path=str(CALLER_SAYS), loop=True)
    await first.say(FIRST_SAYS)
    await heard(at_caller, held + 4.0)

    # pause: the caller goes on speaking, the file is silent
    await screen.order("recording.pause")
    paused = await screen.wait(type="recording.paused", contact=contact)
    await heard(at_caller, held + 6.0)
    await screen.order("recording.resume")
    resumed = await screen.wait(type="recording.resumed", contact=contact)
    await first.wait(event="said")

    # transfer: the note before the ring, the caller with the second agent, the first free
    await other.order("agent.setState", state="ready")
    await screen.order("call.transfer", to="agent:1002", note=NOTE)
    offer = await other.wait(type="reservation.created", agent="1002")
    await second.wait(event="incoming")
    assert (offer["pop"]["note"], offer["pop"]["note_by"]) == (NOTE, "1001")
    await first.wait(event="state", state="DISCONNECTED")
    waits = seconds_of(at_caller)
    await heard(at_caller, waits + 2.5)
    await second.answer()
    await other.wait(type="call.established", party="1002")
    mark = seconds_of(at_second)
    await second.say(SECOND_SAYS)
    await second.wait(event="said")
    await heard(at_second, mark + 5.0)
    await second.hang_up()
    ended = await other.wait(type="contact.ended", contact=contact)
    saved = await other.wait(type="recording.saved", contact=contact)
    assert ended["ended_by"] == "agent"
    for phone in (caller, second):
        await phone.do("stop")

    music, caller_heard, second_heard = mono(sound("music")), mono(at_caller), mono(at_second)
    for began, why in ((held, "held"), (waits, "transferred")):
        part = caller_heard[int(began * RATE):int((began + 2.5) * RATE)]
        assert stretch_of(np.tile(music, 2), part) > SURE, f"the caller hears music while {why}"
    assert likeness(mono(FIRST_SAYS), caller_heard) > SURE
    assert likeness(mono(SECOND_SAYS), caller_heard) > SURE
    assert stretch_of(_looped(CALLER_SAYS), second_heard[int(mark * RATE):]) > SURE, "the second agent hears the caller"

    rows = await journal.get(f"/api/v1/recordings?contact={contact}")
    assert len(rows) == 1
    left, right = read_wav(switch.recordings / rows[0]["path"]).T
    assert abs(len(left) / RATE - saved["seconds"]) < 0.02
    assert likeness(mono(FIRST_SAYS)[:2 * RATE], right) > SURE and likeness(mono(SECOND_SAYS), right) > SURE
    silence = _longest_silence(left[np.argmax(np.abs(left) > 500):])
    pause = moment(resumed) - moment(paused)
    assert abs(silence - pause) < 0.2, f"silent for {silence} s, paused for {pause} s"


async def test_an_agent_calls_out_by_click(parties, switch):
    """call.make rings the agent's own phone, then the other; call.clear hangs up on both."""
    first, screen = await parties.agent("1003")
    second, _ = await parties.agent("1004")
    at_first, at_second = await first.record(), await second.record()
    contact = (await screen.order("call.make", to="1004"))["contact"]
    await first.wait(event="incoming")
    assert not second.all(event="incoming"), "the own phone first"
    await first.answer()
    await second.wait(event="incoming")
    mark = seconds_of(at_first)
    await heard(at_first, mark + 1.5)
    await second.answer()
    await screen.wait(type="call.established", contact=contact)
    await first.say(FIRST_SAYS)
    await second.say(SECOND_SAYS)
    await second.wait(event="said")
    await heard(at_second, seconds_of(at_second) + 0.5)
    await screen.order("call.clear")
    for phone in (first, second):
        await phone.wait(event="state", state="DISCONNECTED")
        await phone.do("stop")
    await screen.wait(type="contact.ended", contact=contact)
    assert likeness(mono(sound("ringback"))[:RATE], mono(at_first)) > SURE, "it rings"
    assert likeness(mono(FIRST_SAYS), mono(at_second)) > SURE
    assert likeness(mono(SECOND_SAYS), mono(at_first)) > SURE


async def test_a_phone_on_tcp_calls_a_colleague(parties, switch):
    """Who dials an extension has to prove who they are; the phone does so with the password that it registers with."""
    first, screen = await parties.agent("1003", transport="tcp")
    second, _ = await parties.agent("1004", transport="tcp")
    await first.do("call", uri=f"sip:1004@{switch.sip};transport=tcp")
    await second.wait(event="incoming")
    assert "\nProxy-Authorization: Digest " in first.messages()
    at_first = await first.record()
    await second.answer()
    await screen.wait(type="call.established", party="1004")
    await second.say(SECOND_SAYS)
    await second.wait(event="said")
    await first.hang_up()
    await second.wait(event="state", state="DISCONNECTED")
    await first.do("stop")
    assert likeness(mono(SECOND_SAYS), mono(at_first)) > SURE


async def test_a_stranger_cannot_call_a_colleague(parties, switch):
    stranger = await parties.phone("4930999999")
    await stranger.do("call", uri=f"sip:1004@{switch.sip}")
    over = await stranger.wait(event="state", state="DISCONNECTED")
    assert over["status"] == 407


def _looped(path):
    return np.tile(mono(path), 3)


def _longest_silence(samples):
    """Seconds of the longest stretch of nothing at all."""
    longest = run = 0
    for at in range(0, len(samples) - 160, 160):
        run = run + 1 if rms(samples[at:at + 160]) < 1 else 0
        longest = max(longest, run)
    return longest * 0.02
