"""Doors that close while people call: numbers, queues, and a supervisor who closes by hand."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

import media.orders as m
import switch.events as told
from ivr.prompts import SHIPPED, Prompts
from ivr.texts import Saying, Speech
from switch.acd.rules import QueuePrompt
from switch.difference import difference
from switch.hours.calendar import Calendar
from switch.hours.rules import Hours
from switch.orders import CloseHours, CloseQueue, FollowHours, OpenHours, OrderRefused
from switch.settings import ServiceNumber
from tests.switch.contact.stage import START, Stage, arrange, sounds

CLOSED_NOW = (QueuePrompt("closed-now"),)
CLOSES = START + 600
"""The stage begins on Sunday, 17 March 2030, at 17:46:40."""


def calendar(times="17:00-18:00", **more):
    return Calendar(Hours("office", open={"mon-sun": (times,)}, **more), ZoneInfo("UTC"))


@pytest.fixture
def office(settings):
    """``office(support={...}, number={...}, **calendar)``: a stage whose number 7100 and queue have hours."""
    def build(number=None, support=None, sales=None, **times):
        arranged = arrange(settings, support=support or {}, sales=sales or {})
        service = ServiceNumber("7100", "queue:support", **({"hours": "office"} | (number or {})))
        return Stage(replace(arranged, numbers=arranged.numbers | {"7100": service}, hours={"office": calendar(**times)}))
    return build


def played(stage):
    return [name for order in stage.orders(m.Play) for name in sounds(order)]


def hours_events(stage):
    return [(type(event), event.by) for event in stage.events(told.HoursClosed, told.HoursOpened)]


def test_callers_of_a_closed_number_are_told_and_led_elsewhere(office):
    stage = office(number={"closed_to": "voicemail:night", "closed_prompt": CLOSED_NOW})
    stage.run_for(900)
    assert hours_events(stage) == [(told.HoursClosed, "")]
    assert stage.event(told.HoursClosed).why == "outside mon-sun 17:00-18:00"
    caller = stage.caller("7100")
    stage.run_for(60)
    assert played(stage)[:2] == ["closed-now", "leave-message-after-tone"]
    caller.hang_up()
    stage.over()


def test_goodbye_says_that_it_is_closed(office):
    stage = office(times="08:00-09:00")
    stage.caller("7100")
    stage.run_for(60)
    assert played(stage) == ["closed-now", "goodbye"]
    assert stage.event(told.ContactEnded).ended_by == "ivr"
    stage.over()


def test_an_agent_who_stands_in_for_a_closed_number_rings_after_the_words(office):
    stage = office(number={"closed_to": "extension:1001", "closed_prompt": CLOSED_NOW}, times="08:00-09:00")
    agent = stage.agent("1001")
    caller = stage.caller("7100")
    stage.run_for(10)
    agent.ring()
    agent.answer()
    assert stage.state("1001").state == "busy"
    caller.hang_up()
    stage.over()


def test_who_waits_at_closing_time_keeps_the_place_and_who_comes_then_does_not(office):
    stage = office(support={"hours": "office", "closed_to": "voicemail:night"})
    waiting = stage.caller("7000")
    stage.run_for(900)
    late = stage.caller("7000", place=3)
    stage.run_for(1)
    assert [(event.why, event.waited) for event in stage.events(told.ContactDequeued)] == [("closed", 0.0)]
    agent = stage.agent("1001")
    agent.ring()
    agent.answer()
    assert stage.state("1001").state == "busy", "who waited is served after closing time"
    late.hang_up()
    waiting.hang_up()
    stage.over()


def test_who_waits_may_be_led_away_but_not_whose_phone_rings_or_who_talks(office):
    stage = office(support={"hours": "office", "closed_to": "queue:billing", "at_closing": "lead_away", "ring_time": 300})
    talking, _ = stage.talk()
    ringing_agent = stage.agent("1002")
    ringing = stage.caller("7000", place=3)
    ringing_agent.ring()
    waiting = stage.caller("7000", place=4)
    stage.obey(CloseHours(hours="office", why="storm"), "2001")
    stage.run_for(1)
    (left,) = [event for event in stage.events(told.ContactDequeued) if event.why == "closed"]
    assert stage.state("1001").state == "busy"
    joined = stage.events(told.ContactQueued)[-1]
    assert (joined.queue, joined.contact) == ("billing", left.contact)
    ringing_agent.answer()
    assert stage.state("1002").state == "busy"
    for phone in (talking, ringing, waiting):
        phone.hang_up()
    stage.over()


def test_an_offer_that_fails_after_closing_time_leads_away(office):
    stage = office(support={"hours": "office", "closed_to": "voicemail:night", "at_closing": "lead_away"})
    agent, caller = stage.agent("1001"), stage.caller("7000")
    agent.ring()
    stage.obey(CloseHours(hours="office"), "2001")
    stage.run_for(1)
    assert not stage.events(told.ContactDequeued)
    agent.refuse(486)
    stage.run_for(5)
    assert stage.event(told.ContactDequeued).why == "closed"
    caller.hang_up()
    stage.over()


def test_two_closed_queues_that_lead_to_one_another_say_goodbye(office):
    stage = office(support={"hours": "office", "closed_to": "queue:sales"},
                   sales={"hours": "office", "closed_to": "queue:support"}, times="08:00-09:00")
    stage.caller("7000")
    stage.run_for(60)
    assert [event.queue for event in stage.events(told.ContactDequeued)] == ["support", "sales"]
    assert played(stage) == ["closed-now", "goodbye"]
    stage.over()


def test_closing_by_hand_shows_at_once_and_the_calendar_takes_over_again(office):
    stage = office(number={"closed_to": "voicemail:night"})
    stage.obey(CloseHours(hours="office", until="17:55", why="fire drill"), "2001")
    closed = stage.event(told.HoursClosed)
    assert (closed.why, closed.by, closed.until) == ("closed now by 2001: fire drill", "2001", START + 500)
    assert stage.exchange.snapshot(stage.now)["hours"] == [{
        "hours": "office", "open": False, "why": closed.why, "by": "2001", "until": START + 500, "time_zone": "UTC"}]
    caller = stage.caller("7100")
    stage.run_for(5)
    assert stage.contact.box == "night"
    caller.hang_up()
    stage.run_for(600)
    assert hours_events(stage) == [(told.HoursClosed, "2001"), (told.HoursOpened, "")]
    assert stage.event(told.HoursOpened).until == START + 800
    stage.over()


def test_opening_takes_back_or_forces(office):
    stage = office()
    stage.obey(CloseHours(hours="office"), "2001")
    stage.obey(OpenHours(hours="office"), "2001")
    assert stage.exchange.house.doors.is_open("office", stage.now)
    with pytest.raises(OrderRefused, match="force_open"):
        stage.obey(OpenHours(hours="office", until="20:00"), "2001")
    forced = office(times="08:00-09:00", force_open=True)
    forced.obey(OpenHours(hours="office", until=START + 300), "2001")
    assert forced.exchange.house.doors.is_open("office", forced.now)
    forced.obey(FollowHours(hours="office"), "2001")
    assert not forced.exchange.house.doors.is_open("office", forced.now)


@pytest.mark.parametrize(("order", "code"), [
    (CloseHours(hours="offic"), "unknown_hours"), (CloseHours(hours="office", until="soon"), "bad_moment"),
    (CloseHours(hours="office", until=START - 1), "bad_moment"), (FollowHours(hours=""), "unknown_hours"),
])
def test_what_cannot_be_closed(office, order, code):
    stage = office()
    with pytest.raises(OrderRefused) as refused:
        stage.obey(order, "2001")
    assert refused.value.code == code and hours_events(stage) == []


def test_a_reload_closes_at_once_and_says_so_in_words(office):
    stage = office()
    settings = stage.exchange.house.settings
    changed = replace(settings, hours={"office": calendar("08:00-09:00")})
    assert difference(settings, changed) == ["hours office: Monday-Sunday 17:00-18:00 -> 08:00-09:00"]
    stage.configure(changed)
    assert hours_events(stage) == [(told.HoursClosed, "")]
    stage.configure(replace(settings, hours={}, numbers={}))
    assert stage.exchange.snapshot(stage.now)["hours"] == [] and "hours/office" not in stage.memory


def test_the_words_say_when_it_opens_again(office):
    opens = (QueuePrompt("closed-now"), QueuePrompt(text="{day} {time}"))
    stage = office(number={"closed_prompt": opens}, times="08:00-17:30")
    stage.caller("7100")
    stage.run_for(60)
    assert played(stage) == ["closed-now", "weekday-1", "monthday-18", "month-3", "number-8", "o-clock", "in-the-morning",
                             "goodbye"]
    stage.over()


def test_what_nobody_knows_is_left_out_of_the_words(office):
    opens = (QueuePrompt("closed-now"), QueuePrompt(text="{day} {time}"))
    stage = office(number={"closed_prompt": opens}, support={"closed_prompt": opens})
    stage.obey(CloseHours(hours="office"), "2001")
    stage.caller("7100")
    stage.run_for(30)
    assert played(stage) == ["closed-now", "goodbye"]
    stage.obey(CloseQueue(queue="support", until=START + 3600 * 24), "2001")
    stage.caller("7000", place=3)
    stage.run_for(30)
    assert played(stage)[2:5] == ["closed-now", "weekday-1", "monthday-18"], "a queue that was closed by hand, too"
    stage.over()


def test_those_who_wait_may_hear_words_over_and_over(office):
    said = QueuePrompt(text="All lines are busy.")
    stage = office(support={"music": said})
    saying = Saying("All lines are busy.", "en")
    prompts = Prompts((SHIPPED,))
    prompts.take(Speech(files={saying: "/spoken/busy.wav"}))
    stage.configure(replace(stage.settings, prompts=prompts))
    stage.caller("7000")
    stage.run_for(1)
    assert stage.orders(m.Music)[-1].sound == "/spoken/busy.wav"
