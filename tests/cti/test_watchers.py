"""Who may see how the switch does."""

import pytest

from cti.watchers import Watchers

TOKEN = "0123456789abcdef"


@pytest.mark.parametrize(("host", "authorization", "token", "known", "may"), [
    ("192.0.2.7", "", "", (), False),
    ("192.0.2.7", "Bearer ", "", (), False),
    ("192.0.2.7", "", "", ("192.0.2.0/24",), True),
    ("fe80::1%eth0", "", "", ("fe80::/10",), True),
    ("192.0.2.7", "", "", ("2001:db8::/32",), False),
    ("127.0.0.1", "", TOKEN, (), False),
    ("127.0.0.1", "", "", (), False),
    ("127.0.0.1", f"Bearer {TOKEN}", TOKEN, (), True),
    ("192.0.2.7", f"bearer  {TOKEN}", TOKEN, (), True),
    ("192.0.2.7", f"Basic {TOKEN}", TOKEN, (), False),
    ("192.0.2.7", "Bearer ÿ\udcff", TOKEN, (), False),
    ("192.0.2.7", "", TOKEN, ("192.0.2.7",), True),
    ("127.0.0.1", "Bearer wrong", TOKEN, ("127.0.0.0/8",), False),
    ("", "", "", (), False),
])  # fmt: skip
def test_whom_they_know(host, authorization, token, known, may):
    assert Watchers(token, known).knows(host, authorization) is may


@pytest.mark.parametrize("path", ["/health", "/metrics"])
async def test_strangers_see_neither_health_nor_metrics(switch, path):
    switch.server.watchers = Watchers(TOKEN)
    async with switch.http.get(switch.url + path) as response:
        assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert set(await response.json()) == {"error"}
    async with switch.http.get(switch.url + path, headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.status == 200


async def test_a_new_token_holds_at_once(switch):
    for token, status in (("", 200), (TOKEN, 401), ("", 200)):
        switch.server.watchers = Watchers(token)
        async with switch.http.get(f"{switch.url}/health") as response:
            assert response.status == status


async def test_without_a_token_the_machine_itself_may_look_and_nobody_through_a_proxy_on_it(switch):
    for headers, status in (({}, 200), ({"X-Forwarded-For": "192.0.2.7"}, 401), ({"Forwarded": "for=192.0.2.7"}, 401)):
        async with switch.http.get(f"{switch.url}/metrics", headers=headers) as response:
            assert response.status == status


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_everybody_hears_whether_and_watchers_why(switch, path):
    async with switch.http.get(switch.url + path) as response:
        told = await response.json()
        assert len(told) > 1
    switch.server.watchers = Watchers(TOKEN)
    async with switch.http.get(switch.url + path) as response:
        assert await response.json() == {"status": told["status"]}
