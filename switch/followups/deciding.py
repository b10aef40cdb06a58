"""Which rules hold for a contact that has ended, and what comes of each. Pure: no clock, no queue, nothing is sent here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import NamedTuple
from zoneinfo import ZoneInfo

from switch.followups.rules import Followups, Rule, When
from switch.hours.rules import spans

MOBILE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
GAP = re.compile(r"\{(\w+)\}")
MINUTE = 60.0
HOUR = 3600.0


@dataclass(frozen=True)
class Facts:
    """What is known of a contact."""

    contact: str
    caller: str
    language: str
    trees: tuple[str, ...] = ()
    chose: frozenset[tuple[str, str]] = frozenset()
    """Trees, and where options that were taken in them lead."""
    gave_up: tuple[str, str] = ("", "")
    """Tree and menu."""
    abandoned: str = ""
    talked: str = ""
    score: float | None = None
    outcomes: frozenset[str] = frozenset()
    """What agents say came of it."""
    values: dict[str, str] = field(default_factory=dict)
    """What texts may say."""


@dataclass(slots=True)
class Known:
    """A contact that has ended, of which agents may still say something."""

    facts: Facts
    held: set[str] = field(default_factory=set)
    """Rules that have held."""
    said: dict[str, str] = field(default_factory=dict)
    """Outcomes by agent."""
    agents: frozenset[str] = frozenset()
    """Who may say something."""


class Decision(NamedTuple):
    """What one rule comes to."""

    rule: str
    to: str
    text: str
    due: float
    """POSIX seconds; 0 = at once."""
    skipped: str
    """Why nothing is sent: anonymous, no_mobile, too_soon; empty = it is."""


def decide(followups: Followups, facts: Facts, recent: "Recent", zone: ZoneInfo, now: float,
           noted: frozenset[str] | None = None) -> Iterator[Decision]:
    """Every rule that holds. Who is to get something counts as having got it. ``noted``: the contact has ended already, and
    an agent has said something of it, so that only rules about that are asked, but for these, which have held."""
    for name, rule in followups.rules.items():
        if (noted is not None and (not rule.when.outcome or name in noted)) or not holds(rule.when, facts):
            continue
        to = facts.caller if rule.send == "sms" else ""
        why = _unfit(followups, facts.caller) if rule.send == "sms" else ""
        if not why and rule.once_in and facts.caller and recent.is_too_soon(name, facts.caller, now):
            why = "too_soon"
        if not why and rule.once_in and facts.caller:
            recent.note(name, facts.caller, now + rule.once_in * HOUR)
        yield Decision(name, to, fill(text_for(rule, facts.language), facts.values), after_quiet(rule.quiet, zone, now), why)


def holds(when: When, facts: Facts) -> bool:
    """Whether all that is given is true."""
    return all((
        not when.tree or when.tree in facts.trees,
        not when.chose or any(where == when.chose and when.tree in ("", tree) for tree, where in facts.chose),
        not when.gave_up_in or (facts.gave_up[1] == when.gave_up_in and when.tree in ("", facts.gave_up[0])),
        not when.abandoned or when.abandoned == facts.abandoned,
        not when.talked or when.talked == facts.talked,
        not when.outcome or when.outcome in facts.outcomes,
        when.score_at_most is None or (facts.score is not None and facts.score <= when.score_at_most),
    ))


def _unfit(followups: Followups, number: str) -> str:
    """Why this number gets no texts; empty = it may."""
    if not number or number.casefold() in ("anonymous", "unavailable"):
        return "anonymous"
    mobile = MOBILE.fullmatch(number) and (not followups.mobiles or number.startswith(followups.mobiles))
    return "" if mobile else "no_mobile"


def text_for(rule: Rule, language: str) -> str:
    """The text in the caller's language."""
    return rule.languages.get(language) or rule.languages.get(language.split("-")[0]) or rule.text


def fill(template: str, values: dict[str, str]) -> str:
    """Values put where ``{name}`` stands; what is not known leaves nothing. No value is looked at for names again."""
    return GAP.sub(lambda found: values.get(found[1], ""), template)


def after_quiet(quiet: str, zone: ZoneInfo, now: float) -> float:
    """When the quiet ends in which ``now`` falls, POSIX seconds; 0 = it is not quiet."""
    if not quiet:
        return 0.0
    wall = datetime.fromtimestamp(now, UTC).astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    for start, end in spans((quiet,)):
        for here in (minute, minute + 1440):
            if start <= here < end:
                return _at(wall, zone, end % 1440, now)
    return 0.0


def _at(wall: datetime, zone: ZoneInfo, minute: int, now: float) -> float:
    """The next moment at which a clock there shows this; where clocks leave it out, an hour later."""
    there = wall.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0, fold=0)
    if there.timestamp() <= now:
        day = datetime.fromordinal(there.toordinal() + 1)
        there = day.replace(hour=there.hour, minute=there.minute, tzinfo=zone)
    return there.timestamp()


class Recent:
    """Who got what lately. ``changes`` are to be remembered across a restart."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._ends: list[tuple[float, str]] = []
        self.changes: dict[str, float | None] = {}

    def is_too_soon(self, rule: str, caller: str, now: float) -> bool:
        self._forget(now)
        return self._until.get(f"{rule}/{caller}", 0.0) > now

    def note(self, rule: str, caller: str, until: float) -> None:
        name = f"{rule}/{caller}"
        self.restore(name, until)
        self.changes[name] = until

    def restore(self, name: str, until: float) -> None:
        """What was remembered."""
        self._until[name] = until
        heappush(self._ends, (until, name))

    def _forget(self, now: float) -> None:
        while self._ends and self._ends[0][0] <= now:
            _, name = heappop(self._ends)
            if self._until.get(name, now + 1) <= now:
                del self._until[name]
                self.changes[name] = None
