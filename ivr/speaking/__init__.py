"""How values are spoken: a value -> the names of the sounds, one after the other. Nothing here knows of files.

A value comes from a caller's keys, from a web service or from a queue, at the moment at which it is said; so it cannot
be rendered before, and nobody may wait for it to be rendered then. It is therefore put together from fragments that
were: words, tens and hundreds, months, whole days of a month. A value that is not of its kind says nothing.
"""

from collections.abc import Callable

from ivr.speaking import calendar, money, numbers, spans
from ivr.speaking.words import Words

KINDS: dict[str, Callable[[str, str], Words]] = {
    "number": numbers.number, "ordinal": numbers.ordinal, "digits": numbers.digits, "phone": numbers.phone,
    "percent": numbers.percent, "date": calendar.date, "day": calendar.day, "time": calendar.time,
    "duration": spans.duration, "wait": spans.wait,
}
"""The ways to speak a value in a language; ``amount`` is one more, which wants a currency, too."""
AMOUNT = "amount"


def say(kind: str, value: str, language: str, currency: str = "") -> Words:
    """The sounds that say this value; none where it cannot be said in this way."""
    return money.amount(value, currency, language) if kind == AMOUNT else KINDS[kind](value, language)


def position(place: int, language: str) -> Words:
    """Where a caller stands in a queue; 1 = next."""
    if place <= 1:
        return ("you-are-next",)
    return ("you-are-number", *numbers.counted_out(place, language), "in-the-queue")


def expected_wait(seconds: float | None, language: str) -> Words:
    """How long a caller will wait. Nothing, where it is unknown."""
    said = spans.about(seconds, language)
    return ("expected-wait-is", *said) if said else ()
