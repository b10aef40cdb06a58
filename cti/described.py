"""Schemas of messages, with the sentences that stand under the fields in the source.

A field is documented once, where it is defined; msgspec makes the schema, and this file carries the sentences over.
"""

import ast
import functools
import inspect
import itertools
import re
import sys
import textwrap
from typing import Any

import msgspec

REF = "#/components/schemas/{name}"
_ROLE = re.compile(r":\w+:`~?([^`]*)`")


@functools.cache
def sentences(kind: type) -> dict[str, str]:
    """Field to sentence, for one Struct and the Structs that it inherits from."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if issubclass(each, msgspec.Struct) and each.__module__ in sys.modules and each is not msgspec.Struct:
            found.update(_own_sentences(each))
    return found


def _own_sentences(kind: type) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0].body
    found = {}
    for field, below in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            found[field.target.id] = plain(below.value.value)
    return found


def plain(sentence: str | None) -> str:
    """A docstring as text: one paragraph a line, markup taken off."""
    paragraphs = inspect.cleandoc(sentence or "").split("\n\n")
    text = "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    return _ROLE.sub(r"\1", text).replace("``", "`")


def schemas(kinds: list[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A schema (or reference) for each type, and all the components that they lead to, described."""
    references, components = msgspec.json.schema_components(kinds, ref_template=REF)
    known = {kind.__name__: kind for kind in _structs(kinds)}
    for name, schema in components.items():
        kind = known.get(name)
        if kind is None:
            continue
        schema["description"] = plain(kind.__doc__) if _documented(kind) else name
        for field, sentence in sentences(kind).items():
            if field in schema.get("properties", {}):
                schema["properties"][field] = {**schema["properties"][field], "description": sentence}
    return list(references), components


def _documented(kind: type) -> bool:
    return bool(kind.__dict__.get("__doc__"))


def _structs(kinds: list[Any]) -> set[type]:
    """Every Struct that these types lead to."""
    found: set[type] = set()

    def walk(part: Any) -> None:
        if isinstance(part, msgspec.inspect.StructType):
            if part.cls in found:
                return
            found.add(part.cls)
        if isinstance(part, msgspec.Struct):
            for name in part.__struct_fields__:
                walk(getattr(part, name))
        elif isinstance(part, tuple | list):
            for each in part:
                walk(each)

    for each in msgspec.inspect.multi_type_info(kinds):
        walk(each)
    return found
