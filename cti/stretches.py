"""Who talks, holds and consults, as stretches: the clock of every report on people.

A contact has one segment at a time, but in a conference several agents talk, and a consultation runs beside a hold. So
each (contact, agent) has stretches of its own, which begin and end with what is told of them, and are handed over when
they end. A hold belongs to whoever talked last.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import switch.events as told

ENDS = ("completed", "canceled", "failed")


class Stretch(NamedTuple):
    contact: str
    agent: str
    kind: str
    """talk, hold, consult (asks somebody) or asked (is consulted)."""
    since: float
    """POSIX seconds."""


class Stretches:
    """Of all contacts in progress. ``closed(stretch, until)`` is called for each that is over."""

    def __init__(self, closed: Callable[[Stretch, float], None]) -> None:
        self._closed = closed
        self._open: dict[str, list[Stretch]] = {}
        """By contact."""
        self._last: dict[str, str] = {}
        """Who talked last in a contact."""
        self._asked: dict[str, tuple[str, str]] = {}
        """The two of a consultation that is up."""

    def __iter__(self) -> Iterator[Stretch]:
        return (stretch for stretches in self._open.values() for stretch in stretches)

    def segment(self, event: told.SegmentBegan, at: float) -> list[str]:
        """The contact is elsewhere; gives who began to talk with that."""
        contact = event.contact
        self._end(contact, at, "hold")
        if event.kind == "talk":
            return self._talk(contact, (event.owner,), at)
        self._end(contact, at, "talk")
        if event.kind == "hold" and self._last.get(contact):
            self._begin(Stretch(contact, self._last[contact], "hold", at))
        return []

    def conferenced(self, event: told.Conferenced, at: float) -> list[str]:
        """These talk, and nobody else; gives those who did not before."""
        talking = self._agents(event.contact, "talk")
        for agent in talking:
            if agent not in event.parties:
                self._end(event.contact, at, "talk", agent)
        return self._talk(event.contact, event.parties[1:], at)

    def away(self, event: told.Held | told.LegEnded, at: float) -> None:
        """This party is gone, or on hold."""
        self._end(event.contact, at, "talk", event.party)

    def consulted(self, event: told.ConsultationChanged, at: float) -> None:
        """Two speak with each other, or no more."""
        if event.state in (*ENDS, "held"):
            for agent in self._asked.pop(event.consultation, ()):
                self._end(event.contact, at, "consult", agent)
                self._end(event.contact, at, "asked", agent)
        elif event.state == "established":
            self._asked[event.consultation] = (event.by, event.party)
            self._begin(Stretch(event.contact, event.by, "consult", at))
            self._begin(Stretch(event.contact, event.party, "asked", at))

    def close(self, contact: str, at: float, agent: str = "") -> None:
        """All that is open of a contact, or of one agent in it."""
        for kind in ("talk", "hold", "consult", "asked"):
            self._end(contact, at, kind, agent)
        if not agent:
            self._last.pop(contact, None)

    def _talk(self, contact: str, agents: Iterable[str], at: float) -> list[str]:
        new = [agent for agent in agents if agent not in self._agents(contact, "talk")]
        for agent in new:
            self._begin(Stretch(contact, agent, "talk", at))
            self._last[contact] = agent
        return new

    def _agents(self, contact: str, kind: str) -> list[str]:
        return [stretch.agent for stretch in self._open.get(contact, ()) if stretch.kind == kind]

    def _begin(self, stretch: Stretch) -> None:
        self._open.setdefault(stretch.contact, []).append(stretch)

    def _end(self, contact: str, at: float, kind: str, agent: str = "") -> None:
        stretches = self._open.get(contact, [])
        over = [each for each in stretches if each.kind == kind and agent in ("", each.agent)]
        for stretch in over:
            stretches.remove(stretch)
            self._closed(stretch, at)
        if contact in self._open and not stretches:
            del self._open[contact]
