"""The talk: joined, held, retrieved, handed on. All of it happens in media; no phone is re-INVITEd for it."""

from media import sdp
from media.orders import Change, Join, Part, Press
from switch.contact import arrival, ending, outside, recording, referring, waiting
from switch.contact.state import Contact, Leg, Ring
from switch.events import Established, Held, Retrieved, Transferred
from switch.house import House
from switch.orders import OrderRefused
from switch.routing import Destination, route
from switch.sip.effects import Answered, Reoffered


def begin(house: House, contact: Contact, leg: Leg, ring: Ring) -> None:
    """An agent has answered: from this frame on they hear each other."""
    if contact.ended:
        house.drop(contact, leg, "system", "normal_call_clearing")
        return
    for other in list(contact.rings.values()):
        house.hang_up(other.leg, q850=26, text="answered elsewhere")
    contact.agent_leg, contact.reservation, contact.reserved_by = leg, ring.reservation, ring.queue
    contact.served_queue = ring.queue or contact.served_queue
    contact.came_from = ""
    house.order(Change(leg.id, leg.stream))
    if not contact.caller_leg.up:
        arrival.pick_up(house, contact)
    arrival.answered(house, contact)
    join(house, contact)
    house.tell(Established(contact=contact.id, leg=leg.id, party=leg.party))
    referring.outcome(house, contact, 200)
    recording.start(house, contact)


def join(house: House, contact: Contact) -> None:
    """Let the two sides hear each other."""
    house.order(Join(contact.caller_leg.id, contact.agent_leg.id))
    house.segment(contact, "talk", contact.agent_leg.party)


def own_phone_up(house: House, contact: Contact, leg: Leg) -> None:
    """The agent who clicked a number has picked up: the call goes on as if they had dialled it."""
    house.order(Change(leg.id, leg.stream))
    destination, contact.destination = Destination.parse(contact.destination), ""
    house.music(contact, leg, "ringback")
    if destination.kind not in ("extension", "outside"):
        arrival.answered(house, contact)
    arrival.proceed(house, contact, destination)


def hold(house: House, contact: Contact, leg: Leg) -> None:
    """``leg`` puts the other party on hold: they hear music."""
    other = contact.other(leg)
    if leg.on_hold or other is None:
        return
    leg.on_hold, leg.held_since = True, house.now
    house.order(Part(leg.id))
    house.music(contact, other, _music(house, contact))
    house.segment(contact, "hold", leg.party)
    house.tell(Held(contact=contact.id, leg=leg.id, party=leg.party))


def retrieve(house: House, contact: Contact, leg: Leg) -> None:
    """``leg`` takes the other party back; they talk again unless that one holds too."""
    if not leg.on_hold:
        return
    leg.on_hold = False
    who = "agent" if leg is contact.agent_leg else "caller"
    contact.holds[who] = max(contact.holds.get(who, 0.0), house.now - leg.held_since)
    house.tell(Retrieved(contact=contact.id, leg=leg.id, party=leg.party))
    other = contact.other(leg)
    if other is not None and not other.on_hold:
        join(house, contact)


def reoffered(house: House, contact: Contact, leg: Leg, told: Reoffered) -> None:
    """A phone changes its stream: hold, resume, a new address."""
    if told.sdp is None:
        leg.offer, leg.stream = sdp.offer(**house.ours(leg)), None
        return house.settle(house.endpoint.answer(told.call, leg.offer, house.now))
    try:
        agreed = sdp.answer(told.sdp, **house.ours(leg))
    except (sdp.Unacceptable, sdp.Malformed) as error:
        status = 488 if isinstance(error, sdp.Unacceptable) else 400
        return house.settle(house.endpoint.refuse(told.call, status, house.now))
    leg.offer, leg.stream = agreed.sdp, agreed.stream
    house.order(Change(leg.id, agreed.stream))
    house.settle(house.endpoint.answer(told.call, agreed.sdp, house.now))
    if agreed.stream.direction in ("recvonly", "inactive"):
        return hold(house, contact, leg)
    return retrieve(house, contact, leg)


def renegotiated(house: House, leg: Leg, told: Answered) -> None:
    """The answer to a re-INVITE of ours."""
    try:
        leg.stream = sdp.agree(leg.offer, told.sdp or b"")
    except (sdp.Unacceptable, sdp.Malformed):
        return
    house.order(Change(leg.id, leg.stream))


def press(house: House, contact: Contact, leg: Leg, digit: str, way: str) -> None:
    """A key in a talk. Media passes RFC 4733 on by itself; what came by INFO is pressed for it."""
    other = contact.other(leg)
    if way == "info" and other is not None and not leg.on_hold:
        house.order(Press(other.id, digit))


def transfer(house: House, contact: Contact, by: Leg, to: str, note: str) -> None:
    """Blind transfer: the agent is free at once, the caller hears music until the next party answers."""
    target = _target(house, to, by)
    house.tell(Transferred(contact=contact.id, by=by.party, to=to, note=note))
    contact.note, contact.note_by, contact.came_from = note, by.party, by.agent
    contact.notified = True
    leave(house, contact, by)
    if contact.caller_leg is by:
        ending.complete(house, contact)
        contact.caller_leg, contact.agent_leg = contact.agent_leg, None
    contact.caller_leg.on_hold = False
    house.music(contact, contact.caller_leg, _music(house, contact))
    if target.kind == "queue":
        return waiting.approach(house, contact, target.target)
    return arrival.proceed(house, contact, target)


def _target(house: House, to: str, by: Leg) -> Destination:
    """Where a transfer leads. Raises :class:`OrderRefused` when that is nowhere."""
    kind, _, name = to.partition(":")
    if kind == "queue" and name in house.settings.queues:
        return Destination("queue", name)
    number = name if kind == "agent" else to
    target = route(house.settings, number, house.now)
    if target is None or (kind == "agent" and target.kind != "extension"):
        raise OrderRefused("unknown_destination", f"{to} leads nowhere: name queue:NAME, agent:NUMBER or a number")
    if target.kind == "outside":
        outside.ways(house, outside.account(by), target.target)
    if target.target == by.agent:
        raise OrderRefused("same_agent", "a call cannot be transferred to the agent who has it")
    refusal = house.desk.refusal(target.target, "") if target.kind == "extension" else ""
    if refusal:
        raise OrderRefused(refusal, f"agent {target.target} cannot take the call now: {refusal}")
    return target


def leave(house: House, contact: Contact, leg: Leg) -> None:
    """An agent's part in the contact is over; the contact goes on without them."""
    rings = contact.agent_leg is leg
    house.drop(contact, leg, "agent", "normal_call_clearing")
    ending.free_agent(house, contact, leg)
    if rings:
        contact.agent_leg = None


def _music(house: House, contact: Contact) -> str:
    queue = contact.served_queue
    return house.settings.queues[queue].music if queue in house.settings.queues else "music"
