"""A consultation: one party of a talk asks an agent or a queue, while the others wait over music.

The consulted are told of it like of any call: reservation, pop, ring. What the two say to each other is theirs: the caller
does not hear it, and it is not in the caller's recording. It ends in one of four ways, told to everybody in it:

- completed, *transferred*: the caller is with the consulted, the consulting party is free;
- completed, *conferenced*: all three talk;
- canceled: the consulting party takes the caller back, or the caller is gone;
- failed, saying why (busy, rejected, timeout, unreachable, logged_out, no_agents, full, closed, cleared ...): the caller
  is back with the consulting party in the same step, because both of them wait for each other.
"""

import switch.acd.effects as acd
from media.orders import Change
from switch.contact import ending, mixing, outside, targets, transferring
from switch.contact.changes import Consultation
from switch.contact.state import Contact, Leg
from switch.events import ConsultationChanged, ContactDequeued, ContactQueued, Established, Held, Retrieved
from switch.house import House
from switch.orders import OrderRefused


def consult(house: House, contact: Contact, by: Leg, to: str, note: str = "", mouth: Leg | None = None) -> None:
    """Ask ``to`` something; the caller hears music. ``mouth``: a second call of the same phone, which asks instead of
    the first. Raises :class:`OrderRefused`; then nothing has changed."""
    if contact.consultation is not None:
        raise OrderRefused("consulting", "somebody of this call is being consulted already")
    if contact.gone is not None:
        raise OrderRefused("caller_left", "the caller is gone")
    target = targets.find_person(house, contact, to, by)
    identity = f"k{house.rng.getrandbits(48):012x}"
    contact.consultation = told = Consultation(identity, by, mouth or by, to, target, note, house.now)
    contact.hand_over(note, by.party)
    if not by.on_hold:
        by.held_since = house.now
        house.tell(Held(contact=contact.id, leg=by.id, party=by.party))
    if told.mouth is by:
        by.on_hold = False
    tell(house, contact, told, "initiated")
    if told.queue:
        told.joined_at = house.now
        house.settle(house.desk.join(contact.id, told.queue, house.now, priority=contact.priority, avoid=by.agent))
    elif target.kind == "extension":
        house.settle(house.desk.offer(contact.id, target.target, house.now))
    else:
        outside.call(house, contact, target.target, by.agent)
    mixing.mix(house, contact)


def tell(house: House, contact: Contact, told: Consultation, state: str, party: str = "", why: str = "") -> None:
    """The consultation stands like this now."""
    told.state = state
    party = party or (told.leg.party if told.leg is not None else "")
    house.tell(ConsultationChanged(contact=contact.id, consultation=told.id, by=told.by.party, to=told.to, state=state,
                                   party=party, why=why))


def open_of(contact: Contact, by: Leg) -> Consultation:
    """The consultation of this party. Raises :class:`OrderRefused` when there is none."""
    told = contact.consultation
    if told is None or by not in (told.by, told.mouth):
        raise OrderRefused("not_consulting", "you consult nobody now")
    return told


# -- on the way to the consulted --------------------------------------------------------------------------------------


def joined(house: House, contact: Contact, news: acd.Joined) -> None:
    """It stands in line, under the contact's name."""
    told = contact.consultation
    house.tell(ContactQueued(contact=contact.id, queue=news.queue, position=news.position, staffed=news.staffed,
                             expected_wait=news.expected_wait, priority=contact.priority))
    tell(house, contact, told, "queued")
    mixing.mix(house, contact)


def left(house: House, contact: Contact, news: acd.Left) -> None:
    """The line was left: by an answer, or because the queue gives nobody."""
    house.tell(ContactDequeued(contact=contact.id, queue=news.queue, why=news.why, waited=news.waited,
                               announced_wait=news.announced_wait, agent=news.agent))
    told = contact.consultation
    if told is not None and told.queue == news.queue and not told.up and news.why != "answered":
        fail(house, contact, news.why)


def rings(house: House, contact: Contact, party: str) -> None:
    """The phone of the consulted rings."""
    told = contact.consultation
    if told.state in ("initiated", "queued"):
        tell(house, contact, told, "ringing", party)
        mixing.mix(house, contact)


def released(house: House, contact: Contact, news: acd.Release) -> None:
    """They did not take it: on in the line, or the end of it."""
    told = contact.consultation
    if told is None or told.up or contact.rings:
        return
    if not told.queue:
        fail(house, contact, news.why if news.outcome == "rescinded" else news.outcome, news.agent)
    elif told.state == "ringing":
        tell(house, contact, told, "queued")
        mixing.mix(house, contact)


