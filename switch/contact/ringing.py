"""An agent is asked: the screen first, then the phone.

The law is that the pop comes first: the INVITE leaves when the screens have been told (the world answers ``popped``), or
50 ms later when they have not. An agent's phone may be registered at several places; all of them ring, the first 200 wins,
the others are cancelled in the same step.
"""

from dataclasses import replace

import switch.acd.effects as acd
import switch.sip.effects as sip
from media import sdp
from switch.addresses import by_browser
from switch.contact import (
    arrival,
    consulting,
    ending,
    insisting,
    mixing,
    outside,
    redirecting,
    returning,
    supervising,
    talking,
    transferring,
)
from switch.contact.state import Contact, Fork, Leg, Ring
from switch.effects import ShowPop
from switch.events import (
    Delivered,
    Pop,
    ReservationAccepted,
    ReservationCanceled,
    ReservationCreated,
    ReservationRejected,
    ReservationRescinded,
    ReservationTimedOut,
    Step,
)
from switch.house import House
from switch.routing import Destination

POP_SECONDS = 0.05
AUTO_ANSWER = (("Call-Info", "<sip:shoal>;answer-after=0"), ("Alert-Info", "<http://shoal>;info=alert-autoanswer"))
"""How phones are asked to pick up by themselves: most read the first, some only the second."""


def ring_agent(house: House, contact: Contact, agent: str) -> None:
    """Call an agent by number, outside any queue."""
    refusal = house.desk.refusal(agent, contact.id)
    if not refusal and contact.instance and not _phones(house, contact, agent):
        refusal = "unreachable"
    if refusal:
        return unreached(house, contact, agent, refusal)
    house.segment(contact, "ring", agent)
    if contact.caller_leg.up:  # who was transferred goes on hearing music
        house.music(contact, contact.caller_leg, "ringback" if contact.transfer is None else mixing.music(house, contact))
    return house.settle(house.desk.offer(contact.id, agent, house.now))


def reserve(house: House, contact: Contact, told: acd.Reserve) -> None:
    """The desk offers the contact to an agent: pop the screen."""
    leg = house.new_leg(contact, told.agent, agent=told.agent)
    if leg is None:
        return house.settle(house.desk.reject(told.reservation, house.now, why="unreachable",
                                               after_no_answer=False))
    leg.side = next((binding.source.host for binding in _phones(house, contact, leg.agent)), "")
    leg.offer = sdp.offer(**house.ours(leg))
    house.open(leg)
    contact.rings[told.reservation] = Ring(told.reservation, told.agent, told.queue, leg, told.expires_at,
                                            house.now + POP_SECONDS)
    number = house.tell(ReservationCreated(contact=contact.id, reservation=told.reservation, agent=told.agent,
                                           queue=told.queue, expires_at=told.expires_at, pop=pop(house, contact)))
    if contact.consultation is None:
        house.segment(contact, "ring", told.agent if len(contact.rings) == 1 else told.queue)
    return house.ask(ShowPop(contact.id, told.reservation, told.agent, number))


def pop(house: House, contact: Contact) -> Pop:
    """What the screen shows."""
    queue = contact.queue or contact.served_queue
    return Pop(contact=contact.id, caller=contact.caller, caller_name=contact.caller_name, called=contact.called,
               diverted_from=contact.diverted_from, queue=queue, customer=contact.customer,
               way=tuple(Step(*step) for step in contact.way),
               collected=dict(contact.collected), ivr_seconds=round(contact.ivr_seconds, 3),
               wait_seconds=round(house.now - contact.queued_at, 3) if contact.queue else 0.0,
               note=contact.note, note_by=contact.note_by, returned=contact.returned, returned_by=contact.returned_by,
               url=_safe(contact.customer.url))


def _safe(url: str) -> str:
    """A page that a screen may open; what would run on it (``javascript:``) is none."""
    return url if url.startswith(("http://", "https://")) else ""


def popped(house: House, contact: Contact, reservation: str) -> None:
    """The screens know; now the phone."""
    ring = contact.rings.get(reservation)
    if ring is None or ring.pop_by is None:
        return
    ring.pop_by = None
    dial(house, contact, ring.leg, auto_answer=False)


def dial(house: House, contact: Contact, leg: Leg, *, auto_answer: bool) -> None:
    """INVITE every binding of the agent's phone."""
    for binding in _phones(house, contact, leg.agent):
        dial_one(house, contact, leg, binding, auto_answer=auto_answer)


