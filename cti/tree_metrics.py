"""Trees for Prometheus: counters since the switch started, by tree, version, node and way.

The same fold as in reports, over one long interval. It reads the journal when it is asked, or when much is new, so that
a call costs it nothing.
"""

from collections.abc import Iterator

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from cti.report_walks import HANDLERS, NodeTally, Spot, TreeFold
from switch.journal import Journal

BEHIND = 5_000
"""Entries that may wait for being asked."""
NODE = ("tree", "version", "kind", "node")
_OF_NODES = {
    "callers": ("tree_node_callers", "Walks that came to the node"),
    "entries": ("tree_node_entries", "Times that callers came to the node"),
    "seconds": ("tree_node_seconds", "Seconds that callers were in the node"),
    "wrong_keys": ("tree_node_wrong_keys", "Wrong keys pressed in the node"),
    "silences": ("tree_node_silences", "Times that callers of the node pressed nothing"),
    "abandons": ("tree_node_abandons", "Callers who hung up in the node without what they wanted"),
    "over": ("tree_node_walks_ended", "Ended walks that had come to the node"),
    "rated": ("tree_node_ratings", "Ratings by callers who came to the node"),
    "score": ("tree_node_rating_points", "Sum of these ratings"),
}


class _Sums:
    """Tallies without intervals."""

    def __init__(self) -> None:
        self.tallies: dict[str, NodeTally] = {}

    def at(self, name: str, moment: float) -> NodeTally:
        return self.tallies.setdefault(name, NodeTally())


class TreeMetrics:
    """A Prometheus collector."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._cursor = journal.last
        self._sums = _Sums()
        self._fold = TreeFold(self._sums)

    def read(self, behind: int = 0) -> None:
        """Take what is new, where it is more than ``behind`` entries."""
        if self._journal.last - self._cursor <= behind:
            return
        for entry in self._journal.since(max(self._cursor, self._journal.first - 1)):
            handler = HANDLERS.get(type(entry.event))
            if handler is not None:
                handler(self._fold, entry.event, entry.at)
        self._cursor = self._journal.last

    def collect(self) -> Iterator[Metric]:
        self.read()
        spots = {Spot(*key.split("\n")): tally for key, tally in self._sums.tallies.items()}
        whole = {spot: tally for spot, tally in spots.items() if not spot.kind}
        nodes = {spot: tally for spot, tally in spots.items() if spot.kind and not spot.digit}
        yield _counter("tree_walks", "Callers who entered the tree", NODE[:2], {
            (spot.tree, spot.version): tally.callers for spot, tally in whole.items()})
        yield _gauge("tree_walks_completed", "Walks that ended where the caller wanted; falls when one is sent on",
                     NODE[:2], {(spot.tree, spot.version): tally.completed for spot, tally in whole.items()})
        yield _counter("tree_walks_ended", "Walks by where they ended", (*NODE[:2], "outcome"), {
            (spot.tree, spot.version, outcome): count
            for spot, tally in whole.items() for outcome, count in tally.outcomes.items()})
        yield _counter("tree_ways", "Times that a way on was taken", (*NODE, "way"), {
            (*_node(spot), way): count for spot, tally in nodes.items() for way, count in tally.ways.items()})
        for field, (name, told) in _OF_NODES.items():
            yield _counter(name, told, NODE, {_node(spot): getattr(tally, field) for spot, tally in nodes.items()})
        yield _gauge("tree_node_walks_completed", "Ended walks through the node that ended where the caller wanted", NODE,
                     {_node(spot): tally.completed for spot, tally in nodes.items()})
        yield _gauge("tree_node_callers_here", "Callers who are in the node now", NODE, {
            _node(spot): tally.entries - tally.closed - tally.lost for spot, tally in nodes.items()})


def _node(spot: Spot) -> tuple[str, ...]:
    return spot.tree, spot.version, spot.kind, spot.node


def _counter(name: str, told: str, labels: tuple[str, ...], values: dict[tuple[str, ...], float]) -> Metric:
    family = CounterMetricFamily(f"shoal_{name}", told, labels=labels)
    for names, value in values.items():
        family.add_metric(names, value)
    return family


def _gauge(name: str, told: str, labels: tuple[str, ...], values: dict[tuple[str, ...], float]) -> Metric:
    family = GaugeMetricFamily(f"shoal_{name}", told, labels=labels)
    for names, value in values.items():
        family.add_metric(names, value)
    return family
