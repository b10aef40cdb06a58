"""Three and more in one talk: who is muted, and who is hung up on by another.

A conference is made of a consultation (:func:`switch.contact.consulting.conference`), as often as somebody else is
asked. Who leaves is in :mod:`switch.contact.leaving`. Anybody may leave and mute themselves; what is done to another is
done by whoever has the contact.
"""

from switch.contact import consulting, leaving, mixing
from switch.contact.state import Contact, Leg
from switch.events import Muted, Unmuted
from switch.house import House
from switch.orders import OrderRefused

MOST_PARTIES = 16
"""In one talk."""


def party(contact: Contact, by: Leg, name: str) -> Leg:
    """The leg of a party that ``by`` may act on; an empty name is their own. Raises :class:`OrderRefused`."""
    told = contact.consultation
    if name in ("", by.party):
        return by
    for leg in (*contact.parties, *([told.leg] if told is not None and told.leg is not None else [])):
        if leg.party == name and by in (contact.agent_leg, told.by if told is not None and leg is told.leg else None):
            return leg
        if leg.party == name:
            raise OrderRefused("not_owner", "only who has the contact does that to others")
    raise OrderRefused("unknown_party", f"{name} is not in this call")


def mute(house: House, contact: Contact, by: Leg, leg: Leg, muted: bool) -> None:
    """They are heard no more, or again."""
    if leg.muted != muted:
        leg.muted = muted
        kind = Muted if muted else Unmuted
        house.tell(kind(contact=contact.id, leg=leg.id, party=leg.party, by=by.party))
        mixing.mix(house, contact)


def drop(house: House, contact: Contact, by: Leg, leg: Leg) -> None:
    """Hang up on one party; the others go on. Raises :class:`OrderRefused` where nobody could."""
    told = contact.consultation
    if told is not None and leg is told.leg and by is told.by:
        return consulting.cancel(house, contact)
    if not contact.others and (told is None or leg is not told.leg):
        raise OrderRefused("not_conferenced", "there are only two in this call: clear it")
    who = "agent" if by.agent else "customer"
    return leaving.left(house, contact, leg, ended_by=who)


def room(contact: Contact) -> None:
    """Raises :class:`OrderRefused` when nobody else may come in."""
    if len(contact.parties) >= MOST_PARTIES:
        raise OrderRefused("too_many", f"a conference has at most {MOST_PARTIES} parties")
