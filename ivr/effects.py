"""Everything that a walk through a tree may ask of the house."""

from dataclasses import dataclass

from ivr.tree import Destination, Prompt


@dataclass(frozen=True, slots=True)
class Say:
    """Play these prompts in the foreground; report with ``Walk.played(say)`` when they were all heard."""

    say: str
    prompts: tuple[Prompt, ...]
    variables: dict[str, str]
    """Values for prompts that speak a variable."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Stop what is being said, now."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The caller is at this menu."""

    menu: str
    level: int


@dataclass(frozen=True, slots=True)
class Chose:
    """The caller has chosen by a key, 0 among them, wherever it was pressed after ``menu``."""

    menu: str
    digit: str
    leads_to: str
    """kind:name, such as queue:support; or goodbye."""


@dataclass(frozen=True, slots=True)
class Missed:
    """The caller of a menu, or of a collection of digits, has missed it."""

    menu: str
    """Name of the menu or the collection."""
    why: str
    """silence or wrong_key."""
    digit: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """The caller has typed digits (and confirmed them, where that is asked)."""

    name: str
    value: str
    """Masked with ``x`` when it is secret: the digits themselves stay in the walk."""
    secret: bool


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask a webhook; answer with ``Walk.looked_up(node, outcome, values, now)``, before the walk's own deadline."""

    node: str
    method: str
    url: str
    body: dict[str, str] | None
    headers: dict[str, str]
    deadline: float
    """Seconds to wait."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A look-up came to its end, for the journal."""

    node: str
    outcome: str
    """found, not_found, failed, timeout."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Leave:
    """The walk is over; this is where the caller goes."""

    destination: Destination
    menu: str


Effect = Say | Hush | Entered | Chose | Missed | Collected | LookUp | LookedUp | Leave
