"""The torture messages: from the markup of RFC 4475 section 2 to bytes."""

import re
from pathlib import Path
from typing import NamedTuple

_TITLE = re.compile(r"== (\S+) (\S+) (\w+): (.*)\n")


class Torture(NamedTuple):
    """One message. ``answer``: a status, or offered, dropped, heard (see rfc4475.txt)."""

    name: str
    section: str
    answer: str
    why: str
    data: bytes


def read(rfc: str) -> dict[str, Torture]:
    """All messages of ``rfc4475`` or ``rfc5118`` by name."""
    text = (Path(__file__).parent / f"{rfc}.txt").read_text()
    _, *pieces = re.split(r"^(?=== )", text, flags=re.MULTILINE)
    found = {}
    for piece in pieces:
        title = _TITLE.match(piece)
        found[title[1]] = Torture(*title.groups(), _bytes(piece[title.end() :]))
    return found


def _bytes(text: str) -> bytes:
    text = re.sub(r"<allOneLine>\n(.*?)\n</allOneLine>", lambda found: found[1].replace("\n", ""), text, flags=re.DOTALL)
    text = re.sub(r"<repeat count=(\d+)>(.*?)</repeat>", lambda found: int(found[1]) * found[2], text)
    data = text.replace("\n", "\r\n").encode()
    return re.sub(rb"<hex>([0-9A-F]+)</hex>", lambda found: bytes.fromhex(found[1].decode()), data)
