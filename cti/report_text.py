"""A report as tables for the terminal, as ``shoal report`` prints it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from cti.report_agents import AgentFigures
from cti.report_queues import QueueFigures
from cti.report_surveys import SurveyFigures
from cti.report_trees import FORMULAS, TreeFigures
from cti.reports import Interval, Report
from switch.language.widths import left, right, width
from switch.language.words import PLAIN, Words

Row = Sequence[str]

_FIGURES = {
    "service level": "service_level", "of answered": "service_level_answered", "of handled": "service_level_handled",
    "of patient": "service_level_patient", "abandonment": "abandonment_rate", "asa": "asa", "longest": "longest_wait",
    "aht": "aht", "acw": "acw", "ewt error": "ewt_error", "non-response": "non_response", "occupancy": "occupancy",
    "reach": "node_reach", "completion": "node_completion", "loops": "node_loops", "time": "node_seconds",
    "satisfaction": "node_csat", "gave up on": "gave_up_on", "hung up": "abandons", "tree": "tree_completion",
    "asked": "surveys", "response": "survey_response", "score": "survey_score",
    "judged": "scores", "mean score": "score", "below mark": "failed",
}
"""Headings of columns, and the figures that stand under them."""


def text(report: Report, zone: tzinfo | None = None, words: Words = PLAIN) -> str:
    """The whole report; ``zone``: how moments are written, None = as this machine does."""
    def moment(at: float, shape: str) -> str:
        return datetime.fromtimestamp(at, zone).strftime(shape)
    parts = [words(f"{moment(report.start, '%Y-%m-%d %H:%M')} to {moment(report.now, '%Y-%m-%d %H:%M')} ({report.zone})")]
    if report.queues:
        parts += [words("Queues"), _queues(report.queues, words), _left(report.queues, words)]
        parts += [words("Day"), _day(report.intervals, words, [moment(each.start, "%H:%M") for each in report.intervals])]
    if report.agents:
        parts += [words("Agents"), _agents(report.agents, words)]
    if report.surveys:
        parts += [words("Surveys"), _surveys(report.surveys, words)]
    for tree in report.trees:
        parts += _tree(tree, words)
    if len(parts) == 1:
        parts.append(words("Nothing happened."))
    else:
        parts += [words("Formulas"), _formulas(report.formulas, words)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _formulas(formulas: Mapping[str, str], words: Words) -> str:
    headings = {heading: words(heading) for heading in _FIGURES}
    columns = max(map(width, headings.values()))
    return "\n".join(f"{left(headings[heading], columns)}  {name} = {words(formulas[name])}"
                     for heading, name in _FIGURES.items())


def table(heading: Row, rows: Sequence[Row], words: Words = PLAIN) -> str:
    """Rows under a heading, which is turned: the first column to the left, figures to the right."""
    heading = [words(each) for each in heading]
    widths = [max(width(row[column]) for row in (heading, *rows)) for column in range(len(heading))]
    def line(row: Row) -> str:
        cells = (right(cell, columns) for cell, columns in zip(row[1:], widths[1:], strict=True))
        return "  ".join((left(row[0], widths[0]), *cells)).rstrip()
    return "\n".join((line(heading), "  ".join("─" * columns for columns in widths), *map(line, rows)))


def _queues(queues: Sequence[QueueFigures], words: Words) -> str:
    rows = [
        (each.queue, str(each.offered), str(each.answered), str(each.abandoned), str(each.turned_away),
         str(each.still_here), words(f"{share(each.service_level)} in {each.service_level_seconds:g} s"),
         share(each.service_level_answered), share(each.service_level_handled), share(each.service_level_patient),
         share(each.abandonment_rate), span(each.asa), span(each.longest_wait), span(each.aht), span(each.acw),
         span(each.ewt_error), share(each.non_response))
        for each in queues
    ]
    return table(("queue", "offered", "answered", "abandoned", "turned away", "still here", "service level",
                  "of answered", "of handled", "of patient", "abandonment", "asa", "longest", "aht", "acw",
                  "ewt error", "non-response"), rows, words)


def _left(queues: Sequence[QueueFigures], words: Words) -> str:
    lines = [f"{each.queue}: " + words(", ").join(f"{words(why)} {count}" for why, count in sorted(others.items()))
             for each in queues
             if (others := {why: count for why, count in each.left.items() if why not in ("answered", "abandoned")})]
    return words("turned away") + "\n" + "\n".join(f"  {line}" for line in lines) if lines else ""


def _day(intervals: Sequence[Interval], words: Words, starts: Sequence[str]) -> str:
    """One line a quarter of an hour, all queues together: how many came, and how many of them were answered."""
    offered = [sum(queue.offered for queue in each.queues) for each in intervals]
    most = max(offered, default=0)
    rows = []
    for start, each, count in zip(starts, intervals, offered, strict=True):
        answered = sum(queue.answered for queue in each.queues)
        abandoned = sum(queue.abandoned for queue in each.queues)
        working = [agent.occupancy for agent in each.agents if agent.occupancy is not None]
        occupancy = sum(working) / len(working) if working else None
        bar = _bar(count, most, 24)
        rows.append((start, str(count), str(answered), str(abandoned), str(len(working)), share(occupancy), bar))
    widest = max((len(row[-1]) for row in rows), default=0)
    padded = [(*row[:-1], row[-1].ljust(widest)) for row in rows]
    return table(("from", "offered", "answered", "abandoned", "agents", "occupancy", "".ljust(widest)), padded, words)


def _bar(count: float, most: float, width: int) -> str:
    """``count`` as a bar whose whole ``width`` is ``most``; the last block says the eighths."""
    eighths = round(count / most * width * 8) if most else 0
    whole, rest = divmod(eighths, 8)
    return "█" * whole + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[rest]


def _agents(agents: Sequence[AgentFigures], words: Words) -> str:
    rows = [
        (each.agent, str(each.calls), span(each.logged_in), span(each.ready), span(each.talk), span(each.hold),
         span(each.acw), span(sum(each.not_ready.values())), share(each.occupancy), str(each.offers),
         share(each.non_response), str(each.scores), _score(each.score), str(each.failed),
         words(", ").join(f"{words(reason or 'no reason')} {span(seconds)}"
                                             for reason, seconds in sorted(each.not_ready.items())))
        for each in agents
    ]
    return table(("agent", "calls", "logged in", "ready", "talk", "hold", "acw", "not ready", "occupancy", "offers",
                  "non-response", "judged", "mean score", "below mark", "reasons"), rows, words)


def _score(score: float | None) -> str:
    return "-" if score is None else f"{score:.1f}"


def _surveys(surveys: Sequence[SurveyFigures], words: Words) -> str:
    rows = [
        (f"{words(each.by)} {each.name}", str(each.surveys or ""), share(each.survey_response) if each.surveys else "",
         _times(each.survey_score), *(str(each.survey_scores.get(score, 0)) for score in "12345"))
        for each in surveys
    ]
    return table(("of", "asked", "response", "score", *"12345"), rows, words)


def trees(report: Report, name: str = "", zone: tzinfo | None = None, words: Words = PLAIN) -> str:
    """The trees of a report alone, or the one of this name; with every option and every formula."""
    start, end = (datetime.fromtimestamp(at, zone) for at in (report.start, report.now))
    parts = [words(f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} ({report.zone})")]
    for tree in report.trees:
        if name in ("", tree.tree):
            parts += [*_tree(tree, words), _options(tree, words)]
    if len(parts) == 1:
        return f"{parts[0]}\n\n{words('Nobody was there.')}\n"
    formulas = (f"{figure}: {words(FORMULAS[figure])}" for figure in FORMULAS)
    return "\n\n".join((*parts, words("Formulas"), "\n".join(formulas))) + "\n"


def _tree(tree: TreeFigures, words: Words) -> list[str]:
    rows = [
        (words(f"{each.kind} {each.menu}"), str(each.callers), share(each.node_reach), share(each.node_completion),
         _times(each.node_loops), span(each.node_seconds), str(each.wrong_keys), str(each.silences), str(each.gave_up_on),
         str(each.abandons), _times(each.node_csat), " ".join(f"{way.removeprefix('options.')}:{each.ways[way]}"
                                                             for way in sorted(each.ways)))
        for each in tree.menus
    ]
    ends = words(", ").join(f"{words(outcome)} {count}" for outcome, count in sorted(tree.outcomes.items()))
    heading = ("node", "callers", "reach", "completion", "loops", "time", "wrong keys", "silences", "gave up on",
               "hung up", "satisfaction", "ways")
    title = (f"Tree {tree.tree}, version {tree.version}: {tree.walks} callers, {share(tree.tree_completion)} ended where "
             f"they wanted, {tree.abandons} hung up before")
    return [words(title), table(heading, rows, words) + ("\n" + words(f"ended in: {ends}") if ends else "")]


def _options(tree: TreeFigures, words: Words) -> str:
    rows = [
        (f"{menu.menu} {each.digit}", str(each.callers), str(each.chosen), share(each.option_reach),
         share(each.option_completion), _times(each.option_loops), span(each.option_seconds), str(each.abandons),
         _times(each.option_csat))
        for menu in tree.menus for each in menu.options
    ]
    return table(("option", "callers", "chosen", "reach", "completion", "loops", "time", "hung up", "satisfaction"), rows,
                 words)


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def share(ratio: float | None) -> str:
    """A ratio as a percentage."""
    return "-" if ratio is None else f"{100 * ratio:.1f} %"


def span(seconds: float | None) -> str:
    """Seconds as h:mm:ss or m:ss."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
