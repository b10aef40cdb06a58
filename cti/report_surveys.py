"""The figures of surveys: by queue, by agent, and by survey with each of its questions. A survey counts where it began."""

import msgspec

import switch.events as told
from cti.report_cells import Cells, ratio

FORMULAS = {
    "surveys": "callers who were asked when their agent had hung up",
    "survey_response": "surveys with an answer that have ended / surveys that have ended",
    "survey_score": "mean of the answers, 1 to 5; of a contact that is rated, the mean of its answers counts in trees",
    "survey_scores": "answers by score",
}
GROUPS = ("queue", "agent", "survey", "question")


class SurveyTally(msgspec.Struct):
    """Of a queue, an agent, a survey or a question."""

    asked: int = 0
    ended: int = 0
    answered: int = 0
    answers: int = 0
    score: float = 0.0
    """Sum of the answers."""
    scores: dict[str, int] = {}


class SurveyFigures(msgspec.Struct, kw_only=True):
    """One queue, agent, survey or question in one period."""

    by: str
    """queue, agent, survey, question."""
    name: str
    """Of a survey with its version: `survey 1a2b3c4d`; of a question with its survey: `survey satisfied`."""
    surveys: int
    survey_response: float | None
    survey_score: float | None
    survey_scores: dict[str, int]


class SurveyFold:
    def __init__(self, cells: Cells[SurveyTally]) -> None:
        self.cells = cells
        self._began: dict[str, float] = {}

    def started(self, event: told.SurveyStarted, at: float) -> None:
        self._began[event.contact] = at
        for tally in self._tallies(event, at):
            tally.asked += 1

    def ended(self, event: told.SurveyEnded, at: float) -> None:
        """All answers count when it is over, once."""
        began = self._began.pop(event.contact, at)
        for tally in self._tallies(event, began):
            tally.ended += 1
            tally.answered += bool(event.answers)
            for score in event.answers.values():
                _count(tally, score)
        for question, score in event.answers.items():
            _count(self.cells.at(f"question\n{event.survey} {question}", began), score)

    def _tallies(self, event: told.SurveyEvent, at: float) -> list[SurveyTally]:
        names = {"queue": event.queue, "agent": event.agent, "survey": f"{event.survey} {event.version}"}
        return [self.cells.at(f"{by}\n{name}", at) for by, name in names.items()]


def _count(tally: SurveyTally, score: int) -> None:
    tally.answers += 1
    tally.score += score
    tally.scores[str(score)] = tally.scores.get(str(score), 0) + 1


HANDLERS = {told.SurveyStarted: SurveyFold.started, told.SurveyEnded: SurveyFold.ended}


def figures(tallies: dict[str, list[SurveyTally]]) -> list[SurveyFigures]:
    """All of them, queues first."""
    found = []
    for key, each in tallies.items():
        (by, name), sums = key.split("\n"), Cells.total(SurveyTally(), each)
        found.append(SurveyFigures(by=by, name=name, surveys=sums.asked, survey_response=ratio(sums.answered, sums.ended),
                                   survey_score=ratio(sums.score, sums.answers), survey_scores=sums.scores))
    return sorted(found, key=lambda each: (GROUPS.index(each.by), each.name))
