"""The tables of docs/cti.md, made from the message types: ``python -m cti.tables docs/cti.md`` writes them anew.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end -->``; everything else in the document is left alone.
"""

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args

import msgspec

from cti import protocol, states
from cti.described import plain, sentences
from cti.routes import ROUTES
from switch.events import KINDS, Customer, PartySpeech, Pop, Step
from switch.orders import ORDERS

_SPOT = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def events() -> str:
    """Every event with its fields."""
    return _rows(("event", "data", ""), ((f"`{name}`", _fields(kind), _about(kind)) for name, kind in KINDS.items()))


def commands() -> str:
    rows = ((f"`{name}`", _fields(kind), _about(kind)) for name, kind in ORDERS.items())
    return _rows(("method", "params (`key` besides)", ""), rows)


def session() -> str:
    kinds = [*protocol.FromClient.__subclasses__(), *protocol.FromSwitch.__subclasses__()]
    rows = (
        (f"`{kind.__struct_config__.tag}`", "client" if issubclass(kind, protocol.FromClient) else "switch",
         _fields(kind), _about(kind))
        for kind in kinds
    )
    return _rows(("type", "said by", "fields", ""), rows)


def shapes() -> str:
    """What stands inside snapshots and events."""
    kinds = [*(each for each in vars(states).values() if isinstance(each, type) and each.__module__ == states.__name__),
             Customer, Pop, Step, PartySpeech]
    return _rows(("shape", "fields", ""), ((f"`{kind.__name__}`", _fields(kind), _about(kind)) for kind in kinds))


def rest() -> str:
    rows = (
        (f"`{route.method} {route.path}`", ", ".join(f"`{name}`" for name in route.query), route.summary)
        for route in ROUTES
    )
    return _rows(("request", "query", ""), rows)


def _about(kind: type) -> str:
    return plain(kind.__dict__.get("__doc__")).replace("\n", " ")


def _fields(kind: type[msgspec.Struct]) -> str:
    """``name: type`` of each field, optional ones with ``?``, each with its sentence."""
    said = sentences(kind)
    return "<br>".join(
        f"`{field.name}{'' if field.required else '?'}: {_type(field.type)}`"
        + (f" {said[field.name]}" if field.name in said else "")
        for field in msgspec.structs.fields(kind)
    )


def _type(kind: Any) -> str:
    """A type as JSON has it."""
    if kind is type(None):
        return "null"
    if isinstance(kind, type) and not get_args(kind):
        return {"str": "text", "float": "number", "int": "integer", "bool": "boolean"}.get(kind.__name__, kind.__name__)
    inner = [each for each in get_args(kind) if each not in (Ellipsis, msgspec.UnsetType)]
    origin = getattr(kind, "__origin__", None)
    if origin is tuple:
        return f"[{_type(inner[0])}]"
    if origin is dict:
        return f"{{text: {_type(inner[1])}}}" if inner[1] is not Any else "object"
    return " or ".join(f'"{each}"' if isinstance(each, str) else _type(each) for each in inner)


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


TABLES: dict[str, Callable[[], str]] = {
    "events": events, "commands": commands, "session": session, "shapes": shapes, "rest": rest,
}


def renewed(document: str) -> str:
    """The document with its tables as they are now. Raises :class:`KeyError` for a table that nobody knows."""
    return _SPOT.sub(lambda spot: spot[1] + TABLES[spot[2]]() + spot[3], document)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(renewed(Path(name).read_text()))
