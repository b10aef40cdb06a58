"""The laws of a good tree, and what to write where one is broken. All mistakes are told at once.

Callers hang up, or press keys at random, when a tree is deep, its menus are long or nobody can be reached. So the
limits are laws and not advice: at most three levels, five options a menu, thirty seconds of prompts at a stretch, and
always a person. Here are the laws of the tree as a whole; :mod:`ivr.rules` has those of its single entries.
"""

from collections.abc import Iterable, Iterator

from ivr.prompts import Prompts
from ivr.rules import (
    CALLED,
    FROM_SURVEY,
    Mistake,
    destination_rules,
    entry_rules,
    nearest,
    prompt_rules,
    stretches,
    suggest,
    survey_rules,
)
from ivr.tree import NODES, Destination, Prompt, Tree
from ivr.ways import ASKING, AnyNode, Place, circle, nodes, onward

MOST_LEVELS = 3
MOST_SECONDS = 30.0
"""Of prompts that are heard at a stretch."""


def check(tree: Tree, *, queues: Iterable[str], extensions: Iterable[str], prompts: Prompts,
          hours: Iterable[str] = ()) -> list[Mistake]:
    """Every mistake of a tree, in the order of its lines; none = callers may walk in it.

    ``queues``, ``extensions`` and ``hours`` are the names that exist; ``prompts`` knows which texts were rendered.
    """
    return _Check(tree, {"queue": set(queues), "extension": set(extensions), "hours": set(hours)}, prompts).mistakes()


class _Check:
    def __init__(self, tree: Tree, outside: dict[str, set[str]], prompts: Prompts) -> None:
        self.tree = tree
        self.nodes = nodes(tree)
        self.names = {kind: set(getattr(tree, section)) for kind, section in NODES.items()} | outside
        self.prompts = prompts
        self.spoken = bool({tree.language, tree.language.split("-")[0]} & prompts.languages)

    def mistakes(self) -> list[Mistake]:
        found = {*self._kind(), *self._start(), *self._language(), *self._circles()}
        found |= {mistake for here, node in self.nodes.items() for mistake in self._node(here, node)}
        return sorted(found)

    # -- the tree as a whole -------------------------------------------------------------------------------------------

    def _kind(self) -> Iterator[Mistake]:
        return survey_rules(self.tree) if self.tree.is_survey else self._person()

    def _person(self) -> Iterator[Mistake]:
        person = self.tree.person
        line = person.line or self.tree.line
        if person.kind not in ("queue", "extension"):
            yield Mistake(line, "there is no way to a person", "write `person: {queue: NAME}` or `{extension: NUMBER}`")
        if person.hours:
            yield Mistake(line, "`person` has hours", "give them to its queue, in `queues.yaml`")
        yield from self._destination("`person`", person)

    def _start(self) -> Iterator[Mistake]:
        kind, name = self.tree.first.kind, self.tree.start
        if name not in self.names[kind]:
            instead = suggest(name, self.names[kind])
            yield Mistake(self.tree.line, f"the first {kind}, `start: {name}`, does not exist", instead)
            return
        reached = self.tree.levels
        for here, node in self.nodes.items():
            level = reached.get(here, 0)
            if not level:
                instead = f"lead a key to it with `{{{here.kind}: {here.name}}}`, or remove it"
                yield Mistake(node.line, f"no way leads to {_called(here)}", instead)
            if here.kind in ASKING and level > MOST_LEVELS:
                instead = f"lead to it from level {MOST_LEVELS - 1} or above, or make it an announcement"
                yield Mistake(node.line, f"{_called(here)} is on level {level} of at most {MOST_LEVELS}", instead)

    def _language(self) -> Iterator[Mistake]:
        if not self.spoken:
            what = f"there are no sounds for `language: {self.tree.language}`"
            yield Mistake(self.tree.line, what, suggest(self.tree.language, self.prompts.languages))

    def _circles(self) -> Iterator[Mistake]:
        """Each circle is told once, at the first of its nodes."""
        known: set[Place] = set()
        for here, node in self.nodes.items():
            if here not in known and (way := circle(self.tree, here)):
                known.update(way)
                drawn = " -> ".join(place.name for place in way)
                who = "callers are asked in circles" if self.tree.is_survey else "callers who touch no key walk in circles"
                yield Mistake(node.line, f"{who}: {drawn}", "lead one of them out")

    # -- one node ------------------------------------------------------------------------------------------------------

    def _node(self, here: Place, node: AnyNode) -> Iterator[Mistake]:
        name = _called(here)
        yield from entry_rules(here.name, node)
        if here.kind == "menu":
            yield from self._hours(name, node.hours, node.line)
        yield from self._heard(name, stretches(node), node.line)
        for key, destination in onward(node):
            yield from self._destination(f"{name}, `{key}`", destination)

    def _destination(self, here: str, destination: Destination) -> Iterator[Mistake]:
        yield from destination_rules(here, destination)
        if self.tree.is_survey and (wrong := [kind for kind in destination.kinds if kind not in FROM_SURVEY]):
            yield Mistake(destination.line, f"{here} leads a survey to {wrong[0]} `{getattr(destination, wrong[0])}`",
                          "write `question`, `announcement` or `goodbye`")
            return
        yield from self._hours(here, destination.hours, destination.line)
        for kind in destination.kinds:
            name = "" if kind == "goodbye" else getattr(destination, kind)
            if kind in self.names and name not in self.names[kind]:
                what = f"{here} leads to {kind} `{name}`, which does not exist"
                yield Mistake(destination.line, what, suggest(name, self.names[kind]))
        yield from self._heard(here, [destination.prompts], destination.line)

    def _hours(self, here: str, hours: str, line: int) -> Iterator[Mistake]:
        if hours and hours not in self.names["hours"]:
            yield Mistake(line, f"{here} names hours `{hours}`, which do not exist", suggest(hours, self.names["hours"]))

    def _heard(self, here: str, said: list[tuple[Prompt, ...]], line: int) -> Iterator[Mistake]:
        """Everything that is said can be said, and no stretch of it is too long."""
        for prompt in {id(prompt): prompt for prompts in said for prompt in prompts}.values():
            yield from prompt_rules(here, prompt)
            if self.spoken and self.prompts.missing([prompt], self.tree.language):
                yield self._mute(here, prompt, line)
        seconds = max(self.prompts.seconds(prompts, self.tree.language) for prompts in said)
        if seconds > MOST_SECONDS:
            instead = f"shorten it, or split it: callers bear {MOST_SECONDS:g} s"
            yield Mistake(line, f"{here} is {seconds:.0f} s of prompts at a stretch", instead)

    def _mute(self, here: str, prompt: Prompt, line: int) -> Mistake:
        language = prompt.language or self.tree.language
        if prompt.text:
            fault = self.prompts.fault(prompt, language)
            return Mistake(prompt.line or line, f"{here}: the text `{_short(prompt.text)}`: {fault.what}", fault.instead)
        what = f"{here}: there is no sound `{prompt.sound}` in language `{language}`"
        names = self.prompts.names(language)
        near = nearest(prompt.sound, names)
        instead = f"put `{prompt.sound}.wav` into `config/prompts/{language}/`"
        if near:
            instead = f"did you mean `{near}`? Else {instead}"
        return Mistake(prompt.line or line, what, instead)


def _called(here: Place) -> str:
    """``menu `main` ``"""
    return f"{CALLED[here.kind]} `{here.name}`"


def _short(text: str) -> str:
    """Enough of a text to find it by."""
    return text if len(text) <= 60 else f"{text[:57]}..."
