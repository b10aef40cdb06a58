"""The figures of trees, their nodes and options, from what :mod:`cti.report_walks` has counted."""

from collections.abc import Mapping

import msgspec

from cti.report_cells import Cells, ratio
from cti.report_walks import NodeTally, Spot

FORMULAS = {
    "tree_completion": "walks that ended where the caller wanted / walks that have ended. A walk did when a key other than 0"
    " led out of the tree, and nobody sent the caller on from that queue to another one; or when the caller hung up having"
    " heard an announcement or an answer to its end, with no key after it. Silence, wrong keys, 0 and failed look-ups lead"
    " nobody where they wanted; an answer ends a survey as it should",
    "tree_csat": "mean score of the callers who rated; none without surveys",
    "node_reach": "callers who came to the node / callers who entered the tree",
    "node_completion": "callers who came to the node and ended where they wanted / callers who came and have left the tree",
    "node_loops": "times a caller came to the node again / callers who came to it",
    "node_seconds": "seconds in the node / times it was left",
    "node_csat": "mean score of the callers who came to the node and rated; none without surveys",
    "option_reach": "callers who chose the option / callers who came to its menu",
    "option_completion": "callers who chose the option and ended where they wanted / callers who chose it and left the tree",
    "option_loops": "times a caller chose the option again / callers who chose it",
    "option_seconds": "seconds in the menu until the option was chosen / times it was chosen there",
    "option_csat": "mean score of the callers who chose the option and rated; none without surveys",
    "abandons": "callers who hung up there (of an option: after it, with no other chosen) and had not what they wanted",
    "gave_up_on": "times the node led a caller on because of silence, wrong keys, or a look-up that failed",
    "here": "callers who are in the node now",
}


class OptionFigures(msgspec.Struct, kw_only=True):
    """One option of a menu in one period."""

    digit: str
    callers: int
    chosen: int
    option_reach: float | None
    option_completion: float | None
    option_loops: float | None
    option_seconds: float | None
    option_csat: float | None
    abandons: int


GAVE_UP = ("silence.then", "wrong_key.then", "failed")
"""Ways by which a node leads on whoever could not make use of it."""


class MenuFigures(msgspec.Struct, kw_only=True):
    """One node in one period: a menu, or what lies between menus."""

    menu: str
    """Name of the node."""
    kind: str
    """menu, announcement, collect, lookup, question."""
    callers: int
    entries: int
    here: int
    ways: dict[str, int]
    """How many went on by each way: options.1, silence.then, then, failed ..."""
    node_reach: float | None
    node_completion: float | None
    node_loops: float | None
    node_seconds: float | None
    node_csat: float | None
    wrong_keys: int
    silences: int
    gave_up_on: int
    abandons: int
    options: list[OptionFigures]


class TreeFigures(msgspec.Struct, kw_only=True):
    """One version of a tree in one period."""

    tree: str
    version: str
    walks: int
    abandons: int
    tree_completion: float | None
    tree_csat: float | None
    outcomes: dict[str, int]
    """Where the walks ended: queue:support, goodbye, hung_up ..."""
    menus: list[MenuFigures]


def figures(tallies: Mapping[str, list[NodeTally]]) -> list[TreeFigures]:
    """The figures of all trees, from the tallies by spot."""
    trees: dict[Spot, dict[Spot, NodeTally]] = {}
    for key, found in tallies.items():
        spot = Spot(*key.split("\n"))
        trees.setdefault(Spot(spot.tree, spot.version), {})[spot] = Cells.total(NodeTally(), found)
    return [_tree(whole, trees[whole]) for whole in sorted(trees, key=lambda spot: spot.key)]


def _tree(whole: Spot, spots: dict[Spot, NodeTally]) -> TreeFigures:
    sums = spots.pop(whole, NodeTally())
    nodes = sorted((spot for spot in spots if not spot.digit), key=lambda spot: (spot.kind != "menu", spot.key))
    return TreeFigures(
        tree=whole.tree, version=whole.version, walks=sums.callers, abandons=sums.abandons,
        tree_completion=ratio(sums.completed, sums.over), tree_csat=ratio(sums.score, sums.rated), outcomes=sums.outcomes,
        menus=[_node(spot, spots, sums.callers) for spot in nodes],
    )


def _node(here: Spot, spots: dict[Spot, NodeTally], walks: int) -> MenuFigures:
    sums = spots[here]
    options = sorted((spot for spot in spots if spot.digit and (spot.kind, spot.node) == (here.kind, here.node)),
                     key=lambda spot: spot.digit)
    return MenuFigures(
        menu=here.node, kind=here.kind, callers=sums.callers, entries=sums.entries, ways=sums.ways,
        here=sums.entries - sums.closed - sums.lost, node_reach=ratio(sums.callers, walks),
        node_completion=ratio(sums.completed, sums.over), node_loops=ratio(sums.entries - sums.callers, sums.callers),
        node_seconds=ratio(sums.seconds, sums.closed), node_csat=ratio(sums.score, sums.rated),
        wrong_keys=sums.wrong_keys, silences=sums.silences, abandons=sums.abandons,
        gave_up_on=sum(count for way, count in sums.ways.items() if way.removesuffix(".closed") in GAVE_UP),
        options=[_option(spot.digit, spots[spot], sums.callers) for spot in options],
    )


def _option(digit: str, sums: NodeTally, callers: int) -> OptionFigures:
    return OptionFigures(
        digit=digit, callers=sums.callers, chosen=sums.entries, option_reach=ratio(sums.callers, callers),
        option_completion=ratio(sums.completed, sums.over), option_csat=ratio(sums.score, sums.rated),
        option_loops=ratio(sums.entries - sums.callers, sums.callers), option_seconds=ratio(sums.seconds, sums.closed),
        abandons=sums.abandons,
    )
