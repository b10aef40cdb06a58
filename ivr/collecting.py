"""Digits that the caller types: an account number, a date, a card number.

What ends the typing is, in the order in which callers meet it: the terminator, the greatest length, or a pause after
enough digits. ``*`` (where it is not the terminator) begins again, as on every telephone. 0 is a digit here, so the way
to a person is to say nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.effects import Collected, Effect, Missed
from ivr.stages import Stage
from ivr.tree import Collection, Prompt
from ivr.ways import Place

if TYPE_CHECKING:
    from ivr.interpreter import Walk

YOU_ENTERED = Prompt(sound="you-entered")
TO_CONFIRM = (Prompt(sound="press-1-to-confirm"), Prompt(sound="press-2-to-try-again"))
CONFIRM_KEY = "1"


class Collecting(Stage):
    """The caller types."""

    zero_is_person = False

    def __init__(self, name: str, node: Collection) -> None:
        self.name, self.node, self.here = name, node, Place("collect", name)
        self.typed = ""
        self.missed = 0

    def enter(self, walk: Walk, now: float) -> list[Effect]:
        return walk.say(self.node.prompts, now)

    def played(self, walk: Walk, now: float) -> list[Effect]:
        walk.wait(self.node.wait, now)
        return []

    def press(self, walk: Walk, digit: str, now: float) -> list[Effect]:
        effects = walk.hush()
        walk.wait(self.node.wait, now)
        if digit == self.node.terminator:
            return effects + self._typed(walk, now)
        self.typed = self.typed + digit if digit.isdigit() else ""
        return effects + (self._typed(walk, now) if len(self.typed) >= self.node.most else [])

    def silent(self, walk: Walk, now: float) -> list[Effect]:
        return self._typed(walk, now) if self.typed else self.miss(walk, "silence", now)

    def _typed(self, walk: Walk, now: float) -> list[Effect]:
        """The caller has typed all of it: enough?"""
        if len(self.typed) < self.node.least:
            return self.miss(walk, "wrong_key", now)
        if not self.node.confirm:
            return self.take(walk, now)
        walk.stage = Confirming(self)
        return walk.stage.enter(walk, now)

    def miss(self, walk: Walk, why: str, now: float) -> list[Effect]:
        """Ask again from the beginning, as often as the tree allows it."""
        walk.stage, self.typed = self, ""
        self.missed += 1
        missed = Missed(self.name, why)
        if self.missed > self.node.retries:
            return [missed, *walk.pass_on(self.here, "failed", self.node.failed, now)]
        return [missed, *walk.say(self.node.invalid + self.node.prompts, now)]

    def take(self, walk: Walk, now: float) -> list[Effect]:
        """These are the digits. Outside of the walk nobody sees a secret."""
        shown = "x" * len(self.typed) if self.node.secret else self.typed
        walk.variables[self.node.name] = self.typed
        walk.shown[self.node.name] = shown
        collected = Collected(self.node.name, shown, self.node.secret)
        return [collected, *walk.pass_on(self.here, "then", self.node.then, now)]


class Confirming(Stage):
    """The digits are read back: 1 keeps them, any other key, or silence, asks for them again. 0 is a person here."""

    def __init__(self, collecting: Collecting) -> None:
        self.collecting = collecting

    def enter(self, walk: Walk, now: float) -> list[Effect]:
        return walk.say((YOU_ENTERED, Prompt(digits="typed"), *TO_CONFIRM), now, typed=self.collecting.typed)

    def played(self, walk: Walk, now: float) -> list[Effect]:
        walk.wait(self.collecting.node.wait, now)
        return []

    def press(self, walk: Walk, digit: str, now: float) -> list[Effect]:
        effects = walk.hush()
        if digit == CONFIRM_KEY:
            return effects + self.collecting.take(walk, now)
        return effects + self.collecting.miss(walk, "wrong_key", now)

    def silent(self, walk: Walk, now: float) -> list[Effect]:
        return self.collecting.miss(walk, "silence", now)
