"""Whole numbers, from nought to a million million.

English and Mandarin both put numbers together from smaller ones, but cut them differently: English every three digits
(thousand, million, billion), Mandarin every four (wan, yi). Mandarin says a zero where digits in the middle are missing
(1005: one thousand *zero* five), but one only, however many there are; ``yi shi`` for a ten behind something (110: one
hundred *one* ten), and it has two words for 2: ``liang`` before thousand, wan, yi and measures (two minutes), and
before a hundred that begins a number; ``er`` everywhere else, so also in "you are second in line".
"""

from ivr.speaking.words import LIANG, Words, is_mandarin

MOST = 999_999_999_999
"""The largest number that is put together."""
ENGLISH = ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"))
MANDARIN = ((100_000_000, "hundred-million"), (10_000, "ten-thousand"))
WHOLE_ORDINALS = 31
"""Up to here, as far as months go, an English ordinal is one sound."""
ORDINALS = {"hundred": "hundredth", "thousand": "thousandth", "million": "millionth", "billion": "billionth"}


def whole(value: int, language: str) -> Words:
    """A number from 0 to :data:`MOST`: 1,205 -> one thousand two hundred and five."""
    return mandarin(value) if is_mandarin(language) else english(value)


def counted(value: int, language: str) -> Words:
    """A number before what it counts: two of something are ``liang`` in Mandarin."""
    return (LIANG,) if value == 2 and is_mandarin(language) else whole(value, language)


def ranked(value: int, language: str) -> Words:
    """Which one it is: twenty-first; ``di`` twenty-one."""
    if is_mandarin(language):
        return ("ordinal", *rank(value))
    *before, last = english(value)
    if not last.startswith("number-"):
        return (*before, ORDINALS[last])
    below = int(last.removeprefix("number-"))
    if below <= WHOLE_ORDINALS or below % 10 == 0:
        return (*before, f"ordinal-{below}")
    return (*before, f"number-{below // 10 * 10}", f"ordinal-{below % 10}")


def rank(value: int) -> Words:
    """A Mandarin number behind ``di``: a hundred that begins it has ``er``."""
    words = mandarin(value)
    return ("number-2", *words[1:]) if words[:2] == (LIANG, "hundred") else words


def english(value: int) -> Words:
    for size, word in ENGLISH:
        if value >= size:
            high, low = divmod(value, size)
            joined = ("and",) if 0 < low < 100 else ()
            return (*english(high), word, *joined, *(english(low) if low else ()))
    if value < 100:
        return (f"number-{value}",)
    hundreds, low = divmod(value, 100)
    return (f"number-{hundreds}", "hundred", *(("and", f"number-{low}") if low else ()))


def mandarin(value: int, first: bool = True) -> Words:
    """``first`` = nothing was said before it. A zero is said where what is behind a unit does not fill its first place."""
    for size, word in MANDARIN:
        if value >= size:
            high, low = divmod(value, size)
            many = (LIANG,) if high == 2 else mandarin(high, first)
            zero = ("number-0",) if 0 < low < size // 10 else ()
            return (*many, word, *zero, *(mandarin(low, first=False) if low else ()))
    return _group(value, first)


def _group(value: int, first: bool) -> Words:
    """A number below ten thousand."""
    if value < 100:
        if first or not 10 <= value < 20:
            return (f"number-{value}",)
        return ("number-1", f"number-{value}")
    size, word = (1000, "thousand") if value >= 1000 else (100, "hundred")
    count, low = divmod(value, size)
    many = LIANG if count == 2 and (first or size == 1000) else f"number-{count}"
    zero = ("number-0",) if 0 < low < size // 10 else ()
    return (many, word, *zero, *(_group(low, first=False) if low else ()))
