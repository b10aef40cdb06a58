"""What may be asked of the switch, obeyed: one function an order, from :mod:`switch.orders` to the contact or the desk.

Whether the asker may ask this is decided before (by the CTI session, from the token); here it is only whether it can be.
"""

from collections.abc import Callable
from typing import Any

from switch import opening, orders, overload, talks
from switch.acd.desk import Refused
from switch.acd.rules import QueueRules
from switch.contact import closing, following, outside, ringing
from switch.effects import FindCustomer
from switch.events import (
    CommandObeyed,
    CommandRefused,
    ContactNoted,
    ContactOffered,
    ContactPulled,
    VoicemailHeard,
)
from switch.hours.doors import Hand
from switch.house import House
from switch.mistakes import suggest
from switch.orders import OrderRefused
from switch.routing import route
from switch.watching import telling
from switch.watching.targets import own_boxes

NOTE = 2000
"""Characters of a note."""
WHY = 200
"""Characters of a reason that are kept."""


def obey(house: House, order: orders.Order, by: str) -> dict[str, Any]:
    """Do it. Raises :class:`~switch.orders.OrderRefused`; then nothing has changed, but that it is written down."""
    agent = "" if isinstance(order, orders.HouseOrder) else order.agent or by
    in_call = isinstance(order, orders.CallOrder) and agent in house.settings.users  # a supervisor, who has no seat
    if agent and agent not in house.desk.rules and not in_call:
        raise OrderRefused("unknown_agent", f"{agent} is not an agent of this switch")
    try:
        result = _HOW[type(order)](house, by if isinstance(order, orders.SupervisorOrder) else agent or by, order)
    except (Refused, OrderRefused) as refusal:
        named = getattr(order, "contact", "") or (house.desk.state(agent).contact if agent in house.desk.rules else "")
        house.tell(CommandRefused(by=by, command=order.__struct_config__.tag, agent=agent, code=refusal.code,
                                  contact=named if named in house.contacts else ""))
        raise OrderRefused(refusal.code, getattr(refusal, "reason", str(refusal))) from None
    if "contact" in result:
        house.touched.add(result["contact"])
    house.tell(CommandObeyed(by=by, command=order.__struct_config__.tag, agent=agent,
                             contact=result.get("contact", "")))
    return result


# -- the seat ---------------------------------------------------------------------------------------------------------


def _log_in(house: House, agent: str, order: orders.LogIn) -> dict[str, Any]:
    house.settle(house.desk.log_in(agent, house.now, ready=order.ready))
    return _seat(house, agent)


def _log_out(house: House, agent: str, _: orders.LogOut) -> dict[str, Any]:
    house.settle(house.desk.log_out(agent, house.now))
    return _seat(house, agent)


def _set_state(house: House, agent: str, order: orders.SetState) -> dict[str, Any]:
    if order.state == "ready":
        house.settle(house.desk.set_ready(agent, house.now))
    elif order.state == "not_ready":
        house.settle(house.desk.set_not_ready(agent, order.reason, house.now))
    else:
        raise OrderRefused("bad_state", f"state is {order.state!r}: write ready or not_ready")
    return _seat(house, agent)


def _extend_wrap_up(house: House, agent: str, order: orders.ExtendWrapUp) -> dict[str, Any]:
    house.settle(house.desk.extend_wrap_up(agent, order.seconds, house.now))
    return _seat(house, agent)


def _end_wrap_up(house: House, agent: str, _: orders.EndWrapUp) -> dict[str, Any]:
    house.settle(house.desk.end_wrap_up(agent, house.now))
    return _seat(house, agent)


def _seat(house: House, agent: str) -> dict[str, Any]:
    seat = house.desk.state(agent)
    return {"agent": agent, "state": seat.state, "reason": seat.reason}


# -- the call ---------------------------------------------------------------------------------------------------------


def _make_call(house: House, agent: str, order: orders.MakeCall) -> dict[str, Any]:
    if house.draining:
        raise OrderRefused("overloaded", "the switch is about to stop and takes no new calls")
    destination = route(house.settings, order.to, house.now, house.doors)
    if destination is None or destination.target == agent:
        raise OrderRefused("unknown_destination", f"{order.to} leads nowhere from here")
    if destination.kind == "outside":
        outside.ways(house, agent, destination.target)
    if not house.endpoint.registrar.bindings(agent, house.now):
        raise OrderRefused("unreachable", f"the phone of {agent} is not registered")
    if house.desk.state(agent).state in ("busy", "reserved"):
        raise OrderRefused("busy", f"{agent} has a call")
    if overload.keeps_out(house, destination):
        raise OrderRefused("overloaded", f"there is too much to do; try again in {overload.refuse(house)} s")
    called, direction = (destination.target, "outbound") if destination.kind == "outside" else (order.to, "internal")
    contact = house.new_contact(caller=agent, caller_name=house.settings.users[agent].rules.name, called=called,
                                direction=direction)
    leg = house.new_leg(contact, agent, agent=agent)
    if leg is None:
        house.forget(contact)
        raise OrderRefused("overloaded", "every media seat is taken; try again in a moment")
    contact.caller_leg, contact.destination = leg, f"{destination.kind}:{destination.target}"
    contact.withheld, contact.closed_said = order.anonymous, closing.of_number(house, contact, order.to)
    house.tell(ContactOffered(contact=contact.id, caller=agent, caller_name=contact.caller_name, called=called,
                              direction=direction))
    house.ask(FindCustomer(contact.id, called))
    house.segment(contact, "ring", agent)
    house.settle(house.desk.engage(agent, contact.id, house.now))
    ringing.dial_own(house, contact, leg, auto_answer=house.settings.users[agent].auto_answer)
    house.touched.add(contact.id)
    return {"contact": contact.id}


