"""A transfer by the phone's own keys (REFER): the same transfer as by a click, and its outcome is told to the phone.

Only an agent's phone may do so, for what it has; a caller, or a trunk, that wants to lead us elsewhere is refused. The
phone is told the truth: 180 when the target rings, 200 when it has answered, or why it did not come about. Until then its
SIP session stays, for many phones listen no longer when it has ended; it is a part of the contact no more, and hears music,
for silence would say that something is broken. Hanging up meanwhile is its right (RFC 5589 section 6.1).
"""

from media.orders import Close, Part
from switch.contact import mixing, recording, transferring
from switch.contact.state import Contact, Leg
from switch.house import House
from switch.orders import OrderRefused
from switch.sip.effects import Referred

STATUS = {"unknown_destination": 404, "same_agent": 482, "busy": 486, "unreachable": 480, "unknown": 404, "no_call": 481,
          "other_call": 481, "not_consulting": 481, "not_established": 480, "not_allowed": 403, "not_a_person": 403}
"""What a phone is told for a transfer that is refused at once."""


def referred(house: House, contact: Contact, leg: Leg, told: Referred) -> None:
    """A phone asks us to lead the other party elsewhere."""
    if not leg.agent or not leg.up or contact.agent_leg is None or contact.referral:
        return house.settle(house.endpoint.refer_outcome(told.call, 403, house.now))
    house.settle(house.endpoint.refer_outcome(told.call, 202, house.now))
    leg.call, contact.referral = "", told.call
    leg.referred, contact.referrer = True, leg
    try:
        _do(house, contact, leg, told)
    except OrderRefused as refusal:
        leg.call, contact.referral = told.call, ""
        leg.referred, contact.referrer = False, None
        return house.settle(house.endpoint.refer_outcome(told.call, STATUS.get(refusal.code, 503), house.now))
    if contact.queue or contact.next_queue or contact.walk is not None or contact.box:
        return outcome(house, contact, 200)
    if contact.referrer is not None:
        house.order(Part(leg.id))
        house.music(contact, leg, mixing.music(house, contact))
        recording.follow(house, contact, [])
    return None


def _do(house: House, contact: Contact, leg: Leg, told: Referred) -> None:
    """Raises :class:`OrderRefused`; then nothing has changed."""
    if not told.replaces:
        return transferring.transfer(house, contact, leg, told.target)
    other, _ = house.calls.get(told.replaces, (None, None))
    if other is None:
        raise OrderRefused("no_call", "there is no such call")
    return transferring.merge(house, contact, leg, other)


def outcome(house: House, contact: Contact, status: int) -> None:
    """What has become of it; 180 and less is only progress."""
    if not contact.referral:
        return
    house.settle(house.endpoint.refer_outcome(contact.referral, status, house.now))
    if status >= 200:
        house.calls.pop(contact.referral, None)
        house.settle(house.endpoint.hang_up(contact.referral, house.now))
        contact.referral = ""
        left(house, contact)


def left(house: House, contact: Contact) -> None:
    """Its phone listens no longer; what comes of it, it is told all the same."""
    if contact.referrer is not None:
        house.order(Close(contact.referrer.id))
        contact.referrer = None
