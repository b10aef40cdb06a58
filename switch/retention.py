"""Recordings that have been kept long enough are deleted, with a record of it.

The file goes first, then the switch writes ``recording.deleted`` into the journal, and that marks the row. Killed
between the two, the next sweep finds the row due and the file gone, and says so then. A file that cannot be deleted
stays due.
"""

import asyncio
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import select

from media.waveform import beside
from switch.events import RecordingDeleted
from switch.store import Store
from switch.store_tables import recordings

SWEEP = 500
"""Recordings deleted at once, at most; the rest are still due at the next sweep."""

_log = structlog.get_logger("retention")


class Due(NamedTuple):
    recording: str
    contact: str
    path: str


async def due_for_deletion(store: Store, now: float) -> list[Due]:
    """Recordings whose time is over at ``now`` (POSIX seconds), the oldest first."""
    query = select(recordings.c.recording, recordings.c.contact, recordings.c.path).where(
        recordings.c.deleted == 0, recordings.c.keep_until > 0, recordings.c.keep_until <= now)
    async with store.engine.connect() as db:
        rows = await db.execute(query.order_by(recordings.c.keep_until).limit(SWEEP))
        return [Due(*row) for row in rows]


async def sweep(store: Store, folder: Path, now: float) -> list[RecordingDeleted]:
    """Delete the files that are due below ``folder``; give the events that the switch must write down."""
    due = await due_for_deletion(store, now)
    gone = await asyncio.to_thread(lambda: [each for each in due if _delete(folder, each)])
    return [RecordingDeleted(contact=each.contact, recording=each.recording, why="retention") for each in gone]


def _delete(folder: Path, due: Due) -> bool:
    path = (folder / due.path).resolve()
    if not path.is_relative_to(folder.resolve()):
        _log.error("a recording lies outside its folder", contact=due.contact, recording=due.recording,
                   path=str(path))
        return False
    try:
        beside(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        _log.error("a recording cannot be deleted", contact=due.contact, recording=due.recording,
                   error=str(error))
        return False
    return True
