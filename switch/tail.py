"""What a reader of the journal reads next: from memory, or from the store where it has been away for long."""

from collections.abc import Awaitable, Callable

from switch.journal import Entry, Journal

Stored = Callable[[int, int], Awaitable[list[Entry]]]
"""``entries(after, limit)``: what memory no longer holds."""


async def following(journal: Journal, stored: Stored, after: int, limit: int) -> list[Entry]:
    """The first ``limit`` entries after number ``after``; none when there is nothing new."""
    if after < journal.first - 1:
        return await stored(after, limit)
    return journal.since(after)[:limit]
