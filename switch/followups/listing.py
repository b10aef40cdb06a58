"""``shoal followups``: what waits, what failed and what was skipped, from the store, beside the switch or without it."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from switch import building
from switch.clock import Clock
from switch.events import FollowupFailed, FollowupQueued, FollowupSent, FollowupSkipped
from switch.journal import Entry
from switch.settings import Settings
from switch.store import Store
from switch.store_batch import StoreError

KINDS = {kind.__struct_config__.tag: kind for kind in (FollowupQueued, FollowupSkipped, FollowupSent, FollowupFailed)}
DAY = 86400.0


async def print_followups(settings: Settings, days: float) -> int:
    """Print them; gives the exit status."""
    try:
        store = await Store.look(building.store_url(settings))
        try:
            entries = await store.of_kinds(tuple(KINDS), Clock().now() - days * DAY)
        finally:
            await store.close()
    except (StoreError, SQLAlchemyError) as error:
        print(error, file=sys.stderr)
        return 1
    print(text(entries, ZoneInfo(settings.system.time_zone)))
    return 0


def text(entries: Sequence[Entry], zone: tzinfo) -> str:
    """One line for each that waits or has failed; numbers of the others, by rule."""
    queued: dict[str, Entry] = {}
    sent, skipped, lines = Counter(), Counter(), []
    for entry in entries:
        event = entry.event
        moment = f"{datetime.fromtimestamp(entry.at, zone):%Y-%m-%d %H:%M:%S}"
        if isinstance(event, FollowupQueued):
            queued[event.followup] = entry
            continue
        queued.pop(event.followup, None)
        sent[event.rule] += isinstance(event, FollowupSent)
        if isinstance(event, FollowupSkipped):
            skipped[event.rule, event.why] += 1
        elif isinstance(event, FollowupFailed):
            lines.append(f"{moment}  failed   {event.rule} of contact {event.contact}: {event.why}, {event.tries} tries")
    for entry in queued.values():
        event = entry.event
        moment = f"{datetime.fromtimestamp(entry.at, zone):%Y-%m-%d %H:%M:%S}"
        until = f", not before {datetime.fromtimestamp(event.due, zone):%H:%M}" if event.due else ""
        lines.append(f"{moment}  waiting  {event.rule} of contact {event.contact} for {event.sender}{until}")
    lines += [f"sent     {rule}: {count}" for rule, count in sorted(sent.items()) if count]
    lines += [f"skipped  {rule}: {count}, {why.replace('_', ' ')}" for (rule, why), count in sorted(skipped.items())]
    return "\n".join(lines) or "There were no follow-ups."
