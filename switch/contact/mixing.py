"""Who hears whom in a talk, read off the facts: who is in it, who holds, who is muted, who consults whom.

:func:`mix` may be called after any change. It works out what every leg should hear, compares that with what each was last
made to hear, and orders the difference; so no change can leave somebody in silence, with the wrong party, or with music
over a voice. The segment of the contact and the channels of its recording follow from the same facts.

Nobody who waits hears silence: whoever is alone in the talk hears music. Only who holds hears nothing, as their phone
does not listen.

The right channel of a recording is what the caller hears of people: the agent; in a conference the sum of all others;
silence while the caller waits. So a consultation is never in the file, and the file never says what was not said. A
supervisor who listens or whispers is no party: they are beside the group in which their agent is, muted.
"""

from media.orders import Bridge, Join, Music, Part
from switch.acd.rules import QueuePrompt
from switch.contact import recording
from switch.contact.state import Contact, Leg
from switch.events import Conferenced
from switch.house import House

RINGBACK = "ringback"


def mix(house: House, contact: Contact) -> None:
    """Bring media, the segment and the recording in line with the facts."""
    if contact.agent_leg is None:
        return contact.hearing.clear()
    main = talking(contact)
    wanted = {leg.id: () for leg in contact.parties}
    _listen(wanted, contact, music(house, contact))
    _together(wanted, main, contact, contact.id, music(house, contact))
    _consult(house, contact, wanted)
    _order(house, contact, wanted)
    _tell_segment(house, contact, main)
    _tell_conference(house, contact, main)
    recording.follow(house, contact, main)
    return None


def talking(contact: Contact) -> list[Leg]:
    """Who is in the talk now: neither holding nor away with the consulted."""
    consultation = contact.consultation
    away = None
    if consultation is not None and consultation.state != "held" and consultation.mouth is consultation.by:
        away = consultation.by  # a phone with two calls says by itself which of them it holds
    return [leg for leg in contact.parties if not leg.on_hold and leg is not away]


def aside(contact: Contact) -> list[Leg]:
    """Who is in the consultation now, the consulting party first."""
    consultation = contact.consultation
    if consultation is None:
        return []
    legs = [consultation.leg] if consultation.state == "held" else [consultation.mouth, consultation.leg]
    return [leg for leg in legs if leg is not None and not leg.on_hold]


def listeners(contact: Contact, leg: Leg) -> list[Leg]:
    """Who hears this leg."""
    group = next((group for group in (talking(contact), aside(contact)) if leg in group), [])
    return [] if leg.muted else [other for other in group if other is not leg]


def music(house: House, contact: Contact, queue: str = "") -> str | QueuePrompt:
    """What those hear who wait in this talk."""
    rules = house.settings.queues.get(queue or contact.served_queue)
    return rules.music if rules is not None else "music"


def _together(wanted: dict[str, tuple[object, ...]], group: list[Leg], contact: Contact, bridge: str, alone: str) -> None:
    if len(group) < 2:
        wanted.update((leg.id, ("sound", alone)) for leg in group)
        return
    extra, whispers = _beside(contact, group)
    names = tuple(leg.id for leg in (*group, *extra))
    muted = tuple(leg.id for leg in group if leg.muted) + tuple(leg.id for leg in extra)
    wanted.update(dict.fromkeys(names, ("with", bridge, names, muted, whispers)))


def _beside(contact: Contact, group: list[Leg]) -> tuple[list[Leg], tuple[tuple[str, str], ...]]:
    """The supervisors of somebody in this group, while they are no parties themselves; and whom each whispers to."""
    extra, whispers = [], []
    for told in contact.supervisions:
        agent = next((leg for leg in group if leg.agent == told.agent), None)
        if agent is None or not told.up or told.leg in contact.parties or told.leg.on_hold:
            continue
        extra.append(told.leg)
        if told.kind == "whisper" and not told.leg.muted:
            whispers.append((told.leg.id, agent.id))
    return extra, tuple(whispers)


def _listen(wanted: dict[str, tuple[object, ...]], contact: Contact, alone: str) -> None:
    """Supervisors hear music while their agent talks with nobody."""
    for told in contact.supervisions:
        if told.up:
            wanted[told.leg.id] = () if told.leg.on_hold else ("sound", alone)


def _consult(house: House, contact: Contact, wanted: dict[str, tuple[object, ...]]) -> None:
    consultation = contact.consultation
    if consultation is None:
        return
    if consultation.up:
        sound = music(house, contact)
    else:
        sound = music(house, contact, consultation.queue) if consultation.state == "queued" else RINGBACK
    for leg in (consultation.mouth, consultation.leg):
        if leg is not None:
            wanted.setdefault(leg.id, ())
    _together(wanted, aside(contact), contact, f"{contact.id}-aside", sound)


def _order(house: House, contact: Contact, wanted: dict[str, tuple[object, ...]]) -> None:
    before, contact.hearing = contact.hearing, wanted
    changed = {leg: what for leg, what in wanted.items() if before.get(leg, ()) != what}
    for leg, what in changed.items():
        if what[:1] != ("with",) and before.get(leg, ())[:1] == ("with",):
            house.order(Part(leg))
    for what in dict.fromkeys(what for what in changed.values() if what[:1] == ("with",)):
        _, bridge, names, muted, whispers = what
        house.order(Join(*names) if len(names) == 2 and not muted else Bridge(bridge, names, muted, whispers))
    for leg, what in changed.items():
        if what[:1] == ("sound",):
            house.music(contact, contact.legs[leg], what[1])
        elif not what and before.get(leg, ())[:1] == ("sound",):
            house.order(Music(leg, ""))


def _tell_segment(house: House, contact: Contact, main: list[Leg]) -> None:
    """The contact is with who talks with the caller, or with who lets them wait."""
    caller = contact.caller_leg
    if contact.gone is not None:
        return house.segment(contact, "consult", contact.caller_leg.party)
    if caller in main and len(main) > 1:
        owner = contact.agent_leg if contact.agent_leg in main else main[1]
        return house.segment(contact, "talk", owner.party)
    consultation = contact.consultation
    away = consultation.by.party if consultation is not None and consultation.state != "held" else ""
    if contact.returning is not None:
        away = contact.returning.leg.party
    holders = [leg.party for leg in (contact.agent_leg, caller, *contact.others) if leg.on_hold]
    if contact.segment[0] == "hold" and contact.segment[1] in (away, *holders):
        return None
    return house.segment(contact, "hold", next(filter(None, (away, *holders)), contact.agent_leg.party))


def _tell_conference(house: House, contact: Contact, main: list[Leg]) -> None:
    """Who confers, when that has changed."""
    parties = tuple(leg.party for leg in main) if len(main) > 2 else ()
    if parties and parties != contact.conferring:
        house.tell(Conferenced(contact=contact.id, parties=parties))
    contact.conferring = parties
