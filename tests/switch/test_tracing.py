"""The ladder is turned on and off while messages pass: what was noted while it was on is written, and nothing else."""

import asyncio

import pytest

from switch import tracing
from switch.ladder import Raw
from switch.tracing import Tracing
from tests.switch.test_ladder import PHONE, message


class Desk:
    def __init__(self):
        self.written = []
        self.tracing = Tracing(self.written.extend, lambda contact: True, lambda: 2.0)

    def pass_by(self, first):
        if self.tracing.ladder is not None:
            self.tracing.ladder.note(Raw(1.0, False, PHONE, message(first)))

    def lines(self):
        return [each.line for trace in self.written for each in trace.messages]


@pytest.fixture
async def desk():
    return Desk()


async def test_what_passes_while_it_is_on_is_written(desk):
    desk.pass_by("INVITE sip:before SIP/2.0")
    desk.tracing.turn(True)
    desk.tracing.ladder.belongs("a@b", "c1", "1001", 1.0)
    desk.pass_by("INVITE sip:x SIP/2.0")
    desk.tracing.turn(True)
    desk.tracing.turn(False)
    assert desk.lines() == ["INVITE sip:x"] and desk.tracing.ladder is None
    desk.pass_by("BYE sip:x SIP/2.0")
    desk.tracing.turn(False)
    desk.tracing.turn(True)
    desk.pass_by("BYE sip:x SIP/2.0")
    desk.tracing.close()
    assert desk.lines() == ["INVITE sip:x"], "whose a session was is forgotten with the rest"


async def test_however_often_it_is_turned_about_one_clock_looks(desk, monkeypatch):
    monkeypatch.setattr(tracing, "PAUSE", 0.0)
    looks = []
    monkeypatch.setattr(desk.tracing, "_take", looks.append)
    for on in (True, False, True, False, True):
        desk.tracing.turn(on)
    looks.clear()
    for _ in range(20):
        await asyncio.sleep(0)
    assert 10 <= len(looks) <= 21
    desk.tracing.close()
    looks.clear()
    await asyncio.sleep(0)
    assert looks == []
