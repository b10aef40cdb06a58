"""A door is closed: whoever comes is told so, where there is something to say, and is led where the rule says."""

from datetime import datetime, tzinfo

from ivr.texts import variables
from switch.acd.rules import QueuePrompt, QueueRules
from switch.contact import arrival, ending, waiting
from switch.contact.state import Contact
from switch.house import House
from switch.routing import Destination, stands
from switch.settings import ServiceNumber
from switch.speech.texts import as_prompts

CLOSED = "closed"
SOUND = "closed-now"
"""What is said where the rule says nothing and leads nowhere."""


def lead(house: House, contact: Contact, destination: Destination, said: tuple[str, ...]) -> None:
    """Say it (the files) to an answered caller, then go there."""
    house.music(contact, contact.caller_leg, "")
    if destination.kind == "goodbye":
        return ending.say_goodbye(house, contact, said=said or (house.prompts.sound(SOUND, contact.language),))
    if not said:
        return _go(house, contact, destination)
    contact.closed_to = str(destination)
    return house.play(contact.caller_leg, CLOSED, said)


def heard(house: House, contact: Contact) -> None:
    """It was said."""
    destination, contact.closed_to = Destination.parse(contact.closed_to), ""
    _go(house, contact, destination)


def of_number(house: House, contact: Contact, number: str) -> tuple[str, ...]:
    """The files that callers of this number hear first now, since it is closed; none = it is open, or there is nothing to
    say."""
    service = house.settings.numbers.get(number)
    if service is None or house.doors.is_open(service.hours, house.now):
        return ()
    return _said(house, contact, service, house.doors.state(service.hours, house.now).until)


def of_queue(house: House, contact: Contact, queue: str) -> tuple[str, ...]:
    """The same for a queue that is closed, by its hours or by hand."""
    rules, hand = house.settings.queues[queue], house.shut.rules(queue, house.now)
    if hand is not None:
        return _said(house, contact, rules, hand.until)
    return _said(house, contact, rules, house.doors.state(rules.hours, house.now).until if rules.hours else None)


def _said(house: House, contact: Contact, what: ServiceNumber | QueueRules, until: float | None) -> tuple[str, ...]:
    """What can be said: "we open again on Monday" is not, where nobody knows when."""
    default = (QueuePrompt(SOUND),) if what.closed_to == "goodbye" else ()
    known = opening(until, house.doors.calendar(what.hours).zone if what.hours else house.zone)
    said = [each for each in as_prompts(what.closed_prompt or default) if known.keys() >= set(variables(each.text))]
    return house.prompts.paths(said, known, contact.language)


def opening(until: float | None, zone: tzinfo) -> dict[str, str]:
    """When it opens again (POSIX seconds), as prompts speak it: its wall clock."""
    if until is None:
        return {}
    wall = datetime.fromtimestamp(until, zone)
    return {"date": f"{wall:%Y-%m-%d}", "day": f"{wall:%Y-%m-%d}", "time": f"{wall:%H:%M}"}


def _go(house: House, contact: Contact, destination: Destination) -> None:
    """Who has waited in a queue keeps the moment from which they wait."""
    if destination.kind == "queue" and stands(house.settings, destination):
        return waiting.approach(house, contact, destination.target, again=True)
    return arrival.proceed(house, contact, destination)
