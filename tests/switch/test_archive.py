"""Records, recordings and reports are found again; what has been kept long enough goes."""

import wave
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

import switch.events as told
from cti.records import fold
from cti.reports import report
from switch.archive import Archive
from switch.finding import offsets
from switch.journal import Entry, Journal
from switch.retention import due_for_deletion, sweep
from tests.switch.lives import NINE, day
from tests.switch.test_store import write_day


@pytest.fixture
async def entries(store):
    entries = day(6, contacts=30)
    await write_day(store, entries)
    return entries


@pytest.fixture
def archive(store, tmp_path):
    return Archive(store, tmp_path, UTC, {"support": 10.0}, lambda: NINE + 86400)


def picked(entries, fits):
    found = [record for record in fold(entries).values() if fits(record)]
    return [record.contact for record in sorted(found, key=lambda record: -record.started)]


async def names(found):
    return [each["contact"] for each in await found]


async def test_contacts_are_found_by_every_filter(archive, entries):
    assert await names(archive.contacts(limit=100)) == picked(entries, lambda record: True)
    assert await names(archive.contacts(agents=["1001"], limit=100)) == picked(
        entries, lambda record: "1001" in record.agents)
    assert await names(archive.contacts(agents=["1001", ""], limit=100)) == picked(
        entries, lambda record: "1001" in record.agents or not record.agents)
    assert await names(archive.contacts(agents=["%", "100"])) == []
    assert await names(archive.contacts(agents=[])) == []
    assert await names(archive.contacts(queue="sales", limit=100)) == picked(
        entries, lambda record: "sales" in record.queues)
    assert await names(archive.contacts(outcome="abandoned")) == picked(
        entries, lambda record: record.outcome == "abandoned")
    assert await names(archive.contacts(length=(60.0, 120.0))) == picked(
        entries, lambda record: 60 <= record.length <= 120)
    assert await names(archive.contacts(since=NINE + 100, until=NINE + 400)) == picked(
        entries, lambda record: NINE + 100 <= record.started < NINE + 400)


async def test_callers_are_found_however_their_number_is_written(archive, entries):
    caller = next(iter(fold(entries).values())).caller
    assert caller.startswith("0044")
    assert await names(archive.contacts(caller=f"+44 {caller[4:]}")) == picked(
        entries, lambda record: record.caller == caller)


async def test_pages_hang_together(archive, entries):
    pages = [await names(archive.contacts(limit=7, offset=offset)) for offset in range(0, 35, 7)]
    assert [name for page in pages for name in page] == picked(entries, lambda record: True)


async def test_one_contact_is_its_whole_record(archive, entries):
    record = await archive.contact("c0001")
    assert record["contact"] == "c0001"
    assert record["segments"][0]["kind"] == "ivr"
    assert await archive.contact("nobody") is None


async def test_recordings_say_who_is_heard(archive, entries, tmp_path):
    rows = await archive.recordings(limit=100)
    records = fold(entries)
    assert {row["recording"] for row in rows} == {name for each in records.values() for name in each.recordings}
    for row in rows:
        assert row["agents"] == list(records[row["contact"]].agents)
    assert all("1002" in row["agents"] for row in await archive.recordings(agents=["1002"]))
    name = rows[0]["recording"]
    assert await archive.recording_path(name) is None
    (tmp_path / rows[0]["path"]).write_bytes(b"RIFF")
    assert await archive.recording_path(name) == tmp_path / rows[0]["path"]
    assert await archive.recording("nothing") is None


async def test_the_report_of_a_day_is_the_report_over_its_entries(archive, entries):
    made = await archive.figures("2026-11-23", "2026-11-23")
    assert made.queues == report(entries, made.start, made.end, UTC, {"support": 10.0}).queues
    assert made.now == made.end == NINE + 15 * 3600
    assert (await archive.report(first="2026-11-22", last="2026-11-22"))["queues"] == []
    with pytest.raises(ValueError):
        await archive.report(first="soon", last="2026-11-22")


async def test_todays_figures_of_an_agent_grow_with_the_day(store, tmp_path):
    """Whoever asks in between and whoever asks once hear the same as the report says."""
    entries, now = day(6, contacts=30), [NINE]
    half = len(entries) // 2
    archive = Archive(store, tmp_path, UTC, {}, lambda: now[0])
    for part in (entries[:half], entries[half:]):
        await write_day(store, part)
        now[0] = part[-1].at + 1
        made = await archive.figures("2026-11-23", "2026-11-23")
        for figures in made.agents:
            assert await archive.agent_today(figures.agent) == figures
        assert max(figures.longest for figures in made.agents) > 0
    now[0] += 86400
    assert (await archive.agent_today("1001")).calls == 0


async def test_what_was_kept_long_enough_goes_with_a_record_of_it(archive, store, entries, tmp_path):
    rows = {row["recording"]: row for row in await archive.recordings(limit=100)}
    for row in rows.values():
        (tmp_path / row["path"]).write_bytes(b"RIFF")
    moments = sorted(row["keep_until"] for row in rows.values())
    assert await due_for_deletion(store, moments[0] - 1) == []
    now = moments[3]
    due = await due_for_deletion(store, now)
    assert [each.recording for each in due] == sorted(
        (name for name in rows if rows[name]["keep_until"] <= now), key=lambda name: rows[name]["keep_until"])
    told = await sweep(store, tmp_path, now)
    assert [event.recording for event in told] == [each.recording for each in due]
    assert not any((tmp_path / each.path).exists() for each in due)
    last = entries[-1].number
    store.write([Entry(last + 1 + index, now, event) for index, event in enumerate(told)])
    await store.committed(last + len(told))
    assert await due_for_deletion(store, now) == []
    assert (await archive.recording(due[0].recording))["deleted"] == now
    assert (await archive.contact(due[0].contact))["deleted"] == (due[0].recording,)


