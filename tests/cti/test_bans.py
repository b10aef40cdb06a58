"""Bans by REST and by the command line: who may see and lift them."""

import pytest

from cti.asking import AskRefused
from cti.bans import bans

ADDRESS = "2001:db8::7"


@pytest.fixture
def banned(switch):
    switch.house.banned[ADDRESS] = {"source": ADDRESS, "since": 1e9, "until": 1e9 + 60, "why": "wrong_password"}
    return switch


async def ask(switch, method, path, user):
    async with switch.http.request(method, switch.url + path, headers=switch.bearer(user)) as response:
        return response.status, await response.json()


async def test_a_supervisor_of_the_whole_house_sees_and_lifts(banned):
    assert await ask(banned, "GET", "/api/v1/bans", "2002") == (200, [banned.house.banned[ADDRESS]])
    assert (await ask(banned, "DELETE", f"/api/v1/bans/{ADDRESS}", "2002"))[0] == 200
    assert await ask(banned, "GET", "/api/v1/bans", "2002") == (200, [])
    assert (await ask(banned, "DELETE", f"/api/v1/bans/{ADDRESS}", "2002"))[0] == 404


@pytest.mark.parametrize("user", ["1001", "2001"])
async def test_nobody_else_does(banned, user):
    for method, path in (("GET", "/api/v1/bans"), ("DELETE", f"/api/v1/bans/{ADDRESS}")):
        assert (await ask(banned, method, path, user))[0] == 403
    assert ADDRESS in banned.house.banned


async def test_the_command(banned):
    table = await bans(banned.url, "2002", "demo-2002")
    assert ADDRESS in table and "wrong password" in table
    assert await bans(banned.url, "2002", "demo-2002", ADDRESS) == f"{ADDRESS} is heard again"
    assert await bans(banned.url, "2002", "demo-2002") == "nobody is banned"


async def test_the_command_says_what_is_wrong(banned):
    with pytest.raises(AskRefused, match="not banned"):
        await bans(banned.url, "2002", "demo-2002", "192.0.2.1")
    with pytest.raises(AskRefused, match="wrong"):
        await bans(banned.url, "2002", "guess")
    with pytest.raises(AskRefused, match="supervisors"):
        await bans(banned.url, "1001", "demo-1001")
    with pytest.raises(AskRefused, match="cannot be reached"):
        await bans("http://127.0.0.1:1", "2002", "demo-2002")
