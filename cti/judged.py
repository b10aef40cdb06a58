"""What quality work looks for in a record: how a talk sounded, what came of it, how it was judged."""

from typing import Any, NamedTuple

import switch.events as told
from cti.record import ContactRecord, Score


def shares(record: ContactRecord) -> tuple[float | None, float | None]:
    """The parts (0 to 1) of the recording in which nobody speaks, and in which both do; None = it was not measured."""
    speech = record.speech
    length = speech.caller.talk + speech.caller.silence if speech is not None else 0.0
    return (speech.silence / length, speech.overlap / length) if length else (None, None)


def heard(record: ContactRecord) -> tuple[str, ...]:
    """Its recordings that are still there."""
    return tuple(each for each in record.recordings if each not in record.deleted)


def mean_score(record: ContactRecord) -> float | None:
    """The mean of its scores; None = nobody has judged it."""
    return sum(each.score for each in record.scores) / len(record.scores) if record.scores else None


def scored(record: ContactRecord, event: told.ContactScored, at: float) -> None:
    """Add this judgement in the place of the one that it takes back."""
    same = (event.by, event.agent, event.form)
    others = tuple(each for each in record.scores if (each.by, each.agent, each.form) != same)
    record.scores = (*others, Score(
        by=event.by, at=at, agent=event.agent, form=event.form, version=event.version, score=event.score,
        passed=event.passed, fatal=event.fatal, answers=event.answers, not_applicable=event.not_applicable,
        remarks=event.remarks, note=event.note))


def only_of(record: dict[str, Any], agent: str) -> dict[str, Any]:
    """A record as plain data without the judgements of anybody but this agent."""
    if not record.get("scores"):
        return record
    mine = [each for each in record["scores"] if each["agent"] == agent]
    return {name: value for name, value in record.items() if name != "scores"} | ({"scores": mine} if mine else {})


class Searchable(NamedTuple):
    """What the store keeps of a record in columns of its own, so that it is found quickly."""

    codes: tuple[str, ...]
    notes: str
    silence: float | None
    cross_talk: float | None
    survey: float | None
    score: float | None
    recorded: bool


def searchable(record: ContactRecord) -> Searchable:
    """What can be looked for in this record."""
    codes = tuple(dict.fromkeys([each.outcome for each in record.noted if each.outcome]))
    notes = "\n".join([each.note for each in record.noted if each.note]).casefold()
    survey = record.survey.score if record.survey is not None else None
    return Searchable(codes, notes, *shares(record), survey, mean_score(record), bool(record.recordings and heard(record)))
