"""The live half over real sockets on loopback: token, snapshot, events, and the end of a connection."""

import asyncio

import msgspec
import pytest
from aiohttp import WSServerHandshakeError

from cti.scoring import FormState
from switch.events import SwitchStarted

from .fake_house import Client, FakeHouse, busy_snapshot, offered, reserved, state


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


async def test_an_order_right_after_the_start_waits_until_its_consequence_can_be_heard(switch):
    client, listening, submit = await switch.client(), [], switch.house.submit

    async def watched(order, by):
        listening.append(len(list(switch.server.hub.of_agent(by))))
        return await submit(order, by)

    switch.house.submit = watched
    await client.socket.send_json({"type": "session.start", "token": switch.token("1001")})
    await client.socket.send_json({"jsonrpc": "2.0", "id": 1, "method": "agent.logIn"})
    told = [await client.socket.receive_json(), await client.socket.receive_json()]
    assert told[0]["type"] == "session.snapshot"
    assert told[1]["id"] == 1
    assert listening == [1]


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


async def test_a_visitor_of_another_page_is_turned_away(switch):
    with pytest.raises(WSServerHandshakeError) as refused:
        await switch.client(origin="https://evil.example")
    assert refused.value.status == 403
    await switch.client(origin=switch.url)


async def test_pages_on_the_list_may_connect(run):
    async with run(FakeHouse(), origins=["https://crm.example"]) as switch:
        client = await switch.client(origin="https://crm.example")
        assert (await client.start(switch.token()))["type"] == "session.snapshot"


async def test_the_subprotocol_may_be_left_out(switch):
    client = Client(await switch.http.ws_connect(f"{switch.url}/cti/v1"))
    assert (await client.start(switch.token()))["type"] == "session.snapshot"
    assert client.socket.protocol is None


@pytest.mark.parametrize(("message", "code"), [(b"\0", 1003), ("x" * 65537, 1009)])
async def test_binary_and_giant_messages_end_the_connection(switch, message, code):
    client = await switch.client()
    await (client.socket.send_bytes(message) if isinstance(message, bytes) else client.socket.send_str(message))
    await client.socket.receive()
    assert client.socket.close_code == code


async def test_a_bad_token_is_told_and_closes(switch):
    client = await switch.client()
    assert (await client.start("nonsense"))["code"] == "bad_token"
    await client.socket.receive()
    assert client.socket.close_code == 4401


async def test_the_end_of_the_token_closes_the_connection(run):
    now = [1_700_000_000.0]
    async with run(FakeHouse(), clock=lambda: now[0], token_hours=1) as switch:
        client = await switch.client()
        await client.start(switch.token())
        (connection,) = switch.server.connections
        now[0] += 3540
        connection._wake()
        assert (await client.hear())["type"] == "session.token_expiring"
        now[0] += 60
        connection._wake()
        await client.socket.receive()
        assert client.socket.close_code == 4401


async def test_stopping_says_goodbye(run):
    async with run(FakeHouse()) as switch:
        client = await switch.client()
        await client.start(switch.token())
        closing = asyncio.create_task(switch.server.close())
        await client.socket.receive()
        assert client.socket.close_code == 1001
        await closing


async def test_an_agents_screen_takes_a_new_snapshot_when_what_it_shows_is_another(switch):
    switch.house.state = busy_snapshot()
    switch.server._names = switch.server._shown()
    agent, supervisor = await switch.client(), await switch.client()
    await agent.start(switch.token("1001"))
    await supervisor.start(switch.token("2002"))
    switch.server.configured()
    assert switch.server.resyncs == 0, "nothing that is shown has changed"
    before = switch.house.state
    switch.house.state = msgspec.structs.replace(before, queues=before.queues[1:])
    switch.house.tell(SwitchStarted(version="0", epoch=1))
    switch.server.configured()
    await resynced(agent)
    begun = await agent.start(switch.token("1001"))
    assert begun["type"] == "session.snapshot" and len(begun["snapshot"]["queues"]) == len(before.queues) - 1
    assert switch.server.resyncs == 1, "supervisors are told by configuration.published"


async def resynced(client):
    while (told := await client.hear())["type"] != "session.resync":
        pass
    assert told["why"] == "configured"


@pytest.mark.parametrize("what", ["outcomes", "reasons", "forms", "name"])
async def test_so_it_does_when_a_list_that_it_offers_is_another(switch, what):
    switch.house.state = before = busy_snapshot()
    switch.server._names = switch.server._shown()
    agent = await switch.client()
    await agent.start(switch.token("1001"))
    change = msgspec.structs.replace
    if what == "outcomes":
        first, *others = before.queues
        switch.house.state = change(before, queues=(change(first, outcomes={"sold": "Sold"}), *others))
    elif what == "reasons":
        switch.house.state = change(before, reasons={"tea": "Tea"})
    elif what == "name":
        first, *others = before.agents
        switch.house.state = change(before, agents=(change(first, name="Anna"), *others))
    else:
        switch.house.quality_forms = lambda queues: [FormState(form="new", version="1", name="New", sections=())]
    switch.server.configured()
    await resynced(agent)
    begun = await agent.start(switch.token("1001"))
    assert begun["snapshot"].get("reasons", {}) == switch.house.state.reasons


async def test_a_changed_password_ends_a_session_at_its_next_command(switch):
    client = await switch.client()
    await client.start(switch.token("1001"))
    assert "result" in await client.command("agent.setState", state="ready")
    switch.house.passwords["1001"] = b"another"
    await client.socket.send_json({"jsonrpc": "2.0", "id": 9, "method": "agent.logIn"})
    assert (await client.socket.receive()).data == 4401
