"""What the demonstration asks of the web: the service that its trees ask for balances, whom one may log in as, and what the
page's own test caller needs. It is there only while demo passwords stand.

The service knows every account whose number does not end in 0; the balance follows from the digits, so that the same account
always has the same one. Accounts that end in 9 are gold.
"""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from cti.answers import answer

NUMBERS = ("5000", "5001")
VOICE = Path(__file__).parents[1] / "ivr" / "sounds" / "en" / "demo-opening-hours.wav"
PATH = "/demo/accounts/{account:[0-9]{1,20}}"


async def account(request: web.Request) -> web.Response:
    """``{"balance": "1205.50", "tier": "gold"}``, or 404."""
    number = request.match_info["account"]
    if number.endswith("0"):
        return answer({"error": {"code": "not_found", "reason": f"there is no account {number}"}}, 404)
    cents = int(number) * 7919 % 1_000_000
    return answer({"balance": f"{cents // 100}.{cents % 100:02d}", "tier": "gold" if number.endswith("9") else "blue"})


async def numbers(request: web.Request) -> web.Response:
    """The numbers that a test caller of the page may try."""
    return answer(NUMBERS)


async def voice(request: web.Request) -> web.Response:
    """What a test caller says."""
    return web.Response(body=VOICE.read_bytes(), content_type="audio/wav")


def routes(people: Mapping[str, str]) -> tuple[web.RouteDef, ...]:
    """``people``: who has a password of the demonstration, by number, each with the role. The first of each role is shown
    to whoever opens the page; the password is ``demo-`` and the number."""
    first = {role: user for user, role in reversed(people.items())}
    shown = [{"user": user, "role": role} for user, role in people.items() if first[role] == user]

    async def who(request: web.Request) -> web.Response:
        return answer(shown)

    if not people:
        return ()
    return (web.get(PATH, account), web.get("/demo/people", who), web.get("/demo/numbers", numbers),
            web.get("/demo/voice.wav", voice))
