"""What callers do in trees, counted from the journal, node by node and option by option, for each version of a tree.

A caller's whole walk belongs to the interval in which it began. A node is a menu, an announcement, a collection of digits
or a look-up; an option is a key of a menu. Whether a walk ended where the caller wanted is known when it ends, but for one
thing: a queue was the wrong one if somebody sends the caller on to another, so a walk is remembered until the contact ends.
"""

import msgspec

import switch.events as told
from cti.report_cells import Cells

PERSON = "0"
ANSWERS = ("announcement", "lookup")
"""Nodes that tell callers something."""


class Spot(msgspec.Struct, frozen=True):
    """What is counted: a node, an option of it (``digit``), or a version of a tree as a whole (no ``kind``)."""

    tree: str
    version: str
    kind: str = ""
    """menu, announcement, collect, lookup, question."""
    node: str = ""
    digit: str = ""

    @property
    def key(self) -> str:
        """The spot as a name for :class:`~cti.report_cells.Cells`."""
        return "\n".join(msgspec.structs.astuple(self))


class NodeTally(msgspec.Struct):
    """Of one spot. Of a tree as a whole, ``callers`` counts the walks."""

    callers: int = 0
    """Walks that came here."""
    entries: int = 0
    closed: int = 0
    """Times that callers went on from here, or hung up."""
    lost: int = 0
    """Times that a caller was here when the switch stopped: nobody knows how long."""
    seconds: float = 0.0
    wrong_keys: int = 0
    silences: int = 0
    abandons: int = 0
    over: int = 0
    """Walks through here that have ended."""
    completed: int = 0
    rated: int = 0
    score: float = 0.0
    """Sum of the scores of those who rated."""
    ways: dict[str, int] = {}
    outcomes: dict[str, int] = {}


class _Walk(msgspec.Struct):
    whole: Spot
    began: float
    seen: set[Spot]
    asked: Spot | None = None
    """The menu, or the question, that the caller was in last."""
    here: Spot | None = None
    since: float = 0.0
    last: Spot | None = None
    """The option that was chosen last."""
    wanted: bool = False
    """Whether it was the caller's own key that led to where they are; 0, silence and wrong keys are none."""
    told: bool = False
    """Whether the caller has heard an answer, and touched no key since."""
    outcome: str = ""
    completed: bool = False


