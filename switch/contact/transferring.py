"""A transfer: whoever has the caller lets go, and the caller hears music until somebody else answers.

A destination that cannot take the caller is refused before anybody lets go, and nothing has changed. What goes wrong
later (no answer, rejected, the phone is gone) is a *failed* transfer. Then the caller is led back, in this order, to

1. the agent who had them, who is rung and told why; unless they have logged out, have another call or no phone;
2. the head of the queue that they came from, with the time they have waited counted;
3. the person of the tree they came through, who is a 0 away from every menu;
4. if there is none of these, a sentence that says so.

A queue has taken the caller when they stand in it; what comes then is the queue's rule, as for everybody. Back in
their own queue callers have the place and the priority that they had.

``transfer``, ``merge`` and ``deflect`` are the doors for clicks and for the keys of phones alike.
"""

from switch.contact import arrival, consulting, ending, mixing, outside, referring, ringing, targets, waiting
from switch.contact.changes import Consultation, Transfer
from switch.contact.state import Contact, Leg, Ring
from switch.events import Diverted, Established, TransferChanged, Transferred
from switch.house import House
from switch.orders import OrderRefused
from switch.routing import Destination


def transfer(house: House, contact: Contact, leg: Leg, to: str, note: str = "") -> None:
    """Blind transfer by the party of ``leg``, who is free at once. Raises :class:`OrderRefused`."""
    _may(contact, leg)
    target = targets.find(house, contact, to, leg.agent)
    back = target.kind == "queue" and target.target == contact.served_queue
    _let_go(house, contact, leg, _begin(house, contact, leg, "requeue" if back else "blind", to, note))
    _go(house, contact, target)


def requeue(house: House, contact: Contact, leg: Leg, note: str = "") -> None:
    """Back to the queue that they came from. Raises :class:`OrderRefused`."""
    if not contact.served_queue:
        raise OrderRefused("no_queue", "this call did not come from a queue: name one to transfer it there")
    transfer(house, contact, leg, f"queue:{contact.served_queue}", note)


def merge(house: House, contact: Contact, leg: Leg, other: Contact) -> None:
    """Attended transfer by a phone's own key: of its two calls, one is kept by the caller and one by the consulted.
    Both must be of one contact, as a second call of a phone is a consultation of the first. Raises
    :class:`OrderRefused`."""
    if other is not contact:
        raise OrderRefused("other_call", "these two calls have nothing to do with each other")
    consulting.complete(house, contact, leg)


def deflect(house: House, contact: Contact, ring: Ring, to: str, note: str = "") -> None:
    """Send a ringing offer on to somebody else, without picking up. Raises :class:`OrderRefused`."""
    if contact.agent_leg is not None:
        raise OrderRefused("consulting", "this is a consultation: reject it")
    target = targets.find(house, contact, to, ring.agent)
    queue = contact.queue or (contact.transfer.queue if contact.transfer is not None else "")
    if contact.transfer is not None and contact.transfer.state != "failed":
        tell(house, contact, "failed", "deflected", ring.agent)
    told = contact.transfer = _made(house, "deflect", ring.agent, to, note, "", queue)
    house.tell(Diverted(contact=contact.id, by=ring.agent, to=to, note=note))
    tell(house, contact, "initiated")
    contact.hand_over(note, told.by)
    if contact.queue:
        house.settle(house.desk.withdraw(contact.id, "transferred", house.now))
    else:
        house.settle(house.desk.withdraw_offer(ring.reservation, house.now))
    house.then(contact, _go, target)


def _may(contact: Contact, leg: Leg) -> None:
    if contact.consultation is not None:
        raise OrderRefused("consulting", "complete or cancel the consultation first")
    if contact.others:
        raise OrderRefused("conferenced", "in a conference: consult somebody, or leave")
    if contact.gone is not None or leg not in contact.parties:
        raise OrderRefused("not_connected", "there is no caller to be transferred")


def _made(house: House, kind: str, by: str, to: str, note: str, agent: str, queue: str) -> Transfer:
    return Transfer(f"t{house.rng.getrandbits(48):012x}", kind, by, to, note, agent, queue)


def _begin(house: House, contact: Contact, leg: Leg, kind: str, to: str, note: str) -> Transfer:
    contact.transfer = told = _made(house, kind, leg.party, to, note, leg.agent, contact.served_queue)
    tell(house, contact, "initiated")
    contact.hand_over(note, leg.party)
    return told


def _let_go(house: House, contact: Contact, leg: Leg, told: Transfer, ended_by: str = "agent") -> None:
    """Who had the caller is out of it; the caller is alone, and hears music."""
    house.tell(Transferred(contact=contact.id, by=told.by, to=told.to, note=told.note))
    agent_side = contact.agent_leg
    house.drop(contact, leg, ended_by, "normal_call_clearing")
    ending.free_agent(house, contact, leg)
    if contact.caller_leg is leg:
        contact.caller_leg = agent_side
        ending.complete(house, contact, agent_side)
    contact.agent_leg = None
    contact.hearing.clear()
    contact.notified, contact.caller_leg.on_hold, contact.caller_leg.muted = True, False, False
    house.music(contact, contact.caller_leg, mixing.music(house, contact))


