"""A quality person's work in the page, after a real call: found, seen, heard, judged; and the agent sees the judgement."""

import asyncio
from datetime import UTC, datetime

from tests.interop.parties import MEASURED, heard, seconds_of
from tests.interop.running import sound

NUMBER = "4930333333"
PLAYED = 'window.find("shoal-quality-player").audio'
MARKS = {"opening.greeting": "Yes", "talk.listening": "4", "talk.clarity": "4", "talk.tone": "5", "solution.right": "4",
         "solution.hold": "n/a", "opening.identity": "n/a", "solution.summary": "No"}
WEIGHTED = 100 * (1 * 1 + 2 * (0.8 + 0.8 + 0.5) / 2.5 + 3 * (2 * 0.8 + 0) / 3) / 6


async def talked(own):
    """A call with a hold in it, both parties speaking; gives its contact when it is recorded and measured."""
    own.switch.configure("numbers.yaml", {5151: {"to": "queue:support"}})
    own.switch.configure("queues.yaml", {"support": {"wrap_up": "0 s", "survey": None}})
    own.switch.start()
    boss, (phone, screen) = await own.screen("2001"), await own.agent("1001")
    caller = await own.phone(NUMBER)
    ear = await caller.record()
    await caller.call("5151")
    await phone.wait(event="incoming")
    await phone.answer()
    contact = (await screen.wait(type="call.established"))["contact"]
    begun = seconds_of(ear)
    await caller.do("say", path=str(sound("en/demo-main-menu")), loop=True)
    await heard(ear, begun + 3)
    await caller.do("hush")
    await screen.order("call.hold")
    await heard(ear, begun + 5)
    await screen.order("call.retrieve")
    await phone.do("say", path=str(sound("en/demo-payment-dates")), loop=True)
    await heard(ear, begun + 9)
    await caller.hang_up()
    await boss.wait(MEASURED, type="recording.measured", contact=contact)

    while not (await boss.get(f"/api/v1/contacts/{contact}")).get("complete"):
        await asyncio.sleep(0.1)
    return contact, boss


def written(own, kind):
    return [entry.event for entry in own.switch.journal() if entry.event.__struct_config__.tag == kind]


async def scored_on_every_board(own, chromium, ann, boss, contact):
    """The agent's day and last contacts, the supervisor's table, and the report: one count."""
    told = f"{round(WEIGHTED)} (of 1)"
    await ann.page.get_by_role("link", name="Desktop").click()
    await ann.text('[data-figure="score"]', told)
    link = ann.page.locator("shoal-desk-contacts").get_by_role("link", name=f"{round(WEIGHTED)}", exact=True)
    await link.click()
    await ann.page.get_by_text("well <b>said</b>").wait_for()
    sue = await (await chromium.window()).log_in("2001")
    await sue.page.get_by_role("link", name="Wallboard").click()
    await sue.text('[data-figures="1001"]', told)
    day = await boss.get("/api/v1/agents/1001/day")
    today = datetime.now(UTC).date().isoformat()
    (row,) = [each for each in (await boss.get(f"/api/v1/reports?day={today}"))["agents"] if each["agent"] == "1001"]
    assert (day["scores"], day["score"], day["failed"]) == (row["scores"], row["score"], row["failed"])
    assert (row["scores"], round(row["score"], 1)) == (1, round(WEIGHTED, 1))
    assert await sue.grave() == []


async def open_ends(quin):
    """A search by one end of time and of length finds what lies there, and nothing else."""
    for label, value, count in (("From time", "00:00", 1), ("To time", "00:00", 1), ("At least (min)", "60", 0),
                                ("At most (min)", "60", 1), ("At most (min)", "0", 0), ("At least (min)", "0", 1)):
        field = quin.page.get_by_label(label, exact=True)
        if not await field.is_visible():
            await quin.page.get_by_text("How it sounded").click()
        await field.fill(value)
        await quin.click("Find")
        await quin.true(f'window.find("shoal-quality-results").found?.length === {count}')
        await field.fill("")


async def test_a_talk_is_found_heard_and_judged_and_its_agent_sees_it(own, chromium):
    contact, boss = await talked(own)
    quin = await (await chromium.window(width=1280)).log_in("3001")
    page = quin.page
    await page.get_by_role("button", name="Log out").wait_for()
    assert await page.get_by_role("link", name="Desktop").count() == 0, "who judges has no desktop"
    await page.get_by_label("Number (part)").fill("0333")
    await page.get_by_label("Agent").select_option("1001")
    await open_ends(quin)
    await quin.click("Find")
    await page.get_by_role("button", name="Open the contact of").click()
    await quin.true('!!window.find("path.wave")')
    drawn = await page.evaluate('window.find("path.wave").getAttribute("d").length')
    assert drawn > 1000 and not written(own, "recording.played"), "who looks has not listened yet"
    assert await page.evaluate('!!window.find("rect.hold")')

    await quin.click("Play")
    await quin.true(f"{PLAYED}.currentTime > 0.5")
    assert await page.evaluate(f"{PLAYED}.preservesPitch")
    await page.get_by_label("Speed").select_option("2")
    assert await page.evaluate(f"{PLAYED}.playbackRate") == 2
    await quin.click("Pause")
    await quin.click("Next band")
    at = await page.evaluate(f"{PLAYED}.currentTime")
    await page.get_by_role("slider", name="Position").press("p")
    await quin.true(f"{PLAYED}.currentTime < {at}")
    assert [(each.by, each.contact) for each in written(own, "recording.played")] == [("3001", contact)]

    await page.get_by_label("Comment at this moment").fill("well <b>said</b>")
    await page.get_by_role("button", name="Comment at").click()
    await quin.true('window.find("g.comment title")?.textContent.includes("well <b>said</b>")')
    for question, mark in MARKS.items():
        group = page.locator(f'fieldset:has(input[name="{question}"])')
        await group.get_by_text(mark.lower() if mark in ("Yes", "No") else mark, exact=True).click()
    await page.get_by_label("Note", exact=True).fill("keep it up")
    await page.get_by_text(f"Score {round(WEIGHTED)}").wait_for()
    for wide in ("document.documentElement", 'window.find("shoal-quality-results").renderRoot.querySelector(".card")'):
        assert await page.evaluate(f"{wide}.scrollWidth <= {wide}.clientWidth"), "nothing is cut off at 1280 pixels"
    assert await quin.grave() == []
    await quin.click("Save the score")
    await page.get_by_text(f"Saved: {round(WEIGHTED)}").wait_for()
    (event,) = written(own, "quality.scored")
    assert (event.by, event.agent, event.contact, round(event.score, 1)) == ("3001", "1001", contact, round(WEIGHTED, 1))
    assert set(event.not_applicable) == {"opening.identity", "solution.hold"} and event.remarks[0].text == "well <b>said</b>"

    ann = await (await chromium.window(scheme="dark", width=1920)).log_in("1001")
    await ann.page.get_by_role("link", name="Quality").click()
    await ann.page.get_by_text(f"Mean of 1: {round(WEIGHTED)}").wait_for()
    await ann.page.get_by_role("button", name="Open the contact of").click()
    await ann.page.get_by_text("well <b>said</b>").wait_for()
    assert await ann.page.get_by_role("button", name="Save the score").count() == 0
    await scored_on_every_board(own, chromium, ann, boss, contact)
    assert await ann.grave() == []
    assert quin.errors == ann.errors == []

    made = await boss.get(f"/api/v1/contacts/{contact}/vcon?recording=attached")
    assert made["dialog"][0]["body"] and [each["type"] for each in made["analysis"]][-1] == "score"
