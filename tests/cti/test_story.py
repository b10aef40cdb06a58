"""What a person at a terminal reads."""

import re
from datetime import UTC

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.cloudevents import cloud_event
from cti.protocol import to_json
from cti.story import SENTENCES, Story, line, seconds, sentence
from cti.watch import Watcher, WatchRefused, entry_of, watch
from switch.events import KINDS, ContactOffered, OptionChosen
from switch.journal import Entry
from switch.language.words import words

from .fake_house import FakeHouse, offered, state
from .samples import BARE, SAMPLES


def test_every_event_has_a_sentence_and_no_other():
    assert set(SENTENCES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("samples", [SAMPLES, BARE], ids=["full", "bare"])
def test_every_sentence_can_be_said(kind, samples):
    said = sentence(samples[kind])
    assert said
    assert "{" not in said
    assert "None" not in said
    assert "()" not in said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("samples", [SAMPLES, BARE], ids=["full", "bare"])
def test_every_sentence_is_said_in_mandarin(kind, samples):
    event = samples[kind]
    if kind == "queue.left":
        event = msgspec.structs.replace(event, why="answered")
    said = sentence(event)
    assert re.search("[\u4e00-\u9fff]", words("zh")(said)), f"switch/language/zh.yaml lacks `{said}`"


def test_a_line_says_when_which_contact_and_what():
    event = OptionChosen(contact="5c1f2a", tree="welcome", menu="main", digit="1", leads_to="queue:support")
    assert line(Entry(1, 43203.0, event), "caller 1234", zone=UTC) == (
        "12:00:03  5c1f  caller 1234 chose 1 in main -> queue:support")


def test_a_line_without_a_contact_is_aligned_with_the_others():
    assert line(Entry(1, 43203.0, state()), zone=UTC) == "12:00:03        agent 1001 is ready"


def test_a_story_remembers_who_calls():
    story = Story(zone=UTC)
    story.line(Entry(1, 0.0, offered("c1", "1234")))
    told = story.line(Entry(2, 0.0, OptionChosen(contact="c1", tree="t", menu="main", digit="1", leads_to="x")))
    assert told.endswith("caller 1234 chose 1 in main -> x")


def test_a_caller_who_withholds_the_number_is_said_to():
    assert Story(zone=UTC).line(Entry(1, 0.0, offered("c1", ""))).endswith("a withheld number calls 5000")


@pytest.mark.parametrize(("value", "text"), [(0.4, "0 s"), (59.6, "1:00 min"), (75, "1:15 min"), (7380, "2:03:00 h")])
def test_durations_are_said_as_people_say_them(value, text):
    assert seconds(value) == text


def test_colours_are_taken_back_at_the_end():
    told = line(Entry(1, 0.0, offered()), colour=True, zone=UTC)
    assert told.endswith("\x1b[0m")


@given(st.text(), st.text())
def test_no_caller_can_paint_on_the_terminal(caller, name):
    event = ContactOffered(contact="c\x1b[2J", caller=caller, caller_name=name, called="5000")
    assert Story(zone=UTC).line(Entry(1, 0.0, event)).isprintable()


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_survives_the_way_over_the_wire(kind):
    import json

    entry = Entry(7, 1_700_000_000.25, SAMPLES[kind])
    assert entry_of(json.loads(to_json(cloud_event(entry, 1)))) == entry


def test_a_kind_of_a_newer_switch_is_no_entry():
    assert entry_of({"type": "call.teleported"}) is None


# -- the client ---------------------------------------------------------------------------------------------------


async def test_a_watcher_reads_along_and_misses_nothing_when_it_comes_back(switch):
    told: list[str] = []
    watcher = Watcher(switch.url, "2002", "demo-2002", ("all",), told.append, Story(zone=UTC))

    def tell(text):
        told.append(text)
        if text.startswith("--"):
            switch.house.tell(offered("c1", "1234"))
        else:
            raise ConnectionResetError

    watcher._tell = tell
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            await watcher.follow(switch.http)
        switch.house.tell(state("1002", "busy"))
    assert [text.partition("  ")[2].strip() for text in told] == [
        "", "c1    caller 1234 calls 5000", "agent 1002 is busy"]


async def test_a_watcher_with_the_wrong_password_is_told(switch):
    with pytest.raises(WatchRefused, match="user or password is wrong"):
        await watch(switch.url, "2002", "wrong")


async def test_a_watch_ends_with_the_switch_when_asked_to(run):
    told = []
    async with run(FakeHouse()) as switch:
        def tell(text):
            told.append(text)
            for connection in switch.server.connections:
                connection.line.abort()

        await watch(switch.url, "2002", "demo-2002", tell=tell, once=True)
    assert told == ["-- 0 agents at work, 0 contacts, 0 waiting"]
