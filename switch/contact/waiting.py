"""The queue, as the caller lives it: a notice that the talk is recorded, music, position and expected wait over the music,
a key to get out; and wherever the queue's rule sends them when it gives them away.
"""

from math import isfinite

import switch.acd.effects as acd
from ivr.texts import variables
from switch.contact import arrival, closing, consulting, ending, transferring
from switch.contact.state import Contact
from switch.events import ContactDequeued, ContactQueued, DigitPressed, WaitAnnounced
from switch.house import House
from switch.routing import Destination, instead, stands
from switch.speech.texts import as_prompts

NOTICE = "notice"
ANNOUNCEMENT = "announcement"


def approach(house: House, contact: Contact, queue: str, *, again: bool = False, front: bool = False,
             avoid: str = "") -> None:
    """Lead an answered caller to a queue; first the notice, where the talk may be recorded and the queue has one.

    ``again``: they have the place that they had; ``front``: the first place. ``avoid``: the agent who is offered them
    only when there is nobody else, as it is they who sent them here."""
    rules = house.settings.queues[queue]
    if not again or not contact.waits_since:
        contact.waits_since = house.now
    if contact.record is None:
        contact.record = house.rng.random() * 100 < rules.record
    house.music(contact, contact.caller_leg, rules.music)
    if rules.recording_notice and contact.record and not contact.notified:
        contact.notified, contact.next_queue = True, queue
        notice = house.prompts.paths(as_prompts(rules.recording_notice), {}, contact.language)
        return house.play(contact.caller_leg, NOTICE, notice)
    return join(house, contact, queue, front=front, avoid=avoid)


def join(house: House, contact: Contact, queue: str, *, front: bool = False, avoid: str = "") -> None:
    """Stand in line; whoever overflows from another one has waited since they joined the first."""
    contact.next_queue = ""
    contact.queue, contact.queued_at = queue, house.now
    house.segment(contact, "queue", queue)
    house.settle(house.desk.join(contact.id, queue, house.now, priority=contact.priority, skills=contact.skills,
                                 joined_at=contact.waits_since, front=front, avoid=avoid))


def joined(house: House, contact: Contact, told: acd.Joined) -> None:
    """The contact stands in line; or who is consulted for it is looked for there."""
    if contact.consultation is not None:
        return consulting.joined(house, contact, told)
    contact.turned_away.clear()
    house.tell(ContactQueued(contact=contact.id, queue=told.queue, position=told.position,
                             expected_wait=told.expected_wait, priority=contact.priority, skills=contact.skills,
                             staffed=told.staffed))
    return transferring.completed(house, contact, told.queue)


def announce(house: House, contact: Contact, told: acd.Announce) -> None:
    """Tell them where they stand, over the ducked music: the caller, or who waits for somebody to consult."""
    waits = contact.caller_leg if contact.consultation is None else contact.consultation.mouth
    house.play(waits, ANNOUNCEMENT, _announcement(house, contact, told))
    house.tell(WaitAnnounced(contact=contact.id, queue=told.queue, position=told.position,
                             expected_wait=told.expected_wait))


def _announcement(house: House, contact: Contact, told: acd.Announce) -> tuple[str, ...]:
    """In the words of the queue, where it has some: "you will wait" is not said where nobody knows how long."""
    own = as_prompts(house.settings.queues[told.queue].announcement)
    if not own:
        return (*house.prompts.position(told.position, contact.language),
                *house.prompts.expected_wait(told.expected_wait, contact.language))
    known = {"position": str(told.position)}
    if told.expected_wait is not None and isfinite(told.expected_wait):
        known["wait"] = f"{told.expected_wait:.0f}"
    said = [prompt for prompt in own if known.keys() >= set(variables(prompt.text))]
    return house.prompts.paths(said, known, contact.language)


def press(house: House, contact: Contact, digit: str) -> None:
    """A key pressed in line: the exit key, or nothing."""
    house.tell(DigitPressed(contact=contact.id, digit=digit))
    house.settle(house.desk.exit_key(contact.id, digit, house.now))


def left(house: House, contact: Contact, told: acd.Left) -> None:
    """The contact stands in this queue no more."""
    if not contact.queue and contact.transfer is None and contact.agent_leg is not None:
        return consulting.left(house, contact, told)
    house.tell(ContactDequeued(contact=contact.id, queue=told.queue, why=told.why, waited=told.waited,
                               announced_wait=told.announced_wait, agent=told.agent))
    if contact.queue == told.queue:
        contact.queue = ""
    if contact.ended or told.why in ("answered", "abandoned", "transferred", "withdrawn"):
        return None
    return _give_away(house, contact, told)


def _give_away(house: House, contact: Contact, told: acd.Left) -> None:
    if contact.transfer is not None:  # turned away at the door
        return transferring.failed(house, contact, told.why, told.queue)
    destination = Destination.parse(told.destination) if told.destination else Destination("goodbye", "")
    contact.turned_away.add(told.queue)
    if told.why == "closed" and not (told.destination and stands(house.settings, destination)):
        house.music(contact, contact.caller_leg, "")
        return arrival.proceed(house, contact, instead(house.settings, contact.called, house.now, house.doors))
    if destination.kind == "queue" and destination.target in contact.turned_away:
        destination = Destination("goodbye", "")  # every queue on the way leads to the next
    if told.why == "closed" and told.queue in house.settings.queues:
        return closing.lead(house, contact, destination, closing.of_queue(house, contact, told.queue))
    if destination.kind == "goodbye":
        sound = {"full": "all-agents-busy", "no_agents": "no-agents", "timeout": "all-agents-busy"}.get(told.why)
        return ending.say_goodbye(house, contact, *([sound] if sound else []))
    if destination.kind == "queue":
        return join(house, contact, destination.target)
    return arrival.proceed(house, contact, destination)
