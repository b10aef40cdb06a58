"""The end: whoever hangs up first ends every leg in the same step, and the contact is told to be over exactly once.
(Of more than two parties some may stay: :mod:`switch.contact.leaving`.)"""

from switch import causes
from switch.contact import (
    consulting,
    following,
    leaving,
    recording,
    referring,
    supervising,
    surveying,
    transferring,
    voicemail,
    walking,
)
from switch.contact.state import Contact, Leg
from switch.events import ContactEnded, ReservationCompleted, SegmentBegan
from switch.house import House
from switch.sip.effects import Ended

GOODBYE = "goodbye"


def ended(house: House, contact: Contact, leg: Leg, told: Ended) -> None:
    """The far end of a leg hung up, cancelled, or was lost."""
    house.calls.pop(told.call, None)
    if leg.referred:
        return referring.left(house, contact)
    if told.call in leg.forks:
        leg.forks.remove(told.call)
        return None
    leg.call = ""
    q850 = 102 if told.how in ("no_ack", "lost", "expired") and told.q850 == 16 else told.q850
    who = "network" if told.how in ("no_ack", "lost", "expired") else "agent" if leg.agent else "customer"
    return leaving.left(house, contact, leg, ended_by=who, q850=q850)


def say_goodbye(house: House, contact: Contact, *sounds: str, said: tuple[str, ...] = ()) -> None:
    """Say something last (``said``: files), then hang up."""
    house.segment(contact, "closing", "goodbye")
    paths = [house.prompts.sound(sound, contact.language) for sound in (*sounds, "goodbye")]
    house.play(contact.caller_leg, GOODBYE, [*said, *paths])


def end(house: House, contact: Contact, *, ended_by: str, q850: int | None = None, status: int = 0) -> None:
    """Hang up on everybody, free the agents, close the file, say so. Does nothing the second time."""
    if contact.ended:
        return
    contact.ended = True
    if contact.gone is not None:  # the customer's last word was said when they left
        ended_by, q850 = contact.gone
    q850 = q850 if q850 is not None else causes.of_status(status) if status else 16
    supervising.end_all(house, contact, "left")
    surveying.cut(house, contact, ended_by)
    walking.abandon(house, contact)
    stop_changes(house, contact)
    if contact.queue:
        contact.abandoned = contact.queue if ended_by == "customer" else ""
        house.settle(house.desk.withdraw(contact.id, "abandoned" if ended_by == "customer" else "withdrawn", house.now))
    for ring in list(contact.rings.values()):
        if not ring.queue and ring.reservation:
            house.settle(house.desk.withdraw_offer(ring.reservation, house.now))
    recording.finish(house, contact)
    voicemail.finish(house, contact)
    _clear(house, contact, ended_by, q850, status)
    referring.outcome(house, contact, 487)
    contact.wake_at = None
    house.then(contact, _farewell, ended_by, q850, status)


def stop_changes(house: House, contact: Contact) -> None:
    """Nobody is consulted any more, nobody is on the way."""
    if (told := contact.consultation) is not None:
        consulting.tell(house, contact, told, "canceled", why="caller_left")
        contact.consultation = None
        consulting.take_back(house, contact, told)
    if contact.transfer is not None and contact.transfer.state != "failed":
        transferring.tell(house, contact, "canceled", "caller_left")
    contact.transfer = contact.returning = None


def _farewell(house: House, contact: Contact, ended_by: str, q850: int, status: int) -> None:
    following.follow(house, contact)
    house.tell(ContactEnded(contact=contact.id, ended_by=ended_by, cause=causes.name(q850), sip_status=status,
                            csta_cause=causes.csta(q850)))
    house.remember(f"contact/{contact.id}", None)


def wrap_up(house: House, contact: Contact, agent: str) -> None:
    """The contact is over, its agent still works on it."""
    house.tell(SegmentBegan(contact=contact.id, kind="wrap_up", owner=agent))


def _clear(house: House, contact: Contact, ended_by: str, q850: int, status: int) -> None:
    ringing = {ring.leg.id for ring in contact.rings.values() if ring.reservation}
    for leg in [leg for leg in contact.legs.values() if leg.id not in ringing]:
        if leg.call and not leg.up and status:
            house.calls.pop(leg.call, None)
            house.settle(house.endpoint.refuse(leg.call, status, house.now))
            leg.call = ""
        house.hang_up(leg, q850=q850)
        house.drop(contact, leg, ended_by, causes.name(q850), status)
        free_agent(house, contact, leg)


def free_agent(house: House, contact: Contact, leg: Leg) -> None:
    """The agent of this leg talks no more: on to after-call work, if they talked with the caller and the queue of the
    talk gives any; who was only consulted has none but that of the queue by which they were."""
    supervising.gone(house, contact, leg)
    complete(house, contact, leg)
    rules = house.settings.queues.get(leg.reserved_by or contact.served_queue) if leg.talked else None
    wrap_up = rules.wrap_up if rules is not None else None
    if leg.agent and all(other.agent != leg.agent for other in contact.legs.values()):
        house.settle(house.desk.disengage(leg.agent, contact.id, house.now, wrap_up=wrap_up))


def complete(house: House, contact: Contact, leg: Leg) -> None:
    """The talk that came of this leg's reservation is over; a number outside had none."""
    if leg.reservation:
        house.tell(ReservationCompleted(contact=contact.id, reservation=leg.reservation, agent=leg.agent,
                                        queue=leg.reserved_by))
        leg.reservation = ""
