"""How a command of the operator asks a running switch: by REST, with a token, as any other client would."""

from typing import Any

import aiohttp


class AskRefused(Exception):
    """The switch does not let us, or is not there; the message says why."""


class Unreachable(AskRefused):
    """There is no switch, or there is none any more."""


async def ask(url: str, user: str, password: str, method: str, path: str, **more: Any) -> Any:
    """The body of the answer: JSON as its value, else the text. ``path`` is below ``/api/v1``. Raises
    :class:`AskRefused`, :class:`Unreachable`."""
    url = url.rstrip("/")
    try:
        async with aiohttp.ClientSession() as http:
            who = await _asked(http, "POST", f"{url}/auth/token", json={"user": user, "password": password})
            bearer = {"Authorization": f"Bearer {who['token']}"}
            return await _asked(http, method, f"{url}/api/v1{path}", headers=bearer, **more)
    except aiohttp.InvalidURL:
        raise AskRefused(f"{url!r} is no address of a switch; write http://host:port") from None
    except aiohttp.ClientConnectorError:
        raise Unreachable(f"the switch cannot be reached at {url}; start it, or say where it is with "
                          "`--url http://HOST:PORT`") from None
    except (aiohttp.ClientError, OSError) as wrong:
        raise Unreachable(f"the switch cannot be reached: {wrong}") from None


async def _asked(http: aiohttp.ClientSession, method: str, url: str, **more: Any) -> Any:
    async with http.request(method, url, **more) as response:
        if response.content_type != "application/json":
            return await response.text() or None
        body = await response.json()
        if response.status >= 400:
            raise AskRefused(body["error"]["reason"])
        return body
