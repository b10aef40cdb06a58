"""A number outside is called, by one trunk after the other until one can.

``ways`` is the question (may they, and by whom does it go), ``call`` the door: whoever leads a contact to a number outside
goes through it, and what comes of it is told as it is of an agent who is called by number: ``talking.begin`` when it is
answered, ``ringing.unreached`` when it is not. Whether a call may be made is asked here and nowhere else, so that no way
of calling goes past it.
"""

import math

import switch.sip.effects as sip
from media import sdp
from media.orders import Part
from switch import causes, trunking
from switch.contact import ending, insisting, leaving, presenting, ringing, talking
from switch.contact.state import Contact, Leg, Outward, Ring
from switch.events import EmergencyCalled, Failed, Originated, TollRefused
from switch.house import House
from switch.orders import OrderRefused
from switch.trunks import choosing, numbers
from switch.trunks.ledger import REASONS

NO_TRUNK = {
    "down": "no trunk is there for it now", "full": "every trunk for it has as many calls as it may have",
    "too_fast": "every trunk for it has begun as many calls as it may in a second", "no_route": "no trunk leads there",
}
STATUS = {"no_route": 404, "overloaded": 503, "trunk_down": 503, "trunk_full": 503, "trunk_too_fast": 503}
"""What a phone that dialled is told; whatever is not here is 403."""


def ways(house: House, agent: str, number: str) -> list[str]:
    """The trunks that can take a call to this number (E.164, or an emergency number), in the order in which they are
    tried. ``agent``: on whose account, empty = the house's own. Raises :class:`OrderRefused`."""
    outside = house.settings.outside
    if numbers.is_emergency(number):
        return choosing.for_emergency(outside, lambda name: house.lines.lines[name].there)
    toll = outside.toll
    at_once = sum(leg.outward is not None and leg.outward.agent == agent for _, leg in house.calls.values())
    allowed = house.doors.is_open(toll.hours, house.now)
    if why := house.ledger.refusal(agent, number, at_once, allowed, house.now):
        house.tell(TollRefused(agent=agent, number=number, why=why))
        house.toll_refused += 1
        raise OrderRefused(why, REASONS[why])
    places = choosing.shares(outside, number, lambda route: house.doors.is_open(route.hours, house.now))
    names = choosing.order(places, house.rng)
    left, why = choosing.usable(names, house.lines.why_not(lambda name: trunking.live(house, name), house.now))
    if why:
        raise OrderRefused(why if why == "no_route" else f"trunk_{why}", NO_TRUNK[why])
    return left


def call(house: House, contact: Contact, number: str, agent: str) -> None:
    """Call this number for the contact; its other side waits."""
    if contact.hops < 0:  # it goes in circles
        return _nobody(house, contact, number, "unreachable", 483)
    try:
        names = ways(house, agent, number)
    except OrderRefused as refusal:
        return _nobody(house, contact, number, refusal.code, STATUS.get(refusal.code, 403))
    leg = house.new_leg(contact, number)
    if leg is None:
        return _nobody(house, contact, number, "overloaded", 503)
    leg.outward = Outward(number, agent, names)
    contact.rings[leg.id] = Ring("", "", "", leg, math.inf, None)
    if contact.consultation is None:
        house.segment(contact, "ring", number)
        if contact.caller_leg.up and contact.transfer is None:
            house.music(contact, contact.caller_leg, "ringback")
    house.open(leg)
    if numbers.is_emergency(number):
        house.tell(EmergencyCalled(contact=contact.id, number=number, agent=agent or contact.caller))
    else:
        trunking.charge(house, agent, number)
    return _dial(house, contact, leg)


def _dial(house: House, contact: Contact, leg: Leg) -> None:
    """INVITE by the next trunk."""
    way = leg.outward
    line = house.lines.lines[way.left.pop(0)]
    rules, leg.trunk, leg.delivered = line.rules, line.name, False
    if leg.stream is not None:  # the trunk before was heard already; what it said is over
        leg.stream = None
        house.order(Part(leg.id))
        house.music(contact, contact.caller_leg, "ringback")
    line.began(house.now)
    leg.peer = trunking.destination_of(rules)
    leg.side = leg.peer.host
    leg.offer = sdp.offer(**house.ours(leg))
    house.tell(Originated(contact=contact.id, leg=leg.id, party=leg.party, trunk=line.name, agent=way.agent,
                          presented=presenting.presented(house, contact, way, rules).number))
    return _invite(house, contact, leg)


