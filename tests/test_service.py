"""The systemd unit: well formed, and closed where a switch need not be open; and what the switch tells systemd."""

import asyncio
import re
import socket
import subprocess
from pathlib import Path

import pytest

from switch.service import Service

UNIT = Path(__file__).parents[1] / "packaging" / "shoal.service"
MOST = 2.0
"""Exposure, of 10."""


@pytest.fixture
def listener(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(5)
        yield line


def test_systemd_calls_the_exposure_low(tool):
    ran = subprocess.run([tool("systemd-analyze"), "security", "--offline=true", "--no-pager", str(UNIT)],
                         capture_output=True, text=True, check=False)
    found = re.search(r"exposure level for shoal\.service: ([0-9.]+)", ran.stdout)
    assert found, ran.stdout + ran.stderr
    assert float(found[1]) <= MOST


def test_the_unit_is_well_formed(tool, tmp_path):
    """Read with a command that is there: that of the unit is where operations puts it."""
    unit = tmp_path / "shoal.service"
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text()))
    ran = subprocess.run([tool("systemd-analyze"), "verify", "--man=no", str(unit)],
                         capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "shoal" not in ran.stderr, ran.stderr


def test_nothing_of_roots_is_asked_for():
    lines = UNIT.read_text().splitlines()
    for wanted in ("User=shoal", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "LimitRTPRIO=10", "Type=notify"):
        assert wanted in lines


def test_systemd_is_told_when_the_doors_are_open(listener):
    Service({"NOTIFY_SOCKET": listener.getsockname()}).tell("READY=1")
    assert listener.recv(100) == b"READY=1"


def test_signs_of_life_come_twice_in_the_time_that_is_waited(listener):
    service = Service({"NOTIFY_SOCKET": listener.getsockname(), "WATCHDOG_USEC": "2000"})
    assert service.pause == 0.001

    async def live():
        task = asyncio.ensure_future(service.live())
        signs = [await asyncio.to_thread(listener.recv, 100) for _ in range(3)]
        task.cancel()
        return signs
    assert asyncio.run(live()) == [b"WATCHDOG=1"] * 3


@pytest.mark.parametrize("environ", [
    {}, {"WATCHDOG_USEC": "30000000"}, {"NOTIFY_SOCKET": "/nowhere/at/all"}, {"NOTIFY_SOCKET": "@shoal-nobody"},
    {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "soon"}, {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "0"},
])
def test_without_systemd_nothing_is_done(environ):
    service = Service(environ)
    service.tell("READY=1")
    assert service.pause is None
    asyncio.run(service.live())
