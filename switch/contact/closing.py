"""A door is closed: whoever comes is told so, where there is something to say, and is led where the rule says."""

from switch.contact import arrival, ending, waiting
from switch.contact.state import Contact
from switch.house import House
from switch.routing import Destination, stands

CLOSED = "closed"
SOUND = "closed-now"
"""What is said where the rule says nothing and leads nowhere."""


def lead(house: House, contact: Contact, destination: Destination, sound: str) -> None:
    """Say it to an answered caller, then go there."""
    house.music(contact, contact.caller_leg, "")
    if destination.kind == "goodbye":
        return ending.say_goodbye(house, contact, sound or SOUND)
    if not sound:
        return _go(house, contact, destination)
    contact.closed_to = str(destination)
    return house.play(contact.caller_leg, CLOSED, (house.prompts.sound(sound, contact.language),))


def heard(house: House, contact: Contact) -> None:
    """It was said."""
    destination, contact.closed_to = Destination.parse(contact.closed_to), ""
    _go(house, contact, destination)


def sound(house: House, number: str) -> str:
    """What callers of this number hear first now, since it is closed; empty = it is open, or there is nothing to say."""
    service = house.settings.numbers.get(number)
    if service is None or house.doors.is_open(service.hours, house.now):
        return ""
    return service.closed_prompt or (SOUND if service.closed_to == "goodbye" else "")


def _go(house: House, contact: Contact, destination: Destination) -> None:
    """Who has waited in a queue keeps the moment from which they wait."""
    if destination.kind == "queue" and stands(house.settings, destination):
        return waiting.approach(house, contact, destination.target, again=True)
    return arrival.proceed(house, contact, destination)
