"""What operations say of quality work: ``config/quality.yaml``. The sentence under a field documents it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """One question of a form, answered with a mark."""

    SHORTHAND = "text"

    text: str
    """What is asked."""
    languages: dict[str, str] = field(default_factory=dict)
    """The same in other languages: `{zh: "..."}`."""
    most: int = 1
    """The highest mark; the lowest is 0. With 1, the answers are no and yes."""
    weight: float = 1.0
    """How much it counts within its section."""
    optional: bool = False
    """Whether it may be answered with `not applicable`; then the others count for it."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Section:
    """Questions that belong together."""

    name: str
    """What people read."""
    questions: dict[str, Question]
    """Questions by name."""
    languages: dict[str, str] = field(default_factory=dict)
    """Its name in other languages."""
    weight: float = 1.0
    """How much it counts within the form."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Fatal:
    """An error that makes the score 0, whatever else was well done."""

    SHORTHAND = "text"

    text: str
    """What people read."""
    languages: dict[str, str] = field(default_factory=dict)
    """The same in other languages."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Form:
    """A form by which talks are judged. The score is 0 to 100: of each section the weighted mean of its marks, of the form
    the weighted mean of its sections. Each change of a form makes another version of it; scores keep theirs."""

    name: str
    """What people read."""
    sections: dict[str, Section]
    """Sections by name."""
    languages: dict[str, str] = field(default_factory=dict)
    """Its name in other languages."""
    queues: tuple[str, ...] = ()
    """The queues whose talks are judged by it; empty = all talks."""
    pass_mark: float = 0.0
    """The score that a good talk reaches at least."""
    fatal: dict[str, Fatal] = field(default_factory=dict)
    """Fatal errors by name."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Quality:
    """Quality work. The file may be missing: then nothing is judged."""

    forms: dict[str, Form] = field(default_factory=dict)
    """Forms by name."""
