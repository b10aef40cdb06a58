"""A call comes in: who is it, where does it lead, can we speak with it.

Anyone may call a service number. A number that is not one of ours, and an agent's extension, are for people who have
proved who they are: where somebody is registered from the same address, the phone is challenged, and any other stranger
gets one quiet 404, whether the number exists or not, so that nobody learns which do. A trunk is known by its address, and
may call service numbers and whom its rules name. Outside call agents alone, each time with their password; but an
emergency call is let through from any phone that is registered, whatever its agent does.
"""

import msgspec

from media import sdp
from switch import overload, trunking
from switch.addresses import side
from switch.contact import (
    closing,
    ending,
    negotiating,
    outside,
    ringing,
    second_call,
    transferring,
    voicemail,
    waiting,
    walking,
)
from switch.contact.state import Contact, Leg
from switch.effects import FindCustomer
from switch.events import ContactAnswered, ContactOffered, Customer, CustomerFound
from switch.house import House
from switch.orders import OrderRefused
from switch.routing import Destination, instead, route, stands
from switch.sip.effects import Acknowledged, Offered
from switch.trunks import numbers

RETRY_SECONDS = 5
"""When a caller who was turned away for lack of seats may try again."""


def offered(house: House, told: Offered) -> None:
    """An INVITE outside any dialog (the stairs, steps 3 and 4)."""
    if told.replaces:
        return second_call.replace(house, told)
    if trunk := trunking.known(house, told.source):
        return _by_trunk(house, told, trunk)
    destination = route(house.settings, told.called, house.now, house.doors)
    leads_out = destination is not None and destination.kind == "outside"
    emergency = leads_out and numbers.is_emergency(destination.target) and _whose_phone(house, told) != ""
    if told.user is None and told.called not in house.settings.numbers and not emergency:
        if house.endpoint.familiar(told.source):
            return house.settle(house.endpoint.challenge(told.call, house.now))
        return house.settle(house.endpoint.refuse(told.call, 404, house.now))
    if destination is None:
        return house.settle(house.endpoint.refuse(told.call, 404, house.now))
    agent = _whose_phone(house, told)
    busy = agent != "" and house.desk.state(agent).state == "busy"
    if busy and not emergency:
        return second_call.consult(house, told, agent)
    if house.draining and not emergency:
        return _not_now(house, told)
    if overload.keeps_out(house, destination):
        return house.settle(house.endpoint.refuse(told.call, 503, house.now, retry_after=overload.refuse(house)))
    if leads_out and told.called not in house.settings.numbers and not _may_call_out(house, told, agent, destination.target):
        return None
    return _begin(house, told, destination, "" if busy else agent)


def _not_now(house: House, told: Offered) -> None:
    """The switch is about to stop: whoever calls tries the next one (RFC 3261 section 21.5.4)."""
    house.settle(house.endpoint.refuse(told.call, 503, house.now, retry_after=RETRY_SECONDS))


def _by_trunk(house: House, told: Offered, trunk: str) -> None:
    """A call from outside: its numbers become ours; who calls nobody gets one quiet answer."""
    if house.draining:
        return _not_now(house, told)
    if overload.keeps_out(house):
        return house.settle(house.endpoint.refuse(told.call, 503, house.now, retry_after=overload.refuse(house)))
    called, status = outside.calls_in(house, told, trunk)
    destination = route(house.settings, called, house.now, house.doors) if called else None
    if destination is None:
        after = RETRY_SECONDS if status == 503 else None
        return house.settle(house.endpoint.refuse(told.call, status or 404, house.now, retry_after=after))
    house.lines.lines[trunk].began(house.now)
    caller, name = trunking.caller(house, trunk, told)
    told = msgspec.structs.replace(told, called=called, caller=caller, caller_name=name)
    return _begin(house, told, destination, "", trunk)


def _may_call_out(house: House, told: Offered, agent: str, number: str) -> bool:
    """Whether this agent may call this number now; who may not is told why."""
    try:
        if not agent:
            raise OrderRefused("not_allowed", "only agents may call outside")
        outside.ways(house, agent, number)
    except OrderRefused as refusal:
        status = outside.STATUS.get(refusal.code, 403)
        house.settle(house.endpoint.refuse(told.call, status, house.now, reason=refusal.reason))
        return False
    return True


def _whose_phone(house: House, told: Offered) -> str:
    """The agent whose phone calls: proved by password, or known by where the phone registered from."""
    if told.user is not None and told.user in house.desk.rules:
        return told.user
    bindings = house.endpoint.registrar.bindings(told.caller, house.now) if told.caller in house.desk.rules else ()
    return told.caller if any(binding.source == told.source for binding in bindings) else ""


