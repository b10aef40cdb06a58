"""What one call and one step cost, counted and not timed: the same figures on every machine, however busy it is.

``python -m bench counts`` prints them; ``tests/bench/test_counts.py`` holds each to the number that it has today, so that
what makes a call dearer is seen in the change that does it. One call is that of :mod:`bench.core`: INVITE, ACK, a tree
that greets, the customer looked up, BYE, media's last word. A step is that of :mod:`bench.counts_step`.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from bench.core import World
from bench.counts_step import of_a_step

CALLS = 50
PARSERS = ("parse", "parse_via", "parse_name_addr", "parse_cseq", "parse_uri", "split", "param")
"""Functions of the SIP room that read text."""
_COPYING = {"decode", "encode", "split", "rsplit", "splitlines", "partition", "rpartition", "replace", "strip", "lstrip",
            "rstrip", "lower", "upper", "title", "translate"}
_C, _SIP, _COPIED = "C", "switch/sip", ("copied", "")


def of_a_call() -> dict[str, float]:
    """For one call: entries in the journal, messages out, orders for media, calls of Python functions, calls from Python
    into C, octets of text that methods went through and copied, and how often each parser read something."""
    world = World()
    for number in range(200):
        world.call(number)
    world.effects.clear()
    first = world.exchange.journal.last
    with _called() as called:
        for number in range(200, 200 + CALLS):
            world.call(number)
    ours = {f"{name}": called[_SIP, name] for name in PARSERS}
    counts = {
        "journal entries": world.exchange.journal.last - first,
        "messages out": world.effects["Transmit"],
        "effects": world.effects.total(),
        "Python calls": sum(count for (file, _), count in called.items() if file not in (_C, _COPIED[0], __file__)),
        "C calls": sum(count for (file, _), count in called.items() if file == _C),
        "octets copied": called[_COPIED],
        **ours,
    }
    return {name: count / CALLS for name, count in counts.items()}


def of_a_refusal() -> dict[str, float]:
    """The same for a call that is refused because there is too much to do, INVITE and ACK; and what is left of it."""
    world = World()
    for _ in range(2):
        world.exchange.signalling_load(1.0, 0.0, 0.9, world.now)
    first, left = world.exchange.journal.last, world.exchange.house.endpoint.counts()
    with _called() as called:
        for number in range(CALLS):
            world.refused(number)
    gone = world.exchange.house.endpoint.counts()
    counts = {"Python calls": sum(count for (file, _), count in called.items() if file not in (_C, _COPIED[0], __file__)),
              "messages out": world.effects["Transmit"], "journal entries": world.exchange.journal.last - first,
              "transactions and timers": sum(gone[name] - left[name] for name in ("transactions", "timers"))}
    return {name: count / CALLS for name, count in counts.items()}


@contextmanager
def _called() -> Iterator[Counter[tuple[str, str]]]:
    """Counts calls by place and name: our SIP room is one place, C another, every other file its own."""
    counts: Counter[tuple[str, str]] = Counter()

    def look(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            code = frame.f_code
            counts[_SIP if f"/{_SIP}/" in code.co_filename else code.co_filename, code.co_name] += 1
        elif event == "c_call":
            counts[_C, argument.__name__] += 1
            if argument.__name__ in _COPYING and isinstance(text := argument.__self__, str | bytes):
                counts[_COPIED] += len(text)

    sys.setprofile(look)
    try:
        yield counts
    finally:
        sys.setprofile(None)


def table() -> str:
    """All of them, to be printed."""
    lines = ["one call (bench.core):", *(f"  {name:<40} {count:10.2f}" for name, count in of_a_call().items())]
    lines += ["a refused call:", *(f"  {name:<40} {count:10.2f}" for name, count in of_a_refusal().items())]
    lines += ["a step of media, without the shim:", *(f"  {name:<40} {count:10.2f}" for name, count in of_a_step().items())]
    return "\n".join(lines)
