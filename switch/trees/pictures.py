"""A tree and what callers did in it, as one picture: the figures of :mod:`cti.report_trees` on :mod:`ivr.drawing`."""

from collections.abc import Mapping, Sequence
from typing import Any

from ivr.drawing import svg, terminal
from ivr.drawing.plan import Flow, plan
from ivr.prompts import Prompts
from ivr.tree import Tree
from ivr.ways import Place
from switch.language.words import PLAIN, Words

SHAPES = {"svg": svg.svg, "txt": terminal.lines}


def picture(tree: Tree, prompts: Prompts, shape: str, figures: Sequence[Mapping[str, Any]] | None = None,
            when: str = "", words: Words = PLAIN) -> str:
    """The picture as ``svg`` or ``txt``. ``figures``: those of a report for ``when``; None = nobody counted. Only callers
    who walked in this version of the tree are on it; of others it says how many they were."""
    if figures is None:
        return SHAPES[shape](plan(tree, prompts), say=words)
    ours = [each for each in figures if each["tree"] == tree.name]
    flows = {Place(menu["kind"], menu["menu"]): Flow(menu["callers"], menu["abandons"], menu["here"], menu["ways"])
             for each in ours if each["version"] == tree.version for menu in each["menus"]}
    walks = sum(each["walks"] for each in ours if each["version"] == tree.version)
    others = sum(each["walks"] for each in ours) - walks
    counted = f"{when}: {walks} callers" + (f", and {others} in other versions" if others else "")
    return SHAPES[shape](plan(tree, prompts, flows, counted), say=words)
