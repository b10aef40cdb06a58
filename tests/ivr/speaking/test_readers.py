"""The lists of native readers: each value is said as they say it."""

from pathlib import Path

import pytest
import yaml

from ivr import speaking
from tests.ivr.speaking.heard import words

HERE = Path(__file__).parent


def lines(file):
    return [pytest.param(*line, id=f"{line[0]} {line[1]}")
            for line in yaml.safe_load((HERE / file).read_text(encoding="utf-8"))]


def heard(way, value, language):
    kind, _, currency = way.partition(" ")
    return words(speaking.say(kind, value, language, currency), language)


@pytest.mark.parametrize(("way", "value", "said"), lines("english.yaml"))
def test_english(way, value, said):
    assert heard(way, value, "en") == said


@pytest.mark.parametrize(("way", "value", "said"), lines("mandarin.yaml"))
def test_mandarin(way, value, said):
    assert heard(way, value, "zh") == said


def test_every_way_to_speak_is_on_the_lists():
    for file in ("english.yaml", "mandarin.yaml"):
        read = {line[0].partition(" ")[0] for line in yaml.safe_load((HERE / file).read_text(encoding="utf-8"))}
        assert read == {*speaking.KINDS, speaking.AMOUNT}
