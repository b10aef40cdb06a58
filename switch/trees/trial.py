"""Tests of trees, run: the real routing, the real interpreter, and what came of it beside what was expected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.drawing.plan import PERSON, ways
from ivr.effects import Chose, Entered, Passed, Say
from ivr.prompts import Prompts
from ivr.rehearsal import Rehearsal
from ivr.tree import Tree
from ivr.ways import ASKING, Place, nodes
from switch.hours.doors import Doors
from switch.hours.known import variables
from switch.hours.moments import moment
from switch.loading import TESTS, TREES
from switch.mistakes import Mistake
from switch.reader import Reading
from switch.routing import route
from switch.settings import Settings
from switch.trees.cases import MONDAY, Answer, Case, line_of, load_cases, seconds

Way = tuple[str, Place, str]
"""Tree, node, and the key of a way on; empty = the node itself."""


@dataclass
class Outcome:
    """What came of a case."""

    ends: str
    hears: list[set[str]] = field(default_factory=list)
    """Each prompt by all its names."""
    menus: tuple[str, ...] = ()
    priority: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    reached: set[Way] = field(default_factory=set)
    closed: str = ""
    """Why the number was closed; empty = it was not."""


@dataclass
class Tried:
    """The tests of one tree."""

    cases: int = 0
    failures: list[Mistake] = field(default_factory=list)
    """What was expected is in ``what``, what came in ``instead``."""
    mistakes: list[Mistake] = field(default_factory=list)
    """Of the file; nothing is run while there are any."""
    reached: set[Way] = field(default_factory=set)


def try_tree(settings: Settings, name: str) -> Tried:
    """Run the tests beside a tree."""
    cases, reading, mistakes = load_cases(settings, name)
    tried = Tried(len(cases), mistakes=mistakes)
    if mistakes or reading is None:
        return tried
    for case_name, case in cases.items():
        outcome = run(settings, name, case)
        tried.reached |= outcome.reached
        tried.failures += _failures(f"{TREES}/{name}{TESTS}", reading, case_name, case, outcome)
    return tried


def run(settings: Settings, name: str, case: Case) -> Outcome:
    """One caller."""
    at, doors = moment(case.at, ZoneInfo(settings.system.time_zone), MONDAY), Doors(settings.hours)
    if case.called:
        destination = route(settings, case.called, at, doors)
        closed = _why_closed(settings, case.called, doors, at)
        if destination is None or destination.kind != "tree":
            return Outcome(str(destination or "nowhere"), closed=closed)
        name = destination.target
    tree = settings.trees[name]
    known = {**variables(doors, at), "caller": case.caller, "called": case.called, "caller_name": "", **case.known}
    caller = _Caller(Rehearsal(tree, settings.prompts, known), case)
    return _outcome(tree, caller.rehearsal, settings.prompts, caller.act())


def _why_closed(settings: Settings, number: str, doors: Doors, now: float) -> str:
    """By which rule, and what the clock shows there, which may be another than where the test is read."""
    hours = settings.numbers[number].hours if number in settings.numbers else ""
    if doors.is_open(hours, now):
        return ""
    calendar = doors.calendar(hours)
    wall = datetime.fromtimestamp(now, calendar.zone)
    return f"hours {hours} are closed then: {wall:%A %H:%M} ({calendar.zone}) is `{calendar.why(wall)}`"


class _Caller:
    def __init__(self, rehearsal: Rehearsal, case: Case) -> None:
        self.rehearsal, self.case = rehearsal, case

    def act(self) -> bool:
        """Do all of it; whether the caller has hung up."""
        self._answered()
        for word in self.case.do:
            if self.rehearsal.left is not None:
                break
            if word == "hang up":
                return True
            self._do(word)
        self._do("listen")
        return False

    def _do(self, word: str) -> None:
        length = seconds(word)
        if length is not None:
            until = self.rehearsal.now + length
            while self.rehearsal.now < until:
                self.rehearsal.wait(until - self.rehearsal.now)
                self._answered()
        elif word == "silence":
            self.rehearsal.do_nothing()
        elif word == "listen":
            self.rehearsal.listen()
        else:
            for digit in word:
                self.rehearsal.press(digit)
                self._answered()
        while self._answered():
            self.rehearsal.listen()

    def _answered(self) -> bool:
        """Answer the look-up that is asked; whether one was."""
        asked = self.rehearsal.asked
        if asked is None:
            return False
        answer = self.case.lookups.get(asked.node, Answer("failed"))
        self.rehearsal.answer(answer.outcome, dict(answer.values))
        if answer.outcome == "timeout":
            self.rehearsal.wait(asked.deadline)
        return True


def _outcome(tree: Tree, done: Rehearsal, prompts: Prompts, hung_up: bool) -> Outcome:
    walk, left = done.walk, done.left
    ends = "hung_up" if hung_up else str(left.destination) if left else f"{tree.first.kind}:{walk.menu}"
    outcome = Outcome(ends, priority=left.destination.priority if left else 0, variables=walk.variables)
    for _, effect in done.told:
        match effect:
            case Say():
                outcome.hears += [{each.sound, each.text, each.variable, prompts.words(each.sound, walk.language)} - {""}
                                  for each in effect.prompts]
            case Entered(menu, _, kind):
                outcome.menus += (menu,)
                outcome.reached.add((tree.name, Place(kind, menu), ""))
            case Chose(menu, digit, _, closed):
                outcome.reached.add((tree.name, Place("menu", menu), f"options.{digit}" + ".closed" * closed))
            case Passed(kind, name, way, _, closed):
                here = Place(kind, name)
                outcome.reached |= {(tree.name, here, way + ".closed" * closed), (tree.name, here, "")}
    return outcome


def _failures(file: str, reading: Reading, name: str, case: Case, outcome: Outcome) -> Iterator[Mistake]:
    def failure(expected: str, came: str, *keys: str) -> Mistake:
        return Mistake(file, line_of(reading, name, *keys), f"{name}: expected {expected}", f"came {came}")
    if case.ends and case.ends != outcome.ends:
        came = f"`{outcome.ends}`, for {outcome.closed}" if outcome.closed else f"`{outcome.ends}`"
        yield failure(f"to end in `{case.ends}`", came, "ends")
    if case.menus and case.menus != outcome.menus:
        yield failure(f"menus {_row(case.menus)}", _row(outcome.menus), "menus")
    if case.priority is not None and case.priority != outcome.priority:
        yield failure(f"priority {case.priority}", str(outcome.priority), "priority")
    index = _unheard(case.hears, outcome.hears)
    if index is not None:
        heard = _row([min(each, key=len, default="?") for each in outcome.hears])
        yield failure(f"to hear `{case.hears[index]}`" + (f" after `{case.hears[index - 1]}`" if index else ""), heard,
                      "hears", str(index))
    for variable, value in case.variables.items():
        if outcome.variables.get(variable) != value:
            came = outcome.variables.get(variable)
            yield failure(f"{variable} `{value}`", "nothing" if came is None else f"`{came}`", "variables", variable)


def _unheard(wanted: Sequence[str], heard: Sequence[set[str]]) -> int | None:
    """The first prompt that was not heard in its turn."""
    rest = iter(heard)
    for index, each in enumerate(wanted):
        if not any(each in names for names in rest):
            return index
    return None


def _row(names: Sequence[str]) -> str:
    return " -> ".join(names) or "none"


def unreached(settings: Settings, name: str, reached: set[Way]) -> list[Mistake]:
    """The nodes, options and answers of a tree that no test reaches, as advice."""
    tree, file, found = settings.trees[name], f"{TREES}/{name}.yaml", []
    for here, node in nodes(tree).items():
        called = f"{here.kind} `{here.name}`"
        if here.kind in ASKING and (name, here, "") not in reached:
            found.append(Mistake(file, node.line, f"no test reaches {called}", f"add a case to `{name}{TESTS}`"))
            continue
        for key, label, destination in ways(tree, node):
            asked = key.startswith("options.") if here.kind == "menu" else here.kind == "lookup" or key == "then"
            if key == PERSON or not asked or (name, here, key) in reached:
                continue
            what = f"option {label}" if here.kind == "menu" else f"way `{label}`"
            found.append(Mistake(file, destination.line or node.line, f"no test reaches {what} of {called}",
                                 f"add a case to `{name}{TESTS}`"))
    return sorted(found)


def advice(settings: Settings) -> tuple[list[Mistake], list[Mistake]]:
    """Mistakes in the files of tests; and what no test reaches, in all trees."""
    tried = {name: try_tree(settings, name) for name in settings.trees}
    reached = set().union(*(each.reached for each in tried.values()))
    mistakes = [mistake for each in tried.values() for mistake in each.mistakes]
    return mistakes, [each for name in tried for each in unreached(settings, name, reached)]


def summary(tried: Tried, name: str) -> str:
    """One line."""
    if tried.mistakes:
        return f"{name}: not run, the file has mistakes"
    if not tried.cases:
        return f"{name}: no tests; write {TREES}/{name}{TESTS}"
    failed = len({mistake.what.partition(": expected")[0] for mistake in tried.failures})
    return f"{name}: {tried.cases} cases, {failed} failed" if failed else f"{name}: {tried.cases} cases, all right"
