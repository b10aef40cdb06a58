"""Supervisors in an agent's talk: they listen, whisper, break in, or take the caller over; several at once, each for
themselves and none of them heard by the others unless they are parties.

The supervisor's own phone is rung; when it is picked up, they are in the talk of that agent, wherever that goes on
(with the caller, or aside with whom the agent consults)::

                 picks up              whisper <----> monitor
    ringing -----------------> one of     |              |        barge: a party like any other
        |                                 +----> barge <-+
        v                                          |
      ended(why)                  take_over <------+--- any of them: the agent is free, the supervisor has the caller

While they monitor or whisper they are no party: nobody waits for them, and what they say is in no recording. Once they
have broken in they are one, whom the caller hears and the file has, until they step back or the agent leaves: then the
caller is theirs. Whether the others hear a sign of it, the settings say, by kind.
"""

from media.orders import Change
from switch.contact import conferencing, consulting, ending, mixing, ringing
from switch.contact.changes import Supervision
from switch.contact.state import Contact, Leg
from switch.events import (
    Established,
    SupervisionBegan,
    SupervisionChanged,
    SupervisionEnded,
    Transferred,
)
from switch.house import House
from switch.orders import OrderRefused

MOST = 4
"""Supervisors in one talk at once."""
SIGN = "supervision"
WHY = {480: "no_answer", 408: "unreachable", 503: "unreachable"}


def of(contact: Contact, by: str) -> Supervision | None:
    """How this supervisor is in the call; None = they are not."""
    return next((told for told in contact.supervisions if told.by == by), None)


def on(contact: Contact, leg: Leg) -> Supervision | None:
    """Whose leg this is, when it is a supervisor's."""
    return next((told for told in contact.supervisions if told.leg is leg), None)


def supervise(house: House, contact: Contact, talker: Leg, by: str, kind: str) -> None:
    """Ring the supervisor ``by`` for the talk of ``talker``; or change how they are in it. Raises :class:`OrderRefused`."""
    if (told := of(contact, by)) is not None:
        return _change(house, contact, told, kind)
    if len(contact.supervisions) >= MOST:
        names = ", ".join(each.by for each in contact.supervisions)
        raise OrderRefused("supervised", f"{MOST} supervisors at most are in one call; these are: {names}")
    if any(leg.agent == by for each in house.contacts.values() for leg in each.legs.values()):
        raise OrderRefused("busy", f"{by} has a call")
    if not house.endpoint.registrar.bindings(by, house.now):
        raise OrderRefused("unreachable", f"the phone of {by} is not registered")
    conferencing.room(contact)
    leg = house.new_leg(contact, by, agent=by)
    if leg is None:
        raise OrderRefused("overloaded", "every media seat is taken; try again in a moment")
    contact.supervisions.append(Supervision(by, talker.agent, kind, leg, house.now))
    return ringing.dial_own(house, contact, leg, auto_answer=house.settings.users[by].auto_answer)


def stop(house: House, contact: Contact, by: str) -> None:
    """The supervisor has heard enough."""
    if (told := of(contact, by)) is not None:
        end(house, contact, told, "stopped")


def answered(house: House, contact: Contact, leg: Leg) -> None:
    """The supervisor has picked up."""
    told = on(contact, leg)
    house.order(Change(leg.id, leg.stream))
    told.up, told.began = True, house.now
    told.told = _announced(house, contact, told.kind) or told.kind != "monitor"
    if told.kind != "take_over":
        _tell(house, contact, SupervisionBegan, told)
    _be(house, contact, told, told.kind)


def failed(house: House, contact: Contact, leg: Leg, status: int) -> None:
    """Their phone did not take it."""
    end(house, contact, on(contact, leg), WHY.get(status, "rejected"))


def without(house: House, contact: Contact, leg: Leg) -> bool:
    """Before ``leg`` leaves the talk: nobody supervises a talk that is none any more. Whether it was the supervisor who
    left, and all is done."""
    if not contact.supervisions:
        return False
    if (told := on(contact, leg)) is not None:
        end(house, contact, told, "hung_up")
        return True
    theirs = [each.leg for each in contact.supervisions]
    heirs = any(each.kind == "barge" and each.up and each.agent == leg.agent for each in contact.supervisions)
    if not heirs and sum(other is not leg and other not in theirs for other in contact.parties) < 2:
        end_all(house, contact, "left")
    return False


