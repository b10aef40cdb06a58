"""``shoal reload``, ``shoal versions``, ``shoal rollback``: publishing the configuration of a running switch."""

from datetime import datetime
from typing import Any

from cti.asking import ask


async def reload(url: str, user: str, password: str, preview: bool = False) -> str:
    """Publish what is saved; ``preview``: only say what would come of it. Raises :class:`~cti.asking.AskRefused`."""
    told = await ask(url, user, password, "POST", "/configuration/publish", params={"preview": "1"} if preview else {})
    return told_of(told, preview)


async def rollback(url: str, user: str, password: str, number: int) -> str:
    """Publish an earlier version again. Raises :class:`~cti.asking.AskRefused`."""
    return told_of(await ask(url, user, password, "POST", f"/configuration/versions/{number}/rollback"))


async def versions(url: str, user: str, password: str) -> str:
    """All versions, the newest first. Raises :class:`~cti.asking.AskRefused`."""
    rows = await ask(url, user, password, "GET", "/configuration/versions")
    return "\n".join(line for row in rows for line in _version(row)) or "nothing has been published"


def told_of(told: dict[str, Any], preview: bool = False) -> str:
    """What came of publishing, for people."""
    if not told["published"] and not told["changes"]:
        return f"nothing has changed; version {told['version']} goes on"
    head = "this would be published:" if preview else f"version {told['version']} is published:"
    lines = [head, *(f"  {change}" for change in told["changes"])]
    if told["restart"]:
        lines += ["this holds only when the switch is started anew:", *(f"  {change}" for change in told["restart"])]
    return "\n".join(lines)


def _version(row: dict[str, Any]) -> list[str]:
    moment = f"{datetime.fromtimestamp(row['at']):%Y-%m-%d %H:%M:%S}"
    return [f"{row['version']:5}  {moment}  {row['by']}", *(f"{'':7}{change}" for change in row["changes"])]
