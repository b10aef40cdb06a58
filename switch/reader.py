"""A YAML file -> dataclasses, by their type hints; every mistake is collected with its line, none stops the reading.

The thought: PyYAML's *composer* gives nodes that still know their line, and it makes nothing but nodes, so no file can
run code. A walk over the nodes, led by the hints, does the rest, and its depth is the depth of the hints, so that no
nesting or alias in a file can make it long. A value that cannot be read takes its default (or a blank), and the walk
goes on: the checks between files then find the entry, and speak of what is wrong with it, not of its absence.
"""

import types
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from typing import Any, get_args, get_origin, get_type_hints

import yaml

from switch import scalars, syntax
from switch.mistakes import Mistake, suggest
from switch.schema import FLAT, KEYS, LIMITS, Limit, is_secret

NO_LIMIT = Limit()
UNREAD = object()
"""Stands for a value that could not be read."""
NULL = "tag:yaml.org,2002:null"
Place = tuple[str, ...]
"""The keys that lead to a value: ``("1001", "queues", "support")``."""


@dataclass(frozen=True)
class Reading:
    value: Any
    """None when the file could not be read at all."""
    mistakes: list[Mistake]
    lines: dict[Place, int]
    """The line of every value that was given."""


def read(text: str, file: str, hint: Any, key: str = "", limits: Mapping[tuple[type, str], Limit] = LIMITS) -> Reading:
    """``hint`` is a dataclass or ``dict[str, dataclass]``; ``file`` is how mistakes name it. Raises nothing."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return Reading(None, [_syntax(error, text, file)], {})
    except RecursionError:
        return Reading(None, [Mistake(file, 1, "it is nested too deeply", "write it flatter")], {})
    walk = _Walk(file, limits)
    node = node or yaml.MappingNode("tag:yaml.org,2002:map", [], _start(), _start())
    value = walk.value(node, hint, (), NO_LIMIT, key)
    return Reading(value, walk.mistakes, walk.lines)


def _start() -> yaml.Mark:
    return yaml.Mark("", 0, 0, 0, None, None)


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        line, what = mark.line + 1, syntax.said(getattr(error, "problem", None) or "")
    else:  # a character that YAML does not allow
        line, what = text.count("\n", 0, getattr(error, "position", 0)) + 1, "a character that YAML does not allow"
    return Mistake(file, line, f"not YAML: {what}", "look at indentation (no tabs), colons and quotes here and above")


def yaml_fields(kind: type) -> dict[str, tuple[type, Any]]:
    """The keys that an entry may have: name -> (owner, field). Fields that are filled in by us are not among them."""
    found: dict[str, tuple[type, Any]] = {}
    hints = get_type_hints(kind)
    for field in fields(kind):
        if (kind, field.name) in FLAT:
            found |= yaml_fields(hints[field.name])
        elif field.name not in ("line", KEYS.get(kind)):
            found[key_of(field.name)] = (kind, field)
    return found


def key_of(name: str) -> str:
    """How a field is written in a file: ``from_``, which Python cannot call otherwise, is ``from``."""
    return name.rstrip("_")


def blank(hint: Any) -> Any:
    """Something of this type, to stand where a required value is missing until the mistake is corrected."""
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{f.name: blank(hints[f.name]) for f in fields(hint) if _required(f)})
    return (get_origin(hint) or hint)()


def _required(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


class _Walk:
    def __init__(self, file: str, limits: Mapping[tuple[type, str], Limit]) -> None:
        self.file = file
        self.limits = limits
        self.mistakes: list[Mistake] = []
        self.lines: dict[Place, int] = {}

    def mistake(self, node: yaml.Node, what: str, instead: str) -> None:
        self.mistakes.append(Mistake(self.file, node.start_mark.line + 1, what, instead))

    def value(self, node: yaml.Node, hint: Any, place: Place, limit: Limit, key: str = "") -> Any:
        """The value of this type at this node; ``UNREAD``, after a mistake was written down, when it is none."""
        self.lines.setdefault(place, node.start_mark.line + 1)
        origin = get_origin(hint)
        if origin is types.UnionType:
            return None if _is_null(node) else self.value(node, get_args(hint)[0], place, limit, key)
        if is_dataclass(hint):
            return self._entry(node, hint, place, key)
        if origin is dict:
            return self._mapping(node, get_args(hint)[1], place, limit)
        if origin is tuple:
            return self._list(node, get_args(hint)[0], place, limit)
        return self._scalar(node, hint, place, limit)

    def _entry(self, node: yaml.Node, kind: type, place: Place, key: str) -> Any:
        known = yaml_fields(kind)
        shorthand = getattr(kind, "SHORTHAND", None)
        if shorthand and isinstance(node, yaml.ScalarNode) and not _is_null(node):
            return self._build(kind, {shorthand: node}, node, place, key)
        given = {}
        for name, (name_node, value_node) in self._pairs(node, place, known).items():
            if name in known:
                given[name] = value_node
            else:
                self.mistake(name_node, f"`{name}` is not known here", suggest(name, known))
        return self._build(kind, given, node, place, key)

    def _build(self, kind: type, given: dict[str, yaml.Node], node: yaml.Node, place: Place, key: str) -> Any:
        hints, values = get_type_hints(kind), {}
        for field in fields(kind):
            name, hint = field.name, hints[field.name]
            if (kind, name) in FLAT:
                values[name] = self._build(hint, given, node, place, key)
            elif name == "line":
                values[name] = node.start_mark.line + 1
            elif name == KEYS.get(kind):
                values[name] = key
            else:
                value = self._field(kind, field, hint, given.get(key_of(name)), place)
                if value is not UNREAD:
                    values[name] = value
        return kind(**values)

    def _field(self, kind: type, field: Any, hint: Any, node: yaml.Node | None, place: Place) -> Any:
        """The value of one field; ``UNREAD`` = leave it to the default. A required one is never left out."""
        name, value = key_of(field.name), UNREAD
        if node is not None:
            limit = self.limits.get((kind, field.name), NO_LIMIT)
            limit = replace(limit, secret=True) if is_secret(kind, field.name) else limit
            value = self.value(node, hint, (*place, name), limit)
        if not _required(field):
            return value
        if node is None or value == "":
            what = _of(place, f"`{name}` is missing" if node is None else f"`{name}` is empty")
            self.mistakes.append(Mistake(self.file, self.lines[place], what, f"write `{name}: ...`"))
        return blank(hint) if value is UNREAD else value

    def _mapping(self, node: yaml.Node, hint: Any, place: Place, limit: Limit) -> dict[str, Any]:
        found = {
            name: self.value(value_node, hint, (*place, name), limit, key=name)
            for name, (_, value_node) in self._pairs(node, place, ()).items()
        }
        return {name: value for name, value in found.items() if value is not UNREAD}

    def _list(self, node: yaml.Node, hint: Any, place: Place, limit: Limit) -> tuple[Any, ...]:
        """A value that stands alone is a list of one."""
        if _is_null(node):
            return ()
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = [self.value(item, hint, (*place, str(index)), limit) for index, item in enumerate(nodes)]
        return tuple(value for value in found if value is not UNREAD)

    def _pairs(self, node: yaml.Node, place: Place, known: Collection[str]) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Name -> nodes of name and value. Nothing at all is an empty mapping. Notes the line of each name."""
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        if not isinstance(node, yaml.MappingNode):
            if not _is_null(node):
                first = next(iter(known), "")
                instead = f"write `{first}: ...`, indented" if first else "write one `name: value` a line, indented"
                self.mistake(node, _of(place, "names with values are expected here"), instead)
            return found
        for name_node, value_node in node.value:
            name = name_node.value if isinstance(name_node, yaml.ScalarNode) else None
            if name is None:
                self.mistake(name_node, "a name is expected before the colon", "write one word or number")
            elif name in found:
                first = found[name][0].start_mark.line + 1
                self.mistake(name_node, f"`{name}` is here a second time", f"keep this one or the one of line {first}")
            else:
                found[name] = name_node, value_node
                self.lines[(*place, name)] = name_node.start_mark.line + 1
        return found

    def _scalar(self, node: yaml.Node, hint: type, place: Place, limit: Limit) -> Any:
        name = place[-1] if place else self.file
        if not isinstance(node, yaml.ScalarNode):
            self.mistake(node, f"`{name}` is a list or has names below it", "write one value behind the colon")
            return UNREAD
        if _is_null(node) and node.value != "none":
            self.mistake(node, f"`{name}` has no value", "write one behind the colon, or leave the line out")
            return UNREAD
        try:
            return scalars.READERS[hint](node.value, limit)
        except scalars.Unfit as error:
            self.mistake(node, f"`{name}` cannot be used" if limit.secret else f"`{name}` is `{node.value}`", str(error))
            return UNREAD


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and (node.tag == NULL or node.value == "none")


def _of(place: Place, what: str) -> str:
    """A mistake with the entry that it is about before it."""
    return f"{place[-1]}: {what}" if place else what
