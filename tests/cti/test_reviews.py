"""Quality work over REST: who finds, hears, judges and takes along what."""

import base64
import csv
import hashlib
import io
import json
import re
import uuid
from datetime import UTC, datetime

import pytest

import switch.events as told
from cti import vcon
from cti.audience import is_private, view_of
from cti.hub import Hub
from cti.records import fold
from cti.reviews import ONE_LISTENING, Listenings
from cti.searching import COLUMNS, safe
from cti.waveform import marks_of
from switch.journal import Entry, Journal
from switch.quality.rules import Form, Quality, Question, Section

from .fake_house import PEOPLE
from .test_rest import get, post

FORM = Form(name="All", sections={"talk": Section(name="Talk", questions={"clear": Question(text="Clear", most=5)})})
WISH = {"form": "all", "answers": {"talk.clear": 4}}


@pytest.fixture
def judged(switch, tmp_path):
    """A house with a form and a contact of agent 1001 with a recording."""
    house = switch.house
    house.quality = Quality(forms={"all": FORM})
    house.store.records["c1"] = {
        "contact": "c1", "complete": True, "agents": ["1001"], "caller": "=cmd", "called": "5000", "started": 100.0,
        "ended": 160.0, "outcome": "answered", "recordings": ["r1"], "direction": "inbound",
        "visits": [{"queue": "support", "joined": 101.0}],
    }
    (tmp_path / "r1.wav").write_bytes(b"RIFF, in a way")
    house.store.tapes["r1"] = {"recording": "r1", "contact": "c1", "agent": "1001", "path": "2030/r1.wav", "started": 105.0,
                               "seconds": 50.0}
    house.store.paths["r1"] = tmp_path / "r1.wav"
    return switch


def written(switch, kind):
    return [entry.event for entry in switch.house.stored if isinstance(entry.event, kind)]


# -- finding -----------------------------------------------------------------------------------------------------------


async def test_what_is_asked_reaches_the_store(judged):
    await get(judged, "/api/v1/contacts?number=12&time_from=08:30&time_to=12:00&shortest=60&silence_least=0.3"
                      "&cross_talk_most=0.1&survey_most=2&score_least=50&recorded=yes&scored=no&code=solved&text=letter"
                      "&outcome=answered&limit=7")
    assert judged.house.store.asked.pop()[1] == {
        "agents": None, "number": "12", "time": (510, 720), "length": (60.0, None), "silence": (0.3, None),
        "cross_talk": (None, 0.1), "survey": (None, 2.0), "score": (50.0, None), "recorded": True, "scored": False,
        "code": "solved", "text": "letter", "outcome": "answered", "limit": 7, "offset": 0}


@pytest.mark.parametrize(("query", "field"), [
    ("time_from=8:30", "time_from"), ("time_to=25:00", "time_to"), ("silence_least=30", "silence_least"),
    ("score_most=nan", "score_most"), ("survey_least=0", "survey_least"), ("recorded=1", "recorded"),
    ("outcome=good", "outcome"), ("shortest=-1", "shortest"), ("longest=x", "longest"),
])
async def test_what_cannot_be_asked_is_named(judged, query, field):
    status, body = await get(judged, f"/api/v1/contacts?{query}")
    assert (status, body["error"]["field"]) == (400, field)


async def test_a_table_holds_no_formula(judged):
    async with judged.http.get(f"{judged.url}/api/v1/contacts?as=csv&limit=1", headers=judged.bearer("2002")) as response:
        rows = list(csv.DictReader(io.StringIO(await response.text())))
        assert response.headers["Content-Disposition"] == 'attachment; filename="contacts.csv"'
    assert list(rows[0]) == list(COLUMNS)
    assert (rows[0]["caller"], rows[0]["seconds"], rows[0]["queues"]) == ("'=cmd", "60.0", "support")


