"""What somebody wants to watch, and whether they may. Pure: the settings say it all.

Lamps are for everybody who works here; who is at the other end of a line is for supervisors of the team alone, and for
oneself, as on screens. A mailbox is for those whose it is: the agent who has it, the agents of the queue that leads to
it, and supervisors.
"""

from typing import NamedTuple

from switch.routing import Destination
from switch.settings import Settings


class Target(NamedTuple):
    """Something that can be watched."""

    kind: str
    """agent, queue or boxes."""
    name: str
    """Number of the agent, name of the queue; of ``boxes``, who looks."""
    boxes: frozenset[str] = frozenset()


def line_target(settings: Settings, dialled: str) -> Target | None:
    """An agent or a queue, by its number or name; None = there is no such."""
    service = settings.numbers.get(dialled)
    if service is not None:
        destination = Destination.parse(service.to)
        return Target(destination.kind.replace("extension", "agent"), destination.target) if (
            destination.kind in ("queue", "extension")) else None
    if dialled in settings.users:
        return Target("agent", dialled)
    return Target("queue", dialled) if dialled in settings.queues else None


def boxes_target(settings: Settings, dialled: str, user: str) -> Target | None:
    """The boxes that this user means: by their own number all that are theirs, else the one of that name or number. None =
    it is not for them, or there is none such: both look the same."""
    own = own_boxes(settings, user)
    if dialled == user:
        mailbox = settings.users[user].mailbox
        return Target("boxes", user, frozenset({mailbox}) if mailbox else own)
    service = settings.numbers.get(dialled)
    box = service.to.removeprefix("voicemail:") if service is not None else dialled
    return Target("boxes", user, frozenset({box})) if box in own else None


def own_boxes(settings: Settings, user: str) -> frozenset[str]:
    """What this user may watch: the box of their number, the one named for them, those of their queues."""
    person = settings.users[user]
    if person.role == "supervisor":
        return frozenset({user, *(user.mailbox for user in settings.users.values() if user.mailbox),
                          *(box for queue in settings.queues for box in _of_queue(settings, queue))})
    found = {user, *(box for queue in person.rules.queues for box in _of_queue(settings, queue))}
    return frozenset(found | {person.mailbox} - {""})


def _of_queue(settings: Settings, queue: str) -> list[str]:
    """A box with the queue's name, and those that its callers are led to."""
    rules = settings.queues[queue]
    ways = (rules.exit_to, rules.overflow.to if rules.overflow is not None else "")
    return [queue, *(way.removeprefix("voicemail:") for way in ways if way.startswith("voicemail:"))]


def sees(settings: Settings, watcher: str, agent: str) -> bool:
    """Whether a watcher may know with whom this agent talks."""
    person = settings.users[watcher]
    team = settings.users[agent].rules.team if agent in settings.users else ""
    return watcher == agent or (person.role == "supervisor" and person.rules.team in ("", team))