def gone(house: House, contact: Contact, leg: Leg) -> None:
    """The agent of this leg talks no more: their supervisors go, unless they have broken in and stay with the caller."""
    for told in [each for each in contact.supervisions if each.leg is not leg and each.agent == leg.agent]:
        if told.kind == "barge" and told.leg in contact.parties:
            contact.supervisions.remove(told)
            _tell(house, contact, SupervisionEnded, told, why="agent_left")
        else:
            end(house, contact, told, "agent_left")


def end_all(house: House, contact: Contact, why: str) -> None:
    """Nobody supervises this any more."""
    for told in list(contact.supervisions):
        end(house, contact, told, why)


def end(house: House, contact: Contact, told: Supervision, why: str) -> None:
    """They are out of it; the others go on."""
    if told.leg in contact.parties:
        contact.replace(told.leg, None)
    contact.supervisions.remove(told)
    _tell(house, contact, SupervisionEnded, told, why=why)
    house.drop(contact, told.leg, "supervisor", "normal_call_clearing")
    if not contact.ended:
        mixing.mix(house, contact)


def _change(house: House, contact: Contact, told: Supervision, kind: str) -> None:
    if told.kind == kind:
        raise OrderRefused("unchanged", f"{told.by} does that already")
    if not told.up:
        told.kind = kind
        return
    if told.leg in contact.parties and kind != "take_over":
        contact.replace(told.leg, None)
    told.told = told.told or kind != "monitor" or _announced(house, contact, kind)
    told.kind = kind
    if kind != "take_over":
        _tell(house, contact, SupervisionChanged, told)
    _be(house, contact, told, kind)


def _be(house: House, contact: Contact, told: Supervision, kind: str) -> None:
    """In the talk in this way from now on."""
    if kind == "take_over":
        return _take_over(house, contact, told)
    if kind == "barge":
        _party(house, contact, told)
        contact.others.append(told.leg)
    mixing.mix(house, contact)
    return _sign(house, contact, told, kind)


def _party(house: House, contact: Contact, told: Supervision) -> None:
    told.leg.talked = True
    house.tell(Established(contact=contact.id, leg=told.leg.id, party=told.leg.party))


def _take_over(house: House, contact: Contact, told: Supervision) -> None:
    """The agent is free, the supervisor has the caller. Whom the agent consults is let go of."""
    if contact.consultation is not None:
        consulting.cancel(house, contact, "taken_over")
    new, old = told.leg, next(leg for leg in contact.parties if leg.agent == told.agent)
    if new in contact.parties:
        contact.replace(new, None)
    else:
        _party(house, contact, told)
    contact.supervisions.remove(told)
    _tell(house, contact, SupervisionEnded, told, why="taken_over")
    house.tell(Transferred(contact=contact.id, by=old.party, to=f"agent:{new.party}"))
    contact.replace(old, new)
    if old.on_hold:
        contact.holds["agent"] = max(contact.holds.get("agent", 0.0), house.now - old.held_since)
    contact.talked_with = new.agent
    house.drop(contact, old, "supervisor", "normal_call_clearing")
    ending.free_agent(house, contact, old)
    mixing.mix(house, contact)
    _sign(house, contact, told, "take_over")


# -- what the others learn --------------------------------------------------------------------------------------------


def _announced(house: House, contact: Contact, kind: str) -> bool:
    rules = house.settings.queues.get(contact.served_queue)
    said = (rules.supervision if rules is not None else None) or house.settings.system.supervision
    return getattr(said, kind) == "announced"


def _sign(house: House, contact: Contact, told: Supervision, kind: str) -> None:
    """A sound for those who are to know: of a whisper the agent alone."""
    if not _announced(house, contact, kind):
        return
    rules = house.settings.queues.get(contact.served_queue)
    said = (rules.supervision if rules is not None else None) or house.settings.system.supervision
    path = house.prompts.sound(said.sound, contact.language)
    for leg in contact.parties:
        if leg is not told.leg and (kind != "whisper" or leg.agent == told.agent):
            house.play(leg, SIGN, (path,))


def _tell(house: House, contact: Contact, kind: type, told: Supervision, **more: str) -> None:
    house.tell(kind(contact=contact.id, by=told.by, agent=told.agent, kind=told.kind, leg=told.leg.id,
                    tell_agent=told.told, **more))