@pytest.mark.parametrize("cell", ["=1+1", "+44123", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell):
    assert safe(cell) == f"'{cell}"
    assert safe(-1.5) == -1.5 and safe("1234") == "1234"


# -- hearing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("user", "status"), [("2002", 200), ("2001", 200), ("3001", 200), ("1001", 200), ("1003", 404)])
async def test_who_listens_is_written_down_once(judged, user, status):
    for _ in range(3):
        async with judged.http.get(f"{judged.url}/api/v1/recordings/r1/audio", headers=judged.bearer(user)) as response:
            assert response.status == status
    heard = written(judged, told.RecordingPlayed)
    assert [(each.by, each.contact, each.how) for each in heard] == ([(user, "c1", "played")] if status == 200 else [])


def test_a_listening_lasts_as_long_as_it_goes_on():
    heard = Listenings()
    moments = (0, 200, 200 + ONE_LISTENING, 201 + 2 * ONE_LISTENING)
    assert [heard.begins("2001", "r1", moment) for moment in moments] == [True, False, False, True]
    assert heard.begins("2002", "r1", 0) and heard.begins("2001", "r2", 0)


async def test_a_picture_has_the_marks_of_the_journal(judged):
    judged.house.store.lines["c1"] = (ENTRIES, [])
    status, body = await get(judged, "/api/v1/recordings/r1/peaks?points=2")
    assert (status, body["points"], body["contact"]) == (200, 2, "c1")
    assert [mark["kind"] for mark in body["marks"]] == ["press", "hold"]
    assert (await get(judged, "/api/v1/recordings/r1/peaks?points=0.5"))[0] == 400
    assert (await get(judged, "/api/v1/recordings/r1/peaks", "1003"))[0] == 404
    del judged.house.store.paths["r1"]
    assert (await get(judged, "/api/v1/recordings/r1/peaks"))[0] == 404


ENTRIES = [
    Entry(1, 100.0, told.DigitPressed(contact="c1", digit="2", menu="main")),
    Entry(2, 105.0, told.RecordingStarted(contact="c1", recording="r1", path="r1.wav")),
    Entry(3, 110.0, told.Held(contact="c1", leg="l", party="1001")),
    Entry(4, 112.5, told.Retrieved(contact="c1", leg="l", party="1001")),
]


def test_marks_are_moments_of_the_recording():
    press, hold = marks_of("r1", ENTRIES)
    assert (press.at, press.text, hold.at, hold.until) == (-5.0, "2", 5.0, 7.5)
    assert marks_of("r2", ENTRIES) == []


def test_who_listened_is_no_news_for_agents():
    event = told.RecordingPlayed(contact="c1", recording="r1", by="2001")
    assert is_private(event)
    agent, supervisor = view_of(PEOPLE[0], ("all",)), view_of(PEOPLE[-1], ("all",))
    assert not agent.wants("recording.played", frozenset({"1001"}), frozenset({"red"}), True)
    assert supervisor.wants("recording.played", frozenset(), frozenset(), True)


# -- judging -----------------------------------------------------------------------------------------------------------


async def test_a_talk_is_judged_and_the_journal_has_it(judged):
    wish = WISH | {"note": "well", "remarks": [{"recording": "r1", "at": 3.5, "text": "good"}]}
    status, body = await post(judged, "/api/v1/contacts/c1/scores", json.dumps(wish), "3001")
    assert (status, body["agent"], body["score"], body["passed"]) == (201, "1001", 80.0, True)
    (event,) = written(judged, told.ContactScored)
    assert (event.by, event.agent, event.score, event.version) == ("3001", "1001", 80.0, body["version"])
    assert event.remarks == (told.Remark(recording="r1", at=3.5, text="good"),)


@pytest.mark.parametrize(("user", "status"), [("1001", 403), ("1003", 403), ("3001", 201), ("2001", 201)])
async def test_only_who_reviews_may_judge(judged, user, status):
    assert (await post(judged, "/api/v1/contacts/c1/scores", json.dumps(WISH), user))[0] == status


@pytest.mark.parametrize(("wish", "status", "code"), [
    ({"form": "all", "answers": {}}, 400, "bad_params"), ({"form": "no", "answers": {}}, 400, "unknown_form"),
    (WISH | {"version": "x"}, 409, "changed"), ({"answers": {}}, 400, "bad_params"),
])
async def test_a_judgement_that_is_not_whole_is_refused(judged, wish, status, code):
    answered, body = await post(judged, "/api/v1/contacts/c1/scores", json.dumps(wish))
    assert (answered, body["error"]["code"]) == (status, code)
    assert written(judged, told.ContactScored) == []


async def test_what_goes_on_is_not_judged(judged):
    judged.house.store.records["c1"]["complete"] = False
    assert (await post(judged, "/api/v1/contacts/c1/scores", json.dumps(WISH)))[1]["error"]["code"] == "not_over"


async def test_agents_see_their_own_scores_and_the_forms(judged):
    mine, other = ({"by": "2001", "at": at, "agent": agent, "form": "all", "version": "1", "score": 50.0}
                   for at, agent in ((1.0, "1001"), (2.0, "1002")))
    judged.house.store.records["c1"] |= {"agents": ["1001", "1002"], "scores": [mine, other]}
    for user, seen in (("1001", ["1001"]), ("1002", ["1002"]), ("2001", ["1002", "1001"])):
        for path in ("/api/v1/contacts/c1/scores", "/api/v1/quality/scores"):
            assert [each["score"]["agent"] for each in (await get(judged, path, user))[1]] == seen
        record = (await get(judged, "/api/v1/contacts/c1", user))[1]
        assert sorted(each["agent"] for each in record["scores"]) == sorted(seen)
    assert [form["form"] for form in (await get(judged, "/api/v1/quality/forms", "1001"))[1]] == ["all"]
    assert (await get(judged, "/api/v1/contacts/c1/forms", "1003"))[0] == 404


def test_only_who_is_judged_hears_of_it():
    journal = Journal()
    for agent in ("1001", "1002"):
        journal.append(told.ReservationCreated(contact="c1", reservation="r", agent=agent, queue="q", expires_at=1.0,
                                               pop=told.Pop(contact="c1", caller="1")), 1.0)
    number = journal.append(told.ContactScored(contact="c1", by="2001", agent="1002", form="f", version="1", score=1.0), 2.0)
    hub = Hub(journal, 1, {person.user: person for person in PEOPLE}.get)
    hub.read(3.0)
    heard = {person.user: hub.select(view_of(person, ("all",)), journal.since(number.number - 1)) for person in PEOPLE}
    assert [user for user, events in heard.items() if len(events)] == ["1002", "2001", "2002"]


# -- the record --------------------------------------------------------------------------------------------------------


def test_the_last_word_of_each_judge_is_in_the_record():
    entries = [Entry(1, 1.0, told.ContactOffered(contact="c1", caller="1", called="2")),
               Entry(2, 2.0, told.ContactEnded(contact="c1", ended_by="customer", cause="normal_call_clearing"))]
    entries += [Entry(3 + n, 3.0 + n, told.ContactScored(contact="c1", by=by, agent="1001", form="f", version="1",
                                                         score=score))
                for n, (by, score) in enumerate([("2001", 40.0), ("2002", 60.0), ("2001", 80.0)])]
    record = fold(entries)["c1"]
    assert [(score.by, score.score, score.at) for score in record.scores] == [("2002", 60.0, 4.0), ("2001", 80.0, 5.0)]


# -- taking along: draft-ietf-vcon-vcon-core ---------------------------------------------------------------------------

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def check_vcon(made):
    """What the draft demands of an unsigned vCon."""
    assert uuid.UUID(made["uuid"]).version == 8
    assert RFC3339.fullmatch(made["created_at"])
    for party in made["parties"]:
        assert set(party) <= {"tel", "name"} and all(isinstance(value, str) for value in party.values())
        assert "tel" not in party or party["tel"].startswith("tel:")
    for dialog in made["dialog"]:
        assert dialog["type"] in ("recording", "incomplete") and RFC3339.fullmatch(dialog["start"])
        named = [index for each in dialog["parties"] for index in (each if isinstance(each, list) else [each])]
        assert all(0 <= index < len(made["parties"]) for index in named)
        assert ("body" in dialog) == ("encoding" in dialog) and not ("body" in dialog and "url" in dialog)
        assert ("url" in dialog) == ("content_hash" in dialog)
        if dialog["type"] == "incomplete":
            assert dialog["disposition"] in ("no-answer", "congestion", "failed", "busy", "hung-up", "voicemail-no-message")
            assert not {"body", "url", "mediatype"} & set(dialog)
    for analysis in made["analysis"]:
        assert analysis["type"] and analysis["vendor"] and analysis["encoding"] == "json"
        indices = analysis["dialog"] if isinstance(analysis["dialog"], list) else [analysis["dialog"]]
        assert all(0 <= index < len(made["dialog"]) for index in indices)
    assert made["attachments"] == []


async def test_a_contact_is_taken_along_with_its_sound(judged):
    judged.house.store.records["c1"]["speech"] = {"type": "recording.measured", "overlap": 1.0}
    status, made = await get(judged, "/api/v1/contacts/c1/vcon?recording=attached", "3001")
    check_vcon(made)
    (dialog,) = made["dialog"]
    padded = dialog["body"] + "=" * (-len(dialog["body"]) % 4)
    assert base64.urlsafe_b64decode(padded) == b"RIFF, in a way"
    assert (status, dialog["parties"], dialog["duration"], dialog["filename"]) == (200, [0, 1], 50.0, "r1.wav")
    assert [each["type"] for each in made["analysis"]] == ["speech"]
    assert [(each.by, each.how) for each in written(judged, told.RecordingPlayed)] == [("3001", "exported")]


async def test_or_with_a_link_and_what_it_must_give(judged):
    made = (await get(judged, "/api/v1/contacts/c1/vcon"))[1]
    check_vcon(made)
    (dialog,) = made["dialog"]
    algorithm, _, digest = dialog["content_hash"].partition("-")
    async with judged.http.get(dialog["url"], headers=judged.bearer("2002")) as response:
        sound = await response.read()
    assert algorithm == "sha512"
    assert digest == base64.urlsafe_b64encode(hashlib.sha512(sound).digest()).decode().rstrip("=")


async def test_what_was_not_recorded_or_not_answered_has_no_sound(judged):
    judged.house.store.tapes.clear()
    bare = (await get(judged, "/api/v1/contacts/c1/vcon"))[1]
    check_vcon(bare)
    assert bare["dialog"][0]["type"] == "recording"
    judged.house.store.records["c1"] |= {"agents": [], "outcome": "abandoned", "recordings": [], "caller": ""}
    lost = (await get(judged, "/api/v1/contacts/c1/vcon?recording=none"))[1]
    check_vcon(lost)
    assert (lost["dialog"][0]["disposition"], lost["parties"]) == ("hung-up", [{}])
    assert (await get(judged, "/api/v1/contacts/c1/vcon?recording=maybe"))[0] == 400
    assert (await get(judged, "/api/v1/contacts/c1/vcon", "1003"))[0] == 404


def test_a_contact_is_the_same_whenever_it_is_asked_for():
    record = {"contact": "c1", "started": 1.0}
    one, other = (vcon.made(record, [], now, {}, []) for now in (1.0, datetime(2030, 1, 1, tzinfo=UTC).timestamp()))
    assert one["uuid"] == other["uuid"] != vcon.made(record | {"contact": "c2"}, [], 1.0, {}, [])["uuid"]
