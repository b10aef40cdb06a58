"""A media worker that dies costs its own calls, and another is started until one lives."""

import asyncio
import random

import pytest
from structlog.testing import capture_logs

from bench.switch import CONFIG
from media.orders import Load
from media.port import MediaError
from switch import media_link
from switch.clock import Clock
from switch.exchange import Exchange
from switch.loading import load
from switch.media_link import MediaLink


@pytest.fixture
def followed():
    return []


@pytest.fixture
def tasks():
    return []


@pytest.fixture
def link(followed, tasks, monkeypatch):
    monkeypatch.setattr(media_link, "PAUSE", 0.0)
    settings = load(CONFIG)
    exchange = Exchange(settings, settings.prompts, random.Random(1), recordings="")
    return MediaLink(exchange, Clock(), followed.append, lambda work: tasks.append(asyncio.ensure_future(work)))


def starts(link, monkeypatch, outcomes):
    async def start_again(worker):
        if (outcome := outcomes.pop(0)) is not None:
            raise outcome

    monkeypatch.setattr(link._ports, "start_again", start_again)


async def test_what_a_worker_says_of_itself_is_kept(link, followed):
    link.on_reports([Load(7, 50, 0.001, 0.002, 0, 1.0)], 0)
    assert link.workers.legs == 7 and link.workers.mute(0.0) == [] and followed == [[]]


async def test_one_that_dies_is_replaced_as_soon_as_one_lives(link, followed, tasks, monkeypatch):
    link.on_reports([Load(7, 50, 0.001, 0.002, 0, 1.0)], 0)
    starts(link, monkeypatch, [MediaError("no port"), OSError("no memory"), None])
    with capture_logs() as said:
        link.on_died(0)
        assert link.workers.missing == 1 and not link.workers.loads
        await asyncio.gather(*tasks)
    assert link.workers.missing == 0 and len(followed) == 2
    assert [line.get("why") for line in said] == [None, "no port", "no memory"]
