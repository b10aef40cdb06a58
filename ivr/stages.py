"""The stages of a walk: what a key, the end of a prompt and the deadline mean at each kind of node.

A stage holds what is true only there (how often the caller missed a menu, whether an answer has come); everything else
belongs to the :class:`~ivr.interpreter.Walk`, which hands itself in. Typing ahead is what callers who know a tree do:
where a key cannot count at once, it is kept and counts as soon as it can.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from ivr.effects import Effect, LookedUp, LookUp, Missed
from ivr.tree import Destination, Lookup, Menu, Miss, Prompt
from ivr.ways import Place

if TYPE_CHECKING:
    from ivr.interpreter import Walk

LONGEST_SAYING = 120.0
"""Seconds after which a prompt counts as heard, although media has not reported it."""
LONGEST_TYPING_AHEAD = 40
"""Keys that are kept while they cannot count yet; more are not typed by a person."""


class Stage:
    """The stage before the start and after the end: nothing happens here."""

    zero_is_person = True

    def enter(self, walk: Walk, now: float) -> list[Effect]:
        return []

    def press(self, walk: Walk, digit: str, now: float) -> list[Effect]:
        return []

    def played(self, walk: Walk, now: float) -> list[Effect]:
        """Everything was said (or there was nothing to say)."""
        return []

    def silent(self, walk: Walk, now: float) -> list[Effect]:
        """The caller has been given time after the prompts, and did nothing."""
        return []

    def wake(self, walk: Walk, now: float) -> list[Effect]:
        """The deadline has come: of the caller's silence, or of a prompt whose end was never reported."""
        return walk.heard(now) if walk.saying else self.silent(walk, now)


class Announcing(Stage):
    """Something is said; then ``way`` goes on from ``here``."""

    def __init__(self, here: Place, prompts: tuple[Prompt, ...], then: Destination | None, way: str = "then",
                 barge_in: bool = True) -> None:
        self.here, self.prompts, self.then, self.way, self.barge_in = here, prompts, then, way, barge_in

    def enter(self, walk: Walk, now: float) -> list[Effect]:
        return walk.say(self.prompts, now)

    def press(self, walk: Walk, digit: str, now: float) -> list[Effect]:
        """The key only skips: a caller who wants to hear no more has not chosen anything yet."""
        return [*walk.hush(), *self.played(walk, now)] if self.barge_in else []

    def played(self, walk: Walk, now: float) -> list[Effect]:
        return walk.pass_on(self.here, self.way, self.then, now)


class Leading(Stage):
    """The prompts on the way to a destination are said."""

    def __init__(self, destination: Destination, to_person: bool) -> None:
        self.destination, self.zero_is_person = destination, not to_person

    def press(self, walk: Walk, digit: str, now: float) -> list[Effect]:
        """The key was meant for what comes next: skip the prompts and let it count there."""
        return [*walk.hush(), *walk.arrive(self.destination, now), *walk.stage.press(walk, digit, now)]

    def played(self, walk: Walk, now: float) -> list[Effect]:
        return walk.arrive(self.destination, now)


class AtMenu(Stage):
    """A question that is answered with one key."""

    def __init__(self, name: str, menu: Menu) -> None:
        self.name, self.menu = name, menu
        self.missed = {"silence": 0, "wrong_key": 0}
        self.typed = ""

    def enter(self, walk: Walk, now: float) -> list[Effect]:
        return walk.say(self.menu.prompts, now)

    def press(self, walk: Walk, digit: str, now: float) -> list[Effect]:
        if walk.saying and not self.menu.barge_in:
            self.typed = (self.typed + digit)[:LONGEST_TYPING_AHEAD]
            return []
        effects = walk.hush()
        if digit in self.menu.options:
            return effects + walk.choose(digit, self.menu.options[digit], now)
        return effects + self._miss(walk, "wrong_key", self.menu.wrong_key, now, digit)

    def played(self, walk: Walk, now: float) -> list[Effect]:
        walk.wait(self.menu.wait, now)
        typed, self.typed = self.typed, ""
        return [effect for digit in typed for effect in walk.press(digit, now)]

    def silent(self, walk: Walk, now: float) -> list[Effect]:
        return self._miss(walk, "silence", self.menu.silence, now)

    def _miss(self, walk: Walk, why: str, miss: Miss, now: float, digit: str = "") -> list[Effect]:
        """Say the menu again, as often as the tree allows it; then go where the tree says."""
        self.missed[why] += 1
        missed = Missed(self.name, why, digit)
        if self.missed[why] > miss.repeat:
            return [missed, *walk.pass_on(Place("menu", self.name), f"{why}.then", miss.then, now)]
        return [missed, *walk.say(miss.prompts + self.menu.prompts, now)]


class LookingUp(Stage):
    """A web service is asked. What comes of it, also that no answer came in time, waits for the end of the prompt."""

    def __init__(self, name: str, node: Lookup) -> None:
        self.name, self.node = name, node
        self.asked_at = 0.0
        self.outcome = ""

    def enter(self, walk: Walk, now: float) -> list[Effect]:
        self.asked_at = now
        effects = [self._question(walk.variables), *walk.say(self.node.prompts, now)]
        walk.wait(self.node.deadline, now)
        return effects

    def _question(self, variables: dict[str, str]) -> LookUp:
        node = self.node
        return LookUp(
            node=self.name,
            method=node.method,
            url=fill(node.url, {name: quote(value, safe="") for name, value in variables.items()}),
            body=None if node.body is None else {key: fill(value, variables) for key, value in node.body.items()},
            headers={key: one_line(fill(value, variables)) for key, value in node.headers.items()},
            deadline=node.deadline,
        )

    def answer(self, walk: Walk, outcome: str, values: dict[str, str], now: float) -> list[Effect]:
        """The answer, or that there was none in time. Only the first one counts."""
        if self.outcome:
            return []
        self.outcome = outcome
        if outcome == "found":
            walk.learn(values)
        looked_up = LookedUp(self.name, outcome, now - self.asked_at)
        if walk.saying:
            walk.wait(LONGEST_SAYING, now)
            return [looked_up]
        return [looked_up, *self._go_on(walk, now)]

    def played(self, walk: Walk, now: float) -> list[Effect]:
        return self._go_on(walk, now) if self.outcome else []

    def wake(self, walk: Walk, now: float) -> list[Effect]:
        return walk.heard(now) if self.outcome else self.answer(walk, "timeout", {}, now)

    def _go_on(self, walk: Walk, now: float) -> list[Effect]:
        here = Place("lookup", self.name)
        if self.outcome == "found":
            walk.stage = Announcing(here, self.node.speak, *self._branch(walk.variables))
            return walk.stage.enter(walk, now)
        if self.outcome == "not_found":
            return walk.pass_on(here, "not_found", self.node.not_found, now)
        return walk.pass_on(here, "failed", self.node.failed, now)

    def _branch(self, variables: dict[str, str]) -> tuple[Destination | None, str]:
        """Where to go with the answer, and as which way."""
        for branch in self.node.branches:
            if variables.get(branch.variable, "").casefold() == branch.equals.casefold():
                return branch.then, f"branches.{branch.equals}"
        return self.node.then, "then"


def fill(template: str, variables: dict[str, str]) -> str:
    """Put the values of variables where ``{name}`` stands; a variable that is not known leaves nothing."""
    return re.sub(r"\{(\w+)\}", lambda found: variables.get(found[1], ""), template)


def one_line(text: str) -> str:
    """Without control characters: a value must not be able to begin another header line (RFC 9110 section 5.5)."""
    return "".join(character for character in text if character.isprintable())
