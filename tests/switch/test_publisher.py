"""Publishing from a folder to a switch of paper: at once or not at all, and every version can be had back."""

import asyncio
import shutil
import threading
from functools import partial
from pathlib import Path

import pytest

from switch.events import ConfigurationRefused
from switch.loading import load
from switch.publisher import Publisher, Quiet, stamps, who_saved
from switch.versions import Version, Versions, digests

CONFIG = Path(__file__).parents[2] / "config"


class Paper:
    """Notes what it was asked for."""

    def __init__(self):
        self.taken, self.events = [], []

    def configure(self, settings, version, by, changes):
        assert threading.current_thread() is threading.main_thread()
        self.taken.append((settings, version, by, changes))

    def write_down(self, event):
        self.events.append(event)


class Place:
    """A folder that is edited."""

    def __init__(self, folder):
        self.config, self.cache = folder / "config", folder / "var" / "cache"
        shutil.copytree(CONFIG, self.config)
        self.switch = Paper()
        self.load = partial(load, self.config, self.cache)
        self.publisher = self.another()

    def another(self):
        versions = Versions(self.config.parent / "var" / "versions")
        return Publisher(self.switch, self.load(), self.load, versions, self.cache, lambda: 1e9)

    def edit(self, file, old, new):
        path = self.config / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def say(self, what):
        return asyncio.run(what)


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    made.say(made.publisher.start())
    return made


def test_what_was_started_with_is_the_first_version(place):
    assert (place.publisher.current.number, place.publisher.current.by) == (1, "start")
    place.say(place.publisher.publish("2001"))
    assert place.switch.taken == [] and len(place.publisher.versions.all()) == 1


def test_a_change_is_a_version_with_who_and_what(place):
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
    outcome = place.say(place.publisher.publish("2001"))
    assert (outcome.version, outcome.published) == (2, True)
    (settings, version, by, changes), = place.switch.taken
    assert (version, by, changes) == (2, "2001", ("queue support: wrap-up 10 s -> 20 s",))
    assert settings.queues["support"].wrap_up == 20
    kept = place.publisher.versions.last()
    assert (kept.number, kept.at, kept.by, kept.changes) == (2, 1e9, "2001", changes)


def test_a_look_publishes_nothing(place):
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
    outcome = place.say(place.publisher.publish("2001", preview=True))
    assert (outcome.published, outcome.changes) == (False, ("queue support: wrap-up 10 s -> 20 s",))
    place.edit("queues.yaml", "wrap_up: 20 s", "wrap_up: soon")
    assert place.say(place.publisher.publish("2001", preview=True)).mistakes
    assert (place.switch.taken, place.switch.events, place.publisher.refused) == ([], [], ())


def test_a_comment_is_a_version_too(place):
    place.edit("queues.yaml", "# Where callers wait", "# Here callers wait")
    assert place.say(place.publisher.publish("x")).changes == ("nothing but comments and layout",)


def test_a_recording_is_a_change(place):
    (place.config / "prompts" / "en").mkdir()
    shutil.copy(CONFIG.parent / "ivr" / "sounds" / "en" / "goodbye.wav", place.config / "prompts" / "en" / "welcome.wav")
    assert place.say(place.publisher.publish("x")).changes == ("recording en/welcome.wav is new",)


def test_a_text_that_cannot_be_rendered_leaves_everything_as_it_was(place):
    place.edit("ivr/main.yaml", "prompts: [welcome-demo, demo-main-menu]", "prompts: {text: Nobody says this., engine: ill}")
    place.edit("shoal.yaml", "language: en", "speech: {engines: {ill: {command: [sh, -c, exit 3]}}}\nlanguage: en")
    outcome = place.say(place.publisher.publish("saved by ops"))
    assert (outcome.published, place.switch.taken) == (False, [])
    (flaw,) = outcome.mistakes
    assert (flaw.file, flaw.line) == ("ivr/main.yaml", 10) and "the engine `ill` failed (status 3)" in flaw.what
    place.edit("shoal.yaml", "exit 3", "cat " + str(CONFIG.parent / "ivr" / "sounds" / "en" / "goodbye.wav"))
    assert place.say(place.publisher.publish("saved by ops")).published


BAD = [
    ("queues.yaml", "wrap_up: 10 s", "wrap_up: soon", "queues.yaml", 5),
    ("queues.yaml", "support:\n", "support: [\n", "queues.yaml", None),
    ("numbers.yaml", "tree:main\n", "tree:nowhere\n", "numbers.yaml", 3),
    ("ivr/main.yaml", "1: {queue: support}", "1: {queue: suport}", "ivr/main.yaml", 11),
    ("numbers.yaml", "5001:\n", "5000:\n", "numbers.yaml", 4),
]


