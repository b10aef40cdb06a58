"""The export, against a real broker: in order, at least once, and nothing lost while the broker is away."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import aiomqtt
import pytest

from cti.hub import Hub
from cti.mqtt import Broker, Export, topic_of

from .fake_house import FakeHouse, offered, state
from .samples import SAMPLES


class Drawer(dict):
    """Cursors in a dictionary."""

    def get_cursor(self, name):
        return self.get(name, 0)

    def set_cursor(self, name, number):
        self[name] = number


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def mosquitto(path, tmp_path, port):
    (tmp_path / "broker.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    process = await asyncio.create_subprocess_exec(
        path, "-c", str(tmp_path / "broker.conf"), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
    try:
        async for text in process.stderr:
            if b"running" in text:
                break
        yield process
    finally:
        process.terminate()
        await process.wait()


def export_of(house, drawer, port, sleeps=None, wait=None) -> Export:
    """``sleeps`` collects the pauses; ``wait`` is what a pause waits for."""
    hub = Hub(house.journal, house.epoch, house.person)

    async def sleep(seconds):
        if sleeps is not None:
            sleeps.append(seconds)
        await (wait.wait() if wait is not None else asyncio.sleep(0.001))

    return Export(Broker("127.0.0.1", port), house.journal, drawer, encode=hub.encoded, entries=house.entries,
                  sleep=sleep)


def exporting(export):
    return cancelled(asyncio.create_task(export.run()))


@asynccontextmanager
async def cancelled(task):
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def acknowledged(export):
    async with asyncio.timeout(10):
        while export.behind:
            await asyncio.sleep(0.005)


async def numbers(client, last):
    """The numbers of all events up to ``last``."""
    found = []
    async with asyncio.timeout(10):
        async for message in client.messages:
            found.append(int(json.loads(message.payload)["id"].partition(":")[2]))
            if found[-1] == last:
                return found
    return found


async def test_events_arrive_in_order_under_their_topics(tool, tmp_path):
    port, house = free_port(), FakeHouse()
    async with mosquitto(tool("mosquitto"), tmp_path, port), aiomqtt.Client("127.0.0.1", port) as reader:
        await reader.subscribe("shoal/v1/#", qos=1)
        export = export_of(house, Drawer(), port)
        async with exporting(export):
            for number in range(500):
                house.tell(offered(f"c{number}"))
            export.notify()
            house.tell(state("1001", "busy"))
            export.notify()
            assert await numbers(reader, 502) == list(range(1, 503))
            await acknowledged(export)
        assert export.cursor == 502


async def test_who_subscribes_is_told_what_each_agent_does(tool, tmp_path):
    port, house = free_port(), FakeHouse()
    async with mosquitto(tool("mosquitto"), tmp_path, port):
        export = export_of(house, Drawer(), port)
        house.tell(state("1001", "ready"))
        house.tell(state("1001", "busy"))
        async with exporting(export), aiomqtt.Client("127.0.0.1", port) as reader:
            await acknowledged(export)
            await reader.subscribe("shoal/v1/#")
            message = await asyncio.wait_for(anext(reader.messages), 10)
        assert str(message.topic) == "shoal/v1/agents/1001/agent.state"
        assert json.loads(message.payload)["data"]["state"] == "busy"


async def test_a_broker_that_was_away_misses_nothing(tool, tmp_path):
    """Long enough away that most of it is no longer in memory; and the switch restarts meanwhile."""
    path, port, house, drawer, sleeps = tool("mosquitto"), free_port(), FakeHouse(keep=50), Drawer(), []
    async with mosquitto(path, tmp_path, port):
        export = export_of(house, drawer, port)
        async with exporting(export):
            await acknowledged(export)
    for number in range(1000):
        house.tell(offered(f"c{number}"))
    export = export_of(house, drawer, port, sleeps)
    async with exporting(export):
        while len(sleeps) < 7:
            await asyncio.sleep(0.005)
        assert (export.behind, export.connected) == (1000, False)
        async with mosquitto(path, tmp_path, port), aiomqtt.Client("127.0.0.1", port) as reader:
            await reader.subscribe("shoal/v1/#", qos=1)
            found = await numbers(reader, 1001)
            await acknowledged(export)
    assert sorted(set(found)) == list(range(found[0], 1002))
    assert drawer["mqtt"] == 1001
    assert sleeps[:7] == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


async def test_the_broker_going_in_the_middle_costs_at_most_a_repetition(tool, tmp_path):
    path, port, house, back = tool("mosquitto"), free_port(), FakeHouse(), asyncio.Event()
    async with mosquitto(path, tmp_path, port):
        export = export_of(house, Drawer(), port, wait=back)
        task = asyncio.create_task(export.run())
        await acknowledged(export)
    async with cancelled(task):
        while export.connected:
            await asyncio.sleep(0.005)
        house.tell(offered("c1"))
        export.notify()
        async with mosquitto(path, tmp_path, port):
            back.set()
            await acknowledged(export)
    assert export.cursor == 2


def test_the_first_export_begins_with_this_start_of_the_switch():
    assert export_of(FakeHouse(), Drawer(), 1).cursor == 0
    house = FakeHouse(stored=tuple(range(40)))
    assert export_of(house, drawer := Drawer(), 1).cursor == 40
    assert drawer["mqtt"] == 40


def test_a_cursor_ahead_of_the_journal_comes_back_to_its_end():
    """The switch was killed after the broker had an entry and before the disk had it."""
    assert export_of(FakeHouse(), Drawer(mqtt=99), 1).cursor == 1


@pytest.mark.parametrize("kind", SAMPLES)
def test_topics_have_the_shape_that_is_documented(kind):
    parts = topic_of(SAMPLES[kind], "shoal").split("/")
    assert parts[:2] == ["shoal", "v1"]
    assert parts[-1] == kind
    assert (parts[2], len(parts)) in {("contacts", 5), ("agents", 5), ("switch", 4)}


def test_no_name_breaks_a_topic():
    assert topic_of(offered("a/b+c#d\0"), "shoal") == "shoal/v1/contacts/a_b_c_d_/contact.offered"


async def test_an_export_to_something_that_never_answers_can_be_stopped():
    silent = await asyncio.start_server(lambda reader, writer: reader.read(), "127.0.0.1", 0)
    export = export_of(FakeHouse(), Drawer(), silent.sockets[0].getsockname()[1])
    task = asyncio.create_task(export.run())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    silent.close()
