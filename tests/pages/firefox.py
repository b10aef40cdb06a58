"""Firefox for the tests, headless, by the protocol that it speaks itself (WebDriver BiDi), as no driver of it is packaged.

A browser is one process with a profile of its own; each page has a container of its own, as if it were another machine.
What is clicked and typed comes as from a mouse and a keyboard, so that what a browser allows only to a user is allowed.
The microphone is Firefox's own toy: a tone that never ends. Nothing outside this machine is asked.
"""

import asyncio
import base64
import itertools
import json
import re
import time
from pathlib import Path
from typing import Any

import aiohttp

from tests.conftest import find_tool
from tests.interop.parties import PATIENCE

TONE = 1000
"""Hz of the microphone."""
SETTINGS: dict[str, object] = {
    "permissions.default.microphone": 1, "media.navigator.streams.fake": True,
    "intl.accept_languages": "en-GB", "intl.locale.requested": "en-GB",
    "app.normandy.enabled": False, "app.update.enabled": False, "browser.aboutwelcome.enabled": False,
    "browser.region.network.url": "", "browser.region.update.enabled": False, "browser.search.update": False,
    "browser.safebrowsing.downloads.remote.enabled": False, "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False, "browser.shell.checkDefaultBrowser": False, "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False, "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False, "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True, "network.prefetch-next": False, "network.trr.mode": 5,
    "services.settings.server": "http://127.0.0.1:1", "toolkit.telemetry.enabled": False, "toolkit.telemetry.server": "",
    "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": 1,
    "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": 1, "network.proxy.no_proxies_on": "127.0.0.1,localhost",
}
"""Of its profile: the microphone, and silence towards the world. Whoever wants to be asked there anyhow is sent to a proxy
that does not exist."""
FIND = """(selector, text) => {
  const all = [];
  const walk = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.matches(selector)) all.push(each);
      if (each.shadowRoot) walk(each.shadowRoot);
    }
  };
  walk(document);
  const said = (each) => [each.getAttribute("aria-label"), each.innerText ?? each.textContent].join(" ");
  return all.find((each) => said(each).includes(text));
}"""
"""An element, also inside of others, that says something."""