def account(contact: Contact) -> str:
    """Who pays for a call outside to which the caller is led: the agent who leads them there."""
    return contact.transfer.by if contact.transfer is not None else ""


def _go(house: House, contact: Contact, target: Destination) -> None:
    """On to the destination."""
    if contact.ended:
        return
    if target.kind == "queue":
        waiting.approach(house, contact, target.target, again=target.target == contact.served_queue,
                         avoid=contact.transfer.by)
    elif target.kind == "extension":
        ringing.ring_agent(house, contact, target.target)
    else:
        _lead(house, contact, target)


def _lead(house: House, contact: Contact, target: Destination) -> None:
    """To a number outside, which may fail; or to a tree or a mailbox, which takes everybody."""
    if target.kind == "outside":
        outside.call(house, contact, target.target, account(contact))
    else:
        completed(house, contact, str(target))
        if not contact.caller_leg.up:
            arrival.pick_up(house, contact)
            contact.destination = str(target)
            return
        house.music(contact, contact.caller_leg, "")
        arrival.proceed(house, contact, target)


# -- what becomes of it -----------------------------------------------------------------------------------------------


def tell(house: House, contact: Contact, state: str, why: str = "", party: str = "") -> None:
    """The transfer stands like this now."""
    told = contact.transfer
    told.state = state
    house.tell(TransferChanged(contact=contact.id, transfer=told.id, kind=told.kind, by=told.by, to=told.to,
                               state=state, party=party, why=why))
    status = {"ringing": 180, "completed": 200, "canceled": 487, "failed": ringing.STATUS.get(why, 480)}.get(state)
    if status is not None:
        referring.outcome(house, contact, status)


def rings(house: House, contact: Contact, party: str) -> None:
    """A phone rings for the caller."""
    if contact.transfer is not None and contact.transfer.state == "initiated":
        tell(house, contact, "ringing", party=party)


def completed(house: House, contact: Contact, party: str) -> None:
    """Somebody has taken the caller: who was meant, or whom they were led back to."""
    if contact.transfer is not None:
        if contact.transfer.state != "failed":
            tell(house, contact, "completed", party=party)
        contact.transfer = None


def failed(house: House, contact: Contact, why: str, party: str = "") -> None:
    """Nobody took the caller: on to the next who should."""
    told, leg = contact.transfer, contact.caller_leg
    if told.state != "failed":
        tell(house, contact, "failed", why, party)
        contact.hand_over(told.note, told.by, why, party or told.to)
    agent, told.agent = told.agent, ""
    if agent and agent != party and _can_have_back(house, contact, agent):
        return ringing.ring_agent(house, contact, agent)
    queue, told.queue = told.queue, ""
    if queue in house.settings.queues:
        return waiting.approach(house, contact, queue, again=True, front=True)
    contact.transfer = None
    if not leg.up:
        return ending.end(house, contact, ended_by="system", status=ringing.STATUS.get(why, 480))
    house.music(contact, leg, "")
    return ringing.nobody(house, contact, party)


def _can_have_back(house: House, contact: Contact, agent: str) -> bool:
    return (agent in house.desk.rules and house.desk.state(agent).state != "logged_out"
            and not house.desk.refusal(agent, contact.id))


# -- of a consultation ------------------------------------------------------------------------------------------------


def attended(house: House, contact: Contact, told: Consultation, ended_by: str) -> None:
    """The consulting party has gone, and the consulted is there: done as soon as it is begun."""
    contact.transfer = _made(house, "attended", told.by.party, told.to, told.note, "", "")
    tell(house, contact, "initiated")
    house.tell(Transferred(contact=contact.id, by=told.by.party, to=told.to, note=told.note))
    for leg in [told.by] if told.mouth is told.by else [told.mouth, told.by]:
        house.drop(contact, leg, ended_by, "normal_call_clearing")
        ending.free_agent(house, contact, leg)
    completed(house, contact, told.leg.party)


def consulted_rings(house: House, contact: Contact, told: Consultation, ended_by: str) -> None:
    """The consulting party did not wait for the answer: the caller does."""
    was = told.state
    consulting.tell(house, contact, told, "completed", why="transferred")
    contact.consultation = None
    _begin(house, contact, told.by, "attended", told.to, told.note)
    if told.mouth is not told.by:
        house.drop(contact, told.mouth, ended_by, "normal_call_clearing")
    _let_go(house, contact, told.by, contact.transfer, ended_by)
    if told.queue:
        contact.queue, contact.queued_at, contact.waits_since = told.queue, told.joined_at, told.joined_at
        completed(house, contact, told.queue)
    if contact.rings:
        house.segment(contact, "ring", next(iter(contact.rings.values())).leg.party)
        if contact.transfer is not None and was == "ringing":
            rings(house, contact, next(iter(contact.rings.values())).leg.party)
    elif contact.queue:
        house.segment(contact, "queue", contact.queue)
    else:
        house.segment(contact, "ring", told.target.target)


def arrived(house: House, contact: Contact, leg: Leg) -> None:
    """The one who was looked for hears the caller."""
    leg.talked, contact.talked_with = True, leg.agent or contact.talked_with
    completed(house, contact, leg.party)
    house.tell(Established(contact=contact.id, leg=leg.id, party=leg.party))
