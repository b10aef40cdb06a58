"""Where a number leads at a moment; in particular on the two days of the year when clocks lie."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch import hours
from switch.acd.rules import AgentRules
from switch.routing import Destination, route
from switch.settings import Hours, ServiceNumber, Settings, System, User

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(open={"mon-fri": "08:00-20:00", "sat": "09:00-12:00, 13:00-16:00"}, holidays=("2030-12-25",),
               else_to="voicemail:night", time_zone="Europe/Berlin")


def settings(opening=None):
    return Settings(
        Path("config"), System(), {"1001": User(AgentRules("1001"), "secret")}, {},
        {"5000": ServiceNumber("5000", "tree:main", opening)}, {})


def at(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def test_a_service_number_leads_to_its_destination_and_an_agents_number_to_the_agent():
    assert route(settings(), "5000", 0.0) == Destination("tree", "main")
    assert route(settings(), "1001", 0.0) == Destination("extension", "1001")
    assert route(settings(), "9999", 0.0) is None


@pytest.mark.parametrize(("moment", "leads_to"), [
    ("2030-12-23T07:59:59", "voicemail:night"), ("2030-12-23T08:00:00", "tree:main"),
    ("2030-12-23T19:59:59", "tree:main"), ("2030-12-23T20:00:00", "voicemail:night"),
    ("2030-12-28T12:30:00", "voicemail:night"), ("2030-12-28T13:00:00", "tree:main"),
    ("2030-12-29T10:00:00", "voicemail:night"), ("2030-12-25T10:00:00", "voicemail:night"),
])
def test_hours_and_holidays(moment, leads_to):
    assert str(route(settings(OFFICE), "5000", at(moment))) == leads_to


def test_the_zone_of_the_machine_holds_where_the_hours_name_none():
    nine_to_ten = Hours(open={"mon-sun": "09:00-10:00"})
    assert route(settings(nine_to_ten), "5000", at("2030-06-03T09:30:00", UTC)) == Destination("tree", "main")
    assert route(settings(nine_to_ten), "5000", at("2030-06-03T09:30:00")) == Destination("goodbye", "")


def test_a_night_shift_ends_on_the_next_day_but_not_on_a_holiday():
    night = Hours(open={"fri": "22:00-06:00"}, holidays=("2030-06-15",))
    moments = ("2030-06-07T21:59:00", "2030-06-07T22:00:00", "2030-06-08T05:59:00", "2030-06-08T06:00:00",
               "2030-06-15T05:00:00")
    assert [hours.is_open(night, BERLIN, at(moment)) for moment in moments] == [False, True, True, False, False]


def test_a_holiday_alone_leaves_the_other_days_open():
    only = Hours(holidays=("2030-12-25",))
    assert not hours.is_open(only, BERLIN, at("2030-12-25T12:00:00"))
    assert hours.is_open(only, BERLIN, at("2030-12-26T12:00:00"))


@pytest.mark.parametrize(("day", "seconds"), [
    ("2030-03-30", 24 * 3600), ("2030-03-31", 23 * 3600), ("2030-10-27", 25 * 3600),
])
def test_a_day_that_is_open_throughout_is_as_long_as_the_clocks_make_it(day, seconds):
    whole_day = Hours(open={"mon-sun": "00:00-24:00"}, holidays=tuple(
        (date.fromisoformat(day) + timedelta(days=step)).isoformat() for step in (-1, 1)))
    start = int(at(f"{day}T12:00:00")) - 86400
    moments = range(start, start + 2 * 86400, 60)
    assert 60 * sum(hours.is_open(whole_day, BERLIN, moment) for moment in moments) == seconds


@given(st.sampled_from(["2030-03-31T01:00+00:00", "2030-10-27T01:00+00:00", "2030-06-01T01:00+00:00"]),
       st.integers(-8 * 3600, 8 * 3600), st.integers(0, 1439), st.integers(0, 1439))
def test_what_is_open_is_what_the_clock_on_the_wall_says(change, offset, start, end):
    """The wall clock is computed here from the offsets of the law, not from a time zone file: +2 in summer, else +1."""
    if start == end:
        return
    now = datetime.fromisoformat(change).timestamp() + offset
    summer = datetime(2030, 3, 31, 1, tzinfo=UTC).timestamp() <= now < datetime(2030, 10, 27, 1, tzinfo=UTC).timestamp()
    minute = int(now + (7200 if summer else 3600)) // 60 % 1440
    expected = start <= minute < end if start < end else minute >= start or minute < end
    times = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    assert hours.is_open(Hours(open={"mon-sun": times}), BERLIN, now) == expected


def test_days():
    assert hours.days("Mon-Fri") == (0, 1, 2, 3, 4)
    assert hours.days("fri-mon") == (4, 5, 6, 0)
    assert hours.days("mon, wed") == (0, 2)


@pytest.mark.parametrize("text", ["", "monday", "mon-", "mon-fri-sun", "1-5"])
def test_no_days(text):
    with pytest.raises(ValueError, match="names no days"):
        hours.days(text)


@pytest.mark.parametrize("text", ["", "8-20", "08:00", "08:00-08:00", "08:60-09:00", "24:00-25:00", "08:00-24:01"])
def test_no_times(text):
    with pytest.raises(ValueError, match="no span of time"):
        hours.spans(text)


def test_destinations_are_read_as_they_are_written():
    for text in ("tree:main", "queue:support", "extension:1001", "voicemail:box", "goodbye"):
        assert str(Destination.parse(text)) == text
    assert Destination.parse("goodbye:") == Destination("goodbye", "")


@pytest.mark.parametrize("text", ["", "main", "queue:", "queue", "moon:base", "goodbye:now"])
def test_what_is_no_destination_is_refused(text):
    with pytest.raises(ValueError, match="no destination"):
        Destination.parse(text)