class Firefox:
    """Used as ``async with``. ``folder``: for its profile. ``settings``: more of these, for this test."""

    def __init__(self, url: str, folder: Path, settings: dict[str, object] | None = None) -> None:
        self.url, self.folder = url, folder / "firefox"
        self._settings = SETTINGS | (settings or {})
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.errors: list[str] = []
        """What the pages complained of."""

    async def __aenter__(self) -> "Firefox":
        path = find_tool("firefox-esr")
        self.folder.mkdir()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in self._settings.items()]
        (self.folder / "user.js").write_text("\n".join(lines))
        self._process = await asyncio.create_subprocess_exec(
            path, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(self.folder),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            env={"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "MOZ_CRASHREPORTER_DISABLE": "1"})
        try:
            async with asyncio.timeout(3 * PATIENCE):
                address = await self._address()
                self._draining = asyncio.ensure_future(self._process.stderr.read())
                self._session = aiohttp.ClientSession()
                self._socket = await self._session.ws_connect(f"{address}/session", max_msg_size=0)
                self._reading = asyncio.ensure_future(self._read())
                await self.ask("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
                await self.ask("session.subscribe", events=["log.entryAdded"])
        except BaseException:
            self._process.kill()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing of it is kept, so it need not tidy up."""
        self._process.kill()
        self._reading.cancel()
        await self._session.close()
        await self._process.wait()
        await self._draining

    async def _address(self) -> str:
        said = ""
        async for line in self._process.stderr:
            said += line.decode(errors="replace")
            if found := re.search(r"BiDi listening on (ws://\S+)", said):
                return found[1]
        raise AssertionError(f"Firefox ended: {said[-2000:]}")

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if (waits := self._answers.pop(said.get("id"), None)) is not None and not waits.done():
                waits.set_result(said)
            elif said.get("method") == "log.entryAdded":
                self._note(said["params"])

    def _note(self, entry: dict[str, Any]) -> None:
        print("page:", entry["level"], entry["text"])
        if (entry["type"], entry["level"]) == ("javascript", "error"):
            self.errors.append(entry["text"])

    async def ask(self, method: str, **params: object) -> dict[str, Any]:
        """A command; its result. Fails when it is refused."""
        id = next(self._ids)
        self._answers[id] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": id, "method": method, "params": params})
        answer = await asyncio.wait_for(self._answers[id], 2 * PATIENCE)
        assert answer["type"] == "success", f"{method}: {answer}"
        return answer["result"]

    async def page(self) -> "Page":
        """Another machine's page, not yet anywhere."""
        container = (await self.ask("browser.createUserContext"))["userContext"]
        made = await self.ask("browsingContext.create", type="window", userContext=container)
        await self.ask("browsingContext.setViewport", context=made["context"], viewport={"width": 1280, "height": 900})
        return Page(self, made["context"])


class Page:
    """One page."""

    def __init__(self, firefox: Firefox, context: str) -> None:
        self._firefox, self._context = firefox, context

    async def ask(self, method: str, **params: object) -> dict[str, Any]:
        return await self._firefox.ask(method, context=self._context, **params)

    async def do(self, script: str, *arguments: object) -> Any:
        """Call a function of the page's own language; arguments and result are as JSON has them."""
        wrapped = f"async (given) => JSON.stringify(await ({script})(...JSON.parse(given)) ?? null)"
        answer = await self._firefox.ask(
            "script.callFunction", functionDeclaration=wrapped, target={"context": self._context}, awaitPromise=True,
            arguments=[{"type": "string", "value": json.dumps(arguments)}], userActivation=False)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    async def open(self, url: str) -> None:
        await self.ask("browsingContext.navigate", url=url, wait="complete")

    async def reload(self) -> None:
        await self.ask("browsingContext.reload", wait="complete")

    async def true(self, script: str, *arguments: object) -> Any:
        """Wait until a function says something that is true; gives that."""
        ends = time.monotonic() + PATIENCE
        while not (said := await self.do(script, *arguments)):
            assert time.monotonic() < ends, f"waited for {script} {arguments}; the page: {await self.text()}"
            await asyncio.sleep(0.02)
        return said

    async def sees(self, selector: str, text: str = "") -> None:
        """Wait until there is such an element that says that."""
        await self.true(f"(selector, text) => Boolean(({FIND})(selector, text))", selector, text)

    async def gone(self, selector: str, text: str = "") -> None:
        await self.true(f"(selector, text) => !({FIND})(selector, text)", selector, text)

    async def text(self) -> str:
        return await self.do("""() => {
          const texts = [];
          const walk = (root) => {
            for (const each of root.childNodes) {
              if (each.nodeType === 3 && each.data.trim()) texts.push(each.data.trim());
              if (each.shadowRoot) walk(each.shadowRoot);
              if (each.nodeName !== "STYLE") walk(each);
            }
          };
          walk(document.body);
          return texts.join(" | ");
        }""")

    async def click(self, selector: str, text: str = "") -> None:
        """With the mouse, in the middle of it, when it can be clicked."""
        await self.ask("browsingContext.activate")
        x, y = await self.true(f"""(selector, text) => {{
          const element = ({FIND})(selector, text);
          if (!element || element.disabled) return null;
          element.scrollIntoView({{ block: "center", behavior: "instant" }});
          const {{ x, y, width, height }} = element.getBoundingClientRect();
          return width ? [Math.floor(x + width / 2), Math.floor(y + height / 2)] : null;
        }}""", selector, text)
        moves = [{"type": "pointerMove", "x": x, "y": y},
                 {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        await self.ask("input.performActions", actions=[{"type": "pointer", "id": "mouse", "actions": moves}])

    async def type(self, selector: str, text: str) -> None:
        """Click on it, and type."""
        await self.click(selector)
        keys = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        await self.ask("input.performActions", actions=[{"type": "key", "id": "keyboard", "actions": keys}])

    async def shot(self, path: Path) -> None:
        """A picture of what is seen."""
        path.write_bytes(base64.b64decode((await self.ask("browsingContext.captureScreenshot"))["data"]))