@pytest.mark.parametrize(("file", "old", "new", "named", "line"), BAD)
def test_a_bad_file_leaves_everything_as_it_was(place, file, old, new, named, line):
    place.edit("agents.yaml", "Ann Archer", "Anna Archer")
    right = (place.config / file).read_text()
    place.edit(file, old, new)
    outcome = place.say(place.publisher.publish("saved by ops"))
    assert (outcome.version, outcome.published) == (1, False)
    assert place.switch.taken == []
    (event,) = place.switch.events
    assert isinstance(event, ConfigurationRefused) and event.count == len(outcome.mistakes)
    flaw = event.mistakes[0]
    assert flaw.file == named and flaw.what and flaw.instead
    assert line is None or abs(flaw.line - line) <= 1
    assert place.publisher.state()["refused"] and place.publisher.state()["version"] == 1
    assert len(place.publisher.versions.all()) == 1
    (place.config / file).write_text(right)
    assert place.say(place.publisher.publish("saved by ops")).changes == ("agent 1001: name Ann Archer -> Anna Archer",)
    assert place.publisher.state()["refused"] == []


def test_health_says_where_and_not_what(place):
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: my-password")
    place.say(place.publisher.publish("x"))
    (where,) = place.publisher.state()["refused"]
    assert where.startswith("queues.yaml:") and "my-password" not in str(place.publisher.state())


def test_a_mistake_that_is_undone_is_forgotten(place):
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: soon")
    place.say(place.publisher.publish("x"))
    place.edit("queues.yaml", "wrap_up: soon", "wrap_up: 10 s")
    assert not place.say(place.publisher.publish("x")).published
    assert place.publisher.refused == ()


def test_rollback_writes_the_files_back(place):
    before = digests(place.config)
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
    shutil.copy(place.config / "ivr" / "main.yaml", place.config / "ivr" / "more.yaml")
    place.say(place.publisher.publish("x"))
    outcome = place.say(place.publisher.rollback(1, "2001"))
    assert outcome.changes == ("back to version 1", "queue support: wrap-up 20 s -> 10 s", "tree more is gone")
    assert digests(place.config) == before and outcome.version == 3
    assert place.switch.taken[-1][0].queues["support"].wrap_up == 10
    assert "more" in place.switch.taken[-2][0].trees
    place.say(place.publisher.rollback(2, "2001"))
    assert (place.config / "ivr" / "more.yaml").exists()


def test_rollback_sets_aside_what_no_version_has(place):
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: soon")
    text = (place.config / "queues.yaml").read_text()
    place.say(place.publisher.rollback(1, "2001"))
    (aside,) = (place.config.parent / "var" / "versions").glob("aside-*")
    assert (aside / "queues.yaml").read_text() == text
    assert "soon" not in (place.config / "queues.yaml").read_text()


def test_rollback_to_what_is_not_there_or_not_right_any_more(place):
    with pytest.raises(LookupError):
        place.say(place.publisher.rollback(5, "2001"))
    bad = dict(digests(place.config))
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: soon")
    place.publisher.versions.keep(place.config, digests(place.config), 1.0, "old", ())
    place.edit("queues.yaml", "wrap_up: soon", "wrap_up: 10 s")
    assert place.say(place.publisher.rollback(2, "2001")).mistakes
    assert digests(place.config) == bad


def test_a_restart_goes_on_with_the_same_versions(place):
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
    again = place.another()
    place.say(again.start())
    assert (again.current.number, again.current.changes) == (2, ("queue support: wrap-up 10 s -> 20 s",))
    once_more = place.another()
    place.say(once_more.start())
    assert once_more.current.number == 2


def test_nobody_else_may_read_the_passwords_of_versions(place):
    folder = place.config.parent / "var" / "versions"
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "files").iterdir())


