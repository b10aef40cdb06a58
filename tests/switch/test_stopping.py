"""The way out: who says it again may change how long calls may go on."""

import asyncio
import signal
from types import SimpleNamespace

import pytest

from switch import stopping
from switch.events import SwitchDraining
from switch.stopping import Stopping


class Shell:
    """A shell with nothing in it but calls."""

    def __init__(self, *contacts, drain=0.0):
        self.now, self.told = 1000.0, []
        self.clock = SimpleNamespace(now=lambda: self.now)
        calls = {str(place): (SimpleNamespace(id=name), None) for place, name in enumerate(contacts)}
        house = SimpleNamespace(calls=calls, draining=False,
                                settings=SimpleNamespace(system=SimpleNamespace(drain=drain)))
        self.house, self.exchange = house, SimpleNamespace(house=house)

    def write_down(self, event):
        self.told.append(event)


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(stopping, "LOOK_SECONDS", 0.0)


def begun(shell):
    condition = SimpleNamespace(stopping=False)
    out = Stopping(shell, condition)
    return out, condition, asyncio.ensure_future(out.over())


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


async def test_nobody_is_waited_for_where_nobody_is():
    shell = Shell()
    out, condition, over = begun(shell)
    await turns()
    assert not over.done()
    out.ask("2001", None)
    await asyncio.wait_for(over, 5)
    assert condition.stopping and shell.house.draining


async def test_calls_may_end():
    shell = Shell("a", "a", "b")
    out, _, over = begun(shell)
    out.ask("2001", None)
    await turns()
    assert shell.told == [SwitchDraining(by="2001", calls=2)] and out.state()["calls"] == 2
    shell.now += 1e6
    await turns()
    assert not over.done()
    shell.house.calls.clear()
    await asyncio.wait_for(over, 5)


async def test_the_last_word_counts():
    shell = Shell("a")
    out, _, over = begun(shell)
    out.ask("2001", None)
    out.ask("2001", 60.0)
    assert out.state()["until"] == 1060.0
    await turns()
    assert not over.done()
    shell.now += 61
    await asyncio.wait_for(over, 5)


@pytest.mark.parametrize(("numbers", "at_once"), [
    ([signal.SIGTERM], False), ([signal.SIGTERM, signal.SIGTERM], True), ([signal.SIGINT], True),
])
async def test_signals(numbers, at_once):
    shell = Shell("a", drain=300.0)
    out, _, over = begun(shell)
    for number in numbers:
        out.signal(number)
    await turns()
    assert over.done() == at_once
    over.cancel()
    assert [event.until for event in shell.told][-1] == (1000.0 if at_once else 1300.0)
