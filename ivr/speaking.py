"""How numbers are spoken: a value -> the names of the sounds, one after the other. Nothing here knows of files.

English and Mandarin both put numbers together from smaller ones, but cut them differently: English every three digits
(thousand, million), Mandarin every four (wan). Mandarin says a zero where digits in the middle are missing (1005: one
thousand *zero* five), says ``yi shi`` for a ten behind a hundred (110: one hundred *one* ten), and has two words for
2: ``liang`` before thousand, wan and measures (two minutes), and before a hundred that begins a number; ``er``
everywhere else, so also in "you are second in line". Account numbers are read digit by digit, with ``yao`` for 1.
"""

import math
import re
from decimal import Decimal

Words = tuple[str, ...]
"""Names of sounds, in the order in which they are played."""

MOST = 99_999_999
"""The largest number that is put together; larger ones are read digit by digit."""
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
SIGNS = {"*": "star", "#": "hash"}
LIANG = "number-liang"


def digits(value: str) -> Words:
    """Each digit (and ``*``, ``#``) of a text, in its order; everything else is left out."""
    known = {**{digit: f"digit-{digit}" for digit in "0123456789"}, **SIGNS}
    return tuple(known[character] for character in value if character in known)


def number(value: str, language: str) -> Words:
    """A number, with what stands behind the point. Nothing, where the value is no number."""
    found = _read(value)
    return () if found is None else _minus(found) + _decimal(abs(found), language)


def amount(value: str, currency: str, language: str) -> Words:
    """An amount of money, rounded to hundredths. Nothing, where the value is no number."""
    found = _read(value)
    if found is None:
        return ()
    rounded = round(found, 2)
    if currency == "dollars" and not is_mandarin(language):
        return _minus(rounded) + _dollars(abs(rounded))
    unit = (currency,) if currency else ()
    if rounded == 2 and unit and is_mandarin(language):
        return (LIANG, *unit)
    return _minus(rounded) + _decimal(abs(rounded), language) + unit


def position(place: int, language: str) -> Words:
    """Where a caller stands in a queue; 1 = next."""
    if place <= 1:
        return ("you-are-next",)
    return ("you-are-number", *_whole(place, language), "in-the-queue")


def expected_wait(seconds: float | None, language: str) -> Words:
    """How long a caller will wait, in whole minutes, rounded up. Nothing, where it is unknown."""
    if seconds is None or not math.isfinite(seconds):
        return ()
    if seconds < 60:
        return ("expected-wait-is", "less-than-a-minute")
    minutes = math.ceil(seconds / 60)
    if minutes > 60:
        return ("expected-wait-is", "more-than", *_whole(1, language), "hour")
    if minutes == 60:
        return ("expected-wait-is", "about", *_whole(1, language), "hour")
    counted = (LIANG,) if minutes == 2 and is_mandarin(language) else _whole(minutes, language)
    return ("expected-wait-is", "about", *counted, "minute" if minutes == 1 else "minutes")


def is_mandarin(language: str) -> bool:
    """Whether numbers are put together as in Mandarin; in every other language as in English."""
    return language.lower().split("-")[0] in ("zh", "cmn")


def _read(value: str) -> Decimal | None:
    """``1,205.50`` as a number."""
    plain = value.strip().replace(",", "")
    return Decimal(plain) if NUMBER.fullmatch(plain) else None


def _minus(value: Decimal) -> Words:
    return ("minus",) if value < 0 else ()


def _decimal(value: Decimal, language: str) -> Words:
    """Behind the point digit by digit, without zeros at the end."""
    fraction = f"{value % 1:f}".partition(".")[2].rstrip("0")
    behind = ("point", *(f"number-{digit}" for digit in fraction)) if fraction else ()
    return _whole(int(value), language) + behind


def _dollars(value: Decimal) -> Words:
    whole, cents = int(value), int(value % 1 * 100)
    words = () if cents and not whole else (*_english(whole), "dollar" if whole == 1 else "dollars")
    if not cents:
        return words
    joined = ("and",) if words else ()
    return (*words, *joined, f"number-{cents}", "cent" if cents == 1 else "cents")


def _whole(value: int, language: str) -> Words:
    if value > MOST:
        return digits(str(value))
    return _mandarin(value) if is_mandarin(language) else _english(value)


def _english(value: int) -> Words:
    """1,205 -> one thousand, two hundred and five."""
    for size, word in ((1_000_000, "million"), (1000, "thousand")):
        if value >= size:
            high, low = divmod(value, size)
            joined = ("and",) if 0 < low < 100 else ()
            return (*_english(high), word, *joined, *(_english(low) if low else ()))
    if value < 100:
        return (f"number-{value}",)
    hundreds, low = divmod(value, 100)
    return (f"number-{hundreds}", "hundred", *(("and", f"number-{low}") if low else ()))


def _mandarin(value: int) -> Words:
    """Four digits at a time; a zero is said where the lower four do not begin with a thousand."""
    if value < 10_000:
        return _mandarin_group(value, first=True)
    high, low = divmod(value, 10_000)
    counted = (LIANG,) if high == 2 else _mandarin_group(high, first=True)
    zero = ("number-0",) if 0 < low < 1000 else ()
    return (*counted, "ten-thousand", *zero, *(_mandarin_group(low, first=False) if low else ()))


def _mandarin_group(value: int, first: bool) -> Words:
    """A number below ten thousand; ``first`` = nothing was said before it."""
    if value < 100:
        if first or not 10 <= value < 20:
            return (f"number-{value}",)
        return ("number-1", f"number-{value}")
    size, word = (1000, "thousand") if value >= 1000 else (100, "hundred")
    count, low = divmod(value, size)
    counted = LIANG if count == 2 and (first or size == 1000) else f"number-{count}"
    zero = ("number-0",) if 0 < low < size // 10 else ()
    return (counted, word, *zero, *(_mandarin_group(low, first=False) if low else ()))