async def test_a_file_that_cannot_be_deleted_stays_due(store, entries, tmp_path):
    due = await due_for_deletion(store, NINE + 1e9)
    (tmp_path / due[0].path).mkdir()
    told = await sweep(store, tmp_path, NINE + 1e9)
    assert {event.recording for event in told} == {each.recording for each in due[1:]}


async def test_nothing_outside_the_folder_is_deleted(store, entries, tmp_path):
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "c0000.wav").symlink_to(tmp_path / "precious")
    (tmp_path / "precious").write_text("x")
    await sweep(store, folder, NINE + 1e9)
    assert (tmp_path / "precious").exists()


# -- what quality people look for --------------------------------------------------------------------------------------


def spoken(contact, silence, overlap):
    party = told.PartySpeech(talk=60.0, silence=40.0)
    return told.SpeechMeasured(contact=contact, recording=contact, caller=party, agent=party, overlap=overlap,
                               silence=silence)


@pytest.fixture
async def heard(store):
    """Four contacts, an hour apart from seven in the morning on, each of which sounds another way."""
    journal, entries = Journal(), []
    for place, (name, caller, note, code, silence, score) in enumerate([
            ("a", "0044111", "Refund promised", "solved", 10.0, 40.0), ("b", "0044222", "", "", 50.0, 90.0),
            ("c", "0049333", "100% angry", "complaint", 30.0, None), ("d", "", "", "solved", None, None)]):
        at = NINE + 3600 * (place - 2)
        later = [told.ContactNoted(contact=name, agent="1001", outcome=code, note=note)] if code or note else []
        later += [spoken(name, silence, silence / 10)] if silence is not None else []
        if score:
            later.append(told.ContactScored(contact=name, by="2001", agent="1001", form="f", version="1", score=score))
        events = [told.ContactOffered(contact=name, caller=caller, called=f"500{place}"),
                  told.RecordingStarted(contact=name, recording=name, path=f"{name}.wav", agent="1001"),
                  told.ContactEnded(contact=name, ended_by="customer", cause="normal_call_clearing"), *later]
        entries += [journal.append(event, at + n) for n, event in enumerate(events)]
    entries.append(journal.append(told.RecordingDeleted(contact="a", recording="a", why="retention"), NINE + 50_000))
    await write_day(store, entries)
    return entries


@pytest.mark.parametrize(("filters", "found"), [
    ({}, "dcba"), ({"number": "+44"}, "ba"), ({"number": "333"}, "c"), ({"number": "5003"}, "d"), ({"number": "%"}, ""),
    ({"code": "solved"}, "da"), ({"code": "sol"}, ""), ({"text": "REFUND"}, "a"), ({"text": "100%"}, "c"),
    ({"text": "_"}, ""),
    ({"silence": (0.3, None)}, "cb"), ({"silence": (None, 0.3)}, "ca"), ({"cross_talk": (0.03, 0.04)}, "c"),
    ({"score": (None, 50.0)}, "a"), ({"scored": True}, "ba"), ({"scored": False}, "dc"), ({"recorded": True}, "dcb"),
    ({"recorded": False}, "a"), ({"time": (7 * 60, 9 * 60)}, "ba"), ({"time": (600, 480)}, "da"),
    ({"time": (7 * 60, 9 * 60), "code": "solved", "since": NINE - 8000}, "a"),
])
async def test_contacts_are_found_by_how_they_were(archive, heard, filters, found):
    assert "".join(await names(archive.contacts(**filters))) == found


async def test_a_time_of_day_is_one_where_the_calendar_is(store, tmp_path, heard):
    there = Archive(store, tmp_path, ZoneInfo("Asia/Shanghai"), {}, lambda: NINE + 86400)
    assert "".join(await names(there.contacts(time=(15 * 60, 17 * 60)))) == "ba"


def test_offsets_follow_the_clocks():
    berlin = ZoneInfo("Europe/Berlin")
    spring, autumn = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
    since, until = datetime(2026, 1, 1, tzinfo=UTC).timestamp(), datetime(2026, 12, 31, tzinfo=UTC).timestamp()
    assert offsets(berlin, since, until) == [(since, 3600.0), (spring.timestamp(), 7200.0), (autumn.timestamp(), 3600.0)]
    assert offsets(UTC, since, until) == [(since, 0.0)]


async def test_the_picture_of_a_recording_is_drawn_where_it_lies(archive, heard, tmp_path):
    with wave.open(str(tmp_path / "b.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(4 * 8000))
    drawn = await archive.shape("b", 10)
    assert (drawn["points"], [party["party"] for party in drawn["parties"]]) == (10, ["caller", "agent"])
    (tmp_path / "c.wav").write_bytes(b"no sound")
    assert await archive.shape("c", 10) is None and await archive.shape("nobody", 10) is None
