"""The phone in a real browser: registered over a websocket, rung by the switch, heard both ways; and a page loaded anew."""

import base64

import numpy as np
import pytest

from tests.conftest import find_tool, missing
from tests.interop.conftest import own
from tests.interop.marks import tried
from tests.interop.parties import heard, seconds_of
from tests.interop.ports import free_port
from tests.interop.running import sound
from tests.interop.sound import QUIET, RATE, SURE, find, mono, read_wav, rms, write_wav

__all__ = ["own"]
AGENT_SAYS, CALLER_SAYS = sound("en/demo-payment-dates"), sound("en/demo-opening-hours")
DROPPED = ("intruders", "unopened", "replayed")
"""Packets of a leg that were not let in; of a browser there are none."""
CLEANED = 0.4
"""A likeness of speech from which a browser has taken noise and echo; other speech stays below 0.3 in the median."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--use-fake-device-for-media-stream"]
LISTEN = """(handset) => {
  const parts = [], recorder = new MediaRecorder(handset.phone.remote);
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  window.listened = async () => {
    await new Promise((done) => { recorder.onstop = done; recorder.stop(); });
    const sound = await new OfflineAudioContext(1, 8000, 8000).decodeAudioData(await new Blob(parts).arrayBuffer());
    const wave = Int16Array.from(sound.getChannelData(0), (value) => 32767 * Math.max(-1, Math.min(1, value)));
    let text = "";
    for (const octet of new Uint8Array(wave.buffer)) text += String.fromCharCode(octet);
    return btoa(text);
  };
}"""
"""Keeps what the browser plays, until ``listened``."""


@pytest.fixture
async def browse(own, tmp_path):
    """``await browse(user)``: a page of this agent in a browser of its own, whose microphone says AGENT_SAYS for ever."""
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        missing("playwright is not installed")
    speech = tmp_path / "microphone.wav"
    write_wav(speech, np.concatenate([mono(AGENT_SAYS), np.zeros(RATE // 2)]))
    own.switch.configure("numbers.yaml", {5051: {"to": "extension:1001"}, 5052: {"to": "queue:support"}})
    own.tls_port = free_port()
    own.switch.configure("shoal.yaml", {"http": {"tls_port": own.tls_port}})
    own.switch.start()
    path = find_tool("chromium")
    async with async_playwright() as playwright:
        microphone = f"--use-file-for-fake-audio-capture={speech}"
        browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, microphone])

        async def open_page(user, microphone=True, url=own.switch.url):
            context = await browser.new_context(locale="en-GB", permissions=["microphone"] if microphone else [],
                                                ignore_https_errors=True)
            context.set_default_timeout(30_000)
            page = await context.new_page()
            page.on("console", lambda said: print("page:", said.text))
            page.on("pageerror", lambda error: print("page error:", error))
            await page.goto(url)
            await page.get_by_label("Number").fill(user)
            await page.get_by_label("Password").fill(f"demo-{user}")
            await page.get_by_role("button", name="Log in").click()
            await page.get_by_role("button", name="Log out").wait_for()
            await phone(page).wait_for()
            return page

        yield open_page
        await browser.close()


def phone(page):
    """The part of the page that is the phone."""
    return page.locator("shoal-phone")


async def turn_on(page):
    await page.get_by_role("switch", name="Use this browser as my phone").check()
    await page.get_by_text("Reachable: calls ring here.").wait_for()


async def listened(page, seconds):
    """What the browser plays for so long."""
    await phone(page).evaluate(LISTEN)
    await page.wait_for_timeout(1000 * seconds)
    return np.frombuffer(base64.b64decode(await page.evaluate("window.listened()")), "<i2").astype(float)


def surely(said, ear):
    """How surely what is said for ever is heard in an ear: the median of its stretches, as each may lie on a seam."""
    stretches = [ear[at:at + RATE // 2] for at in range(0, len(ear) - RATE // 2 + 1, RATE // 4)]
    likeness = [find(part, said)[0] for part in stretches if rms(part) >= QUIET]
    return float(np.median(likeness)) if likeness else 0.0


@tried("Chromium", "WebSocket, DTLS-SRTP", "PCMU; an agent's phone: answer, heard both ways, mute, the page loaded anew "
       "in the call; recorded")
async def test_a_call_is_answered_in_the_browser_and_heard_both_ways_also_after_the_page_is_loaded_anew(own, browse):
    page, screen, caller = await browse("1001"), await own.screen("1001"), await own.phone("4930333333")
    await turn_on(page)
    await screen.order("agent.logIn", ready=True)
    ear = await caller.record()
    await caller.call("5052")
    await caller.do("say", path=str(CALLER_SAYS), loop=True)
    await phone(page).get_by_role("alert").get_by_text("is calling").wait_for()
    await phone(page).get_by_role("button", name="Answer", exact=True).click()
    await phone(page).get_by_text("In a call with").wait_for()
    contact = (await screen.wait(type="call.established"))["contact"]
    begun = seconds_of(ear)
    assert surely(mono(CALLER_SAYS), await listened(page, 4)) > SURE
    await heard(ear, begun + 4)

    mark = screen.mark()
    await page.reload()
    lost = await screen.wait(type="call.phone_lost")
    await page.get_by_role("button", name="Log out").wait_for()
    await phone(page).get_by_text("In a call with").wait_for()
    anew = await screen.wait(type="call.established", leg=lambda leg: leg != lost["leg"], since=mark, contact=contact)
    again = seconds_of(ear)
    assert surely(mono(CALLER_SAYS), await listened(page, 4)) > SURE
    await heard(ear, again + 4)
    await phone(page).get_by_role("button", name="Mute", exact=True).click()
    await phone(page).get_by_role("button", name="Unmute", exact=True).click()
    await page.get_by_text("Line: good").wait_for()
    await caller.hang_up()
    await phone(page).get_by_text("In a call with").wait_for(state="detached")
    await caller.do("stop")
    tape = await screen.wait(type="recording.started", contact=contact)
    await screen.wait(type="recording.saved", contact=contact)
    for leg in (lost["leg"], anew["leg"]):
        quality = await screen.wait(type="media.quality", leg=leg)
        assert not any(quality.get(what) for what in DROPPED), quality
    told = mono(ear)
    for since in (begun, again):
        assert surely(mono(AGENT_SAYS), told[int(since * RATE):int((since + 4) * RATE)]) > CLEANED
    left, right = read_wav(own.switch.recordings / tape["path"]).T
    assert surely(mono(CALLER_SAYS), left) > SURE
    assert surely(mono(CALLER_SAYS), right) < CLEANED < surely(mono(AGENT_SAYS), right), "each on the own channel"


@tried("Chromium", "WebSocket, DTLS-SRTP", "keys of the page's keypad, by telephone events, each once, lead through a tree")
async def test_keys_of_the_keypad_reach_the_tree_as_telephone_events(own, browse):
    page, screen, boss = await browse("1001"), await own.screen("1001"), await own.screen("2001")
    await turn_on(page)
    await screen.order("agent.logIn", ready=False)
    await screen.order("call.make", to="5000")
    await phone(page).get_by_role("button", name="Answer", exact=True).click()
    await phone(page).get_by_text("In a call with").wait_for()
    await phone(page).evaluate("""(handset) => {
        window.asked = [];
        handset.phone.call.session.sendDTMF = (keys) => window.asked.push(keys);
    }""")
    await boss.wait(type="ivr.menu_entered")
    await phone(page).get_by_text("Keys", exact=True).click()
    for key in "91":
        await phone(page).get_by_role("button", name=f"Key {key}", exact=True).click()
        await boss.wait(type="ivr.digit_pressed", digit=key)
    chosen = await boss.wait(type="ivr.option_chosen")
    assert [each["digit"] for each in boss.all(type="ivr.digit_pressed")] == ["9", "1"] and chosen["digit"] == "1"
    assert await page.evaluate("window.asked") == [], "nothing was left to INFO"
    await phone(page).get_by_role("button", name="Hang up", exact=True).click()
    quality = await boss.wait(type="media.quality", party=lambda party: "1001" in party)
    assert not any(quality.get(what) for what in DROPPED), quality


async def test_who_loses_the_phone_reads_so_wherever_else_they_are_logged_in(own, browse):
    """And the next who is shown the caller reads why they are there again."""
    own.switch.configure("shoal.yaml", {"phone": {"comeback": 4}})
    page, desk = await browse("1001"), await browse("1001")
    boss, screen, caller = await own.screen("2001"), await own.screen("1001"), await own.phone("4930333333")
    await turn_on(page)
    await screen.order("agent.logIn", ready=True)
    await caller.call("5052")
    await phone(page).get_by_role("button", name="Answer", exact=True).click()
    contact = (await screen.wait(type="call.established"))["contact"]
    await page.close()
    await desk.locator("#how", has_text="Your phone is lost").wait_for()
    await desk.locator("#said", has_text="rings again as soon as it is there").wait_for()
    again = await boss.wait(type="queue.joined", contact=contact, position=1, since=boss.mark())
    assert again["queue"] == "support"
    await desk.locator("#said", has_text="did not come back").wait_for()
    ben = await browse("1002")
    await turn_on(ben)
    await (await own.screen("1002")).order("agent.logIn", ready=True)
    await ben.locator("#returned", has_text="whose phone was lost").wait_for()
    await caller.hang_up()


async def test_two_tabs_are_one_phone_and_pages_over_tls_have_theirs_too(own, browse):
    page = await browse("1001", url=f"https://127.0.0.1:{own.tls_port}")
    await turn_on(page)
    kept = await page.evaluate("sessionStorage.getItem('shoal.session')")
    other = await page.context.new_page()
    await other.goto(f"{page.url}icon.svg")
    await other.evaluate("(kept) => sessionStorage.setItem('shoal.session', kept)", kept)
    await other.goto(page.url)
    await other.get_by_role("button", name="Log out").wait_for()
    await other.get_by_text("Another tab of this browser is the phone.").wait_for()
    await page.close()
    await other.get_by_text("Reachable: calls ring here.").wait_for()
    screen = await own.screen("2001")
    agents = screen.all(type="session.snapshot")[0]["snapshot"]["agents"]
    assert next(each for each in agents if each["agent"] == "1001")["phone"] == "registered"
    await other.get_by_role("switch").click()
    await screen.wait(type="phone.unregistered", agent="1001")


async def test_a_microphone_that_is_refused_says_what_to_do(own, browse):
    page = await browse("1001", microphone=False)
    await page.get_by_role("switch", name="Use this browser as my phone").click()
    await phone(page).get_by_role("alert").get_by_text("does not let this page use the microphone").wait_for()
    assert not await page.get_by_role("switch").is_checked()
