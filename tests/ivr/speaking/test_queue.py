"""What callers in a queue are told, in words."""

import pytest

from ivr import speaking
from tests.ivr.speaking.heard import words


@pytest.mark.parametrize(
    ("place", "english", "mandarin"),
    [
        (1, "You are next in line.", "您是下一位。"),
        (2, "You are number two in the queue.", "您排在第二位。"),
        (112, "You are number one hundred and twelve in the queue.", "您排在第一百一十二位。"),
        (200, "You are number two hundred in the queue.", "您排在第二百位。"),
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
