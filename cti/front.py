"""The pages and documents beside REST: landing page, AsyncAPI and OpenAPI for everybody, health and metrics for those who
watch the switch."""

from typing import TYPE_CHECKING, Any

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

from cti.answers import answer
from cti.documents import asyncapi, openapi
from cti.metrics import Figures

if TYPE_CHECKING:
    from cti.server import Server

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shoal</title>
<style>
:root{color-scheme:light dark;--ink:#0d2b3a;--sea:#0b7285;--foam:#f4fafb;--line:#cfe3e8}
@media(prefers-color-scheme:dark){:root{--ink:#e3f2f5;--sea:#4cc3d9;--foam:#0c1a21;--line:#24414c}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--foam);color:var(--ink);
font:16px/1.55 system-ui,sans-serif}
main{max-width:34rem;padding:2rem}h1{font-size:2.4rem;letter-spacing:-.03em;margin:0}p{margin:.3rem 0 1.6rem}
ul{list-style:none;padding:0;border-top:1px solid var(--line)}li{border-bottom:1px solid var(--line)}
li a{display:flex;justify-content:space-between;gap:1rem;padding:.7rem .2rem;color:var(--sea);text-decoration:none}
li a:hover{text-decoration:underline}li span{color:var(--ink);opacity:.65}code{font-size:.92em}
</style></head><body><main>
<h1>Shoal</h1><p>The switch is up. Register a softphone here and dial <code>5000</code>.</p>
<ul>
<li><a href="/health">Health <span>how it does</span></a></li>
<li><a href="/metrics">Metrics <span>for Prometheus</span></a></li>
<li><a href="/asyncapi.json">AsyncAPI <span>the websocket, every event and command</span></a></li>
<li><a href="/openapi.json">OpenAPI <span>REST</span></a></li>
</ul>
<p>Screens connect to <code>/cti/v1</code> with a token from <code>POST /auth/token</code>.</p>
</main></body></html>
"""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


class Front:
    def __init__(self, server: "Server") -> None:
        self._server = server
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(Figures(server))
        self._registry.register(server.trees)
        self._registry.register(server.waits)

    async def page(self, request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html", headers=HEADERS)

    async def health(self, request: web.Request) -> web.Response:
        self._server.watchers.check(request)
        health = self._server.house.health()
        return answer(health, 200 if health.get("status") == "ok" else 503)

    async def live(self, request: web.Request) -> web.Response:
        told = self._server.house.live()
        return self._briefly(request, told, 200 if told["status"] == "live" else 503)

    async def ready(self, request: web.Request) -> web.Response:
        told = self._server.house.ready()
        return self._briefly(request, told, 200 if told["status"] == "ready" else 503)

    def _briefly(self, request: web.Request, told: dict[str, Any], status: int) -> web.Response:
        """A load balancer needs to know whether; why is for those who watch."""
        return answer(told if self._server.watchers.admit(request) else {"status": told["status"]}, status)

    async def metrics(self, request: web.Request) -> web.Response:
        self._server.watchers.check(request)
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": "text/plain; version=0.0.4"})

    async def asyncapi(self, request: web.Request) -> web.Response:
        return answer(asyncapi())

    async def openapi(self, request: web.Request) -> web.Response:
        return answer(openapi())
