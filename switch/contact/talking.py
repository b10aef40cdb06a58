"""The talk: joined, held, retrieved. All of it happens in media; no phone is re-INVITEd for it."""

from media.orders import Change, Press
from switch.contact import arrival, consulting, ending, mixing, recording, transferring
from switch.contact.state import Contact, Leg, Ring
from switch.events import Held, Retrieved
from switch.house import House
from switch.routing import Destination


def begin(house: House, contact: Contact, leg: Leg, ring: Ring) -> None:
    """An agent has answered: from this frame on they hear each other; or only who consults hears them."""
    told = contact.consultation
    if contact.ended or (contact.agent_leg is not None and (told is None or told.up)):
        return _too_late(house, contact, leg)
    for other in list(contact.rings.values()):
        house.hang_up(other.leg, q850=26, text="answered elsewhere")
    if told is not None:
        return consulting.established(house, contact, leg)
    contact.agent_leg = leg
    contact.served_queue = ring.queue or contact.served_queue
    house.order(Change(leg.id, leg.stream))
    if not contact.caller_leg.up:
        arrival.pick_up(house, contact)
    arrival.answered(house, contact)
    mixing.mix(house, contact)
    transferring.arrived(house, contact, leg)
    return recording.start(house, contact)


def _too_late(house: House, contact: Contact, leg: Leg) -> None:
    """Whoever it was for has gone in the same moment."""
    if leg.id in contact.legs:
        house.drop(contact, leg, "system", "normal_call_clearing")
        ending.free_agent(house, contact, leg)


def own_phone_up(house: House, contact: Contact, leg: Leg) -> None:
    """The agent who clicked a number has picked up: the call goes on as if they had dialled it."""
    house.order(Change(leg.id, leg.stream))
    destination, contact.destination = Destination.parse(contact.destination), ""
    house.music(contact, leg, "ringback")
    if destination.kind not in ("extension", "outside"):
        arrival.answered(house, contact)
    arrival.proceed(house, contact, destination)


def hold(house: House, contact: Contact, leg: Leg) -> None:
    """``leg`` does not listen any more: who is left alone with that hears music."""
    if leg.on_hold or contact.agent_leg is None or not leg.up:
        return None
    if _listens(contact, leg):
        leg.on_hold = True
        return mixing.mix(house, contact)
    leg.on_hold, leg.held_since = True, house.now
    house.tell(Held(contact=contact.id, leg=leg.id, party=leg.party))
    return mixing.mix(house, contact)


def retrieve(house: House, contact: Contact, leg: Leg) -> None:
    """``leg`` is back; they talk again unless the other one holds too."""
    if not leg.on_hold:
        return None
    leg.on_hold = False
    if _listens(contact, leg):
        return mixing.mix(house, contact)
    who = "caller" if leg is contact.caller_leg else "agent"
    contact.holds[who] = max(contact.holds.get(who, 0.0), house.now - leg.held_since)
    house.tell(Retrieved(contact=contact.id, leg=leg.id, party=leg.party))
    return mixing.mix(house, contact)


def _listens(contact: Contact, leg: Leg) -> bool:
    """Whether this is a supervisor who is no party: whether they listen is nobody's business."""
    return any(told.leg is leg for told in contact.supervisions) and leg not in contact.parties


def press(house: House, contact: Contact, leg: Leg, digit: str, way: str) -> None:
    """A key in a talk. Media passes RFC 4733 on by itself; what came by INFO is pressed for it."""
    if way == "info":
        for other in mixing.listeners(contact, leg):
            house.order(Press(other.id, digit))
