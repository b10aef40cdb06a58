"""An agent's phone that sends its call on (302), where ``agents.yaml`` allows that.

A target is another of our agents' phones, by its number at our address, or a phone at an address of its own. Numbers
outside are not dialled for it: who may call there is decided where calls out are made. Nothing is asked twice, and not
more than a few in all, so that two phones that name each other come to an end.
"""

from switch.contact.state import Contact, Leg
from switch.house import House
from switch.sip.dialog import address_of
from switch.sip.effects import Address, Refused
from switch.sip.errors import PeerError
from switch.sip.uri import Uri, parse_uri

TARGETS = 5
"""How many addresses one call may be sent on to."""


def targets(house: House, contact: Contact, leg: Leg, told: Refused) -> list[tuple[str, Address]]:
    """Where the call goes now: addresses with the way to them; none where it may not be sent on."""
    user = house.settings.users.get(leg.agent)
    if not told.contacts or user is None or not user.allow_redirect:
        return []
    rung = {binding.contact for binding in house.endpoint.registrar.bindings(leg.agent, house.now)}
    found = []
    for text in told.contacts:
        for uri, way in _ways(house, text):
            if uri not in leg.sent_on and uri not in rung and len(leg.sent_on) < TARGETS:
                leg.sent_on.append(uri)
                found.append((uri, way))
    return found


def _ways(house: House, text: str) -> list[tuple[str, Address]]:
    try:
        uri = parse_uri(text)
    except PeerError:
        return []
    if uri.scheme not in ("sip", "sips"):
        return []
    if _ours(house, uri):
        if uri.user not in house.desk.rules:
            return []
        bindings = house.endpoint.registrar.bindings(uri.user, house.now)
        return [(binding.contact, binding.source) for binding in bindings]
    return [(text, address_of(uri))]


def _ours(house: House, uri: Uri) -> bool:
    system = house.settings.system
    return uri.host.lower() in {*house.places.outside, *house.places.inside, system.sip.realm.lower()} and (
        uri.port in (None, system.sip.port, system.sip.tls_port))
