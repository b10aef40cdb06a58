"""Tests of a tree as operations write them, in ``ivr/NAME.test.yaml``: what callers do, and what must come of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from ivr.rehearsal import OUTCOMES
from ivr.tree import OPTION_KEYS, PERSON_KEY, Tree
from switch.hours.moments import moment
from switch.loading import TESTS, TREES
from switch.mistakes import Mistake, suggest
from switch.reader import Reading, read
from switch.routing import KINDS
from switch.scalars import TIME
from switch.settings import Settings

MONDAY = date(2025, 6, 2)
"""From when a day of the week is counted in tests, so that they mean the same on every day."""
VERBS = ("silence", "listen", "hang up")
KEYS = frozenset(PERSON_KEY + OPTION_KEYS)


@dataclass(frozen=True)
class Answer:
    """What a look-up comes to. A plain word is short for `{outcome: word}`."""

    SHORTHAND: ClassVar[str] = "outcome"

    outcome: str = "found"
    """`found`, `not_found`, `failed`, or `timeout`: no answer in time."""
    values: dict[str, str] = field(default_factory=dict)
    """What was found, by name of the variable."""


@dataclass(frozen=True)
class Case:
    """One caller. What is expected stands under `hears`, `menus`, `ends` and `variables`; at least one of them is given."""

    called: str = ""
    """The number that is dialled; opening hours then count. Empty = the caller is put into the tree."""
    at: str = "Monday 10:00"
    """When: `Sunday 18:05`, `2026-12-24 18:05`. A day of the week is one of the week from 2 June 2025."""
    caller: str = ""
    """Number of the caller."""
    known: dict[str, str] = field(default_factory=dict)
    """Variables that are known beforehand, such as `caller_name`."""
    lookups: dict[str, Answer] = field(default_factory=dict)
    """What each look-up comes to, by its name; `failed` where nothing is said."""
    do: tuple[str, ...] = ()
    """What the caller does, in turn: keys (`"12#"`), `silence` (until the menu has noticed), `listen` (to the end of what
    is said), `wait 3 s`, `hang up`. At the end the caller only listens."""
    hears: tuple[str, ...] = ()
    """Prompts that must be said, in this order: names of sounds, texts, or names of variables."""
    menus: tuple[str, ...] = ()
    """All menus (of a survey: questions) that the caller is in, one after the other."""
    ends: str = ""
    """Where the caller is led: `queue:NAME`, `extension:NUMBER`, `voicemail:BOX`, `outside:NUMBER`, `goodbye`; `hung_up`
    when the caller hangs up; `menu:NAME` (of a survey: `question:NAME`) when they are still there."""
    priority: int | None = None
    """The priority that they get in the queue."""
    variables: dict[str, str] = field(default_factory=dict)
    """What is known of them at the end: digits that were typed, answers that were looked up."""
    line: int = field(default=0, compare=False, repr=False)


EXPECTED = ("hears", "menus", "ends", "priority", "variables")


def load_cases(settings: Settings, name: str) -> tuple[dict[str, Case], Reading | None, list[Mistake]]:
    """The tests beside a tree, where their lines are, and every mistake in them. None = there is no such file."""
    file = f"{TREES}/{name}{TESTS}"
    path: Path = settings.folder / file
    if not path.is_file():
        return {}, None, []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return {}, None, [Mistake(file, line, "this is not UTF-8", "save the file as UTF-8")]
    reading = read(text, file, dict[str, Case])
    cases = reading.value or {}
    told = {mistake.line for mistake in reading.mistakes}
    found = [mistake for case_name, case in cases.items()
             for mistake in _mistakes(settings, settings.trees[name], file, reading, case_name, case)]
    return cases, reading, sorted([*reading.mistakes, *(mistake for mistake in found if mistake.line not in told)])


def line_of(reading: Reading, case: str, *keys: str) -> int:
    """The line of a key of a case, or of the case."""
    return reading.lines.get((case, *keys)) or reading.lines.get((case, *keys[:1])) or reading.lines.get((case,), 0)


def _mistakes(settings: Settings, tree: Tree, file: str, reading: Reading, name: str, case: Case) -> Iterator[Mistake]:
    def at(what: str, instead: str, *keys: str) -> Mistake:
        return Mistake(file, line_of(reading, name, *keys), f"{name}: {what}", instead)
    if all(getattr(case, each.name) in ((), "", None, {}) for each in fields(Case) if each.name in EXPECTED):
        yield at("nothing is expected", "add `ends: queue:NAME`, say")
    try:
        moment(case.at, ZoneInfo(settings.system.time_zone), MONDAY)
    except ValueError as wrong:
        yield at(f"`at` is `{case.at}`", str(wrong), "at")
    if case.called and case.called not in settings.numbers:
        yield at(f"`called` is `{case.called}`, which leads nowhere", suggest(case.called, settings.numbers), "called")
    for index, word in enumerate(case.do):
        if not _can_be_done(word):
            instead = "write keys, `silence`, `listen`, `wait 3 s` or `hang up`"
            yield at(f"`{word}` cannot be done", instead, "do", str(index))
    lookups = {each for one in settings.trees.values() for each in one.lookups} if case.called else set(tree.lookups)
    for each, answer in case.lookups.items():
        if each not in lookups:
            yield at(f"there is no look-up `{each}`", suggest(each, lookups), "lookups", each)
        if answer.outcome not in OUTCOMES:
            yield at(f"`{answer.outcome}` is no outcome", suggest(answer.outcome, OUTCOMES), "lookups", each)
    trees = settings.trees.values() if case.called else (tree,)
    menus = {each for one in trees for each in (*one.menus, *one.questions)}
    for index, each in enumerate(case.menus):
        if each not in menus:
            yield at(f"there is no menu `{each}`", suggest(each, menus), "menus", str(index))
    kind, _, target = case.ends.partition(":")
    known = kind in (*KINDS, "menu", "question") and (not target) == (kind == "goodbye")
    if case.ends and case.ends != "hung_up" and not known:
        yield at(f"`{case.ends}` is no end", "write `queue:NAME`, `goodbye`, `hung_up` or `menu:NAME`", "ends")
    names = {"queue": settings.queues, "extension": settings.users, "menu": menus, "question": menus}.get(kind)
    if names is not None and target and target not in names:
        yield at(f"there is no {kind} `{target}`", suggest(target, names), "ends")


def _can_be_done(word: str) -> bool:
    return word in VERBS or seconds(word) is not None or (bool(word) and set(word) <= KEYS)


def seconds(word: str) -> float | None:
    """``wait 3 s`` -> 3; None = it is no waiting."""
    verb, _, length = word.partition(" ")
    number, _, unit = length.strip().partition(" ")
    if verb != "wait" or not number.replace(".", "", 1).isdecimal() or (unit or "s") not in TIME:
        return None
    return float(number) * TIME[unit or "s"]