def _note(house: House, agent: str, order: orders.NoteContact) -> dict[str, Any]:
    """Whoever talks, or works on what was said, says what came of it."""
    if agent not in house.desk.rules:
        raise OrderRefused("no_call", f"{agent} has no seat")
    seat = house.desk.state(agent)
    contact = order.contact or seat.contact
    if not contact or contact != seat.contact or seat.state == "reserved":
        raise OrderRefused("no_call", f"{agent} has no such contact, in a talk or in after-call work")
    codes = {code for queue in house.settings.users[agent].rules.queues for code in house.settings.queues[queue].outcomes}
    if order.outcome and order.outcome not in codes:
        raise OrderRefused("unknown_outcome", suggest(order.outcome[:60], codes))
    if len(order.note) > NOTE:
        raise OrderRefused("bad_params", f"the note has {len(order.note)} characters of at most {NOTE}")
    house.tell(ContactNoted(contact=contact, agent=agent, outcome=order.outcome, note=order.note))
    following.noted(house, contact, agent, order.outcome)
    return {"contact": contact}


def _mark_heard(house: House, agent: str, order: orders.MarkVoicemailHeard) -> dict[str, Any]:
    if order.box not in own_boxes(house.settings, agent):
        raise OrderRefused("unknown_box", f"{order.box[:60]} is no mailbox of {agent} or of its queues")
    new = house.boxes[order.box].new
    if new:
        house.boxes.heard(order.box)
        house.tell(VoicemailHeard(box=order.box, by=agent, messages=new))
        telling.box_changed(house, order.box)
    return {"box": order.box, "messages": new}


# -- the house ---------------------------------------------------------------------------------------------------------


def _close(house: House, by: str, order: orders.CloseHours) -> dict[str, Any]:
    return _by_hand(house, order.hours, Hand(False, by, order.why[:WHY], _until(house, order)))


def _open(house: House, by: str, order: orders.OpenHours) -> dict[str, Any]:
    until = _until(house, order)
    force = house.doors.calendar(order.hours).rules.force_open
    if until is not None and not force:
        raise OrderRefused("bad_moment", f"{order.hours} opens by its calendar (`force_open` is false), not until a moment")
    return _by_hand(house, order.hours, Hand(True, by, order.why[:WHY], until) if force else None)


def _pull_forward(house: House, by: str, order: orders.PullForward) -> dict[str, Any]:
    house.settle(house.desk.pull_forward(order.contact, house.now))
    queue, position = house.contacts[order.contact].queue, house.desk.position(order.contact)
    house.tell(ContactPulled(contact=order.contact, queue=queue, by=by, position=position))
    return {"contact": order.contact, "queue": queue, "position": position}


def _close_queue(house: House, by: str, order: orders.CloseQueue) -> dict[str, Any]:
    hours = _queue(house, order).hours
    until = opening.until(house, hours, order.until)
    opening.close_queue(house, order.queue, Hand(False, by, order.why[:WHY], until))
    return {"queue": order.queue, "closed": True, "until": until}


def _open_queue(house: House, by: str, order: orders.OpenQueue) -> dict[str, Any]:
    _queue(house, order)
    opening.open_queue(house, order.queue, by, order.why[:WHY])
    return {"queue": order.queue, "closed": house.desk.refuses(order.queue) == "closed"}


def _queue(house: House, order: orders.QueueOrder) -> QueueRules:
    if order.queue not in house.settings.queues:
        raise OrderRefused("unknown_queue", suggest(order.queue[:60], house.settings.queues))
    return house.settings.queues[order.queue]


def _follow(house: House, _: str, order: orders.FollowHours) -> dict[str, Any]:
    _until(house, order)
    return _by_hand(house, order.hours, None)


def _by_hand(house: House, name: str, hand: Hand | None) -> dict[str, Any]:
    opening.by_hand(house, name, hand)
    return opening.state(house, name)


def _until(house: House, order: orders.HoursOrder) -> float | None:
    if order.hours not in house.doors.names:
        raise OrderRefused("unknown_hours", suggest(order.hours, house.doors.names))
    return opening.until(house, order.hours, getattr(order, "until", ""))


_HOW: dict[type, Callable[..., dict[str, Any]]] = {
    orders.LogIn: _log_in, orders.LogOut: _log_out, orders.SetState: _set_state,
    orders.ExtendWrapUp: _extend_wrap_up, orders.EndWrapUp: _end_wrap_up, orders.MakeCall: _make_call,
    orders.NoteContact: _note,
    orders.MarkVoicemailHeard: _mark_heard, orders.CloseHours: _close, orders.OpenHours: _open, orders.FollowHours: _follow,
    orders.PullForward: _pull_forward, orders.CloseQueue: _close_queue, orders.OpenQueue: _open_queue,
} | talks.HOW
