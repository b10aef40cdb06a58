"""A browser for the tests: Chromium, headless, and what is asked of a page again and again."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from tests.conftest import find_tool, missing
from tests.interop.parties import LOOK_EVERY, PATIENCE, until

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
AXE = Path(__file__).parents[2] / "pages" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
SEEN = """() => {
  window.seen = [];
  const find = (root, wanted) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches(wanted)) return element;
      const inside = element.shadowRoot && find(element.shadowRoot, wanted);
      if (inside) return inside;
    }
  };
  window.find = (wanted) => find(document, wanted);
  const look = () => {
    const who = window.find("#who")?.textContent.trim() ?? "";
    if (who !== (window.seen.at(-1)?.who ?? "")) window.seen.push({ who, at: Date.now() / 1000 });
    requestAnimationFrame(look);
  };
  document.addEventListener("DOMContentLoaded", look);
}"""
"""Writes down who stands before the agent from when on, each time that the page is painted."""


class Chromium:
    """Used as ``async with``; every page has a context of its own, as if it were another machine."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def __aenter__(self) -> "Chromium":
        try:
            from playwright.async_api import async_playwright
        except ImportError:
            missing("playwright is not installed")
        path = find_tool("chromium")
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._browser.close()
        await self._playwright.stop()

    async def window(self, language: str = "en-GB", scheme: str = "light", width: int = 1280, height: int = 900,
                     zone: str | None = None) -> "Window":
        context = await self._browser.new_context(locale=language, color_scheme=scheme, timezone_id=zone,
                                                  viewport={"width": width, "height": height})
        context.set_default_timeout(PATIENCE * 1000)
        await context.add_init_script(f"({SEEN})()")
        return Window(self.url, context, await context.new_page())


class Window:
    """One page. ``errors``: what it complained of."""

    def __init__(self, url: str, context: Any, page: Any) -> None:
        self.url, self.context, self.page = url, context, page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def second(self) -> "Window":
        """Another tab of the same person: the session of a tab is copied, as a browser does for a duplicated one."""
        kept = await self.page.evaluate("JSON.stringify(Object.entries(sessionStorage))")
        page = await self.context.new_page()
        await page.goto(f"{self.url}/icon.svg")
        await page.evaluate("(kept) => JSON.parse(kept).forEach((each) => sessionStorage.setItem(...each))", kept)
        await page.goto(self.url)
        return Window(self.url, self.context, page)

    async def log_in(self, user: str, password: str = "") -> "Window":
        await self.page.goto(self.url)
        await self.page.get_by_label("Number").fill(user)
        await self.page.get_by_label("Password").fill(password or f"demo-{user}")
        await self.page.get_by_role("button", name="Log in").click()
        return self

    async def enter(self, user: str) -> "Window":
        """Log in, in whatever language."""
        await self.page.locator("input[name=user]").fill(user)
        await self.page.locator("input[name=password]").fill(f"demo-{user}")
        await self.page.locator("shoal-login .chief").click()
        await self.page.locator("nav a").first.wait_for()
        return self

    async def click(self, name: str, exact: bool = True) -> None:
        await self.page.get_by_role("button", name=name, exact=exact).click()

    async def act(self, name: str) -> None:
        """A button of the call."""
        await self.page.locator(f'[data-act="{name}"]:not([disabled])').click()

    async def text(self, wanted: str, what: str) -> None:
        """Wait until this element says that."""
        await self.page.locator(wanted, has_text=what).first.wait_for()

    async def gone(self, wanted: str) -> None:
        await self.page.locator(wanted).first.wait_for(state="detached")

    async def shows(self, who: str) -> float:
        """Wait until this caller stands there; gives the moment (POSIX seconds) from which on they did."""
        async def look() -> float:
            return await self.page.evaluate("(who) => window.seen.find((each) => each.who === who)?.at ?? 0", who)

        ends = time.monotonic() + PATIENCE
        while not (at := await look()):
            assert time.monotonic() < ends, f"{who} is not on the screen"
            await asyncio.sleep(LOOK_EVERY)
        return at

    async def true(self, script: str) -> None:
        """Wait until this is true in the page (whose policy lets nobody poll there)."""
        ends = time.monotonic() + PATIENCE
        while not await self.page.evaluate(script):
            assert time.monotonic() < ends, f"waited for {script}"
            await asyncio.sleep(LOOK_EVERY)

    async def grave(self) -> list[str]:
        """What axe-core finds serious or worse."""
        if not AXE.is_file():
            missing("pages/node_modules/axe-core is missing: npm ci --prefix pages")
        await self.page.evaluate(AXE.read_text())
        found = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(JSON.stringify)")
        return [f"{each['id']}: {each['help']}: {each['nodes'][0]['target']}"
                for each in json.loads(found)["violations"] if each["impact"] in GRAVE]


__all__ = ["Chromium", "Window", "until"]