def dial_one(house: House, contact: Contact, leg: Leg, binding: sip.Binding, *, auto_answer: bool) -> None:
    """INVITE one of them."""
    headers = AUTO_ANSWER if auto_answer else ()
    _invite(house, contact, leg, Fork(binding.contact, binding.source, headers, _offer(house, leg, binding.source)))


def _offer(house: House, leg: Leg, phone: sip.Address) -> bytes:
    """What this phone is offered: where an agent has both a browser and a phone on the desk, neither takes the other's."""
    return leg.offer if by_browser(phone) == sdp.for_browser(leg.offer) else sdp.offer(**house.ours(leg, phone))


def _invite(house: House, contact: Contact, leg: Leg, fork: Fork) -> None:
    call = f"{leg.id}.{house.rng.getrandbits(32):08x}"
    leg.forks.append(call)
    leg.invited[call] = fork
    house.settle(house.endpoint.invite(call, fork.uri, fork.way, house.now, caller=contact.caller,
                                       caller_name=contact.customer.name or contact.caller_name, sdp=fork.offer,
                                       headers=fork.headers, hops=max(contact.hops, 0)))
    house.bind(contact, leg, call)


def _phones(house: House, contact: Contact, agent: str) -> tuple[sip.Binding, ...]:
    """Where an agent is called: everywhere, or at the one phone that the caller named (RFC 5627)."""
    bindings = house.endpoint.registrar.bindings(agent, house.now)
    if not contact.instance or agent != contact.called:
        return bindings
    return tuple([binding for binding in bindings if binding.instance.lower() == contact.instance])


def dial_own(house: House, contact: Contact, leg: Leg, *, auto_answer: bool) -> None:
    """Ring the phone of an agent who clicked a number; what comes after is :func:`talking.own_phone_up`."""
    leg.side = next((binding.source.host for binding in _phones(house, contact, leg.agent)), "")
    leg.offer = sdp.offer(**house.ours(leg))
    house.open(leg)
    dial(house, contact, leg, auto_answer=auto_answer)


def pick_up(house: House, contact: Contact, ring: Ring) -> None:
    """Have the ringing phone pick up: told so (Event: talk) where it says that it understands that, else it is asked anew,
    this time to answer by itself."""
    told = [call for call in ring.leg.forks if house.endpoint.understands_talk(call)]
    if told:
        return house.settle(house.endpoint.notify_answer(told[0], house.now))
    house.hang_up(ring.leg)
    ring.pop_by = None
    return dial(house, contact, ring.leg, auto_answer=True)


def progressed(house: House, contact: Contact, leg: Leg) -> None:
    """A phone rings."""
    if not leg.delivered and not _supervises(contact, leg):
        leg.delivered = True
        house.tell(Delivered(contact=contact.id, leg=leg.id, party=leg.party))
        if _ring_of(contact, leg) is not None:
            (transferring if contact.consultation is None else consulting).rings(house, contact, leg.party)
        if leg.outward is not None:
            outside.progressed(house, contact, leg)


def answered(house: House, contact: Contact, leg: Leg, told: sip.Answered) -> None:
    """A phone was picked up. Only the first counts; whoever comes too late is hung up on."""
    ring = _ring_of(contact, leg)
    leg.forks.remove(told.call)
    if told.call in leg.invited:
        leg.offer = leg.invited[told.call].offer
    leg.invited.clear()
    try:
        leg.stream = sdp.agree(leg.offer, told.sdp or b"")
    except (sdp.Unacceptable, sdp.Malformed):
        house.calls.pop(told.call)
        house.settle(house.endpoint.hang_up(told.call, house.now, q850=88))
        return failed(house, contact, leg, 488)
    others, leg.call, leg.up, leg.since = leg.forks, told.call, True, house.now
    leg.forks = []
    for call in others:
        house.calls.pop(call, None)
        house.settle(house.endpoint.hang_up(call, house.now, q850=26, text="answered elsewhere"))
    if leg.outward is not None:
        return outside.answered(house, contact, leg)
    if _comes_back(contact, leg):
        return returning.back(house, contact, leg)
    if _supervises(contact, leg):
        return supervising.answered(house, contact, leg)
    if ring is None:
        return talking.own_phone_up(house, contact, leg)
    effects = house.desk.accept(ring.reservation, house.now)
    if effects is None:
        return house.drop(contact, leg, "system", "normal_call_clearing")
    del contact.rings[ring.reservation]
    leg.reservation, leg.reserved_by = ring.reservation, ring.queue
    house.tell(ReservationAccepted(contact=contact.id, reservation=ring.reservation, agent=ring.agent,
                                   queue=ring.queue))
    house.settle(effects)
    return house.then(contact, talking.begin, leg, ring)


