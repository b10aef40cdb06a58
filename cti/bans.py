"""``shoal bans``: who is not heard by a running switch, and hearing them again. Asks REST, as any other client would."""

from datetime import datetime
from urllib.parse import quote

import aiohttp


class BansRefused(Exception):
    """The switch does not let us, or is not there; the message says why."""


async def bans(url: str, user: str, password: str, lift: str = "") -> str:
    """The banned addresses as a table, or what came of lifting the ban of ``lift``. Raises :class:`BansRefused`."""
    url = url.rstrip("/")
    try:
        async with aiohttp.ClientSession() as http:
            who = await _asked(http, "POST", f"{url}/auth/token", json={"user": user, "password": password})
            bearer = {"Authorization": f"Bearer {who['token']}"}
            if lift:
                await _asked(http, "DELETE", f"{url}/api/v1/bans/{quote(lift, safe='')}", headers=bearer)
                return f"{lift} is heard again"
            return _table(await _asked(http, "GET", f"{url}/api/v1/bans", headers=bearer))
    except aiohttp.InvalidURL:
        raise BansRefused(f"{url!r} is no address of a switch; write http://host:port") from None
    except (aiohttp.ClientError, OSError) as wrong:
        raise BansRefused(f"the switch cannot be reached: {wrong}") from None


async def _asked(http: aiohttp.ClientSession, method: str, url: str, **more: object) -> object:
    async with http.request(method, url, **more) as response:
        body = None if response.status == 204 else await response.json()
        if response.status >= 400:
            raise BansRefused(body["error"]["reason"])
        return body


def _table(rows: object) -> str:
    if not rows:
        return "nobody is banned"
    lines = [f"{'address':39}  {'since':19}  {'until':19}  why"]
    lines += [f"{row['source']:39}  {_moment(row['since'])}  {_moment(row['until'])}  {row['why'].replace('_', ' ')}"
              for row in rows]
    return "\n".join(lines)


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M:%S}"
