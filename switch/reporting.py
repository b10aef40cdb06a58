"""``shoal report`` and ``shoal contact``: figures of days, and all of one contact, from the store, beside the switch or
without it."""

import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from cti.protocol import to_json
from cti.report_text import text, trees
from cti.reports import Report
from cti.timeline import timeline_of
from cti.timeline_text import drawn
from switch import building
from switch.archive import Archive
from switch.clock import Clock
from switch.language.words import PLAIN, Words
from switch.settings import Settings
from switch.store import Store
from switch.store_batch import StoreError


async def print_report(settings: Settings, day: date | None, days: int = 1, about: str = "all", name: str = "",
                       words: Words = PLAIN) -> int:
    """Print the report of so many days, of which ``day`` is the last (None = today); gives the exit status. ``about``:
    ``all``, or ``tree`` for trees only, or the one of this name."""
    zone = ZoneInfo(settings.system.time_zone)
    try:
        report = await report_of(settings, day, days)
        print(trees(report, name, zone, words) if about == "tree" else text(report, zone, words), end="")
    except (StoreError, SQLAlchemyError, ValueError, OverflowError) as error:
        print(words(str(error)), file=sys.stderr)
        return 1
    return 0


async def report_of(settings: Settings, day: date | None, days: int = 1) -> Report:
    """The report, from the store. Raises StoreError, SQLAlchemyError, and ValueError for days that make none."""
    zone, clock = ZoneInfo(settings.system.time_zone), Clock()
    day = day or datetime.fromtimestamp(clock.now(), zone).date()
    levels = {name: rules.service_level for name, rules in settings.queues.items()}
    store = await Store.look(building.store_url(settings))
    try:
        archive = Archive(store, building.recordings(settings), zone, levels, clock.now)
        return await archive.figures((day - timedelta(days=days - 1)).isoformat(), day.isoformat())
    finally:
        await store.close()


async def print_contact(settings: Settings, name: str, *, json: bool) -> int:
    """``shoal contact show``: print the timeline of the contact whose name begins with ``name`` (empty = the newest); gives
    the exit status."""
    store = await Store.look(building.store_url(settings))
    try:
        found = await store.contacts_named(name)
        if len(found) != 1:
            many = f"several contacts begin with {name}: {', '.join(found[:5])} ..." if found else "there is no such contact"
            print(many, file=sys.stderr)
            return 1
        made = timeline_of(found[0], await store.entries_of(found[0]), await store.messages_of(found[0]))
    finally:
        await store.close()
    print(to_json(made).decode() if json else drawn(made, ZoneInfo(settings.system.time_zone)), end="")
    return 0
