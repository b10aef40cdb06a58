"""What operations see of a running switch: its figures, and whether it is alive and ready."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from cti.metrics import MEANINGS
from cti.wait_metrics import HISTOGRAMS
from switch.events import SwitchDraining
from tests.interop.parties import until
from tests.interop.running import ROOT, Switch

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
    await until(lambda: ready(own.switch)[0] == 200, "the store is there again")
    (worker,) = own.switch.children()
    os.kill(worker, signal.SIGSTOP)
    await until(lambda: ready(own.switch) == (503, ["the media worker does not answer"]), "it is noticed")
    os.kill(worker, signal.SIGKILL)
    await until(lambda: ready(own.switch)[0] == 200, "another worker is up")
    assert phone is not None


async def test_one_contact_is_shown_with_its_ladder(own):
    own.switch.start()
    journal = await own.screen("2001")
    agent, screen = await own.agent("1001")
    caller = await own.phone("4930444444")
    since = journal.mark()
    await caller.call("5000")
    await journal.wait(since=since, type="ivr.menu_entered")
    rings = agent.mark()
    await caller.do("press", digits="1")
    await agent.wait(since=rings, event="incoming")
    await agent.answer()
    contact = (await journal.wait(since=since, type="call.established"))["contact"]
    with contextlib.suppress(AssertionError):
        await screen.order("call.retrieve")  # nothing is on hold
    await caller.hang_up()
    await journal.wait(since=since, type="contact.ended", contact=contact)

    def shown():
        return shoal(own.switch, "contact", "show", contact[:6])
    await until(lambda: shown().count("BYE") >= 2, "what passed last is written")
    picture = shown()
    for wanted in ("INVITE sip:5000", "100 Trying", "200 OK", "hears menu main", "pressed 1", "waits in",
                   "is offered to 1001", "INVITE sip:1001", "180 Ringing", "ACK", "and caller 4930444444 talk",
                   "1001 ordered call.retrieve",
                   "recording to", "BYE", "sound from 1001", "ended by customer"):
        assert wanted in picture, f"{wanted} is not in\n{picture}"
    assert shoal(own.switch, "contact", "show", "--last") == picture
    told = json.loads(shoal(own.switch, "contact", "show", contact, "--json"))
    assert told["parties"] == ["4930444444", "1001"]
    assert (await journal.get(f"/api/v1/contacts/{contact}/timeline"))["lines"] == told["lines"]
    assert "demo-1001" not in picture


async def test_a_running_switch_is_saved_and_goes_on_elsewhere(own, tmp_path):
    own.switch.start()
    journal = await own.screen("2001")
    await own.agent("1001")
    caller = await own.phone("4930444444")
    since = journal.mark()
    await caller.call("5000")
    await journal.wait(since=since, type="ivr.menu_entered")
    file = tmp_path / "saved.tar.gz"
    assert "saved in" in shoal(own.switch, "backup", str(file))
    await caller.hang_up()
    last = own.switch.health()["journal"]
    own.switch.stop()
    other = Switch(tmp_path / "other")
    shutil.rmtree(other.config)
    assert "are back" in shoal(other, "restore", str(file))
    try:
        other.start()
        health = other.health()
        assert (health["epoch"], health["status"]) == (2, "ok")
        assert 0 < health["journal"] < last + 20
        other.stop()  # so that all of it is written
        ended = [entry.event for entry in other.journal() if entry.event.__struct_config__.tag == "contact.ended"]
        assert [event.cause for event in ended] == ["system_shutdown"], "the call that was up while it was saved is closed"
    finally:
        other.kill()


def shoal(switch, *arguments):
    """What a command says about this switch's folder."""
    ran = subprocess.run([sys.executable, "-m", "switch", *arguments, "--config", str(switch.config)], cwd=ROOT,
                         capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


async def shoal_stop(switch, *how):
    """`shoal stop`, at work."""
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "switch", "stop", "--url", switch.url, *how, cwd=ROOT,
                                                stdout=pipe, stderr=asyncio.subprocess.STDOUT)


async def test_an_operator_stops_it_when_the_last_call_is_over_or_now(own):
    own.switch.start()
    caller = await own.phone("4930444444")
    await caller.call("5000")
    patient = await shoal_stop(own.switch, "--drain")
    assert await patient.stdout.readline() == b"no new calls; 1 are up, and may go on to their end\n"
    assert ready(own.switch) == (503, ["the switch is being stopped"])
    hasty = await shoal_stop(own.switch, "--now")
    for each in (hasty, patient):
        said, _ = await each.communicate()
        assert each.returncode == 0 and said.endswith(b"the switch has stopped\n"), said
    await caller.wait(event="state", state="DISCONNECTED")
    assert own.switch._process.wait(1) == 0 and not own.switch.complaints()
    journal = [entry.event for entry in own.switch.journal()]
    told = [(event.by, event.calls, event.until is None) for event in journal if isinstance(event, SwitchDraining)]
    assert told == [("2001", 1, True), ("2001", 1, False)]


async def test_a_stop_lets_calls_end_first(own):
    own.switch.configure("shoal.yaml", {"drain": "60 s"})
    own.switch.start()
    caller, late = await own.phone("4930444444"), await own.phone("4930555555")
    await caller.call("5000")
    own.switch._process.send_signal(signal.SIGTERM)
    await until(lambda: ready(own.switch) == (503, ["the switch is being stopped"]), "load balancers are told")
    assert asked(own.switch, "/health/live")[0] == 200
    await late.do("call", uri=f"sip:5000@{own.switch.sip};transport=udp")
    await late.wait(event="state", state="DISCONNECTED")
    assert "SIP/2.0 503" in late.messages() and own.switch._process.poll() is None
    await caller.hang_up()
    await until(lambda: own.switch._process.poll() is not None, "it stops by itself when the last call has ended")
    assert own.switch._process.returncode == 0 and not own.switch.complaints()
