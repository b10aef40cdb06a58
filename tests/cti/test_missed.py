"""What a client missed while it was away: from memory, from the store, or a snapshot."""

from switch.events import SwitchStarted
from switch.journal import Entry

from .fake_house import FakeHouse, ended, offered, reserved, state


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
