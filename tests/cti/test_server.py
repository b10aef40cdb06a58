"""The live half over real sockets on loopback: token, snapshot, events, commands, resume, and the sleeper."""

from .fake_house import busy_snapshot, offered, reserved, state


async def test_a_client_starts_with_a_snapshot_and_then_hears_events(switch):
    switch.house.state = busy_snapshot()
    client = await switch.client()
    begun = await client.start(switch.token())
    assert begun["type"] == "session.snapshot"
    assert begun["cursor"] == "1:1"
    assert [agent["agent"] for agent in begun["snapshot"]["agents"]] == ["1001", "1002", "1003"]
    assert await client.until(switch.house.tell(offered())) == ["contact.offered"]
    event = client.events[0]
    assert (event["id"], event["source"], event["subject"]) == ("1:2", "/shoal", "c1")
    assert event["data"]["caller"] == "1234"


async def test_a_token_is_had_for_a_password_and_lets_in(switch):
    async with switch.http.post(f"{switch.url}/auth/token", json={"user": "1001", "password": "demo-1001"}) as response:
        token = (await response.json())["token"]
    client = await switch.client()
    assert (await client.start(token))["user"] == "1001"
    assert client.socket.protocol == "cti.v1"


async def test_a_command_is_answered_and_reaches_the_house_with_its_asker(switch):
    client = await switch.client()
    await client.start(switch.token("1001"))
    answer = await client.command("agent.setState", state="not_ready", reason="lunch")
    assert answer == {"jsonrpc": "2.0", "id": 1, "result": {"number": 1}}
    order, by = switch.house.orders[0]
    assert (order.state, order.reason, order.agent, by) == ("not_ready", "lunch", "1001", "1001")


async def test_who_was_away_hears_what_it_missed(switch):
    first = await switch.client()
    await first.start(switch.token())
    await first.until(switch.house.tell(offered("c1")))
    await first.socket.close()
    switch.house.tell(offered("c2"))
    switch.house.tell(state())
    second = await switch.client()
    assert (await second.start(switch.token(), cursor=first.events[-1]["id"]))["type"] == "session.resumed"
    assert await second.until(4) == ["contact.offered", "agent.state"]


async def test_a_pop_has_left_the_house_when_pop_returns(switch):
    client = await switch.client()
    await client.start(switch.token("1001"))
    switch.server.hub._window = 3600.0
    number = switch.house.tell(reserved())
    await switch.server.pop("1001", number)
    assert await client.until(number) == ["reservation.created"]
