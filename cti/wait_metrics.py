"""Waits for Prometheus: how long callers waited, phones rang and contacts lasted, why queues were left, what clients asked.

Counted from the journal since the switch started, when somebody scrapes or when much is new, so that a call costs it
nothing, and what Prometheus draws cannot disagree with the reports. Labels are queues of the configuration and words of the
events' own short lists.
"""

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric

from cti.metrics import buckets
from switch import events as told
from switch.figures import Histogram
from switch.journal import Entry, Journal

WAIT = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 1800.0)
RING = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0)
LENGTH = (5.0, 10.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0)
STAGES = {
    told.ReservationAccepted: "accepted", told.ReservationRejected: "rejected", told.ReservationTimedOut: "timeout",
    told.ReservationCanceled: "canceled", told.ReservationRescinded: "rescinded",
}  # fmt: skip
Key = tuple[str, ...]


class WaitMetrics:
    """A Prometheus collector."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._cursor = journal.last
        self._counters: dict[str, dict[Key, float]] = {name: {} for name in COUNTERS}
        self._histograms: dict[str, dict[Key, Histogram]] = {name: {} for name in HISTOGRAMS}
        self._offered: dict[str, tuple[float, str]] = {}
        """Contacts in progress: since when, and which way."""
        self._rings: dict[str, tuple[float, str]] = {}
        """Offers that are open: since when, and for which queue."""

    def read(self, behind: int = 0) -> None:
        """Take what is new, where it is more than ``behind`` entries."""
        if self._journal.last - self._cursor <= behind:
            return
        for entry in self._journal.since(max(self._cursor, self._journal.first - 1)):
            if (handler := _HANDLERS.get(type(entry.event))) is not None:
                handler(self, entry)
        self._cursor = self._journal.last

    def collect(self) -> Iterator[Metric]:
        self.read()
        for name, (meaning, labels) in COUNTERS.items():
            counter = CounterMetricFamily(f"shoal_{name}", meaning, labels=labels)
            for key, count in sorted(self._counters[name].items()):
                counter.add_metric(key, count)
            yield counter
        for name, (meaning, labels, _) in HISTOGRAMS.items():
            family = HistogramMetricFamily(f"shoal_{name}", meaning, labels=labels)
            for key, histogram in sorted(self._histograms[name].items()):
                figures = histogram.figures()
                family.add_metric(key, buckets(figures), figures["sum", ""])
            yield family

    # -- what each event means ----------------------------------------------------------------------------------------

    def _count(self, name: str, *key: str) -> None:
        counts = self._counters[name]
        counts[key] = counts.get(key, 0.0) + 1

    def _time(self, name: str, seconds: float, *key: str) -> None:
        histograms = self._histograms[name]
        if key not in histograms:
            histograms[key] = Histogram(HISTOGRAMS[name][2])
        histograms[key].add(max(0.0, seconds))

    def _begun(self, entry: Entry) -> None:
        event: Any = entry.event
        self._offered[event.contact] = entry.at, event.direction
        self._count("contacts_offered", event.direction)

    def _ended(self, entry: Entry) -> None:
        event: Any = entry.event
        self._count("contacts_ended", event.ended_by)
        if (since := self._offered.pop(event.contact, None)) is not None:
            self._time("contact_length_seconds", entry.at - since[0], since[1])

    def _left(self, entry: Entry) -> None:
        event: Any = entry.event
        self._count("queue_left", event.queue, event.why)
        outcome = event.why if event.why in ("answered", "abandoned") else "other"
        self._time("queue_wait_seconds", event.waited, event.queue, outcome)

    def _rings_now(self, entry: Entry) -> None:
        event: Any = entry.event
        self._rings[event.reservation] = entry.at, event.queue

    def _rang(self, entry: Entry) -> None:
        event: Any = entry.event
        if (since := self._rings.pop(event.reservation, None)) is not None:
            self._time("agent_ring_seconds", entry.at - since[0], since[1], STAGES[type(event)])

    def _asked(self, entry: Entry) -> None:
        event: Any = entry.event
        self._count("survey_ended", event.queue, event.outcome)

    def _answered(self, entry: Entry) -> None:
        event: Any = entry.event
        self._count("survey_answers", event.queue, str(event.score))

    def _commanded(self, entry: Entry) -> None:
        self._count("cti_commands", entry.event.command)

    def _refused(self, entry: Entry) -> None:
        self._count("cti_commands_refused", entry.event.command)


COUNTERS: dict[str, tuple[str, Key]] = {
    "contacts_offered": ("Contacts that began", ("direction",)),
    "contacts_ended": ("Contacts that ended, by who ended them", ("ended_by",)),
    "queue_left": ("Times that callers left the queue, by why", ("queue", "why")),
    "survey_ended": ("Surveys that callers were asked, by what came of it", ("queue", "outcome")),
    "survey_answers": ("Answers of callers to questions of surveys, by score", ("queue", "score")),
    "cti_commands": ("Commands of clients that were obeyed", ("command",)),
    "cti_commands_refused": ("Commands of clients that could not be obeyed", ("command",)),
}  # fmt: skip
HISTOGRAMS: dict[str, tuple[str, Key, tuple[float, ...]]] = {
    "queue_wait_seconds": ("How long callers waited in the queue, by what came of it", ("queue", "outcome"), WAIT),
    "agent_ring_seconds": ("How long agents' phones rang; no queue = called by number", ("queue", "outcome"), RING),
    "contact_length_seconds": ("From the first sign of a contact to its last hang-up", ("direction",), LENGTH),
}  # fmt: skip
_HANDLERS: dict[type[told.Event], Callable[[WaitMetrics, Entry], None]] = {
    told.ContactOffered: WaitMetrics._begun, told.ContactEnded: WaitMetrics._ended,
    told.ContactDequeued: WaitMetrics._left, told.ReservationCreated: WaitMetrics._rings_now,
    **dict.fromkeys(STAGES, WaitMetrics._rang), told.CommandObeyed: WaitMetrics._commanded,
    told.CommandRefused: WaitMetrics._refused,
    told.SurveyEnded: WaitMetrics._asked, told.SurveyAnswered: WaitMetrics._answered,
}  # fmt: skip
