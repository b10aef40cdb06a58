"""Numbers as they are spoken: with a fraction, as a rank, as a percentage, digit by digit, as a telephone number."""

import re
from decimal import Decimal
from itertools import pairwise

from ivr.speaking.whole import MOST, rank, ranked, whole
from ivr.speaking.words import PAUSE, Words, is_mandarin

NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
SIGNS = {"*": "star", "#": "hash"}
GROUP = re.compile(r"[\d*#]+", re.ASCII)
CHINESE_MOBILE = re.compile(r"861[3-9]\d{9}", re.ASCII)
LONG_GROUP = 5
"""Digits that are said in one breath; a longer group is cut."""


def digits(value: str, language: str = "") -> Words:
    """Each digit (and ``*``, ``#``) of a text, in its order; everything else is left out. One is ``yao`` in Mandarin, as
    in every number that names and does not count."""
    known = {**{digit: f"digit-{digit}" for digit in "0123456789"}, **SIGNS}
    return tuple(known[character] for character in value if character in known)


def phone(value: str, language: str) -> Words:
    """A telephone number, with a breath between its groups: those that are written, or else groups of three and four, the
    longer ones last, as in 138 1234 5678."""
    written = GROUP.findall(value)
    groups = [part for group in written for part in _groups(group, alone=len(written) == 1)]
    said: Words = ("plus",) if value.strip().startswith("+") and groups else ()
    for number, group in enumerate(groups):
        said += (PAUSE, *digits(group)) if number else digits(group)
    return said


def _groups(group: str, alone: bool) -> list[str]:
    if alone and CHINESE_MOBILE.fullmatch(group):
        return ["86", *_groups(group[2:], alone=False)]
    if len(group) <= LONG_GROUP:
        return [group]
    count = -(-len(group) // 4)
    ends = [len(group) * number // count for number in range(count + 1)]
    return [group[first:end] for first, end in pairwise(ends)]


def number(value: str, language: str) -> Words:
    """A number, with what stands behind the point."""
    found = read(value)
    return () if found is None else minus(found) + decimal(abs(found), language)


def ordinal(value: str, language: str) -> Words:
    """The rank of something, from 1 on: second, twenty-first."""
    found = read(value)
    if found is None or found != int(found) or not 0 < found <= MOST:
        return ()
    return ranked(int(found), language)


def counted_out(value: int, language: str) -> Words:
    """A place in a line, behind a word that says so ("number", ``di``)."""
    if value > MOST:
        return digits(str(value))
    return rank(value) if is_mandarin(language) else whole(value, language)


def percent(value: str, language: str) -> Words:
    """A percentage, with or without its sign: twelve point five per cent; Mandarin says the sign first."""
    found = read(value.strip().removesuffix("%"))
    if found is None:
        return ()
    said = decimal(abs(found), language)
    return minus(found) + (("percent", *said) if is_mandarin(language) else (*said, "percent"))


def read(value: str) -> Decimal | None:
    """``1,205.50`` as a number; None = it is none."""
    plain = value.strip().replace(",", "")
    return Decimal(plain) if NUMBER.fullmatch(plain) else None


def minus(value: Decimal) -> Words:
    return ("minus",) if value < 0 else ()


def decimal(value: Decimal, language: str) -> Words:
    """Behind the point digit by digit, without zeros at the end. What is too large to follow is read digit by digit."""
    before = int(value)
    fraction = f"{value % 1:f}".partition(".")[2].rstrip("0")
    behind = ("point", *(f"number-{digit}" for digit in fraction)) if fraction else ()
    return (digits(str(before)) if before > MOST else whole(before, language)) + behind
