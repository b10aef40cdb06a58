"""What operations see of a running switch: its figures, and whether it is alive and ready."""

import json
import os
import re
import signal
import sqlite3
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from cti.metrics import MEANINGS
from cti.wait_metrics import HISTOGRAMS
from tests.interop.parties import until

NAMED = {
    "calls", "legs", "contacts", "queue_waiting", "queue_wait_seconds", "agents", "phone_registrations",
    "event_loop_lag_seconds", "media_late_frames_total", "media_frames_total", "journal_lag_seconds", "journal_lag_entries",
    "store_writable", "media_up",
}  # fmt: skip


def asked(switch, path):
    """Status and body of a question to a running switch."""
    try:
        with urllib.request.urlopen(f"{switch.url}{path}", timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def ready(switch):
    status, body = asked(switch, "/health/ready")
    return status, json.loads(body)["why"]


def test_every_figure_has_a_meaning_and_a_name_that_says_its_unit(switch):
    families = list(text_string_to_metric_families(asked(switch, "/metrics")[1]))
    names = {family.name.removeprefix("shoal_") + ("_total" if family.type == "counter" else "") for family in families}
    assert names >= NAMED, NAMED - names
    for family in families:
        assert family.name.startswith("shoal_")
        assert " " in family.documentation, f"{family.name} has no meaning"
        for sample in family.samples:
            assert all(len(value) < 64 for value in sample.labels.values())
        if family.type == "histogram":
            assert re.search(r"_(seconds|ratio|score)$", family.name), family.name
            whole = [sample.value for sample in family.samples if sample.labels.get("le") == "+Inf"]
            assert whole == [sample.value for sample in family.samples if sample.name.endswith("_count")]
    assert set(HISTOGRAMS) <= names
    assert {name for name in names if name.startswith(("event_", "journal_", "media_", "queue_oldest"))} <= set(MEANINGS)


def test_a_switch_that_serves_says_so(switch):
    assert asked(switch, "/health/live")[0] == 200
    assert ready(switch) == (200, [])


async def test_who_cannot_serve_says_why(own):
    own.switch.start()
    with sqlite3.connect(own.switch.folder / "var" / "shoal.db", isolation_level=None) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert asked(own.switch, "/health/live")[0] == 200
        phone = await own.phone("1001")
        await until(lambda: ready(own.switch)[0] == 503, "the store cannot be written to")
        assert any("store" in why for why in ready(own.switch)[1])
        assert asked(own.switch, "/health/live")[0] == 200, "to be restarted would not help it"
        db.execute("ROLLBACK")
    await until(lambda: ready(own.switch)[0] == 200, "the store is there again", within=15)
    (worker,) = own.switch.children()
    os.kill(worker, signal.SIGSTOP)
    await until(lambda: ready(own.switch) == (503, ["the media worker does not answer"]), "it is noticed", within=15)
    os.kill(worker, signal.SIGKILL)
    await until(lambda: ready(own.switch)[0] == 200, "another worker is up", within=15)
    assert phone is not None
