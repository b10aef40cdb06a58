"""``docs/configuration.md``, generated: every key of every file with meaning, type, unit, limits and default.

``python -m switch.manual > docs/configuration.md``. The meaning of a key is the sentence under its field in the code,
which Python throws away; so it is read from the source. What code and document say cannot drift apart.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, is_dataclass
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Any, get_args, get_origin, get_type_hints

import ivr.tree
from ivr.tree import Tree
from switch.acd.rules import QueueRules
from switch.followups.rules import Followups
from switch.hours.rules import Hours
from switch.quality import rules as quality
from switch.quality.rules import Quality
from switch.reader import key_of, yaml_fields
from switch.schema import LIMITS, Limit
from switch.settings import ServiceNumber, System, User
from switch.trunks.rules import Outside


@dataclass(frozen=True)
class Described:
    """A file: what an entry of it is (or the whole of it), how entries are named, and an example that a test reads."""

    kind: type
    key: str
    example: str


FILES = {
    "shoal.yaml": Described(System, "", """\
        listen: 10.0.0.5
        time_zone: Europe/Berlin
        sip: {port: 5060, realm: example.com}
        store: {url: "postgresql+asyncpg://shoal:secret@db/shoal"}
        """),
    "agents.yaml": Described(User, "The key of an entry is the number: extension, user of phone and CTI client.", """\
        1001:
          name: Ann Archer
          password: correct-horse-battery
          queues: {support: 1, billing: 2}
          skills: {english: 9}
        2001:
          name: Sue Super
          password: staple-and-paper
          role: supervisor
        """),
    "queues.yaml": Described(QueueRules, "The key of an entry is the queue's name.", """\
        support:
          strategy: longest_idle
          ring_time: 20 s
          exit_key: "*"
          exit_to: voicemail:support
        billing:
          max_wait: 10 min
          overflow: {to: queue:support, after: 2 min}
        """),
    "numbers.yaml": Described(ServiceNumber, "The key of an entry is the number.", """\
        5000:
          to: tree:main
          hours: office
          closed_to: voicemail:support
        """),
    "hours.yaml": Described(Hours, "The key of an entry is its name. The file may be missing.", """\
        office:
          time_zone: Europe/Berlin
          open:
            mon-fri: 08:00-20:00
            sat: [09:00-12:00, 13:00-16:00]
            2030-12-22: 10:00-16:00
          holidays: [12-25 Christmas Day, 2030-10-03]
          closures:
            - {from: 2030-12-24 12:00, to: 2030-12-24 24:00, why: Christmas Eve}
        """),
    "trunks.yaml": Described(Outside, "", """\
        country: 49
        dialling: {area: 30}
        trunks:
          carrier:
            host: 203.0.113.10
            register: {user: "49301234560", password: correct-horse-battery}
            outgoing: {form: national}
            caller: "+49301234560"
            numbers: {"+49301234560": 5000}
            calls: 30
          backup:
            host: 198.51.100.7
            caller: "+49301234560"
        routes:
          all: {prefixes: "+", trunks: {carrier: 1, backup: 2}}
        toll:
          countries: ["+49", "+43", "+41"]
          each_agent: {calls_per_day: 100}
        """),
    "followups.yaml": Described(Followups, "", """\
        mobiles: ["+861"]
        senders:
          gateway:
            url: https://sms.example.com/v1/messages
            headers: {Authorization: "Bearer {token}"}
            body: {to: "{to}", message.text: "{text}"}
            secrets: {token: {environment: SMS_TOKEN}}
        rules:
          branches:
            when: {chose: "announcement:branches"}
            send: sms
            by: gateway
            text: "Our branches: ..."
            languages: {zh: "..."}
            quiet: 21:00-08:00
          sorry:
            when: {talked: support, score_at_most: 2}
            send: webhook
            by: gateway
        """),
    "quality.yaml": Described(Quality, "", """\
        forms:
          service:
            name: Service call
            queues: [support]
            pass_mark: 80
            sections:
              opening:
                name: Opening
                questions: {greeting: Says the name of the company}
              talk:
                name: Talk
                weight: 3
                questions:
                  listening: {text: Lets the caller finish, most: 5}
                  hold: {text: Announces holds, optional: true}
            fatal: {data: Tells personal data to a stranger}
        """),
    "ivr/NAME.yaml": Described(Tree, "NAME is the name of the tree.", """\
        language: en
        person: {queue: support}
        menus:
          main:
            prompts: [welcome-demo, {text: "For support, press 1. For a person, press 0."}]
            options:
              1: {queue: support, prompts: connecting-you}
              "*": {menu: main}
            silence: {repeat: 2, then: {queue: support}}
        """),
}

INTRODUCTION = """\
# Configuration

Everything that operations say stands in one folder, `config/` unless `--config` names another: YAML and sound files, no
code. This page is generated from the code; every key is here.

