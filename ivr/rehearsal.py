"""A walk without a telephone: the real interpreter, and a clock that moves only while somebody waits.

A prompt takes as long as its sound, so what a caller does not hear to its end, and when a menu takes silence for an
answer, is what it would be in a call. Nothing here sleeps: a minute of waiting is a number.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ivr.effects import Effect, Hush, Leave, LookUp, Say
from ivr.interpreter import Walk
from ivr.prompts import Prompts
from ivr.tree import Tree

OUTCOMES = ("found", "not_found", "failed", "timeout")
"""How a look-up may end; after a timeout the walk goes on when its deadline has come."""


class Told(NamedTuple):
    """What the walk did, and when: seconds from its beginning."""

    at: float
    effect: Effect


class Rehearsal:
    """``variables``: what is known of the caller beforehand. ``told`` is all that the walk has done so far."""

    def __init__(self, tree: Tree, prompts: Prompts, variables: dict[str, str], language: str | None = None) -> None:
        self.walk = Walk(tree, variables, language)
        self.now = 0.0
        self.told: list[Told] = []
        self.asked: LookUp | None = None
        """The look-up that waits for its answer."""
        self.left: Leave | None = None
        """Where the walk has ended."""
        self._prompts = prompts
        self._heard_at: float | None = None
        self._take(self.walk.start(self.now))

    def press(self, digit: str) -> None:
        """The caller presses a key."""
        self._take(self.walk.press(digit, self.now))

    def answer(self, outcome: str, values: dict[str, str]) -> None:
        """The look-up that was asked has come to this."""
        asked, self.asked = self.asked, None
        if asked is not None and outcome != "timeout":
            self._take(self.walk.looked_up(asked.node, outcome, values, self.now))

    def wait(self, seconds: float) -> None:
        """Time goes by; prompts end, silence is noticed."""
        until = self.now + seconds
        while (moment := self._next()) is not None and moment <= until and self.asked is None:
            self._pass(moment)
        self.now = until if self.asked is None else self.now

    def listen(self) -> None:
        """Until what is being said was heard to its end."""
        while self._heard_at is not None and self.asked is None:
            self._pass(self._next())

    def do_nothing(self) -> None:
        """Until the walk has gone on by itself: a prompt was heard, and a menu's patience is over, once."""
        self.listen()
        if self.asked is None and (moment := self._next()) is not None:
            self._pass(moment)

    def _next(self) -> float | None:
        moments = [moment for moment in (self._heard_at, self.walk.deadline) if moment is not None]
        return min(moments, default=None)

    def _pass(self, moment: float) -> None:
        self.now = max(self.now, moment)
        if self._heard_at is not None and self._heard_at <= self.now:
            self._heard_at = None
            self._take(self.walk.played(self.walk.saying, self.now))
        else:
            self._take(self.walk.wake(self.now))

    def _take(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            self.told.append(Told(self.now, effect))
            match effect:
                case Say():
                    self._heard_at = self.now + self._prompts.seconds(effect.prompts, self.walk.language)
                case Hush():
                    self._heard_at = None
                case LookUp():
                    self.asked = effect
                case Leave():
                    self.left, self._heard_at = effect, None
