"""What happens to a page whose computer sleeps, whose cable is pulled, and whose switch is given new settings."""

import time

import pytest

from tests.pages.browsing import Chromium
from tests.pages.cable import Cable

pytestmark = pytest.mark.flaky(reruns=1)

NOTICED = 12.0
"""Seconds in which a silent line is given up: six and a half, and as much again for a machine that is busy."""


@pytest.fixture
async def cable(own):
    own.switch.configure("shoal.yaml", {"reasons": {"lunch": "Lunch", "meeting": "Meeting"}})
    own.switch.start()
    async with Cable(own.switch.http_port) as cable:
        yield cable


async def at_work(window):
    await window.log_in("1001")
    await window.click("Start work, ready")
    await window.text("#state", "ready")
    return window


async def test_a_pulled_cable_is_noticed_and_nothing_is_missed(own, cable):
    async with Chromium(cable.url) as chromium:
        ann = await at_work(await chromium.window())
        boss = await own.screen("2001")
        pulled = time.monotonic()
        cable.pull()
        await ann.text(".line", "Asking whether the switch is still there")
        await ann.text(".line", "The switch does not answer")
        assert time.monotonic() - pulled < NOTICED
        assert await ann.page.get_by_label("Not ready: reason").is_disabled()
        await boss.order("agent.setState", agent="1001", state="not_ready", reason="lunch")
        cable.plug()
        await ann.gone(".line")
        await ann.text("shoal-desk-seat", "Lunch")
        assert not ann.errors


async def test_a_computer_that_wakes_asks_at_once(own, cable):
    """Its clock jumps; the line that it had is dead, and a new one is there before anybody has clicked."""
    async with Chromium(cable.url) as chromium:
        window = await chromium.window()
        await window.page.clock.install()
        ann = await at_work(window)
        boss = await own.screen("2001")
        cable.pull()
        await boss.order("agent.setState", agent="1001", state="not_ready", reason="meeting")
        cable.plug()
        woken = time.monotonic()
        await ann.page.clock.fast_forward("02:00:00")
        await ann.text("shoal-desk-seat", "Meeting")
        assert time.monotonic() - woken < NOTICED
        assert not ann.errors


async def test_a_network_that_goes_is_said_and_comes_back(own, cable):
    async with Chromium(cable.url) as chromium:
        ann = await at_work(await chromium.window())
        cable.pull()
        await ann.context.set_offline(True)
        await ann.text(".line", "This computer has no network")
        await ann.page.get_by_role("combobox", name="Language").select_option("zh")
        await ann.text(".line", "本机网络已断开")
        cable.plug()
        await ann.context.set_offline(False)
        await ann.gone(".line")
        assert not ann.errors


async def test_new_lists_are_on_an_open_page_without_loading_it_anew(own, cable):
    async with Chromium(own.switch.url) as chromium:
        ann = await at_work(await chromium.window())
        sue = await (await chromium.window()).log_in("2001")
        reasons = ann.page.get_by_label("Not ready: reason").locator("option")
        await reasons.filter(has_text="Lunch").wait_for(state="attached")
        await sue.page.get_by_role("link", name="Wallboard").click()
        own.switch.configure("shoal.yaml", {"reasons": {"tea": "A cup of tea"}})
        own.switch.configure("agents.yaml", {"1001": {"name": "Anna Archer"}})
        await reasons.filter(has_text="A cup of tea").wait_for(state="attached")
        await ann.text("header", "Anna Archer")
        await sue.text("shoal-agent-board", "Anna Archer")
        await ann.text("#state", "ready")
        assert not ann.errors + sue.errors
