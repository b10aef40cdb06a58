"""What somebody who plans a day says of it: calls, callers, agents and their shifts, the network. A YAML file of its own.

The sentence under a field is its documentation. Moments of the day are written ``HH:MM``, in the time zone of
``shoal.yaml``; durations as everywhere in the configuration (``90 s``, ``15 min``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from switch.hours.doors import Doors
from switch.mistakes import Mistake, SettingsError, suggest
from switch.reader import Place, Reading, read
from switch.routing import route
from switch.schema import LEVEL, SOME_SECONDS, Limit
from switch.settings import Settings
from world.net import Storm, Weather
from world.people import AgentHabits, CallerHabits

PERCENT = Limit(0, 100, "%")
SHARE = Limit(0)


@dataclass(frozen=True)
class Crew:
    """Agents who work the same shift in the same way."""

    numbers: tuple[str, ...] = ()
    """Agents of `agents.yaml`, by number."""
    count: int = 0
    """How many agents more, who are made up for this day."""
    queues: dict[str, int] = field(default_factory=dict)
    """Queues of the made-up agents, each with its tier."""
    skills: dict[str, int] = field(default_factory=dict)
    """Skills of the made-up agents, each with its level (1-10)."""
    start: str = ""
    """When they log in, `HH:MM`; empty = five minutes before the first call."""
    until: str = ""
    """When they go home (after the call that they have), `HH:MM`; empty = when everything is over."""
    lost: str = ""
    """When the cables of their phones are pulled, `HH:MM`; empty = never."""
    habits: AgentHabits = field(default_factory=AgentHabits)
    """How they work."""


@dataclass(frozen=True)
class BadWeather:
    """Another weather of the network for a while."""

    start: str
    """When it begins, `HH:MM`."""
    until: str
    """When it is over, `HH:MM`."""
    weather: Weather = field(default_factory=Weather)
    """What it is like."""


@dataclass(frozen=True)
class Day:
    """A day of a contact centre that is simulated."""

    calls: tuple[float, ...]
    """How many calls come in each interval, from `start` on."""
    agents: dict[str, Crew]
    """Who works: names of crews, as you like, with what they are."""
    date: str = "2030-01-07"
    """The day, YYYY-MM-DD; it decides about opening hours and holidays."""
    start: str = "08:00"
    """When the first interval begins, `HH:MM`."""
    interval: float = 3600.0
    """Seconds of an interval."""
    seed: int = 1
    """Where chance begins: the same seed gives the same day, call by call."""
    numbers: dict[str, float] = field(default_factory=lambda: {"5000": 1.0})
    """The numbers that are dialled, each with its share of the calls."""
    callers: CallerHabits = field(default_factory=CallerHabits)
    """How callers behave."""
    weather: Weather = field(default_factory=Weather)
    """What the network is like."""
    storms: tuple[BadWeather, ...] = ()
    """When the network is different."""

    def moment(self, text: str, zone: ZoneInfo) -> float:
        """``HH:MM`` of this day as POSIX seconds. Raises ValueError."""
        return datetime.strptime(f"{self.date} {text}", "%Y-%m-%d %H:%M").replace(tzinfo=zone).timestamp()

    def period(self, zone: ZoneInfo) -> tuple[float, float]:
        """From the first call to the end of the last interval, POSIX seconds."""
        start = self.moment(self.start, zone)
        return start, start + len(self.calls) * self.interval

    def changes(self, zone: ZoneInfo) -> tuple[Storm, ...]:
        """The bad weather in POSIX seconds."""
        return tuple(Storm(self.moment(bad.start, zone), self.moment(bad.until, zone), bad.weather)
                     for bad in self.storms)


LIMITS = {
    (Crew, "count"): Limit(0), (Crew, "queues"): Limit(1, 100), (Crew, "skills"): LEVEL,
    (Day, "calls"): Limit(0), (Day, "interval"): Limit(1, unit="s"), (Day, "seed"): Limit(0), (Day, "numbers"): SHARE,
    (CallerHabits, "patience"): SOME_SECONDS, (CallerHabits, "keys"): SHARE, (CallerHabits, "thinks"): SOME_SECONDS,
    (CallerHabits, "talk"): SOME_SECONDS, (CallerHabits, "talk_spread"): Limit(0, 3),
    (CallerHabits, "agent_ends"): PERCENT, (CallerHabits, "answers"): SHARE,
    (AgentHabits, "asks"): PERCENT, (AgentHabits, "hands_on"): PERCENT,
    (AgentHabits, "picks_up"): SOME_SECONDS, (AgentHabits, "comes_back"): SOME_SECONDS,
    (Weather, "loss"): PERCENT, (Weather, "delay"): Limit(0, 60, "s"), (Weather, "jitter"): Limit(0, 60, "s"),
    (Weather, "repeat"): PERCENT,
}


def load_day(path: Path, settings: Settings) -> Day:
    """Read and check the file. Raises SettingsError with every mistake; OSError when there is no such file."""
    reading = read(path.read_text("utf-8"), path.name, Day, limits=LIMITS)
    mistakes = list(reading.mistakes)
    if reading.value is not None:
        mistakes += [mistake for mistake in _check(reading, path.name, settings)
                     if mistake.line not in {told.line for told in mistakes}]
    if mistakes:
        raise SettingsError(mistakes)
    return reading.value


def _check(reading: Reading, file: str, settings: Settings) -> Iterator[Mistake]:
    """What types do not say: moments, names, numbers that lead somewhere, somebody who calls and somebody who works."""
    day: Day = reading.value

    def mistake(place: Place, what: str, instead: str) -> Mistake:
        return Mistake(file, reading.lines.get(place, 1), what, instead)

    for place, text in _moments(day):
        if text and not _is_time(text):
            yield mistake(place, f"`{text}` is no time of day", "write `08:30`")
    try:
        date.fromisoformat(day.date)
    except ValueError:
        yield mistake(("date",), f"`{day.date}` is no date", "write `2030-01-07`")
    else:
        yield from _unrouted(day, settings, mistake)
    if not any(day.calls):
        yield mistake(("calls",), "nobody calls", "write how many calls come in each interval, such as `[60, 80]`")
    for key in ("keys", "answers"):
        shares = getattr(day.callers, key)
        if shares and not sum(shares.values()) > 0:
            yield mistake(("callers", key), "the shares are all 0", "give one of them a share")
    for name, crew in day.agents.items():
        place = ("agents", name)
        if not crew.numbers and not crew.count:
            yield mistake(place, f"{name}: nobody is in this crew", "write `count: 5` or `numbers: [1001]`")
        for number in crew.numbers:
            if number not in settings.users or settings.users[number].role != "agent":
                agents = [number for number, user in settings.users.items() if user.role == "agent"]
                yield mistake((*place, "numbers"), f"there is no agent `{number}`", suggest(number, agents))
        for queue in crew.queues:
            if queue not in settings.queues:
                yield mistake((*place, "queues", queue), f"there is no queue `{queue}`", suggest(queue, settings.queues))
        if crew.count and not crew.queues:
            yield mistake(place, f"{name}: made-up agents serve no queue", "write `queues: {support: 1}`")


def _unrouted(day: Day, settings: Settings, mistake: Callable[..., Mistake]) -> Iterator[Mistake]:
    noon = day.moment("12:00", ZoneInfo(settings.system.time_zone))
    doors = Doors(settings.hours)
    for number in day.numbers:
        if route(settings, number, noon, doors) is None:
            yield mistake(("numbers", number), f"`{number}` leads nowhere", suggest(number, settings.numbers))
    if not sum(day.numbers.values()) > 0:
        yield mistake(("numbers",), "no number is dialled", "write `5000: 1`")


def _moments(day: Day) -> Iterator[tuple[Place, str]]:
    yield ("start",), day.start
    for name, crew in day.agents.items():
        for key in ("start", "until", "lost"):
            yield ("agents", name, key), getattr(crew, key)
    for index, bad in enumerate(day.storms):
        for key in ("start", "until"):
            yield ("storms", str(index), key), getattr(bad, key)


def _is_time(text: str) -> bool:
    try:
        datetime.strptime(text, "%H:%M")
    except ValueError:
        return False
    return True
