"""A question of a survey: one key is the answer.

Whoever is asked here has got what they called for, and stays out of kindness. So nobody is asked more often than the
survey says (once more, by default), no key leads to a person, and whatever happens the caller is thanked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.effects import Answered, Effect, Missed
from ivr.stages import Stage
from ivr.tree import THANKS, Question
from ivr.ways import Place

if TYPE_CHECKING:
    from ivr.interpreter import Walk


class Asking(Stage):
    """The question is asked; a key that means something is the answer."""

    zero_is_person = False

    def __init__(self, name: str, node: Question) -> None:
        self.name, self.node, self.here = name, node, Place("question", name)
        self.missed = 0

    def enter(self, walk: Walk, now: float) -> list[Effect]:
        return walk.say(self.node.prompts, now)

    def played(self, walk: Walk, now: float) -> list[Effect]:
        walk.wait(self.node.wait, now)
        return []

    def press(self, walk: Walk, digit: str, now: float) -> list[Effect]:
        effects = walk.hush()
        score = self.node.scores.get(digit)
        if score is None:
            return effects + self._miss(walk, "wrong_key", now, digit)
        walk.learn({self.name: str(score)})
        return [*effects, Answered(self.name, score), *walk.pass_on(self.here, "then", self.node.then or THANKS, now)]

    def silent(self, walk: Walk, now: float) -> list[Effect]:
        return self._miss(walk, "silence", now)

    def _miss(self, walk: Walk, why: str, now: float, digit: str = "") -> list[Effect]:
        self.missed += 1
        missed = Missed(self.name, why, digit)
        if self.missed > self.node.retries:
            return [missed, *walk.pass_on(self.here, "failed", self.node.failed or THANKS, now)]
        return [missed, *walk.say(self.node.invalid + self.node.prompts, now)]