class TreeFold:
    def __init__(self, cells: Cells[NodeTally]) -> None:
        self.cells = cells
        self._walks: dict[str, _Walk] = {}
        self._over: dict[str, list[_Walk]] = {}

    def _tally(self, walk: _Walk, spot: Spot) -> NodeTally:
        return self.cells.at(spot.key, walk.began)

    # -- the way ------------------------------------------------------------------------------------------------------

    def entered(self, event: told.MenuEntered, at: float) -> None:
        walk = self._walks.get(event.contact)
        if walk is None or (walk.whole.tree, walk.whole.version) != (event.tree, event.version):
            self._forget(event.contact)
            whole = Spot(event.tree, event.version)
            walk = self._walks[event.contact] = _Walk(whole, at, {whole})
            self._tally(walk, whole).callers += 1
        walk.asked = self._enter(walk, event.kind, event.menu, at)

    def _enter(self, walk: _Walk, kind: str, node: str, at: float) -> Spot:
        self._close(walk, at)
        walk.here, walk.since = msgspec.structs.replace(walk.whole, kind=kind, node=node), at
        self._came(walk, walk.here)
        return walk.here

    def _came(self, walk: _Walk, spot: Spot) -> NodeTally:
        tally = self._tally(walk, spot)
        tally.entries += 1
        tally.callers += spot not in walk.seen
        walk.seen.add(spot)
        return tally

    def _close(self, walk: _Walk, at: float) -> None:
        if walk.here is not None:
            tally = self._tally(walk, walk.here)
            tally.closed += 1
            tally.seconds += at - walk.since
            walk.here = None

    def _lead(self, walk: _Walk, leads_to: str, at: float) -> None:
        """Into the next node, where it is one; a menu tells of itself, when it begins to speak."""
        self._close(walk, at)
        kind, _, node = leads_to.partition(":")
        if kind in ("announcement", "collect", "lookup"):
            self._enter(walk, kind, node, at)

    def chosen(self, event: told.OptionChosen, at: float) -> None:
        walk = self._walks.get(event.contact)
        if walk is None:
            return
        menu = msgspec.structs.replace(walk.whole, kind="menu", node=event.menu)
        _count(self._tally(walk, menu).ways, f"options.{event.digit}" + ".closed" * event.closed)
        walk.last = msgspec.structs.replace(menu, digit=event.digit)
        tally = self._came(walk, walk.last)
        if walk.here == menu:
            tally.closed += 1
            tally.seconds += at - walk.since
        walk.wanted, walk.told = event.digit != PERSON, False
        self._lead(walk, event.leads_to, at)

    def passed(self, event: told.NodePassed, at: float) -> None:
        walk = self._walks.get(event.contact)
        if walk is None:
            return
        _count(self._tally(walk, msgspec.structs.replace(walk.whole, kind=event.kind, node=event.node)).ways,
               event.way + ".closed" * event.closed)
        if event.way in ("silence.then", "wrong_key.then", "failed"):
            walk.wanted = False
        elif event.kind == "question":
            walk.wanted = True
        walk.told |= event.kind in ANSWERS and event.way not in ("failed", "not_found")
        self._lead(walk, event.leads_to, at)

    def missed(self, event: told.MenuMissed, at: float) -> None:
        walk = self._walks.get(event.contact)
        if walk is None:
            return
        kind = walk.here.kind if walk.here and walk.here.node == event.menu else "menu"
        tally = self._tally(walk, msgspec.structs.replace(walk.whole, kind=kind, node=event.menu))
        tally.wrong_keys += event.why == "wrong_key"
        tally.silences += event.why == "silence"
        walk.told &= event.why != "wrong_key"

    # -- the end ------------------------------------------------------------------------------------------------------

    def left(self, event: told.TreeLeft, at: float) -> None:
        walk = self._walks.pop(event.contact, None)
        if walk is None:
            return
        hung_up = event.outcome == "hung_up"
        walk.outcome, walk.completed = event.outcome, walk.told if hung_up else walk.wanted
        _count(self._tally(walk, walk.whole).outcomes, event.outcome)
        if hung_up and not walk.completed:
            for spot in (walk.here or walk.asked, walk.last, walk.whole):
                if spot is not None:
                    self._tally(walk, spot).abandons += 1
        self._close(walk, at)
        for spot in walk.seen:
            tally = self._tally(walk, spot)
            tally.over += 1
            tally.completed += walk.completed
        self._over.setdefault(event.contact, []).append(walk)

    def transferred(self, event: told.Transferred, at: float) -> None:
        """Sent on to another queue: the tree had led to the wrong one."""
        for walk in self._over.get(event.contact, ()):
            if walk.completed and walk.outcome.startswith("queue:") and event.to not in (walk.outcome, ""):
                if not event.to.startswith("queue:"):
                    continue
                walk.completed = False
                for spot in walk.seen:
                    self._tally(walk, spot).completed -= 1

    def rated(self, event: told.SurveyEnded, at: float) -> None:
        """The caller has rated the contact: this goes to everything that their walks came through, the questions, too, of
        which who hangs up in the middle has not left the last one yet."""
        now = self._walks.get(event.contact)
        walks = [*self._over.get(event.contact, ()), *([now] if now is not None else [])]
        for walk in walks if event.score is not None else ():
            for spot in walk.seen:
                tally = self._tally(walk, spot)
                tally.rated += 1
                tally.score += event.score

    def ended(self, event: told.ContactEnded, at: float) -> None:
        """A crash ends a walk without a word."""
        self._forget(event.contact)
        self._over.pop(event.contact, None)

    def _forget(self, contact: str) -> None:
        walk = self._walks.pop(contact, None)
        if walk is not None and walk.here is not None:
            self._tally(walk, walk.here).lost += 1


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


HANDLERS = {
    told.MenuEntered: TreeFold.entered,
    told.OptionChosen: TreeFold.chosen,
    told.NodePassed: TreeFold.passed,
    told.MenuMissed: TreeFold.missed,
    told.TreeLeft: TreeFold.left,
    told.Transferred: TreeFold.transferred,
    told.SurveyEnded: TreeFold.rated,
    told.ContactEnded: TreeFold.ended,
}
