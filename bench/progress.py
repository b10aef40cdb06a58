"""One line on the terminal that says what is being done, and for how long still."""

import sys
import time


class Progress:
    """Quiet where there is no terminal, but for one line each."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._said = ""

    def say(self, what: str) -> None:
        """Show this until the next."""
        if self._terminal:
            print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)
        elif what.partition(" (")[0] != self._said:
            self._said = what.partition(" (")[0]
            print(self._said, file=sys.stderr)

    def sleep(self, seconds: float, what: str) -> None:
        """Let time pass, counting down."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            self.say(f"{what} ({left:.0f} s)")
            time.sleep(min(0.5, left))

    def clear(self) -> None:
        """Nothing more to say."""
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
