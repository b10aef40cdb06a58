"""How REST answers: JSON always, errors as ``{"error": {"code", "reason"}}``, and never the insides of the house."""

import math
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from cti.protocol import Refusal, RestError, to_json

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PAGE = 50
LONGEST_PAGE = 500
CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 416: "bad_range"}

log = structlog.get_logger("cti")


class RestRefused(Exception):
    """The request cannot be answered; carries the answer. ``field`` names the parameter that is wrong."""

    def __init__(self, status: int, code: str, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.refusal = Refusal(code=code, reason=reason, field=field)


def answer(body: Any, status: int = 200) -> web.Response:
    return web.Response(body=to_json(body), status=status, content_type="application/json")


def refuse(status: int, refusal: Refusal) -> web.Response:
    response = answer(RestError(error=refusal), status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


@web.middleware
async def as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error leaves as JSON; one that is ours is written to the log, not told."""
    try:
        return await handler(request)
    except RestRefused as refused:
        return refuse(refused.status, refused.refusal)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return refuse(error.status, Refusal(code=CODES.get(error.status, "bad_request"), reason=error.reason))
    except Exception:
        log.exception("a request failed", method=request.method, path=request.path)
        return refuse(500, Refusal(code="internal", reason="the switch could not do this; it is in its log"))


def text(request: web.Request, name: str, longest: int = 200) -> str:
    value = request.query.get(name, "")
    if len(value) > longest:
        raise RestRefused(400, "bad_params", f"{name} is longer than {longest} characters", name)
    return value


def whole(request: web.Request, name: str, default: int, most: int) -> int:
    """A whole number from 0 to ``most`` in the query."""
    value = request.query.get(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 12 and int(value) <= most):
        raise RestRefused(400, "bad_params", f"{name} is a whole number from 0 to {most}", name)
    return int(value)


def moment(request: web.Request, name: str) -> float | None:
    """POSIX seconds in the query; None = not given."""
    value = request.query.get(name)
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise RestRefused(400, "bad_params", f"{name} is a moment in POSIX seconds", name)
    return seconds


def number(request: web.Request, name: str, least: float = 0.0, most: float = 1e9) -> float | None:
    """A number in the query; None = not given."""
    value = request.query.get(name)
    if value is None:
        return None
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not least <= found <= most:
        raise RestRefused(400, "bad_params", f"{name} is a number from {least:g} to {most:g}", name)
    return found


def truth(request: web.Request, name: str) -> bool | None:
    """``yes`` or ``no`` in the query; None = not given."""
    value = request.query.get(name)
    if value not in (None, "yes", "no"):
        raise RestRefused(400, "bad_params", f"{name} is yes or no", name)
    return None if value is None else value == "yes"


def page(request: web.Request) -> dict[str, int]:
    """Which page of a list is asked for."""
    return {"limit": whole(request, "limit", PAGE, LONGEST_PAGE), "offset": whole(request, "offset", 0, 10**9)}


def period(request: web.Request) -> dict[str, Any]:
    """A page of what happened in a period."""
    return {"since": moment(request, "since"), "until": moment(request, "until"), **page(request)}
