"""What the switch holds now: who may ask."""

import pytest

HELD = {"alive": {"legs": 2}, "processes": {}}


async def ask(switch, user="", **headers):
    headers |= switch.bearer(user) if user else {}
    async with switch.http.get(switch.url + "/debug/counts", headers=headers) as response:
        return response.status, await response.json()


async def test_whoever_asks_from_the_machine_itself_is_told(switch):
    assert await ask(switch) == (200, HELD)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "x-forwarded-for"])
async def test_through_a_proxy_one_must_be_a_supervisor_of_the_whole_house(switch, header):
    passed_on = {header: "192.0.2.7"}
    assert (await ask(switch, **passed_on))[0] == 401
    assert (await ask(switch, "1001", **passed_on))[0] == 403
    assert (await ask(switch, "2001", **passed_on))[0] == 403
    assert await ask(switch, "2002", **passed_on) == (200, HELD)
