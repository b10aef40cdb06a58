"""Where a transfer or a consultation may lead, and why it may not."""

from switch.contact import outside
from switch.contact.state import Contact, Leg
from switch.house import House
from switch.orders import OrderRefused
from switch.routing import Destination, route

PEOPLE = ("queue", "extension", "outside")


def find(house: House, contact: Contact, to: str, by: str) -> Destination:
    """``queue:NAME``, ``agent:NUMBER`` or a number. ``by``: the agent on whose account; empty = nobody's. Raises
    :class:`OrderRefused` when it leads nowhere now."""
    kind, _, name = to.partition(":")
    if kind == "queue" and name in house.settings.queues:
        return _open(house, contact, Destination("queue", name))
    number = name if kind == "agent" else to
    target = route(house.settings, number, house.now, house.doors)
    if target is None or (kind == "agent" and target.kind != "extension"):
        raise OrderRefused("unknown_destination", f"{to} leads nowhere: name queue:NAME, agent:NUMBER or a number")
    if target.kind == "queue":
        return _open(house, contact, target)
    if target.kind == "outside":
        outside.ways(house, _account(by), target.target)
    if target.kind != "extension":
        return target
    if target.target == by:
        raise OrderRefused("same_agent", "a call cannot be transferred to the agent who has it")
    if refusal := house.desk.refusal(target.target, ""):
        raise OrderRefused(refusal, f"agent {target.target} cannot take the call now: {refusal}")
    return target


def _account(by: str) -> str:
    if not by:
        raise OrderRefused("not_allowed", "only agents may lead a call outside")
    return by


def _open(house: House, contact: Contact, target: Destination) -> Destination:
    """A queue that would turn the caller away at its door is no destination; their own takes them back in any case."""
    refusal = house.desk.refuses(target.target)
    if refusal and target.target != contact.served_queue:
        raise OrderRefused(refusal, f"queue {target.target} takes nobody now: {refusal}")
    return target


def find_person(house: House, contact: Contact, to: str, by: Leg) -> Destination:
    """Whom a consultation may ask: somebody who answers, not a machine."""
    target = find(house, contact, to, by.agent)
    if target.kind not in PEOPLE:
        raise OrderRefused("not_a_person", f"{to} is a {target.kind}: ask an agent or a queue, or transfer there")
    if target.kind == "queue" and (refusal := house.desk.refuses(target.target)):
        raise OrderRefused(refusal, f"queue {target.target} takes nobody now: {refusal}")
    return target
