"""A day on which callers are asked how it was: what they pressed is what live figures and the report of the day say."""

from collections import Counter, defaultdict
from statistics import mean
from zoneinfo import ZoneInfo

import pytest
from world.centre import Centre
from world.day_file import Crew, Day
from world.people import CallerHabits

import switch.events as told
from cti.wait_metrics import WaitMetrics
from switch.acd.rules import Survey
from switch.archive import Archive
from switch.store import Store
from tests.days.lived import Lived, check_nothing_leaked, with_queue
from tests.laws import check_laws

ANSWERS = {"55": 8, "54": 6, "31": 3, "12": 2, "4": 2, "9": 1, "0": 1, "95": 1, "77": 1, "": 6}
"""Of two questions, 1 to 5. Some answer one, some press nonsense, some press it first; and some hang up."""
DAY = Day(calls=(50, 50), interval=900, numbers={"5000": 3, "5001": 1}, seed=3,
          agents={"day": Crew(count=10, queues={"support": 1, "billing": 1})},
          callers=CallerHabits(keys={"1": 3, "51": 1}, agent_ends=80, talk=60, thinks=1, answers=ANSWERS))


class Asked:
    """One caller who was asked, as they would tell it: what they pressed, of whom, where they came by."""

    def __init__(self, started, pressed, way):
        self.queue, self.agent, self.way = started.queue, started.agent, way
        self.scores = [int(key) for key in pressed if key in "12345"][:2]
        self.pressed = pressed


@pytest.fixture(scope="module")
def levels(settings):
    return {name: rules.service_level for name, rules in settings.queues.items()}


async def live_the_day(settings, levels, path):
    """The day, its figures asked for all the time; then the report of it, and what the people say."""
    centre = Centre(with_queue(settings, "billing", survey=Survey("survey")), DAY)
    journal, zone = centre.town.exchange.journal, ZoneInfo(settings.system.time_zone)
    store = await Store.open(f"sqlite+aiosqlite:///{path}/shoal.db", centre.start)
    archive = Archive(store, path, zone, levels, lambda: centre.town.now, journal)
    metrics, entries = WaitMetrics(journal), []
    try:
        for new in centre.live():
            entries += new
            store.write(new)
            metrics.read()
            await archive.queues_today()
        await store.committed(journal.last)
        live = (await archive._today.fold(centre.town.now, zone, levels)).report(centre.town.now)
        report = await archive.figures(DAY.date, DAY.date)
    finally:
        await store.close()
    lived = Lived(centre, entries)
    check_laws(entries, finished=True)
    check_nothing_leaked(lived)
    return lived, live, report, metrics


def people(lived):
    """Everybody who was asked."""
    callers = {event.contact: event.caller for event in lived.events(told.ContactOffered)}
    ways = defaultdict(set)
    for event in lived.events(told.MenuEntered):
        ways[event.contact].add((event.tree, event.menu))
    return [Asked(event, lived.centre.carrier.answered.get(callers[event.contact], ""), ways[event.contact])
            for event in lived.events(told.SurveyStarted)]


async def test_the_figures_of_the_day_are_what_callers_pressed(settings, levels, tmp_path):
    lived, live, report, metrics = await live_the_day(settings, levels, tmp_path)
    asked = people(lived)
    assert {each.pressed for each in asked} == set(ANSWERS), "everything was tried"
    assert {each.queue for each in asked} == {"support", "billing"} and len(asked) > 50
    assert (live.surveys, live.trees, live.queues, live.agents) == (
        report.surveys, report.trees, report.queues, report.agents), "live is the report"

    rows = {(row.by, row.name): row for row in report.surveys}
    for by in ("queue", "agent"):
        groups = defaultdict(list)
        for each in asked:
            groups[getattr(each, by)].append(each)
        assert {name for kind, name in rows if kind == by} == set(groups)
        for name, those in groups.items():
            row, scores = rows[by, name], [score for each in those for score in each.scores]
            assert row.surveys == len(those)
            assert row.survey_response == pytest.approx(mean(bool(each.scores) for each in those))
            assert row.survey_score == (pytest.approx(mean(scores)) if scores else None)
            assert row.survey_scores == Counter(map(str, scores))

    nodes = {(tree.tree, node.menu): node.node_csat for tree in report.trees for node in tree.menus}
    for place in {place for each in asked for place in each.way}:
        rated = [mean(each.scores) for each in asked if place in each.way and each.scores]
        assert nodes[place] == pytest.approx(mean(rated)), place

    counted = {name: counts for name, counts in metrics._counters.items() if name.startswith("survey")}
    assert counted["survey_answers"] == Counter((each.queue, str(score)) for each in asked for score in each.scores)
    assert sum(counted["survey_ended"].values()) == len(asked)
    assert {outcome for _, outcome in counted["survey_ended"]} >= {"completed", "hung_up"}
