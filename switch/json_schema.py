"""The files of ``config/`` as JSON Schemas, made of the definitions that read them, so that an editor completes and
underlines while somebody types: ``shoal schema`` writes them to ``config/.schema/``, and the first line of each shipped file
names its own (``# yaml-language-server: $schema=.schema/queues.json``).

An editor knows types, names of keys, limits and sentences; what files say of each other (is there such a queue?) is for
``shoal check``. It must never underline what the switch takes, so durations may be text with a unit, and one value may
stand where a list is meant. Draft 7, as the editors have it; their YAML is 1.2, in which ``off`` is a word.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from ivr import tree
from ivr.rules import MOST_OPTIONS
from switch import manual, settings
from switch.acd import rules
from switch.checks import FROM_CLOSED, FROM_NUMBER, FROM_QUEUE
from switch.followups.rules import Followups
from switch.hours.rules import Hours
from switch.quality.rules import Quality
from switch.reader import NO_LIMIT, yaml_fields
from switch.scalars import TIME, TRUTHS
from switch.schema import LIMITS, Limit
from switch.settings import System
from switch.trees.cases import Case
from switch.trunks.rules import Outside

Schema = dict[str, Any]
Limits = Mapping[tuple[type, str], Limit]
FILES: dict[str, tuple[Any, str]] = {
    "shoal": (System, "shoal.yaml"), "agents": (dict[str, settings.User], "agents.yaml"),
    "queues": (dict[str, rules.QueueRules], "queues.yaml"),
    "numbers": (dict[str, settings.ServiceNumber], "numbers.yaml"), "hours": (dict[str, Hours], "hours.yaml"),
    "trunks": (Outside, "trunks.yaml"), "followups": (Followups, "followups.yaml"),
    "quality": (Quality, "quality.yaml"),
    "tree": (tree.Tree, "ivr/*.yaml"),
    "test": (dict[str, Case], "ivr/*.test.yaml"),
}
"""Name of the schema -> what the file holds, and how it is called."""
FOLDER = ".schema"
NOTHING: Schema = {"enum": [None, "none"]}
"""How it is written that there is none, or that all is as it is by default."""


def _leads(kinds: tuple[str, ...]) -> Schema:
    named = "|".join(kind for kind in kinds if kind != "goodbye")
    return {"type": "string", "pattern": rf"^((?:{named}):.+{'|goodbye' if 'goodbye' in kinds else ''})$",
            "examples": [f"{kind}:" if kind != "goodbye" else kind for kind in kinds]}


MORE: dict[tuple[type, str], Schema] = {
    (settings.ServiceNumber, "to"): _leads(FROM_NUMBER),
    (settings.ServiceNumber, "closed_to"): _leads(FROM_CLOSED),
    (rules.QueueRules, "exit_to"): _leads(FROM_QUEUE), (rules.QueueRules, "closed_to"): _leads(FROM_QUEUE),
    (rules.Overflow, "to"): _leads(FROM_QUEUE),
    (tree.Menu, "options"): {"propertyNames": {"enum": list(tree.OPTION_KEYS)}, "maxProperties": MOST_OPTIONS},
}
"""What the checks know of a field beyond its type."""


def schemas() -> dict[str, Schema]:
    """All of them, by name."""
    return {name: schema(hint, title) for name, (hint, title) in FILES.items()}


def schema(hint: Any, title: str, limits: Limits = LIMITS) -> Schema:
    """The schema of a file that the reader takes with this hint and these limits."""
    made = _Maker(limits)
    whole = made.value(hint, NO_LIMIT)
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": title, **whole, "definitions": made.definitions}


def text(made: Schema) -> str:
    """As it is written to a file."""
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def write(folder: Path, made: Mapping[str, Schema]) -> list[Path]:
    """Write them to ``folder/.schema/``; gives the files."""
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    files = [place / f"{name}.json" for name in made]
    for file, each in zip(files, made.values(), strict=True):
        file.write_text(text(each), encoding="utf-8")
    return files


class _Maker:
    """Makes one schema; kinds of entries become its definitions."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.definitions: dict[str, Schema] = {}

    def value(self, hint: Any, limit: Limit) -> Schema:
        origin = get_origin(hint)
        if origin is types.UnionType:
            return {"anyOf": [self.value(get_args(hint)[0], limit), NOTHING]}
        if is_dataclass(hint):
            return self._entry(hint)
        if origin is dict:
            return {"anyOf": [{"type": "object", "additionalProperties": self.value(get_args(hint)[1], limit)}, NOTHING]}
        if origin is tuple:
            item = self.value(get_args(hint)[0], limit)
            return {"anyOf": [{"type": "array", "items": item}, item, NOTHING]}
        return SCALARS[hint](limit)

    def _entry(self, kind: type) -> Schema:
        name = kind.__name__
        if name not in self.definitions:
            self.definitions[name] = {}  # for kinds that hold themselves
            self.definitions[name] = self._define(kind)
        return {"$ref": f"#/definitions/{name}"}

    def _define(self, kind: type) -> Schema:
        known = yaml_fields(kind)
        required = [name for name, (_, field) in known.items()
                    if field.default is MISSING and field.default_factory is MISSING]
        entry: Schema = {
            "type": "object", "additionalProperties": False,
            "description": manual.about(kind),
            "properties": {name: self._field(owner, field) for name, (owner, field) in known.items()},
        }
        shorthand = getattr(kind, "SHORTHAND", None)
        others = [] if shorthand is None else [self._field(*known[shorthand])]
        if required:
            entry["required"] = required
        else:
            others.append(NOTHING)
        return {"anyOf": [entry, *others]} if others else entry

    def _field(self, kind: type, field: Any) -> Schema:
        hint, limit = get_type_hints(kind)[field.name], self._limits.get((kind, field.name), NO_LIMIT)
        more = MORE.get((kind, field.name), {})
        value = more if "type" in more else {"allOf": [self.value(hint, limit), *([more] if more else [])]}
        told: Schema = {**value, "description": manual.meaning(kind, field.name)}
        if isinstance(field.default, str | int | float) and field.default != "":
            told["default"] = field.default
        return told


def _text(limit: Limit) -> Schema:
    """Words; a number or a truth is a word, too, where a word is meant."""
    if not limit.choices:
        return {"type": ["string", "number", "boolean"]}
    return {"enum": [*limit.choices, *(float(choice) for choice in limit.choices if choice.replace(".", "", 1).isdecimal())]}


def _truth(_: Limit) -> Schema:
    return {"enum": [True, False, *(word for word in TRUTHS if word not in ("true", "false"))]}


def _number(limit: Limit, kind: str = "number") -> Schema:
    bounds = {key: value for key, value in (("minimum", limit.least), ("maximum", limit.most)) if value is not None}
    units = "|".join(TIME) if limit.unit in TIME or limit.unit == "h" else limit.unit
    pattern = rf"^\s*[+-]?\d+(\.\d+)?\s*({units})?\s*$" if units else r"^\s*[+-]?\d+(\.\d+)?\s*$"
    return {"anyOf": [{"type": kind, **bounds}, {"type": "string", "pattern": pattern}]}


SCALARS = {str: _text, bool: _truth, int: lambda limit: _number(limit, "integer"), float: _number}
