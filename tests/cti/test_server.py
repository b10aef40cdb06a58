"""The live half over real sockets on loopback: token, snapshot, events, commands, resume, and the sleeper."""

import asyncio

import msgspec
import pytest
from aiohttp import WSServerHandshakeError

from cti.scoring import FormState
from switch.events import SwitchStarted
from switch.journal import Entry
from switch.orders import OrderRefused

from .fake_house import Client, FakeHouse, busy_snapshot, ended, offered, reserved, state


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


# -- what was missed ----------------------------------------------------------------------------------------------


async def test_what_is_no_longer_in_memory_comes_from_the_store(run):
    past = [Entry(1, 0.0, SwitchStarted(version="0", epoch=1))]
    past += [Entry(number, 0.0, offered(f"c{number}")) for number in range(2, 2501)]
    async with run(FakeHouse(epoch=2, stored=tuple(past))) as switch:
        client = await switch.client()
        last = switch.house.tell(offered("new"))
        assert (await client.start(switch.token(), cursor="1:100"))["type"] == "session.resumed"
        await client.until(last)
        assert [event["id"] for event in client.events[:1]] == ["1:101"]
        assert [event["id"] for event in client.events[-3:]] == ["1:2500", "2:2501", "2:2502"]
        assert len(client.events) == 2402


async def test_what_happens_during_a_long_catching_up_is_neither_lost_nor_told_twice(run):
    past = [Entry(number, 0.0, offered(f"c{number}")) for number in range(1, 3001)]
    house = FakeHouse(stored=tuple(past))
    async with run(house) as switch:
        slow = house.entries

        async def entries(after, limit):
            house.tell(state())
            return await slow(after, limit)

        house.entries = entries
        client = await switch.client()
        await client.start(switch.token(), cursor="1:1000")
        await client.until(house.tell(ended()))
        numbers = [int(event["id"].partition(":")[2]) for event in client.events]
        assert numbers == list(range(1001, house.journal.last + 1))


async def test_who_was_away_too_long_gets_a_snapshot(run):
    past = tuple(Entry(number, 0.0, state()) for number in range(1, 10_500))
    async with run(FakeHouse(stored=past)) as switch:
        client = await switch.client()
        assert (await client.start(switch.token(), cursor="1:100"))["type"] == "session.snapshot"


async def test_a_store_that_fails_means_a_snapshot(run):
    past = tuple(Entry(number, 0.0, state()) for number in range(1, 100))
    house = FakeHouse(stored=past)
    async with run(house) as switch:
        async def entries(after, limit):
            raise OSError("the disk is gone")

        house.entries = entries
        client = await switch.client()
        assert (await client.start(switch.token(), cursor="1:50"))["type"] == "session.resumed"
        assert (await client.hear())["type"] == "session.snapshot"
        assert await client.until(house.tell(offered())) == ["contact.offered"]


async def test_an_agent_finds_in_the_past_of_another_epoch_what_was_its_own(run):
    past = (Entry(1, 0.0, SwitchStarted(version="0", epoch=1)), Entry(2, 0.0, reserved("c1", "1001")),
            Entry(3, 0.0, reserved("c2", "1002")))
    async with run(FakeHouse(epoch=2, stored=past)) as switch:
        switch.house.tell(ended("c1"))
        last = switch.house.tell(ended("c2"))
        client = await switch.client()
        await client.start(switch.token("1001"), topics=["mine"], cursor="1:2")
        last = switch.house.tell(state("1001"))
        assert await client.until(last) == ["switch.started", "contact.ended", "agent.state"]


# -- commands -----------------------------------------------------------------------------------------------------


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


# -- the sleeper --------------------------------------------------------------------------------------------------


async def test_one_who_never_reads_slows_nobody_and_is_told_to_begin_anew(run):
    """Fifty clients stay current with every event while one reads nothing at all."""
    async with run(FakeHouse()) as switch:
        clients = [await switch.client() for _ in range(50)]
        for client in clients:
            await client.start(switch.token())
        sleeper = await switch.client(max_msg_size=0)
        await sleeper.start(switch.token())
        sleeper.socket._response.connection.transport.pause_reading()
        flood = offered("c" * 4000)
        while not switch.server.resyncs:
            for _ in range(50):
                last = switch.house.tell(flood)
            await asyncio.gather(*(client.until(last) for client in clients))
            assert last < 20_000
        assert switch.server.resyncs == 1
        assert all(len(client.events) == last - 1 for client in clients)
        sleeper.socket._response.connection.transport.resume_reading()
        assert (await sleeper.hear())["type"] == "session.resync"
        assert (await sleeper.start(switch.token()))["type"] == "session.snapshot"
        sleeper.events.clear()
        assert await sleeper.until(switch.house.tell(state())) == ["agent.state"]


async def test_one_who_never_reads_at_all_is_closed_in_the_end(run):
    now = [1_700_000_000.0]
    async with run(FakeHouse(), clock=lambda: now[0]) as switch:
        sleeper = await switch.client()
        await sleeper.start(switch.token())
        sleeper.socket._response.connection.transport.pause_reading()
        flood = offered("c" * 4000)
        while not switch.server.resyncs:
            for _ in range(50):
                switch.house.tell(flood)
            now[0] += 0.01
            switch.server._wake()
        now[0] += 31
        switch.server._wake()
        while switch.server.connections:
            await asyncio.sleep(0)


async def test_a_pop_waits_for_a_sleeping_screen_only_so_long(run):
    now = [1_700_000_000.0]
    async with run(FakeHouse(), clock=lambda: now[0]) as switch:
        sleeper = await switch.client()
        await sleeper.start(switch.token("1001"))
        (connection,) = switch.server.connections
        connection.line._socket = Stuck(connection.line._socket, now)
        number = switch.house.tell(reserved())
        await switch.server.pop("1001", number)
        assert 0.05 <= now[0] - 1_700_000_000.0 < 0.1


class Stuck:
    """A socket with a byte in it that will not go; each look at it takes ten milliseconds."""

    def __init__(self, socket, now):
        self.socket, self.now = socket, now

    def __getattr__(self, name):
        return getattr(self.socket, name)

    def get_write_buffer_size(self):
        self.now[0] += 0.01
        return 1


async def test_a_pop_for_somebody_without_a_screen_takes_no_time(switch):
    waiting = switch.server.pop("1001", switch.house.tell(reserved()))
    with pytest.raises(StopIteration):
        waiting.send(None)


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
