"""One caller's walk through a tree.

A walk is at one *stage* at a time (a menu, an announcement, a collection, a look-up), and a stage knows only what can
happen to it: a key, the end of what was said, the deadline, and, for a look-up, the answer. The walk itself knows what
is true at every stage: 0 is a person (not in a survey), a prompt is said under a name and only the end of *that*
prompt counts, nothing happens after the end.

Two guards make sure that no tree, however it is written, can lose a caller. Every wait has a deadline, also the wait
for the end of a prompt (a report of media might get lost). And whoever passes :data:`MOST_NODES` nodes without
touching a key is walking in circles, and is given to a person.
"""

from dataclasses import dataclass

from ivr.asking import Asking
from ivr.collecting import Collecting
from ivr.effects import Chose, Effect, Entered, Hush, Leave, Passed, Say
from ivr.stages import LONGEST_SAYING, Announcing, AtMenu, Leading, LookingUp, Stage
from ivr.tree import (
    NODES,
    OPTION_KEYS,
    PERSON_KEY,
    WAYS_OUT,
    Announcement,
    Collection,
    Destination,
    Lookup,
    Menu,
    Prompt,
    Question,
    Tree,
)
from ivr.ways import ASKING, AnyNode, Place, place

MOST_NODES = 50
"""Nodes passed without a key, after which the caller is given to a person."""
KEYS = frozenset(PERSON_KEY + OPTION_KEYS)


@dataclass
class Step:
    """One step of the way. The steps of a walk tile it."""

    menu: str
    """Name of the menu, announcement, collection, look-up or question."""
    digit: str
    """The key that led on; empty when it was none."""
    entered_at: float
    left_at: float | None = None
    """POSIX seconds; None = the caller is still there."""


