"""The tree: what a walk asks for is translated to media and the journal, and what the caller does is told to the walk."""

import ivr.effects as ivr
from ivr.interpreter import Walk
from media.orders import Stop
from switch.contact import arrival, ending, recording, surveying
from switch.contact.state import Contact
from switch.effects import Fetch
from switch.events import (
    DigitPressed,
    DigitsCollected,
    LookedUp,
    MenuEntered,
    MenuMissed,
    NodePassed,
    OptionChosen,
    TreeLeft,
)
from switch.hours.known import variables
from switch.house import House
from switch.routing import Destination


def begin(house: House, contact: Contact, name: str) -> None:
    """Start at the tree's first menu. The contact keeps this tree and its sounds to its end, whatever is published
    meanwhile."""
    tree = house.settings.trees[name]
    contact.tree, contact.prompts = tree, house.prompts
    contact.language = contact.customer.language or tree.language or contact.language
    known = {**variables(house.doors, house.now), "caller": contact.caller, "called": contact.called,
             "caller_name": contact.customer.name}
    contact.walk = Walk(tree, known, contact.language)
    house.segment(contact, "ivr", name)
    contact.trees.append(name)
    recording.start_in_tree(house, contact)
    take(house, contact, contact.walk.start(house.now))


def press(house: House, contact: Contact, digit: str) -> None:
    """The caller pressed a key in the tree."""
    walk = contact.walk
    shown = "x" if walk.secret or walk.tree.is_survey else digit  # the agent may see keys, and not the answers
    house.tell(DigitPressed(contact=contact.id, digit=shown, menu=walk.menu))
    take(house, contact, walk.press(digit, house.now))


def fetched(house: House, contact: Contact, node: str, outcome: str, values: dict[str, str]) -> None:
    """The webhook has answered."""
    if contact.walk is not None:
        take(house, contact, contact.walk.looked_up(node, outcome, values, house.now))


def take(house: House, contact: Contact, effects: list[ivr.Effect]) -> None:
    """Do what the walk asks for."""
    for effect in effects:
        _HOW[type(effect)](house, contact, effect)


def abandon(house: House, contact: Contact) -> None:
    """The caller hung up in the tree."""
    if contact.walk is not None:
        contact.gave_up = (contact.tree.name, contact.walk.menu)
        _leave(house, contact, contact.walk.menu, "hung_up")


def _leave(house: House, contact: Contact, menu: str, outcome: str) -> None:
    walk, contact.walk = contact.walk, None
    if not walk.tree.is_survey:
        contact.collected |= walk.shown
        contact.way += walk.steps(house.now)
    house.tell(TreeLeft(contact=contact.id, tree=contact.tree.name, version=contact.tree.version, menu=menu,
                        outcome=outcome))


def _say(house: House, contact: Contact, effect: ivr.Say) -> None:
    paths = contact.prompts.paths(effect.prompts, effect.variables, contact.language)
    house.play(contact.caller_leg, f"walk:{effect.say}", paths)


def _hush(house: House, contact: Contact, _: ivr.Hush) -> None:
    house.order(Stop(contact.caller_leg.id))


def _entered(house: House, contact: Contact, effect: ivr.Entered) -> None:
    house.tell(MenuEntered(contact=contact.id, tree=contact.tree.name, version=contact.tree.version,
                           menu=effect.menu, level=effect.level, kind=effect.kind))


def _chose(house: House, contact: Contact, effect: ivr.Chose) -> None:
    contact.chose.add((contact.tree.name, effect.leads_to))
    house.tell(OptionChosen(contact=contact.id, tree=contact.tree.name, menu=effect.menu, digit=effect.digit,
                            leads_to=effect.leads_to, closed=effect.closed))


def _missed(house: House, contact: Contact, effect: ivr.Missed) -> None:
    house.tell(MenuMissed(contact=contact.id, tree=contact.tree.name, menu=effect.menu, why=effect.why,
                          digit=effect.digit))


def _passed(house: House, contact: Contact, effect: ivr.Passed) -> None:
    house.tell(NodePassed(contact=contact.id, tree=contact.tree.name, kind=effect.kind, node=effect.name, way=effect.way,
                          leads_to=effect.leads_to))


def _collected(house: House, contact: Contact, effect: ivr.Collected) -> None:
    value = "x" * len(effect.value) if effect.secret else effect.value
    house.tell(DigitsCollected(contact=contact.id, name=effect.name, value=value))


def _answered(house: House, contact: Contact, effect: ivr.Answered) -> None:
    surveying.answered(house, contact, effect)


def _look_up(house: House, contact: Contact, effect: ivr.LookUp) -> None:
    house.ask(Fetch(contact.id, effect.node, effect.method, effect.url, effect.headers, effect.body, effect.deadline))


def _looked_up(house: House, contact: Contact, effect: ivr.LookedUp) -> None:
    house.tell(LookedUp(contact=contact.id, node=effect.node, outcome=effect.outcome, seconds=effect.seconds))


def _go(house: House, contact: Contact, effect: ivr.Leave) -> None:
    destination = effect.destination
    _leave(house, contact, effect.menu, str(destination))
    surveying.close(house, contact, "completed")
    contact.priority = destination.priority
    contact.skills = dict(destination.skills)
    if destination.kind == "goodbye":
        return ending.end(house, contact, ended_by="ivr")
    return arrival.proceed(house, contact, Destination(destination.kind, destination.target))


_HOW = {
    ivr.Say: _say, ivr.Hush: _hush, ivr.Entered: _entered, ivr.Chose: _chose, ivr.Missed: _missed,
    ivr.Passed: _passed, ivr.Collected: _collected, ivr.LookUp: _look_up, ivr.LookedUp: _looked_up, ivr.Leave: _go,
    ivr.Answered: _answered,
}
