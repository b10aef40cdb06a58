"""What the switch says to people, in their language: one table for each, and the last step before somebody reads.

Every room says what it has to say in plain English, once. The journal, the versions and the answers of REST keep that, for
their readers may have several languages. Where a person reads, at the terminal or on a page, the text is looked up here, as
gettext would look up a message, but by its shape: ``menu `{name}` has no options`` in the table knows the sentence whatever
the menu is called. So no room needs to know about languages, and what a switch far away has said can be turned, too.

A gap is put into the other language as it is, for it holds a name that somebody has chosen. ``{here!t}`` is a gap with a
text of its own, which is turned; ``{things!l}`` is a list of them,
and ``{many!n}`` only ever a number, ``{name!w}`` one word. English is its own table.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

LANGUAGES = ("en", "zh")
LONGEST = 4_000
"""Characters; a longer line is no sentence of ours."""
GAP = re.compile(r"\{(\w+)(?:!([tlnw]))?\}")
"""The mark may stand in either half of the table."""
NAMES = re.compile(r"`[^`]*`")
"""What stands in a sentence as it is written in a file."""
ENGLISH = re.compile(r"[a-z]{2,}", re.ASCII)
KINDS = {"n": re.compile(r"[\d.:%*#-]+", re.ASCII), "w": re.compile(r"[^\s,;()]+")}
"""What a gap with one of these marks may hold: a number; one word."""
BEFORE = re.compile(r"\s*(?:\d+:\d\d(?::\d\d)?  )?")
"""Blanks and a moment at the beginning of a line."""
MISTAKE = re.compile(r"(?P<head>advice: |)(?P<place>[^\s:]+(?::\d+)?): (?P<what>.+) — (?P<instead>.+)")
"""A line of ``shoal check``; its two sentences are turned each by itself."""


class Shape(NamedTuple):
    """A text with gaps."""

    pieces: tuple[str, ...]
    """What stands before, between and behind the gaps."""
    gaps: dict[str, str]
    """What stands in each is, ``t``, ``l``, ``n`` or ``w``; empty = anything, and it is not turned."""
    other: str
    """The same in the other language."""

    def fill(self, text: str) -> dict[str, str] | None:
        """What stands in the gaps of a text that has this shape; None = it has another. Each piece is looked for from
        the left, so that a long text costs no more than one reading."""
        first, *between = self.pieces
        if not text.startswith(first):
            return None
        at, found, last = len(first), {}, len(between) - 1
        for place, (gap, piece) in enumerate(zip(self.gaps, between, strict=True)):
            end = len(text) - len(piece) if place == last else text.find(piece, at)
            if end < at or not text.startswith(piece, end):
                return None
            found[gap], at = text[at:end], end + len(piece)
        return found


class Words:
    """The table of one language. Called with an English text, it gives the text in that language; what it does not know it
    gives back as it is."""

    def __init__(self, language: str, table: Mapping[str, str]) -> None:
        self.language = language
        self._known = {english: other for english, other in table.items() if not GAP.search(english)}
        shapes = [_shape(english, other) for english, other in table.items() if GAP.search(english)]
        self._shapes = sorted(shapes, key=lambda shape: (-sum(map(len, shape.pieces)), not any(shape.gaps.values())))

    def __call__(self, text: str) -> str:
        """Line by line; blanks at the beginning and the end stay."""
        if self.language == "en":
            return text
        if text in self._known:
            return self._known[text]
        return "\n".join(map(self._line, text.split("\n")))

    def knows(self, text: str) -> bool:
        """Whether the table has this sentence."""
        return self.language == "en" or self._found(text) is not None

    def _line(self, line: str) -> str:
        before = BEFORE.match(line)[0]
        text, behind = line[len(before):].rstrip(), line[len(line.rstrip()):]
        return line if not text or len(text) > LONGEST else f"{before}{self._sentence(text)}{behind}"

    def _sentence(self, text: str) -> str:
        if mistake := MISTAKE.fullmatch(text):
            what, instead = self._sentence(mistake["what"]), self._sentence(mistake["instead"])
            end = "" if instead.endswith("？") else "。"
            return f"{self._known.get(mistake['head'], mistake['head'])}{mistake['place']}: {what}。{instead}{end}"
        found = self._found(text)
        return text if found is None else found

    def _found(self, text: str) -> str | None:
        if text in self._known:
            return self._known[text]
        for shape in self._shapes:
            filled = shape.fill(text)
            if filled is not None:
                turned = {gap: self._gap(filled[gap], how) for gap, how in shape.gaps.items()}
                if None not in turned.values():
                    return GAP.sub(lambda gap, turned=turned: turned[gap[1]], shape.other)
        return None

    def _gap(self, text: str, how: str) -> str | None:
        """None = it is no number, or should be turned and nobody knows it."""
        if how == "l":
            parts = [self._gap(part, "t") for part in text.split(", ")]
            return None if None in parts else self._known.get(", ", ", ").join(parts)
        if how in KINDS:
            return text if KINDS[how].fullmatch(text) else None
        if how != "t" or not ENGLISH.search(NAMES.sub("", text)):
            return text
        return self._found(text)


def _shape(english: str, other: str) -> Shape:
    how = {gap[1]: gap[2] for gap in (*GAP.finditer(english), *GAP.finditer(other)) if gap[2]}
    gaps = {gap[1]: how.get(gap[1], "") for gap in GAP.finditer(english)}
    return Shape(tuple(GAP.sub("\0", english.replace("\0", "")).split("\0")), gaps, GAP.sub(r"{\1}", other))


PLAIN = Words("en", {})
"""English, as everything is written."""


@cache
def words(language: str) -> Words:
    """The table of a language, ``zh`` or ``zh-CN``; English for one that we do not have."""
    name = language.lower().replace("_", "-").split("-")[0]
    if name not in LANGUAGES or name == "en":
        return PLAIN
    return Words(name, table(name))


def table(language: str) -> dict[str, str]:
    """English -> the other language, as the file has it."""
    text = files("switch.language").joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
