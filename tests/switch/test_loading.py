"""A whole folder: the demonstration loads, and a broken one is told all its mistakes at once."""

import shutil
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from switch import sounds
from switch.checks import listen_hazards
from switch.loading import check, load
from switch.mistakes import SettingsError

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "config"
BROKEN = ROOT / "tests" / "broken"

WITHOUT_SOUNDS = {
    "shoal.yaml": "", "agents.yaml": "1001: {password: secret, queues: {support: 1}}\n", "queues.yaml": "support:\n",
    "numbers.yaml": "5000: {to: queue:support}\n",
}


@pytest.fixture
def folder(tmp_path):
    """A small configuration that is right; a test says which files are other ones."""
    def write(**files):
        for name, text in (WITHOUT_SOUNDS | {f"{name}.yaml": text for name, text in files.items()}).items():
            (tmp_path / "config" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "config" / name).write_text(text, encoding="utf-8")
        return tmp_path / "config"
    return write


def mistakes(folder):
    """What is said of the folder, a line a mistake; none = it loads."""
    try:
        load(folder, folder.parent / "cache")
    except SettingsError as error:
        return str(error).splitlines()
    return []


def test_the_demonstration_is_right_and_is_what_programs_rely_on(tmp_path):
    settings = load(DEMO, tmp_path)
    assert {number: settings.users[number].password for number in settings.users} == {
        number: f"demo-{number}" for number in ("1001", "1002", "1003", "1004", "1005", "2001", "3001")}
    assert (settings.users["2001"].role, settings.users["3001"].role) == ("supervisor", "quality")
    assert {number: service.to for number, service in settings.numbers.items()} == {
        "5000": "tree:main", "5001": "tree:main-zh", "5002": "queue:support"}
    assert [number for number, service in settings.numbers.items() if service.hours] == ["5002"], "the others never close"
    for name in ("main", "main-zh"):
        first = settings.trees[name].menus[settings.trees[name].start].options["1"]
        assert (first.kind, first.target) == ("queue", "support")
        assert all(settings.users[agent].rules.skills.get(skill, 0) >= level
                   for skill, level in first.skills.items() for agent in ("1001", "1002", "1003", "1004", "1005"))
    assert (settings.system.listen, settings.system.sip.port, settings.system.http.port) == (("127.0.0.1",), 5060, 8080)
    assert settings.system.media.first_port == 40000


def test_check_says_what_is_there(tmp_path, capsys):
    assert check(DEMO, tmp_path) == 0
    told = capsys.readouterr().out
    assert "config/ is right: 4 trees, 3 queues, 7 people, 3 numbers, 1 calendar, 1 follow-up, 1 form\n" in told
    assert told.endswith("followups.yaml, branches (zh): 1 SMS (UCS-2, 29 characters) without its values\n")


