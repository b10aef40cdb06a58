"""Which pictures there are, and how each page comes to look so. Elements are found by what is the same in both languages."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.pages.browsing import Chromium, Window
from tests.pictures import stage
from tests.pictures.scene import COLLEAGUE, HERO, PATIENCE, Scene

PICTURES = {
    "login": ("login",),
    "desktop": ("desktop-start", "desktop-rings", "desktop-talk", "desktop-transfer", "desktop-note", "desktop-wrap-up"),
    "wallboard": ("wallboard", "wallboard-agents", "wallboard-day", "wallboard-trees", "wallboard-large"),
    "quality": ("quality", "quality-judge", "quality-own"),
}
"""The pictures of each view, and of the log-in that stands before all of them. Each exists once in each language."""
WIDTH, HEIGHT = 1280, 800
WALL = 1920, 1080
SETTLES = 600
"""Milliseconds that a page gets after its last change."""


class Look(NamedTuple):
    """How the pictures are taken: the documentation's own, or others to look at."""

    scheme: str = "light"
    width: int = WIDTH


class Album:
    """Takes the pictures of one scene. ``keep`` is given the name and the PNG of each."""

    def __init__(self, scene: Scene, chromium: Chromium, keep: Callable[[str, bytes], None], look: Look) -> None:
        self.scene, self.chromium, self.keep, self.look = scene, chromium, keep, look

    async def take(self) -> None:
        """All of them, in the order in which the day goes on."""
        hero = await self._open()
        await self._shot(hero, "login")
        await hero.enter(HERO)
        await self._turn_on(hero)
        await self._shot(hero, "desktop-start")
        boss = await self._as("2001")
        await self._rings(hero)
        await self._wallboard(boss)
        await self._talks(hero)
        await self._hands_on(hero)
        await self._quality(await self._as("3001"), boss)
        await self._own(hero)
        assert not hero.errors + boss.errors, hero.errors + boss.errors

    # -- the desktop --------------------------------------------------------------------------------------------------

    async def _turn_on(self, hero: Window) -> None:
        """The phone of the page, and the seat."""
        await hero.page.locator("shoal-phone input[role=switch]").check()
        await hero.page.locator("shoal-phone .good").first.wait_for()
        await hero.page.locator('[data-figure="calls"]').wait_for()

    async def _rings(self, hero: Window) -> None:
        """A customer who has called before comes through the menu."""
        await hero.page.locator("shoal-desk-seat .acts button").first.click()
        caller = await self.scene.dial(0, self.scene.cast.number)
        await asyncio.wait_for(caller.up.wait(), 20)
        for key in "5*1":
            await asyncio.sleep(2.6)
            caller.phone.press(caller.call, key)
        await hero.page.locator("#who").wait_for()
        await hero.page.locator("shoal-phone .call").wait_for()
        await self._shot(hero, "desktop-rings")

    async def _talks(self, hero: Window) -> None:
        await hero.page.locator("shoal-phone .call .chief").click()
        await hero.page.locator('[data-act="hold"]:not([disabled])').wait_for()
        await hero.page.locator("textarea[name=note]").fill(self.scene.cast.note)
        await hero.page.locator("input[name=outcome][value=solved]").check()
        await hero.page.wait_for_timeout(6500)
        await self._shot(hero, "desktop-talk")

    async def _hands_on(self, hero: Window) -> None:
        """The caller goes on to a colleague, who reads the note while her phone rings."""
        await self.scene.sit(COLLEAGUE, picks_up=False)
        grace = await self._as(COLLEAGUE)
        await hero.page.locator('[data-act="transfer"]').click()
        await hero.page.locator("#note-for").fill(self.scene.cast.handing)
        await hero.page.locator("#whom").fill(COLLEAGUE)
        await hero.page.locator("shoal-desk-whom .found label").first.wait_for()
        await self._shot(hero, "desktop-transfer", of="shoal-desk-call")
        await hero.page.locator("shoal-desk-whom .chief").click()
        await grace.page.locator("#note").wait_for()
        await self._shot(grace, "desktop-note")
        await self.scene.phones[COLLEAGUE].answer()
        await hero.page.locator("shoal-desk-wrap .left").wait_for()
        await self._shot(hero, "desktop-wrap-up")

    # -- the wallboard ------------------------------------------------------------------------------------------------

    async def _wallboard(self, boss: Window) -> None:
        await boss.page.goto(f"{boss.url}/#wallboard")
        await boss.page.locator("shoal-day-charts figure").first.wait_for()
        await boss.page.locator("shoal-tree-picture img").wait_for()
        await boss.page.locator("shoal-queue-card details summary").first.click()
        await self._shot(boss, "wallboard")
        for name, of in (("agents", "shoal-agent-board"), ("day", "shoal-day-charts"), ("trees", "shoal-tree-picture")):
            await self._shot(boss, f"wallboard-{name}", of=of)
        await boss.page.set_viewport_size(dict(zip(("width", "height"), WALL, strict=True)))
        await boss.page.goto(f"{boss.url}/#wallboard/large")
        await boss.page.locator(".large").wait_for()
        await self._shot(boss, "wallboard-large")
        await boss.page.set_viewport_size({"width": self.look.width, "height": HEIGHT})

    # -- quality ------------------------------------------------------------------------------------------------------

    async def _quality(self, quin: Window, boss: Window) -> None:
        page = quin.page
        await page.locator("shoal-quality-search [name=agent]").select_option(HERO)
        async with page.expect_response(lambda response: f"agent={HERO}" in response.url):
            await page.locator("shoal-quality-search .chief").click()
        await page.wait_for_timeout(SETTLES)
        await self._choose(page, "shoal-quality-results")
        await page.locator("path.wave").first.wait_for()
        await page.locator("shoal-quality-player .controls .chief").click()
        await page.wait_for_timeout(4000)
        await page.locator("shoal-quality-player .controls .chief").click()
        await self._shot(quin, "quality")
        await self._shot(quin, "quality-judge", of="shoal-quality-scores")

    async def _own(self, hero: Window) -> None:
        await hero.page.goto(f"{hero.url}/#quality")
        await self._choose(hero.page, "shoal-quality-own")
        await hero.page.locator("shoal-quality-scores").wait_for()
        await self._shot(hero, "quality-own")

    async def _choose(self, page: Any, where: str) -> None:
        """The talk that was judged: the one of its minute."""
        await page.locator(f"{where} [data-contact=\"{self.scene.judged}\"]").click()

    # -- taking -------------------------------------------------------------------------------------------------------

    async def _as(self, user: str) -> Window:
        window = await self._open()
        return await window.enter(user)

    async def _open(self) -> Window:
        window = await self.chromium.window(self.scene.cast.locale, self.look.scheme, self.look.width, HEIGHT, stage.zone())
        window.context.set_default_timeout(PATIENCE * 1000)
        # A real centre has no test caller.
        await window.context.route("**/demo/numbers", lambda route: route.fulfill(status=404))
        await window.page.goto(window.url)
        await window.page.locator("input[name=user]").wait_for()
        return window

    async def _shot(self, window: Window, name: str, of: str = "") -> None:
        """The window as it stands, from its top or from where this element begins."""
        page = window.page
        await page.wait_for_timeout(SETTLES)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} hangs out sideways"
        script = "(wanted) => { scrollTo(0, 0); if (wanted) scrollBy(0, find(wanted).getBoundingClientRect().top - 56); }"
        await page.evaluate(script, of)
        await page.evaluate("document.activeElement?.blur()")
        await page.wait_for_timeout(100)
        self.keep(name, await page.screenshot())
