"""From the journal to the clients: who gets which event, in which frame, and when.

The cost of a fan-out is not in the events but in the frames: one write to a socket costs ten times what an event costs.
So events of one short window travel together as one JSON array, each event is turned into bytes once however many see
it, and all clients with the same rights and wishes share a *stream*: one list of what is pending, one frame made of it.
Only a reservation does not wait for the window, because a phone is about to ring.

Pure: ``now`` comes in, frames come out; the sockets are the server's.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from cti.audience import FIGURES, FOR_EVERYBODY, Audience, View
from cti.cloudevents import cloud_event, read_cursor
from cti.house import Person
from cti.protocol import to_json
from switch.events import SwitchStarted
from switch.journal import Entry, Journal

Client = Hashable

MOST_MISSED = 10_000
"""A client that is further behind is better served by a snapshot."""
MOST_TOGETHER = 500
"""Events in one frame."""
CACHED = 8_192
"""Entries whose bytes are kept for clients that resume."""


class Frame(NamedTuple):
    """These bytes (a JSON array of ``events`` CloudEvents) to each of these clients."""

    clients: tuple[Client, ...]
    payload: bytes
    events: int


class Epochs:
    """Which epoch an entry was written in: that of the last ``switch.started`` at or before it."""

    def __init__(self, current: int) -> None:
        self._current = current
        self._numbers: list[int] = []
        self._epochs: list[int] = []

    def learn(self, entry: Entry) -> None:
        if isinstance(entry.event, SwitchStarted):
            self._numbers.append(entry.number)
            self._epochs.append(entry.event.epoch)

    def of(self, number: int) -> int:
        place = bisect_right(self._numbers, number)
        if place:
            return self._epochs[place - 1]
        return self._epochs[0] - 1 if self._epochs else self._current

    def same_past(self, epoch: int, number: int) -> bool:
        """Whether entry ``number`` of ``epoch`` is entry ``number`` of this journal.

        A switch that was killed may have told its clients of entries that never reached the disk; the next epoch then
        gave their numbers to others. What was told is ours only if it lies before the start of the epoch after it."""
        if epoch == self._current:
            return True
        later = zip(self._numbers, self._epochs, strict=True)
        return any(started > number for started, begun in later if begun == epoch + 1)


class Stream:
    """What clients with one view will be sent next."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.clients: set[Client] = set()
        self.pending: list[bytes] = []

    def flush(self) -> list[Frame]:
        if not self.pending:
            return []
        frames = [Frame(tuple(self.clients), payload, events) for payload, events in pack(self.pending)]
        self.pending = []
        return frames


