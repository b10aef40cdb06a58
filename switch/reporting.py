"""``shoal report``: the figures of a day, from the store, beside the switch or without it."""

import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from cti.report_text import text
from switch import front
from switch.archive import Archive
from switch.clock import Clock
from switch.settings import Settings
from switch.store import Store
from switch.store_batch import StoreError


async def print_report(settings: Settings, day: date | None) -> int:
    """Print the report of this day (None = today); gives the exit status."""
    zone, clock = ZoneInfo(settings.system.time_zone), Clock()
    day = day or datetime.fromtimestamp(clock.now(), zone).date()
    levels = {name: rules.service_level for name, rules in settings.queues.items()}
    try:
        store = await Store.look(front.store_url(settings))
        archive = Archive(store, front.recordings(settings), zone, levels, clock.now)
        print(text(await archive.figures(day.isoformat(), day.isoformat()), zone), end="")
        await store.close()
    except (StoreError, SQLAlchemyError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
