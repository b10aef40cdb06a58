"""Numbers as they are spoken, in words; the catalogue of shipped sounds tells what each name says."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ivr import speaking
from ivr.prompts import SHIPPED

TEXTS = yaml.safe_load((SHIPPED / "texts.yaml").read_text(encoding="utf-8"))


def words(names: speaking.Words, language: str) -> str:
    """What is heard."""
    return {"en": " ", "zh": ""}[language].join(TEXTS[language][name] for name in names)


NUMBERS = [
    ("0", "zero", "零"),
    ("2", "two", "二"),
    ("10", "ten", "十"),
    ("12", "twelve", "十二"),
    ("20", "twenty", "二十"),
    ("99", "ninety-nine", "九十九"),
    ("100", "one hundred", "一百"),
    ("105", "one hundred and five", "一百零五"),
    ("110", "one hundred and ten", "一百一十"),
    ("111", "one hundred and eleven", "一百一十一"),
    ("120", "one hundred and twenty", "一百二十"),
    ("200", "two hundred", "两百"),
    ("202", "two hundred and two", "两百零二"),
    ("1000", "one thousand", "一千"),
    ("1005", "one thousand and five", "一千零五"),
    ("1010", "one thousand and ten", "一千零一十"),
    ("1200", "one thousand two hundred", "一千二百"),
    ("2002", "two thousand and two", "两千零二"),
    ("2222", "two thousand two hundred and twenty-two", "两千二百二十二"),
    ("10000", "ten thousand", "一万"),
    ("10005", "ten thousand and five", "一万零五"),
    ("10500", "ten thousand five hundred", "一万零五百"),
    ("15000", "fifteen thousand", "一万五千"),
    ("20000", "twenty thousand", "两万"),
    ("100010", "one hundred thousand and ten", "十万零一十"),
    ("120034", "one hundred and twenty thousand and thirty-four", "十二万零三十四"),
    ("200000", "two hundred thousand", "二十万"),
    (
        "999999",
        "nine hundred and ninety-nine thousand nine hundred and ninety-nine",
        "九十九万九千九百九十九",
    ),
    ("1000001", "one million and one", "一百万零一"),
    ("-5", "minus five", "负五"),
    ("0.05", "zero point zero five", "零点零五"),
    ("3.140", "three point one four", "三点一四"),
    ("1,205", "one thousand two hundred and five", "一千二百零五"),
    ("gold", "", ""),
    ("", "", ""),
    ("1e9", "", ""),
    ("٣", "", ""),
]


@pytest.mark.parametrize(("value", "english", "mandarin"), NUMBERS)
def test_numbers(value, english, mandarin):
    assert words(speaking.number(value, "en"), "en") == english
    assert words(speaking.number(value, "zh"), "zh") == mandarin


@pytest.mark.parametrize(
    ("value", "english", "mandarin"),
    [
        ("1,205.50", "one thousand two hundred and five point five yuan", "一千二百零五点五元"),
        ("2", "two yuan", "两元"),
        ("2.00", "two yuan", "两元"),
        ("2.5", "two point five yuan", "二点五元"),
        ("0.995", "one yuan", "一元"),
        ("-12.30", "minus twelve point three yuan", "负十二点三元"),
        ("much", "", ""),
    ],
)
def test_yuan(value, english, mandarin):
    assert words(speaking.amount(value, "yuan", "en"), "en") == english
    assert words(speaking.amount(value, "yuan", "zh"), "zh") == mandarin


@pytest.mark.parametrize(
    ("value", "english", "mandarin"),
    [
        ("1205.50", "one thousand two hundred and five dollars and fifty cents", "一千二百零五点五美元"),
        ("1.01", "one dollar and one cent", "一点零一美元"),
        ("0.5", "fifty cents", "零点五美元"),
        ("0", "zero dollars", "零美元"),
        ("2", "two dollars", "两美元"),
    ],
)
def test_dollars(value, english, mandarin):
    assert words(speaking.amount(value, "dollars", "en"), "en") == english
    assert words(speaking.amount(value, "dollars", "zh"), "zh") == mandarin


def test_an_amount_without_a_currency():
    assert words(speaking.amount("2", "", "zh"), "zh") == "二"
    assert words(speaking.amount("7.10", "", "en"), "en") == "seven point one"


def test_digits():
    assert words(speaking.digits("10-2*#"), "en") == "one zero two star hash"
    assert words(speaking.digits("110"), "zh") == "幺幺零"


def test_numbers_too_large_to_follow_are_read_digit_by_digit():
    assert speaking.number("100000000", "en") == speaking.digits("100000000")


@pytest.mark.parametrize(
    ("place", "english", "mandarin"),
    [
        (1, "You are next in line.", "您是下一位。"),
        (2, "You are number two in the queue.", "您排在第二位。"),
        (112, "You are number one hundred and twelve in the queue.", "您排在第一百一十二位。"),
    ],
)
def test_position(place, english, mandarin):
    assert words(speaking.position(place, "en"), "en") == english
    assert words(speaking.position(place, "zh"), "zh") == mandarin


@pytest.mark.parametrize(
    ("seconds", "english", "mandarin"),
    [
        (0, "less than a minute", "不到一分钟"),
        (59.9, "less than a minute", "不到一分钟"),
        (60, "about one minute", "大约一分钟"),
        (61, "about two minutes", "大约两分钟"),
        (660, "about eleven minutes", "大约十一分钟"),
        (3590, "about one hour", "大约一小时"),
        (3601, "more than one hour", "超过一小时"),
    ],
)
def test_expected_wait(seconds, english, mandarin):
    assert words(speaking.expected_wait(seconds, "en"), "en") == f"Your expected wait is {english}"
    assert words(speaking.expected_wait(seconds, "zh"), "zh") == f"预计等待时间{mandarin}"


@pytest.mark.parametrize("seconds", [None, float("inf"), float("nan")])
def test_a_wait_that_nobody_knows_is_not_spoken(seconds):
    assert speaking.expected_wait(seconds, "en") == ()


MANDARIN = {"零": 0, "百": 100, "千": 1000, "万": 10_000, "十": 10, "两": 2}
MANDARIN |= {character: value for value, character in enumerate("一二三四五六七八九", 1)}


def understood(spoken: str) -> int:
    """What a Mandarin listener understands."""
    total, group, digit = 0, 0, 0
    for character in spoken:
        value = MANDARIN[character]
        if value == 10_000:
            total, group, digit = (group + digit) * value, 0, 0
        elif value >= 10:
            group, digit = group + (digit or 1) * value, 0
        else:
            digit = value
    return total + group + digit


@given(st.integers(0, speaking.MOST))
def test_mandarin_is_understood(value):
    spoken = words(speaking.number(str(value), "zh"), "zh")
    assert understood(spoken) == value
    assert "零零" not in spoken and (value == 0 or not spoken.endswith("零"))


@given(st.text(max_size=30), st.sampled_from(["en", "zh", "fr"]))
def test_nothing_that_a_service_answers_can_stop_a_prompt(value, language):
    known = TEXTS.get(language, TEXTS["en"])
    names = (
        *speaking.number(value, language), *speaking.digits(value), *speaking.amount(value, "dollars", language),
    )
    assert set(names) <= known.keys()
