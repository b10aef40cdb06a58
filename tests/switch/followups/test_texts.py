"""Short messages are counted as networks count them, and quiet hours as clocks on the wall show them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from switch.followups.deciding import after_quiet, fill
from switch.followups.texts import length


@pytest.mark.parametrize(("text", "alphabet", "units", "parts"), [
    ("", "GSM-7", 0, 1), ("a" * 160, "GSM-7", 160, 1), ("a" * 161, "GSM-7", 161, 2), ("a" * 306, "GSM-7", 306, 2),
    ("a" * 307, "GSM-7", 307, 3), ("€" * 80, "GSM-7", 160, 1), ("a" * 159 + "€", "GSM-7", 161, 2),
    ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3), ("点" * 70, "UCS-2", 70, 1), ("点" * 71, "UCS-2", 71, 2),
    ("😀" * 35, "UCS-2", 70, 1), ("ç", "UCS-2", 1, 1), ("Ç", "GSM-7", 1, 1),
])
def test_parts(text, alphabet, units, parts):
    assert length(text) == (alphabet, units, parts)


@pytest.mark.parametrize(("now", "until"), [
    ("2030-01-07 20:59", None), ("2030-01-07 21:00", "2030-01-08 08:00"), ("2030-01-08 07:59", "2030-01-08 08:00"),
    ("2030-01-08 08:00", None), ("2030-03-30 23:00", "2030-03-31 08:00"), ("2030-10-26 23:00", "2030-10-27 08:00"),
])
def test_quiet_ends_when_the_clock_on_the_wall_says_so(now, until):
    zone = ZoneInfo("Europe/Berlin")
    def moment(text):
        return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()
    assert after_quiet("21:00-08:00", zone, moment(now)) == (moment(until) if until else 0.0)


def test_values_are_put_in_once():
    assert fill("{a} {b} {nobody}", {"a": "{b}", "b": "x"}) == "{b} x "
