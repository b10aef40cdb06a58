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
    menu: str
    level: int


@dataclass(frozen=True, slots=True)
class Chose:
    menu: str
    digit: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class Missed:
    menu: str
    why: str
    """silence or wrong_key."""
    digit: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    name: str
    value: str
    secret: bool


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask a webhook; answer with ``Walk.looked_up(node, outcome, values)``, before the walk's own deadline."""

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