def refused(house: House, contact: Contact, leg: Leg, told: sip.Refused) -> None:
    """A phone said no, or nothing. When the last of them has, the agent has."""
    house.calls.pop(told.call, None)
    if told.call in leg.forks:
        leg.forks.remove(told.call)
    for uri, way in redirecting.targets(house, contact, leg, told):
        _invite(house, contact, leg, Fork(uri, way, (), leg.offer))
    fork = leg.invited.pop(told.call, None)
    if fork is not None and (offer := insisting.demand(house, leg, fork.offer, told.status)):
        _invite(house, contact, leg, replace(fork, offer=offer))
    if not leg.forks:
        failed(house, contact, leg, told.status, told.retry_after)


def failed(house: House, contact: Contact, leg: Leg, status: int, retry_after: int = 0) -> None:
    """No phone of this agent takes the call. ``retry_after``: see :func:`outside.failed`."""
    if leg.outward is not None:
        return outside.failed(house, contact, leg, status, retry_after)
    if _comes_back(contact, leg):
        return returning.refused(house, contact, status)
    ring = _ring_of(contact, leg)
    if _supervises(contact, leg):
        return supervising.failed(house, contact, leg, status)
    if ring is None:
        return ending.end(house, contact, ended_by="agent", status=status)
    ring.status = status
    why = {408: "unreachable", 503: "unreachable", 480: "no_answer"}.get(status, "rejected")
    return house.settle(house.desk.reject(ring.reservation, house.now, why=why))


def turn_down(house: House, contact: Contact, ring: Ring) -> None:
    """The agent clicked the offer away."""
    ring.status = 603
    house.settle(house.desk.reject(ring.reservation, house.now, why="rejected"))


def released(house: House, contact: Contact, told: acd.Release) -> None:
    """The offer is over without a talk: stop the phone, tell the screen, and go on with the caller."""
    ring = contact.rings.pop(told.reservation, None)
    if ring is not None:
        house.drop(contact, ring.leg, "system", told.outcome)
        _tell_outcome(house, contact, ring, told)
    if contact.ended or contact.rings or (told.outcome == "canceled" and not told.queue):
        return
    if contact.agent_leg is not None:
        consulting.released(house, contact, told)
    elif contact.queue:
        house.segment(contact, "queue", contact.queue)
    elif not told.queue:
        unreached(house, contact, told.agent, told.why if told.outcome == "rescinded" else told.outcome)


def _tell_outcome(house: House, contact: Contact, ring: Ring, told: acd.Release) -> None:
    common = {"contact": contact.id, "reservation": told.reservation, "agent": told.agent, "queue": told.queue}
    if told.outcome == "timeout":
        house.tell(ReservationTimedOut(**common))
    elif told.outcome == "rejected":
        house.tell(ReservationRejected(**common, sip_status=ring.status))
    elif told.outcome == "canceled":
        house.tell(ReservationCanceled(**common))
    else:
        house.tell(ReservationRescinded(**common, why=told.why))


STATUS = {"busy": 486, "timeout": 480, "unknown": 404, "unreachable": 480, "rejected": 603}
"""What a caller who has not been answered is told, by why the agent did not take them."""


def unreached(house: House, contact: Contact, agent: str, why: str) -> None:
    """Who was called by number did not answer. The caller goes back to who had them, to a person, or is told."""
    if contact.consultation is not None:
        return consulting.fail(house, contact, why, agent)
    if contact.transfer is not None:
        return transferring.failed(house, contact, why, agent)
    if not contact.caller_leg.up:
        return ending.end(house, contact, ended_by="system", status=STATUS.get(why, 480))
    house.music(contact, contact.caller_leg, "")
    return nobody(house, contact, agent)


def nobody(house: House, contact: Contact, agent: str = "") -> None:
    """Nobody is left who should take the caller: the person of the tree, or a sentence that says so."""
    person = contact.tree.person if contact.tree is not None else None
    if person is not None and person.target != agent:
        return arrival.proceed(house, contact, Destination(person.kind, person.target))
    return ending.say_goodbye(house, contact, "call-failed")


def _comes_back(contact: Contact, leg: Leg) -> bool:
    return contact.returning is not None and contact.returning.leg is leg


def _supervises(contact: Contact, leg: Leg) -> bool:
    return any(told.leg is leg for told in contact.supervisions)


def _ring_of(contact: Contact, leg: Leg) -> Ring | None:
    return next((ring for ring in contact.rings.values() if ring.leg is leg), None)


