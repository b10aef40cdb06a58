"""Events at a real mosquitto: all of them, in order, also after it was dead for a while."""

import asyncio
import contextlib
import json
import subprocess

import aiomqtt
import pytest

from tests.interop.parties import Inbox, until
from tests.interop.ports import free_port

CONFIG = """
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
log_dest file {folder}/log
user root
"""


class Mosquitto:
    """A broker that keeps its subscriptions across a stop."""

    def __init__(self, program, folder):
        folder.mkdir()
        self.port, self.folder = free_port(), folder
        self._command = [program, "-c", str(folder / "config")]
        (folder / "config").write_text(CONFIG.format(port=self.port, folder=folder))
        self._process = None

    async def start(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(500):
            with contextlib.suppress(OSError):
                (await asyncio.open_connection("127.0.0.1", self.port))[1].close()
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"mosquitto does not listen: {(self.folder / 'log').read_text()}")

    def stop(self):
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


@pytest.fixture
def mosquitto(tool, tmp_path):
    broker = Mosquitto(tool("mosquitto"), tmp_path / "broker")
    yield broker
    broker.stop()


@contextlib.asynccontextmanager
async def listening(broker, inbox):
    """Read everything into the inbox; what comes while nobody listens is kept by the broker (a persistent session)."""
    async with aiomqtt.Client("127.0.0.1", broker.port, identifier="listener", clean_session=False) as client:
        await client.subscribe("shoal/#", qos=1)

        async def read():
            with contextlib.suppress(aiomqtt.MqttError):
                async for message in client.messages:
                    said = json.loads(message.payload)
                    inbox.put({"id": said["id"], "topic": str(message.topic), **said["data"]})

        task = asyncio.ensure_future(read())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def test_a_dead_broker_comes_back_and_nothing_is_lost(own, mosquitto):
    own.switch.configure("shoal.yaml", {"mqtt": {"host": "127.0.0.1", "port": mosquitto.port}})
    await mosquitto.start()
    own.switch.start()
    inbox = Inbox("listener")
    screen = await own.screen("1001")
    async with listening(mosquitto, inbox):
        await screen.order("agent.logIn")
        ready = await inbox.wait(type="agent.state", agent="1001")
        assert ready["topic"] == "shoal/v1/agents/1001/agent.state"

    mosquitto.stop()
    caller = await own.phone("4930888888")
    await caller.call("5000")  # calls do not care
    await screen.order("agent.setState", state="not_ready", reason="lunch")
    await caller.hang_up()
    await screen.order("agent.setState", state="ready")
    assert own.switch.health()["status"] == "ok"

    await mosquitto.start()
    async with listening(mosquitto, inbox):
        last = own.switch.health()["journal"]
        await inbox.wait(within=40, id=f"1:{last}")
    numbers = sorted({int(item["id"].partition(":")[2]) for item in inbox.items})
    assert numbers == list(range(numbers[0], last + 1)) and numbers[0] <= 3, numbers
    first = [int(item["id"].partition(":")[2]) for item in inbox.items]
    seen = list(dict.fromkeys(first))
    assert seen == sorted(seen), "in order, but for repetitions"
    assert inbox.all(type="contact.ended")
    await until(lambda: not own.switch.left_over(), "nobody is left on the line")
    own.switch.stop()
    assert not own.switch.complaints(), own.switch.complaints()
