"""Figures for Prometheus: read back by its own parser, each with a meaning, a unit where it has one, and sound buckets."""

import re

from prometheus_client.parser import text_string_to_metric_families

from cti.metrics import MEANINGS
from cti.wait_metrics import COUNTERS, HISTOGRAMS, WaitMetrics
from switch import events as told
from switch.journal import Journal

UNITS = {"seconds", "ratio", "score", "total", "entries"}
"""What ends a name that has a unit; all others are numbers of things."""


async def families(switch):
    async with switch.http.get(f"{switch.url}/metrics") as response:
        return {family.name: family for family in text_string_to_metric_families(await response.text())}


def values(family, suffix=""):
    """By the values of the labels, in the order of their names backwards."""
    return {tuple(value for _, value in sorted(sample.labels.items(), reverse=True)): sample.value
            for sample in family.samples if sample.name == family.name + suffix}


def test_meanings_say_more_than_names():
    for name, meaning in [*MEANINGS.items(), *((name, row[0]) for name, row in (COUNTERS | HISTOGRAMS).items())]:
        assert len(meaning) > 12 and meaning.replace(" ", "_").lower() != name and not meaning.endswith("."), name
        timed = re.search(r"_(wait|lag|age|jitter|length|trip|p99|max)(_heard|_sent)?$", name)
        assert not timed, f"{name} has a unit, which its name does not say"


def test_buckets_rise():
    for name, (_, _, bounds) in HISTOGRAMS.items():
        assert list(bounds) == sorted(set(bounds)) and 8 <= len(bounds) <= 20, name


def lived(tell):
    """Two callers of one queue: one is answered by the second agent who is asked, one hangs up."""
    for contact in ("a", "b"):
        tell(told.ContactOffered(contact=contact, caller="1", called="5000"), 0.0)
    ring = {"contact": "a", "agent": "1001", "queue": "support"}
    pop = told.Pop(contact="a", caller="1")
    tell(told.ReservationCreated(**ring, reservation="r1", expires_at=99.0, pop=pop), 10.0)
    tell(told.ReservationTimedOut(**ring, reservation="r1"), 30.0)
    tell(told.ReservationCreated(**ring, reservation="r2", expires_at=99.0, pop=pop), 30.0)
    tell(told.ReservationAccepted(**ring, reservation="r2"), 34.0)
    tell(told.ContactDequeued(contact="a", queue="support", why="answered", waited=34.0, agent="1001"), 34.0)
    tell(told.ContactDequeued(contact="b", queue="support", why="abandoned", waited=40.0), 40.0)
    tell(told.ContactEnded(contact="b", ended_by="customer", cause="normal_call_clearing"), 40.0)
    tell(told.CommandObeyed(by="1001", command="call.hold", contact="a"), 50.0)
    survey = {"contact": "a", "survey": "s", "version": "1", "agent": "1001", "queue": "support"}
    for question, score in (("one", 5), ("two", 5), ("three", 2)):
        tell(told.SurveyAnswered(**survey, question=question, score=score), 60.0)
    tell(told.SurveyEnded(**survey, outcome="completed", score=4.0), 60.0)
    tell(told.ContactEnded(contact="a", ended_by="agent", cause="normal_call_clearing"), 100.0)


async def test_waits_are_told_in_buckets(switch):
    def tell(event, at):
        switch.house.now = at
        switch.house.tell(event)
    lived(tell)
    found = await families(switch)
    waits = found["shoal_queue_wait_seconds"]
    assert waits.type == "histogram" and waits.documentation.startswith("How long callers waited")
    assert values(waits, "_count") == {("support", "answered"): 1, ("support", "abandoned"): 1}
    assert values(waits, "_sum") == {("support", "answered"): 34, ("support", "abandoned"): 40}
    below = {sample.labels["le"]: sample.value for sample in waits.samples
             if sample.name.endswith("_bucket") and sample.labels["outcome"] == "answered"}
    assert (below["30.0"], below["45.0"], below["+Inf"]) == (0, 1, 1)
    assert values(found["shoal_agent_ring_seconds"], "_sum") == {("support", "accepted"): 4, ("support", "timeout"): 20}
    assert values(found["shoal_contact_length_seconds"], "_sum") == {("inbound",): 140}
    assert values(found["shoal_queue_left"], "_total") == {("answered", "support"): 1, ("abandoned", "support"): 1}
    assert values(found["shoal_contacts_ended"], "_total") == {("customer",): 1, ("agent",): 1}
    assert values(found["shoal_cti_commands"], "_total") == {("call.hold",): 1}
    assert values(found["shoal_survey_answers"], "_total") == {("5", "support"): 2, ("2", "support"): 1}
    assert values(found["shoal_survey_ended"], "_total") == {("support", "completed"): 1}


def test_nothing_is_kept_of_what_is_over():
    journal = Journal()
    waits = WaitMetrics(journal)
    lived(journal.append)
    waits.read()
    assert not waits._offered and not waits._rings


async def test_a_figure_without_a_meaning_would_be_seen(switch):
    switch.house.counts = lambda: {"new_thing": 1.0}
    assert (await families(switch))["shoal_new_thing"].documentation == "new_thing"
