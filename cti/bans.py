"""``shoal bans``: who is not heard by a running switch, and hearing them again."""

from datetime import datetime
from urllib.parse import quote

from cti.asking import ask


async def bans(url: str, user: str, password: str, lift: str = "") -> str:
    """The banned addresses as a table, or what came of lifting the ban of ``lift``. Raises
    :class:`~cti.asking.AskRefused`."""
    if lift:
        await ask(url, user, password, "DELETE", f"/bans/{quote(lift, safe='')}")
        return f"{lift} is heard again"
    return _table(await ask(url, user, password, "GET", "/bans"))


def _table(rows: object) -> str:
    if not rows:
        return "nobody is banned"
    lines = [f"{'address':39}  {'since':19}  {'until':19}  why"]
    lines += [f"{row['source']:39}  {_moment(row['since'])}  {_moment(row['until'])}  {row['why'].replace('_', ' ')}"
              for row in rows]
    return "\n".join(lines)


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M:%S}"
