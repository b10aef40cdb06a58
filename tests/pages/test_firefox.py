"""Firefox: an agent's call in its phone, the supervisor's board meanwhile, and the recording in the quality page."""

import base64

import numpy as np
import pytest

from tests.interop.conftest import own
from tests.interop.marks import tried
from tests.interop.parties import heard, nobody_left, seconds_of, until
from tests.interop.running import sound
from tests.interop.sound import RATE, SURE, mono, read_wav
from tests.pages.firefox import FIND, TONE, Firefox
from tests.pages.test_phone import DROPPED, LISTEN, surely

__all__ = ["own"]
pytestmark = pytest.mark.flaky(reruns=1)  # by the real clock, as tests/interop

NUMBER = "4930333333"
CALLER_SAYS = sound("en/demo-opening-hours")
HEARD = 0.5
"""A likeness of speech that a browser's buffer may have stretched on a busy machine; other speech stays below 0.3 in the
median."""
PURE = 0.9
"""The share of its power that a tone which was cut out of music has at least in its own band; speech has 0.1 there."""
PHONE = f"({FIND})('shoal-phone', '')"
CALLER = f"{{ phone: ({FIND})('shoal-test-caller', '').caller }}"
PLAYER = f"({FIND})('shoal-quality-player', '').audio"
NOTICE = f"""() => {{
  window.seen = {{}};
  const wanted = {{ pop: ["#who", "{NUMBER}"], ring: ["[role=alert]", "is calling"] }};
  const look = () => {{
    for (const [what, [selector, text]] of Object.entries(wanted))
      if (!(what in window.seen) && ({FIND})(selector, text)) window.seen[what] = performance.now();
    requestAnimationFrame(look);
  }};
  look();
}}"""
"""Writes down when the caller stands before the agent, and when the page rings."""


async def log_in(firefox, user):
    page = await firefox.page()
    await page.open(firefox.url)
    await page.type("input[name=user]", user)
    await page.type("input[name=password]", f"demo-{user}")
    await page.click("button", "Log in")
    await page.sees("button", "Log out")
    return page


async def at_work(firefox, user):
    """An agent whose phone is the page."""
    page = await log_in(firefox, user)
    await page.click("[role=switch]")
    await page.sees("[role=status]", "Reachable: calls ring here.")
    await page.click("button", "Start work, ready")
    await page.sees("#state", "ready")
    return page


async def listened(page, seconds, whose=PHONE):
    """What the browser plays for so long."""
    await page.do(f"() => ({LISTEN})({whose})")
    wait = f"new Promise((done) => setTimeout(done, {1000 * seconds}))"
    text = await page.do(f"() => {wait}.then(() => window.listened())")
    return np.frombuffer(base64.b64decode(text), "<i2").astype(float)


def dropped(legs):
    """Those of which something was not let in."""
    counts = [[leg["party"], *(leg.get(what, 0) for what in DROPPED)] for leg in legs]
    return [each for each in counts if any(each[1:])]


def purity(wave):
    """The share of the power that is the browser's microphone."""
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    width, at = len(wave) * 10 // RATE, len(wave) * TONE // RATE
    return float(power[at - width:at + width].sum() / max(power.sum(), 1.0))


@tried("Firefox", "WebSocket, DTLS-SRTP", "PCMU; an agent's phone: pop before the ring, answer, heard both ways, the "
       "page loaded anew in the call, hang up; wallboard and quality page")
