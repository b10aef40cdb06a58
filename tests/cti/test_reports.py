"""Reports: right against a slow and simple count, the same live as afterwards, and across midnight."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import switch.events as told
from cti.records import fold
from cti.report_text import text
from cti.reports import FORMULAS, ReportFold, days, report
from switch.journal import Entry
from tests.switch.lives import NINE, day

END = NINE + 86400


def whole(entries, **more):
    return report(entries, NINE, END, UTC, more)


@pytest.mark.parametrize("seed", range(4))
def test_queue_figures_agree_with_the_records(seed):
    entries = day(seed)
    visits = [visit for record in fold(entries).values() for visit in record.visits]
    for queue in whole(entries, support=5.0).queues:
        own = [visit for visit in visits if visit.queue == queue.queue]
        answered = [visit.waited for visit in own if visit.why == "answered"]
        within = sum(waited <= (5.0 if queue.queue == "support" else 20.0) for waited in answered)
        short = sum(visit.why == "abandoned" and visit.waited < 5 for visit in own)
        assert queue.offered == len(own)
        assert queue.answered == len(answered)
        assert queue.abandoned == sum(visit.why == "abandoned" for visit in own)
        assert queue.turned_away == len(own) - queue.answered - queue.abandoned
        assert queue.still_here == 0
        assert queue.service_level == within / len(own)
        assert queue.service_level_answered == within / len(answered)
        assert queue.service_level_handled == within / (queue.answered + queue.abandoned)
        assert queue.service_level_patient == within / (len(own) - short)
        assert queue.asa == pytest.approx(sum(answered) / len(answered))
        assert queue.longest_wait == pytest.approx(max(visit.waited for visit in own))


@pytest.mark.parametrize("seed", range(4))
def test_handling_agrees_with_the_records(seed):
    entries = day(seed)
    records, made = fold(entries).values(), whole(entries)
    for kind, name in (("talk", "talk"), ("hold", "hold"), ("wrap_up", "acw")):
        seconds = sum(record.seconds.get(kind, 0.0) for record in records)
        assert sum(getattr(queue, name) * queue.answered for queue in made.queues) == pytest.approx(seconds)
        assert sum(getattr(agent, name) for agent in made.agents) == pytest.approx(seconds)
    for queue in made.queues:
        assert queue.aht == pytest.approx(queue.talk + queue.hold + queue.acw)


@pytest.mark.parametrize("seed", range(4))
def test_agents_states_add_up_to_their_day(seed):
    entries = day(seed)
    for agent in whole(entries).agents:
        states = [entry for entry in entries
                  if type(entry.event) is told.AgentStateChanged and entry.event.agent == agent.agent]
        assert agent.logged_in == pytest.approx(states[-1].at - states[0].at)
        assert agent.talk + agent.hold == pytest.approx(agent.busy)
        assert agent.occupancy == pytest.approx(
            (agent.busy + agent.acw) / (agent.busy + agent.acw + agent.ready + agent.reserved))
        assert agent.calls <= agent.offers


@pytest.mark.parametrize("seed", range(4))
def test_intervals_add_up_to_the_period(seed):
    made = whole(day(seed, contacts=120))
    assert len(made.intervals) > 2
    for queue in made.queues:
        parts = [each for interval in made.intervals for each in interval.queues if each.queue == queue.queue]
        for name in ("offered", "answered", "abandoned", "turned_away", "overflowed", "timed_out"):
            assert sum(getattr(part, name) for part in parts) == getattr(queue, name)
    for agent in made.agents:
        parts = [each for interval in made.intervals for each in interval.agents if each.agent == agent.agent]
        assert all(part.logged_in <= 900.0001 for part in parts)
        for name in ("logged_in", "talk", "hold", "acw", "calls", "offers"):
            assert sum(getattr(part, name) for part in parts) == pytest.approx(getattr(agent, name))
    for tree in made.trees:
        assert sum(each.walks for interval in made.intervals for each in interval.trees) == tree.walks


@settings(max_examples=40, deadline=None)
@given(some.integers(0, 30), some.integers(0, 900), some.floats(0, 2000))
def test_the_wallboard_says_what_the_report_says(seed, cut, later):
    entries = day(seed, contacts=25)[:cut]
    live = ReportFold(NINE, END, UTC, {})
    for entry in entries:
        live.feed(entry)
        if entry.number % 50 == 0:
            live.report()
    assert live.report() == whole(entries)
    now = NINE + later
    again = ReportFold(NINE, END, UTC, {})
    for entry in entries:
        again.feed(entry)
    assert live.report(now) == again.report(now)
    assert live.queues(now) == again.report(now).queues
    for queue in live.queues():
        assert queue.offered == queue.answered + queue.abandoned + queue.turned_away + queue.still_here


@settings(max_examples=40, deadline=None)
@given(some.integers(0, 30), some.integers(0, 1200))
def test_what_was_before_the_period_may_be_summed_up(seed, offset):
    """Fed with the last state of each agent and the lives of open contacts it is the report fed with everything."""
    entries, start = day(seed, contacts=25), NINE + offset
    before = [entry for entry in entries if entry.at < start]
    records = fold(entries)
    running = {contact for contact, record in records.items() if record.started < start and (
        record.ended >= start or any(work.ended >= start for work in record.wrap_ups))}
    last = {entry.event.agent: entry for entry in before if type(entry.event) is told.AgentStateChanged}
    standing = [entry for entry in before
                if getattr(entry.event, "contact", "") in running or entry in last.values()]
    summed = report([*standing, *entries[len(before):]], start, END, UTC, {})
    assert summed == report(entries, start, END, UTC, {})


def test_a_state_from_before_counts_from_the_beginning_to_the_end():
    entries = [Entry(1, NINE - 5000, told.AgentStateChanged(agent="1", state="ready")),
               Entry(2, NINE + 100, told.AgentStateChanged(agent="1", state="not_ready", reason="lunch")),
               Entry(3, NINE + 5000, told.SwitchStopped(reason="test"))]
    made = report(entries, NINE, NINE + 1000, UTC, {})
    assert made.now == NINE + 1000
    assert (made.agents[0].ready, made.agents[0].not_ready) == (100.0, {"lunch": 900.0})
    assert [sum(agent.not_ready.values()) for each in made.intervals for agent in each.agents] == [800.0, 100.0]


def judged(number, at, score, contact="a", by="3001", passed=True):
    event = told.ContactScored(contact=contact, by=by, agent="1", form="call", version="1", score=score, passed=passed)
    return Entry(number, NINE + at, event)


def test_judgements_count_when_they_are_given_and_the_last_word_of_each_judge_alone():
    seat = Entry(1, NINE - 50, told.AgentStateChanged(agent="1", state="logged_out"))
    entries = [seat, judged(2, -10, 10.0), judged(3, 10, 40.0, passed=False), judged(4, 20, 90.0, by="2001"),
               judged(5, 1000, 80.0), judged(6, 1010, 70.0, contact="b"), judged(7, 86_400, 0.0, by="2001")]
    fold = ReportFold(NINE, END, UTC, {})
    for entry in entries:
        fold.feed(entry)
        live, made = fold.agent("1", entry.at), report(entries[:entry.number], NINE, END, UTC, {}).agents
        if made:
            assert made == [live], "the agent's own figures and the report are one count"
    assert (live.scores, live.score, live.failed) == (3, 80.0, 0)
    first, second = made_intervals(entries)
    assert ((first.scores, first.score), (second.scores, second.score)) == ((1, 90.0), (2, 75.0))
    assert "80.0" in text(whole(entries), UTC)


def made_intervals(entries):
    return [agent for each in whole(entries).intervals for agent in each.agents]


def test_a_judgement_below_the_mark_is_counted():
    entries = [Entry(1, NINE - 50, told.AgentStateChanged(agent="1", state="logged_out")), judged(2, 10, 40.0, passed=False)]
    (agent,) = whole(entries).agents
    assert (agent.scores, agent.score, agent.failed, agent.logged_in) == (1, 40.0, 1, 0.0)


def test_a_caller_counts_where_they_joined():
    entries = [Entry(1, NINE + 890, told.ContactQueued(contact="a", queue="q", position=1)),
               Entry(2, NINE + 910, told.ContactDequeued(contact="a", queue="q", why="answered", waited=20.0, agent="1",
                                                        announced_wait=15.0))]
    first = whole(entries).intervals[0].queues[0]
    assert (first.offered, first.answered, first.service_level) == (1, 1, 1.0)
    assert (first.ewt_error, first.ewt_bias) == (5.0, 5.0)


def test_the_tree_says_where_callers_turn_and_leave():
    def menu(name):
        return told.MenuEntered(contact="a", tree="t", version="1", menu=name, level=1)
    events = [menu("top"), told.MenuMissed(contact="a", tree="t", menu="top", why="silence"),
              told.OptionChosen(contact="a", tree="t", menu="top", digit="2", leads_to="menu:more"), menu("more"),
              told.OptionChosen(contact="a", tree="t", menu="more", digit="*", leads_to="menu:top"), menu("top"),
              told.TreeLeft(contact="a", tree="t", version="1", menu="top", outcome="hung_up")]
    tree = whole([Entry(number, NINE + number, event) for number, event in enumerate(events)]).trees[0]
    more, top = tree.menus
    assert (tree.walks, tree.outcomes) == (1, {"hung_up": 1})
    assert (top.node_reach, top.node_completion, top.node_loops, top.node_seconds) == (1.0, 0.0, 1.0, 1.5)
    assert (top.silences, top.abandons, more.abandons, top.node_csat) == (1, 1, 0, None)


def test_a_day_is_as_long_as_the_clocks_say():
    berlin = ZoneInfo("Europe/Berlin")
    start, end = days(date(2026, 10, 25), date(2026, 10, 25), berlin)
    assert end - start == 25 * 3600
    assert datetime.fromtimestamp(start, berlin).isoformat() == "2026-10-25T00:00:00+02:00"


@pytest.mark.parametrize(("first", "last"), [
    (date(2026, 2, 2), date(2026, 2, 1)), (date(2000, 1, 1), date(2026, 1, 1)), (date(9999, 12, 31), date(9999, 12, 31)),
    (date.min, date.min)])
def test_days_that_are_no_report(first, last):
    with pytest.raises(ValueError, match="1 to 366 days"):
        days(first, last, UTC)


def test_every_figure_has_its_formula():
    made = whole(day(1))
    tree = made.trees[0]
    for figures in (made.queues[0], made.agents[0], tree, tree.menus[0], tree.menus[0].options[0]):
        names = set(figures.__struct_fields__) - {
            "queue", "agent", "menu", "left", "service_level_seconds", "ready", "reserved", "busy", "not_ready",
            "callers", "entries", "chosen", "wrong_keys", "silences",
            "tree", "version", "walks", "outcomes", "menus", "kind", "ways", "options", "digit"}
        assert names <= set(FORMULAS)


def test_the_text_is_aligned():
    written = text(whole(day(1)), UTC)
    assert "support" in written and "Tree main" in written and "█" in written
    heading, rule, *rows = written.split("Queues\n\n")[1].split("\n\n")[0].split("\n")
    assert {len(rule)} == {len(row) for row in (heading, *rows)}
    assert f"service_level = {FORMULAS['service_level']}" in written.split("Formulas\n\n")[1]


def test_an_empty_day_says_so():
    assert "Nothing happened" in text(whole([]), UTC)
