"""The systemd unit: well formed, and closed where a switch need not be open; and what the switch tells systemd."""

import asyncio
import re
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from switch.pulse import EVERY, STUCK, Pulse
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
    for wanted in ("User=shoal", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "LimitRTPRIO=10", "LimitNICE=-10",
                   "Type=notify"):
        assert wanted in lines


def test_systemd_is_told_when_the_doors_are_open(listener):
    Service({"NOTIFY_SOCKET": listener.getsockname()}).tell("READY=1")
    assert listener.recv(100) == b"READY=1"


def signs(listener, overdue, moments):
    """Which of these moments bring a sign of life, where systemd waits for 2 s."""
    now, late = [0.0], [0.0]
    service = Service({"NOTIFY_SOCKET": listener.getsockname(), "WATCHDOG_USEC": "4000000"})
    pulse = Pulse(service, lambda: late[0], lambda: now[0])
    listener.setblocking(False)
    for now[0] in moments:
        late[0] = overdue(now[0])
        pulse.beat()
        with suppress(BlockingIOError):
            assert listener.recv(100) == b"WATCHDOG=1"
            yield now[0]


def test_signs_of_life_come_twice_in_the_time_that_is_waited(listener):
    beats = [EVERY * beat for beat in range(10)]
    assert list(signs(listener, lambda now: 0.0, beats)) == [0.0, 1.5, 3.0, 4.5]


def test_a_loop_that_turns_and_serves_nobody_gives_no_sign(listener):
    beats = [1.0 * beat for beat in range(30)]
    given = list(signs(listener, lambda now: max(0.0, now - 4.0), beats))
    assert max(given) == STUCK + 4.0, "deadlines that nobody serves are death"


def test_how_late_the_loop_is_is_counted():
    now, used, told = [0.0], [7.0], []
    pulse = Pulse(Service({}), lambda: 0.0, lambda: now[0], lambda *each: told.append(each), lambda: used[0])
    async def beat():
        pulse.start()
        now[0], used[0] = EVERY + 0.03, 7.0 + 0.25
        pulse.beat()
        pulse.stop()
    asyncio.run(beat())
    figures = pulse.lag.figures()
    assert (figures["le", "0.02"], figures["le", "0.05"], round(pulse.last, 3)) == (0, 1, 0.03)
    assert told == [(pytest.approx(0.03), pytest.approx(0.25 / (EVERY + 0.03)))], "and how much of a core was used"
    assert not pulse.stuck


@pytest.mark.parametrize("environ", [
    {}, {"WATCHDOG_USEC": "30000000"}, {"NOTIFY_SOCKET": "/nowhere/at/all"}, {"NOTIFY_SOCKET": "@shoal-nobody"},
    {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "soon"}, {"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "0"},
])
def test_without_systemd_nothing_is_done(environ):
    service = Service(environ)
    service.tell("READY=1")
    assert service.pause is None
