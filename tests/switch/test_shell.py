"""The driver holds back what must not be said before it is safe, and nothing else."""

import asyncio

import pytest

from bench.core import World
from switch import shell as driver
from switch.clock import Clock
from switch.effects import AfterCommit, Remember
from switch.events import SwitchStopped
from switch.shell import Shell
from switch.sip.effects import Address, Transmit

OK = Transmit(Address("udp", "192.0.2.7", 5060), b"SIP/2.0 200 OK\r\n\r\n")


@pytest.fixture
def shell(store, monkeypatch):
    made = Shell(World().exchange, Clock(), store, None)
    made.sent = []
    monkeypatch.setattr(made.transport, "send", made.sent.append)
    return made


async def test_what_was_written_down_is_safe_before_the_answer_goes(shell, store):
    shell.exchange.note(SwitchStopped(reason="x"), 1.0)
    shell.reflex([AfterCommit(OK), Remember("phone/1001", {"bindings": []})])
    await asyncio.sleep(0)
    assert not shell.sent
    while not shell.sent:
        await asyncio.sleep(0)
    assert shell.sent == [OK] and store.lag == 0
    assert [entry.number for entry in await store.entries(0)] == [1] and await store.memory()


async def test_who_writes_nothing_down_waits_for_nothing(shell):
    shell.reflex([AfterCommit(OK), Remember("phone/1001", {"bindings": []})])
    assert shell.sent == [OK]


async def test_a_store_that_is_away_holds_nobody_up(shell, store, monkeypatch):
    monkeypatch.setattr(driver, "COMMIT_SECONDS", 0.0)
    monkeypatch.setattr(store, "after_commit", lambda callback: None)
    shell.exchange.note(SwitchStopped(reason="x"), 1.0)
    shell.reflex([AfterCommit(OK)])
    while not shell.sent:
        await asyncio.sleep(0)
    assert shell.sent == [OK]