def _begin(house: House, told: Offered, destination: Destination, agent: str, trunk: str = "") -> None:
    if told.hops == 0 and destination.kind in ("extension", "outside"):
        return house.settle(house.endpoint.refuse(told.call, 483, house.now))
    leads_out = destination.kind == "outside" and told.called not in house.settings.numbers
    direction = "outbound" if leads_out else "internal" if agent else "inbound"
    called = destination.target if direction == "outbound" else told.called
    contact = house.new_contact(caller=agent or told.caller, caller_name=told.caller_name, called=called,
                                direction=direction)
    contact.withheld = leads_out and (told.claims.withheld or not told.caller)
    if trunk or told.user is not None:
        contact.diverted_from = next((diversion.number for diversion in told.claims.diversions), "")
    contact.hops = told.hops - 1
    leg = house.new_leg(contact, agent or told.caller, agent=agent, peer=told.source)
    if leg is not None:
        leg.trunk = trunk
    refusal = agree(house, told, leg) if leg is not None else None
    if leg is None or refusal is not None:
        return _turn_away(house, told, contact, leg, refusal)
    contact.caller_leg, leg.call, contact.instance = leg, told.call, told.instance
    house.bind(contact, leg, told.call)
    house.tell(ContactOffered(contact=contact.id, caller=contact.caller, caller_name=contact.caller_name,
                              called=contact.called, diverted_from=contact.diverted_from, direction=direction,
                              trunk=trunk))
    contact.known_by = house.now + house.settings.system.lookup.deadline
    house.ask(FindCustomer(contact.id, contact.called if direction == "outbound" else contact.caller))
    if agent:
        house.settle(house.desk.engage(agent, contact.id, house.now))
    contact.destination = f"{destination.kind}:{destination.target}"
    contact.closed_said = closing.of_number(house, contact, told.called)
    if contact.closed_said:
        house.segment(contact, "ivr", destination.target)
        return pick_up(house, contact)
    if destination.kind == "extension":
        house.segment(contact, "ring", destination.target)
        house.settle(house.endpoint.ring(told.call, house.now))
        return ringing.ring_agent(house, contact, destination.target)
    if destination.kind == "outside":
        return outside.call(house, contact, destination.target, agent)
    house.segment(contact, "queue" if destination.kind == "queue" else "ivr", destination.target)
    return pick_up(house, contact)


def _turn_away(house: House, told: Offered, contact: Contact, leg: Leg | None,
               refusal: sdp.Unacceptable | sdp.Malformed | None) -> None:
    """No seat, or nothing in common: as if nobody had called."""
    house.forget(contact)
    if leg is None:
        return house.settle(house.endpoint.refuse(told.call, 503, house.now, retry_after=RETRY_SECONDS))
    return put_back(house, told, contact, leg, refusal)


def put_back(house: House, told: Offered, contact: Contact, leg: Leg, refusal: sdp.Unacceptable | sdp.Malformed) -> None:
    """A leg that had a seat and was never opened is no leg; who called is told why."""
    del contact.legs[leg.id], house.rows[leg.id]
    house.seats.append(leg.port)
    negotiating.decline(house, told.call, refusal)


def agree(house: House, told: Offered, leg: Leg) -> sdp.Unacceptable | sdp.Malformed | None:
    """Open the row with what the offer and we have in common; else why there is nothing."""
    leg.side = side(told.sdp, told.source.host)
    try:
        if told.sdp is None:
            leg.offer = sdp.offer(**house.ours(leg))
            house.open(leg)
        else:
            agreed = sdp.answer(told.sdp, **house.ours(leg))
            leg.offer, leg.stream = agreed.sdp, agreed.stream
            house.open(leg, agreed.stream)
    except (sdp.Unacceptable, sdp.Malformed) as error:
        return error.with_traceback(None)  # whose frames would keep the contact, and it them
    return None


def pick_up(house: House, contact: Contact) -> None:
    """Answer the caller's INVITE; what follows waits for the ACK."""
    leg = contact.caller_leg
    leg.up, leg.since = True, house.now
    house.settle(house.endpoint.answer(leg.call, leg.offer, house.now))
    answered(house, contact)


def answered(house: House, contact: Contact) -> None:
    """Somebody or something has picked up for the one who called, for the first time."""
    if not contact.answered_at:
        contact.answered_at = house.now
        leg = contact.caller_leg
        house.tell(ContactAnswered(contact=contact.id, leg=leg.id if leg is not None else ""))


def acknowledged(house: House, contact: Contact, leg: Leg, told: Acknowledged) -> None:
    """The caller has our 200: now they can hear us. The ACK may carry the answer to the offer in our 200."""
    if told.sdp is not None or leg.stream is None:
        negotiating.answered(house, contact, leg, told.sdp)
    if leg is contact.caller_leg and contact.destination and not contact.ended:
        contact.heard = True
        go_on(house, contact)
    return


def go_on(house: House, contact: Contact) -> None:
    """Begin what the number leads to, when the caller hears us. A tree takes its time, so that who they are is known
    at its end; whoever goes straight to people waits for that, but not longer than the look-up may take."""
    destination = Destination.parse(contact.destination)
    if not contact.heard or (destination.kind in ("extension", "outside") and not contact.closed_said):
        return None
    if destination.kind == "queue" and not contact.closed_said and not contact.known and house.now < contact.known_by:
        contact.wake_at = contact.known_by
        return None
    contact.destination, contact.wake_at = "", None
    if said := contact.closed_said:
        contact.closed_said = ()
        return closing.lead(house, contact, destination, said)
    return proceed(house, contact, destination)


def proceed(house: House, contact: Contact, destination: Destination) -> None:
    """Lead an answered caller to a destination; the one place that knows all kinds of them."""
    if not stands(house.settings, destination):
        house.music(contact, contact.caller_leg, "")
        destination = instead(house.settings, contact.called, house.now, house.doors)
    kind, target = destination.kind, destination.target
    if kind == "tree":
        walking.begin(house, contact, target)
    elif kind == "queue":
        waiting.approach(house, contact, target)
    elif kind == "extension":
        ringing.ring_agent(house, contact, target)
    elif kind == "outside":
        outside.call(house, contact, target, contact.caller_leg.agent or transferring.account(contact))
    elif kind == "voicemail":
        voicemail.begin(house, contact, target)
    else:
        ending.say_goodbye(house, contact)


def recognised(house: House, contact: Contact, customer: Customer | None) -> None:
    """The contact store and the HTTP look-up have answered; None = nobody knows them."""
    contact.known = True
    if customer is not None:
        contact.customer = customer
        contact.language = customer.language or contact.language
        house.tell(CustomerFound(contact=contact.id, customer=customer))
    if contact.destination and contact.caller_leg.up:
        go_on(house, contact)
