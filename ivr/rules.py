"""What holds for a single entry of a tree: a menu, a collection, a look-up, a destination, a prompt.

Every rule is a generator of mistakes, so that none hides another. A mistake says what is wrong in the words of the file
and what to write instead.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple
from urllib.parse import urlsplit

from ivr.collecting import TO_CONFIRM, YOU_ENTERED
from ivr.speaking.money import CURRENCIES
from ivr.texts import gap_faults
from ivr.tree import (
    NODES,
    OPTION_KEYS,
    PERSON_KEY,
    THANKS,
    WAYS,
    WAYS_OUT,
    Announcement,
    Collection,
    Destination,
    Lookup,
    Menu,
    Prompt,
    Question,
    Tree,
)
from ivr.ways import AnyNode

MOST_OPTIONS = 5
MOST_QUESTIONS = 3
FROM_SURVEY = ("question", "announcement", "goodbye")
"""Where a survey may lead: whoever has been helped is not sent on again."""
LEAST_WAIT = 1.0
"""Seconds: a shorter wait for a key gives nobody the time to press one."""
LONGEST_LOOK_UP = 10.0
"""Seconds: nobody listens to silence for longer."""
METHODS = ("GET", "POST")
CALLED = {"menu": "menu", "announcement": "announcement", "collect": "collection", "lookup": "look-up",
          "question": "question"}
"""How a mistake names a node of each kind."""
VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
BOX = re.compile(r"[\w-]+", re.ASCII)
OUTSIDE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
GAP = re.compile(r"\{(\w*)\}|[{}]")
"""A place for a variable in a text, or a brace that belongs to none."""


class Mistake(NamedTuple):
    line: int
    """Line of the file; 0 = unknown."""
    what: str
    instead: str
    """What to write instead."""


def suggest(wrong: str, known: Iterable[str]) -> str:
    """The nearest name to write instead of one that does not exist; else all of them."""
    known = sorted(known)
    if near := nearest(wrong, known):
        return f"did you mean `{near}`?"
    return f"write one of: {_list(known)}" if known else "there is none so far: add it, or remove this"


def nearest(wrong: str, known: Iterable[str]) -> str:
    """The name that was probably meant; empty = none is near."""
    return next(iter(get_close_matches(wrong, sorted(known), n=1, cutoff=0.7)), "")


def entry_rules(name: str, node: AnyNode) -> Iterator[Mistake]:
    """The rules of a node by itself; those of what it says and where it leads are told with these."""
    match node:
        case Menu():
            return menu_rules(name, node)
        case Collection():
            return collection_rules(name, node)
        case Lookup():
            return lookup_rules(name, node)
        case Question():
            return question_rules(name, node)
    return iter(())


def stretches(node: AnyNode) -> list[tuple[Prompt, ...]]:
    """What may be said at a node without a pause for a key."""
    match node:
        case Menu():
            return [node.prompts, node.silence.prompts + node.prompts, node.wrong_key.prompts + node.prompts]
        case Announcement():
            return [node.prompts]
        case Collection():
            return [node.invalid + node.prompts, (YOU_ENTERED, *TO_CONFIRM) if node.confirm else ()]
        case Lookup():
            return [node.prompts, node.speak]
        case Question():
            last = [THANKS.prompts] if node.then is None or node.failed is None else []
            return [node.prompts, node.invalid + node.prompts, *last]


def _hours_rules(here: str, node: Menu | Destination, line: int) -> Iterator[Mistake]:
    """Hours say when, `closed` says where to: neither means anything alone."""
    if bool(node.hours) != bool(node.closed):
        given, missing = ("hours", "closed") if node.hours else ("closed", "hours")
        instead = "write `closed: {announcement: NAME}`, too" if node.hours else "write `hours: NAME`, too"
        yield Mistake(line, f"{here} has `{given}` without `{missing}`", instead)


def menu_rules(name: str, menu: Menu) -> Iterator[Mistake]:
    """At most five options, on keys that exist, and time to press one."""
    if not menu.options:
        yield Mistake(menu.line, f"menu `{name}` has no options", "add `options:`, or make it an announcement")
    if len(menu.options) > MOST_OPTIONS:
        what = f"menu `{name}` has {len(menu.options)} options"
        yield Mistake(menu.line, what, f"keep {MOST_OPTIONS} and move the others to a menu below it")
    for key, option in menu.options.items():
        if key == PERSON_KEY:
            yield Mistake(option.line, f"menu `{name}` gives 0 a meaning", "remove it: 0 always leads to `person`")
        elif len(key) != 1 or key not in OPTION_KEYS:
            yield Mistake(option.line, f"menu `{name}`: `{key}` is no key", 'write 1 to 9, "*" or "#"')
    yield from _wait_rules(f"menu `{name}`", menu.wait, menu.line)
    yield from _hours_rules(f"menu `{name}`", menu, menu.line)


def collection_rules(name: str, collection: Collection) -> Iterator[Mistake]:
    """Lengths that can be typed, a terminator that is a key, a secret that stays one."""
    here, line = f"collection `{name}`", collection.line
    if not VARIABLE.fullmatch(collection.name):
        yield Mistake(line, f"{here}: `name: {collection.name}` is no name", "write letters, digits and `_`")
    if not 1 <= collection.least <= collection.most:
        what = f"{here} wants at least {collection.least} and at most {collection.most} digits"
        yield Mistake(line, what, "write `least` 1 or more, and `most` not below it")
    if collection.terminator not in ("", "#", "*"):
        what = f"{here}: `{collection.terminator}` ends the typing"
        yield Mistake(line, what, 'write `terminator: "#"`, `"*"` or `""`')
    if collection.secret and collection.confirm:
        what = f"{here} would read a secret back aloud"
        yield Mistake(line, what, "write `confirm: false`, or `secret: false`")
    yield from _wait_rules(here, collection.wait, line)


def _wait_rules(here: str, wait: float, line: int) -> Iterator[Mistake]:
    if wait < LEAST_WAIT:
        yield Mistake(line, f"{here} waits {wait:g} s for a key", f"write `wait: {LEAST_WAIT:g}` or more")


def question_rules(name: str, question: Question) -> Iterator[Mistake]:
    """Something is asked, and two to five keys answer it, so that there is a better and a worse."""
    here, line = f"question `{name}`", question.line
    if not VARIABLE.fullmatch(name):
        yield Mistake(line, f"{here} is no name", "write letters, digits and `_`: the answer is known by it")
    if not question.prompts:
        yield Mistake(line, f"{here} asks nothing", "add `prompts:`")
    if len(set(question.scores.values())) < 2 or len(question.scores) > MOST_OPTIONS:
        what = f"{here} has {len(question.scores)} keys with {len(set(question.scores.values()))} scores"
        yield Mistake(line, what, f"write 2 to {MOST_OPTIONS} keys: `scores: {{1: 5, 2: 3, 3: 1}}`, or leave it out")
    for key in question.scores:
        if key == PERSON_KEY or len(key) != 1 or key not in OPTION_KEYS:
            yield Mistake(line, f"{here}: `{key}` is no key", 'write 1 to 9, "*" or "#"')
    yield from _wait_rules(here, question.wait, line)


def survey_rules(tree: Tree) -> Iterator[Mistake]:
    """A survey is short, and has nothing but questions."""
    if len(tree.questions) > MOST_QUESTIONS:
        what = f"the survey has {len(tree.questions)} questions of at most {MOST_QUESTIONS}"
        yield Mistake(tree.line, what, "keep those by which you would change something")
    for section in ("menus", "collections", "lookups"):
        for name, node in getattr(tree, section).items():
            yield Mistake(node.line, f"`{name}` stands under `{section}`, but a survey has none",
                          "keep questions and announcements, and write the rest to a tree of its own")
    if tree.person != Destination(goodbye=True):
        yield Mistake(tree.person.line or tree.line, "a survey has no person", "remove `person`")
    if tree.record:
        yield Mistake(tree.line, "a survey is not recorded", "remove `record`: the recording is of the talk")


def lookup_rules(name: str, lookup: Lookup) -> Iterator[Mistake]:
    """An address that can be asked, in a time that callers bear."""
    here, line = f"look-up `{name}`", lookup.line
    if not _is_url(lookup.url):
        yield Mistake(line, f"{here}: its `url` is no HTTP address",
                      "write `http://host/path`, `https://...`, or `/path` for one of the switch itself")
    if lookup.method not in METHODS:
        yield Mistake(line, f"{here}: method `{lookup.method}`", "write `GET` or `POST`")
    if lookup.body is not None and lookup.method != "POST":
        yield Mistake(line, f"{here} has a body, but its method is {lookup.method}", "write `method: POST`")
    if not 0 < lookup.deadline <= LONGEST_LOOK_UP:
        what = f"{here} lets callers wait {lookup.deadline:g} s"
        yield Mistake(line, what, f"write a `deadline` above 0 and up to {LONGEST_LOOK_UP:g}")
    told = {"url": (lookup.url,), "headers": lookup.headers.values(), "body": (lookup.body or {}).values()}
    for key, texts in told.items():  # where tokens stand, which nobody is to read in a log
        for gap in [gap for text in texts for gap in _bad_gaps(text)]:
            shown = gap if len(gap) == 1 else "{...}"
            yield Mistake(line, f"{here}: `{shown}` in its `{key}` names no variable", "write `{name}`")


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(f"http://switch{url}" if url.startswith("/") else url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and " " not in url
    except ValueError:
        return False


def _bad_gaps(text: str) -> Iterator[str]:
    for gap in GAP.finditer(text):
        if not VARIABLE.fullmatch(gap[1] or ""):
            yield gap[0]


def destination_rules(here: str, destination: Destination) -> Iterator[Mistake]:
    """Exactly one place to go; priority and skills where they mean something."""
    line, kinds = destination.line, destination.kinds
    if not kinds:
        yield Mistake(line, f"{here} leads nowhere", "write one of: " + _list((*NODES, *WAYS_OUT)))
    if len(kinds) > 1:
        yield Mistake(line, f"{here} leads to several places: {_list(kinds)}", "keep one of them")
    yield from _hours_rules(here, destination, line)
    if (destination.priority or destination.skills) and not destination.queue:
        yield Mistake(line, f"{here} has priority or skills, but no queue", "add `queue: ...`, or remove them")
    if destination.outside and not OUTSIDE.fullmatch(destination.outside):
        what = f"{here}: `{destination.outside}` is no whole number"
        yield Mistake(line, what, 'write it with its country: `"+49301234560"`')
    if destination.voicemail and not BOX.fullmatch(destination.voicemail):
        what = f"{here}: `{destination.voicemail}` is no name of a mailbox"
        yield Mistake(line, what, "write letters, digits, `-` and `_`")


def prompt_rules(here: str, prompt: Prompt) -> Iterator[Mistake]:
    """Exactly one thing to say."""
    kinds = ("sound", "text", *WAYS)
    said = [kind for kind in kinds if getattr(prompt, kind)]
    if len(said) != 1:
        what = f"{here}: a prompt says {_list(said) if said else 'nothing'}"
        yield Mistake(prompt.line, what, f"write one of: {_list(kinds)}")
    if prompt.currency not in ("", *CURRENCIES):
        yield Mistake(prompt.line, f"{here}: currency `{prompt.currency}`", f'write one of: {_list((*CURRENCIES, ""))}')
    if (prompt.voice or prompt.engine) and not prompt.text:
        yield Mistake(prompt.line, f"{here}: only a text has a voice or an engine", "write `text: ...`, or remove them")
    if prompt.text:
        yield from (Mistake(prompt.line, f"{here}: {fault.what}", fault.instead) for fault in gap_faults(prompt.text))


def _list(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
