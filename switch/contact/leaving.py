"""Somebody of several leaves: hung up, dropped by another, or lost with their phone. What goes on without them?

The rule is that of CSTA, and of every attendant's desk: a call goes on as long as two parties are left who are talking
with each other, and nobody waits for somebody who is gone.

    who leaves                  what becomes of it
    the caller                  two agents who talk (a conference, a consultation) talk on; else it is the end
    an agent, alone with them   the end, or what the caller is asked after the talk
    an agent of a conference    the others talk on; if they had the contact, the next agent has it
    the consulted               the caller is back with who consulted them
    who consults                the caller is with the consulted, or goes on to wait for them (in a conference whose
                                consulted have not answered: the others talk on)
"""

from switch import causes
from switch.contact import consulting, ending, mixing, recording, supervising, surveying
from switch.contact.state import Contact, Leg
from switch.house import House


def left(house: House, contact: Contact, leg: Leg, *, ended_by: str, q850: int = 16) -> None:
    """This leg is over: its phone hung up, or is to be hung up on."""
    told = contact.consultation
    if contact.ended or supervising.without(house, contact, leg):
        return None
    if told is not None and leg is told.leg:
        return consulting.fail(house, contact, "cleared", leg.party)
    if told is not None and leg is told.mouth and leg is not told.by:
        return consulting.cancel(house, contact, "cleared")
    if told is not None and leg is told.by:
        if told.up or not contact.others:
            return consulting.hand_over(house, contact, told, ended_by)
        consulting.cancel(house, contact, "cleared")
    if leg is contact.caller_leg and _agents(contact) > 1:
        return _without_caller(house, contact, leg, ended_by, q850)
    if leg in contact.parties and contact.others:
        _drop(house, contact, leg, ended_by, q850)
        contact.replace(leg, None)
        return mixing.mix(house, contact)
    if surveying.after_talk(house, contact, leg, ended_by):
        return None
    return ending.end(house, contact, ended_by=ended_by, q850=q850)


def _agents(contact: Contact) -> int:
    """Who would be left without the caller."""
    consulted = contact.consultation is not None and contact.consultation.up
    return len(contact.parties) - 1 + consulted if contact.parties else 0


def _without_caller(house: House, contact: Contact, leg: Leg, ended_by: str, q850: int) -> None:
    """The two (or more) talk on; it is not the caller's talk any more, and not in the recording."""
    told = contact.consultation
    contact.gone = contact.gone or (ended_by, q850)
    recording.finish(house, contact)
    if told is not None and told.up:
        consulting.tell(house, contact, told, "canceled", why="caller_left")
        contact.consultation = None
        contact.others.append(told.leg)
        if told.mouth is not told.by:
            contact.replace(told.by, told.mouth)
            _drop(house, contact, told.by, ended_by, q850)
    elif told is not None:
        consulting.cancel(house, contact, "caller_left")
    _drop(house, contact, leg, ended_by, q850)
    contact.replace(leg, None)
    mixing.mix(house, contact)


def _drop(house: House, contact: Contact, leg: Leg, ended_by: str, q850: int) -> None:
    house.drop(contact, leg, ended_by, causes.name(q850))
    ending.free_agent(house, contact, leg)
