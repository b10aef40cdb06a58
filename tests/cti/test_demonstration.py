"""The demonstration's accounts, and whom one may log in as."""

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti.demonstration import routes

PEOPLE = {"1001": "agent", "1002": "agent", "2001": "supervisor"}


async def test_an_account_has_always_the_same_balance_and_one_that_ends_in_0_is_unknown():
    application = web.Application()
    application.add_routes(routes(PEOPLE))
    async with TestClient(TestServer(application)) as client:
        first = await (await client.get("/demo/accounts/1239")).json()
        assert first == await (await client.get("/demo/accounts/1239")).json()
        assert first["tier"] == "gold"
        assert float(first["balance"]) >= 0
        assert (await client.get("/demo/accounts/1230")).status == 404
        assert (await client.get("/demo/accounts/12a")).status == 404


async def test_one_of_each_role_is_shown_and_nobody_where_nobody_has_a_demo_password():
    application = web.Application()
    application.add_routes(routes(PEOPLE))
    async with TestClient(TestServer(application)) as client:
        assert await (await client.get("/demo/people")).json() == [{"user": "1001", "role": "agent"},
                                                                   {"user": "2001", "role": "supervisor"}]
    assert routes({}) == ()
