"""Everything that a walk through a tree may ask of the house."""

import msgspec

from ivr.tree import Destination, Prompt


class Say(msgspec.Struct, frozen=True):
    """Play these prompts in the foreground; report with ``Walk.played(say)`` when they were all heard."""

    say: str
    prompts: tuple[Prompt, ...]
    variables: dict[str, str]
    """Values for prompts that speak a variable."""


class Hush(msgspec.Struct, frozen=True):
    """Stop what is being said, now."""


class Entered(msgspec.Struct, frozen=True):
    """The caller is at this menu."""

    menu: str
    level: int
    kind: str = "menu"
    """menu, or question."""


class Chose(msgspec.Struct, frozen=True):
    """The caller has chosen by a key, 0 among them, wherever it was pressed after ``menu``."""

    menu: str
    digit: str
    leads_to: str
    """kind:name, such as queue:support; or goodbye."""
    closed: bool = False
    """Whether it leads there because the hours of the option are over."""


class Missed(msgspec.Struct, frozen=True):
    """The caller of a menu, of a collection of digits, or of a question has missed it."""

    menu: str
    """Name of the menu, the collection or the question."""
    why: str
    """silence or wrong_key."""
    digit: str = ""


class Passed(msgspec.Struct, frozen=True):
    """The walk goes on from a node by itself: no key has chosen this way."""

    kind: str
    """menu, announcement, collect, lookup, question."""
    name: str
    way: str
    """As it is written in the tree: then, failed, not_found, silence.then, wrong_key.then, branches.VALUE."""
    leads_to: str
    """kind:name, such as queue:support; or goodbye."""
    closed: bool = False
    """Whether it leads there because the hours of this way are over."""


class Collected(msgspec.Struct, frozen=True):
    """The caller has typed digits (and confirmed them, where that is asked)."""

    name: str
    value: str
    """Masked with ``x`` when it is secret: the digits themselves stay in the walk."""
    secret: bool


class Answered(msgspec.Struct, frozen=True):
    """The caller has answered a question of a survey."""

    question: str
    score: int
    """1 to 5, 5 being the best."""


class LookUp(msgspec.Struct, frozen=True):
    """Ask a webhook; answer with ``Walk.looked_up(node, outcome, values, now)``, before the walk's own deadline."""

    node: str
    method: str
    url: str
    body: dict[str, str] | None
    headers: dict[str, str]
    deadline: float
    """Seconds to wait."""


class LookedUp(msgspec.Struct, frozen=True):
    """A look-up came to its end, for the journal."""

    node: str
    outcome: str
    """found, not_found, failed, timeout."""
    seconds: float


class Leave(msgspec.Struct, frozen=True):
    """The walk is over; this is where the caller goes."""

    destination: Destination
    menu: str


Effect = Say | Hush | Entered | Chose | Missed | Passed | Collected | Answered | LookUp | LookedUp | Leave
