"""A listener who knows nothing of how it was put together understands what was said."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ivr import speaking
from ivr.speaking.money import CURRENCIES
from ivr.speaking.whole import MOST
from tests.ivr.speaking.heard import TEXTS, words

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
ENGLISH = {word: value for value, word in enumerate(f"{ONES} eighteen nineteen".split())}
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ENGLISH |= {word: 10 * value for value, word in enumerate(TENS, 2)}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
MANDARIN = {"零": 0, "两": 2, **{character: value for value, character in enumerate("一二三四五六七八九", 1)}}
UNITS = {"十": 10, "百": 100, "千": 1000}
LARGE = {"亿": 10**8, "万": 10**4}


def english(spoken: str) -> int:
    total, group = 0, 0
    for word in spoken.replace("-", " ").split():
        if word == "hundred":
            group *= 100
        elif word in SCALES:
            total, group = total + group * SCALES[word], 0
        elif word != "and":
            group += ENGLISH[word]
    return total + group


def mandarin(spoken: str) -> int:
    """Split at the largest unit, as one learns it at school."""
    for unit, size in LARGE.items():
        if unit in spoken:
            before, after = spoken.split(unit)
            return mandarin(before) * size + mandarin(after)
    value, digit = 0, 0
    for character in spoken:
        if character in UNITS:
            value, digit = value + (digit or 1) * UNITS[character], 0
        else:
            digit = MANDARIN[character]
    return value + digit


numbers = st.one_of(st.integers(0, MOST), st.integers(0, 100_000),
                    st.builds(lambda digit, zeros, rest: min(MOST, digit * 10**zeros + rest),
                              st.integers(1, 99), st.integers(0, 10), st.integers(0, 999)))


@given(numbers)
def test_english_numbers(value):
    assert english(words(speaking.say("number", str(value), "en"), "en")) == value


@given(numbers)
def test_mandarin_numbers(value):
    spoken = words(speaking.say("number", str(value), "zh"), "zh")
    assert mandarin(spoken) == value
    assert "零零" not in spoken and (value == 0 or not spoken.endswith("零")), "a zero is said once, and never at the end"
    assert "两十" not in spoken and not spoken.endswith("两"), "liang counts, and never ends a number"
    assert not spoken.startswith("一十")


@given(st.decimals(0, 10**9, places=2))
def test_yuan(value):
    spoken = words(speaking.say("amount", str(value), "zh", "yuan"), "zh")
    rest, total = spoken, Decimal(0)
    for coin, worth in (("元", Decimal(1)), ("角", Decimal("0.1")), ("分", Decimal("0.01"))):
        if coin in rest:
            before, rest = rest.split(coin)
            total += mandarin(before) * worth
    assert (total, rest) == (value, "")


@given(st.times())
def test_times(value):
    """What the clock of the listener would show, from the part of the day and the hour that they heard."""
    spoken = words(speaking.say("time", value.isoformat("minutes"), "zh"), "zh")
    part, clock = spoken[:2], spoken[2:].removesuffix("分")
    hour, _, minute = clock.partition("点")
    later = 12 if part in ("下午", "晚上") else 0
    assert (mandarin(hour) + later, mandarin(minute)) == (value.hour, value.minute)


@given(st.dates(datetime.date(1000, 1, 1)))
def test_dates(value):
    spoken = words(speaking.say("date", value.isoformat(), "zh"), "zh")
    year, rest = spoken.split("年")
    month, rest = rest.split("月")
    day, week_day = rest.split("日", 1)
    assert int("".join(str(MANDARIN[character]) for character in year)) == value.year
    assert (mandarin(month), mandarin(day), week_day) == (value.month, value.day, "星期" + "一二三四五六日"[value.weekday()])


@given(st.integers(0, 10**8))
def test_durations(seconds):
    total, count = 0, ""
    for word in words(speaking.say("duration", str(seconds), "en"), "en").split():
        size = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}.get(word.removesuffix("s"))
        if size is None:
            count = f"{count} {word}"
        else:
            total, count = total + english(count) * size, ""
    assert total == seconds


values = st.one_of(st.text(max_size=30), st.from_regex(r"\A[-+]?[0-9]{1,20}(\.[0-9]{1,4})?\Z"),
                   st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}\Z"), st.dates().map(str),
                   st.times().map(str),
                   st.from_regex(r"\AP[0-9]{1,3}DT[0-9]{1,3}H[0-9]{1,4}M\Z"))


@given(values, st.sampled_from(["en", "zh", "fr"]), st.sampled_from([*speaking.KINDS, speaking.AMOUNT]),
       st.sampled_from(["", *CURRENCIES]))
def test_nothing_that_a_service_answers_can_stop_a_prompt_or_be_silent_for_want_of_a_sound(value, language, kind, currency):
    known = {*TEXTS.get(language, TEXTS["en"]), "pause"}
    assert set(speaking.say(kind, value, language, currency)) <= known
