"""Texts: the values put in, and how many short messages they are.

A short message has 140 octets: 160 characters of the GSM 7-bit alphabet (3GPP TS 23.038 section 6.2.1), some of which
count twice, or 70 of UCS-2. Longer texts are sent in parts, each with a header of 6 octets that leaves 153, or 67.
"""

from typing import NamedTuple

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà")
_TWICE = frozenset("\f^{}\\[~]|€")


class Length(NamedTuple):
    alphabet: str
    """GSM-7 or UCS-2."""
    units: int
    """Characters; those that count twice, twice."""
    parts: int

    def __str__(self) -> str:
        return f"{self.parts} SMS ({self.alphabet}, {self.units} characters)"


def length(text: str) -> Length:
    """How long a text is as short messages.

    >>> length("See you at 5").parts, length("\u8425\u4e1a\u7f51\u70b9").alphabet
    (1, 'UCS-2')
    """
    if all(character in _GSM or character in _TWICE for character in text):
        sizes, whole, part, alphabet = [1 + (each in _TWICE) for each in text], 160, 153, "GSM-7"
    else:
        sizes, whole, part, alphabet = [1 + (ord(each) > 0xFFFF) for each in text], 70, 67, "UCS-2"
    return Length(alphabet, sum(sizes), 1 if sum(sizes) <= whole else _parts(sizes, part))


def _parts(sizes: list[int], part: int) -> int:
    """A character of two is never divided between parts."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > part:
            parts, used = parts + 1, 0
        used += size
    return parts
