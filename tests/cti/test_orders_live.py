"""Commands over the websocket: refused, repeated, batched, and those whose client vanishes."""

import asyncio

from switch.orders import OrderRefused

from .fake_house import FakeHouse


async def test_refusals_say_why(switch):
    client = await switch.client()
    await client.start(switch.token("1001"))
    switch.house.refuse = OrderRefused("busy", "you are in a call")
    answer = await client.command("agent.logOut", id="a")
    assert answer["id"] == "a"
    assert answer["error"] == {"code": -32000, "message": "Refused",
                               "data": {"code": "busy", "reason": "you are in a call"}}


async def test_an_accident_in_the_house_is_our_fault_and_not_told_in_detail(switch):
    client = await switch.client()
    await client.start(switch.token("1001"))
    switch.house.refuse = ZeroDivisionError("inside")
    error = (await client.command("agent.logOut"))["error"]
    assert (error["code"], "inside" in str(error)) == (-32603, False)


async def test_the_same_key_acts_once_even_over_two_connections(switch):
    switch.house.gate = asyncio.Event()
    first, second = await switch.client(), await switch.client()
    await first.start(switch.token("1001"))
    await second.start(switch.token("1001"))
    request = {"jsonrpc": "2.0", "id": 1, "method": "call.make", "params": {"to": "1", "key": "k"}}
    await first.say(**request)
    await second.say(**request)
    while not switch.house.orders:
        await asyncio.sleep(0)
    switch.house.gate.set()
    assert await first.hear() == await second.hear()
    assert await first.command("call.make", to="1", key="k") == await second.command("call.make", to="1", key="k")
    assert len(switch.house.orders) == 1
    assert (await first.command("call.make", to="2", key="k"))["error"]["data"]["code"] == "key_reused"
    other = await switch.client()
    await other.start(switch.token("1002"))
    assert "result" in await other.command("call.make", to="1", key="k")
    assert len(switch.house.orders) == 2


async def test_a_key_is_forgotten_after_ten_minutes(run):
    now = [1_700_000_000.0]
    async with run(FakeHouse(), clock=lambda: now[0]) as switch:
        client = await switch.client()
        await client.start(switch.token("1001"))
        for _ in range(2):
            await client.command("call.make", to="1", key="k")
            now[0] += 600
        assert len(switch.house.orders) == 2


async def test_an_order_goes_on_when_its_client_vanishes(switch):
    switch.house.gate = asyncio.Event()
    client = await switch.client()
    await client.start(switch.token("1001"))
    await client.say(jsonrpc="2.0", id=1, method="call.make", params={"to": "1", "key": "k"})
    while not switch.house.orders:
        await asyncio.sleep(0)
    await client.socket.close()
    switch.house.gate.set()
    again = await switch.client()
    await again.start(switch.token("1001"))
    assert "result" in await again.command("call.make", to="1", key="k")
    assert len(switch.house.orders) == 1


async def test_a_batch_is_obeyed_in_order_and_notifications_get_no_answer(switch):
    client = await switch.client()
    await client.start(switch.token("1001"))
    await client.socket.send_json([
        {"jsonrpc": "2.0", "id": 1, "method": "agent.logIn"},
        {"jsonrpc": "2.0", "method": "agent.setState", "params": {"state": "ready"}},
        {"jsonrpc": "2.0", "id": 2, "method": "nonsense"}, 5,
    ])
    answers = (await client.socket.receive()).json()
    assert [answer["id"] for answer in answers] == [1, 2, None]
    assert [type(order).__name__ for order, _ in switch.house.orders] == ["LogIn", "SetState"]
    await client.say(jsonrpc="2.0", method="agent.logIn")
    await client.socket.send_json([])
    assert (await client.hear())["error"]["code"] == -32600
