"""A tree as operations write it: what callers hear, which keys lead where. One file of ``config/ivr/`` is one tree.

The limits that make a tree bearable for callers (three levels, five options, thirty seconds, always a person) are not
here but in :mod:`ivr.check`; these classes only hold what was written. The sentence under a field is its documentation
for operations, from which the reference is generated: meaning and unit there, the default in the code. All durations
are seconds. ``line`` is filled in by whoever reads the file, so that a mistake can be shown where it was made.

A plain word where a :class:`Prompt` is expected is the name of a sound: see ``SHORTHAND``.
"""

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import ClassVar

PERSON_KEY = "0"
"""The key that leads to a person from every menu and announcement; no menu may use it for anything else."""
OPTION_KEYS = "123456789*#"
"""The keys that a menu may give a meaning."""
NODES = {
    "menu": "menus", "announcement": "announcements", "collect": "collections", "lookup": "lookups",
    "question": "questions",
}
"""The kinds of destination within the tree, and the section of the file where each is described."""
WAYS_OUT = ("queue", "extension", "voicemail", "outside", "goodbye")
"""The kinds of destination that leave the tree."""
KINDS = (*NODES, *WAYS_OUT)
WAYS = ("number", "ordinal", "digits", "phone", "amount", "percent", "date", "day", "time", "duration", "wait")
"""The ways in which a prompt speaks a variable, as :mod:`ivr.speaking` has them."""


@dataclass(frozen=True)
class Prompt:
    """Something that is said. A plain word is short for ``{sound: word}``; exactly one of the fields is given."""

    SHORTHAND: ClassVar[str] = "sound"

    sound: str = ""
    """Name of a sound: an own recording in `config/prompts/<language>/`, or one that is shipped."""
    text: str = ""
    """Words to be spoken: by a shipped sound of the same words, or else by the engine of `speech` in `shoal.yaml`, rendered
    before any call. `{balance:amount}` in it speaks a variable in one of the ways below; `{date}` will do where the name
    is itself such a way."""
    language: str = ""
    """The language in which this is said; empty = that of the tree, or of the caller where it is known."""
    voice: str = ""
    """The voice of the text, by the engine's name for it; empty = that of `speech`."""
    engine: str = ""
    """The engine that speaks the text; empty = that of `speech`."""
    number: str = ""
    """Name of a variable spoken as a number: 42 is "forty-two"."""
    ordinal: str = ""
    """Name of a variable spoken as a rank: 42 is "forty-second"."""
    digits: str = ""
    """Name of a variable spoken digit by digit: 42 is "four two"."""
    phone: str = ""
    """Name of a variable spoken as a telephone number: digit by digit, with a breath between groups."""
    amount: str = ""
    """Name of a variable spoken as money: 1205.50 is "one thousand two hundred and five point five yuan"."""
    currency: str = "yuan"
    """What an amount is counted in: `yuan`, `dollars`, `pounds` or `euros`; empty = no word is said after it."""
    percent: str = ""
    """Name of a variable spoken as a percentage: 12.5 is "twelve point five per cent"."""
    date: str = ""
    """Name of a variable spoken as a date: 2026-11-22 is "Sunday the twenty-second of November twenty twenty-six"."""
    day: str = ""
    """Name of a variable spoken as a date without its year."""
    time: str = ""
    """Name of a variable spoken as a time of day: 14:05 is "two oh five in the afternoon"."""
    duration: str = ""
    """Name of a variable spoken as a duration: 90 (seconds) or PT1M30S is "one minute and thirty seconds"."""
    wait: str = ""
    """Name of a variable spoken as a wait, in whole minutes: 90 (seconds) is "about two minutes"."""
    line: int = field(default=0, compare=False, repr=False)

    @cached_property
    def variable(self) -> str:
        """The variable that this prompt speaks; empty when it speaks none."""
        return getattr(self, self.kind) if self.kind in WAYS else ""

    @cached_property
    def kind(self) -> str:
        """What it is: sound, text, number, digits ...; empty when nothing is given."""
        return next((kind for kind in ("sound", "text", *WAYS) if getattr(self, kind)), "")


@dataclass(frozen=True)
class Instead:
    """Where a choice leads while it is closed. Exactly one of `menu` ... `goodbye` is given."""

    menu: str = ""
    """Name of a menu of this tree."""
    announcement: str = ""
    """Name of an announcement of this tree."""
    queue: str = ""
    """Name of a queue."""
    extension: str = ""
    """Number of an agent."""
    voicemail: str = ""
    """Name of a voice mailbox."""
    outside: str = ""
    """A number outside in E.164."""
    goodbye: bool = False
    """`true`: the call is ended, after the prompts."""
    prompts: tuple[Prompt, ...] = ()
    """What is said before the caller gets there."""
    line: int = field(default=0, compare=False, repr=False)

    @cached_property
    def destination(self) -> "Destination":
        """The same as a destination; it has no hours of its own, so that nobody is sent on twice."""
        return Destination(**{each.name: getattr(self, each.name) for each in fields(self)})