def _invite(house: House, contact: Contact, leg: Leg) -> None:
    """INVITE by the trunk of the moment, with the offer of the moment."""
    way, rules = leg.outward, house.lines.lines[leg.trunk].rules
    country = house.settings.outside.country
    shown = presenting.presented(house, contact, way, rules)
    called = way.number if numbers.is_emergency(way.number) else numbers.write(way.number, rules.outgoing, country)
    handle = f"{leg.id}.{house.rng.getrandbits(32):08x}"
    leg.forks = [handle]
    house.settle(house.endpoint.invite(
        handle, trunking.address_of(rules, called), trunking.destination_of(rules), house.now, caller=shown.written,
        sdp=leg.offer, domain=rules.domain, answers_within=rules.answers_within, hops=contact.hops,
        credentials=trunking.credentials(rules), headers=shown.headers))
    house.bind(contact, leg, handle)


def progressed(house: House, contact: Contact, leg: Leg) -> None:
    """It rings out there: so does the phone that dialled."""
    caller = contact.caller_leg
    if contact.agent_leg is None and not caller.up and leg.id in contact.rings:
        house.settle(house.endpoint.ring(caller.call, house.now))


def answered(house: House, contact: Contact, leg: Leg) -> None:
    """Somebody out there has picked up."""
    leg.outward.cut_at = trunking.charge_talk(house, leg)
    ring = contact.rings.pop(leg.id)
    house.then(contact, talking.begin, leg, ring)


def failed(house: House, contact: Contact, leg: Leg, status: int, retry_after: int = 0) -> None:
    """This trunk did not bring the call to its end. Where it is the trunk's fault, the next one is asked. ``retry_after``:
    seconds for which it wants no calls."""
    if leg.trunk in house.lines.lines and (offer := insisting.demand(house, leg, leg.offer, status)):
        leg.offer = offer
        return _invite(house, contact, leg)
    way, cause = leg.outward, causes.name(causes.of_status(status))
    house.tell(Failed(contact=contact.id, leg=leg.id, party=leg.party, trunk=leg.trunk, sip_status=status, cause=cause))
    if retry_after and leg.trunk in house.lines.lines:
        house.lines.lines[leg.trunk].aside_until = house.now + retry_after
    if status in choosing.PASSED_ON and not (status == 408 and leg.delivered):
        _skip_those_that_cannot(house, way)
        if way.left:
            return _dial(house, contact, leg)
    contact.rings.pop(leg.id, None)
    house.drop(contact, leg, "network", cause, status)
    why = {486: "busy", 600: "busy", 408: "timeout", 480: "timeout", 404: "unknown", 603: "rejected"}.get(status)
    return _nobody(house, contact, leg.party, why or "unreachable", status)


def _skip_those_that_cannot(house: House, way: Outward) -> None:
    """What was right when the call began may not be so half a minute later."""
    if not numbers.is_emergency(way.number):
        why_not = house.lines.why_not(lambda name: trunking.live(house, name), house.now)
        way.left = choosing.usable(way.left, why_not)[0]


def _nobody(house: House, contact: Contact, number: str, why: str, status: int) -> None:
    if not contact.caller_leg.up:
        return ending.end(house, contact, ended_by="network", status=status)
    return ringing.unreached(house, contact, number, why)


def cut(house: House, contact: Contact) -> None:
    """Calls out that have lasted as long as they may are over."""
    for leg in list(contact.legs.values()):
        moment = leg.outward.cut_at if leg.outward is not None else None
        if moment is not None and moment <= house.now:
            leaving.left(house, contact, leg, ended_by="system", q850=31)


def calls_in(house: House, told: sip.Offered, trunk: str) -> tuple[str, int]:
    """The number of ours that a trunk calls; or empty, and why it cannot be called now: 404, 503."""
    line = house.lines.lines[trunk]
    number = trunking.service(house, trunk, told.called)
    if not number:
        return "", 404
    busy = line.refusal(trunking.live(house, trunk) if line.rules.calls else 0, house.now)
    return ("", 503) if busy in ("full", "too_fast") else (number, 0)
