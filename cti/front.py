"""The documents beside REST: AsyncAPI and OpenAPI for everybody, health and metrics for those who watch the switch."""

from typing import TYPE_CHECKING, Any

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest

from cti.answers import answer
from cti.documents import asyncapi, openapi
from cti.metrics import Figures

if TYPE_CHECKING:
    from cti.server import Server


class Front:
    def __init__(self, server: "Server") -> None:
        self._server = server
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(Figures(server))
        self._registry.register(server.trees)
        self._registry.register(server.waits)

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
