"""When a calendar is open; in particular on the two days of the year when clocks lie, which are not the same everywhere."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.hours import rules
from switch.hours.calendar import Calendar
from switch.hours.icalendar import read
from switch.hours.rules import Closure, Hours

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours("office", open={"mon-fri": ("08:00-20:00",), "sat": ("09:00-12:00, 13:00-16:00",)},
               holidays=("2030-12-25 Christmas Day", "01-01"))
TURNS = {
    "Europe/Berlin": ("2030-03-31T01:00Z", "2030-10-27T01:00Z"),
    "America/New_York": ("2030-03-10T07:00Z", "2030-11-03T06:00Z"),
    "Australia/Lord_Howe": ("2030-04-06T15:00Z", "2030-10-05T15:30Z"),
    "America/Havana": ("2030-03-10T05:00Z", "2030-11-03T05:00Z"),
    "Asia/Shanghai": ("2030-03-31T01:00Z", "2030-10-27T01:00Z"),
}
"""Clocks are put forward or back here; in Shanghai never, in Lord Howe by half an hour, in Havana at midnight."""
MINUTE = timedelta(minutes=1)


def calendar(hours=OFFICE, zone="Europe/Berlin", ics=""):
    feasts, flaws = read(ics) if ics else ((), [])
    assert not flaws
    return Calendar(hours, ZoneInfo(zone), feasts)


def at(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def opening(**open_):
    return Hours("h", open={days.replace("_", "-"): (times,) for days, times in open_.items()})


@pytest.mark.parametrize(("moment", "open_", "why"), [
    ("2030-12-23T07:59:59", False, "outside mon-fri 08:00-20:00"), ("2030-12-23T08:00:00", True, "mon-fri 08:00-20:00"),
    ("2030-12-23T19:59:59", True, "mon-fri 08:00-20:00"), ("2030-12-23T20:00:00", False, "outside mon-fri 08:00-20:00"),
    ("2030-12-28T12:30:00", False, "outside sat 09:00-12:00, 13:00-16:00"),
    ("2030-12-28T13:00:00", True, "sat 09:00-12:00, 13:00-16:00"), ("2030-12-29T10:00:00", False, "no hours on Sunday"),
    ("2030-12-25T10:00:00", False, "Christmas Day"), ("2031-01-01T10:00:00", False, "holiday 01-01"),
    ("2035-01-01T10:00:00", False, "holiday 01-01"),
])
def test_hours_and_holidays(moment, open_, why):
    assert calendar().verdict(at(moment)) == (open_, why)
    assert (calendar().is_open(at(moment)), calendar().why(at(moment))) == (open_, why)


def test_the_next_change():
    office = calendar()
    assert office.next_change(at("2030-12-20T12:00")) == at("2030-12-20T20:00")
    assert office.next_change(at("2030-12-21T16:00")) == at("2030-12-23T08:00")
    assert office.next_change(at("2030-12-24T20:00")) == at("2030-12-26T08:00")
    assert office.next_change(at("2030-12-24T20:00")).tzinfo is UTC, "two zones are never equal in a doubled hour (PEP 495)"
    assert calendar(Hours("always")).next_change(at("2030-01-01T00:00")) is None
    often = Hours("h", open={"mon-sun": ("00:00-24:00",)}, holidays=("12-25",))
    assert calendar(often).next_change(at("2030-01-01T00:00")) == at("2030-12-25T00:00")
    once = Hours("h", open={"mon-sun": ("closed",), "2030-02-01": ("22:00-06:00",)}, holidays=("12-25",))
    assert calendar(once).next_change(at("2030-02-02T01:00")) == at("2030-02-02T06:00"), "it goes on after midnight"
    assert calendar(opening(mon_sun="closed")).next_change(at("2030-01-01T00:00")) is None


def test_what_never_changes_is_not_looked_for(monkeypatch):
    monkeypatch.setattr(Calendar, "_turning_points", lambda *_: pytest.fail("it looked through the days"))
    party = Closure("2030-06-14", "2030-06-14", "party")
    for each in (Hours("always"), opening(mon_sun="closed"), opening(mon_sun="00:00-24:00"), Hours("h", closures=(party,)),
                 Hours("h", open={"mon-sun": ("closed",)}, holidays=("12-25", "2031-01-01"))):
        assert calendar(each).next_change(at("2030-06-15T00:00")) is None


def test_an_instant_without_a_zone_is_none():
    with pytest.raises(ValueError, match="time zone"):
        calendar().is_open(datetime(2030, 1, 1))


def test_a_night_shift_ends_on_the_next_day_but_not_on_a_holiday():
    night = calendar(Hours("night", open={"fri": ("22:00-06:00",)}, holidays=("2030-06-15",)))
    moments = ("2030-06-07T21:59:00", "2030-06-07T22:00:00", "2030-06-08T05:59:00", "2030-06-08T06:00:00",
               "2030-06-15T05:00:00")
    assert [night.is_open(at(moment)) for moment in moments] == [False, True, True, False, False]
    assert night.next_change(at("2030-06-14T23:00")) == at("2030-06-15T00:00")


def test_a_date_stands_in_place_of_its_day_and_above_a_holiday():
    shop = calendar(Hours("shop", open={"mon-fri": ("08:00-18:00",), "2030-12-22": ("10:00-16:00",),
                                        "2030-12-25": ("10:00-11:00",), "2030-12-27": ("closed",)}, holidays=("12-25",)))
    assert shop.verdict(at("2030-12-22T10:30")) == (True, "2030-12-22 10:00-16:00")
    assert [shop.is_open(at(f"2030-12-25T{clock}")) for clock in ("09:00", "10:30", "11:00")] == [False, True, False]
    assert shop.verdict(at("2030-12-27T10:00")) == (False, "closed on 2030-12-27")


def test_closures_are_stretches_of_time():
    closed = (Closure("2030-12-24 12:00", "2030-12-24 24:00", "Christmas Eve"), Closure("2030-12-30", "2030-12-31"))
    office = calendar(Hours("office", open={"mon-fri": ("08:00-18:00",)}, closures=closed))
    assert office.is_open(at("2030-12-24T11:59:59"))
    assert office.verdict(at("2030-12-24T12:00")) == (False, "Christmas Eve")
    assert office.next_change(at("2030-12-24T12:00")) == at("2030-12-25T08:00")
    assert office.why(at("2030-12-31T17:59")) == "closed from 2030-12-30 to 2030-12-31"
    assert office.next_change(at("2030-12-28T00:00")) == at("2031-01-01T08:00")


def test_a_closure_that_ends_at_a_time_that_comes_twice_or_never():
    """It is one stretch; a time that clocks jump over is the moment of the jump."""
    twice = calendar(Hours("h", closures=(Closure("2030-10-27 02:30", "2030-10-27 02:45"),)))
    assert twice.next_change(datetime(2030, 10, 26, 12, tzinfo=UTC)) == datetime(2030, 10, 27, 0, 30, tzinfo=UTC)
    assert twice.next_change(datetime(2030, 10, 27, 0, 30, tzinfo=UTC)) == datetime(2030, 10, 27, 1, 45, tzinfo=UTC)
    never = calendar(Hours("h", closures=(Closure("2030-03-31 02:15", "2030-03-31 03:30"),)))
    assert never.next_change(datetime(2030, 3, 30, 12, tzinfo=UTC)) == datetime(2030, 3, 31, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "seconds"), [
    ("2030-03-30", 24 * 3600), ("2030-03-31", 23 * 3600), ("2030-10-27", 25 * 3600),
])
def test_a_day_that_is_open_throughout_is_as_long_as_the_clocks_make_it(day, seconds):
    around = tuple((date.fromisoformat(day) + timedelta(days=step)).isoformat() for step in (-1, 1))
    whole_day = calendar(Hours("h", open={"mon-sun": ("00:00-24:00",)}, holidays=around))
    opens = whole_day.next_change(at(f"{around[0]}T12:00"))
    closes = whole_day.next_change(opens)
    assert closes - opens == timedelta(seconds=seconds)
    assert whole_day.spans_on(date.fromisoformat(day)) == [(opens, closes)]


def test_what_opens_while_clocks_go_back_opens_twice_and_forward_not_at_all():
    early = calendar(opening(mon_sun="02:00-03:00"))
    assert early.spans_on(date(2030, 3, 31)) == []
    (first, first_end), = early.spans_on(date(2030, 10, 27))
    assert first_end - first == timedelta(hours=2), "both, one behind the other"
    half = calendar(opening(mon_sun="02:00-02:30"))
    assert [begin.hour for begin, _ in half.spans_on(date(2030, 10, 27))] == [0, 1]


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
    assert calendar(opening(mon_sun=times)).is_open(datetime.fromtimestamp(now, UTC)) == expected


CLOCK = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
SPAN = st.tuples(CLOCK, CLOCK).filter(lambda ends: ends[0] != ends[1]).map("-".join)


@st.composite
def around_a_turn(draw):
    """A calendar with times at odd hours, and a moment within two days of a change of its clocks."""
    zone = draw(st.sampled_from(sorted(TURNS)))
    turn = datetime.fromisoformat(draw(st.sampled_from(TURNS[zone])))
    day = turn.astimezone(ZoneInfo(zone)).date()
    open_ = {name: (draw(SPAN),) for name in draw(st.sets(st.sampled_from(rules.DAYS), min_size=1))}
    if draw(st.booleans()):
        open_[(day + timedelta(days=draw(st.integers(-1, 1)))).isoformat()] = (draw(SPAN),)
    holidays = [(day + timedelta(days=step)).isoformat() for step in draw(st.sets(st.integers(-2, 2), max_size=1))]
    closures = [Closure(f"{day} {start}", f"{day} {end}") for start, end in [draw(st.tuples(CLOCK, CLOCK))] if start < end]
    event = turn + draw(st.integers(-300, 300)) * MINUTE
    ics = (f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{event:%Y%m%dT%H%M%SZ}\nDURATION:PT{draw(st.integers(1, 300))}M\n"
           "END:VEVENT\nEND:VCALENDAR\n") if draw(st.booleans()) else ""
    made = calendar(Hours("h", open=open_, holidays=tuple(holidays), closures=tuple(closures)), zone, ics)
    return made, turn + draw(st.integers(-2880, 1440)) * MINUTE


@given(around_a_turn())
def test_the_next_change_is_what_stepping_minute_by_minute_finds(drawn):
    made, moment = drawn
    now = made.is_open(moment)
    stepped = next((moment + step * MINUTE for step in range(1, 1700) if made.is_open(moment + step * MINUTE) != now), None)
    change = made.next_change(moment)
    if stepped is None:
        assert change is None or change > moment + 1699 * MINUTE
    else:
        assert change == stepped
        assert made.is_open(change) != now and made.is_open(change - timedelta(seconds=1)) == now


@given(around_a_turn())
def test_the_spans_of_a_day_are_what_is_open_on_it(drawn):
    made, moment = drawn
    day = made.wall(moment).date()
    spans = made.spans_on(day)
    assert any(start <= moment < end for start, end in spans) == made.is_open(moment)
    assert all(start < end for start, end in spans)