async def test_an_agents_day_in_firefox(own, tmp_path):
    own.switch.configure("agents.yaml", {"3001": {"name": "Quin Quality", "password": "demo-3001", "role": "quality"}})
    own.switch.configure("numbers.yaml", {5151: {"to": "queue:support"}})
    own.switch.configure("queues.yaml", {"support": {"wrap_up": "10 min", "survey": None}})
    own.switch.start()
    async with Firefox(own.switch.url, tmp_path) as firefox:
        caller, watcher, ann = await own.phone(NUMBER), await own.screen("2001"), await at_work(firefox, "1001")
        boss = await log_in(firefox, "2001")
        await boss.click("a", "Wallboard")
        await boss.sees('[data-agent="1001"]', "ready")
        await ann.do(NOTICE)
        ear = await caller.record()
        await caller.do("call", uri=f"sip:5151@{own.switch.sip}")
        seen = await ann.true("() => window.seen.pop && window.seen.ring && window.seen")
        assert seen["pop"] <= seen["ring"], "the caller was on the screen before it rang"

        await ann.click("button", "Answer")
        await ann.sees("[role=status]", "In a call with")
        contact = (await watcher.wait(type="call.established"))["contact"]
        await caller.do("say", path=str(CALLER_SAYS), loop=True)
        begun = seconds_of(ear)
        assert surely(mono(CALLER_SAYS), await listened(ann, 4)) > HEARD, "the agent hears the caller"
        await heard(ear, begun + 4)
        assert purity(mono(ear)[int((begun + 1) * RATE):int((begun + 4) * RATE)]) > PURE, "the caller hears the agent"
        await boss.sees('[data-agent="1001"]', "in a call")
        await ann.sees("[role=status]", "Line: good")
        await ann.reload()
        await watcher.wait(type="call.phone_lost", contact=contact)
        await ann.sees("[role=status]", "In a call with")
        assert surely(mono(CALLER_SAYS), await listened(ann, 3)) > HEARD, "and so when the page was loaded anew"
        await ann.click("button", "Hang up")
        await caller.wait(event="state", state="DISCONNECTED")
        await ann.sees("#state", "wrap-up")
        await ann.click("button", "Finish")
        await ann.sees("#state", "ready")
        await boss.sees('[data-agent="1001"]', "ready")

        legs = watcher.all(type="media.quality", contact=contact)
        assert len(legs) == 3 and not dropped(legs)
        tape = await watcher.wait(type="recording.started", contact=contact)
        await watcher.wait(type="recording.measured", contact=contact)
        left, right = read_wav(own.switch.recordings / tape["path"]).T
        assert surely(mono(CALLER_SAYS), left) > SURE and purity(right) > PURE > purity(left), "each on the own channel"
        quin = await log_in(firefox, "3001")
        await quin.click("button", "Find")
        await quin.click("button", "Open the contact of")
        await quin.sees("path.wave")
        await quin.click("button", "Play")
        await quin.true(f"() => {PLAYER}.currentTime > 0.5")
        assert not firefox.errors
    await nobody_left(own.switch)
    assert not own.switch.complaints(), own.switch.complaints()


@tried("Firefox", "WebSocket, DTLS-SRTP", "the page's own test caller: a key by telephone events reaches the tree, and it "
       "hears the page's agent")
async def test_the_first_look_in_firefox(own, tmp_path):
    """But for the voice of the test caller: Firefox makes no sound of its own where there is no loudspeaker. It may use
    loopback, too, so it names two ways and means the better one."""
    own.switch.start()
    watcher = await own.screen("2001")
    async with Firefox(own.switch.url, tmp_path, {"media.peerconnection.ice.loopback": True}) as firefox:
        ann = await at_work(firefox, "1001")
        await ann.click("button", "Call 5000")
        await ann.sees("[role=status]", "On the line")
        await ann.click("[aria-label='Keys of the test caller'] button", "1")
        pressed = await watcher.wait(type="ivr.digit_pressed")
        assert pressed["digit"] == "1"
        await ann.sees("[role=alert]", "is calling")
        await ann.click("button", "Answer")
        await ann.sees("[role=status]", "In a call with")
        assert purity(await listened(ann, 2, CALLER)) > PURE, "the caller hears the agent"
        await ann.click("button", "Hang up")
        await ann.sees("button", "Call 5000")
        await watcher.wait(type="contact.ended")
        await until(lambda: len(watcher.all(type="media.quality")) == 2, "both legs are closed")
        assert not dropped(watcher.all(type="media.quality"))
        assert len(watcher.all(type="ivr.digit_pressed")) == 1
        assert not firefox.errors
