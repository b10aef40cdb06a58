"""Where a dialled number leads at a moment. Pure: the settings, the number and the moment say it all."""

import msgspec

from switch.hours.doors import Doors
from switch.settings import Settings
from switch.trunks import numbers

KINDS = ("tree", "queue", "extension", "voicemail", "outside", "goodbye")


class Destination(msgspec.Struct, frozen=True):
    """Where a number, an overflow or a key leads."""

    kind: str
    """One of ``KINDS``."""
    target: str
    """Name of the tree, queue or voice mailbox, number of the agent, number outside (E.164, or an emergency number);
    empty for goodbye."""

    @classmethod
    def parse(cls, text: str) -> "Destination":
        """``queue:support``, ``goodbye``. Raises ValueError when it is none."""
        kind, _, target = text.partition(":")
        if kind not in KINDS or (not target) != (kind == "goodbye"):
            raise ValueError(f"`{text}` is no destination")
        return cls(kind, target)

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}" if self.target else self.kind


def stands(settings: Settings, destination: Destination) -> bool:
    """Whether there is such a destination; what a tree of yesterday leads to may be gone."""
    known = {"tree": settings.trees, "queue": settings.queues, "extension": settings.users}.get(destination.kind)
    return known is None or destination.target in known


def instead(settings: Settings, called: str, now: float, doors: Doors) -> Destination:
    """Where a caller goes whose destination a reload has taken away: where the number that they dialled leads now."""
    return (route(settings, called, now, doors) if called in settings.numbers else None) or Destination("goodbye", "")


def route(settings: Settings, number: str, now: float, doors: Doors) -> Destination | None:
    """A service number leads where its hours say, an agent's number to the agent, one outside to a trunk if there are
    any, any other to nowhere (None)."""
    service = settings.numbers.get(number)
    if service is None:
        if number in settings.users:
            return Destination("extension", number)
        outside = numbers.dialled(settings.outside, number)
        return Destination("outside", outside) if outside else None
    return Destination.parse(service.to if doors.is_open(service.hours, now) else service.closed_to)