def test_check_tells_every_mistake_of_a_broken_folder(tmp_path, capsys):
    """Each line of ``expected.txt`` was looked at by a person; the parts that depend on the machine are not in it."""
    assert check(BROKEN, tmp_path) == 1
    told = capsys.readouterr().out.splitlines()
    assert told == (BROKEN / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_the_small_configuration_is_right(folder):
    assert mistakes(folder()) == []


def test_the_machine_may_be_missing_but_nothing_else(folder):
    path = folder()
    (path / "shoal.yaml").unlink()
    assert mistakes(path) == []
    (path / "queues.yaml").rename(path / "queue.yaml")
    (path / "numbers.yaml").unlink()
    assert mistakes(path) == [
        "numbers.yaml: the file is missing — write one; an empty file will do for a beginning",
        "queues.yaml: the file is missing — rename `queue.yaml`",
    ]


def test_no_folder_at_all(tmp_path):
    assert mistakes(tmp_path / "nowhere")[0].endswith("there is no such folder — name one with agents.yaml")


def test_a_file_that_cannot_be_read_hides_the_names_in_it_and_nobody_speaks_of_their_absence(folder):
    path = folder(queues="support: [\n", numbers="5000: {to: queue:support}\n5001: {to: queue:other, haurs: {}}\n")
    assert [line.split(": ")[0] for line in mistakes(path)] == ["numbers.yaml:2", "queues.yaml:2"]


def test_a_file_in_another_encoding(folder):
    path = folder()
    (path / "agents.yaml").write_bytes("1001:\n  name: Jörg\n".encode("latin-1"))
    assert mistakes(path) == ["agents.yaml:2: this is not UTF-8 — save the file as UTF-8"]


def test_a_tree_with_the_other_suffix_is_not_passed_over_in_silence(folder):
    path = folder()
    (path / "ivr").mkdir()
    (path / "ivr" / "main.yml").write_text("{}")
    assert mistakes(path) == ["ivr/main.yml: only `.yaml` is read — rename it to `main.yaml`"]


@pytest.mark.parametrize(("queues", "circle"), [
    ("a: {overflow: {to: queue:a}}", "a -> a"),
    ("a: {overflow: {to: queue:b}}\nb: {overflow: {to: queue:c}}\nc: {overflow: {to: queue:b}}", "b -> c -> b"),
])
def test_each_circle_of_overflows_is_told_once(folder, queues, circle):
    told = mistakes(folder(queues=f"support:\n{queues}\n"))
    assert len(told) == 1
    assert f"callers overflow in a circle: {circle} —" in told[0]


@pytest.mark.parametrize(("written", "line", "said"), [
    ("{waiting_amber: 9, waiting_red: 4}", 2, "red (waiting_red 4) would come before amber (waiting_amber 9)"),
    ("{waiting_amber: 20}", 2, "red (waiting_red 8) would come before amber (waiting_amber 20)"),
    ("{\n    wait_red: 20,\n    wait_amber: 40 s}", 4, "red (wait_red 20) would come before amber (wait_amber 40)"),
    ("{level_amber: 50, level_red: 70}", 2, "red (level_red 70) would come before amber (level_amber 50)"),
])
def test_red_does_not_come_before_amber(folder, written, line, said):
    (told,) = mistakes(folder(queues=f"support:\n  thresholds: {written}\n"))
    assert told.startswith(f"queues.yaml:{line}: {said}")
    (told,) = mistakes(folder(shoal=f"\nthresholds: {written}\n"))
    assert told.startswith(f"shoal.yaml:{line}: {said}")


def test_the_same_value_leaves_amber_out(folder):
    assert mistakes(folder(queues="support: {thresholds: {waiting_amber: 5, waiting_red: 5, level_amber: 60}}\n")) == []


def test_a_chain_of_overflows_is_no_circle(folder):
    chain = "support: {overflow: {to: queue:a}}\na: {overflow: {to: queue:b}}\nb: {overflow: {to: goodbye}}\n"
    assert mistakes(folder(queues=chain)) == []


def listening(settings, listen, address=""):
    media = replace(settings.system.media, address=(address,) if address else ())
    system = replace(settings.system, listen=(listen,), media=media)
    return replace(settings, system=system)


@pytest.mark.parametrize(("listen", "refused"), [
    ("127.0.0.1", False), ("127.9.9.9", False), ("::1", False), ("localhost", False),
    ("0.0.0.0", True), ("10.0.0.5", True), ("::", True), ("example.com", True),
])
def test_demo_passwords_keep_the_switch_at_home(folder, listen, refused):
    path = folder(agents="1001: {password: demo-1001}\n1002: {password: own}\n")
    hazards = listen_hazards(listening(load(path, path.parent / "cache"), listen, address="192.0.2.1"))
    assert len(hazards) == refused
    if refused:
        assert "1001 have demo passwords" in str(hazards[0])
        assert "127.0.0.1" in hazards[0].instead


@pytest.mark.parametrize(("listen", "public"), [
    (("127.0.0.1", "::1"), ""), (("127.0.0.1", "10.0.0.5"), "10.0.0.5"), (("::1", "2001:db8::5"), "2001:db8::5"),
    (("127.0.0.1", "::"), "::"), (("::ffff:10.0.0.5",), "::ffff:10.0.0.5"),
    (("localhost", "shoal.example"), "shoal.example"),
    (("localhost.example",), "localhost.example"), (("127.0.0.1.example",), "127.0.0.1.example"), (("0",), "0"),
    (("",), ""), (("fe80::1%eth0",), "fe80::1%eth0"),
])
def test_one_public_address_among_others_is_enough(folder, listen, public):
    """SIP over UDP, TCP and TLS, and HTTP, all listen on these and on nothing else."""
    path = folder(agents="1001: {password: demo-1001}\n")
    settings = load(path, path.parent / "cache")
    media = replace(settings.system.media, address=("192.0.2.1",))
    hazards = listen_hazards(replace(settings, system=replace(settings.system, listen=listen, media=media)))
    assert len(hazards) == (listen != ("127.0.0.1", "::1"))
    assert all(f"and {public} can be reached" in each.what for each in hazards)


def test_other_passwords_may_listen_anywhere(folder):
    path = folder()
    settings = load(path, path.parent / "cache")
    assert listen_hazards(listening(settings, "192.0.2.1")) == []
    assert listen_hazards(listening(settings, "0.0.0.0", address="192.0.2.1")) == []
    assert "no phone can send its voice to 0.0.0.0" in str(listen_hazards(listening(settings, "0.0.0.0"))[0])


def test_check_refuses_the_address_of_the_file_as_a_start_would(folder, capsys):
    path = folder(shoal="listen: 10.0.0.5\n", agents="1001: {password: demo-1001}\n")
    assert check(path, path.parent / "cache") == 1
    assert "10.0.0.5 can be reached by others" in capsys.readouterr().out


# -- sounds -----------------------------------------------------------------------------------------------------------


def record(path, rate=44100, seconds=0.5):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\0\0\0\0" * int(rate * seconds))


TREE = "person: {queue: support}\nmenus: {main: {prompts: [PROMPT], options: {1: {queue: support}}}}\n"


def with_tree(folder, prompt):
    path = folder()
    (path / "ivr").mkdir()
    (path / "ivr" / "main.yaml").write_text(TREE.replace("PROMPT", prompt), encoding="utf-8")
    return path


def test_own_recordings_are_converted_once_and_found_by_name(folder):
    path = with_tree(folder, "our-greeting")
    assert len(mistakes(path)) == 1
    record(path / "prompts" / "en" / "our-greeting.wav")
    record(path / "prompts" / "hum.wav")
    settings = load(path, path.parent / "cache")
    greeting = Path(settings.prompts.sound("our-greeting", "en"))
    made = greeting.stat().st_mtime_ns
    assert greeting.read_bytes()[20:28] == b"\x07\0\x01\0\x40\x1f\0\0"  # mu-law, one channel, 8000 Hz
    assert settings.prompts.sound("hum", "zh").endswith("hum.wav")
    again = load(path, path.parent / "cache").prompts.sound("our-greeting", "en")
    assert again == str(greeting)
    assert Path(again).stat().st_mtime_ns == made


def test_a_new_recording_takes_effect_and_overwrites_nothing(folder):
    path = with_tree(folder, "our-greeting")
    source = path / "prompts" / "en" / "our-greeting.wav"
    record(source, seconds=0.5)
    first = load(path, path.parent / "cache").prompts.sound("our-greeting", "en")
    record(source, seconds=1.0)
    second = load(path, path.parent / "cache").prompts.sound("our-greeting", "en")
    assert first != second
    assert Path(first).stat().st_size < Path(second).stat().st_size
    source.unlink()
    assert len(mistakes(path)) == 1


def test_recordings_that_cannot_be_read_are_named(folder):
    path = folder()
    (path / "prompts" / "en").mkdir(parents=True)
    (path / "prompts" / "en" / "noise.wav").write_text("no sound")
    record(path / "prompts" / "en" / "twice.wav")
    shutil.copy(path / "prompts" / "en" / "twice.wav", path / "prompts" / "en" / "twice.WAV")
    (path / "prompts" / "en" / "song.flac").write_text("")
    (path / "prompts" / "README.txt").write_text("this is not taken for a sound")
    assert [line.split(": ")[0] for line in mistakes(path)] == [
        "prompts/en/noise.wav", "prompts/en/song.flac", "prompts/en/twice.wav"]


def test_a_cache_that_cannot_be_written_is_a_mistake(folder):
    path = folder()
    record(path / "prompts" / "en" / "hello.wav")
    (path.parent / "cache").write_text("a file is in the way")
    assert [line.split(" in ")[0] for line in mistakes(path)] == ["prompts: the recordings cannot be kept"]


def test_a_text_that_a_shipped_sound_says_needs_no_engine(folder, monkeypatch):
    monkeypatch.setattr(sounds.shutil, "which", lambda _: None)
    assert mistakes(with_tree(folder, '{text: "Please try again."}')) == []


def test_a_tree_has_the_name_of_its_file_and_a_version_that_changes_with_it(folder):
    path = with_tree(folder, "welcome-demo")
    tree = load(path, path.parent / "cache").trees["main"]
    assert tree.name == "main"
    (path / "ivr" / "main.yaml").write_text(TREE.replace("PROMPT", "goodbye"), encoding="utf-8")
    assert load(path, path.parent / "cache").trees["main"].version not in ("", tree.version)


def test_trunks_may_be_missing_or_empty_and_every_mistake_in_them_is_told(folder):
    assert mistakes(folder(trunks="# nothing yet\n")) == []
    path = folder(trunks="""\
country: "+49"
dialling: {area: x, bare: loca}
emergency_trunks: [carier]
trunks:
  carrier:
    host: 203.0.113.300
    transport: udq
    sources: [203.0.113.0/33, 203.0.113.0/28]
    user: acme
    codecs: [GSM]
    register: {user: acme}
    caller: "0301234"
    callers: {1009: "+49301234567"}
    numbers: {"+49301234567": 5009, "030": 5000}
    calls: many
  "two words": {host: 203.0.113.9, sources: [203.0.113.0/28]}
  nowhere: {}
routes:
  all: {prefixes: 49, trunks: {carier: 1}}
  none: {prefixes: "+"}
toll:
  countries: [de]
  agents: {1009: {calls_per_day: -1}}
  hours: ofice
""")
    assert mistakes(path) == [
        "trunks.yaml:1: `+49` is no country code — write the digits behind the plus sign, such as `country: 49`",
        "trunks.yaml:2: `bare` is `loca` — did you mean `local`?",
        "trunks.yaml:2: `x` cannot be dialled — write digits, without spaces",
        "trunks.yaml:3: there is no trunk `carier` — did you mean `carrier`?",
        "trunks.yaml:6: `203.0.113.300` is no address — write `203.0.113.10`, `2001:db8::1` or a name",
        "trunks.yaml:7: `transport` is `udq` — did you mean `udp`?",
        "trunks.yaml:8: `203.0.113.0/33` is no address — write `203.0.113.10`, `203.0.113.0/28` or `203.0.113.10:5060`",
        "trunks.yaml:9: there is a `user` without a `password` — write `password: ...`, too",
        "trunks.yaml:10: there is no codec `GSM` — write one of: `G722`, `PCMA`, `PCMU`, `opus`",
        "trunks.yaml:11: register: `password` is missing — write `password: ...`",
        'trunks.yaml:12: `0301234` is no whole number — write it with its country: `"+49301234560"`',
        "trunks.yaml:13: there is no agent `1009` — did you mean `1001`?",
        'trunks.yaml:14: `030` is no whole number — write it with its country: `"+49301234560"`',
        "trunks.yaml:14: there is no number `5009` — did you mean `5000`?",
        "trunks.yaml:15: `calls` is `many` — write a number, 0 or more",
        "trunks.yaml:16: `two words` is no name — write letters, digits, `-` and `_`, without spaces",
        "trunks.yaml:16: calls from 203.0.113.0/28 could be of trunk `carrier`, too — give one of them `sources` with a "
        "port, or make one trunk of both",
        "trunks.yaml:17: nowhere: `host` is missing — write `host: ...`",
        "trunks.yaml:19: `49` is no prefix — write `\"+49\"`: a plus sign and the first digits",
        "trunks.yaml:19: there is no trunk `carier` — did you mean `carrier`?",
        "trunks.yaml:20: the route has no trunk — write `trunks: {NAME: 1}`",
        "trunks.yaml:22: `de` is no prefix — write `\"+49\"`: a plus sign and the first digits",
        "trunks.yaml:23: `calls_per_day` is `-1` — write a number, 0 or more",
        "trunks.yaml:23: there is no agent `1009` — did you mean `1001`?",
        "trunks.yaml:24: there is no entry in hours.yaml called `ofice` — there is none so far",
    ]


def test_check_counts_trunks_where_there_are_any(folder, capsys):
    trunks = 'country: 49\ntrunks: {one: {host: 192.0.2.1, caller: "+4930123456"}, two: {host: "2001:db8::1"}}\n'
    path = folder(trunks=trunks)
    assert check(path, path.parent / "cache") == 0
    assert capsys.readouterr().out.endswith("1 queue, 1 person, 1 number, 2 trunks\n")


TRUNKS = """\
country: 49
trunks:
  one: {host: 192.0.2.1, sips: true, certificate: sip.example.net}
routes:
  home: {prefixes: "+49", trunks: {one: 1}, hours: ofice}
toll: {countries: ["+49", "+41"], blocked: ["+49900"]}
"""


def test_what_trunks_and_routes_need_elsewhere(folder):
    path = folder(trunks=TRUNKS)
    assert mistakes(path) == [
        "trunks.yaml:3: `sips` is for TLS alone — write `transport: tls`, too, or remove it",
        "trunks.yaml:3: no client is asked for a certificate — write `sip: {tls: {ca: FILE}}` in shoal.yaml, and leave "
        "`clients: no` out",
        "trunks.yaml:5: there is no entry in hours.yaml called `ofice` — there is none so far",
    ]


RIGHT = TRUNKS.replace("sips: true, certificate: sip.example.net", "caller: '+4930123456'").replace(", hours: ofice", "")


def test_nobody_has_the_number_that_is_dialled_in_an_emergency(folder):
    path = folder(trunks=RIGHT + "dialling: {strip: ['9']}\n",
                  numbers="5000: {to: \"queue:support\"}\n112: {to: \"queue:support\"}\n9110: {to: \"queue:support\"}\n")
    assert mistakes(path) == [
        "numbers.yaml:2: whoever dials 112 means the emergency number 112 — give it another number",
        "numbers.yaml:3: whoever dials 9110 means the emergency number 110 — give it another number",
    ]
    (path / "trunks.yaml").unlink()
    assert mistakes(path) == []


@pytest.mark.parametrize(("number", "why"), [
    ("+4930123456", ""), ("+4315550000", "no route leads to +4315550000"),
    ("+49900123456", "+49900123456 cannot be called: calls to numbers of this kind are not allowed"),
])
def test_every_way_outside_has_a_route(folder, number, why):
    path = folder(trunks=RIGHT, numbers=f"5000: {{to: \"outside:{number}\"}}\n")
    tree = TREE.replace("PROMPT", "goodbye").replace("1: {queue: support}", f"1: {{outside: \"{number}\"}}")
    (path / "ivr").mkdir()
    (path / "ivr" / "main.yaml").write_text(tree, encoding="utf-8")
    found = mistakes(path)
    told = [f"numbers.yaml:1: {why}", f"ivr/main.yaml:2: {why}"] if why else []
    assert [line.partition(" — ")[0] for line in found] == sorted(told), found


SECRETS = {
    "a token that is short": ("shoal", "http: {status_token: hush-hush}"),
    "a store that is none": ("shoal", "store: {url: 'mysql://me:hush-hush@h/n'}"),
    "a look-up that is none": ("shoal", "lookup: {url: 'ftp://me:hush-hush@h'}"),
    "a list of passwords": ("agents", "1001: {password: [hush-hush, hush-hush]}"),
    "a password with names": ("agents", "1001: {password: {word: hush-hush}}"),
    "YAML that is none": ("agents", "1001: {password: hush-hush\n  'x"),
    "an address with a password": ("ivr/a", "start: a\nlookups: {a: {url: 'x://me:hush-hush@h'}}"),
    "a header with a brace": ("ivr/a", "start: a\nlookups: {a: {url: /x, headers: {A: 'Bearer hush-hush {n o}'}}}"),
    "a body with a secret in braces": ("ivr/a", "start: a\nlookups: {a: {url: /x, method: POST, body: {k: '{hush-hush}'}}}"),
}


@pytest.mark.parametrize(("file", "text"), SECRETS.values(), ids=list(SECRETS))
def test_no_mistake_repeats_a_secret(folder, file, text):
    told = mistakes(folder(**{file: text}))
    assert told and not [said for said in told if "hush" in said]
