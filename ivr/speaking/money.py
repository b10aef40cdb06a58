"""Amounts of money, rounded to hundredths (half up, as prices are).

English names the small coin of a currency (pounds and pence); of yuan, which English callers know without its coins, it
says a fraction. Mandarin counts yuan down to ``jiao`` and ``fen``, with a zero where the jiao are missing, and says a
fraction of what has no Mandarin coin.
"""

from decimal import ROUND_HALF_UP, Decimal

from ivr.speaking.numbers import decimal, digits, minus, read
from ivr.speaking.whole import MOST, counted
from ivr.speaking.words import LIANG, Words, is_mandarin

COINS = {
    "dollars": ("dollar", "dollars", "cent", "cents"),
    "pounds": ("pound", "pounds", "penny", "pence"),
    "euros": ("euro", "euros", "cent", "cents"),
}
"""One and several of the currency and of its hundredth, in English."""
CURRENCIES = ("yuan", *COINS)


def amount(value: str, currency: str, language: str) -> Words:
    """An amount; ``currency`` is one of :data:`CURRENCIES`, or empty = no word is said for it."""
    found = read(value)
    if found is None:
        return ()
    rounded = found.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return minus(rounded) + _positive(abs(rounded), currency, language)


def _positive(value: Decimal, currency: str, language: str) -> Words:
    if is_mandarin(language):
        if currency == "yuan":
            return _yuan(value)
        if currency and value == 2:
            return (LIANG, currency)
    elif currency in COINS:
        return _coins(value, COINS[currency], language)
    return decimal(value, language) + ((currency,) if currency else ())


def _coins(value: Decimal, names: tuple[str, str, str, str], language: str) -> Words:
    """Two pounds and five pence; fifty cents."""
    large, small = int(value), int(value % 1 * 100)
    words: Words = ()
    if large or not small:
        words = (*_many(large, language), names[0] if large == 1 else names[1])
    if not small:
        return words
    joined = ("and",) if words else ()
    return (*words, *joined, *counted(small, language), names[2] if small == 1 else names[3])


def _yuan(value: Decimal) -> Words:
    """Yuan, jiao, fen: 2.05 = ``liang yuan ling wu fen``."""
    yuan, jiao, fen = int(value), int(value * 10 % 10), int(value * 100 % 10)
    words = (*_many(yuan, "zh"), "yuan") if yuan or not (jiao or fen) else ()
    if jiao:
        words += (*counted(jiao, "zh"), "jiao")
    if not fen:
        return words
    zero = ("number-0",) if words and not jiao else ()
    return (*words, *zero, *((f"number-{fen}",) if words else counted(fen, "zh")), "fen")


def _many(value: int, language: str) -> Words:
    return digits(str(value)) if value > MOST else counted(value, language)