class Hub:
    """Reads the journal for everybody. ``deadline`` is the end of the open window; None = nothing is pending."""

    def __init__(
        self, journal: Journal, epoch: int, person: Callable[[str], Person | None], window: float = 0.05
    ) -> None:
        self.deadline: float | None = None
        self.cursor = journal.first - 1
        self.epochs = Epochs(epoch)
        self.audience = Audience(person)
        self._journal = journal
        self._window = window
        self._streams: dict[View, Stream] = {}
        self._supervisors: set[Stream] = set()
        self._figures: set[Stream] = set()
        self._dirty: set[Stream] = set()
        self._seats: dict[str, dict[Client, Stream]] = {}
        self._places: dict[Client, tuple[str, Stream]] = {}
        self._bytes: OrderedDict[int, bytes] = OrderedDict()

    def learn(self, entries: Iterable[Entry]) -> None:
        """What was before the journal in memory begins, in order: nothing of it is sent."""
        for entry in entries:
            self.epochs.learn(entry)
            self.audience.learn(entry)

    def read(self, now: float) -> list[Frame]:
        """Take what is new in the journal; the frames that must not wait."""
        urgent: list[Stream] = []
        for entry in self._journal.since(self.cursor):
            self.cursor = entry.number
            self.epochs.learn(entry)
            self.audience.learn(entry)
            if self._places:
                urgent += self._route(entry)
        frames = self._flush(urgent)
        if self.deadline is None and self._dirty:
            self.deadline = now + self._window
        return frames

    def wake(self, now: float) -> list[Frame]:
        if self.deadline is None or now < self.deadline:
            return []
        self.deadline = None
        return self._flush(list(self._dirty))

    def join(self, client: Client, user: str, view: View) -> list[Frame]:
        """The client gets everything after ``cursor``; others of its stream first get what is pending."""
        stream = self._streams.setdefault(view, Stream(view))
        frames = self._flush([stream])
        stream.clients.add(client)
        if view.role == "supervisor":
            self._supervisors.add(stream)
        elif view.topics & {"queues", "all"}:
            self._figures.add(stream)
        self._seats.setdefault(user, {})[client] = stream
        self._places[client] = (user, stream)
        return frames

    def leave(self, client: Client) -> None:
        user, stream = self._places.pop(client, ("", None))
        if stream is None:
            return
        del self._seats[user][client]
        if not self._seats[user]:
            del self._seats[user]
        stream.clients.discard(client)
        if not stream.clients:
            del self._streams[stream.view]
            for streams in (self._supervisors, self._figures, self._dirty):
                streams.discard(stream)

    def of_agent(self, user: str) -> tuple[Client, ...]:
        return tuple(self._seats.get(user, ()))

    def flush(self, user: str) -> list[Frame]:
        """Everything that is pending for the clients of this person, now."""
        return self._flush(list(self._seats.get(user, {}).values()))

    def resume(self, cursor: str) -> int | None:
        """The number after which the client has to be told; None = it needs a snapshot. Call :meth:`read` first."""
        place = read_cursor(cursor)
        if place is None:
            return None
        epoch, number = place
        behind = self.cursor - number
        return number if 0 <= behind <= MOST_MISSED and self.epochs.same_past(epoch, number) else None

    def select(self, view: View, entries: Iterable[Entry]) -> list[bytes]:
        """Those of older entries that this view would have been sent, as CloudEvents."""
        return [self.encoded(entry) for entry in entries if self._wanted(view, entry)]

    def _flush(self, streams: Iterable[Stream]) -> list[Frame]:
        frames = []
        for stream in streams:
            frames += stream.flush()
            self._dirty.discard(stream)
        return frames

    def _wanted(self, view: View, entry: Entry) -> bool:
        people = self.audience.of(entry)
        return view.wants(entry.event.__struct_config__.tag, people, self.audience.teams(people),
                          self.audience.private(entry.event))

    def _route(self, entry: Entry) -> list[Stream]:
        kind = entry.event.__struct_config__.tag
        people = self.audience.of(entry)
        teams = self.audience.teams(people)
        private = self.audience.private(entry.event)
        chosen = {stream for stream in self._candidates(kind, people) if stream.view.wants(kind, people, teams, private)}
        if not chosen:
            return []
        data = self.encoded(entry)
        for stream in chosen:
            stream.pending.append(data)
        self._dirty |= chosen
        if not kind.startswith("reservation."):
            return []
        return list(chosen.intersection(self._seats.get(entry.event.agent, {}).values()))

    def _candidates(self, kind: str, people: frozenset[str]) -> Iterable[Stream]:
        """The streams worth asking: of a thousand agents, most have nothing to do with most events."""
        if kind in FOR_EVERYBODY:
            return self._streams.values()
        found = set(self._supervisors)
        for user in people:
            found.update(self._seats.get(user, {}).values())
        return found | self._figures if kind in FIGURES else found

    def encoded(self, entry: Entry) -> bytes:
        """An entry as a CloudEvent; made once, however many are sent it."""
        data = self._bytes.get(entry.number)
        if data is None:
            data = self._bytes[entry.number] = to_json(cloud_event(entry, self.epochs.of(entry.number)))
            if len(self._bytes) > CACHED:
                self._bytes.popitem(last=False)
        return data


def pack(events: list[bytes]) -> list[tuple[bytes, int]]:
    """JSON arrays of at most :data:`MOST_TOGETHER` events each, with their lengths."""
    chunks = [events[at : at + MOST_TOGETHER] for at in range(0, len(events), MOST_TOGETHER)]
    return [(b"[" + b",".join(chunk) + b"]", len(chunk)) for chunk in chunks]