def test_a_version_that_cannot_be_kept_is_not_published(place, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(place.publisher.versions, "keep", full)
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
    outcome = place.say(place.publisher.publish("x"))
    assert "No space left" in outcome.mistakes[0].what and place.switch.taken == []


def test_files_that_change_while_they_are_read(place):
    count = iter(range(100))

    def load_and_edit():
        settings = place.load()
        if (number := next(count)) < 2:
            (place.config / "queues.yaml").write_text(f"support: {{wrap_up: {number + 30} s}}\nbilling:\nsales:\n")
        return settings
    place.publisher._load = load_and_edit
    place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
    assert place.say(place.publisher.publish("x")).published
    assert place.switch.taken[0][0].queues["support"].wrap_up == 31
    assert place.publisher.current.files == digests(place.config)


# -- watching ---------------------------------------------------------------------------------------------------------


def test_quiet():
    a, b, c = (frozenset({(name, 1, 1)}) for name in "abc")
    quiet = Quiet(a)
    assert [quiet.look(seen) for seen in (a, b, c, c, c, a, a, a, b, a, a)] == [
        False, False, False, True, False, False, True, False, False, False, False]


def test_what_editors_leave_behind_is_no_change(place):
    before = stamps(place.config)
    for name in (".queues.yaml.swp", "queues.yaml~", "#queues.yaml#", ".schema/queues.json", "ivr/.main.yaml.tmp"):
        path = place.config / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert stamps(place.config) == before
    (place.config / "queues.yaml").write_text("")
    assert stamps(place.config) != before
    assert who_saved(place.config).startswith("saved by ")


def test_a_saved_file_is_published(place, monkeypatch):
    looks = iter(range(100))

    async def next_look(_):
        if (look := next(looks)) == 1:
            place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
        if look == 5:
            raise asyncio.CancelledError
    monkeypatch.setattr("switch.publisher.asyncio.sleep", next_look)
    with pytest.raises(asyncio.CancelledError):
        place.say(place.publisher.watch())
    assert [version for _, version, _, _ in place.switch.taken] == [2]
    assert place.switch.taken[0][2].startswith("saved by ")


def test_unless_operations_publish_by_hand(place, monkeypatch):
    place.edit("shoal.yaml", "language: en", "language: en\nwatch: false")
    place.say(place.publisher.publish("x"))
    looks = iter(range(100))

    async def next_look(_):
        if (look := next(looks)) == 1:
            place.edit("queues.yaml", "wrap_up: 10 s", "wrap_up: 20 s")
        if look == 5:
            raise asyncio.CancelledError
    monkeypatch.setattr("switch.publisher.asyncio.sleep", next_look)
    with pytest.raises(asyncio.CancelledError):
        place.say(place.publisher.watch())
    assert len(place.switch.taken) == 1


def test_versions_of_which_a_file_is_broken_are_passed_over(tmp_path):
    versions = Versions(tmp_path)
    assert (versions.all(), versions.last(), versions.get(1)) == ([], None, None)
    (tmp_path / "4.json").write_text("{")
    assert (versions.all(), versions.last()) == ([], None)
    assert isinstance(Version(1, 0.0, "", (), {}), Version)


def test_demo_passwords_are_not_published_where_the_public_is_listened_to(place):
    """Although the file says loopback now: the switch is bound to where it was started."""
    for number in ("1001", "1002", "1003", "1004", "1005", "2001", "3001"):
        place.edit("agents.yaml", f"demo-{number}", f"of-my-own-{number}")
    place.edit("shoal.yaml", "listen: 127.0.0.1", "listen: 192.0.2.1")
    public = place.another()
    place.say(public.start())
    place.edit("shoal.yaml", "listen: 192.0.2.1", "listen: 127.0.0.1")
    place.edit("agents.yaml", "of-my-own-1001", "demo-1001")
    outcome = place.say(public.publish("2001"))
    assert not outcome.published and "1001 have demo passwords" in outcome.mistakes[0].what
    assert place.switch.taken == []


def test_old_versions_go_when_enough_newer_ones_are_there(place):
    versions = place.publisher.versions
    for number in (20, 30, 40):
        place.edit("queues.yaml", f"wrap_up: {number - 10} s", f"wrap_up: {number} s")
        place.say(place.publisher.publish("x"))
    assert [each.number for each in versions.all()] == [1, 2, 3, 4]
    before = {each.files["queues.yaml"] for each in versions.all()}
    assert versions.prune(2, since=0.0) == [], "they are too young"
    assert versions.prune(2, since=2e9) == [1, 2]
    assert [each.number for each in versions.all()] == [3, 4]
    kept = {file.name for file in versions._files.iterdir()}
    assert len(before & kept) == 2, "files that nobody has are gone"
    assert {digest for each in versions.all() for digest in each.files.values()} <= kept
    assert versions.prune(0, since=2e9) == [3], "the newest stays"
    assert versions.get(4) is not None
