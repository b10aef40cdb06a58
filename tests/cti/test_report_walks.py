"""Figures of trees: who ended where they wanted, who was lost where, per node, option and version."""

from datetime import UTC

import pytest

import switch.events as told
from cti.report_cells import Cells
from cti.report_text import trees
from cti.report_trees import figures
from cti.report_walks import HANDLERS, NodeTally, TreeFold
from cti.reports import report
from switch.journal import Entry
from tests.switch.lives import NINE, day


class Way:
    """Writes the journal of one caller after the other, two seconds from event to event."""

    def __init__(self) -> None:
        self.fold, self.at = TreeFold(Cells(NodeTally, 0, 1e9)), 0.0
        self.entries: list[Entry] = []

    def walk(self, contact: str, *words: str, version: str = "1") -> None:
        for word in words:
            verb, *rest = word.split()
            self.tell(self.event(contact, version, verb, rest))

    def event(self, contact: str, version: str, verb: str, rest: list[str]) -> told.Event:
        here = {"contact": contact, "tree": "t"}
        match verb:
            case "menu":
                return told.MenuEntered(**here, version=version, menu=rest[0], level=1)
            case "key":
                return told.OptionChosen(**here, menu=rest[0], digit=rest[1], leads_to=rest[2], closed="closed" in rest)
            case "pass":
                return told.NodePassed(**here, kind=rest[0], node=rest[1], way=rest[2], leads_to=rest[3],
                                       closed="closed" in rest)
            case "miss":
                return told.MenuMissed(**here, menu=rest[0], why=rest[1])
            case "left":
                return told.TreeLeft(**here, version=version, menu=rest[0], outcome=rest[1])
            case "transfer":
                return told.Transferred(contact=contact, by="1001", to=rest[0])
        return told.ContactEnded(contact=contact, ended_by="customer", cause="normal_call_clearing")

    def tell(self, event: told.Event) -> None:
        HANDLERS[type(event)](self.fold, event, self.at)
        self.at += 2

    @property
    def trees(self):
        return figures(self.fold.cells.all())


@pytest.fixture
def way() -> Way:
    return Way()


WALKS = {
    "a key led to the queue": (1, ["menu m", "key m 1 queue:a", "left m queue:a", "end"]),
    "the queue was the wrong one": (0, ["menu m", "key m 1 queue:a", "left m queue:a", "transfer queue:b", "end"]),
    "a colleague took over": (1, ["menu m", "key m 1 queue:a", "left m queue:a", "transfer 1002", "end"]),
    "back to the same queue": (1, ["menu m", "key m 1 queue:a", "left m queue:a", "transfer queue:a", "end"]),
    "0 is a person, not the way": (0, ["menu m", "key m 0 queue:a", "left m queue:a", "end"]),
    "silence led to the queue": (0, ["menu m", "miss m silence", "pass menu m silence.then queue:a", "left m queue:a"]),
    "a key, then goodbye": (1, ["menu m", "key m 5 goodbye", "left m goodbye"]),
    "a message was left": (1, ["menu m", "key m 4 voicemail:a", "left m voicemail:a"]),
    "hung up at once": (0, ["menu m", "left m hung_up"]),
    "hung up within the announcement": (0, ["menu m", "key m 3 announcement:n", "left m hung_up"]),
    "hung up having heard it": (1, ["menu m", "key m 3 announcement:n", "pass announcement n then menu:m", "menu m",
                                    "left m hung_up"]),
    "heard it, but wanted more": (0, ["menu m", "key m 3 announcement:n", "pass announcement n then menu:m", "menu m",
                                      "miss m wrong_key", "left m hung_up"]),
    "the look-up failed": (0, ["menu m", "key m 2 lookup:l", "pass lookup l failed queue:a", "left m queue:a"]),
    "the look-up answered": (1, ["menu m", "key m 2 lookup:l", "pass lookup l branches.gold queue:a", "left m queue:a"]),
}


@pytest.mark.parametrize(("completed", "walk"), WALKS.values(), ids=WALKS)
def test_who_ended_where_they_wanted(way, completed, walk):
    way.walk("c", *walk)
    (tree,) = way.trees
    assert tree.tree_completion == tree.menus[0].node_completion == completed
    hung_up = walk[-1].endswith("hung_up")
    assert tree.abandons == (hung_up and not completed)


