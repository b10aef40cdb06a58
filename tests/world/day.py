"""``shoal simulate``: what service level would these agents reach with these calls?"""

import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from cti.report_text import share, table, text
from cti.reports import Report, ReportFold
from switch.clock import Clock
from switch.language.words import PLAIN, Words
from switch.settings import Settings
from world.centre import Centre
from world.day_file import load_day

WIDTH = 32
"""Characters of a bar."""


def simulate(settings: Settings, path: Path, words: Words = PLAIN) -> int:
    """Live the day of this file and print its report. Gives the exit status; raises SettingsError."""
    day, zone = load_day(path, settings), ZoneInfo(settings.system.time_zone)
    clock = Clock()
    began = clock.now()
    centre = Centre(settings, day)
    levels = {queue: rules.service_level for queue, rules in settings.queues.items()}
    fold = ReportFold(centre.start, centre.end, zone, levels)
    for entries in centre.live():
        for entry in entries:
            fold.feed(entry)
        _progress(centre, sys.stderr)
    _clear(sys.stderr)
    report = fold.report()
    print(text(report, zone, words), *_service(report, zone, words), sep="\n")
    took = clock.now() - began
    print(words(f"{centre.called} calls, {len(centre.agents)} agents, seed {day.seed}; lived in {took:.1f} s"))
    print(words("callers: " + ", ".join(f"{how} {many}" for how, many in _sorted(centre.carrier.outcomes))))
    return 0


def _service(report: Report, zone: ZoneInfo, words: Words) -> list[str]:
    """Per queue, a line for each interval: how many came, and the service level as a bar."""
    parts = []
    for queue in report.queues:
        rows = []
        for interval in report.intervals:
            for each in interval.queues:
                if each.queue == queue.queue and each.offered:
                    level = each.service_level or 0.0
                    rows.append((f"{_clock(interval.start, zone)}", str(each.offered), share(each.service_level),
                                 ("█" * round(level * WIDTH)).ljust(WIDTH, "·")))
        title = f"Service level of {queue.queue}: {share(queue.service_level)} in {queue.service_level_seconds:g} s"
        parts.append(f"{words(title)}\n\n" + table(("from", "offered", "level", "".ljust(WIDTH)), rows, words) + "\n")
    return parts


def _clock(moment: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%H:%M}"


def _sorted(outcomes: Counter[str]) -> list[tuple[str, int]]:
    return sorted(outcomes.items(), key=lambda item: -item[1])


def _progress(centre: Centre, out: TextIO) -> None:
    """One line that is written over and over, where a person looks at it."""
    if not out.isatty():
        return
    town = centre.town
    part = min(1.0, max(0.0, (town.now - centre.start) / (centre.end - centre.start)))
    bar = ("█" * round(part * WIDTH)).ljust(WIDTH, "·")
    moment = _clock(town.now, ZoneInfo(centre.settings.system.time_zone))
    over = sum(centre.carrier.outcomes.values())
    out.write(f"\r{bar} {moment}  {len(centre.carrier.callers):4} on the line, {over} over ")
    out.flush()


def _clear(out: TextIO) -> None:
    if out.isatty():
        out.write("\r\x1b[K")
        out.flush()
