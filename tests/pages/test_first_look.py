"""The first look of somebody new, with nothing but the page: a pop, a ring and a voice."""


from tests.interop.conftest import own
from tests.interop.running import sound
from tests.interop.sound import SURE, mono
from tests.pages.test_phone import browse, listened, surely, turn_on

__all__ = ["browse", "own"]

async def test_the_page_calls_itself_and_its_agent_hears_a_voice(own, browse):
    page = await browse("1001")
    await turn_on(page)
    await page.get_by_role("button", name="Start work, ready", exact=True).click()
    await page.get_by_role("button", name="Call 5000").click()
    await page.get_by_text("On the line").wait_for()
    await page.get_by_role("group", name="Keys of the test caller").get_by_role("button", name="1", exact=True).click()
    await page.locator("shoal-desk-pop").wait_for()
    await page.get_by_role("alert").get_by_text("is calling").wait_for()
    await page.get_by_role("button", name="Answer").first.click()
    await page.get_by_text("In a call with").wait_for()
    assert surely(mono(sound("en/demo-opening-hours")), await listened(page, 5)) > SURE, "the agent hears the caller"
    await page.get_by_role("group", name="Keys of the test caller").wait_for()
    await page.get_by_role("button", name="Hang up").first.click()
    await page.get_by_role("button", name="Call 5000").wait_for()


async def test_a_click_logs_in_while_passwords_of_the_demonstration_stand(own, chromium):
    own.switch.start()
    window = await chromium.window()
    await window.page.goto(window.url)
    await window.page.get_by_role("button", name="Supervisor 2001").wait_for()
    assert not await window.grave()
    await window.click("Agent 1001")
    await window.text("#state", "logged out")
    await window.text(".next", "First let this browser be your phone")
    assert not window.errors
