"""What is said between REST and the house when a talk is judged, and what the page shows of the forms."""

from typing import Any

import msgspec

from cti.record import Score
from switch.events import Remark


class QuestionState(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a form."""

    question: str
    """`section.question`: the name under which it is answered."""
    text: str
    languages: dict[str, str] = {}
    """The text in other languages."""
    most: int = 1
    """Marks run from 0 to this; 1 = no and yes."""
    weight: float = 1.0
    optional: bool = False
    """Whether it may be answered with `not_applicable`."""


class SectionState(msgspec.Struct, frozen=True, kw_only=True):
    section: str
    name: str
    questions: tuple[QuestionState, ...]
    languages: dict[str, str] = {}
    weight: float = 1.0


class FatalState(msgspec.Struct, frozen=True, kw_only=True):
    """An error that makes the score 0."""

    fatal: str
    text: str
    languages: dict[str, str] = {}


class FormState(msgspec.Struct, frozen=True, kw_only=True):
    """A form by which talks are judged."""

    form: str
    version: str
    name: str
    sections: tuple[SectionState, ...]
    fatal: tuple[FatalState, ...] = ()
    languages: dict[str, str] = {}
    pass_mark: float = 0.0
    """The score that a good talk reaches at least."""


class ScoreWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How somebody judges a talk."""

    form: str
    answers: dict[str, int]
    """A mark for every question, as `section.question`, but for those that are `not_applicable`."""
    agent: str = ""
    """Who is judged; may be left out when only one talked."""
    version: str = ""
    """Of the form that was filled in; when it is another one by now, that is refused. Empty = whatever it is."""
    not_applicable: tuple[str, ...] = ()
    fatal: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    """Comments at moments of the recordings."""
    note: str = ""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a judgement comes to."""

    agent: str
    version: str
    score: float
    passed: bool


class ScoreState(msgspec.Struct, frozen=True, kw_only=True):
    """A score with the talk that it is about."""

    contact: str
    started: float
    """When the contact was offered, POSIX seconds."""
    caller: str
    score: Score
    recordings: tuple[str, ...] = ()
    """Those that are still there."""


def scores_of(record: dict[str, Any], agent: str = "") -> list[ScoreState]:
    """The scores of a record, the newest first; of one agent alone, where one is named."""
    scores = msgspec.convert(record.get("scores", ()), tuple[Score, ...])
    recordings = tuple(each for each in record.get("recordings", ()) if each not in record.get("deleted", ()))
    return [ScoreState(contact=record["contact"], started=record.get("started", 0.0), caller=record.get("caller", ""),
                       score=score, recordings=recordings)
            for score in sorted(scores, key=lambda each: -each.at) if agent in ("", score.agent)]
