"""Events of surveys: what callers say of the talk when the agent has hung up.

Each names whom the answers are about (agent, queue, survey and its version), so that whoever reads one event needs no
other. The way through the tree stands in the first of them.
"""

from switch.events.root import ContactEvent
from switch.events.waits import Step


class SurveyEvent(ContactEvent, frozen=True, kw_only=True):
    survey: str
    """The tree that asks."""
    version: str
    agent: str
    """Who had the talk; after a transfer, who had it last."""
    queue: str
    tell_agent: bool = False
    """Whether agents are told of it, too, and not only supervisors."""


class SurveyStarted(SurveyEvent, frozen=True, kw_only=True, tag="survey.started"):
    """The agent has hung up, and the caller is asked."""

    tree: str = ""
    """The tree by which the caller came; empty = none."""
    tree_version: str = ""
    way: tuple[Step, ...] = ()
    """The caller's way through it."""


class SurveyAnswered(SurveyEvent, frozen=True, kw_only=True, tag="survey.answered"):
    question: str
    score: int
    """1 to 5, 5 being the best."""


class SurveyEnded(SurveyEvent, frozen=True, kw_only=True, tag="survey.ended"):
    """Told once for each survey that was started, whatever became of it."""

    outcome: str
    """completed (it came to its end, with or without answers), hung_up, timeout, cut_off (by the switch)."""
    answers: dict[str, int] = {}
    """Scores by question."""
    score: float | None = None
    """Their mean; None = nothing was answered."""
