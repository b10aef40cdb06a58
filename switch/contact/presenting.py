"""Who a trunk is told that calls: the agent by a number of ours, nobody, or the caller whose call we lead on.

    an agent calls, or consults                     our number
    the same, and the agent does not want that      nobody; a trusted trunk learns our number, and that it is not for show
    a call that came in is led on                   our number, or the caller's where the trunk allows it (Diversion: ours)
    a call that came in from nobody is led on       nobody, where the trunk allows it

An emergency call always shows our number, for whoever helps must be able to call back.
"""

from typing import NamedTuple

from switch import trunking
from switch.contact.state import Contact, Outward
from switch.house import House
from switch.sip.uri import Uri
from switch.trunks import numbers
from switch.trunks.rules import Trunk


class Presented(NamedTuple):
    """What a call out says of who calls."""

    number: str
    """E.164, or as operations wrote it; empty = nobody is shown."""
    written: str
    """The same as the trunk wants to read it."""
    headers: tuple[tuple[str, str], ...]


def presented(house: House, contact: Contact, way: Outward, rules: Trunk) -> Presented:
    """Who a call of this contact comes from, for this trunk."""
    country = house.settings.outside.country
    own = rules.callers.get(way.agent) or rules.caller
    written = numbers.write(own, rules.outgoing, country) if own else ""
    if numbers.is_emergency(way.number):
        return Presented(own, written, trunking.identity(rules, written, withheld=False))
    if contact.withheld:
        return Presented("", "", trunking.identity(rules, written, withheld=True))
    if rules.pass_caller and _is_led_on(contact):
        return _passed_on(contact, rules, country, own)
    return Presented(own, written, trunking.identity(rules, written, withheld=False))


def _is_led_on(contact: Contact) -> bool:
    """Whether it is the caller who is brought to the number, not an agent who asks there."""
    known = not contact.caller or numbers.E164.fullmatch(contact.caller) is not None
    return contact.direction == "inbound" and contact.consultation is None and known


def _passed_on(contact: Contact, rules: Trunk, country: str, own: str) -> Presented:
    written = numbers.write(contact.caller, rules.outgoing, country) if contact.caller else ""
    ours = next((number for number, service in rules.numbers.items() if service == contact.called), own)
    host = rules.domain or rules.host
    led = [(ours, "deflection")] if ours else []
    if numbers.E164.fullmatch(contact.diverted_from):
        led.append((contact.diverted_from, "unknown"))
    lines = [("Diversion", f"<{Uri('sip', numbers.write(number, rules.outgoing, country), host)}>;reason={why};counter=1")
             for number, why in led]
    return Presented(contact.caller, written, (*trunking.identity(rules, written, withheld=False), *lines))
