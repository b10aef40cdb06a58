"""What a tree knows of opening hours: variables, as they are when a caller comes into it."""

from datetime import datetime

from switch.hours.doors import Doors
from switch.hours.rules import CLOSED


def variables(doors: Doors, now: float) -> dict[str, str]:
    """For each NAME (dashes become ``_``): ``hours_NAME`` is ``open`` or ``closed``, ``why_NAME`` the rule, and
    ``date_NAME`` (2030-01-07), ``time_NAME`` (08:00) when that changes, where the calendar is; no such two = it does not."""
    found = {}
    for name in doors.names:
        state, key = doors.state(name, now), name.replace("-", "_")
        found |= {f"hours_{key}": "open" if state.open else CLOSED, f"why_{key}": state.why}
        if state.until is not None:
            wall = datetime.fromtimestamp(state.until, doors.calendar(name).zone)
            found |= {f"date_{key}": f"{wall:%Y-%m-%d}", f"time_{key}": f"{wall:%H:%M}"}
    return found
