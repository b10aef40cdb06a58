"""Texts with gaps: what of them can be rendered before a call, and what is said in the gaps during it.

``Your balance is {balance:amount}.`` is a saying ("Your balance is"), a value, and nothing: a full stop is not spoken.
A gap names a variable and how it is spoken. The name alone will do where it is itself a way to speak (``{date}``), and
for what a queue knows: ``{position}`` and ``{wait}``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ivr.speaking import AMOUNT, KINDS
from ivr.speaking.money import CURRENCIES

GAP = re.compile(r"\{\s*([A-Za-z_]\w*)\s*(?::\s*([a-z]+)(?:\s+([a-z]+))?\s*)?\}", re.ASCII)
"""``{name}``, ``{name:kind}``, ``{name:amount dollars}``."""
WAYS = (*KINDS, AMOUNT)
USUAL = {"position": "number", **{way: way for way in WAYS}}
"""How a variable of this name is spoken where the gap does not say."""
JOINTS = " \n\t,.;:!?，。；：、！？"
EXAMPLE = "`{balance:amount}`"
SPOKEN = re.compile(r"\w")
CHARACTER, IDEOGRAPH = 0.065, 0.23
"""Seconds that a letter, or a Chinese character, takes to say: for texts that nobody has measured yet."""
EAST = re.compile(r"[\u2e80-\u9fff]")


class Gap(NamedTuple):
    """A value that is said in the middle of a text."""

    variable: str
    kind: str
    currency: str


class Saying(NamedTuple):
    """Words that an engine renders, once."""

    text: str
    language: str
    voice: str = ""
    """Empty = the usual one of the language."""
    engine: str = ""
    """Empty = the usual one."""

    @property
    def seconds(self) -> float:
        """About how long it takes to say."""
        east = len(EAST.findall(self.text))
        return east * IDEOGRAPH + (len(self.text) - east) * CHARACTER


class Fault(NamedTuple):
    """Why something cannot be said."""

    what: str
    instead: str


@dataclass(frozen=True)
class Speech:
    """What became of the sayings of a configuration."""

    files: dict[Saying, str] = field(default_factory=dict)
    """Rendered: the absolute path of each."""
    faults: dict[Saying, Fault] = field(default_factory=dict)
    """Cannot be rendered."""
    pending: frozenset[Saying] = frozenset()
    """Not rendered yet, because nobody asked for it; publishing will."""


@lru_cache(4096)
def pieces(text: str) -> tuple[str | Gap, ...]:
    """What is said, one after the other: words, and gaps. What has no letter in it is not said."""
    said: list[str | Gap] = []
    end = 0
    for found in GAP.finditer(text):
        said += _words(text[end : found.start()])
        said.append(Gap(found[1], found[2] or USUAL.get(found[1], ""), found[3] or "yuan"))
        end = found.end()
    return (*said, *_words(text[end:]))


def _words(text: str) -> list[str]:
    """What stands before the first letter belongs to the value before it."""
    return [" ".join(text.lstrip(JOINTS).split())] if SPOKEN.search(text) else []


def variables(text: str) -> list[str]:
    """The variables that a text speaks."""
    return [piece.variable for piece in pieces(text) if isinstance(piece, Gap)]


def gap_faults(text: str) -> Iterator[Fault]:
    """What is wrong with the gaps of a text."""
    left = GAP.sub("", text)
    if brace := re.search(r"\{[^{}]*\}?|\}", left):
        yield Fault(f"`{brace[0]}` in a text names no variable", f"write {EXAMPLE}")
    ways = ", ".join(f"`{way}`" for way in WAYS)
    for gap in pieces(text):
        if isinstance(gap, str):
            continue
        if not gap.kind:
            yield Fault(f"nobody says how `{gap.variable}` is spoken in a text", f"write {EXAMPLE}, with one of: {ways}")
        elif gap.kind not in WAYS:
            yield Fault(f"nothing is spoken as `{gap.kind}` in a text", f"write one of: {ways}")
        elif gap.currency not in CURRENCIES:
            yield Fault(f"nothing is paid in `{gap.currency}` in a text",
                        "write one of: " + ", ".join(f"`{each}`" for each in CURRENCIES))
    if not pieces(text):
        yield Fault(f"the text `{text}` has no words", "write some, or remove it")