class Walk:
    """Takes keys, ends of prompts, answers and the time; gives effects. :class:`~ivr.effects.Leave` is the last one.

    ``variables`` are what is known about the caller at the beginning, for prompts, look-ups and branches.
    """

    def __init__(self, tree: Tree, variables: dict[str, str], language: str | None = None) -> None:
        self.tree = tree
        self.variables = dict(variables)
        self.language = language or tree.language
        self.shown: dict[str, str] = {}
        """What the caller typed and what was looked up, by name, for the agent's screen; secrets are masked."""
        self.deadline: float | None = None
        self.way: list[Step] = []
        self.menu = ""
        self.level = 0
        self.over = False
        self.saying = ""
        self.stage: Stage = Stage()
        self._sayings = 0
        self._passed = 0

    @property
    def secret(self) -> bool:
        """Whether the next key belongs to a secret, and must not be written down. To be asked before ``press``."""
        return isinstance(self.stage, Collecting) and self.stage.node.secret

    def steps(self, now: float) -> list[tuple[str, str, float]]:
        """The way so far for the agent's screen: name, key, seconds."""
        return [
            (step.menu, step.digit, (now if step.left_at is None else step.left_at) - step.entered_at)
            for step in self.way
        ]

    # -- what comes in -------------------------------------------------------------------------------------------------

    def start(self, now: float) -> list[Effect]:
        """The caller has been answered and hears us."""
        return self.go(self.tree.first, now)

    def press(self, digit: str, now: float) -> list[Effect]:
        """The caller has pressed a key. Anything that is no key of a phone (A-D, flash) is ignored."""
        if self.over or digit not in KEYS:
            return []
        self._passed = 0
        if digit == PERSON_KEY and self.stage.zero_is_person and not self.tree.is_survey:
            return [*self.hush(), *self.choose(digit, self.person, now)]
        return self.stage.press(self, digit, now)

    def played(self, say: str, now: float) -> list[Effect]:
        """The saying of this name was heard to its end. The end of one that was hushed or replaced is ignored."""
        return self.heard(now) if say and say == self.saying else []

    def looked_up(self, node: str, outcome: str, values: dict[str, str], now: float) -> list[Effect]:
        """The answer to a LookUp: found, not_found or failed. One that nobody waits for (any more) is ignored."""
        if not isinstance(self.stage, LookingUp) or self.stage.name != node:
            return []
        return self.stage.answer(self, outcome, values, now)

    def wake(self, now: float) -> list[Effect]:
        """The deadline may have come."""
        if self.deadline is None or now < self.deadline:
            return []
        self.deadline = None
        return self.stage.wake(self, now)

    # -- what stages do ------------------------------------------------------------------------------------------------

    @property
    def person(self) -> Destination:
        """Where 0 leads. A tree that was never checked may not have a person: then the call is ended."""
        return self.tree.person if self.tree.person.kind in WAYS_OUT else Destination(goodbye=True)

    def say(self, prompts: tuple[Prompt, ...], now: float, **more: str) -> list[Effect]:
        """Say it, or go on at once when there is nothing to say. ``more`` are variables for these prompts only."""
        if not prompts:
            return self.heard(now)
        self._sayings += 1
        self.saying = f"say-{self._sayings}"
        self.wait(LONGEST_SAYING, now)
        spoken = [prompt.variable for prompt in prompts if prompt.variable]
        if not spoken:
            return [Say(self.saying, prompts, {})]
        values = self.variables | more
        return [Say(self.saying, prompts, {name: values[name] for name in spoken if name in values})]

    def heard(self, now: float) -> list[Effect]:
        self.saying = ""
        return self.stage.played(self, now)

    def hush(self) -> list[Effect]:
        """Stop what is being said, where something is."""
        effects: list[Effect] = [Hush()] if self.saying else []
        self.saying = ""
        return effects

    def wait(self, seconds: float, now: float) -> None:
        self.deadline = now + seconds

    def learn(self, values: dict[str, str]) -> None:
        """Keep what was looked up. An answer that repeats a secret does not make it known."""
        self.variables.update(values)
        self.shown.update((name, value) for name, value in values.items() if name not in self.tree.secrets)

    def choose(self, digit: str, destination: Destination, now: float) -> list[Effect]:
        """The caller has chosen this by this key."""
        if self.way:
            self.way[-1].digit = digit
        there = self._by_hours(destination)
        return [Chose(self.menu, digit, str(there), there is not destination), *self.go(there, now)]

    def pass_on(self, here: Place, way: str, destination: Destination | None, now: float) -> list[Effect]:
        """Nothing was chosen: the node leads on (None = to a person)."""
        written = destination or self.person
        there = self._by_hours(written)
        return [Passed(here.kind, here.name, way, str(there), there is not written), *self.go(there, now)]

    def go(self, destination: Destination | None, now: float) -> list[Effect]:
        """Lead the caller there (None = to a person), by way of the prompts of the destination."""
        destination = self._by_hours(destination or self.person)
        self._passed += 1
        if self._passed > MOST_NODES:
            return self._leave(self.person, now)
        if destination.prompts:
            self.stage = Leading(destination, to_person=destination == self.person)
            return self.say(destination.prompts, now)
        return self.arrive(destination, now)

    def arrive(self, destination: Destination, now: float) -> list[Effect]:
        """The caller is there: at a node of the tree, or out of it."""
        there = place(destination)
        if there is None:
            return self._leave(destination, now)
        node = getattr(self.tree, NODES[there.kind]).get(there.name)
        return self._enter(there, node, now) if node else self._leave(self.person, now)

    def _by_hours(self, destination: Destination) -> Destination:
        """Where it leads at this hour."""
        return destination.closed.destination if destination.closed and self._is_closed(destination.hours) else destination

    def _is_closed(self, hours: str) -> bool:
        """Whether these hours were over when the caller came (see :func:`is_closed_by`)."""
        return bool(hours) and is_closed_by(self.variables, hours)

    def _enter(self, here: Place, node: AnyNode, now: float) -> list[Effect]:
        if isinstance(node, Menu) and node.closed is not None and self._is_closed(node.hours):
            return self.pass_on(here, "closed", node.closed, now)
        self._close_step(now)
        self.way.append(Step(here.name, "", now))
        self.stage = _stage(here.name, node, self.tree.after_announcement)
        if here.kind not in ASKING:
            return self.stage.enter(self, now)
        self.menu, self.level = here.name, self.tree.levels[here]
        return [Entered(self.menu, self.level, here.kind), *self.stage.enter(self, now)]

    def _leave(self, destination: Destination, now: float) -> list[Effect]:
        self._close_step(now)
        self.over, self.deadline, self.saying, self.stage = True, None, "", Stage()
        return [Leave(destination, self.menu)]

    def _close_step(self, now: float) -> None:
        if self.way:
            self.way[-1].left_at = now


def is_closed_by(variables: dict[str, str], hours: str) -> bool:
    """Variables say of opening hours NAME: ``hours_NAME`` is ``open`` or ``closed``; nothing said = open."""
    return variables.get(hours_variable(hours)) == "closed"


def hours_variable(hours: str, what: str = "hours") -> str:
    """Name of the variable; a dash cannot stand in it."""
    return f"{what}_{hours.replace('-', '_')}"


def _stage(name: str, node: AnyNode, after: Destination) -> Stage:
    match node:
        case Menu():
            return AtMenu(name, node)
        case Announcement():
            return Announcing(Place("announcement", name), node.prompts, node.then or after, barge_in=node.barge_in)
        case Collection():
            return Collecting(name, node)
        case Lookup():
            return LookingUp(name, node)
        case Question():
            return Asking(name, node)
