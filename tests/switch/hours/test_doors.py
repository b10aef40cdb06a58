"""Doors: when they are looked at, who rules them by hand, and what is remembered."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from switch.hours.calendar import Calendar
from switch.hours.doors import Doors, Hand
from switch.hours.moments import coming
from switch.hours.rules import Hours

OFFICE = {"office": Calendar(Hours("office", open={"mon-fri": ("08:00-18:00",)}), ZoneInfo("UTC"))}


def at(text):
    """A moment of the week from Monday, 7 January 2030."""
    return datetime.fromisoformat(f"2030-01-{text}").replace(tzinfo=UTC).timestamp()


def seen(now, calendars=OFFICE):
    doors = Doors(calendars)
    assert doors.look(now) == list(calendars)
    return doors


def test_a_door_is_looked_at_when_its_calendar_changes():
    doors = seen(at("07 12:00"))
    assert doors.state("office", at("07 12:00")) == (True, "mon-fri 08:00-18:00", "", at("07 18:00"))
    assert doors.deadline == at("07 18:00")
    assert doors.look(at("07 17:59")) == []
    assert doors.look(at("07 18:00")) == ["office"]
    assert (doors.is_open("office", at("07 18:00")), doors.deadline) == (False, at("08 08:00"))
    assert doors.is_open("office", at("08 09:00")), "also when nobody looked in time"
    assert doors.is_open("", at("07 18:00")) and Doors({}).deadline is None


def test_a_hand_goes_before_the_calendar_until_its_time_is_over():
    doors = seen(at("07 12:00"))
    doors.set("office", Hand(False, "2001", "fire drill", at("07 13:00")))
    assert doors.look(at("07 12:00")) == ["office"]
    assert doors.state("office", at("07 12:00")) == (False, "closed now by 2001: fire drill", "2001", at("07 13:00"))
    assert doors.look(at("07 13:00")) == ["office"]
    assert doors.state("office", at("07 13:00")) == (True, "mon-fri 08:00-18:00", "", at("07 18:00"))
    doors.set("office", Hand(True, "2001"))
    doors.look(at("07 14:00"))
    assert doors.is_open("office", at("12 12:00")) and doors.state("office", at("12 12:00")).until is None
    doors.set("office", None)
    assert doors.look(at("12 12:00")) == ["office"]
    assert not doors.is_open("office", at("12 12:00"))


def test_what_was_done_by_hand_is_kept_over_a_restart_and_a_reload():
    doors = seen(at("07 12:00"))
    doors.set("office", Hand(False, "2001", until=at("09 08:00")))
    doors.look(at("07 12:00"))
    again = Doors(OFFICE)
    again.restore("office", doors.plain("office"))
    again.restore("gone", doors.plain("office"))
    assert again.look(at("07 12:30")) == [], "nothing has changed meanwhile"
    assert again.state("office", at("07 12:30")).by == "2001"
    again.configure(OFFICE | {"other": Calendar(Hours("other"), ZoneInfo("UTC"))})
    assert again.look(at("07 12:30")) == ["other"]
    assert not again.is_open("office", at("07 12:30"))
    late = Doors(OFFICE)
    late.restore("office", doors.plain("office"))
    assert late.look(at("09 12:00")) == ["office"], "its time was over while nobody looked"


@pytest.mark.parametrize(("said", "when"), [
    ("18:00", "07 18:00"), ("11:00", "08 11:00"), ("Monday 11:00", "14 11:00"), ("Tue 08:00", "08 08:00"),
    ("2030-01-20 08:00", "20 08:00"),
])
def test_until_when_lies_ahead(said, when):
    assert coming(said, UTC, at("07 12:00")) == at(when)


@pytest.mark.parametrize("said", ["2030-01-07 11:00", "soon", "", "2030-01-07"])
def test_until_when_is_over_or_is_no_moment(said):
    with pytest.raises(ValueError, match=r"is over|write"):
        coming(said, UTC, at("07 12:00"))
