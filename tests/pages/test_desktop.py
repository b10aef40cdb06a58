"""An agent's day in the page: the pop before the ring, the call, a transfer with a note, the wrap-up; and what happens
to the page meanwhile: loaded anew, opened twice, the switch gone, the token gone."""

import asyncio
import json

from aiohttp import web

from tests.interop.parties import nobody_left, until
from tests.interop.ports import free_port
from tests.pages.conftest import Held

NUMBER = "4930333333"
EVIL = "<img src=x onerror=window.stolen=1>Eve"
NOTE = "wants a <b>refund</b> for the second order"
OUTCOMES = {"solved": "Solved", "call_back": "Call back", "our_own": "Words of our own"}


async def card(request):
    """A customer's page of another system, which would like to be more."""
    return web.Response(content_type="text/html", text="""<h1 id=card>Card of Eve</h1>
        <script>try { top.stolen = 1 } catch { card.append(" in her frame") }</script>""")


async def centre(own, **queue):
    """A switch with a number that leads to the queue at once, and a customer who is known to another system, too."""
    port = free_port()
    crm = web.Application()
    crm.router.add_get("/card", card)
    runner = web.AppRunner(crm)
    await runner.setup()
    own.stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    own.switch.configure("numbers.yaml", {5151: {"to": "queue:support"}, 5152: {"to": "tree:main"}})
    own.switch.configure("queues.yaml", {"support": {"wrap_up": "10 min", "survey": None, "outcomes": OUTCOMES, **queue}})
    own.switch.start()
    boss = await own.screen("2001")
    row = {"name": EVIL, "tags": ["gold", "<script>"], "language": "en", "open_complaints": 2,
           "url": f"http://127.0.0.1:{port}/card"}
    async with boss._session.put(f"{own.switch.url}/api/v1/customers/{NUMBER}", json=row,
                                 headers={"Authorization": f"Bearer {boss.token}"}) as answer:
        assert answer.status == 200, await answer.text()
    return boss


async def at_work(own, chromium, user, **options):
    window = await (await chromium.window(**options)).log_in(user)
    await window.click("Start work, ready")
    await window.text("#state", "ready")
    return window


async def dial(own):
    caller = await own.phone(NUMBER)
    await caller.do("call", uri=f"sip:5151@{own.switch.sip}")
    return caller


async def test_two_agents_one_caller_one_note(own, chromium):
    """The pop is on the screen before the phone rings; hold, note, transfer; the second agent reads the note first."""
    boss = await centre(own)
    ann = await at_work(own, chromium, "1001")
    ben = await at_work(own, chromium, "1002")
    await ben.page.get_by_label("Not ready: reason").select_option("lunch")
    await ben.text("#state", "not ready")
    shown = asyncio.Event()
    wire = await own.stack.enter_async_context(Held(own.switch.sip_port, shown.is_set))
    phone, other = await own.phone("1001", server=wire.server), await own.phone("1002")
    caller = await own.phone(NUMBER)
    await caller.call("5152")
    await boss.wait(type="ivr.menu_entered")
    await caller.do("press", digits="1")
    at = await ann.shows(EVIL)
    shown.set()
    rang = await phone.wait(event="incoming")
    assert at < rang["at"] and wire.kept[0] < Held.MOST, "the caller was on the screen before the phone rang"
    assert await ann.page.evaluate("window.stolen") is None, "a name is text"
    for what in ("gold", "<script>", "2"):
        await ann.text("#caller", what)
    assert (await ann.page.locator("shoal-desk-way li").first.inner_text()).split()[:2] == ["main", "1"]
    await ann.page.frame_locator("iframe").get_by_text("Card of Eve in her frame").wait_for()
    assert not await ann.grave()

    await phone.answer()
    await ann.text("#how", "In a talk")
    contact = (await boss.wait(type="reservation.accepted"))["contact"]
    assert not await ann.grave()
    await ann.act("hold")
    await ann.text("#how", "On hold")
    await boss.wait(type="call.held", contact=contact)
    await ann.page.keyboard.press("Alt+o")
    await ann.text("#how", "In a talk")
    await ann.act("mute")
    await ann.text("#how", "muted")
    await ann.act("unmute")
    await ann.act("pause")
    await ann.text("#how", "recording paused")
    await ann.act("resume")
    await ann.act("digits")
    await ann.page.get_by_role("button", name="5", exact=True).click()
    await ann.text("output", "5")

    await ann.act("transfer")
    await ann.page.get_by_label("Whom?").first.fill("dora")
    await ann.page.get_by_label("Note for their screen").fill(NOTE)
    await ann.page.get_by_label("Whom?").first.press("Enter")
    await ann.text("#said", "Not done")
    assert await ann.page.get_by_label("Note for their screen").input_value() == NOTE, "who is away is no loss"
    await ann.page.get_by_label("Whom?").first.fill("ben")
    await ben.click("Ready")
    await ben.text("#state", "ready")
    await ann.click("Transfer to Ben Baker")
    await ben.text("#note", NOTE)
    assert not other.all(event="state", state="CONFIRMED"), "she reads it before she answers"
    await other.wait(event="incoming")
    await other.answer()
    await ben.text("#how", "In a talk")

    await ann.text("#state", "wrap-up")
    await ann.page.get_by_label("Words of our own").check()
    await ann.page.get_by_label("Note", exact=True).fill("sent on to Ben")
    assert not await ann.grave()
    await ann.act("extend")
    await ann.act("finish")
    await ann.text("#state", "ready")
    noted = await boss.wait(type="contact.noted", contact=contact)
    assert (noted["agent"], noted["outcome"], noted["note"]) == ("1001", "our_own", "sent on to Ben")

    await ben.page.keyboard.press("Alt+q")
    await caller.wait(event="state", state="DISCONNECTED")
    await ben.text("#state", "wrap-up")
    await ben.act("finish")
    await boss.wait(type="recording.saved", contact=contact)
    for window, words in ((ann, "Words of our own"), (ben, "answered")):
        await window.text("shoal-desk-contacts td", words)
        await window.text('[data-figure="calls"]', "1")
    await ben.click("Listen")
    await ben.true("window.find('audio')?.duration > 0")
    assert not await ben.grave()
    await boss.log_out()
    await nobody_left(own.switch)
    assert not ann.errors + ben.errors
    assert not own.switch.complaints(), own.switch.complaints()


