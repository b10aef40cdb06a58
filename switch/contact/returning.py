"""The phone of an agent is lost in the middle of a talk, and may be back in a moment: a page that is loaded anew.

A browser's phone lives and dies with its page, and its websocket tells at once that it is gone. Its agent has not hung up:
so the talk stands for some seconds. Whoever is left hears music, the agent is rung again wherever they are reached, and the
talk goes on with the phone that answers. If none does, the caller has done nothing to wait anew: they are led to the head
of the queue that they came from, and the next screen is told why; without one, to a person (see :func:`ringing.nobody`).

    talk --websocket closed--> waiting --a phone answers--> talk
                                  |--the time is over, the agent refuses--> head of the queue
                                  |--the caller hangs up--> the end
"""

import switch.sip.effects as sip
from media import sdp
from media.orders import Change
from switch import causes
from switch.contact import ending, mixing, ringing, waiting
from switch.contact.state import Contact, Leg, Returning
from switch.events import Established, PhoneLost
from switch.house import House

REFUSALS = (480, 486, 600, 603)
"""What a phone answers whose agent does not want the call."""
_LOST = 27
"""Q.850: destination out of order."""


def stranded(house: House, contact: Contact, leg: Leg, told: sip.Stranded) -> None:
    """The websocket of a leg's phone is closed."""
    house.settle(house.endpoint.hang_up(told.call, house.now, q850=_LOST))
    new = _another(house, contact, leg) if leg.call == told.call and _may_return(house, contact, leg) else None
    if new is None:
        return ending.ended(house, contact, leg, sip.Ended(told.call, "lost", 102))
    house.calls.pop(told.call, None)
    leg.call = ""
    contact.returning = Returning(new, house.now + house.settings.system.phone.comeback)
    house.tell(PhoneLost(contact=contact.id, leg=leg.id, party=leg.party, until=contact.returning.until))
    if contact.caller_leg is leg:
        contact.caller_leg = new
    else:
        contact.agent_leg = new
    mixing.mix(house, contact)
    house.drop(contact, leg, "network", causes.name(_LOST))
    return ring(house, contact)


def _may_return(house: House, contact: Contact, leg: Leg) -> bool:
    return house.settings.system.phone.comeback > 0 and is_talk(house, contact, leg)


def is_talk(house: House, contact: Contact, leg: Leg) -> bool:
    """A talk of this agent and one other. A conference goes on without them; who consults has left the caller waiting."""
    alone = not contact.others and contact.consultation is None and contact.gone is None and len(contact.parties) == 2
    return alone and leg in contact.parties and leg.agent in house.desk.rules


def _another(house: House, contact: Contact, leg: Leg) -> Leg | None:
    """A leg for the same agent, who holds and is muted as before; None = every seat in media is taken."""
    new = house.new_leg(contact, leg.party, agent=leg.agent)
    if new is None:
        return None
    new.on_hold, new.held_since, new.muted, new.talked = leg.on_hold, leg.held_since, leg.muted, leg.talked
    new.reserved_by, new.reservation, leg.reservation = leg.reserved_by, leg.reservation, ""
    house.open(new)
    return new


def registered(house: House, agent: str) -> None:
    """A phone of this agent is there: ring it, if one is waited for."""
    contact = house.contacts.get(house.desk.state(agent).contact) if agent in house.desk.rules else None
    if contact is not None and contact.returning is not None and contact.returning.leg.agent == agent:
        ring(house, contact)


def ring(house: House, contact: Contact) -> None:
    """Ring every phone of the agent that was not rung yet. A browser's picks up by itself: it was in this talk."""
    leg = contact.returning.leg
    known = {(fork.uri, fork.way) for fork in leg.invited.values()}
    for binding in house.endpoint.registrar.bindings(leg.agent, house.now):
        if (binding.contact, binding.source) not in known:
            leg.offer = leg.offer or sdp.offer(**house.ours(leg))
            ringing.dial_one(house, contact, leg, binding, auto_answer=binding.source.transport in sip.WEB)


def back(house: House, contact: Contact, leg: Leg) -> None:
    """They are there again."""
    contact.returning = None
    house.order(Change(leg.id, leg.stream))
    house.tell(Established(contact=contact.id, leg=leg.id, party=leg.party))
    mixing.mix(house, contact)


def refused(house: House, contact: Contact, status: int) -> None:
    """The last phone that rang rings no more. One that was lost again may come once more; an agent who refuses does not."""
    if status in REFUSALS:
        give_up(house, contact)


def overdue(house: House, contact: Contact) -> None:
    """Some moment has come; perhaps the last one."""
    if contact.returning is not None and contact.returning.until <= house.now:
        give_up(house, contact)


def give_up(house: House, contact: Contact) -> None:
    """They do not come back."""
    leg, contact.returning = contact.returning.leg, None
    if leg is contact.caller_leg:
        return ending.end(house, contact, ended_by="network", q850=_LOST)
    return give_back(house, contact, leg, "phone_lost", _LOST)


def give_back(house: House, contact: Contact, leg: Leg, why: str, q850: int) -> None:
    """The agent of this leg cannot go on: the caller goes to the head of their queue, or to a person."""
    house.drop(contact, leg, "network", causes.name(q850))
    ending.free_agent(house, contact, leg)
    contact.agent_leg = None
    contact.hearing.clear()
    contact.caller_leg.on_hold = contact.caller_leg.muted = False
    contact.returned, contact.returned_by = why, leg.party
    if contact.served_queue in house.settings.queues:
        contact.notified = True
        return waiting.approach(house, contact, contact.served_queue, again=True, front=True)
    house.music(contact, contact.caller_leg, "")
    return ringing.nobody(house, contact, leg.agent)
