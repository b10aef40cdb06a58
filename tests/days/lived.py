"""A simulated day that is over, and what must be true of any of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from world.centre import Centre
from world.day_file import Day

from switch.events import Event
from switch.journal import Entry
from switch.settings import Settings
from tests.laws import check_laws


@dataclass
class Lived:
    """A day that is over."""

    centre: Centre
    journal: list[Entry]

    def events(self, *kinds):
        """What was written down of these kinds."""
        return [entry.event for entry in self.journal if type(entry.event) in kinds]

    def entries(self, kind: type[Event], **fields):
        """The lines of one kind whose event has these fields."""
        return [entry for entry in self.journal if type(entry.event) is kind
                and all(getattr(entry.event, name) == value for name, value in fields.items())]

    @property
    def outcomes(self) -> Counter[str]:
        """How it ended for the callers, as they saw it."""
        return self.centre.carrier.outcomes


def live(settings: Settings, day: Day, arrange: Callable[[Centre], None] = lambda _: None) -> Lived:
    """Live a day, and hold it to what is true of every day. ``arrange``: what else shall happen."""
    centre = Centre(settings, day)
    arrange(centre)
    lived = Lived(centre, [entry for entries in centre.live() for entry in entries])
    check_laws(lived.journal, finished=True)
    check_nothing_leaked(lived)
    return lived


def check_nothing_leaked(lived: Lived) -> None:
    """No leg, contact, transaction or timer is left; every seat is back; every caller knows how it ended."""
    centre, town = lived.centre, lived.centre.town
    assert {name: number for name, number in centre.leaks().items() if number} == {}
    assert (town.paper.rows, town.paper.tapes) == ({}, {})
    house = town.exchange.house
    assert sorted(house.seats) == sorted(range(40000, 40000 + 2 * len(house.seats), 2)), "a seat was lost"
    assert centre.carrier.callers == {}
    assert sum(lived.outcomes.values()) == centre.called
    assert {key for key in town.memory if not key.startswith(("agent/", "box/", "hours/", "queue/"))} == set()


def with_queue(settings: Settings, name: str, **rules) -> Settings:
    """The settings, these rules of one queue changed."""
    return replace(settings, queues=settings.queues | {name: replace(settings.queues[name], **rules)})
