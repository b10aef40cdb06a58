"""A further call of a phone that has one: a consultation, or a call in the place of another.

A phone that asks a colleague by its own keys holds its call and makes a second one. To the house both are one contact: the
second call is the mouth with which the agent consults (:mod:`switch.contact.consulting`), and whichever keys are pressed
next (transfer, back to the caller, hang up) mean what the same clicks would.

An INVITE with Replaces (RFC 3891) takes the place of a leg: whoever was there is hung up on, the other side stays. It is
for who has proved to work here, or comes by a trunk; only somebody who was told of the dialog can name it at all.
"""

from switch import trunking
from switch.contact import arrival, consulting, ending, mixing, outside, referring
from switch.contact.state import Contact, Leg
from switch.events import Established, Transferred
from switch.house import House
from switch.orders import OrderRefused
from switch.sip.effects import Offered


def consult(house: House, told: Offered, agent: str) -> None:
    """The phone of an agent who has a call makes a second one."""
    contact = house.contacts.get(house.desk.state(agent).contact)
    by = next((leg for leg in contact.parties if leg.agent == agent), None) if contact is not None else None
    if by is None:
        return house.settle(house.endpoint.refuse(told.call, 486, house.now))
    leg = _leg(house, told, contact, agent, agent)
    if leg is None:
        return None
    try:
        consulting.consult(house, contact, by, told.called, mouth=leg)
    except OrderRefused as refusal:
        status = referring.STATUS.get(refusal.code) or outside.STATUS.get(refusal.code, 486)
        house.settle(house.endpoint.refuse(told.call, status, house.now, reason=refusal.reason))
        return house.drop(contact, leg, "system", "call_rejected", status)
    return _pick_up(house, contact, leg, told.call)


def replace(house: House, told: Offered) -> None:
    """Somebody takes the place of a leg that is up."""
    trunk = trunking.known(house, told.source)
    if told.user is None and not trunk:
        return house.settle(house.endpoint.challenge(told.call, house.now))
    contact, old = house.calls.get(told.replaces, (None, None))
    agent = told.user if told.user in house.desk.rules else ""
    if contact is None or contact.consultation is not None or old not in contact.parties:
        return house.settle(house.endpoint.refuse(told.call, 603, house.now))
    if agent and house.desk.state(agent).contact not in ("", contact.id):
        return house.settle(house.endpoint.refuse(told.call, 486, house.now))
    new = _leg(house, told, contact, agent or told.caller, agent)
    if new is None:
        return None
    new.trunk = trunk
    _pick_up(house, contact, new, told.call)
    if agent:
        house.settle(house.desk.engage(agent, contact.id, house.now))
    return _take_over(house, contact, old, new)


def _take_over(house: House, contact: Contact, old: Leg, new: Leg) -> None:
    house.tell(Transferred(contact=contact.id, by=old.party, to=new.party))
    house.drop(contact, old, "agent" if old.agent else "customer", "normal_call_clearing")
    ending.free_agent(house, contact, old)
    contact.replace(old, new)
    new.talked = new is not contact.caller_leg
    house.tell(Established(contact=contact.id, leg=new.id, party=new.party))
    mixing.mix(house, contact)


def _leg(house: House, told: Offered, contact: Contact, party: str, agent: str) -> Leg | None:
    """A leg for one more call in this contact; None = it could not be had, and the phone knows."""
    house.touched.add(contact.id)
    contact.hops = min(contact.hops, told.hops - 1)
    leg = house.new_leg(contact, party, agent=agent, peer=told.source)
    if leg is None:
        house.settle(house.endpoint.refuse(told.call, 503, house.now, retry_after=arrival.RETRY_SECONDS))
        return None
    if (refusal := arrival.agree(house, told, leg)) is not None:
        return arrival.put_back(house, told, contact, leg, refusal)
    return leg


def _pick_up(house: House, contact: Contact, leg: Leg, call: str) -> None:
    leg.call, leg.up, leg.since = call, True, house.now
    house.bind(contact, leg, call)
    house.settle(house.endpoint.answer(call, leg.offer, house.now))
