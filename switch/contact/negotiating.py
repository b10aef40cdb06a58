"""What a leg's party and we agree on about its stream, whenever that is said: offers and answers after the first ones, and
sound before the answer.

A phone that only says the same again (a session timer's refresh, RFC 4028) changes nothing: neither media nor the journal
hear of it. A hold or its end is a change of the stream's direction; whoever is held by command stays held.
"""

from media import sdp
from media.orders import Change, Join, Stream
from switch.addresses import side
from switch.contact import ending, talking
from switch.contact.state import Contact, Leg
from switch.house import House
from switch.sip.effects import Answered, Progressed, Reoffered

_HELD = ("recvonly", "inactive")


def reoffered(house: House, contact: Contact, leg: Leg, told: Reoffered) -> None:
    """A phone offers anew: hold, resume, a new address; or asks for our offer, whose answer comes in its ACK."""
    if told.sdp is None:
        leg.offer = sdp.offer(**house.ours(leg))
        return house.settle(house.endpoint.answer(told.call, leg.offer, house.now))
    leg.side = side(told.sdp, leg.side)
    try:
        agreed = sdp.answer(told.sdp, **house.ours(leg))
    except (sdp.Unacceptable, sdp.Malformed) as error:
        return decline(house, told.call, error)
    leg.offer = agreed.sdp
    house.settle(house.endpoint.answer(told.call, agreed.sdp, house.now))
    return _take(house, contact, leg, agreed.stream)


def decline(house: House, call: str, error: sdp.Unacceptable | sdp.Malformed) -> None:
    """No to an offer: 400 where it breaks the rules, 488 where we have nothing in common, with a warning that says what
    was missed (RFC 3261 section 21.4.26)."""
    if isinstance(error, sdp.Malformed):
        house.settle(house.endpoint.refuse(call, 400, house.now, reason="Malformed session description"))
    else:
        house.settle(house.endpoint.refuse(call, 488, house.now, warning=(error.warning, error.reason)))


def renegotiated(house: House, contact: Contact, leg: Leg, told: Answered) -> None:
    """The answer to an offer of ours within a call."""
    answered(house, contact, leg, told.sdp)


def answered(house: House, contact: Contact, leg: Leg, answer: bytes | None) -> None:
    """The answer to our offer, in whatever it came. A call whose very first answer is none cannot be held."""
    try:
        stream = sdp.agree(leg.offer, answer or b"")
    except (sdp.Unacceptable, sdp.Malformed):
        if leg.stream is None:
            ending.end(house, contact, ended_by="system", q850=88, status=488)
        return
    _take(house, contact, leg, stream)


def _take(house: House, contact: Contact, leg: Leg, stream: Stream) -> None:
    before, leg.stream = leg.stream, stream
    if stream == before:
        return
    house.order(Change(leg.id, stream))
    held = stream.direction in _HELD
    if leg.referred or not leg.up or held == (before is not None and before.direction in _HELD):
        return
    (talking.hold if held else talking.retrieve)(house, contact, leg)


def early(house: House, contact: Contact, leg: Leg, told: Progressed) -> None:
    """Somebody outside is heard before they answer (a tone, an announcement of their network): who called them hears
    it, on a phone that rings by a 183."""
    caller = contact.caller_leg
    if leg.outward is None or leg.up or leg.id not in contact.rings or contact.agent_leg is not None:
        return
    try:
        stream = sdp.agree(leg.offer, told.sdp)
    except (sdp.Unacceptable, sdp.Malformed):
        return
    first, before, leg.stream = leg.stream is None, leg.stream, stream
    if stream != before:
        house.order(Change(leg.id, stream))
    if first:
        if not caller.up:
            house.settle(house.endpoint.ring(caller.call, house.now, caller.offer))
        house.order(Join(caller.id, leg.id))