async def test_losing_the_page_changes_nothing(own, chromium):
    """Loaded anew in a talk and in the wrap-up; a second tab sees the same; what is half written is still there."""
    boss = await centre(own)
    ann = await at_work(own, chromium, "1001")
    phone = await own.phone("1001")
    caller = await dial(own)
    await phone.wait(event="incoming")
    await ann.page.reload()
    await ann.text("#who", EVIL)
    await ann.text("#how", "Your phone rings")
    await phone.answer()
    await ann.text("#how", "In a talk")
    await ann.page.get_by_label("Note", exact=True).fill("half a no")
    await ann.act("hold")
    await ann.text("#how", "On hold")
    tab = await ann.second()
    await tab.text("#how", "On hold")
    assert await tab.page.get_by_label("Note", exact=True).input_value() == "half a no"
    await ann.page.reload()
    await ann.text("#who", EVIL)
    await ann.text("#how", "On hold")
    assert await ann.page.get_by_label("Note", exact=True).input_value() == "half a no"
    await tab.act("retrieve")
    await ann.text("#how", "In a talk")
    await ann.page.get_by_label("Not ready: reason").select_option("lunch")
    await tab.text("#next", "Then: not ready · Lunch")
    await caller.hang_up()
    for window in (ann, tab):
        await window.text("#state", "wrap-up")
    await ann.page.reload()
    await ann.text("#who", EVIL)
    assert await ann.page.get_by_label("Note", exact=True).input_value() == "half a no"
    await ann.page.get_by_label("Solved").check()
    await ann.click("Save")
    await tab.true("window.find('input[value=solved]')?.checked")
    await ann.click("Finish")
    for window in (ann, tab):
        await window.text("#state", "not ready")
    noted = boss.all(type="contact.noted")
    assert [(each["outcome"], each["note"]) for each in noted] == [("solved", "half a no")], "once"
    assert len(boss.all(type="reservation.created")) == 1
    assert not ann.errors + tab.errors


async def test_a_pop_goes_when_the_call_does(own, chromium):
    """And what is written in a wrap-up that ends by itself is saved."""
    boss = await centre(own, wrap_up="8 s")
    ann = await at_work(own, chromium, "1001")
    phone = await own.phone("1001")
    caller = await dial(own)
    await phone.wait(event="incoming")
    await ann.shows(EVIL)
    await caller.hang_up()
    await ann.text("#said", "The caller has hung up")
    await ann.gone("#who")
    await ann.text("#state", "ready")

    since = phone.mark()
    again = await own.phone("4930333334")
    await again.do("call", uri=f"sip:5151@{own.switch.sip}")
    await phone.wait(since=since, event="incoming")
    await phone.answer()
    await ann.text("#how", "In a talk")
    await again.hang_up()
    await ann.text("#state", "wrap-up")
    await ann.page.get_by_label("Note", exact=True).fill("too slow")
    assert (await boss.wait(type="contact.noted"))["note"] == "too slow"
    await ann.text("#state", "ready")