def test_edges_carry_callers_and_nodes_who_gave_up(way):
    way.walk("a", "menu m", "key m 2 collect:pin", "miss pin silence", "pass collect pin then menu:m", "menu m",
             "key m 2 collect:pin", "left m hung_up", "end")
    way.walk("b", "menu m", "miss m silence", "miss m silence", "pass menu m silence.then queue:a", "left m queue:a")
    way.walk("c", "menu m")
    menu, pin = way.trees[0].menus
    assert (menu.kind, menu.ways) == ("menu", {"options.2": 2, "silence.then": 1})
    assert (menu.callers, menu.entries, menu.here, menu.silences, menu.gave_up_on) == (3, 4, 1, 2, 1)
    assert (pin.kind, pin.ways, pin.silences, pin.abandons, menu.abandons) == ("collect", {"then": 1}, 1, 1, 0)
    assert (menu.node_loops, menu.node_seconds, pin.node_seconds) == (1 / 3, (2 + 2 + 6) / 3, (4 + 2) / 2)
    (option,) = menu.options
    assert (option.digit, option.chosen, option.callers, option.abandons) == ("2", 2, 1, 1)
    assert (option.option_reach, option.option_loops, option.option_seconds, option.option_completion) == (1 / 3, 1, 2, 0)


def test_a_published_tree_is_counted_apart(way):
    way.walk("a", "menu m", "left m hung_up", version="1")
    way.walk("b", "menu m", "left m hung_up", "end", version="2")
    way.walk("a", "end")
    way.walk("c", "menu m", "left m hung_up", "end", version="2")
    assert [(tree.version, tree.walks) for tree in way.trees] == [("1", 1), ("2", 2)]


def test_a_crash_leaves_nobody_in_a_menu(way):
    way.walk("a", "menu m", "end")
    assert way.trees[0].menus[0].here == 0


def test_satisfaction_goes_to_all_that_the_caller_came_through(way):
    way.walk("a", "menu m", "key m 2 menu:n", "menu n", "key n 1 queue:a", "left n queue:a")
    way.walk("b", "menu m", "left m hung_up", "end")
    assert way.trees[0].tree_csat is None
    way.tell(told.SurveyEnded(contact="a", survey="s", version="1", agent="1001", queue="a", outcome="completed",
                              answers={"q": 5}, score=5.0))
    (tree,) = way.trees
    assert (tree.tree_csat, tree.menus[1].node_csat, tree.menus[1].options[0].option_csat) == (5, 5, 5)


@pytest.mark.parametrize("seed", range(4))
def test_walks_and_ways_add_up(seed):
    for tree in report(day(seed), NINE, NINE + 86400, UTC, {}).trees:
        assert sum(tree.outcomes.values()) == tree.walks
        assert tree.abandons == tree.outcomes["hung_up"]
        assert sum(menu.abandons for menu in tree.menus) == tree.abandons
        for menu in tree.menus:
            assert menu.here == 0 and sum(option.chosen for option in menu.options) == sum(menu.ways.values())


def test_the_text_of_trees_has_options_and_formulas():
    made = report(day(1), NINE, NINE + 86400, UTC, {})
    written = trees(made, "main", UTC)
    assert "Tree main, version 1" in written and "menu top" in written and "top 1 " in written
    assert "tree_completion: walks that ended where the caller wanted" in written
    assert "Nobody was there." in trees(made, "other", UTC)


def test_a_way_whose_hours_are_over_is_counted_apart(way):
    way.walk("a", "menu main", "key main 1 voicemail:sales closed", "left main voicemail:sales")
    way.walk("b", "menu main", "key main 1 queue:sales", "left main queue:sales")
    way.walk("c", "menu main", "pass menu main silence.then goodbye closed", "left main goodbye")
    (tree,) = way.trees
    assert tree.menus[0].ways == {"options.1.closed": 1, "options.1": 1, "silence.then.closed": 1}
    assert (tree.menus[0].options[0].chosen, tree.menus[0].gave_up_on) == (2, 1)
