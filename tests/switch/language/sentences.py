"""Every sentence for people that stands in the code, found by reading it, not by running it.

A sentence is a text with a blank between two words. An f-string ``there is no {kind}`` is the shape ``there is no {}``.
Texts that are added to one another are one sentence; where a part is there only sometimes, both are looked for.
"""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

PROSE = re.compile(r"[A-Za-z]{2,}[`'),:;]* [`'\"({]*[A-Za-z0-9{]|\} [a-z]{2,}|[a-z]{3,}[:,]? [`'\"(]*\{")
MARKUP = re.compile(r"^\s*<|^[a-z-]+=|[;{]\s*\w+:|^[A-Z]+ (?:TABLE|INTO|FROM)")
NOT_SPOKEN = {"compile", "getLogger", "get_logger", "warning", "info", "debug", "exception", "error", "TypeVar", "Gauge",
              "Counter", "Histogram", "text"}
"""Functions whose texts are for machines and for the log."""


class Sentence(NamedTuple):
    shape: str
    """With ``{}`` for gaps."""
    proposed: str
    """With named gaps, as it may stand in the table."""
    file: str
    line: int


def sentences(path: Path, root: Path) -> list[Sentence]:
    """All of one file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: list[Sentence] = []
    _walk(tree, found, path.relative_to(root).as_posix())
    return found


def _walk(node: ast.AST, found: list[Sentence], file: str) -> None:
    if isinstance(node, ast.Call) and _name(node.func) in NOT_SPOKEN:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Raise | ast.Assert) and "AssertionError" in ast.dump(node):
        return
    if isinstance(node, ast.BinOp | ast.JoinedStr | ast.Constant):
        texts = [text for text in _texts(node) if text is not None]
        for text in texts:
            if PROSE.search(text) and not MARKUP.search(text):
                _add(found, text, file, node.lineno)
        if texts:
            for gap in _gaps(node):
                _walk(gap, found, file)
            return
    for child in ast.iter_child_nodes(node):
        _walk(child, found, file)


def _add(found: list[Sentence], text: str, file: str, line: int) -> None:
    for each in text.split("\n"):
        each = each.strip()
        if PROSE.search(each):
            found.append(Sentence(re.sub(r"\{\w+\}", "{}", each), each, file, line))


def _texts(node: ast.AST) -> list[str | None]:
    """What a text may be, once for each of its branches; None = it is no text."""
    match node:
        case ast.Constant(value=str() as value):
            return [value]
        case ast.JoinedStr():
            names: dict[str, int] = {}
            parts = [[_gap(part.value, names)] if isinstance(part, ast.FormattedValue) else _texts(part)
                     for part in node.values]
        case ast.BinOp(op=ast.Add()):
            parts = [_texts(node.left), _texts(node.right)]
            if all(part == [None] for part in parts):
                return [None]
            parts = [[f"{{more{place}}}"] if part == [None] else part for place, part in enumerate(parts)]
        case ast.IfExp():
            return [*_texts(node.body), *_texts(node.orelse)]
        case _:
            return [None]
    return ["".join(each) for each in product(*(part for part in parts))] if all(
        None not in part for part in parts) else [None]


def _gap(node: ast.AST, names: dict[str, int]) -> str:
    name = next((_name(each) for each in (node, *ast.walk(node)) if _name(each)), "it").strip("_")
    names[name] = names.get(name, 0) + 1
    return f"{{{name}{names[name] if names[name] > 1 else ''}}}"


def _gaps(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in the gaps."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.FormattedValue):
            yield each.value
        elif isinstance(each, ast.BinOp | ast.JoinedStr | ast.IfExp):
            yield from _gaps(each)
        elif not isinstance(each, ast.Constant | ast.operator):
            yield each


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
