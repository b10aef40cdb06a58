"""One line on the terminal that says what is being done, how far it is, and for how long still."""

import sys
import time
from collections.abc import Callable

_WIDTH = 24


class Progress:
    """Quiet where there is no terminal, but for one line each. ``where`` says which part of the whole this is."""

    def __init__(self) -> None:
        self.where = ""
        self._terminal = sys.stderr.isatty()
        self._said = ""

    def say(self, what: str, share: float | None = None) -> None:
        """Show this until the next; ``share``: how much of it is done, 0 to 1."""
        if self._terminal:
            drawn = "" if share is None else f" {drawn_bar(share)}"
            print(f"\r\033[K{self.where}{what}{drawn}", end="", file=sys.stderr, flush=True)
        elif what.partition(" (")[0] != self._said:
            self._said = what.partition(" (")[0]
            print(self.where + self._said, file=sys.stderr)

    def sleep(self, seconds: float, what: str, pause: Callable[[float], object] = time.sleep) -> None:
        """Let time pass, counting down. ``pause``: what passes it."""
        begun = time.monotonic()
        while (left := begun + seconds - time.monotonic()) > 0:
            self.say(f"{what} ({left:.0f} s)", 1 - left / seconds)
            pause(min(0.5, left))

    def clear(self) -> None:
        """Nothing more to say."""
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def drawn_bar(share: float) -> str:
    """``share`` of a bar."""
    done = round(_WIDTH * min(1.0, max(0.0, share)))
    return "█" * done + "░" * (_WIDTH - done)
