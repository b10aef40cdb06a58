"""The demonstration's accounts."""

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti.demonstration import ROUTES


async def test_an_account_has_always_the_same_balance_and_one_that_ends_in_0_is_unknown():
    application = web.Application()
    application.add_routes(ROUTES)
    async with TestClient(TestServer(application)) as client:
        first = await (await client.get("/demo/accounts/1239")).json()
        assert first == await (await client.get("/demo/accounts/1239")).json()
        assert first["tier"] == "gold"
        assert float(first["balance"]) >= 0
        assert (await client.get("/demo/accounts/1230")).status == 404
        assert (await client.get("/demo/accounts/12a")).status == 404
