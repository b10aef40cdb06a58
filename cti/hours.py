"""``shoal hours``: what is open in a running switch, closing it at once, and letting the calendar rule again."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from cti.asking import ask


async def show(url: str, user: str, password: str, name: str = "", at: str = "") -> str:
    """The week of each calendar, or of one, as a picture. Raises :class:`~cti.asking.AskRefused`."""
    names = [name] if name else [row["hours"] for row in await ask(url, user, password, "GET", "/hours")]
    params = {"at": at} if at else {}
    weeks = [await ask(url, user, password, "GET", f"/hours/{quote(each, safe='')}/week", params=params) for each in names]
    return "\n\n".join(weeks) or "hours.yaml names no hours: everything is always open"


async def change(url: str, user: str, password: str, verb: str, name: str, until: str = "", why: str = "") -> str:
    """``close``, ``open`` or ``follow``; how it stands then. Raises :class:`~cti.asking.AskRefused`."""
    wish = {key: value for key, value in (("until", until), ("why", why)) if value}
    return told_of(await ask(url, user, password, "POST", f"/hours/{quote(name, safe='')}/{verb}", json=wish))


def told_of(state: dict[str, Any]) -> str:
    """How a door stands, for people."""
    until = state.get("until")
    moment = f" until {datetime.fromtimestamp(until, ZoneInfo(state['time_zone'])):%A %Y-%m-%d %H:%M}" if until else ""
    return f"{state['hours']} is {'open' if state['open'] else 'closed'}{moment}: {state['why']}"