- `shoal check` reads the folder and prints every mistake with its file, its line and what to write instead, without
  starting anything. The switch reads it when it starts, and does not start while there is a mistake. What is saved later is
  published at once when it is right, without touching a call, and changes nothing when it is not: see
  [operations](operations.md#change-something).
- An editor that knows YAML (VS Code with the extension of Red Hat, and others) completes and underlines while you type: the
  first line of each shipped file names its schema in `config/.schema/`. `shoal schema` writes them anew, after an upgrade
  or for a folder of your own; `shoal check` sees what a schema cannot, such as names that do not exist.
- A key that is left out has its default. A key that is not known is a mistake.
- A duration is a number of seconds, or says its unit: `500 ms`, `20 s`, `2 min`, `1 h`, `90 days`. A percentage may be
  written as `80` or `80 %`.
- A list of one may be written without brackets: `prompts: welcome`.
- `*` and `#` stand in quotes, because they mean something in YAML.
- Destinations in `numbers.yaml` and `queues.yaml` are written `tree:NAME`, `queue:NAME`, `extension:NUMBER`,
  `voicemail:BOX`, `outside:NUMBER` (E.164) or `goodbye`. In a tree they are written `{queue: NAME}`.
"""
RECORDINGS = """\
## `prompts/`

Own recordings: `prompts/LANGUAGE/NAME.wav` or `.mp3`, of any rate; they are converted once, at load. A recording with
the name of a shipped sound replaces it. What lies in `prompts/` itself, such as `prompts/music.mp3`, is for all
languages. A file that cannot be read is a mistake that `shoal check` tells.

A text is spoken by the engine of `speech` in `shoal.yaml`, and rendered before it is published, into
`var/cache/prompts/spoken/`; what is there needs no engine. Where there is none, such a text is a mistake, unless a shipped
sound says the same words. See [operations](operations.md#let-the-switch-speak-texts).
"""
TITLES = {ivr.tree.Lookup: "Lookup in a tree", quality.Question: "Question of a form"}
"""Where two kinds have one name."""
TYPES = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
UNITS = {"h": "hours", "%": "%", "s": "s", "days": "days", "": ""}
HEAD = "| Key | Meaning | Type | Unit | Allowed | Default |\n|---|---|---|---|---|---|\n"


def manual() -> str:
    """The whole document, Markdown."""
    told: set[type] = set()
    parts = [INTRODUCTION]
    for name, described in FILES.items():
        kinds = below(described.kind)
        told_first = f"{about(described.kind)} {described.key}".strip()
        parts.append(f"## `{name}`\n\n{told_first}\n\n```yaml\n{dedent(described.example)}```\n")
        parts += [part for kind in kinds if kind not in told for part in section(kind, described.kind)]
        told.update(kinds)
    return "\n".join([*parts, RECORDINGS])


def section(kind: type, root: type, limits: Mapping[tuple[type, str], Limit] = LIMITS) -> Iterator[str]:
    """The table of the keys of one kind; under a heading, unless it is the file itself."""
    if kind is not root:
        yield f"### {_title(kind)}\n\n{about(kind)}\n"
    yield HEAD + "".join(_row(owner, field, limits) for owner, field in yaml_fields(kind).values())


def below(kind: type) -> list[type]:
    """The kind itself and every kind that is written below it, nearest first."""
    found = [kind]
    for known in found:
        for owner, field in yaml_fields(known).values():
            inner = _inner(get_type_hints(owner)[field.name])
            if is_dataclass(inner) and inner not in found:
                found.append(inner)
    return found


def _inner(hint: Any) -> Any:
    """What is at the bottom of a list, a mapping or a maybe."""
    while get_origin(hint) is not None:
        hint = next(part for part in reversed(get_args(hint)) if part not in (type(None), Ellipsis))
    return hint


def _title(kind: type) -> str:
    """The heading of a kind; the link to it is made of the same words."""
    return TITLES.get(kind, kind.__name__)


def about(kind: type) -> str:
    """What a kind of entry is."""
    text = (kind.__doc__ or "").split("\n\n")[0]
    return _markdown(text)


def _row(kind: type, field: Any, limits: Mapping[tuple[type, str], Limit]) -> str:
    hint, limit = get_type_hints(kind)[field.name], limits.get((kind, field.name), Limit())
    name = key_of(field.name)
    cells = (f"`{name}`", _markdown(meanings(kind)[name]), _type(hint), UNITS[limit.unit], str(limit),
             _default(field))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _type(hint: Any) -> str:
    """A type in words; a kind of entry is a link to its section."""
    if is_dataclass(hint):
        title = _title(hint)
        return f"[{title}](#{title.lower().replace(' ', '-')})"
    if get_origin(hint) is dict:
        return f"name: {_type(get_args(hint)[1])}"
    if get_origin(hint) is tuple:
        return f"list of {_type(get_args(hint)[0])}"
    return TYPES[hint] if hint in TYPES else _type(get_args(hint)[0])


def _default(field: Any) -> str:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    if default is MISSING:
        return "**required**"
    if default is None:
        return "none"
    if shorthand := getattr(default, getattr(default, "SHORTHAND", ""), ""):
        return f"`{shorthand}`"
    if is_dataclass(default):
        return "its defaults"
    if isinstance(default, bool):
        return f"`{default}`".lower()
    if isinstance(default, dict) and default:
        shown = {name: value if isinstance(value, str) else f"{value:g}" for name, value in default.items()}
        return "`" + ", ".join(f"{name}: {value}" for name, value in shown.items()) + "`"
    if isinstance(default, tuple) and default and isinstance(default[0], str):
        return f"`{', '.join(default)}`"
    if isinstance(default, dict | tuple):
        return "empty"
    return f"`{default:g}`" if isinstance(default, int | float) else f"`{default}`" if default else "empty"


@cache
def meanings(kind: type) -> dict[str, str]:
    """The sentence under each field of a dataclass, from its source."""
    body = ast.parse(dedent(inspect.getsource(kind))).body[0].body
    return {
        key_of(field.target.id): inspect.cleandoc(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }


def meaning(kind: type, field: str) -> str:
    """The sentence under one field."""
    return _markdown(meanings(kind)[key_of(field)])


def _markdown(text: str) -> str:
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    return " ".join(text.replace("``", "`").split())


if __name__ == "__main__":
    print(manual(), end="")
