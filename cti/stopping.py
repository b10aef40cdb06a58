"""``shoal stop``: a running switch takes no new calls and ends when those that are up are over; how many are left is shown
meanwhile."""

import asyncio
import os
import time
from typing import Any, TextIO
from urllib.parse import urlsplit

from cti.asking import Unreachable, ask
from switch.language.words import PLAIN, Words

TO_THE_END = float("inf")
"""Calls may go on however long they last."""
LOOK_SECONDS = 0.5
PATIENCE = 30.0
"""Seconds for which the process may go on when nobody answers any more: it writes down what it still knows."""
HERE = ("127.0.0.1", "localhost", "::1")


async def stop(url: str, user: str, password: str, seconds: float | None, out: TextIO, words: Words = PLAIN) -> None:
    """Ask it, and return when it has stopped. ``seconds``: as in :class:`~cti.protocol.StopWish`, or ``TO_THE_END``. Raises
    :class:`~cti.asking.AskRefused`."""
    wish = {"to_the_end": True} if seconds == TO_THE_END else {"seconds": seconds}
    state = await ask(url, user, password, "POST", "/stop", json=wish)
    process = state["process"] if urlsplit(url).hostname in HERE else 0
    shown = Shown(out, words)
    try:
        while True:
            shown.show(line(state, time.time()))
            await asyncio.sleep(LOOK_SECONDS)
            state = await ask(url, user, password, "GET", "/stop")
    except Unreachable:
        await _gone(process)
    shown.last("the switch has stopped")


def line(state: dict[str, Any], now: float) -> str:
    """What is left, for people. ``now``: POSIX seconds."""
    calls, until = state["calls"], state["until"]
    if not calls:
        return "no new calls; the last one is over"
    if until is None:
        return f"no new calls; {calls} are up, and may go on to their end"
    left = max(0, round(until - now))
    return f"no new calls; {calls} are up, {left // 60}:{left % 60:02} left for them"


class Shown:
    """Progress: one line that is written over and over where a person looks at it; else a line for each number of calls."""

    def __init__(self, out: TextIO, words: Words) -> None:
        self._out, self._words, self._tty = out, words, out.isatty()
        self._told = ""

    def show(self, told: str) -> None:
        """What is left now."""
        subject = told.partition(",")[0]
        if self._tty:
            self._out.write(f"\r\x1b[K{self._words(told)}")
        elif subject != self._told:
            self._out.write(f"{self._words(told)}\n")
        self._told = subject
        self._out.flush()

    def last(self, told: str) -> None:
        """And that was it."""
        self._out.write(("\r\x1b[K" if self._tty else "") + f"{self._words(told)}\n")
        self._out.flush()


async def _gone(process: int) -> None:
    """Return when the process has ended, so that its ports are free; where it is on another machine, at once."""
    ends = time.monotonic() + PATIENCE
    while process > 1 and time.monotonic() < ends:
        try:
            os.kill(process, 0)
        except OSError:  # it is gone, or another user's, of whom we learn nothing
            return
        await asyncio.sleep(0.05)
