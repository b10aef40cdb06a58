"""What a judgement comes to. Pure.

::

    section = sum(weight * mark / most of each question) / sum(weight)
    form    = sum(weight * section of each section) / sum(weight) * 100;  0 with a fatal error

Questions that were not applicable take no part, and neither does a section that has no other ones.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict

import msgspec

from switch.quality.rules import Form, Question


class Incomplete(Exception):
    """The judgement is not whole, or does not fit the form. ``field``: the question, the error or what else is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def questions(form: Form) -> Iterator[tuple[str, Question]]:
    """Each question under the name by which it is answered."""
    for section, asked in form.sections.items():
        yield from ((f"{section}.{name}", question) for name, question in asked.questions.items())


def version(form: Form) -> str:
    """Another one for each change."""
    return hashlib.sha256(msgspec.json.encode(_bare(asdict(form)))).hexdigest()[:8]


def _bare(value: object) -> object:
    """Without lines."""
    if isinstance(value, dict):
        return {name: _bare(each) for name, each in value.items() if name != "line"}
    return value


def score(form: Form, answers: Mapping[str, int], not_applicable: Collection[str], fatal: Collection[str]) -> float:
    """The score, 0 to 100. Raises :class:`Incomplete`."""
    check(form, answers, not_applicable, fatal)
    total = weights = 0.0
    for name, section in form.sections.items():
        marks = [(question.weight, answers[f"{name}.{key}"] / question.most) for key, question in section.questions.items()
                 if f"{name}.{key}" in answers]
        weight = sum(weight for weight, _ in marks)
        if weight:
            total += section.weight * sum(weight * share for weight, share in marks) / weight
            weights += section.weight
    if not weights:
        raise Incomplete("answers", "nothing was applicable, so there is nothing to score")
    return 0.0 if fatal else round(100 * total / weights, 2)


def check(form: Form, answers: Mapping[str, int], not_applicable: Collection[str], fatal: Collection[str]) -> None:
    """Every question is answered once, with a mark that it knows. Raises :class:`Incomplete`."""
    asked = dict(questions(form))
    for name in (*answers, *not_applicable):
        if name not in asked:
            raise Incomplete(name, f"the form asks nothing called {name[:80]}")
    for name in fatal:
        if name not in form.fatal:
            raise Incomplete(name, f"the form knows no fatal error {name[:80]}")
    for name, question in asked.items():
        if name in not_applicable:
            if name in answers or not question.optional:
                why = "has a mark, too" if name in answers else "must be answered"
                raise Incomplete(name, f"{name} is marked as not applicable, but {why}")
        elif name not in answers:
            raise Incomplete(name, f"{name} is not answered")
        elif not 0 <= answers[name] <= question.most:
            raise Incomplete(name, f"{name} has the mark {answers[name]}: write 0 to {question.most}")