@dataclass(frozen=True)
class Destination:
    """Where a choice leads. Exactly one of `menu` ... `goodbye` is given; `prompts` are said on the way."""

    menu: str = ""
    """Name of a menu of this tree."""
    announcement: str = ""
    """Name of an announcement of this tree."""
    collect: str = ""
    """Name of a collection of digits of this tree."""
    lookup: str = ""
    """Name of a look-up of this tree."""
    question: str = ""
    """Name of a question of this survey."""
    queue: str = ""
    """Name of a queue; the caller waits there for an agent."""
    extension: str = ""
    """Number of an agent, who is called directly."""
    voicemail: str = ""
    """Name of a voice mailbox."""
    outside: str = ""
    """A number outside in E.164, such as `"+49301234567"`, called by a trunk on the house's own account."""
    goodbye: bool = False
    """`true`: the call is ended, after the prompts."""
    prompts: tuple[Prompt, ...] = ()
    """What is said before the caller gets there; a key skips it."""
    priority: int = 0
    """Priority in the queue, higher is earlier; only with `queue`."""
    skills: dict[str, int] = field(default_factory=dict)
    """Skills that the agent must have, each with its least level; only with `queue`."""
    hours: str = ""
    """Opening hours of this choice: a name in `hours.yaml`; they count as they were when the caller came into the tree.
    Empty = always."""
    closed: Instead | None = None
    """Where it leads outside of these hours; with `hours` alone."""
    line: int = field(default=0, compare=False, repr=False)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that is given; a sound destination has exactly one."""
        return tuple(kind for kind in KINDS if getattr(self, kind))

    @cached_property
    def kind(self) -> str:
        """What it is: menu, announcement ... voicemail, goodbye; goodbye when nothing is given."""
        for kind in KINDS:
            if getattr(self, kind):
                return kind
        return "goodbye"

    @cached_property
    def target(self) -> str:
        """The name within its kind; empty for goodbye."""
        return "" if self.kind == "goodbye" else getattr(self, self.kind)

    def __str__(self) -> str:
        """As the journal writes it: ``queue:support``, ``menu:billing``, ``goodbye``."""
        return f"{self.kind}:{self.target}" if self.target else self.kind


@dataclass(frozen=True)
class Miss:
    """What happens when the caller presses nothing, or a key without a meaning."""

    repeat: int = 2
    """How many times the menu is said again."""
    prompts: tuple[Prompt, ...] = ()
    """What is said before the menu is repeated."""
    then: Destination | None = None
    """Where the caller goes after that; a person when it is not given."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Menu:
    """A question that is answered with one key. At most five options; 0 always leads to a person."""

    prompts: tuple[Prompt, ...] = ()
    """What is said; at most 30 seconds together."""
    options: dict[str, Destination] = field(default_factory=dict)
    """Where each key leads: keys 1 to 9, `"*"`, `"#"` (the last two in quotes)."""
    wait: float = 5.0
    """Seconds that the caller has for a key, from the end of the prompts on."""
    barge_in: bool = True
    """Whether a key stops the prompts and counts at once; when not, it counts at their end. (0 never waits.)"""
    silence: Miss = field(default_factory=Miss)
    """What happens when no key is pressed."""
    wrong_key: Miss = field(default_factory=Miss)
    """What happens when a key is pressed that has no option."""
    hours: str = ""
    """Opening hours of this menu: a name in `hours.yaml`; they count as they were when the caller came into the tree.
    Empty = always."""
    closed: Destination | None = None
    """Where callers go, in place of this menu, outside of these hours; with `hours` alone."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Announcement:
    """Something that is only said. 0 leads to a person."""

    prompts: tuple[Prompt, ...] = ()
    """What is said; at most 30 seconds together."""
    then: Destination | None = None
    """Where the caller goes when it was heard; back to the first menu when it is not given (in a survey: to its end)."""
    barge_in: bool = True
    """Whether any key skips the rest of it."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Collection:
    """Digits that the caller types, kept as a variable. Here 0 is a digit; silence leads to a person."""

    name: str
    """Name of the variable: prompts, look-ups and the agent's screen know the digits by it."""
    prompts: tuple[Prompt, ...] = ()
    """What is said; a key stops it and counts."""
    least: int = 1
    """Fewest digits that are accepted."""
    most: int = 20
    """Most digits; when they are typed, the collection is complete."""
    terminator: str = "#"
    """The key that ends the typing: `"#"` or `"*"`; empty = only `most` or a pause ends it."""
    confirm: bool = False
    """Whether the digits are read back, to be confirmed with 1 or typed again after 2."""
    secret: bool = False
    """Whether the digits are written as `x` in the journal and on screens."""
    wait: float = 5.0
    """Seconds for the first digit, from the end of the prompts on, and between digits."""
    retries: int = 2
    """How many times the caller is asked again after silence, or too few digits, or digits that are not confirmed."""
    invalid: tuple[Prompt, ...] = ()
    """What is said before the caller is asked again."""
    then: Destination | None = None
    """Where the caller goes with the digits; a person when it is not given."""
    failed: Destination | None = None
    """Where the caller goes when there are no retries left; a person when it is not given."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Branch:
    """A fork in the way after a look-up."""

    variable: str
    """Name of the variable that is looked at: a field of the answer, or anything known about the caller."""
    equals: str
    """The value that it must have for this branch; capitals do not matter."""
    then: Destination
    """Where the caller goes then."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Lookup:
    """A question to a web service. The fields of its JSON answer become variables. 404 means that nothing was found."""

    url: str = field(repr=False)
    """HTTP address; `{name}` stands for the value of a variable. One that begins with `/` is the switch's own."""
    method: str = "GET"
    """`GET` or `POST`."""
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    """Additional header lines; `{name}` stands for the value of a variable."""
    body: dict[str, str] | None = field(default=None, repr=False)
    """Fields of the JSON body of a POST; `{name}` stands for the value of a variable."""
    deadline: float = 2.0
    """Seconds to wait for the answer, at most 10."""
    prompts: tuple[Prompt, ...] = ()
    """What is said while the question is asked."""
    speak: tuple[Prompt, ...] = ()
    """What is said when something was found; it may speak variables of the answer."""
    branches: tuple[Branch, ...] = ()
    """Ways that depend on the answer; the first that fits is taken."""
    then: Destination | None = None
    """Where the caller goes when something was found and no branch fits; a person when it is not given."""
    not_found: Destination | None = None
    """Where the caller goes when nothing was found; a person when it is not given."""
    failed: Destination | None = None
    """Where the caller goes when no answer came in time, or an error; a person when it is not given."""
    line: int = field(default=0, compare=False, repr=False)


