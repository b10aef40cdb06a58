"""Days of a contact centre on the whole switch, with people and a network as they are. Each is held to the laws."""

from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

from world.day_file import BadWeather, Crew, Day
from world.net import Weather
from world.people import AgentHabits, CallerHabits

import switch.events as told
from ivr.tree import Destination
from switch.acd.rules import QueuePrompt
from switch.hours.calendar import Calendar
from switch.hours.rules import Hours
from switch.orders import CloseHours
from tests.days.lived import live, with_queue

LOSSY = Weather(loss=1, delay=0.01, jitter=0.04, repeat=0.5)
"""Jitter beyond the pause between two datagrams of a call: they overtake each other."""


def crew(count, **more):
    return Crew(count=count, queues={"support": 1, "billing": 2}, **more)


def test_a_monday(settings):
    """60 agents, 10,000 calls in ten hours, over a network that loses, repeats and reorders."""
    day = Day(calls=(620, 1180, 1460, 1320, 980, 900, 1150, 1120, 790, 480), agents={"day": crew(60)}, seed=1,
              callers=CallerHabits(keys={"1": 7, "51": 2, "0": 1}, talk=150), weather=LOSSY)
    lived = live(settings, day)
    assert lived.centre.called == 10_000
    assert lived.centre.town.net.lost > 1000
    answered = lived.entries(told.ContactDequeued, why="answered")
    callers = {entry.event.contact for entry in answered}  # some are answered twice, after a transfer back to the queue
    assert 0 <= len(callers) - lived.outcomes["talked"] < 10, "a few hang up in the moment of the answer"
    assert len(lived.entries(told.Conferenced)) > 10
    assert len(lived.entries(told.TransferChanged, state="completed")) > 100
    assert len(answered) > 9000
    assert set(lived.outcomes) == {"talked", "gave up"}
    served = Counter(entry.event.agent for entry in answered)
    assert len(served) == 60 and min(served.values()) > 100, "the longest idle one is next: work is shared"


def test_a_rush_hour(settings):
    """Far more callers than agents: the queue fills up, people are turned away or give up, nobody is lost."""
    day = Day(calls=(10, 150, 10), interval=600, agents={"few": crew(5)}, weather=LOSSY,
              callers=CallerHabits(patience=120, talk=60))
    lived = live(with_queue(settings, "support", max_size=20), day)
    assert lived.outcomes["gave up"] > 30
    full = len(lived.entries(told.ContactDequeued, why="full"))
    assert 0 <= full - lived.outcomes["served"] < 4, "a few hang up while they are told, or came back from a talk"
    assert full > 15
    positions = [event.position for event in lived.events(told.ContactQueued)]
    assert max(positions) == 20
    assert lived.entries(told.ContactDequeued, why="answered")[-1].at > lived.centre.start + 1200


def test_half_of_the_agents_lost_at_noon(settings):
    """Cables are pulled without a word: each costs one offer, its caller keeps the place; the others carry on."""
    day = Day(calls=(60, 60), start="11:30", interval=1800, weather=LOSSY,
              agents={"staying": crew(6), "lost": crew(6, lost="12:00")}, callers=CallerHabits(talk=60))
    lived = live(settings, day)
    noon = lived.centre.start + 1800
    phones = lived.centre.town._phones
    lost = {number for number, agent in lived.centre.agents.items() if agent.phone.address not in phones}
    assert len(lost) == 6
    missed = Counter(entry.event.agent for entry in lived.entries(told.ReservationTimedOut) if entry.at > noon)
    assert {agent for agent in missed if agent in lost} and all(missed[agent] <= 1 for agent in lost)
    later = [entry.event.agent for entry in lived.entries(told.ReservationAccepted) if entry.at > noon + 60]
    assert len(later) > 30 and not lost & set(later)
    assert lived.outcomes["talked"] > 100
    assert {event.agent for event in lived.events(told.PhoneUnregistered) if event.why == "expired"} == lost


def test_an_agent_who_never_answers(settings):
    """The call rings out, the agent becomes not ready, the caller keeps the place and somebody else takes them."""
    agents = {"deaf": crew(1, habits=AgentHabits(never_answers=True, comes_back=600)),
              "good": crew(4, habits=AgentHabits(asks=0, hands_on=0))}
    day = Day(calls=(20,), agents=agents, callers=CallerHabits(talk=60, patience=3600))
    lived = live(settings, day)
    deaf = next(iter(lived.centre.agents))
    states = [event for event in lived.events(told.AgentStateChanged) if event.agent == deaf]
    missed = lived.entries(told.ReservationTimedOut, agent=deaf)
    assert missed and not lived.entries(told.ReservationAccepted, agent=deaf)
    assert [event.reason for event in states].count("no_answer") == len(missed)
    for entry in missed:
        took = lived.entries(told.ReservationAccepted, contact=entry.event.contact)
        assert len(took) == 1 and took[0].event.agent != deaf
        assert len(lived.entries(told.ContactQueued, contact=entry.event.contact)) == 1, "the place is kept"
        assert took[0].at - entry.at < 30
    assert lived.outcomes == {"talked": 20}


