"""Holiday files: what their events close, and what is no iCalendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.hours.calendar import Calendar
from switch.hours.icalendar import read
from switch.hours.rules import Hours

BERLIN = ZoneInfo("Europe/Berlin")
UNITY = ("DTSTART;VALUE=DATE:19901003", "DTEND;VALUE=DATE:19901004", "RRULE:FREQ=YEARLY",
         "SUMMARY:Tag der Deutschen Einheit",
         "TRANSP:TRANSPARENT")


def ics(*events):
    """Each event as its lines."""
    inner = "".join("BEGIN:VEVENT\r\n" + "".join(f"{line}\r\n" for line in lines) + "END:VEVENT\r\n" for lines in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tests//EN\r\n{inner}END:VCALENDAR\r\n"


def office(*events, zone="Europe/Berlin"):
    feasts, flaws = read(ics(*events))
    assert flaws == []
    return Calendar(Hours("office", open={"mon-sun": ("08:00-18:00",)}), ZoneInfo(zone), feasts)


def closed_days(calendar, year):
    noons = [datetime(year, 1, 1, 12, tzinfo=calendar.zone) + timedelta(days=day) for day in range(365)]
    return [noon.date().isoformat()[5:] for noon in noons if not calendar.is_open(noon)]


def test_an_event_of_a_whole_day_closes_it_where_the_office_is():
    for zone in ("Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"):
        calendar = office(UNITY, zone=zone)
        assert closed_days(calendar, 2030) == ["10-03"]
        assert calendar.why(datetime(2030, 10, 3, 9, tzinfo=ZoneInfo(zone))) == "Tag der Deutschen Einheit"


def test_several_days_and_their_end_which_is_not_one_of_them():
    assert closed_days(office(("DTSTART;VALUE=DATE:20301224", "DTEND;VALUE=DATE:20301227")), 2030) == [
        "12-24", "12-25", "12-26"]
    assert closed_days(office(("DTSTART;VALUE=DATE:20301224", "DURATION:P1W")), 2030)[-1] == "12-30"
    assert closed_days(office(("DTSTART;VALUE=DATE:20291230", "DTEND;VALUE=DATE:20300103")), 2030) == ["01-01", "01-02"]


def test_an_event_at_a_time_closes_that_time():
    calendar = office(("DTSTART;TZID=Europe/Berlin:20301015T100000", "DTEND;TZID=Europe/Berlin:20301015T113000",
                       "SUMMARY:Staff\\, all of them"))
    moments = [(10, 15, 9, 59), (10, 15, 10, 0), (10, 15, 11, 29), (10, 15, 11, 30)]
    assert [calendar.is_open(datetime(2030, *moment, tzinfo=BERLIN)) for moment in moments] == [True, False, False, True]
    assert calendar.why(datetime(2030, 10, 15, 10, tzinfo=BERLIN)) == "Staff, all of them"
    utc = office(("DTSTART:20301015T100000Z", "DURATION:PT1H"))
    assert utc.next_change(datetime(2030, 10, 15, 9, tzinfo=BERLIN)) == datetime(2030, 10, 15, 10, tzinfo=UTC)
    floating = office(("DTSTART:20301015T100000", "DURATION:PT1H"), zone="Asia/Shanghai")
    assert floating.next_change(datetime(2030, 10, 15, 0, 30, tzinfo=UTC)) == datetime(2030, 10, 15, 2, tzinfo=UTC)
    nothing = office(("DTSTART:20301015T100000Z",))
    assert nothing.is_open(datetime(2030, 10, 15, 10, tzinfo=UTC)), "without an end it takes no time"


def test_what_repeats_keeps_its_wall_time_over_a_change_of_clocks():
    calendar = office(("DTSTART;TZID=Europe/Berlin:20300301T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=FR"))
    for day in (date(2030, 3, 29), date(2030, 4, 5)):
        assert not calendar.is_open(datetime(day.year, day.month, day.day, 10, 30, tzinfo=BERLIN))
        assert calendar.is_open(datetime(day.year, day.month, day.day, 9, 30, tzinfo=BERLIN))


def test_rules_with_their_exceptions_and_additions():
    assert closed_days(office(("DTSTART;VALUE=DATE:20300107", "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;VALUE=DATE:20300114",
                               "RDATE;VALUE=DATE:20300301,20300304")), 2030) == ["01-07", "01-21", "01-28", "03-01", "03-04"]
    assert closed_days(office(("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20300331")), 2030) == [
        "01-25", "02-22", "03-29"]
    assert closed_days(office(("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY")), 2030) == []
    thanks = ("DTSTART;VALUE=DATE:20211125", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH")
    assert closed_days(office(thanks), 2030) == ["11-28"]
    last = ("DTSTART;TZID=America/New_York:20300101T090000", "DURATION:PT12H", "RRULE:FREQ=DAILY;UNTIL=20300103T140000Z")
    assert closed_days(office(last, zone="America/New_York"), 2030) == ["01-01", "01-02", "01-03"], "UNTIL is one of them"


def test_a_repetition_that_was_moved_or_cancelled():
    weekly = ("UID:w", "DTSTART;TZID=Europe/Berlin:20300107T100000", "DURATION:PT5H", "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = ("UID:w", "RECURRENCE-ID;TZID=Europe/Berlin:20300114T100000", "DTSTART;TZID=Europe/Berlin:20300115T100000",
             "DURATION:PT5H")
    cancelled = ("UID:w", "RECURRENCE-ID:20300121T090000Z", "DTSTART:20300121T090000Z", "STATUS:CANCELLED")
    assert closed_days(office(weekly, moved, cancelled), 2030) == ["01-07", "01-15"]
    assert closed_days(office(("DTSTART;VALUE=DATE:20300101", "STATUS:CANCELLED")), 2030) == []


def test_a_time_zone_that_the_file_describes_itself():
    zone = ("BEGIN:VTIMEZONE\r\nTZID:House\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0300\r\n"
            "TZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n")
    text = ics(("DTSTART;TZID=House:20301015T100000", "DURATION:PT1H")).replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT")
    feasts, flaws = read(text)
    calendar = Calendar(Hours("h"), BERLIN, feasts)
    assert not flaws
    assert calendar.next_change(datetime(2030, 10, 15, tzinfo=UTC)) == datetime(2030, 10, 15, 7, tzinfo=UTC)


@pytest.mark.parametrize("text", [
    "", "hello", "<html><body>Not found</body></html>", "25.12.2030\n26.12.2030\n", "BEGIN:VCARD\r\nEND:VCARD\r\n",
    ics(UNITY).replace("END:VCALENDAR\r\n", ""), ics(UNITY)[:-40], "BEGIN:VEVENT\r\nDTSTART:20300101\r\nEND:VEVENT\r\n",
])
def test_what_is_no_icalendar(text):
    feasts, (flaw,) = read(text)
    assert feasts == () and flaw.line == 1 and "not iCalendar" in flaw.what


@pytest.mark.parametrize(("lines", "why"), [
    (("SUMMARY:x",), "it has no DTSTART"),
    (("DTSTART;VALUE=DATE:20300101", "DTSTART;VALUE=DATE:20300102"), "it has more than one DTSTART"),
    (("DTSTART:2030XX01",), "cannot be read"), (("DTSTART;VALUE=DATE:20301301",), "cannot be read"),
    (("DTSTART;VALUE=DATE:20300101", "RRULE:FREQ=BANANA"), "cannot be read"),
    (("DTSTART;VALUE=DATE:20300101", "RRULE:FREQ=SECONDLY"), "more often than every day"),
    (("DTSTART;VALUE=DATE:20300101", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "never comes"),
    (("DTSTART;VALUE=DATE:20300101", "RRULE:FREQ=DAILY;BYSETPOS=2"), "BYSETPOS"),
    (("DTSTART;VALUE=DATE:20300101", "RRULE:FREQ=YEARLY;INTERVAL=0"), "INTERVAL=0"),
    (("DTSTART;VALUE=DATE:20300101", "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO"), "INTERVAL=7"),
    (("DTSTART;VALUE=DATE:20300101", "RRULE:FREQ=MONTHLY;BYDAY=9MO"), "week of the month that never comes"),
    (("DTSTART;VALUE=DATE:20300101", "DURATION:P900000D"), "longer than a year"),
    (("DTSTART;VALUE=DATE:20300102", "DTEND;VALUE=DATE:20300101"), "ends before it begins"),
    (("DTSTART;VALUE=DATE:20300102", "DTEND:20300103T000000Z"), "not of one kind"),
    (("DTSTART;TZID=Mars/Olympus:20300101T100000",), "time zone `Mars/Olympus` is not known"),
    (("DTSTART;VALUE=DATE:20300101", "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20300101"), "THISANDFUTURE"),
    (("DTSTART;VALUE=DATE:00010101",), "it begins in 1"),
    (("DTSTART;VALUE=DATE:20300101", "no colon here"), "cannot be read"),
])
def test_an_event_that_cannot_be_understood_is_told_with_its_line_and_the_others_count(lines, why):
    feasts, (flaw,) = read(ics(UNITY, lines))
    assert [feast.name for feast in feasts] == ["Tag der Deutschen Einheit"]
    assert flaw.line == 11 and why in flaw.what


TOKENS = st.sampled_from([
    "DTSTART;VALUE=DATE:20300101", "DTSTART:20300101T100000Z", "DTEND:20300101", "DURATION:-P1D", "DURATION:P900000D",
    "RRULE:FREQ=YEARLY;UNTIL=20290101", "RRULE:FREQ=DAILY;COUNT=0", "RRULE:FREQ=MONTHLY;BYDAY=9MO", "RRULE:", "EXDATE:x",
    "RDATE;VALUE=PERIOD:20300101T000000Z/PT3H", "UID:a", "RECURRENCE-ID:20300101T000000Z", "SUMMARY:", "BEGIN:VALARM",
    "END:VALARM", "END:VEVENT", "BEGIN:VEVENT", "DTSTART;TZID=:20300101T000000", "RRULE:FREQ=YEARLY;INTERVAL=0", ":", "\0",
])


@given(st.lists(TOKENS, max_size=8))
def test_no_file_is_read_with_an_exception_and_what_is_understood_can_be_asked(lines):
    feasts, _ = read(ics(tuple(lines)))
    calendar = Calendar(Hours("h"), BERLIN, feasts)
    calendar.verdict(datetime(2030, 1, 1, 10, tzinfo=UTC))


@given(st.text(max_size=40))
def test_any_text(text):
    read(text)
