"""The web service that the trees of the demonstration ask for balances. It is there only while demo passwords stand.

It knows every account whose number does not end in 0; the balance follows from the digits, so that the same account
always has the same one. Accounts that end in 9 are gold.
"""

from aiohttp import web

from cti.answers import answer

PATH = "/demo/accounts/{account:[0-9]{1,20}}"


async def account(request: web.Request) -> web.Response:
    """``{"balance": "1205.50", "tier": "gold"}``, or 404."""
    number = request.match_info["account"]
    if number.endswith("0"):
        return answer({"error": {"code": "not_found", "reason": f"there is no account {number}"}}, 404)
    cents = int(number) * 7919 % 1_000_000
    return answer({"balance": f"{cents // 100}.{cents % 100:02d}", "tier": "gold" if number.endswith("9") else "blue"})


ROUTES = (web.get(PATH, account),)
