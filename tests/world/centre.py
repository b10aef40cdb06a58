"""A day of a contact centre, lived: the town is built as a :class:`~world.day_file.Day` says, and runs until it is quiet."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from zoneinfo import ZoneInfo

from switch.acd.rules import AgentRules
from switch.journal import Entry
from switch.settings import Settings, User
from world.day_file import Crew, Day
from world.people import pick
from world.phones import CARRIER, AgentAtWork, Carrier
from world.town import Town

SLICE = 60.0
"""Seconds of the day that are lived at once."""
EARLY = 300.0
"""Seconds before the first call at which agents come who do not say otherwise."""
WARM_UP = 600.0
"""Seconds before the first call at which the town begins to live."""
LATE = 6 * 3600.0
"""Seconds after the last interval at which everything must be over: the longest talk, and the last registration."""
FIRST_NUMBER = 3001
"""Made-up agents have numbers from here on."""


class Centre:
    """One simulated day. ``entries`` of the journal come slice by slice from :meth:`live`, and nothing else is kept."""

    def __init__(self, settings: Settings, day: Day) -> None:
        zone = ZoneInfo(settings.system.time_zone)
        self.day = day
        self.start, self.end = day.period(zone)
        self.settings, crews = hire(settings, day)
        self.town = Town(_trusting(self.settings), day.seed, self.start - WARM_UP, weather=day.weather,
                         storms=day.changes(zone))
        self.carrier = Carrier(self.town, day.callers)
        self.agents = {number: AgentAtWork(self.town, number, day.agents[crew].habits, place)
                       for place, (crew, number) in enumerate((crew, one) for crew in crews for one in crews[crew])}
        self.called = 0
        for crew, numbers in crews.items():
            for number in numbers:
                self._plan_shift(day.agents[crew], self.agents[number], zone)
        for index, calls in enumerate(day.calls):
            begin = self.start + index * day.interval
            self.town.at(begin, lambda begin=begin, calls=calls: self._plan_calls(begin, calls))

    def live(self) -> Iterator[list[Entry]]:
        """The day, slice by slice: what was written down in each. Ends when everybody is gone and nothing is open."""
        seen = 0
        sent_home = False
        while self.town.now < self.end + LATE and not (sent_home and self.quiet):
            self.town.run(self.town.now + SLICE)
            if self.town.now >= self.end and not self.carrier.callers and not sent_home:
                sent_home = True
                for agent in self.agents.values():
                    agent.go_home()
            entries = self.town.exchange.journal.since(seen)
            seen += len(entries)
            yield entries

    @property
    def quiet(self) -> bool:
        """Whether nothing is alive any more in the switch but the seats of media and the agents' rules."""
        return not any(self.leaks().values())

    def leaks(self) -> dict[str, int]:
        """What is still alive, of all that must come to an end."""
        counts = self.town.exchange.counts()
        forever = ("seats", "journal_entries_total", "acd_logged_out")
        return {name: number for name, number in counts.items() if name not in forever and not name.startswith("guard_")}

    def _plan_shift(self, crew: Crew, agent: AgentAtWork, zone: ZoneInfo) -> None:
        chance = self.town.rng.random
        begin = self.day.moment(crew.start, zone) if crew.start else self.start - EARLY
        self.town.at(begin + 60 * chance(), agent.start_work)
        if crew.until:
            self.town.at(self.day.moment(crew.until, zone) + 60 * chance(), agent.go_home)
        if crew.lost:
            self.town.at(self.day.moment(crew.lost, zone), agent.vanish)

    def _plan_calls(self, begin: float, calls: float) -> None:
        """The calls of one interval, at random moments of it; a fraction of a call comes with that likelihood."""
        rng = self.town.rng
        for _ in range(int(calls) + (rng.random() < calls % 1)):
            self.called += 1
            self.town.at(begin + rng.random() * self.day.interval,
                         lambda: self.carrier.call(pick(rng, self.day.numbers)))


def hire(settings: Settings, day: Day) -> tuple[Settings, dict[str, list[str]]]:
    """The settings with the made-up agents in them, and who is in each crew."""
    users, crews = dict(settings.users), {}
    free = (number for number in map(str, count(FIRST_NUMBER))
            if number not in settings.users and number not in settings.numbers)
    for name, crew in day.agents.items():
        crews[name] = list(crew.numbers)
        for number in (next(free) for _ in range(crew.count)):
            rules = AgentRules(number=number, name=f"{name} {number}", queues=crew.queues, skills=crew.skills, team=name)
            users[number] = User(rules, password=f"pass-{number}")
            crews[name].append(number)
    return replace(settings, users=users), crews


def _trusting(settings: Settings) -> Settings:
    """All callers of the day come from one carrier, whom no guard slows down."""
    guard = replace(settings.system.guard, allow=(*settings.system.guard.allow, CARRIER.host))
    return replace(settings, system=replace(settings.system, guard=guard))
