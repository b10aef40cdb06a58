"""A part that is played by a process of its own, so that its work is counted beside the switch's and slows nobody."""

import multiprocessing
from collections.abc import Callable
from typing import Any, Self


class Player:
    """``with Player(play, *arguments) as player``: ``play(line, *arguments)`` runs there, and says over ``line`` when it is
    ready; the block begins then. It ends when the line is closed. ``patience``: seconds for each answer."""

    def __init__(self, play: Callable[..., None], *arguments: object, patience: float = 20.0) -> None:
        self._play, self._arguments, self._patience = play, arguments, patience
        self.ready: Any = None
        """What it said first."""

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=self._play, args=(theirs, *self._arguments), daemon=True)
        self._process.start()
        theirs.close()
        self.ready = self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()
        self._process.join(self._patience)
        if self._process.is_alive():
            self._process.kill()

    def say(self, word: object) -> None:
        """An order that has no answer."""
        self._line.send(word)

    def ask(self, word: object) -> Any:
        """What it answers. Raises TimeoutError."""
        self.say(word)
        return self._answer()

    def _answer(self) -> Any:
        if not self._line.poll(self._patience):
            raise TimeoutError(f"the process of {type(self).__name__} does not answer")
        return self._line.recv()
