"""Clients that do not read, or not soon."""

import asyncio

import pytest

from .fake_house import FakeHouse, offered, reserved, state


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
