"""What editors are told is what the reader takes: the schemas are of today, take every shipped file, and refuse what is
broken."""

import json
import re
from pathlib import Path
from textwrap import dedent

import jsonschema
import pytest
import yaml
from world.day_file import LIMITS as DAY_LIMITS
from world.day_file import Day
from world.schemas import schemas

from switch import json_schema, manual
from switch.reader import read, yaml_fields
from switch.schema import LIMITS

CONFIG = Path(__file__).parents[2] / "config"
SHIPPED = sorted(path for path in CONFIG.rglob("*.yaml") if not path.name.endswith(".test.yaml"))
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
SCHEMAS = schemas()
HINTS = {**{name: (hint, LIMITS) for name, (hint, _) in json_schema.FILES.items()}, "day": (Day, DAY_LIMITS)}


def as_editors_read(text):
    """YAML 1.2, core schema: what an editor's language server makes of a file."""
    return _plain(yaml.compose(text, Loader=yaml.SafeLoader))


def _plain(node):
    if node is None:
        return None
    if isinstance(node, yaml.MappingNode):
        return {name.value: _plain(value) for name, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    word = node.value
    if node.style is not None:
        return word
    if word in ("", "~", "null", "Null", "NULL"):
        return None
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    if re.fullmatch(r"[-+]?\d+", word):
        return int(word)
    return float(word) if re.fullmatch(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", word) else word


def mistakes(name, text):
    return [error.message for error in jsonschema.Draft7Validator(SCHEMAS[name]).iter_errors(as_editors_read(text))]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_the_generated_one(name):
    jsonschema.Draft7Validator.check_schema(SCHEMAS[name])
    committed = (CONFIG / ".schema" / f"{name}.json").read_text(encoding="utf-8")
    assert committed == json_schema.text(SCHEMAS[name]), "shoal schema --config config"
    assert json.loads(committed)["title"].endswith(".yaml")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_each_shipped_file_names_its_schema_and_keeps_to_it(path):
    text = path.read_text(encoding="utf-8")
    named = MODELINE.match(text)
    assert named, f"the first line of {path} names no schema"
    schema = (path.parent / named[1]).resolve()
    assert schema.is_file() and schema.parent == CONFIG / ".schema"
    assert mistakes(schema.stem, text) == []


@pytest.mark.parametrize("file", manual.FILES)
def test_each_example_of_the_manual_keeps_to_it(file):
    name = "tree" if file.startswith("ivr/") else file.removesuffix(".yaml")
    assert mistakes(name, dedent(manual.FILES[file].example)) == []


BROKEN = [
    ("queues", "support: {wrap_upp: 10 s}"), ("queues", "support: {wrap_up: soon}"),
    ("queues", "support: {strategy: loudest}"),
    ("queues", "support: {record: 101}"), ("queues", "support: {ring_time: 0}"), ("queues", "support: {exit_to: nowhere}"),
    ("queues", "support: {overflow: {after: 10}}"), ("queues", "support: {overflow: {to: tree:main}}"),
    ("queues", "- support"), ("queues", "support: 5"), ("queues", "support: {join_when_empty: perhaps}"),
    ("agents", "1001: {name: Ann}"), ("agents", "1001: {password: x, role: boss}"),
    ("agents", "1001: {password: x, queues: [a]}"),
    ("numbers", "5000: {}"), ("numbers", "5000: {to: main}"), ("numbers", "5000: {to: tree:main, hours: {open: 8-20}}"),
    ("shoal", "sip: {port: 99999}"), ("shoal", "sipp: {port: 5060}"), ("shoal", "media: {codecs: [G729]}"),
    ("shoal", "sip: {tls: {oldest: 1.1}}"), ("trunks", "trunks: {carrier: {port: 5060}}"),
    ("trunks", "trunks: {carrier: {host: a, transport: sctp}}"), ("trunks", "routes: {all: {trunks: {a: 1}}}"),
    ("tree", "menus: {main: {options: {10: {queue: a}}}}"), ("tree", "menus: {main: {optoins: {}}}"),
    ("tree", "menus: {main: {options: {1: {q: a}}}}"), ("tree", "menus: {main: {prompts: [{sounds: a}]}}"),
    ("tree", "menus: {main: {options: {1: {}, 2: {}, 3: {}, 4: {}, 5: {}, 6: {}}}}"), ("day", "calls: [-1]"),
    ("day", "cals: [1]"), ("day", "weather: {loss: 101}"),
]


@pytest.mark.parametrize(("name", "text"), BROKEN)
def test_what_is_broken_is_underlined(name, text):
    assert mistakes(name, text)


WORDS = ["5", "0", "-1", "1", "2.5", "20 s", "2 min", "500 ms", "80 %", "1 h", "7 days", "soon", "true", "no", "off", "none",
         "", '"5"', "'0123'", "[a, b]", "[1, 2]", "{a: 1}", "1.2", "PCMU", "udp", "queue:support", "goodbye", "99999999"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_editor_underlines_nothing_that_the_switch_takes(name):
    """Every key of every kind of entry, with values of all kinds: first what is taken, then what is refused."""
    hint, limits = HINTS[name]
    root = getattr(hint, "__args__", (hint,))[-1]
    tried = disagreed = 0
    for kind in manual.below(root):
        entry = SCHEMAS[name]["definitions"][kind.__name__]
        entry = entry["anyOf"][0] if "anyOf" in entry else entry
        for key in yaml_fields(kind):
            validator = jsonschema.Draft7Validator({**entry["properties"][key], "definitions": SCHEMAS[name]["definitions"]})
            for word in WORDS:
                text = f"{key}: {word}"
                told = read(text, "x", kind, limits=limits).mistakes
                taken = all(re.fullmatch(r"`\w+` is missing", each.what) for each in told)
                valid = validator.is_valid(as_editors_read(text)[key])
                tried += 1
                if taken and not valid and (kind, key) not in json_schema.MORE:
                    raise AssertionError(f"{kind.__name__}: `{text}` is taken, and underlined")
                disagreed += valid and not taken
    assert tried > 100 and disagreed < tried / 10, "editors see most of what is wrong"
