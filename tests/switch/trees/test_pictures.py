"""The tree as the running switch draws it: with what callers did in the version that is published now."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from cti.reports import report
from switch.front import Front
from switch.loading import load
from tests.switch.lives import NINE, day

CONFIG = Path(__file__).parents[3] / "config"


class Archive:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def report(self, *, first, last):
        self.asked.append((first, last))
        return msgspec.to_builtins(report(day(1), NINE, NINE + 86400, UTC, {}))


@pytest.fixture
def switch():
    settings = load(CONFIG)
    exchange = SimpleNamespace(house=SimpleNamespace(settings=settings), journal=None, epoch=1)
    shell = SimpleNamespace(exchange=exchange, clock=SimpleNamespace(now=lambda: NINE))
    return Front(shell, Archive(), None, None), exchange.house


async def test_today_so_far_is_asked_of_the_store(switch):
    front, _ = switch
    (figures,) = await front.tree_figures("main", "")
    assert front.store.asked == [("2026-11-23", "2026-11-23")] and figures["walks"] == 40
    assert await front.tree_figures("nowhere", "") is await front.tree_picture("main", "", "png") is None


async def test_callers_of_other_versions_are_told_apart(switch):
    front, house = switch
    assert "2026-11-20: 0 callers, and 40 in other versions" in await front.tree_picture("main", "2026-11-20", "txt")
    tree = replace(house.settings.trees["main"], version="1")
    house.settings = replace(house.settings, trees={"main": tree})
    drawn = await front.tree_picture("main", "", "svg")
    assert "2026-11-23 so far: 40 callers" in drawn and drawn.startswith("<svg")
