"""Where a number leads at a moment."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from switch.acd.rules import AgentRules
from switch.hours.calendar import Calendar
from switch.hours.doors import Doors, Hand
from switch.hours.rules import Hours
from switch.routing import Destination, route
from switch.settings import ServiceNumber, Settings, System, User

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar(Hours("office", open={"mon-fri": ("08:00-20:00",)}, holidays=("2030-12-25",)), BERLIN)


def settings(hours=""):
    return Settings(
        Path("config"), System(), {"1001": User(AgentRules("1001"), "secret")}, {},
        {"5000": ServiceNumber("5000", "tree:main", hours, "voicemail:night")}, {}, hours={"office": OFFICE})


def leads(known, number, now):
    return route(known, number, now, Doors(known.hours))


def at(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def test_a_service_number_leads_to_its_destination_and_an_agents_number_to_the_agent():
    assert leads(settings(), "5000", 0.0) == Destination("tree", "main")
    assert leads(settings(), "1001", 0.0) == Destination("extension", "1001")
    assert leads(settings(), "9999", 0.0) is None


@pytest.mark.parametrize(("moment", "leads_to"), [
    ("2030-12-23T07:59:59", "voicemail:night"), ("2030-12-23T08:00:00", "tree:main"),
    ("2030-12-25T10:00:00", "voicemail:night"),
])
def test_hours_and_holidays(moment, leads_to):
    assert str(leads(settings("office"), "5000", at(moment))) == leads_to


def test_what_was_closed_by_hand_leads_elsewhere_too():
    known = settings("office")
    doors = Doors(known.hours)
    doors.set("office", Hand(False, "2001"))
    assert str(route(known, "5000", at("2030-12-23T10:00:00"), doors)) == "voicemail:night"


def test_destinations_are_read_as_they_are_written():
    for text in ("tree:main", "queue:support", "extension:1001", "voicemail:box", "goodbye"):
        assert str(Destination.parse(text)) == text
    assert Destination.parse("goodbye:") == Destination("goodbye", "")


@pytest.mark.parametrize("text", ["", "main", "queue:", "queue", "moon:base", "goodbye:now"])
def test_what_is_no_destination_is_refused(text):
    with pytest.raises(ValueError, match="no destination"):
        Destination.parse(text)
