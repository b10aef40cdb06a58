"""The figures of IVR trees and their menus. A caller's whole walk belongs to the interval in which it began."""

import msgspec

import switch.events as told
from cti.report_cells import Cells, ratio


class MenuTally(msgspec.Struct):
    """Of one menu; of the tree as a whole under the empty menu, where ``callers`` counts the walks."""

    callers: int = 0
    entries: int = 0
    chosen: dict[str, int] = {}
    closed: int = 0
    seconds: float = 0.0
    wrong_keys: int = 0
    silences: int = 0
    abandons: int = 0
    outcomes: dict[str, int] = {}


class MenuFigures(msgspec.Struct, kw_only=True):
    """One menu in one period."""

    menu: str
    callers: int
    entries: int
    chosen: dict[str, int]
    """Options chosen, by digit."""
    node_reach: float | None
    node_completion: float | None
    node_loops: float | None
    node_seconds: float | None
    node_csat: float | None = None
    """None: there are no surveys yet."""
    wrong_keys: int
    silences: int
    abandons: int


class TreeFigures(msgspec.Struct, kw_only=True):
    """One tree in one period."""

    tree: str
    walks: int
    outcomes: dict[str, int]
    """Where the walks ended: queue:support, goodbye, hung_up ..."""
    menus: list[MenuFigures]


class _Walk(msgspec.Struct):
    tree: str
    began: float
    seen: set[str]
    menu: str = ""
    since: float = 0.0


class TreeFold:
    def __init__(self, cells: Cells[MenuTally]) -> None:
        self.cells = cells
        self._walks: dict[str, _Walk] = {}

    def _tally(self, walk: _Walk, menu: str) -> MenuTally:
        return self.cells.at(f"{walk.tree}\n{menu}", walk.began)

    def entered(self, event: told.MenuEntered, at: float) -> None:
        walk = self._walks.get(event.contact)
        if walk is None or walk.tree != event.tree:
            walk = self._walks[event.contact] = _Walk(event.tree, at, set())
            self._tally(walk, "").callers += 1
        self._close(walk, at)
        tally = self._tally(walk, event.menu)
        tally.entries += 1
        tally.callers += event.menu not in walk.seen
        walk.seen.add(event.menu)
        walk.menu, walk.since = event.menu, at

    def _close(self, walk: _Walk, at: float) -> None:
        if walk.menu:
            tally = self._tally(walk, walk.menu)
            tally.closed += 1
            tally.seconds += at - walk.since
            walk.menu = ""

    def chosen(self, event: told.OptionChosen, at: float) -> None:
        walk = self._walks.get(event.contact)
        if walk is not None:
            chosen = self._tally(walk, event.menu).chosen
            chosen[event.digit] = chosen.get(event.digit, 0) + 1
            self._close(walk, at)

    def missed(self, event: told.MenuMissed, at: float) -> None:
        walk = self._walks.get(event.contact)
        if walk is not None:
            tally = self._tally(walk, event.menu)
            tally.wrong_keys += event.why == "wrong_key"
            tally.silences += event.why == "silence"

    def left(self, event: told.TreeLeft, at: float) -> None:
        walk = self._walks.pop(event.contact, None)
        if walk is not None:
            self._close(walk, at)
            outcomes = self._tally(walk, "").outcomes
            outcomes[event.outcome] = outcomes.get(event.outcome, 0) + 1
            self._tally(walk, event.menu).abandons += event.outcome == "hung_up"

    def ended(self, event: told.ContactEnded, at: float) -> None:
        """A crash ends a walk without a word."""
        self._walks.pop(event.contact, None)


HANDLERS = {
    told.MenuEntered: TreeFold.entered,
    told.OptionChosen: TreeFold.chosen,
    told.MenuMissed: TreeFold.missed,
    told.TreeLeft: TreeFold.left,
    told.ContactEnded: TreeFold.ended,
}


def figures(tallies: dict[str, list[MenuTally]]) -> list[TreeFigures]:
    """The figures of all trees, from the tallies by tree and menu."""
    menus: dict[str, dict[str, MenuTally]] = {}
    for name, found in tallies.items():
        tree, menu = name.split("\n", 1)
        menus.setdefault(tree, {})[menu] = Cells.total(MenuTally(), found)
    return [_tree(tree, menus[tree]) for tree in sorted(menus)]


def _tree(tree: str, menus: dict[str, MenuTally]) -> TreeFigures:
    whole = menus.pop("", MenuTally())
    return TreeFigures(tree=tree, walks=whole.callers, outcomes=whole.outcomes,
                       menus=[_menu(menu, sums, whole.callers) for menu, sums in sorted(menus.items())])


def _menu(menu: str, sums: MenuTally, walks: int) -> MenuFigures:
    return MenuFigures(
        menu=menu, callers=sums.callers, entries=sums.entries, chosen=sums.chosen,
        node_reach=ratio(sums.callers, walks), node_completion=ratio(sum(sums.chosen.values()), sums.closed),
        node_loops=ratio(sums.entries - sums.callers, sums.callers), node_seconds=ratio(sums.seconds, sums.closed),
        wrong_keys=sums.wrong_keys, silences=sums.silences, abandons=sums.abandons,
    )
