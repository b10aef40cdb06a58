"""Who would get a call, and why: with what somebody has closed or opened by hand."""

import asyncio
import shutil
from pathlib import Path

import pytest

from switch import building
from switch.__main__ import main
from switch.hours.doors import Doors, Hand, Shut
from switch.hours.moments import at_or_day
from switch.loading import load
from switch.store import Store
from switch.trees.explaining import explain

CONFIG = Path(__file__).parents[3] / "config"
MONDAY, HOUR = "2030-01-07 09:00", 3600.0


@pytest.fixture(scope="module")
def settings():
    return load(CONFIG)


@pytest.fixture
def ten(settings):
    """Nine on a Monday where the house is, ten in the office."""
    return at_or_day(MONDAY, settings.hours["office"].zone, 0.0) + HOUR


def told(settings, now, hand=None, number="5002", **shut):
    doors = Doors(settings.hours)
    if hand is not None:
        doors.set("office", hand)
    return explain(settings, number, now, doors=doors, shut=Shut(shut))


def test_nobody_has_done_anything(settings, ten):
    lines = told(settings, ten)
    assert "hours office: Monday 10:00 (Europe/Berlin) is open, by `mon-fri 08:00-18:00`" in lines[2]
    assert not [line for line in lines if "hand" in line]


def test_hours_that_were_closed_by_hand(settings, ten):
    lines = told(settings, ten, Hand(False, "2001", "fire drill", ten + 2 * HOUR))
    assert lines[3:] == [
        "hours office were closed by 2001 by hand, until Monday 2030-01-07 12:00", "  who said: fire drill",
        'so it leads to voicemail:support, after closed-now, "{day} {time}"',
        "  a message in box support: nobody is rung"]
    assert told(settings, ten + 3 * HOUR, Hand(False, "2001", "", ten + 2 * HOUR)) == told(settings, ten + 3 * HOUR)


def test_hours_that_were_opened_by_hand(settings, ten):
    night = ten + 12 * HOUR
    lines = told(settings, night, Hand(True, "2001"))
    assert "hours office were opened by 2001 by hand, until somebody changes it" in lines
    assert not [line for line in lines if "so it leads" in line] and any("queue support" in line for line in lines)


def test_a_queue_that_was_closed_by_hand_sends_its_callers_on(settings, ten):
    lines = told(settings, ten, number="5000", support=Hand(False, "2001", "storm", ten + HOUR))
    at = next(place for place, line in enumerate(lines) if "queue support was closed" in line)
    assert lines[at].strip() == "queue support was closed by 2001 by hand, until Monday 2030-01-07 10:00"
    assert [line.strip() for line in lines[at + 1:at + 3]] == ["who said: storm", "so it leads to goodbye, after "
                                                               "closed-now"]
    assert not [line for line in lines if line.strip().startswith("queue support, ")]
    assert [line for line in lines if line.strip().startswith("queue billing, ")]
    later = told(settings, ten + HOUR, number="5000", support=Hand(False, "2001", "storm", ten + HOUR))
    assert later == told(settings, ten + HOUR, number="5000")


def test_the_command_asks_the_store(tmp_path, capsys):
    folder = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    command = ["route", "5002", "--config", str(folder), "--at", MONDAY]
    assert main(command) == 0
    assert "by hand" not in capsys.readouterr().out, "there has been no switch yet"

    async def remember():
        store = await Store.open(building.store_url(load(folder)), 0.0)
        hand = {"open": False, "by": "2001", "why": "", "until": None}
        store.write([], [("hours/office", {"open": False, "by": "2001", "hand": hand}), ("hours/gone", {}),
                         ("queue/billing", {"by": "2002"}), ("queue/gone", {"by": "2002"})])
        await store.close()
    asyncio.run(remember())
    assert main(command) == 0
    assert "hours office were closed by 2001 by hand, until somebody changes it" in capsys.readouterr().out