def test_a_network_that_loses_a_tenth_for_ten_minutes(settings):
    """SIP repeats itself: calls that come, are answered and end in the storm are calls like others."""
    storm = BadWeather(start="08:10", until="08:20", weather=Weather(loss=10, jitter=0.1))
    day = Day(calls=(20, 60, 20), interval=600, agents={"day": crew(12)}, storms=(storm,),
              callers=CallerHabits(talk=60))
    lived = live(settings, day)
    assert lived.centre.town.net.lost > 50
    answered = {entry.event.contact for entry in lived.entries(told.ContactDequeued, why="answered")}
    assert lived.outcomes["talked"] == len(answered) > 90
    assert not lived.entries(told.ContactEnded, ended_by="network")


def test_the_same_seed_is_the_same_day(settings):
    """Call by call and moment by moment; another seed is another day."""
    day = Day(calls=(12,), interval=600, agents={"day": crew(3)}, weather=LOSSY, callers=CallerHabits(talk=60))
    first, again = live(settings, day), live(settings, day)
    assert first.journal == again.journal
    assert live(settings, Day(calls=(12,), interval=600, agents={"day": crew(3)}, seed=2)).journal != first.journal


def test_reloads_that_no_call_notices(settings):
    """Every two minutes operations publish something that touches nobody who is here: the day is the same day, call by
    call and moment by moment, but for what says that there is a new version."""
    day = Day(calls=(60, 60), interval=600, agents={"day": crew(6)}, weather=LOSSY, callers=CallerHabits(talk=60))
    plain = live(settings, day)
    reloaded = live(settings, day, lambda centre: publish_often(centre, 120, something_else))
    versions = reloaded.events(told.ConfigurationPublished)
    assert len(versions) >= 10 and all(event.changes for event in versions)
    kept = [(entry.at, entry.event) for entry in reloaded.journal if type(entry.event) is not told.ConfigurationPublished]
    assert kept == [(entry.at, entry.event) for entry in plain.journal]


def test_reloads_that_change_what_comes_next(settings):
    """Trees lead elsewhere, wrap-ups get longer, passwords change, while people are in the middle of all that."""
    day = Day(calls=(60, 60), interval=600, agents={"day": crew(8)}, weather=LOSSY, callers=CallerHabits(talk=60))
    lived = live(settings, day, lambda centre: publish_often(centre, 60, to_and_fro))
    assert len(lived.events(told.ConfigurationPublished)) >= 20
    assert lived.outcomes["talked"] > 100
    assert not [event for event in lived.events(told.ContactEnded) if event.sip_status == 500]
    assert {event.why for event in lived.events(told.PhoneUnregistered)} <= {"unregistered", "expired"}


def publish_often(centre, every, change):
    """``change`` makes new settings of those of the beginning and a count."""
    town = centre.town
    for count in range(int((centre.end - centre.start) / every) + 1):
        town.at(centre.start + count * every, lambda count=count: town.configure(change(town.settings, count)))


def something_else(settings, count):
    queue = replace(settings.queues["sales"], name="spare", wrap_up=float(count))
    tree = replace(settings.trees["main-zh"], version=str(count))
    return replace(settings, queues=settings.queues | {"spare": queue}, trees=settings.trees | {f"spare-{count}": tree},
                   users=settings.users | {"2001": replace(settings.users["2001"], password=f"another-{count}")})


def to_and_fro(settings, count):
    tree = settings.trees["main"]
    options = tree.menus["main"].options | {"1": Destination(queue=("support", "billing")[count % 2])}
    menus = tree.menus | {"main": replace(tree.menus["main"], options=options)}
    changed = replace(settings, trees=settings.trees | {"main": replace(tree, menus=menus, version=str(count))})
    return with_queue(with_queue(changed, "support", wrap_up=5.0 + count), "billing", wrap_up=1.0 + count % 3)


def test_a_day_across_closing_time(settings):
    """The office closes at nine while people wait, talk and listen: late callers are told so and may leave a message, those
    who wait are served, and by hand it is closed for ten minutes in the middle of the morning."""
    office = Calendar(Hours("office", open={"mon-sun": ("07:00-09:00",)}), ZoneInfo("UTC"))
    hours = {"hours": "office", "closed_to": "voicemail:night", "closed_prompt": (QueuePrompt("closed-now"),)}
    day = Day(calls=(40, 40, 40), start="08:00", interval=1800, agents={"day": crew(2)}, weather=LOSSY,
              callers=CallerHabits(talk=120, patience=600))
    for at_closing in ("keep", "lead_away"):
        changed = replace(with_queue(settings, "support", **hours, at_closing=at_closing), hours={"office": office})
        lived = live(changed, day, close_for_ten_minutes)
        told_of = [(entry.at - lived.centre.start, type(entry.event), entry.event.by)
                   for kind in (told.HoursClosed, told.HoursOpened) for entry in lived.entries(kind)]
        assert sorted(told_of, key=lambda each: each[0]) == [
            (1200, told.HoursClosed, "2001"), (1800, told.HoursOpened, ""), (3600, told.HoursClosed, "")]
        shut = lived.entries(told.ContactDequeued, why="closed")
        closes = lived.centre.start + 3600
        assert len([entry for entry in shut if entry.at > closes]) > 5
        waited = [entry for entry in shut if entry.event.waited > 0]
        assert bool(waited) == (at_closing == "lead_away"), "who waits is led away, or not"
        assert not [entry for entry in lived.entries(told.ContactQueued, queue="support") if entry.at > closes]
        assert lived.outcomes["talked"] > 20
        assert not [event for event in lived.events(told.ContactEnded) if event.sip_status == 500]


def close_for_ten_minutes(centre):
    town = centre.town
    town.at(centre.start + 1200, lambda: town.obey(CloseHours(hours="office", until=centre.start + 1800), "2001"))
