"""Events of a walk through a tree."""

from switch.events.root import ContactEvent


class MenuEntered(ContactEvent, frozen=True, kw_only=True, tag="ivr.menu_entered"):
    tree: str
    version: str
    menu: str
    level: int
    kind: str = "menu"
    """menu, or question (of a survey)."""


class DigitPressed(ContactEvent, frozen=True, kw_only=True, tag="ivr.digit_pressed"):
    """Digits of a collection marked secret, and answers to a survey, are written as ``x``."""

    digit: str
    menu: str = ""


class OptionChosen(ContactEvent, frozen=True, kw_only=True, tag="ivr.option_chosen"):
    tree: str
    menu: str
    digit: str
    leads_to: str
    closed: bool = False
    """Whether it leads there because the hours of the option are over."""


class MenuMissed(ContactEvent, frozen=True, kw_only=True, tag="ivr.menu_missed"):
    tree: str
    menu: str
    why: str
    """silence or wrong_key."""
    digit: str = ""


class NodePassed(ContactEvent, frozen=True, kw_only=True, tag="ivr.passed"):
    """The tree has led on by itself: an announcement was heard, digits were typed, an answer came, a menu was missed too
    often."""

    tree: str
    kind: str
    """menu, announcement, collect, lookup, question."""
    node: str
    """Its name."""
    way: str
    """As it is written in the tree: then, failed, not_found, silence.then, wrong_key.then, branches.VALUE."""
    leads_to: str
    closed: bool = False
    """Whether it leads there because the hours of this way are over."""


class DigitsCollected(ContactEvent, frozen=True, kw_only=True, tag="ivr.digits_collected"):
    name: str
    value: str
    """Masked with ``x`` when the collection is secret."""


class LookedUp(ContactEvent, frozen=True, kw_only=True, tag="ivr.looked_up"):
    node: str
    outcome: str
    """found, not_found, failed, timeout."""
    seconds: float


class TreeLeft(ContactEvent, frozen=True, kw_only=True, tag="ivr.left"):
    tree: str
    version: str
    menu: str
    """The last menu that the caller was in."""
    outcome: str
    """queue:support, extension:1001, voicemail:support, goodbye, hung_up."""
