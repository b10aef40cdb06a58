"""A flame graph from folded stacks (``a;b;c 12`` a line), as an SVG that is drawn here.

Each box is a function, as wide as its share of the samples, standing on whoever called it; boxes beside each other are in
the order of the alphabet, not of time. The pointer on a box shows its name and share.
"""

from collections.abc import Iterable
from html import escape
from zlib import crc32

WIDTH, ROW = 1200.0, 16
_TOP = 40
_LEAST = 0.5
"""Pixels that a box must be wide to be drawn."""
_LETTER = 6.6


class Node:
    """A function where it was called from; ``count``: samples in it and below."""

    def __init__(self) -> None:
        self.count = 0
        self.below: dict[str, Node] = {}


def tree(lines: Iterable[str]) -> Node:
    """Folded stacks as a tree; the root is everything."""
    root = Node()
    for line in lines:
        path, _, count = line.rpartition(" ")
        if not path or not count.isdigit():
            continue
        node = root
        node.count += int(count)
        for name in path.split(";"):
            node = node.below.setdefault(name, Node())
            node.count += int(count)
    return root


def depth(node: Node) -> int:
    """How many functions stand on each other at most."""
    return 1 + max((depth(below) for below in node.below.values()), default=0)


def flame(lines: Iterable[str], title: str) -> str:
    """The picture."""
    root = tree(lines)
    height = _TOP + ROW * depth(root) + 10
    boxes = _boxes("all", root, 0.0, WIDTH / max(1, root.count), height - 10 - ROW, root.count or 1)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height}" width="{WIDTH:.0f}" '
            f'height="{height}"><style>text{{font:11px ui-monospace,monospace}}</style>'
            f'<rect width="100%" height="100%" fill="#fff"/><text x="8" y="20">{escape(title)}: {root.count} samples</text>'
            f'{"".join(boxes)}</svg>\n')


def _boxes(name: str, node: Node, left: float, scale: float, top: float, total: int) -> list[str]:
    width = node.count * scale
    if width < _LEAST:
        return []
    letters = int((width - 6) / _LETTER)
    shown = "" if letters < 3 else name if len(name) <= letters else name[: letters - 1] + "…"
    text = f'<text x="{left + 3:.1f}" y="{top + 12:.0f}">{escape(shown)}</text>' if shown else ""
    drawn = [f'<g><title>{escape(name)} {node.count / total:.1%}</title><rect x="{left:.1f}" y="{top:.0f}" '
             f'width="{width:.1f}" height="{ROW - 1}" fill="{_colour(name)}"/>{text}</g>']
    for other, below in sorted(node.below.items()):
        drawn += _boxes(other, below, left, scale, top - ROW, total)
        left += below.count * scale
    return drawn


def _colour(name: str) -> str:
    """The same for the same file, warm."""
    chance = crc32(name.rpartition("(")[2].partition(":")[0].encode())
    return f"hsl({chance % 55},{70 + chance % 20}%,{62 + chance % 15}%)"
