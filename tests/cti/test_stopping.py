"""Stopping a running switch by REST and by the command line: who may, how long calls may go on, what is shown meanwhile."""

import io
import os
import subprocess

import pytest

from cti import stopping
from cti.asking import AskRefused, Unreachable, ask
from cti.stopping import TO_THE_END, Shown, line, stop
from switch.language.words import words

WHO = ("2002", "demo-2002")


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(stopping, "LOOK_SECONDS", 0.0)


async def post(switch, user, **wish):
    async with switch.http.post(f"{switch.url}/api/v1/stop", headers=switch.bearer(user), json=wish) as response:
        return response.status, await response.json()


async def test_a_supervisor_of_the_whole_house_stops_it(switch):
    switch.house.calls = [3, 2]
    status, told = await post(switch, "2002", seconds=60)
    assert (status, told["stopping"], told["calls"]) == (200, True, 3)
    assert (await ask(switch.url, *WHO, "GET", "/stop"))["calls"] == 2
    assert switch.house.stops == [("2002", 60.0, False)]


@pytest.mark.parametrize("user", ["1001", "2001", "3001"])
async def test_nobody_else_does(switch, user):
    assert (await post(switch, user))[0] == 403
    with pytest.raises(AskRefused):
        await ask(switch.url, user, f"demo-{user}", "GET", "/stop")
    assert switch.house.stops == []


@pytest.mark.parametrize("wish", [{"seconds": -1}, {"seconds": 1e9}, {"seconds": "soon"}, {"drain": 5}])
async def test_what_is_no_time_stops_nothing(switch, wish):
    assert (await post(switch, "2002", **wish))[0] == 400
    assert switch.house.stops == []


@pytest.mark.parametrize(("seconds", "asked"), [
    (None, ("2002", None, False)), (0.0, ("2002", 0.0, False)), (90.0, ("2002", 90.0, False)),
    (TO_THE_END, ("2002", None, True)),
])
async def test_the_command_waits_until_nobody_answers(switch, monkeypatch, seconds, asked):
    out, real = io.StringIO(), stopping.ask
    switch.house.calls = [3, 3, 1, 0]

    async def until_gone(*arguments, **more):
        if not switch.house.calls:
            raise Unreachable("the switch cannot be reached")
        return await real(*arguments, **more)
    monkeypatch.setattr(stopping, "ask", until_gone)
    await stop(switch.url, *WHO, seconds, out)
    assert switch.house.stops == [asked]
    assert out.getvalue().splitlines() == [
        "no new calls; 3 are up, and may go on to their end", "no new calls; 1 are up, and may go on to their end",
        "no new calls; the last one is over", "the switch has stopped"]


async def test_a_switch_that_is_not_there_cannot_be_stopped(unused_tcp_port):
    with pytest.raises(Unreachable, match="cannot be reached"):
        await stop(f"http://127.0.0.1:{unused_tcp_port}", *WHO, None, io.StringIO())


def test_the_time_that_is_left_is_shown():
    assert line({"calls": 2, "until": 1000.0}, 800.0) == "no new calls; 2 are up, 3:20 left for them"
    assert line({"calls": 2, "until": 1000.0}, 1001.0).endswith("0:00 left for them")


def test_at_a_terminal_one_line_is_written_over_and_over(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: True)
    shown = Shown(out, words("zh"))
    for left in (200.0, 199.0):
        shown.show(line({"calls": 2, "until": left}, 0.0))
    shown.last("the switch has stopped")
    assert out.getvalue().count("\r\x1b[K") == 3 and out.getvalue().count("\n") == 1
    assert not [word for word in ("calls", "stopped", "left") if word in out.getvalue()]


async def test_it_is_waited_for_the_process_itself():
    process = subprocess.Popen(["sleep", "60"])
    os.kill(process.pid, 9)
    process.wait()
    await stopping._gone(process.pid)
    await stopping._gone(0)
