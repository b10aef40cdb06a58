"""A day on which operations publish another tree and take it back: each caller goes through the tree that held when they
came, and live figures and the report of the day count them under its version."""

from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

from world.centre import Centre
from world.day_file import Crew, Day
from world.people import CallerHabits

import switch.events as told
from cti.reports import ReportFold, report
from ivr.tree import Destination
from tests.days.lived import Lived, check_nothing_leaked
from tests.laws import check_laws

DAY = Day(calls=(60, 60, 60), interval=600, seed=5, agents={"day": Crew(count=12, queues={"support": 1, "billing": 1})},
          callers=CallerHabits(talk=60, thinks=2, keys={"1": 1}))


def with_another_tree(settings):
    tree = settings.trees["main"]
    options = tree.menus["main"].options | {"1": Destination(queue="billing")}
    menus = tree.menus | {"main": replace(tree.menus["main"], options=options)}
    return replace(settings, trees=settings.trees | {"main": replace(tree, menus=menus, version="second")})


def test_each_version_of_a_tree_has_the_figures_of_its_callers(settings):
    centre, zone = Centre(settings, DAY), ZoneInfo(settings.system.time_zone)
    town, old = centre.town, settings.trees["main"].version
    before = town.settings
    publish, back = centre.start + 600, centre.start + 1200
    town.at(publish, lambda: town.configure(with_another_tree(before)))
    town.at(back, lambda: town.configure(before))
    levels = {name: rules.service_level for name, rules in settings.queues.items()}
    live, entries = ReportFold(centre.start, centre.end, zone, levels), []
    for new in centre.live():
        entries += new
        for entry in new:
            live.feed(entry)
        live.report(town.now)
    check_laws(entries, finished=True)
    lived = Lived(centre, entries)
    check_nothing_leaked(lived)

    changes = [event.changes for event in lived.events(told.ConfigurationPublished)]
    assert changes == [(f"tree main: option 1 now leads to queue {name}",) for name in ("billing", "support")]
    came = {entry.event.contact: entry.at for entry in lived.entries(told.ContactAnswered)}
    version = {contact: "second" if publish <= at < back else old for contact, at in came.items()}
    went = {event.contact: event.queue for event in reversed(lived.events(told.ContactQueued))}
    assert {version[contact]: queue for contact, queue in went.items()} == {old: "support", "second": "billing"}

    whole = report(entries, centre.start, centre.end, zone, levels)
    now = live.report(town.now)
    assert (now.trees, now.queues, now.agents) == (whole.trees, whole.queues, whole.agents), "live is the report"
    rows = {row.version: row for row in whole.trees if row.tree == "main"}
    assert {name: row.walks for name, row in rows.items()} == Counter(version.values())
    for name, queue in ((old, "queue:support"), ("second", "queue:billing")):
        led = sum(version[contact] == name for contact in went)
        assert rows[name].outcomes[queue] == led > 30
        assert next(menu for menu in rows[name].menus if menu.menu == "main").ways["options.1"] == led
