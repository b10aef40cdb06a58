"""Opening hours by REST, by command and at the command line: who may close, and what the screens see."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from cti.asking import AskRefused
from cti.hours import change, show
from cti.states import HoursState, Snapshot
from switch.hours.calendar import Calendar
from switch.hours.doors import Doors
from switch.hours.picture import week
from switch.hours.rules import Hours
from switch.opening import week as week_of
from switch.orders import CloseHours, FollowHours, OrderRefused

OFFICE = HoursState(hours="office", open=False, why="closed now by 2002", by="2002", until=1893499200.0, time_zone="UTC")


@pytest.fixture
def office(switch):
    switch.house.state = Snapshot(hours=(OFFICE,))
    return switch


async def ask(switch, method, path, user, **more):
    async with switch.http.request(method, switch.url + path, headers=switch.bearer(user), **more) as response:
        return response.status, await response.json()


async def test_everybody_sees_what_is_open_and_supervisors_close(office):
    for user in ("1001", "2001"):
        assert (await ask(office, "GET", "/api/v1/hours", user))[1][0]["why"] == "closed now by 2002"
    wish = {"until": "18:00", "why": "drill"}
    assert (await ask(office, "POST", "/api/v1/hours/office/close", "2001", json=wish))[0] == 200
    assert office.house.orders == [(CloseHours(hours="office", until="18:00", why="drill"), "2001")]
    assert (await ask(office, "POST", "/api/v1/hours/office/close", "1001", json=wish))[0] == 403
    assert (await ask(office, "POST", "/api/v1/hours/office/paint", "2001", json={}))[0] == 404
    assert (await ask(office, "POST", "/api/v1/hours/office/close", "2001", json={"until": []}))[0] == 400
    assert len(office.house.orders) == 1


async def test_what_cannot_be_closed_says_why(office):
    office.house.refuse = OrderRefused("unknown_hours", "did you mean `office`?")
    assert (await ask(office, "POST", "/api/v1/hours/offic/follow", "2001", json={}))[0] == 404
    office.house.refuse = OrderRefused("bad_moment", "until is over")
    status, body = await ask(office, "POST", "/api/v1/hours/office/open", "2001", json={})
    assert (status, body["error"]["code"]) == (409, "bad_moment")


async def test_the_command_is_for_supervisors(office):
    close = {"jsonrpc": "2.0", "id": 1, "method": "hours.close", "params": {"hours": "office"}}
    assert (await ask(office, "POST", "/api/v1/commands", "1001", json=close))[1]["error"]["data"]["code"] == "forbidden"
    assert "result" in (await ask(office, "POST", "/api/v1/commands", "2001", json=close))[1]
    assert office.house.orders == [(CloseHours(hours="office"), "2001")]


async def test_the_terminal(office):
    assert await show(office.url, "1001", "demo-1001") == "the week of office"
    with pytest.raises(AskRefused, match="no hours"):
        await show(office.url, "1001", "demo-1001", "offic")
    with pytest.raises(AskRefused, match="18:05"):
        await show(office.url, "1001", "demo-1001", "office", "soon")

    async def submit(order, by):
        office.house.orders.append((order, by))
        return {"hours": "office", "open": True, "why": "mon-fri 08:00-18:00", "until": 1893499200.0, "time_zone": "UTC"}
    office.house.submit = submit
    said = await change(office.url, "2001", "demo-2001", "follow", "office")
    assert said == "office is open until Tuesday 2030-01-01 12:00: mon-fri 08:00-18:00"
    assert office.house.orders == [(FollowHours(hours="office"), "2001")]


def test_a_week_as_a_picture():
    hours = Hours("office", open={"mon-fri": ("08:00-18:00",), "sat": ("22:00-06:00",)}, holidays=("2030-01-01 New Year",))
    calendar = Calendar(hours, ZoneInfo("UTC"))
    lines = week(calendar, date(2030, 1, 1)).splitlines()
    assert lines[0] == "office (UTC)" and lines[3].startswith(">Tue 2030-01-01  ····")
    assert lines[3].endswith("closed: New Year") and lines[4].endswith("08:00-18:00")
    assert lines[7].endswith("22:00-24:00") and lines[8].endswith("00:00-06:00")
    assert lines[4].count("█") == 20
    doors = Doors({"office": calendar})
    now = datetime(2030, 1, 2, 9, tzinfo=UTC).timestamp()
    assert week_of(doors, "office", "", now).startswith(
        "office (UTC) is open until Wednesday 2030-01-02 18:00: mon-fri 08:00-18:00")
    assert "> Tue" not in week_of(doors, "office", "2030-01-01", now) and week_of(doors, "other", "", now) is None