def established(house: House, contact: Contact, leg: Leg) -> None:
    """They have answered: the two speak, and only they."""
    told = contact.consultation
    told.leg = leg
    house.order(Change(leg.id, leg.stream))
    tell(house, contact, told, "established")
    mixing.mix(house, contact)


# -- what the consulting party does -----------------------------------------------------------------------------------


def alternate(house: House, contact: Contact, by: Leg) -> None:
    """Swap: speak with the caller while the consulted wait, and back."""
    told = open_of(contact, by)
    if not told.up:
        raise OrderRefused("not_established", "nobody has answered yet")
    if told.state == "held":
        by.held_since = house.now
        house.tell(Held(contact=contact.id, leg=by.id, party=by.party))
        tell(house, contact, told, "established")
    else:
        _retrieved(house, contact, by)
        tell(house, contact, told, "held")
    mixing.mix(house, contact)


def cancel(house: House, contact: Contact, why: str = "") -> None:
    """Hang up on the consulted, whatever they do; back to the caller."""
    _close(house, contact, "canceled", why)


def fail(house: House, contact: Contact, why: str, party: str = "") -> None:
    """Nobody answered, or the consulted hung up: back to the caller."""
    _close(house, contact, "failed", why, party)


def _close(house: House, contact: Contact, state: str, why: str, party: str = "") -> None:
    told = contact.consultation
    was = told.state
    tell(house, contact, told, state, party, why)
    contact.consultation = None
    take_back(house, contact, told)
    if told.leg is not None:
        _drop(house, contact, told.leg)
    if told.mouth is not told.by:
        _drop(house, contact, told.mouth)
    elif was != "held":
        _retrieved(house, contact, told.by)
    contact.hand_over("", "")
    mixing.mix(house, contact)


def take_back(house: House, contact: Contact, told: Consultation) -> None:
    """Leave the line, stop the phones."""
    if told.queue:
        house.settle(house.desk.withdraw(contact.id, "withdrawn", house.now))
    for name, ring in list(contact.rings.items()):
        if not ring.reservation:
            del contact.rings[name]
            house.drop(contact, ring.leg, "agent", "normal_call_clearing")
        elif not ring.queue:
            house.settle(house.desk.withdraw_offer(ring.reservation, house.now))


def _drop(house: House, contact: Contact, leg: Leg) -> None:
    house.drop(contact, leg, "agent", "normal_call_clearing")
    ending.free_agent(house, contact, leg)


def _retrieved(house: House, contact: Contact, by: Leg) -> None:
    """They are back with the caller: so long was the caller held."""
    who = "caller" if by is contact.caller_leg else "agent"
    contact.holds[who] = max(contact.holds.get(who, 0.0), house.now - by.held_since)
    house.tell(Retrieved(contact=contact.id, leg=by.id, party=by.party))


# -- how it ends well -------------------------------------------------------------------------------------------------


def complete(house: House, contact: Contact, by: Leg) -> None:
    """Attended transfer. Before they have answered: the caller goes on to wait for them instead."""
    told = open_of(contact, by)
    if not told.up and contact.others:
        raise OrderRefused("not_established", "nobody has answered yet, and a conference cannot wait for them")
    hand_over(house, contact, told, "agent")


def hand_over(house: House, contact: Contact, told: Consultation, ended_by: str) -> None:
    """Whoever consults is out of it, by a click or because they hung up; the caller is with the consulted, or on the way
    to them."""
    if not told.up:
        return transferring.consulted_rings(house, contact, told, ended_by)
    leg, was = told.leg, told.state
    tell(house, contact, told, "completed", why="transferred")
    contact.consultation = None
    if was != "held":
        _retrieved(house, contact, told.by)
    transferring.attended(house, contact, told, ended_by)
    contact.replace(told.by, leg)
    return join(house, contact, leg)


def conference(house: House, contact: Contact, by: Leg) -> None:
    """All of them talk with each other."""
    told = open_of(contact, by)
    if not told.up:
        raise OrderRefused("not_established", "nobody has answered yet")
    if told.mouth is not told.by:
        raise OrderRefused("two_calls", "the phone has two calls of its own, and mixes them itself")
    leg, was = told.leg, told.state
    tell(house, contact, told, "completed", why="conferenced")
    contact.consultation = None
    if was != "held":
        _retrieved(house, contact, told.by)
    contact.others.append(leg)
    join(house, contact, leg)


def join(house: House, contact: Contact, leg: Leg) -> None:
    """The consulted hear the caller from now on."""
    leg.talked, contact.talked_with = True, leg.agent or contact.talked_with
    house.tell(Established(contact=contact.id, leg=leg.id, party=leg.party))
    mixing.mix(house, contact)