async def test_calling_out_by_search(own, chromium):
    await centre(own)
    ann = await at_work(own, chromium, "1001")
    phone, other = await own.phone("1001"), await own.phone("1003")
    cho = await own.screen("1003")
    await cho.order("agent.logIn")
    await ann.click("Call somebody …")
    await ann.page.get_by_label("Whom?").first.fill("chen")
    assert not await ann.grave()
    await ann.click("Call Chen Chang")
    await phone.wait(event="incoming")
    await ann.text("#how", "Your phone rings: pick up")
    await phone.answer()
    await other.wait(event="incoming")
    await other.answer()
    await ann.text("#how", "In a talk")
    await ann.text("#who", "1003")
    await ann.act("clear")
    await other.wait(event="state", state="DISCONNECTED")
    assert not ann.errors


async def test_consulting_a_colleague_and_all_three_talk(own, chromium):
    await centre(own)
    ann = await at_work(own, chromium, "1001")
    phone, other = await own.phone("1001"), await own.phone("1003")
    ben = await at_work(own, chromium, "1003", scheme="dark", width=1920)
    await ben.page.get_by_label("Not ready: reason").select_option("meeting")
    await ben.text("#state", "not ready")
    caller = await dial(own)
    await phone.wait(event="incoming")
    await phone.answer()
    await ann.text("#how", "In a talk")
    await ben.click("Ready")
    await ben.text("#state", "ready")
    await ann.page.keyboard.press("Alt+c")
    await ann.page.get_by_label("Whom?").first.fill("1003")
    await ann.page.get_by_label("Note for their screen").fill(NOTE)
    await ann.click("Ask Chen Chang")
    await ben.text("#note", NOTE)
    await other.wait(event="incoming")
    assert await ann.page.locator('[data-act="transfer"]').is_disabled(), "not while somebody is consulted"
    await other.answer()
    await ann.text("#consultation", "You speak with Chen Chang")
    await ben.text("#how", "You are being consulted")
    await ann.act("alternate")
    await ann.text("#consultation", "You speak with the caller")
    await ann.act("conference")
    await ann.text("shoal-desk-call", "In the conference")
    assert not await ann.grave() + await ben.grave()
    await ann.page.locator("li", has_text="Chen Chang").get_by_role("button", name="Hang up on").click()
    await ben.text("#state", "wrap-up")
    await ann.gone(".parties")
    await ann.act("clear")
    await caller.wait(event="state", state="DISCONNECTED")
    await ann.text("#state", "wrap-up")
    assert not ann.errors + ben.errors


async def test_bad_days(own, chromium):
    """A wrong password, a switch that is away for a while, a token that is no longer good: said, and nothing lost."""
    await centre(own)
    ann = await (await chromium.window()).log_in("1001", "not my password")
    await ann.text("[role=alert]", "not right")
    await ann.log_in("1001")
    await ann.click("Start work, not ready yet")
    await ann.text("#state", "not ready")
    phone = await own.phone("1001")
    await asyncio.to_thread(own.switch.stop)
    await ann.text("[role=status]", "The switch does not answer")
    assert await ann.page.get_by_role("button", name="Ready", exact=True).is_disabled()
    own.switch.start()
    await ann.gone(".line")
    await ann.text("#state", "not ready")
    await ann.click("Ready")
    await ann.text("#state", "ready")
    caller = await dial(own)
    await phone.wait(event="incoming")
    await phone.answer()
    await ann.text("#how", "In a talk")
    await ann.page.get_by_label("Note", exact=True).fill("half a no")
    kept = json.loads(await ann.page.evaluate("sessionStorage['shoal.session']")) | {"token": "spoiled"}
    await ann.page.evaluate("(kept) => { sessionStorage['shoal.session'] = kept; }", json.dumps(kept))
    await ann.page.reload()
    await ann.text("[role=status]", "Your session has ended")
    await ann.log_in("1001")
    await ann.text("#how", "In a talk")
    assert await ann.page.get_by_label("Note", exact=True).input_value() == "half a no"
    await caller.hang_up()
    await until(lambda: not ann.errors, "no errors")
