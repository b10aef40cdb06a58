"""A supervisor's wallboard: facts are there within a second, a click listens, what is done there is done in the house."""

import time

from tests.interop.parties import heard, moment, until
from tests.interop.running import sound
from tests.interop.sound import SURE, likeness, mono

SAYS = sound("en/demo-opening-hours")
NUMBER = "4930333333"
SECOND = 1.0
"""From the fact in the journal to the figure on the page."""
SLOW = 1.0
"""What a machine that does other things too may add."""


async def centre(own):
    own.switch.configure("numbers.yaml", {5151: {"to": "queue:support"}})
    own.switch.configure("queues.yaml", {"support": {"survey": None, "wrap_up": "5 min", "thresholds": {
        "waiting_amber": 1, "waiting_red": 5}}})
    own.switch.start()


async def board(chromium, **options):
    window = await (await chromium.window(**options)).log_in("2001")
    await window.page.get_by_role("link", name="Wallboard").click()
    await window.page.locator('[data-queue="support"]').wait_for()
    return window


async def choose(window, agent, what):
    row = window.page.locator(f'[data-agent="{agent}"]')
    await row.get_by_role("combobox").select_option(label=what)
    await row.get_by_role("button", name="Do it").click()


async def figure(window, script, wanted):
    """Wait until the card of support says that; gives when (POSIX seconds)."""
    await window.true(f"""() => find('[data-queue="support"]').card.{script} === {wanted}""")
    return time.time()


async def test_facts_are_on_the_board_within_a_second(own, chromium):
    await centre(own)
    window = await board(chromium)
    watcher = await own.screen("2001")
    callers = [await own.phone(NUMBER), await own.phone("4930444444")]
    for count, caller in enumerate(callers, 1):
        since = watcher.mark()
        await caller.do("call", uri=f"sip:5151@{own.switch.sip}")
        fact = await watcher.wait(since=since, type="queue.joined")
        seen = await figure(window, "waiting", count)
        assert seen - moment(fact) < SECOND + SLOW
    await window.text('[data-queue="support"]', "attention")
    await window.page.locator("summary", has_text="In line: 2").click()
    await window.page.get_by_role("button", name="Put first: 4930444444").click()
    pulled = await watcher.wait(type="queue.pulled_forward")
    assert pulled["position"] == 1 and pulled["by"] == "2001"

    await window.click("Close support")
    await watcher.wait(type="queue.closed", queue="support")
    await window.text('[data-queue="support"]', "closed by 2001")
    assert watcher.all(type="queue.closed")[-1].get("until") is None, "until it is opened again"
    await window.click("Open support")
    await watcher.wait(type="queue.opened", queue="support")
    await window.page.get_by_label("For how long support is closed").select_option(label="for an hour")
    since = watcher.mark()
    await window.click("Close support")
    closed = await watcher.wait(since=since, type="queue.closed", queue="support")
    assert 3500 < closed["until"] - time.time() < 3700
    await window.text('[data-queue="support"]', "closed by 2001 until")
    await window.click("Open support")
    await window.page.get_by_role("button", name="Close support").wait_for()
    assert not await window.grave()
    for caller in callers:
        await caller.hang_up()
    await figure(window, "waiting", 0)
    await figure(window, "abandoned", 2)
    report = await watcher.get("/api/v1/figures")
    assert next(row for row in report["queues"] if row["queue"] == "support")["today"]["abandoned"] == 2
    assert not window.errors


async def test_a_click_listens_to_the_caller(own, chromium):
    await centre(own)
    window = await board(chromium)
    watcher = await own.screen("2001")
    ann = await own.screen("1001")
    await ann.order("agent.logIn")
    phone, boss, caller = await own.phone("1001"), await own.phone("2001"), await own.phone(NUMBER)
    await window.text('[data-agent="1001"]', "ready")
    await caller.do("call", uri=f"sip:5151@{own.switch.sip}")
    await phone.wait(event="incoming")
    await phone.answer()
    await window.text('[data-agent="1001"]', "in a call")
    await choose(window, "1001", "Listen")
    await boss.wait(event="incoming")
    await boss.answer()
    await watcher.wait(type="supervision.began", kind="monitor")
    await window.text('[data-agent="1001"]', "2001: listens")
    file, silent = await boss.record(), await phone.record()
    await caller.say(SAYS)
    await caller.wait(event="said")
    await heard(file, 5)
    assert likeness(mono(SAYS), mono(file)) > SURE, "the supervisor hears the caller"
    assert silent.exists()
    await window.page.reload()
    await window.text('[data-agent="1001"]', "2001: listens")
    await window.page.locator("figure").first.wait_for()
    assert not await window.grave()
    await choose(window, "1001", "Whisper")
    await window.text('[data-agent="1001"]', "2001: whispers")
    assert not ann.all(type="supervision.began"), "nobody was told of who listened"
    await ann.wait(type="supervision.changed", kind="whisper")
    await choose(window, "1001", "Leave the talk")
    await watcher.wait(type="supervision.ended", why="stopped")
    await window.page.set_viewport_size({"width": 1920, "height": 1080})
    await window.page.get_by_role("link", name="Large type").click()
    await window.page.locator(".large").wait_for()
    await window.true("() => find('.large').scrollHeight <= 1080 && find('.large').scrollWidth <= 1920")
    assert not await window.grave() and not window.errors
    await caller.hang_up()
    await until(lambda: watcher.all(type="contact.ended"), "it is over")
