"""Which node of a tree leads where, and how deep a menu lies.

A tree is drawn as a tree but written as a graph: "back to the main menu" is an option like any other. So the level of a
menu is the length of the *shortest* way to it, counted in menus; what lies between two menus (an announcement, a
collection of digits, a look-up) is no level of its own, because the caller chooses nothing there.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import NamedTuple

from ivr.tree import NODES, Announcement, Collection, Destination, Lookup, Menu, Prompt, Question, Tree

AnyNode = Menu | Announcement | Collection | Lookup | Question
ASKING = ("menu", "question")
"""Where callers choose or answer by one key: each costs a level."""


class Place(NamedTuple):
    """A node of a tree: its kind (menu, announcement, collect, lookup, question) and its name."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}"


def nodes(tree: Tree) -> dict[Place, AnyNode]:
    """Every node of the tree by its place."""
    return {
        Place(kind, name): node for kind, section in NODES.items() for name, node in getattr(tree, section).items()
    }


def place(destination: Destination) -> Place | None:
    """The node that a destination names; None when it leaves the tree."""
    return Place(destination.kind, destination.target) if destination.kind in NODES else None


def onward(node: AnyNode) -> Iterator[tuple[str, Destination]]:
    """Every destination that is written under a node, with the key it stands under, such as ``silence.then``; behind one
    with hours where it leads while they are over."""
    for key, destination in _written(node):
        yield key, destination
        if destination.closed is not None:
            yield f"{key}.closed", destination.closed.destination


def _written(node: AnyNode) -> Iterator[tuple[str, Destination]]:
    match node:
        case Menu():
            yield from ((f"options.{key}", option) for key, option in node.options.items())
            named = {"closed": node.closed, "silence.then": node.silence.then, "wrong_key.then": node.wrong_key.then}
        case Announcement():
            named = {"then": node.then}
        case Collection() | Question():
            named = {"then": node.then, "failed": node.failed}
        case Lookup():
            yield from ((f"branches.{branch.equals}", branch.then) for branch in node.branches)
            named = {"then": node.then, "not_found": node.not_found, "failed": node.failed}
    yield from ((key, destination) for key, destination in named.items() if destination)


def following(tree: Tree, here: Place, node: AnyNode) -> list[Place]:
    """The nodes that come directly after this one. An announcement without ``then`` leads back to the first menu, in a
    survey to its end."""
    places = [there for _, destination in onward(node) if (there := place(destination))]
    if here.kind == "announcement" and node.then is None and (there := place(tree.after_announcement)):
        places.append(there)
    return places


def levels(tree: Tree) -> dict[Place, int]:
    """The level of every node that can be reached, the first menu (or question) being 1; what lies between has the level
    of the one before.

    Searched breadth first with two kinds of steps: a step into one of these costs a level, any other step none; those are
    looked at first, so the first number found for a place is the least.
    """
    every, found = nodes(tree), {}
    waiting = [(1, place(tree.first))]
    while waiting:
        level, here = waiting.pop(0)
        if here in found or here not in every:
            continue
        found[here] = level
        for there in following(tree, here, every[here]):
            if there.kind in ASKING:
                waiting.append((level + 1, there))
            else:
                waiting.insert(0, (level, there))
    return found


def unasked(tree: Tree, here: Place, node: AnyNode) -> list[Place]:
    """The nodes to which a caller gets from here without touching a key."""
    match node:
        case Menu():
            ways = [node.closed, node.silence.then]
        case Collection():
            ways = [node.failed]
        case Question():  # an answer is no choice: whoever gave it must not be asked again
            ways = [node.then, node.failed]
        case _:
            return following(tree, here, node)
    ways += [way.closed.destination for way in ways if way and way.closed]
    return [there for way in ways if way and (there := place(way))]


def circle(tree: Tree, start: Place) -> list[Place]:
    """A way from a node back to it without a key being touched, both ends included; empty = there is none."""
    every, ways = nodes(tree), [[start]]
    seen: set[Place] = set()
    while ways:
        way = ways.pop(0)
        for there in unasked(tree, way[-1], every[way[-1]]):
            if there == start:
                return [*way, start]
            if there in every and there not in seen:
                seen.add(there)
                ways.append([*way, there])
    return []


def prompts(entry: object) -> Iterator[Prompt]:
    """Every prompt that is written in a tree or below an entry of it, in the order of the fields."""
    if isinstance(entry, Prompt):
        yield entry
    elif is_dataclass(entry):
        for field in fields(entry):
            yield from prompts(getattr(entry, field.name))
    elif isinstance(entry, dict | tuple):
        for each in entry.values() if isinstance(entry, dict) else entry:
            yield from prompts(each)
