"""What a picture of a tree shows: one card a node, on it one row for each way on, and which card hangs on which row.

A tree is written as a graph, and graphs are drawn as tangles. So each card hangs on one row only, the first that leads
to it on the shortest way; every other way there is a row that names it. No line ever crosses another, and a picture is
as deep as its tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.prompts import Prompts
from ivr.tree import (
    PERSON_KEY,
    THANKS,
    Announcement,
    Collection,
    Destination,
    Lookup,
    Menu,
    Prompt,
    Question,
    Tree,
)
from ivr.ways import AnyNode, Place, nodes, place

ORDER = "123456789*#"
PERSON = f"options.{PERSON_KEY}"


@dataclass(frozen=True)
class Flow:
    """What callers did at a node in some time."""

    entered: int = 0
    gave_up: int = 0
    """Callers who hung up there."""
    here: int = 0
    """Callers who are there now."""
    ways: Mapping[str, int] = field(default_factory=dict)
    """How many took each way, by its key as in :func:`ivr.ways.onward`; ``options.0`` is the way to a person."""


@dataclass
class Row:
    """A way on."""

    key: str
    """As in :func:`ivr.ways.onward`."""
    label: str
    """What takes callers there: a key, silence, an answer."""
    target: str
    """Where to, in words."""
    place: Place | None
    """The node there; None = out of the tree."""
    said: str = ""
    """What is said on the way."""
    taken: int | None = None
    """Callers who took it; None = nobody counted."""
    card: "Card | None" = None
    """The card that hangs here."""


@dataclass
class Card:
    """A node."""

    place: Place
    facts: list[str]
    said: str
    rows: list[Row] = field(default_factory=list)
    flow: Flow | None = None


@dataclass
class Plan:
    """A tree as cards; all but the first hang on a row."""

    title: str
    start: Card
    loose: list[Card]
    """Cards that no way leads to."""
    counted: str = ""
    """What the counts are of; empty = there are none."""


def plan(tree: Tree, prompts: Prompts, flows: Mapping[Place, Flow] | None = None, counted: str = "") -> Plan:
    """The plan of a tree. ``flows``: what callers did at each node; None = nobody counted. Lengths come from
    ``prompts``."""
    cards = {here: _card(tree, prompts, here, node, flows) for here, node in nodes(tree).items()}
    hung: set[Place] = set()
    loose = []
    for first in (place(tree.first), *cards):
        if first in cards and first not in hung:
            _hang(cards, first, hung)
            loose.append(cards[first])
    version = f", version {tree.version}" if tree.version else ""
    start = loose.pop(0) if loose else Card(place(tree.first), [], "")
    return Plan(f"{tree.name or 'tree'} ({tree.language}{version})", start, loose, counted)


def _hang(cards: dict[Place, Card], first: Place, hung: set[Place]) -> None:
    """Hang every card that can be reached on the first row that leads to it, nearest cards first."""
    waiting = [first]
    hung.add(first)
    while waiting:
        for row in cards[waiting.pop(0)].rows:
            if row.place in cards and row.place not in hung:
                hung.add(row.place)
                row.card = cards[row.place]
                waiting.append(row.place)


def _card(tree: Tree, prompts: Prompts, here: Place, node: AnyNode, flows: Mapping[Place, Flow] | None) -> Card:
    said = node.prompts
    facts = [*_facts(tree, here, node)]
    if said:
        facts.insert(0, f"{prompts.seconds(said, tree.language):.0f} s")
    flow = None if flows is None else flows.get(here, Flow())
    card = Card(here, facts, words(said), flow=flow)
    for key, label, destination in ways(tree, node):
        taken = None if flow is None else flow.ways.get(key, 0)
        card.rows.append(Row(key, label, _target(destination), place(destination), words(destination.prompts), taken))
    return card


def _facts(tree: Tree, here: Place, node: AnyNode) -> list[str]:
    match node:
        case Menu():
            facts = [f"level {tree.levels.get(here, 0)}", f"{node.wait:g} s for a key"]
            return facts if node.barge_in else [*facts, "keys wait"]
        case Announcement():
            return [] if node.barge_in else ["cannot be skipped"]
        case Collection():
            facts = [f"{node.least}-{node.most} digits as {node.name}"]
            facts += [f"{node.terminator} ends"] * bool(node.terminator)
            return facts + ["read back"] * node.confirm + ["secret"] * node.secret
        case Lookup():
            return [f"{node.method} {node.url}", f"{node.deadline:g} s at most"]
        case Question():
            own = Question().scores != node.scores
            scores = ", ".join(f"{key} = {score}" for key, score in node.scores.items()) if own else "1-5"
            return [f"{node.wait:g} s for a key", scores, f"asked {node.retries + 1}×"]


def ways(tree: Tree, node: AnyNode) -> list[tuple[str, str, Destination]]:
    """Every way on, the unwritten ones too: its key, what takes callers there, where to."""
    found = _ways(tree, node)
    if isinstance(node, Menu) and node.closed is not None:
        found.append(("closed", f"{node.hours} closed", node.closed))
    return [each for key, label, there in found for each in (
        (key, label, there),
        *([(f"{key}.closed", f"{label}, {there.hours} closed", there.closed.destination)] if there.closed else []))]


def _ways(tree: Tree, node: AnyNode) -> list[tuple[str, str, Destination]]:
    person = tree.person
    match node:
        case Menu():
            keys = sorted(node.options, key=lambda key: ORDER.find(key))
            found = [(f"options.{key}", key, node.options[key]) for key in keys]
            return [*found, (PERSON, PERSON_KEY, person),
                    ("silence.then", f"silence ×{node.silence.repeat + 1}", node.silence.then or person),
                    ("wrong_key.then", f"wrong key ×{node.wrong_key.repeat + 1}", node.wrong_key.then or person)]
        case Announcement():
            return [("then", "then", node.then or tree.after_announcement)]
        case Collection():
            return [("then", "typed", node.then or person), ("failed", "failed", node.failed or person)]
        case Question():
            return [("then", "answered", node.then or THANKS), ("failed", "no answer", node.failed or THANKS)]
        case Lookup():
            found = [(f"branches.{each.equals}", f"{each.variable} = {each.equals}", each.then) for each in node.branches]
            return [*found, ("then", "found", node.then or person), ("not_found", "not found", node.not_found or person),
                    ("failed", "no answer", node.failed or person)]


def words(prompts: tuple[Prompt, ...]) -> str:
    """Prompts as one reads them: names of sounds, texts in quotes, variables in braces."""
    return ", ".join(prompt.sound or (f"“{prompt.text}”" if prompt.text else f"{{{prompt.variable}}}")
                     for prompt in prompts)


def _target(destination: Destination) -> str:
    name = f"{destination.kind} {destination.target}".strip()
    more = [f"priority {destination.priority}"] * bool(destination.priority)
    more += [f"{skill} {level}+" for skill, level in destination.skills.items()]
    return f"{name} ({', '.join(more)})" if more else name