def _themselves() -> dict[str, int]:
    return {str(score): score for score in range(1, 6)}


THANKS = Destination(goodbye=True, prompts=(Prompt(sound="survey-thanks"),))
"""How a survey ends where nothing else is written."""


@dataclass(frozen=True)
class Question:
    """A question of a survey, answered with one key. A tree with questions is a survey: callers come to it when the agent
    has hung up. It has one to three questions, and announcements; 0 is a wrong key there."""

    prompts: tuple[Prompt, ...] = ()
    """What is asked; at most 30 seconds together. A key stops it and counts."""
    scores: dict[str, int] = field(default_factory=_themselves)
    """What each key counts, 5 being the best: `{1: 5, 2: 3, 3: 1}`. When it is not given, keys 1 to 5 count 1 to 5."""
    wait: float = 5.0
    """Seconds that the caller has for a key, from the end of the prompts on."""
    retries: int = 1
    """How many times it is asked again after silence, or a key that means nothing."""
    invalid: tuple[Prompt, ...] = ()
    """What is said before it is asked again."""
    then: Destination | None = None
    """What comes after the answer: `question`, `announcement` or `goodbye`. When it is not given, the caller is thanked
    (the sound `survey-thanks`) and the call is ended."""
    failed: Destination | None = None
    """What comes when there are no retries left; when it is not given, the caller is thanked and the call is ended."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Tree:
    """A whole tree: one file."""

    name: str = ""
    """Name of the tree; the name of the file without `.yaml` when it is empty."""
    version: str = ""
    """A word for this state of the tree, shown in journal and reports; a digest of the file when it is empty."""
    language: str = "en"
    """Language of the prompts: a folder of `config/prompts` or of the shipped sounds (`en`, `zh`)."""
    start: str = "main"
    """Name of the menu that callers enter first; in a survey, of the question."""
    person: Destination = Destination(goodbye=True)
    """Where 0 leads, from everywhere: a queue or an extension. Must be given, but for surveys, which have none."""
    record: bool = False
    """Whether callers are recorded from the tree on: what they say left, what they hear right, until an agent speaks."""
    keep_days: int = 90
    """Days after which such a recording is deleted; 0 = never."""
    menus: dict[str, Menu] = field(default_factory=dict)
    """The menus by name; at most 3 levels from the first."""
    announcements: dict[str, Announcement] = field(default_factory=dict)
    """The announcements by name."""
    collections: dict[str, Collection] = field(default_factory=dict)
    """The collections of digits by name."""
    lookups: dict[str, Lookup] = field(default_factory=dict)
    """The look-ups by name."""
    questions: dict[str, Question] = field(default_factory=dict)
    """The questions by name, one to three. They make the tree a survey."""
    line: int = field(default=0, compare=False, repr=False)

    @property
    def is_survey(self) -> bool:
        """Whether callers come here after the talk, to say how it was."""
        return bool(self.questions)

    @cached_property
    def first(self) -> Destination:
        """Where callers enter."""
        return Destination(question=self.start) if self.questions else Destination(menu=self.start)

    @property
    def after_announcement(self) -> Destination:
        """Where an announcement leads that says nothing of it."""
        return THANKS if self.questions else self.first

    @cached_property
    def secrets(self) -> frozenset[str]:
        """The names under which callers type what nobody may see."""
        return frozenset([collection.name for collection in self.collections.values() if collection.secret])

    @cached_property
    def levels(self) -> dict[tuple[str, str], int]:
        """The level of every node, by kind and name; the first menu is on level 1. Counted once for all callers."""
        from ivr import ways  # here, because trees are what ways are counted in

        return ways.levels(self)
