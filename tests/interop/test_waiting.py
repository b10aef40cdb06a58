"""What a caller hears in line: music, the announcement over it, and neither of them after the answer."""

import numpy as np

from tests.interop.parties import heard, moment, seconds_of
from tests.interop.running import sound
from tests.interop.sound import LIKELY, RATE, SHIFT, SURE, find, found, mono, rms

HALF = RATE // 2
TOLERANCE = 5 * 160
"""Samples by which phones, jitter buffers and two different clocks may disagree about a moment."""


async def test_the_announcement_is_spoken_over_ducked_music_and_stops_with_the_answer(parties, switch):
    journal = await parties.screen("2001")
    agent, screen = await parties.agent("1002", ready=False)
    caller = await parties.phone("4930222222")
    path = await caller.record()
    await caller.call("5000")
    await journal.wait(type="ivr.menu_entered")
    await caller.do("press", digits="1")
    told = await journal.wait(type="queue.wait_announced")
    assert told["position"] == 1
    before = seconds_of(path)
    await screen.order("agent.setState", state="ready")
    await agent.wait(event="incoming")
    await heard(path, before + 0.6)
    await agent.answer()
    joined = await screen.wait(type="call.established")
    after = seconds_of(path)
    await heard(path, after + 3.0)
    await caller.hang_up()
    await caller.do("stop")

    samples, music, words = mono(path), mono(sound("music")), mono(sound("en/you-are-next"))
    length = int((moment(joined) - moment(told)) * RATE)
    assert length > 4000, "long enough to recognise"
    sure, began = found(words[:length - TOLERANCE], samples)
    assert sure > SURE, "the announcement is heard until the answer"

    before_it = samples[began - RATE:began - RATE // 2]
    sure, place = find(before_it, np.tile(music, 2))
    assert sure > SURE, "music before it"
    sure, at = find(words[:HALF], samples)
    assert sure > SURE
    under = samples[at:at + HALF]
    rest = under - under @ words[:HALF] / (words[:HALF] @ words[:HALF]) * words[:HALF]
    ducked = np.tile(music, 2)[place + RATE - SHIFT:][:HALF + 2 * SHIFT]
    assert find(rest, ducked)[0] > LIKELY, "music under it"
    assert rms(rest) < rms(before_it) / 2, "and ducked"

    silence = samples[began + length + TOLERANCE:began + length + TOLERANCE + 2 * RATE]
    assert len(silence) == 2 * RATE
    assert rms(silence) < 20, "nothing of it, and no music, after the answer: the agent says nothing"
