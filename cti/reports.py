"""Reports: the figures of queues, agents and trees, for a period and for each quarter of an hour in it.

A report is a fold over the journal like a record. The wallboard is the same fold, fed while the day goes on: at every
moment it says what a report over the same entries says.

A fold must be fed, in order, what it has to know of the time before its period: each agent's last state, and the life
so far of the contacts that were open (the store finds them: ``Store.standing``); feeding everything from the beginning
does as well. Entries after the end complete what began within the period; nothing else of them is counted.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from cti import report_agents, report_queues, report_surveys, report_trees, report_walks
from cti.report_agents import AgentFigures, AgentFold, AgentTally
from cti.report_cells import Cells
from cti.report_queues import SHORT, QueueFigures, QueueFold, QueueTally
from cti.report_surveys import SurveyFigures, SurveyFold, SurveyTally
from cti.report_trees import TreeFigures
from cti.report_walks import NodeTally, TreeFold
from switch.journal import Entry

SERVICE_LEVEL = 20.0
"""Seconds: T of a queue for which nobody says another."""

MOST_DAYS = 366
"""The longest report: it is counted in memory, quarter of an hour by quarter."""

FORMULAS = {
    "offered": "contacts that joined the queue, and those that were turned away at its door",
    "answered": "offered contacts that left the queue because an agent answered",
    "abandoned": "offered contacts whose caller hung up in the queue",
    "turned_away": "offered contacts that left for any other reason; left says how many for which",
    "still_here": "offered - answered - abandoned - turned_away",
    "overflowed": "contacts that left because of overflow",
    "timed_out": "contacts that left because of timeout",
    "service_level": "answered within T / offered",
    "service_level_answered": "answered within T / answered",
    "service_level_handled": "answered within T / (answered + abandoned)",
    "service_level_patient": f"answered within T / (offered - abandoned in less than {SHORT:g} s)",
    "abandonment_rate": "abandoned / offered",
    "asa": "seconds in queue of answered contacts / answered",
    "longest_wait": "longest time in queue of an offered contact, those still here included",
    "aht": "queues: (talk + hold + after-call work) / contacts whose handling is over; agents: the same / calls",
    "talk": "queues: seconds of talk / contacts whose handling is over; agents: seconds of talk",
    "consult": "agents: seconds with another agent, asking or asked",
    "hold": "queues: seconds of hold / contacts whose handling is over; agents: seconds of hold",
    "acw": "queues: seconds of after-call work / contacts whose handling is over; agents: those seconds",
    "ewt_error": "sum of |time in queue - first wait announced| / answered contacts to whom a wait was announced",
    "ewt_bias": "sum of (time in queue - first wait announced) / answered contacts to whom a wait was announced",
    "staffed": "agents staffed for the queue, as each contact that joined found them, on average",
    "non_response": "offers timed out or rejected / (offers accepted + timed out + rejected)",
    "logged_in": "seconds in any state but logged_out",
    "occupancy": "(busy + after-call work) / (busy + after-call work + ready + reserved)",
    "longest": "agents: the longest stretch of talk, without a hold, in seconds",
    "calls": "talks that the agent began",
    "offers": "reservations made for the agent",
    "scores": "judgements of the agent's talks given in the period; a judge who judges again takes the earlier one back",
    "score": "mean of these scores, 0 to 100",
    "failed": "scores below the pass mark of their form, or with a fatal error",
    **report_surveys.FORMULAS,
    **report_trees.FORMULAS,
}
"""What each figure is computed from. Queue figures and trees count a caller where they joined, agents by the clock."""


class Interval(msgspec.Struct, kw_only=True):
    """A quarter of an hour; only those in which something happened are there."""

    start: float
    queues: list[QueueFigures]
    agents: list[AgentFigures]
    trees: list[TreeFigures]
    surveys: list[SurveyFigures]


class Report(msgspec.Struct, kw_only=True):
    """Moments in POSIX seconds; ``now`` is up to when things were counted."""

    start: float
    end: float
    now: float
    zone: str
    queues: list[QueueFigures]
    agents: list[AgentFigures]
    trees: list[TreeFigures]
    surveys: list[SurveyFigures]
    intervals: list[Interval]
    formulas: dict[str, str]


class ReportFold:
    """Feed it entries; ask for the report whenever you like."""

    def __init__(self, start: float, end: float, zone: tzinfo, service_levels: Mapping[str, float]) -> None:
        self._start, self._end, self._zone = start, end, zone
        self._queues = QueueFold(Cells(QueueTally, start, end), dict(service_levels), SERVICE_LEVEL)
        self._agents = AgentFold(Cells(AgentTally, start, end))
        self._trees = TreeFold(Cells(NodeTally, start, end))
        self._surveys = SurveyFold(Cells(SurveyTally, start, end))
        self._handlers = [
            (report_queues.HANDLERS, self._queues), (report_agents.HANDLERS, self._agents),
            (report_walks.HANDLERS, self._trees), (report_surveys.HANDLERS, self._surveys),
        ]
        self._at = start

    def feed(self, entry: Entry) -> None:
        """Take the next entry."""
        self._at = max(self._at, entry.at)
        for handlers, fold in self._handlers:
            handler = handlers.get(type(entry.event))
            if handler is not None:
                handler(fold, entry.event, entry.at)

    def report(self, now: float | None = None) -> Report:
        """The figures at ``now`` (POSIX seconds); None = the moment of the newest entry."""
        now = self._counted_to(now)
        queues, agents, trees = self._queues, self._agents, self._trees
        going_on = agents.going_on(now)
        surveys = self._surveys.cells
        counted = (queues.cells, agents.cells, going_on, trees.cells, surveys)
        return Report(
            start=self._start, end=self._end, now=now, zone=str(self._zone), formulas=FORMULAS,
            queues=self.queues(now), agents=self._agent_figures(agents.cells.all(), going_on.all()),
            trees=report_trees.figures(trees.cells.all()), surveys=report_surveys.figures(surveys.all()),
            intervals=[
                Interval(start=start, queues=queues.figures(queues.cells.within(start), now),
                         agents=self._agent_figures(agents.cells.within(start), going_on.within(start)),
                         trees=report_trees.figures(trees.cells.within(start)),
                         surveys=report_surveys.figures(surveys.within(start)))
                for start in sorted({start for cells in counted for start in cells.intervals()})
            ],
        )

    def queues(self, now: float | None = None) -> list[QueueFigures]:
        """The queues alone, over the whole period: quick enough for a wallboard each second."""
        return self._queues.figures(self._queues.cells.all(), self._counted_to(now))

    def agent(self, agent: str, now: float) -> AgentFigures:
        """One agent alone, over the whole period: quick enough for each agent's screen."""
        return self._agents.figures_of(agent, self._counted_to(now))

    def _counted_to(self, now: float | None) -> float:
        return min(self._at if now is None else max(now, self._at), self._end)

    def _agent_figures(self, over: dict[str, list[AgentTally]], going_on: dict[str, list[AgentTally]],
                       ) -> list[AgentFigures]:
        return [report_agents.figures(agent, [*over.get(agent, ()), *going_on.get(agent, ())])
                for agent in sorted({*over, *going_on}) if self._agents.is_agent(agent)]


def report(entries: Iterable[Entry], start: float, end: float, zone: tzinfo,
           service_levels: Mapping[str, float]) -> Report:
    """The report of ``start <= at < end`` (POSIX seconds); ``service_levels``: T by queue, seconds."""
    fold = ReportFold(start, end, zone, service_levels)
    for entry in entries:
        fold.feed(entry)
    return fold.report()


def days(first: date, last: date, zone: tzinfo) -> tuple[float, float]:
    """Beginning and end of these days (both included) where ``zone`` is, in POSIX seconds.

    Raises :class:`ValueError` when they are none, or too many."""
    if not 1 <= (last - first).days + 1 <= MOST_DAYS or not 1970 < first.year <= last.year < 9999:
        raise ValueError(f"a report is of 1 to {MOST_DAYS} days, from the first to the last")
    def midnight(day: date) -> float:
        return datetime.combine(day, time.min, zone).timestamp()
    return midnight(first), midnight(last + timedelta(days=1))
