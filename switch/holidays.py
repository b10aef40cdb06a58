"""``hours.yaml`` and the iCalendar files that it names, as calendars. The files lie in the folder of the configuration, so
they are watched, published and kept as versions like the others."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from switch.hours import icalendar
from switch.hours.calendar import Calendar
from switch.hours.feasts import Feast
from switch.hours.rules import FILE, Hours
from switch.mistakes import Mistake, nearest
from switch.reader import Reading

HOURS = "hours.yaml"


def collect(folder: Path, reading: Reading, zone: str) -> tuple[dict[str, Calendar], list[Mistake]]:
    """Every calendar, and the mistakes in its files. ``zone``: where hours are that name none."""
    mistakes: list[Mistake] = []
    read = cache(lambda file: _read(folder, file))

    def feasts(rules: Hours) -> Iterator[Feast]:
        for index, file in enumerate(rules.holidays):
            if not file.endswith(FILE):
                continue
            found, wrong, missing = read(file)
            mistakes.extend(wrong)
            if missing:
                line = reading.lines.get((rules.name, "holidays", str(index)), 0)
                mistakes.append(Mistake(HOURS, line, f"there is no file `{file}`", missing))
            yield from found
    given: Mapping[str, Hours] = reading.value or {}
    return {name: Calendar(rules, _zone(rules.time_zone or zone), tuple(feasts(rules)))
            for name, rules in given.items()}, mistakes


def _zone(name: str) -> ZoneInfo:
    """One that does not exist is told by the checks."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _read(folder: Path, file: str) -> tuple[tuple[Feast, ...], list[Mistake], str]:
    """The events of a file, the mistakes in it, and what to do where there is none."""
    if PurePosixPath(file).is_absolute() or ".." in PurePosixPath(file).parts:
        return (), [], f"put it into {folder.name}/, and write its name from there"
    try:
        text = (folder / file).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return (), [Mistake(file, 0, "this is not UTF-8", "export the calendar again, as UTF-8")], ""
    except OSError:
        near = nearest(file, [path.relative_to(folder).as_posix() for path in folder.rglob(f"*{FILE}")])
        return (), [], f"did you mean `{near}`?" if near else f"put it into {folder.name}/"
    found, flaws = icalendar.read(text)
    return found, [Mistake(file, *flaw) for flaw in flaws], ""
